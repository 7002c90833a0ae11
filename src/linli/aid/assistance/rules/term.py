"""Which months an award pays: from what the programme starts with, within its months and its term."""

from datetime import date
from typing import TypeAlias

from linli.kernel.period import Month

# First and last month paid.
Months: TypeAlias = tuple[Month, Month]


def months_paid(starts: str, *, decided: date, received: date, first: Month, last: Month, term: int) -> Months | None:
    """First and last month (inclusive); None when the programme is over before it would begin.

    ``starts`` is DECISION_MONTH, NEXT_MONTH or APPLICATION_MONTH; ``term`` is a number of months.
    """
    begins = {
        "DECISION_MONTH": Month.of(decided),
        "NEXT_MONTH": Month.of(decided).plus(1),
        "APPLICATION_MONTH": Month.of(received),
    }[starts]
    begins = max(begins, first)
    if begins > last:
        return None
    return begins, min(begins.plus(term - 1), last)
