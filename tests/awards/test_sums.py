"""What a place's awards come to is kept by the database as they are granted, changed and ended, and summed anew."""

from datetime import date

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from linli.foundation.data import triggers
from linli.ground.users.queries import authority_of
from linli.money.awards import queries
from linli.money.awards.codes import EndReason, Standing
from linli.money.awards.models import Award, AwardSum
from linli.money.awards.operations import Ending, end
from linli.money.awards.queries import invariants
from tests.conftest import MONDAY, make_community, make_staff
from tests.ledger.world import World, by, make_world

DAYS = (date(2026, 1, 1), MONDAY, date(2026, 12, 31), date(2027, 1, 1))


def lived(world: World) -> World:
    """Three awards, one of which has ended."""
    world.register(3)
    awards = [
        world.grant(world.base(one, application_number=f"JZ-2026-000{order}"))[0]
        for order, one in enumerate(world.families, start=1)
    ]
    end(by(world.staff.director, MONDAY), endings=[Ending(awards[0].pk, MONDAY, EndReason.OTHER, "自愿放弃")])
    return world


@pytest.fixture
def three(world: World) -> World:
    return lived(world)


@pytest.mark.parametrize("standing", [None, *Standing])
@pytest.mark.parametrize("programme", ["", "BASE_AWARD", "NONE"])
def test_are_those_of_the_awards(three: World, standing: Standing | None, programme: str) -> None:
    scope = authority_of(three.staff.street_officer, MONDAY).scope()
    for day in DAYS:
        rows = queries.awards(scope, standing=(standing, day) if standing else None, programme=programme)
        kept = queries.kept_sums(scope, day, standing=standing, programme=programme)
        assert kept == queries.monthly_sums(rows, day)


def test_another_hand_in_the_database_is_found(three: World) -> None:
    assert [one for one in invariants() if "sums" in one.code] == []

    AwardSum.objects.filter(number__gt=0).update(amount_fen=1)
    assert {one.code for one in invariants()} == {"awards.sums_differ_from_awards"}


def test_what_was_granted_before_is_summed_by_the_migration(committed_database: str) -> None:
    community = make_community()
    lived(make_world(community, make_staff(community)))
    before = sorted(AwardSum.objects.filter(number__gt=0).values_list("state", "number", "amount_fen"))

    MigrationExecutor(connection).migrate([("awards", "0010_orders_of_lists")])
    gone = [name for name in triggers.missing(connection) if name.startswith("awards_award_sums")]
    Award.objects.update(version=2)  # a table that the triggers watched
    MigrationExecutor(connection).migrate([("awards", "0011_award_sums")])

    assert (len(gone), len(before)) == (2, 2)
    assert sorted(AwardSum.objects.values_list("state", "number", "amount_fen")) == before
