"""kill -9 during a payment batch, twenty times: nothing lost, nothing twice, resumed within five seconds."""

import os
import random
import signal
import time
from collections.abc import Callable

import pytest

from linli.awards.queries import invariants as award_invariants
from linli.foundation.trail.audit import verify
from linli.kernel.period import Month
from linli.ledger.codes import AccountKind
from linli.ledger.queries import invariants as ledger_invariants
from linli.payments.codes import ItemState
from linli.payments.models import PaymentItem
from linli.payments.queries import invariants as payment_invariants
from tests.faults.conftest import Driver
from tests.ledger.world import World

MONTHS = [Month(2026, month) for month in range(3, 13)]
FAMILIES = 30
PAUSE = 0.002  # seconds added to each statement, so that kills fall inside acts


def whole() -> list[object]:
    return [*ledger_invariants(), *award_invariants(), *payment_invariants(), *verify()]


@pytest.mark.faults
def test_twenty_kills_lose_nothing_and_pay_nobody_twice(
    committed_world: World, start_driver: Callable[[], Driver]
) -> None:
    world, driver, chance = committed_world, start_driver(), random.Random(20260316)
    world.receive("GOV", 100_000_00, reference="IN-2")
    world.register(FAMILIES)
    world.grant(*(world.base(family) for family in world.families))
    killed = 0
    for month in MONTHS:
        for _attempt in range(2):
            pid = driver.send("pay_month", fund_id=world.fund.pk, month=str(month), pause=PAUSE)
            time.sleep(chance.uniform(0.0, 0.35))
            os.kill(pid, signal.SIGKILL)
            killed += driver.result() is None
            assert whole() == []
        started = time.monotonic()
        driver.send("pay_month", fund_id=world.fund.pk, month=str(month))
        assert driver.result() == "closed"
        assert time.monotonic() - started < 5
        paid = PaymentItem.objects.filter(month_date=month.first_day, state=ItemState.PAID)
        assert len(set(paid.values_list("unit_key", flat=True))) == paid.count() == FAMILIES
    assert killed >= 15  # the others had finished just before
    assert world.total(AccountKind.EXPENSE) == len(MONTHS) * FAMILIES * 500_00
    assert whole() == []
