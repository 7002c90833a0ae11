"""Who is paid first when money is short, as the pack states it: one order for the plan's year and for real payments.

Pure: a claim in, its place in the queue out. Whoever spends the money sorts by it and pays what fits.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeAlias

from linli.kernel.period import Month

Turn: TypeAlias = tuple[bool, Month, int, str, int, date, str]


class Order(Protocol):
    """A pack's ``[shortage]``: arrears before the month's own claims or after them, programmes, order within one."""

    @property
    def arrears_first(self) -> bool: ...
    @property
    def programmes(self) -> tuple[str, ...]: ...
    @property
    def within(self) -> str: ...


@dataclass(frozen=True)
class Claim:
    """One month of an award that wants to be paid, in fen.

    ``since`` is the award's first day, ``applied`` the day the application came in, ``heads`` the size of the
    household, ``number`` the award's number.
    """

    programme: str
    month: Month
    amount_fen: int = 0
    since: date = date.min
    applied: date = date.min
    heads: int = 1
    number: str = ""


# Who comes first within one month and programme, by the code that the pack writes.
WITHIN: dict[str, Callable[[Claim], int]] = {
    "OLDEST_AWARD": lambda claim: claim.since.toordinal(),
    "OLDEST_APPLICATION": lambda claim: claim.applied.toordinal(),
    "SMALLEST_AMOUNT": lambda claim: claim.amount_fen,
    "LARGEST_HOUSEHOLD": lambda claim: -claim.heads,
}


def turn(order: Order, claim: Claim, now: Month) -> Turn:
    """A claim's place when the month ``now`` is paid; smaller comes first.

    Arrears come before or after the month's own claims, the oldest month first among themselves; then the pack's order
    of programmes (those it does not name last, by code), then its order within one. What is still even goes by the
    older award, then by number. KeyError for an order within a programme that no pack may write.
    """
    late = claim.month < now and not order.arrears_first
    named = order.programmes.index(claim.programme) if claim.programme in order.programmes else len(order.programmes)
    return late, claim.month, named, claim.programme, WITHIN[order.within](claim), claim.since, claim.number
