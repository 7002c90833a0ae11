"""What went from account to account on a day is kept by the database as bookings come, and summed anew."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Sum

from linli.foundation.data import triggers
from linli.money.ledger.models import DaySum, Transfer
from linli.money.ledger.queries import invariants
from tests.conftest import make_community, make_staff
from tests.ledger.world import World, make_world


def lived(world: World) -> World:
    """Three families paid for March, one line returned."""
    world.register(3)
    world.grant(*(world.base(one) for one in world.families))
    world.paid(returned=[2])
    return world


def of_lines() -> list[tuple[object, ...]]:
    rows = Transfer.objects.values_list("journal__fund", "journal__on_date", "journal__kind", "debit", "credit")
    return sorted(rows.annotate(fen=Sum("amount_fen")).order_by())


def kept() -> list[tuple[object, ...]]:
    return sorted(DaySum.objects.values_list("fund", "on_date", "kind", "debit", "credit", "amount_fen"))


def test_is_what_the_lines_come_to(world: World) -> None:
    lived(world)

    assert kept() == of_lines() != []
    assert invariants() == []


def test_another_hand_in_the_database_is_found(world: World) -> None:
    lived(world)
    DaySum.objects.filter(pk=DaySum.objects.order_by("pk").values("pk")[:1]).update(amount_fen=1)

    assert [one.code for one in invariants()] == ["ledger.day_differs_from_lines"]


def test_what_was_booked_before_is_summed_by_the_migration(committed_database: str) -> None:
    community = make_community()
    lived(make_world(community, make_staff(community)))
    before = kept()

    MigrationExecutor(connection).migrate([("ledger", "0006_flat_lists")])
    assert "ledger_transfer_days" in triggers.missing(connection)
    MigrationExecutor(connection).migrate([("ledger", "0008_two_people")])
    triggers.install(connection)

    assert kept() == before == of_lines()
    assert triggers.missing(connection) == []
