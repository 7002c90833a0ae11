"""kill -9 during a payment batch, twenty times: nothing lost, nothing twice, and what is resumed goes on, not anew."""

import random
from collections.abc import Callable

import pytest

from linli.foundation.trail.audit import verify
from linli.kernel.period import Month
from linli.money.awards.queries import invariants as award_invariants
from linli.money.ledger.codes import AccountKind
from linli.money.ledger.queries import invariants as ledger_invariants
from linli.money.payments.codes import ItemState
from linli.money.payments.models import PaymentItem
from linli.money.payments.queries import invariants as payment_invariants
from tests.faults.conftest import Driver
from tests.ledger.world import World
from tests.seeds import LONG

MONTHS = [Month(2026, month) for month in range(3, 13)]
FAMILIES = 30
MARGIN = 10  # statements that a resumed month may save


def whole() -> list[object]:
    return [*ledger_invariants(), *award_invariants(), *payment_invariants(), *verify()]


# The long run kills two hundred times, at other moments each time.
@pytest.mark.faults
@pytest.mark.parametrize("turn", range(10 if LONG else 1))
def test_twenty_kills_lose_nothing_and_pay_nobody_twice(
    committed_world: World, start_driver: Callable[[], Driver], turn: int
) -> None:
    world, driver, chance = committed_world, start_driver(), random.Random(20260316 + turn)
    world.receive("GOV", 100_000_00, reference="IN-2")
    world.register(FAMILIES)
    world.grant(*(world.base(family) for family in world.families))
    killed, length = 0, undisturbed(driver, world)
    for month in MONTHS[1:]:
        points = sorted(chance.sample(range(length - MARGIN), 3 if killed < 6 else 2))
        for done, point in zip([0, *points], points, strict=False):
            driver.send("pay_month", fund_id=world.fund.pk, month=str(month), die_at=point - done)
            assert driver.result() is None
            killed += 1
            assert whole() == []
        driver.send("pay_month", fund_id=world.fund.pk, month=str(month))
        # Resumed means going on: no more is asked of the database than by a month that nothing disturbed.
        assert driver.result() <= length
        paid = PaymentItem.objects.filter(month_date=month.first_day, state=ItemState.PAID)
        assert len(set(paid.values_list("unit_key", flat=True))) == paid.count() == FAMILIES
    assert killed == 20
    assert world.total(AccountKind.EXPENSE) == len(MONTHS) * FAMILIES * 500_00
    assert whole() == []


def undisturbed(driver: Driver, world: World) -> int:
    """Statements that the first month takes when nothing happens to it."""
    driver.send("pay_month", fund_id=world.fund.pk, month=str(MONTHS[0]))
    statements = driver.result()
    assert statements > 50
    return int(statements)
