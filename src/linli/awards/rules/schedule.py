"""Which months of an award are due, from the events of its life alone.

A month is due when the award stands through its last day: someone who dies or leaves in March is not paid for March any
more unless March was paid already. What was paid for a month that began before the end stays paid; a month that began
on or after the end is paid too much.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from linli.kernel.period import Month


@dataclass(frozen=True)
class Event:
    """One change: kind as in ``codes.ChangeKind``, first day of effect, fen per month; ``until`` for GRANTED."""

    kind: str
    effective: date
    amount_fen: int
    until: date | None = None


def due_months(events: Iterable[Event]) -> dict[Month, int]:
    """Fen due by month, in order of month. Events come in the order in which they were recorded."""
    due: dict[Month, int] = {}
    covered: list[Month] = []
    for event in events:
        if event.kind == "GRANTED" and event.until is not None:
            covered = months_between(event.effective, event.until)
            due = dict.fromkeys(covered, event.amount_fen)
        elif event.kind == "ENDED":
            covered = [month for month in covered if month.plus(1).first_day <= event.effective]
            due = {month: fen for month, fen in due.items() if month in set(covered)}
        else:
            for month in covered:
                if month.first_day >= event.effective:
                    due[month] = event.amount_fen
    return {month: due[month] for month in covered if due[month]}


def promised_months(first: Month, last: Month, year: int) -> int:
    """How many of the months from ``first`` to ``last`` (inclusive) a grant promises: those of the fund's year."""
    return max(first.months_until(min(last, Month(year, 12))) + 1, 0)


def months_between(start: date, until: date) -> list[Month]:
    """The months from the one of ``start`` on whose last day lies before ``until``."""
    months = []
    month = Month.of(start)
    while month.plus(1).first_day <= until:
        months.append(month)
        month = month.plus(1)
    return months
