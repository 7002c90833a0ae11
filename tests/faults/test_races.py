"""Many processes on one fund, and the same post many times."""

from collections.abc import Callable

import pytest

from linli.foundation.trail.audit import verify
from linli.ledger.codes import AccountKind
from linli.ledger.operations import Promise, commit
from linli.ledger.queries import invariants
from tests.faults.conftest import Driver
from tests.ledger.test_funds import spend
from tests.ledger.world import World, by, inside

PROCESSES, PAYMENTS = 8, 250


@pytest.mark.faults
def test_eight_processes_share_the_last_money_exactly(
    committed_world: World, start_driver: Callable[[], Driver]
) -> None:
    world = committed_world
    spend(world, 10_000_00 - 1_900_00, source="OWN")
    promise = Promise(world.line().pk, PROCESSES * PAYMENTS * 1_00)
    inside(
        by(world.staff.maker), step=lambda act: commit(act, fund_id=world.fund.pk, promises=[promise], subject="race")
    )
    results = start_driver().race(
        "pay_many",
        [
            {
                "fund_id": world.fund.pk,
                "line_id": world.line().pk,
                "source_id": world.source("OWN").pk,
                "count": PAYMENTS,
                "worker": number,
            }
            for number in range(PROCESSES)
        ],
    )
    assert sum(result["paid"] for result in results) == 1_900
    assert sum(result["refused"] for result in results) == PROCESSES * PAYMENTS - 1_900
    assert world.balance(AccountKind.SPENDABLE, "OWN") == 0
    assert [*invariants(), *verify()] == []


@pytest.mark.faults
def test_fifty_identical_posts_have_one_effect(committed_world: World, start_driver: Callable[[], Driver]) -> None:
    before = committed_world.total(AccountKind.CASH)
    call: dict[str, object] = {"source_id": committed_world.source("GOV").pk, "count": 10}
    results = start_driver().race("same_key", [call] * 5)
    assert sum(result["done"] for result in results) == 1
    assert sum(result["repeated"] for result in results) == 49
    assert committed_world.total(AccountKind.CASH) == before + 1_00
    assert [*invariants(), *verify()] == []
