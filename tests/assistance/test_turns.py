"""Whose turn a case is, as it is kept: noted by the database whatever is written, reckoned by who looks next."""

from datetime import timedelta

import pytest
from django.db.models import F, Model

from linli.aid.assistance.models import (
    TURNED_BY,
    Application,
    Assessment,
    Assessor,
    Clock,
    Escalation,
    FirstOpinion,
    Objection,
    Paper,
    Publication,
    Reckoning,
    Turn,
)
from linli.aid.assistance.operations import escalate, take_objection
from linli.aid.assistance.queries import invariants, work_items
from linli.aid.assistance.queries.turns import TURNS
from linli.aid.assistance.queries.worklist import Number, work_numbers
from linli.foundation.screens.work import SOON
from linli.foundation.trail.keeping import bring_up
from linli.ground.users.queries import authority_of
from linli.registry.residents.models import Circumstance, Household, Membership, Resident
from tests.assistance.world import World
from tests.conftest import MONDAY, system_act
from tests.layers import layer

# A row of each table that is watched, where the case has one that may be changed.
CHANGED: dict[str, type[Model]] = {
    one._meta.db_table: one
    for one in (Application, Paper, Clock, Assessment, Assessor, FirstOpinion, Publication, Objection, Household)
}
CHANGED |= {one._meta.db_table: one for one in (Membership, Resident)}
ONLY_WRITTEN = {"assistance_escalation", "assistance_publicationentry", "residents_circumstance"}


@layer
def objected(world: World) -> Application:
    """A case to which something was written of every kind."""
    application, day = world.at_decision()
    take_objection(world.act(world.staff.clerk, day), application_id=application.pk, content="另有收入")
    return application


def touched() -> list[int]:
    return list(Reckoning.objects.filter(day__lt=MONDAY).values_list("application_id", flat=True))


class TestNoted:
    def test_tables_are_all_tried(self) -> None:
        assert TURNED_BY.keys() == CHANGED.keys() | ONLY_WRITTEN

    @pytest.mark.parametrize("table", sorted(CHANGED))
    def test_is_whatever_changes(self, objected: Application, table: str) -> None:
        bring_up(TURNS, MONDAY)

        assert CHANGED[table].objects.update(id=F("id"))  # type: ignore[attr-defined]  # each has a manager
        assert touched() == [objected.pk]

    def test_is_what_is_reported_upwards(self, world: World, objected: Application) -> None:
        bring_up(TURNS, MONDAY)

        clock = Clock.objects.get(kind="DECISION")
        Escalation.objects.create(clock=clock, level="STREET", raised_date=MONDAY)
        assert touched() == [objected.pk]

    @pytest.mark.parametrize("of", ["household", "resident"])
    def test_is_what_becomes_known_of_a_family(self, world: World, objected: Application, of: str) -> None:
        bring_up(TURNS, MONDAY)
        whose = {"household": objected.household, "resident": objected.applicant}[of]

        Circumstance.objects.create(
            **{of: whose},
            **objected.stamp.columns(),
            code="monthly_income",
            value=1,
            source="x",
            as_of=MONDAY,
            recorded_by_id=1,
            recorded_at=objected.received_at,
        )
        assert touched() == [objected.pk]

    def test_is_nothing_of_a_closed_case_when_its_family_changes(self, world: World) -> None:
        application, day = world.at_decision()
        world.granted(application, day=day)
        bring_up(TURNS, MONDAY)

        Household.objects.update(id=F("id"))
        assert touched() == []


class TestReckoned:
    def test_once_only_until_something_is_written(self, world: World) -> None:
        world.received()
        bring_up(TURNS, MONDAY)
        before = list(Turn.objects.values_list("pk", "code"))
        bring_up(TURNS, MONDAY)

        assert list(Turn.objects.values_list("pk", "code")) == before
        assert (before[0][1], Reckoning.objects.exists()) == ("accept", False)

    def test_anew_when_the_day_says_otherwise(self, world: World) -> None:
        _application, day = world.at_decision()
        bring_up(TURNS, day - timedelta(days=1))
        early = list(Turn.objects.values_list("code", flat=True))
        bring_up(TURNS, day)

        assert (early, list(Turn.objects.values_list("code", flat=True))) == ([], ["grant"])

    def test_closed_cases_leave_nothing(self, world: World) -> None:
        application, day = world.at_decision()
        bring_up(TURNS, day)
        world.granted(application, day=day)
        bring_up(TURNS, day)

        assert (Turn.objects.count(), Reckoning.objects.count()) == (0, 0)

    def test_what_is_kept_and_what_is_reckoned_differ_only_by_a_hand_in_the_database(self, world: World) -> None:
        case = world.received(day=MONDAY)
        bring_up(TURNS, MONDAY)
        assert invariants() == []

        Turn.objects.update(code="grant")
        assert [(one.code, one.subject) for one in invariants()] == [("assistance.turn_not_of_the_case", case.number)]


class TestNumbers:
    @pytest.mark.parametrize("days", range(0, 12))
    def test_are_those_of_the_rows(self, world: World, days: int) -> None:
        for later in (0, 1, 3):
            world.received(day=MONDAY + timedelta(days=later))
        on = MONDAY + timedelta(days=days)
        escalate(system_act(on))
        for who in (world.staff.clerk, world.staff.street_officer):
            mine = authority_of(who, on)
            rows = work_items(mine, on)
            said = {
                step: Number(
                    len(some := [row for row in rows if row.step == step]),
                    sum(row.colour == "RED" for row in some),
                    sum(row.colour != "RED" and row.days_left <= SOON for row in some),
                )
                for step in {row.step for row in rows}
            }
            assert work_numbers(mine, on, SOON) == said

    def test_are_read_no_further_than_asked(self, world: World) -> None:
        for _n in range(3):
            world.received()
        mine = authority_of(world.staff.clerk, MONDAY)

        assert [len(work_items(mine, MONDAY, limit=most)) for most in (1, 2, 3, 4)] == [1, 2, 3, 3]
