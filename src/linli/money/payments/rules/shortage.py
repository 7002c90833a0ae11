"""Who is paid when money is short: in the pack's order, the same that the plan checker reckons with.

Which money pays is the ledger's allocation (``ledger.rules.allocation``). Somebody whom no money reaches that may pay
his budget line waits; a later, smaller claim that still fits is paid, since nobody is helped by money lying idle.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from linli.kernel.period import Month
from linli.law.policies.engine.shortage import Claim, Order, turn
from linli.money.ledger.rules.allocation import Allocator, Purse


@dataclass(frozen=True)
class PayOrder:
    """An order in shortage: a list of programmes alone means arrears first and the older award first."""

    programmes: tuple[str, ...]
    arrears_first: bool = True
    within: str = "OLDEST_AWARD"


@dataclass(frozen=True)
class Due:
    """One month of an award that wants to be paid from a budget line (its code); ``since`` is the award's first day.

    ``applied`` and ``heads`` count where the pack orders by them (policies.engine.shortage.Claim).
    """

    award_id: int
    number: str
    programme: str
    month: Month
    amount_fen: int
    since: date
    applied: date = date.min
    heads: int = 1
    part: int = 0  # above 0: a supplement to a month that was paid
    line: str = ""


@dataclass(frozen=True)
class PaymentPlan:
    """Lines to pay with the id of their source, in order, and those who wait."""

    paid: tuple[tuple[Due, int], ...]
    waiting: tuple[Due, ...]


def plan(
    dues: Iterable[Due], purses: Iterable[Purse], order: Order | Sequence[str], now: Month | None = None
) -> PaymentPlan:
    """Spread the purses' money over the dues when the month ``now`` is paid (None: no due is in arrears).

    Programmes that the order does not name come last, by code.
    """
    known = PayOrder(tuple(order)) if isinstance(order, Sequence) else order
    allocator = Allocator(purses)
    paid: list[Due] = []
    waiting: list[Due] = []
    for due in sorted(dues, key=lambda due: turn(known, _claim(due), now or due.month)):
        (paid if allocator.take(due.line, due.amount_fen) else waiting).append(due)
    # Which source it is stands only now: a later claim may have moved an earlier one to other money.
    sources = {kind: iter(allocator.sources(*kind)) for kind in {(due.line, due.amount_fen) for due in paid}}
    return PaymentPlan(tuple((due, next(sources[due.line, due.amount_fen])) for due in paid), tuple(waiting))


def _claim(due: Due) -> Claim:
    return Claim(due.programme, due.month, due.amount_fen, due.since, due.applied, due.heads, due.number)
