"""What is kept of cases beside them: time limits, groups, numbers; by the database, whatever is written."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import F

from linli.aid.assistance.models import Application, ApplicationSum, Claim, Clock, Running, RunningSum
from linli.aid.assistance.operations import accept, withdraw
from linli.aid.assistance.queries import invariants
from linli.aid.assistance.queries.listing import ApplicationFilter, applications, order_of
from linli.aid.assistance.rules.clocks import AMBER, GREEN, PAUSED, RED
from linli.foundation.data.scope import Scope
from tests.assistance.world import World
from tests.conftest import MONDAY


def scope_of(world: World) -> Scope:
    return Scope(communities=frozenset([world.community.community.pk]))


def broken() -> set[str]:
    return {one.code for one in invariants()}


def kept() -> tuple[int, int, dict[str, int]]:
    """Time limits that are not over, of them that run by the sums, and how many cases are in each state."""
    states = dict(ApplicationSum.objects.filter(number__gt=0).values_list("state", "number"))
    running = sum(RunningSum.objects.filter(paused=False).values_list("number", flat=True))
    return Running.objects.count(), running, states


class TestLimits:
    def test_follow_a_case_from_the_counter_to_its_end(self, world: World) -> None:
        case = world.received()
        assert kept() == (1, 1, {"RECEIVED": 1})
        accept(world.act(world.staff.clerk), application_ids=[case.pk])
        assert kept() == (1, 1, {"ACCEPTED": 1})
        assert Running.objects.get().kind == "DECISION"
        withdraw(world.act(world.staff.clerk), application_id=case.pk)
        assert kept() == (0, 0, {"WITHDRAWN": 1})
        assert not RunningSum.objects.exists()
        assert broken() == set()

    def test_stand_still_while_the_clock_does(self, world: World) -> None:
        world.received()
        Clock.objects.update(paused_date=MONDAY)
        assert (kept()[:2], Running.objects.get().paused) == ((1, 0), True)
        Clock.objects.update(paused_date=None, due_date=F("due_date"))
        assert kept()[:2] == (1, 1)

    def test_move_with_their_case(self, world: World) -> None:
        world.received()
        Application.objects.update(grid_id=None, community_id=world.community.sibling.pk)
        assert set(Running.objects.values_list("community_id", "grid_id")) == {(world.community.sibling.pk, None)}
        assert set(Claim.objects.values_list("community_id", flat=True)) == {world.community.sibling.pk}
        assert set(RunningSum.objects.values_list("community_id", "grid_id")) == {(world.community.sibling.pk, 0)}


class TestList:
    @pytest.mark.parametrize("colour", [RED, AMBER, GREEN, PAUSED])
    def test_has_each_case_in_the_colour_of_its_clock(self, world: World, colour: str) -> None:
        for later in (0, 4, 9):
            world.received(day=MONDAY + timedelta(days=later))
        Clock.objects.filter(application=Application.objects.latest("pk")).update(paused_date=MONDAY)
        total = 0
        for days in range(0, 40, 3):
            on = MONDAY + timedelta(days=days)
            filters = {one: ApplicationFilter(colour=one) for one in (RED, AMBER, GREEN, PAUSED)}
            found = {one: set(applications(scope_of(world), asked, on=on)) for one, asked in filters.items()}
            assert sum(map(len, found.values())) == 3
            assert {row.clocks.get().due_date < on for row in found[RED]} <= {True}
            assert {row.clocks.get().due_date >= on for row in found[AMBER] | found[GREEN]} <= {True}
            assert len(found[PAUSED]) == 1
            total += len(found[colour])
        assert total

    def test_of_a_time_limit_begins_with_what_is_due_first(self, world: World) -> None:
        cases = [world.received(day=MONDAY + timedelta(days=later)) for later in (3, 0)]
        asked = ApplicationFilter(colour=RED)
        rows = applications(scope_of(world), asked, on=MONDAY + timedelta(days=90)).order_by(*order_of(asked))
        assert list(rows) == cases[::-1]

    def test_of_a_group_has_those_that_claim_it(self, world: World) -> None:
        case = world.received()
        codes = case.group_codes
        for code in codes:
            asked = ApplicationFilter(group=code)
            assert list(applications(scope_of(world), asked, on=MONDAY).order_by(*order_of(asked))) == [case]
        assert not applications(scope_of(world), ApplicationFilter(group="NOBODY"), on=MONDAY)
        Application.objects.update(groups=codes[0])
        assert list(Claim.objects.values_list("code", flat=True)) == codes[:1]
        assert broken() == set()


@pytest.mark.parametrize(
    ("torn", "code"),
    [
        (lambda: Running.objects.update(due_date=MONDAY), "assistance.limit_not_of_the_clock"),
        (lambda: Running.objects.all().delete(), "assistance.limit_not_of_the_clock"),
        (lambda: RunningSum.objects.update(number=7), "assistance.sums_differ_from_limits"),
        (lambda: ApplicationSum.objects.update(number=7), "assistance.sums_differ_from_cases"),
        (lambda: Claim.objects.all().delete(), "assistance.claims_differ_from_groups"),
    ],
)
def test_another_hand_in_the_database_is_found(world: World, torn: Callable[[], object], code: str) -> None:
    world.received()
    assert broken() == set()

    torn()
    assert broken() == {code}
