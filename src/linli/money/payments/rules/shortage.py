"""Who is paid when money is short: in the pack's order, the same that the plan checker reckons with.

Which money pays is the ledger's allocation (``ledger.rules.allocation``). Somebody whom no money reaches that may pay
his budget line waits; a later, smaller claim that still fits is paid, since nobody is helped by money lying idle.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from linli.kernel.period import Month
from linli.law.policies.engine.shortage import Claim, Order, turn
from linli.money.ledger.rules.allocation import Allocator, Purse

C = TypeVar("C", bound=Claim)


@dataclass(frozen=True)
class PaymentPlan(Generic[C]):
    """Lines to pay with the id of their source, in order, and those who wait."""

    paid: tuple[tuple[C, int], ...]
    waiting: tuple[C, ...]


def plan(
    dues: Iterable[C], purses: Iterable[Purse], order: Order | Sequence[str], now: Month | None = None
) -> PaymentPlan[C]:
    """Spread the purses' money over the dues when the month ``now`` is paid (None: no due is in arrears).

    Programmes that the order does not name come last, by code; a list of programmes alone is an order as well.
    """
    known = Order(tuple(order)) if isinstance(order, Sequence) else order
    allocator = Allocator(purses)
    paid: list[C] = []
    waiting: list[C] = []
    for due in sorted(dues, key=lambda due: turn(known, due, now or due.month)):
        (paid if allocator.take(due.line, due.amount_fen) else waiting).append(due)
    # Which source it is stands only now: a later claim may have moved an earlier one to other money.
    sources = {kind: iter(allocator.sources(*kind)) for kind in {(due.line, due.amount_fen) for due in paid}}
    return PaymentPlan(tuple((due, next(sources[due.line, due.amount_fen])) for due in paid), tuple(waiting))
