"""Which months of an award are due, from the events of its life alone.

A month is due when the award stands through its last day: someone who dies or leaves in March is not paid for March
any more unless March was paid already. What was paid for a month that began before the end stays paid; a month that
began on or after the end is paid too much. An amount may change for months that were paid already: then the rest is
due as a supplement, or what was paid above it is owed.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from linli.kernel.period import Month


@dataclass(frozen=True)
class Event:
    """One change: kind as in ``codes.ChangeKind``, first day of effect, fen per month; ``until`` for GRANTED."""

    kind: str
    effective: date
    amount_fen: int
    until: date | None = None


@dataclass(frozen=True)
class Taken:
    """What batches took up of a month: fen, less what came back to the fund; ``parts`` is the number of the
    next payment.

    ``closed``: one of them was given up for good, so that nothing more is paid for the month.
    """

    fen: int = 0
    parts: int = 0
    closed: bool = False


NOTHING = Taken()


def due_months(events: Iterable[Event]) -> dict[Month, int]:
    """Fen due by month, in order of month. Events come in the order in which they were recorded."""
    return _lived(events, lambda month, end: month.plus(1).first_day <= end)


def kept_months(events: Iterable[Event]) -> dict[Month, int]:
    """Fen that a month keeps once it was paid: as due, and the month in which the award ended."""
    return _lived(events, lambda month, end: month.first_day < end)


def promises_by_month(events: Sequence[Event]) -> dict[Month, int]:
    """Fen promised by month: as due, and the months of a suspension that has no end yet."""
    events = standing_events(events)
    turns = [place for place, event in enumerate(events) if event.kind in ("SUSPENDED", "RESUMED", "ENDED", "EXPIRED")]
    if turns and events[turns[-1]].kind == "SUSPENDED":
        events = [*events[: turns[-1]], *events[turns[-1] + 1 :]]
    return due_months(events)


def amounts_by_month(events: Iterable[Event]) -> dict[Month, int]:
    """Fen a month by what was granted and changed, whether it is suspended then or not."""
    return due_months(event for event in events if event.kind != "SUSPENDED")


def sources_by_month(events: Sequence[Event]) -> dict[Month, int]:
    """Which of the events, by its place among them, gives a month its amount, whether it is suspended then or not."""
    told = [replace(event, amount_fen=place + 1 if event.amount_fen else 0) for place, event in enumerate(events)]
    return {month: place - 1 for month, place in amounts_by_month(told).items()}


def rest(due_fen: int, taken: Taken) -> int:
    """Fen of a month that no batch took up yet: all of it, or what a later change adds."""
    return 0 if taken.closed else max(due_fen - taken.fen, 0)


def standing_events(events: Iterable[Event]) -> list[Event]:
    """The events without an end that was taken back, and without what took it back."""
    kept: list[Event] = []
    for event in events:
        if event.kind == "REINSTATED":
            ends = [place for place, one in enumerate(kept) if one.kind == "ENDED"]
            kept = [one for place, one in enumerate(kept) if place not in ends[-1:]]
        else:
            kept.append(event)
    return kept


def state_after(kinds: Iterable[str]) -> str:
    """ACTIVE, SUSPENDED, ENDED or EXPIRED after changes of these kinds, in the order recorded."""
    events = standing_events(Event(kind, date.min, 0) for kind in kinds if kind != "CHANGED")
    last = events[-1].kind if events else ""
    return last if last in ("SUSPENDED", "ENDED", "EXPIRED") else "ACTIVE"


def _lived(events: Iterable[Event], covers: Callable[[Month, date], bool]) -> dict[Month, int]:
    amounts: dict[Month, int] = {}
    covered: list[Month] = []
    paused: set[Month] = set()
    for event in standing_events(events):
        later = [month for month in covered if month.first_day >= event.effective]
        if event.kind == "GRANTED" and event.until is not None:
            covered = months_between(event.effective, event.until)
            amounts = dict.fromkeys(covered, event.amount_fen)
        elif event.kind == "ENDED":
            covered = [month for month in covered if covers(month, event.effective)]
        elif event.kind == "SUSPENDED":
            paused.update(later)
        elif event.kind == "RESUMED":
            # Each month is worth what it was worth without the suspension: the amount in the event is for readers.
            paused.difference_update(later)
        elif event.kind == "CHANGED":
            amounts.update(dict.fromkeys(later, event.amount_fen))
    return {month: amounts[month] for month in covered if amounts[month] and month not in paused}


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
