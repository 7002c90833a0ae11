"""Jobs are rows: there exactly when the act is."""

from datetime import timedelta

import pytest
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from linli.foundation.shelves import Shelf
from linli.foundation.trail import audit, jobs
from linli.foundation.trail.acts import ActMisused, ActRepeated, act
from linli.foundation.trail.jobs import begin_day, day_key, day_may_begin, job, live_day, queue, registered
from linli.kernel.act import SYSTEM, Act
from tests.conftest import MONDAY, at


@task()
def remind(case: int, on: str) -> None:
    """The work of the test's job: nothing."""


swept: list[Act] = []


def sweep(act: Act) -> None:
    """Another job's work: nothing but to remember the act that it was handed."""
    swept.append(act)


@pytest.fixture(autouse=True)
def registry(monkeypatch):
    """A registry of the test's own, with one job."""
    monkeypatch.setattr(jobs, "_jobs", Shelf())
    monkeypatch.setattr(jobs, "_daily", Shelf())
    jobs._jobs.put({"tests.remind": remind})
    swept.clear()


@act
def promise(act: Act, *, keep: bool = True, name: str = "tests.remind") -> None:
    queue(name, case=7, on="2026-03-10")
    audit.record(act, where=0, subject="promise")
    if not keep:
        raise RuntimeError("changed my mind")


class TestQueue:
    def test_writes_the_row_with_the_act(self, db):
        promise(Act(SYSTEM, at(MONDAY)))

        assert DBTaskResult.objects.get().args_kwargs == {"args": [], "kwargs": {"case": 7, "on": "2026-03-10"}}

    def test_leaves_no_row_when_the_act_fails(self, db):
        with pytest.raises(RuntimeError, match="changed my mind"):
            promise(Act(SYSTEM, at(MONDAY)), keep=False)

        assert not DBTaskResult.objects.exists()

    def test_waits_for_the_worker(self, db):
        promise(Act(SYSTEM, at(MONDAY)))

        assert DBTaskResult.objects.get().status == "READY"

    def test_needs_an_open_act(self, db):
        with pytest.raises(ActMisused):
            queue("tests.remind", case=7, on="2026-03-10")

    def test_refuses_a_name_that_nobody_registered(self, db):
        with pytest.raises(KeyError, match=r"tests\.unheard_of"):
            promise(Act(SYSTEM, at(MONDAY)), name="tests.unheard_of")


class TestJob:
    def test_is_found_by_its_name(self):
        made = job("tests.sweep")(sweep)

        assert registered() == {"tests.remind": remind, "tests.sweep": made}

    def test_refuses_a_name_that_is_taken(self):
        with pytest.raises(ValueError, match=r"tests\.remind"):
            job("tests.remind")(sweep)


class TestADay:
    """The worker and the simulator do the same, each with an act of its own clock."""

    @pytest.fixture(autouse=True)
    def _two(self):
        job("tests.z", daily=True)(sweep)
        job("tests.a", daily=True)(sweep)

    def test_hands_each_job_the_act_that_the_simulator_passes(self):
        early = Act(SYSTEM, at(MONDAY, 5))
        live_day(early)

        assert swept == [early, early]

    def test_lets_the_worker_make_its_act_of_the_clock(self, monkeypatch):
        monkeypatch.setattr(jobs, "now", lambda: at(MONDAY, 7))
        registered()["tests.a"].call()

        assert swept == [Act(SYSTEM, at(MONDAY, 7))]

    def test_has_one_order_for_both(self, db, monkeypatch):
        order = []
        monkeypatch.setattr(jobs, "_daily", {name: lambda _act, name=name: order.append(name) for name in ("b", "a")})
        monkeypatch.setattr(jobs, "_jobs", dict.fromkeys(("a", "b"), remind))
        live_day(Act(SYSTEM, at(MONDAY)))
        monkeypatch.setattr(type(remind), "enqueue", lambda *_arguments: None)

        assert begin_day(Act(SYSTEM, at(MONDAY), key=day_key(MONDAY))) == order == ["a", "b"]


class TestBeginDay:
    def test_begins_once_under_the_key_of_its_day(self, db):
        day = Act(SYSTEM, at(MONDAY), key=day_key(MONDAY))

        assert begin_day(day) == []
        with pytest.raises(ActRepeated):
            begin_day(day)

    @pytest.mark.parametrize(("minutes", "may"), [(0, False), (9, False), (10, True), (23 * 60 + 59, True)])
    def test_waits_for_acts_that_began_before_midnight(self, minutes, may):
        """They are of the day before, which would be sealed."""
        assert day_may_begin(at(MONDAY, 0) + timedelta(minutes=minutes)) is may

    @pytest.mark.parametrize("key", ["", "0" * 32, day_key(MONDAY + timedelta(days=1))])
    def test_begins_under_no_other_key(self, db, key):
        with pytest.raises(ValueError, match="its own key"):
            begin_day(Act(SYSTEM, at(MONDAY), key=key))
