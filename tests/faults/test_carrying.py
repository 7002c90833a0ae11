"""Two at the same moment on one carry-over, and a kill in between: both books or neither."""

from collections.abc import Callable

import pytest

from linli.foundation.trail.audit import verify
from linli.money.ledger.codes import AccountKind, CarryOverState
from linli.money.ledger.models import Account, CarryOver, Journal
from linli.money.ledger.queries import invariants
from tests.faults.conftest import Driver
from tests.ledger.carrying import JAN_12, LEFT, approved, next_year, proposed
from tests.ledger.world import World

OFFICER, CHECKER = "street", "checker"


def step(row: CarryOver, deed: str, who: str, **other: object) -> dict[str, object]:
    return {"carry_over_id": row.pk, "deed": deed, "who": who, "day": JAN_12.isoformat(), **other}


def cash() -> tuple[int, int]:
    """Donations in the bank, of the old year and of the new one."""
    rows = {row.code: row.balance_fen for row in Account.objects.filter(kind=AccountKind.CASH)}
    return rows["XFL-2026:CASH:DON"], rows["XFL-2027:CASH:DON"]


def whole() -> list[object]:
    return [*invariants(), *verify()]


@pytest.mark.faults
def test_two_who_approve_at_the_same_moment_book_once(
    committed_world: World, start_driver: Callable[[], Driver]
) -> None:
    next_year(committed_world)
    row = proposed(committed_world)
    said = start_driver().race("decide_carry_over", [step(row, "approve", OFFICER)] * 4)
    assert sorted(one.partition(" ")[0] for one in said) == ["done", *["steps.taken"] * 3]
    assert cash() == (0, LEFT)
    assert whole() == []


@pytest.mark.faults
def test_approved_and_declined_at_the_same_moment_is_one_of_the_two(
    committed_world: World, start_driver: Callable[[], Driver]
) -> None:
    next_year(committed_world)
    row = proposed(committed_world)
    calls = [step(row, deed, OFFICER) for deed in ("approve", "decline", "approve", "decline")]
    said = start_driver().race("decide_carry_over", calls)
    assert sum(one.startswith("done") for one in said) == 1
    after = CarryOver.objects.get()
    assert cash() == ((0, LEFT) if after.state == CarryOverState.APPROVED else (LEFT, 0))
    assert whole() == []


@pytest.mark.faults
def test_a_promise_made_meanwhile_is_never_left_without_its_money(
    committed_world: World, start_driver: Callable[[], Driver]
) -> None:
    next_year(committed_world)
    row = proposed(committed_world)
    driver = start_driver()
    promise = {
        "fund_id": committed_world.fund.pk,
        "line_id": committed_world.line().pk,
        "fen": 1_00,
        "day": JAN_12.isoformat(),
    }
    driver.send("commit_some", **promise)
    assert driver.result() == "promised"
    driver.send("decide_carry_over", **step(row, "approve", OFFICER))
    assert driver.result() == "ledger.more_than_unspent"
    assert cash() == (LEFT, 0)


@pytest.mark.faults
@pytest.mark.parametrize("deed", ["approve", "reverse"])
def test_killed_at_any_statement_it_is_booked_in_both_funds_or_in_none(
    committed_world: World, start_driver: Callable[[], Driver], deed: str
) -> None:
    next_year(committed_world)
    row = proposed(committed_world) if deed == "approve" else approved(committed_world)
    before, journals = cash(), Journal.objects.count()
    driver, who = start_driver(), OFFICER if deed == "approve" else CHECKER
    killed = 0
    for point in range(0, 200, 3):
        driver.send("decide_carry_over", **step(row, deed, who, die_at=point))
        if driver.result() is not None:
            break
        killed += 1
        assert (cash(), Journal.objects.count()) == (before, journals)
        assert whole() == []
    assert killed > 5
    assert cash() == (before[1], before[0])
    assert whole() == []
