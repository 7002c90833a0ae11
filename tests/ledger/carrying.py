"""A year that is over with restricted money left, and the fund of the year that has begun."""

from collections.abc import Sequence
from datetime import date

from linli.money.ledger.codes import SourceKind
from linli.money.ledger.models import CarryOver, Fund, FundingSource
from linli.money.ledger.operations import (
    NewLine,
    NewSource,
    approve_carry_over,
    open_fund,
    propose_carry_over,
)
from tests.conftest import system_act
from tests.ledger.world import BASE, ELDER, World, by

JAN_12 = date(2027, 1, 12)
JAN_13 = date(2027, 1, 13)
LEFT = 30_000_00  # what tests.ledger.world received as donations


def next_year(world: World, *, restricted_to: Sequence[str] = ("AID",), lines: Sequence[str] = ("AID",)) -> Fund:
    """The community's fund of 2027, opened in December."""
    return open_fund(
        system_act(date(2026, 12, 1)),
        code="XFL-2027",
        name="幸福里社区救助资金 2027",
        year=2027,
        community_id=world.community.community.pk,
        sources=[
            NewSource("GOV", SourceKind.GOVERNMENT, "政府拨款", 60_000_00),
            NewSource("DON", SourceKind.DONATION, "社会捐赠", 0, restricted_to=tuple(restricted_to)),
        ],
        lines=[NewLine(code, "经济援助", 100_000_00, (BASE, ELDER)) for code in lines],
    )


def into(code: str = "DON") -> FundingSource:
    return FundingSource.objects.get(fund__code="XFL-2027", code=code)


def proposed(world: World, fen: int = LEFT, *, code: str = "DON", on: date = JAN_12) -> CarryOver:
    return propose_carry_over(
        by(world.staff.maker, on),
        source_id=world.source(code).pk,
        amount_fen=fen,
        reference="JZ-2026",
        reason="捐赠余额按原用途结转",
    )


def approved(world: World, fen: int = LEFT) -> CarryOver:
    return approve_carry_over(by(world.staff.street_officer, JAN_12), carry_over_id=proposed(world, fen).pk)
