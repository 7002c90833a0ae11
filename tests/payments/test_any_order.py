"""What the books are checked by does not hang on the order in which the database happens to answer."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.db import connection

from linli.money.awards.operations import resume, suspend
from linli.money.awards.queries import invariants as award_invariants
from linli.money.ledger.queries import invariants as ledger_invariants
from linli.money.payments import queries
from linli.money.payments.models import PaymentBatch
from tests.ledger.world import MARCH, World, by

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite alone can be told to answer otherwise")


@pytest.fixture
def changed(world: World) -> PaymentBatch:
    """Two families whose March was set twice, the later one counts; one of them was suspended and resumed; released."""
    world.register(2)
    first, second = world.grant(*(world.base(one) for one in world.families))
    director = by(world.staff.director)
    for award in (first, second):
        for fen in (620_00, 640_00):
            world.changed(award, fen, MARCH.first_day)
    suspend(director, award_ids=[first.pk], effective_date=date(2026, 5, 1), note="复核收入")
    resume(director, award_ids=[first.pk], effective_date=date(2026, 6, 1), note="情况恢复")
    return world.released()


@pytest.fixture
def other_way_round(changed: PaymentBatch) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA reverse_unordered_selects = ON")
        yield
        cursor.execute("PRAGMA reverse_unordered_selects = OFF")


@pytest.mark.usefixtures("other_way_round")
def test_healthy_books_are_whole_the_other_way_round_too() -> None:
    assert [*ledger_invariants(), *award_invariants(), *queries.invariants()] == []
