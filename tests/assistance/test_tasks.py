"""Jobs: registered by name, one operation call per act, on a clock that the test sets."""

from datetime import date, datetime

import pytest

from linli.aid.assistance.models import Clock, Escalation
from linli.aid.assistance.operations import ask_for_supplement
from linli.foundation.trail import jobs
from linli.foundation.trail.models import AuditEntry
from linli.law.policies.engine import load_calendar_tables
from linli.law.policies.operations import load_years
from tests.assistance.world import ROOT, World, fresh, make_world
from tests.conftest import Community, Staff, at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The moment the jobs see: set ``clock[0]``."""
    moments = [at(date(2026, 3, 9), 6)]
    monkeypatch.setattr(jobs, "now", lambda: moments[0])
    return moments


class TestDaily:
    def test_warns_lapses_takes_down_and_opens_reviews(self, world: World, clock: list[datetime]) -> None:
        late = world.received()
        waiting = world.received(without=["IDENTITY_CARD"])
        ask_for_supplement(world.act(world.staff.clerk), application_id=waiting.pk)
        publication = world.published(world.at_review())
        clock[0] = at(date(2026, 5, 6), 6)

        jobs.registered()["assistance.daily"].func()

        assert fresh(waiting).state == "LAPSED"
        assert Escalation.objects.get(clock__application=late).level == "STREET"
        publication.refresh_from_db()
        assert publication.state == "EXPIRED"
        acts = AuditEntry.objects.filter(actor_id=0, day=date(2026, 5, 6)).order_by("pk").values_list("act", flat=True)
        assert list(acts) == [
            "assistance.escalate",
            "assistance.lapse_overdue",
            "assistance.expire_publications",
            "assistance.open_renewals",
        ]

    def test_may_run_twice(self, world: World, clock: list[datetime]) -> None:
        late = world.received()
        clock[0] = at(date(2026, 5, 6), 6)

        jobs.registered()["assistance.daily"].func()
        jobs.registered()["assistance.daily"].func()

        assert Escalation.objects.filter(clock__application=late).count() == 1


class TestRecompute:
    def test_is_queued_when_an_officer_loads_a_year_and_makes_the_deadline_sure(
        self, community: Community, staff: Staff, clock: list[datetime]
    ) -> None:
        from django_tasks_db.models import DBTaskResult

        world = make_world(community, staff, until=2025)
        application = world.received(day=date(2026, 9, 28))
        before = Clock.objects.get(application=application)
        tables = load_calendar_tables(ROOT / "packs" / "calendar" / "china.toml")
        load_years(world.act(staff.street_officer, date(2026, 9, 29)), tables=[tables[2026]])
        [queued] = DBTaskResult.objects.filter(task_path__startswith="linli.aid.assistance")
        clock[0] = at(date(2026, 9, 29), 10)

        queued.task.func(**queued.args_kwargs["kwargs"])

        after = Clock.objects.get(application=application)
        assert (before.due_date, before.provisional) == (date(2026, 10, 5), True)
        # The holiday of 1 to 7 October stands between.
        assert (after.due_date, after.provisional) == (date(2026, 10, 10), False)
