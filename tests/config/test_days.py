"""A day begins by itself: the worker queues the daily jobs once, and they do what time alone demands."""

from datetime import date
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from django_tasks_db.models import DBTaskResult

from linli.aid.assistance.codes import ApplicationState
from linli.aid.assistance.models import Escalation, Publication
from linli.aid.assistance.operations import ask_for_supplement
from linli.config import cli_serve
from linli.config.cli_serve import begin_today
from linli.foundation.trail.audit import verify
from linli.foundation.trail.jobs import registered
from linli.foundation.trail.models import AuditEntry, AuditSeal
from linli.money.awards.codes import AwardState
from linli.money.awards.models import Award
from linli.registry.residents.operations import record_death
from tests.assistance.world import World, fresh, make_world
from tests.conftest import MONDAY, Community, Staff, at
from tests.layers import layer


@layer
def world(community: Community, staff: Staff) -> World:
    return make_world(community, staff)


def live(settings, day: date) -> list[str]:
    """The day comes and its jobs are run; their names in the order they were queued."""
    settings.DEMO_TODAY = day.isoformat()
    DBTaskResult.objects.all().delete()
    begin_today()
    jobs = {task.module_path: (name, task) for name, task in registered().items()}
    names = []
    for row in DBTaskResult.objects.order_by("enqueued_at", "pk"):
        name, task = jobs[row.task_path]
        task.func(*row.args_kwargs["args"], **row.args_kwargs["kwargs"])
        names.append(name)
    return names


class Looked(Exception):
    """The worker has looked once."""


@pytest.mark.parametrize(("minute", "begun"), [(0, 0), (9, 0), (10, 1)])
def test_the_worker_leaves_acts_of_before_midnight_time_to_end(monkeypatch, minute: int, begun: int):
    """One that began at 23:59:58 was refused whole when its day was sealed twenty seconds later."""
    days = []
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(MONDAY, 0, minute))
    monkeypatch.setattr("django.db.connection", SimpleNamespace(close=lambda: None))
    monkeypatch.setattr("linli.foundation.data.beats.beat", lambda *_said: None)
    monkeypatch.setattr("linli.foundation.trail.heads.drop", lambda _moment: None)
    monkeypatch.setattr(cli_serve, "begin_today", lambda: days.append(MONDAY))
    monkeypatch.setattr(cli_serve.time, "sleep", Mock(side_effect=Looked))

    with pytest.raises(Looked):
        cli_serve.keep_days()

    assert len(days) == begun


def test_each_day_queues_every_daily_job_once(db, settings):
    daily = [
        *("assistance.daily", "awards.daily", "data.analyse", "files.drop_unsent"),
        *("newcomers.daily", "partners.daily"),
        *("trail.drop_drafts", "trail.drop_exports", "trail.drop_tries", "trail.seal_days", "trail.verify"),
        "users.drop_sessions",
    ]
    assert sorted(live(settings, MONDAY)) == daily
    assert live(settings, MONDAY) == []
    assert sorted(live(settings, date(2026, 3, 10))) == daily


def test_the_day_lets_lapse_warns_ends_opens_reviews_and_seals(world: World, settings):
    waiting = world.received(without=["IDENTITY_CARD"])
    ask_for_supplement(world.act(world.staff.clerk), application_id=waiting.pk)
    unanswered = world.received()
    application, decided = world.at_decision()
    world.granted(application, day=decided)
    awards = Award.objects.filter(household=application.household)
    [person] = world.people(application.household)
    record_death(world.act(world.staff.clerk, decided), resident_ids=[person.pk], died_date=decided)

    live(settings, date(2026, 12, 1))

    assert fresh(waiting).state == ApplicationState.LAPSED
    assert Escalation.objects.filter(clock__application=unanswered).exists()
    assert {award.state for award in awards} == {AwardState.ENDED}
    assert not Publication.objects.filter(state="POSTED").exists()
    assert AuditSeal.objects.filter(day=MONDAY).exists()
    sealed = sum(AuditSeal.objects.values_list("count", flat=True))
    assert AuditEntry.objects.filter(day__lt=date(2026, 12, 1)).count() == sealed
    assert verify() == []


def test_reviews_open_on_their_day(world: World, settings):
    application, decided = world.at_decision()
    world.granted(application, day=decided)
    award = Award.objects.filter(household=application.household).earliest("review_due_date")
    assert award.review_opened_date is None

    live(settings, award.review_due_date)

    award.refresh_from_db()
    assert award.review_opened_date == award.review_due_date
