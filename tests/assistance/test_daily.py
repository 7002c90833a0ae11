"""What the product does by itself: warns, escalates, recomputes."""

from datetime import date

import pytest

from linli.aid.assistance.codes import Proposal
from linli.aid.assistance.models import ApplicationEvent, Clock, Escalation
from linli.aid.assistance.operations import ask_for_supplement, escalate, recompute_deadlines, withdraw
from linli.ground.users.queries import NotPermitted
from linli.kernel.calendar import YearTable
from linli.law.policies.engine import load_calendar_tables
from linli.law.policies.operations import load_years
from tests.assistance.world import ROOT, World, make_world
from tests.conftest import MONDAY, Community, Staff, system_act


def raised(day: date) -> list[str]:
    return [escalation.level for escalation in escalate(system_act(day))]


class TestEscalate:
    @pytest.mark.parametrize(
        ("day", "levels"),
        [
            (date(2026, 3, 11), []),  # three working days left
            (date(2026, 3, 12), ["COMMUNITY"]),  # two left: amber
            (date(2026, 3, 16), ["COMMUNITY"]),  # the last day
            (date(2026, 3, 17), ["STREET"]),  # late
        ],
    )
    def test_amber_warns_the_community_and_red_goes_to_the_street(
        self, world: World, day: date, levels: list[str]
    ) -> None:
        world.received()

        assert raised(day) == levels

    @pytest.mark.parametrize(
        ("day", "levels"), [(date(2026, 4, 13), []), (date(2026, 4, 14), ["STREET"]), (date(2026, 4, 22), ["DISTRICT"])]
    )
    def test_the_streets_own_late_steps_go_to_the_district(self, world: World, day: date, levels: list[str]) -> None:
        application = world.accepted()
        world.assessed(application)
        world.opined(application)

        assert raised(day) == levels

    @pytest.mark.parametrize(("day", "levels"), [(date(2026, 4, 14), ["COMMUNITY"]), (date(2026, 4, 22), ["STREET"])])
    def test_a_reviewed_grant_waits_for_the_communitys_publication(
        self, world: World, day: date, levels: list[str]
    ) -> None:
        world.at_review()

        assert raised(day) == levels

    def test_a_reviewed_refusal_waits_for_the_street(self, world: World) -> None:
        application = world.accepted()
        world.assessed(application)
        world.opined(application, proposal=Proposal.REFUSE)
        world.reviewed(application)

        assert raised(date(2026, 4, 22)) == ["DISTRICT"]

    def test_a_street_that_was_warned_of_its_own_step_is_not_the_last_to_know(self, world: World) -> None:
        application = world.accepted()
        world.assessed(application)
        world.opined(application)
        assert raised(date(2026, 4, 14)) == ["STREET"]
        world.reviewed(application, day=date(2026, 4, 15))

        assert [raised(day) for day in (date(2026, 4, 16), date(2026, 4, 22))] == [["COMMUNITY"], ["DISTRICT"]]

    def test_each_level_is_told_once(self, world: World) -> None:
        application = world.received()

        assert [raised(date(2026, 3, day)) for day in (12, 13, 17, 18)] == [["COMMUNITY"], [], ["STREET"], []]
        assert ApplicationEvent.objects.filter(application=application, kind="ESCALATED").count() == 2
        assert str(Escalation.objects.order_by("pk")[0]) == "COMMUNITY 2026-03-12"

    def test_a_paused_clock_troubles_nobody(self, world: World) -> None:
        application = world.received(without=["IDENTITY_CARD"])
        ask_for_supplement(world.act(world.staff.clerk), application_id=application.pk)

        assert raised(date(2026, 4, 1)) == []

    def test_a_closed_case_troubles_nobody(self, world: World) -> None:
        application = world.received()
        withdraw(world.act(world.staff.clerk), application_id=application.pk)

        assert raised(date(2026, 4, 1)) == []

    def test_is_for_the_product_alone(self, world: World) -> None:
        with pytest.raises(NotPermitted):
            escalate(world.act(world.staff.administrator))


# An invented table: after the year's first day its first Monday is off too, made up for on the next Saturday.
NEXT_YEAR = YearTable(2027, frozenset({date(2027, 1, 1), date(2027, 1, 4)}), frozenset({date(2027, 1, 9)}))


class TestRecomputeDeadlines:
    def test_a_publication_that_is_up_and_the_clock_it_stops_move_together(self, world: World) -> None:
        application = world.accepted(day=date(2026, 12, 1))
        world.assessed(application, day=date(2026, 12, 2))
        world.opined(application, day=date(2026, 12, 2))
        world.reviewed(application, day=date(2026, 12, 2))
        publication = world.published(application, day=date(2026, 12, 28))
        clock = Clock.objects.get(application=application, kind="DECISION")
        assert (publication.last_date, clock.due_date) == (date(2027, 1, 4), date(2027, 1, 19))
        load_years(system_act(date(2026, 12, 29)), tables=[NEXT_YEAR])

        recompute_deadlines(system_act(date(2026, 12, 29)))

        publication.refresh_from_db()
        clock.refresh_from_db()
        assert (publication.last_date, publication.expires_date) == (date(2027, 1, 5), date(2027, 1, 6))
        # Counted without the table five days of publication were left out; there are four.
        assert (clock.due_date, clock.extended_days, clock.provisional) == (date(2027, 1, 19), 4, False)

    def test_makes_a_provisional_day_sure(self, community: Community, staff: Staff) -> None:
        world = make_world(community, staff, until=2025)
        application = world.received()
        paused = world.received(without=["IDENTITY_CARD"], day=date(2026, 3, 9))
        ask_for_supplement(world.act(staff.clerk), application_id=paused.pk)
        assert Clock.objects.get(application=application).provisional
        tables = load_calendar_tables(ROOT / "packs" / "calendar" / "china.toml")
        load_years(system_act(MONDAY), tables=[tables[2026]])

        changed = recompute_deadlines(system_act(MONDAY))

        assert [clock.application_id for clock in changed] == [application.pk]
        assert not Clock.objects.get(application=application).provisional
        assert application.events.get(kind="RECOMPUTED").note == "2026-03-16"
        assert str(changed[0]) == "INTAKE 2026-03-16"

    def test_changes_nothing_when_nothing_changed(self, world: World) -> None:
        world.received()

        assert recompute_deadlines(system_act()) == []

    def test_is_for_the_product_alone(self, world: World) -> None:
        with pytest.raises(NotPermitted):
            recompute_deadlines(world.act(world.staff.administrator))
