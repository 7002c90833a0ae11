"""Who is paid first when money is short, as the pack states it: one order for the plan's year and for real payments.

Pure: a claim in, its place in the queue out. Whoever spends the money sorts by it and pays what fits.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, TypeAlias

from linli.kernel.period import Month
from linli.law.policies.engine.named import ProgrammeCode
from linli.law.policies.engine.schema import Choice
from linli.law.policies.engine.sections import section

Turn: TypeAlias = tuple[bool, Month, int, str, int, date, str]


@dataclass(frozen=True)
class Claim:
    """One month of an award that wants to be paid, in fen, from a budget ``line`` (its code): the one shape of it.

    The plan reckons with claims that nobody has yet; months of real awards are claims too
    (``awards.queries.DueMonth``). ``since`` is the award's first day, ``applied`` the day the application came in,
    ``heads`` the size of the household, ``number`` the award's number.
    """

    programme: str
    month: Month
    amount_fen: int = 0
    since: date = date.min
    applied: date = date.min
    heads: int = 1
    number: str = ""
    line: str = ""


# Who comes first within one month and programme, by the code that the pack writes.
WITHIN: dict[str, Callable[[Claim], int]] = {
    "OLDEST_AWARD": lambda claim: claim.since.toordinal(),
    "OLDEST_APPLICATION": lambda claim: claim.applied.toordinal(),
    "SMALLEST_AMOUNT": lambda claim: claim.amount_fen,
    "LARGEST_HOUSEHOLD": lambda claim: -claim.heads,
}


@section(kw_only=False)
class Order:
    """A pack's ``[shortage]``: programmes in order, arrears before the month's own claims or after, order within one.

    What a pack leaves out: arrears first, and the older award first.
    """

    programmes: tuple[ProgrammeCode, ...] = ()
    arrears_first: bool = True
    within: Annotated[str, Choice(tuple(WITHIN))] = "OLDEST_AWARD"


def turn(order: Order, claim: Claim, now: Month) -> Turn:
    """A claim's place when the month ``now`` is paid; smaller comes first.

    Arrears come before or after the month's own claims, the oldest month first among themselves; then the pack's order
    of programmes (those it does not name last, by code), then its order within one. What is still even goes by the
    older award, then by number. KeyError for an order within a programme that no pack may write.
    """
    late = claim.month < now and not order.arrears_first
    named = order.programmes.index(claim.programme) if claim.programme in order.programmes else len(order.programmes)
    return late, claim.month, named, claim.programme, WITHIN[order.within](claim), claim.since, claim.number
