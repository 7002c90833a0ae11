"""Whoever looks after the machine sees whether all is well, and how much of what; a fault is found by its number."""

import json
import logging
import time
from collections.abc import Iterator
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from prometheus_client.parser import text_string_to_metric_families

from linli.config import probes
from linli.config.cli_serve import WORKER
from linli.foundation.data.beats import Beat, beat, silent_for
from linli.foundation.trail import logs
from linli.foundation.trail.jobs import begin_day, day_key
from linli.kernel.act import SYSTEM, Act
from tests.conftest import MONDAY, Staff, at
from tests.databases import newest_migration

FAR = {"REMOTE_ADDR": "203.0.113.7"}


@pytest.fixture
def begun(staff: Staff) -> None:
    """A worker that is alive, and the jobs of a day that wait for it."""
    beat(WORKER, int(time.time()))
    begin_day(Act(SYSTEM, at(MONDAY), day_key(MONDAY)))


def asked(path: str = "/health/", **more: str) -> tuple[int, dict[str, object]]:
    answer = Client(raise_request_exception=False).get(path, **more)
    return answer.status_code, json.loads(answer.content) if answer.status_code in (200, 503) else {}


def measured() -> dict[str, float]:
    """Every sample by its name and its labels, these in the order of their names."""
    page = Client().get("/metrics/").content.decode()
    return {
        "|".join([sample.name, *(sample.labels[name] for name in sorted(sample.labels))]): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


class TestHealth:
    def test_is_well_where_everything_is(self, begun: None) -> None:
        assert asked() == (200, {"well": True, "database": True, "migrations": True, "worker": True})

    def test_a_worker_that_never_was_is_missed(self, db: None) -> None:
        assert asked() == (503, {"well": False, "database": True, "migrations": True, "worker": False})

    def test_a_worker_that_is_silent_is_missed(self, begun: None) -> None:
        Beat.objects.filter(name=WORKER).update(at=Beat.objects.get().at - 121)

        assert asked()[1]["worker"] is False

    def test_jobs_that_nobody_takes_are_seen_though_the_worker_is_alive(self, begun: None) -> None:
        DBTaskResult.objects.update(enqueued_at=timezone.now() - timedelta(minutes=16))

        assert asked()[1]["worker"] is False

    def test_a_database_behind_the_code_is_seen_until_it_is_not(self, begun: None) -> None:
        newest = newest_migration()
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE app = 'foundation' AND name = %s", [newest])
        probes._of.cache_clear()
        assert asked()[1]["migrations"] is False

        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO django_migrations (app, name, applied) VALUES ('foundation', %s, %s)",
                [newest, timezone.now()],
            )
        assert asked()[1]["migrations"] is True

    def test_a_database_that_is_away_is_said(self, begun: None) -> None:
        with patch.object(probes.connection, "cursor", side_effect=OperationalError):
            assert asked() == (503, {"well": False, "database": False})

    @pytest.mark.parametrize("path", ["/health/", "/metrics/"])
    @pytest.mark.parametrize("from_afar", [FAR, {"HTTP_X_FORWARDED_FOR": "203.0.113.7"}])
    def test_is_there_for_this_machine_alone(self, begun: None, settings, path: str, from_afar: dict[str, str]) -> None:
        settings.PROXIES = 1

        assert asked(path, **from_afar) == (404, {})


def test_beats_are_of_each_process_and_the_last_counts(db: None) -> None:
    beat("a", 1_000)
    beat("a", 1_030)

    assert (silent_for("a", 1_042), silent_for("a", 1_029), silent_for("b", 1_042), Beat.objects.count()) == (
        12,
        0,
        None,
        1,
    )


class TestMetrics:
    def test_say_how_many_jobs_wait_and_how_long(self, begun: None) -> None:
        DBTaskResult.objects.update(enqueued_at=timezone.now() - timedelta(seconds=90))
        found = measured()

        assert found["linli_jobs|READY"] == DBTaskResult.objects.count()
        assert (found["linli_jobs|FAILED"], found["linli_worker_silent_seconds"] < 5) == (0, True)
        assert 90 <= found["linli_job_waiting_seconds"] < 100

    def test_count_requests_by_route_and_never_by_path(self, begun: None) -> None:
        before = measured()
        for address in ("/log-in/", "/log-in/?q=%E7%8E%8B", "/nowhere/13800138000/"):
            Client().get(address)
        Client().generic("EVIL", "/log-in/")
        after = measured()

        def more(name: str) -> float:
            return after[name] - before.get(name, 0)

        assert more("linli_requests_total|GET|log_in|200") == 2
        assert more("linli_requests_total|GET||404") == 1
        assert more("linli_requests_total|OTHER|log_in|405") == 1
        assert more("linli_request_seconds_count|log_in") == 3
        assert not [name for name in after if "13800138000" in name]

    def test_say_what_waits_for_people(self, begun: None) -> None:
        found = {name: value for name, value in measured().items() if name.startswith("linli_backlog|")}

        assert "linli_backlog|assistance.late" in found
        assert "linli_backlog|users.vacant" in found
        assert not [name for name in found if "spent" in name]


class TestAFault:
    @pytest.fixture
    def lines(self) -> Iterator[list[dict]]:
        """What the log says of errors."""
        written: list[dict] = []
        handler = logging.Handler()
        form = logs.JsonLines()
        handler.emit = lambda record: written.append(json.loads(form.format(record)))  # type: ignore[method-assign]
        logging.getLogger().addHandler(handler)
        yield written
        logging.getLogger().removeHandler(handler)

    def test_is_shown_with_the_number_under_which_the_log_has_it(self, db: None, lines: list[dict]) -> None:
        with patch("linli.ground.users.web.views.LogInForm", side_effect=ZeroDivisionError("王建国")):
            answer = Client(raise_request_exception=False).get("/log-in/")

        number = answer["X-Request-Id"]
        assert (answer.status_code, f"<code>{number}</code>" in answer.content.decode()) == (500, True)
        [fault] = [line for line in lines if line["level"] == "ERROR"]
        assert (fault["request"], fault["error"][0], fault["route"]) == (number, "builtins.ZeroDivisionError", "log_in")
        assert any("views.py" in place for place in fault["error"])
        assert "王建国" not in json.dumps(lines, ensure_ascii=False)
