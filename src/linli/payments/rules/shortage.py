"""Who is paid when money is short: arrears first, oldest month first, then the pack's order of programmes.

Within one month and programme the older award comes first. Somebody whom the free money cannot reach waits; a later,
smaller line that still fits is paid, since nobody is helped by money lying idle.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from linli.kernel.period import Month
from linli.ledger.rules.allocation import Allocator, Purse


@dataclass(frozen=True)
class Due:
    """One month of an award that wants to be paid; ``since`` is the award's first day."""

    award_id: int
    number: str
    programme: str
    month: Month
    amount_fen: int
    since: date


@dataclass(frozen=True)
class PaymentPlan:
    """Lines to pay with the id of their source, in order, and those who wait."""

    paid: tuple[tuple[Due, int], ...]
    waiting: tuple[Due, ...]


def plan(dues: Iterable[Due], purses: Iterable[Purse], order: Sequence[str]) -> PaymentPlan:
    """Spread the purses' money over the dues. Programmes that ``order`` does not name come last, by code."""
    rank = {programme: place for place, programme in enumerate(order)}
    allocator = Allocator(purses)
    paid, waiting = [], []
    for due in sorted(
        dues, key=lambda due: (due.month, rank.get(due.programme, len(rank)), due.programme, due.since, due.number)
    ):
        source_id = allocator.take(due.programme, due.amount_fen)
        if source_id is None:
            waiting.append(due)
        else:
            paid.append((due, source_id))
    return PaymentPlan(tuple(paid), tuple(waiting))
