"""My work 我的工作: each room says what waits for a person in it, as rows that lead to the page that does it."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import pgettext_lazy

from linli.foundation.shelves import Shelf
from linli.kernel.steps import Workflow
from linli.kernel.text import in_order

SOON = 3  # working days


@dataclass(frozen=True)
class Todo:
    """One thing to do: what it is, about what, of whom, why, until when, and the page that does it.

    A ``kind`` has one title: by both together people narrow what waits (``tests/access/test_work.py``).
    """

    kind: str
    title: object
    subject: str
    page: str  # name of the address
    arguments: tuple[object, ...] = ()
    query: str = ""  # what the page shall already know
    verb: object = pgettext_lazy("verb", "办理")  # what its button says
    who: str = ""
    place: str = ""
    because: object = ""
    due_date: date | None = None
    days_left: int = 0  # working days, negative when late
    colour: str = ""  # GREEN, AMBER, RED, PAUSED, or "" when no law sets a date
    article: str = ""
    provisional: bool = False

    @property
    def order(self) -> tuple[date, tuple[object, ...]]:
        """By legal deadline; what has none comes last."""
        return self.due_date or date.max, in_order(self.subject)


@dataclass(frozen=True)
class Pile:
    """What waits of one kind, counted (up to 501) without reading it; ``first`` reads as many as asked for, in order.

    ``shared`` reads the first of several kinds at once, for piles that share it.
    """

    kind: str
    title: object
    total: int
    first: Callable[[int], Sequence[Todo]]
    late: int = 0
    soon: int = 0
    shared: Callable[[Collection[str], int], Sequence[Todo]] | None = None


# Who asks is an Authority of users, which stands above.
Work = Callable[[Any, date], Iterable[Pile]]
work: Shelf[Work] = Shelf()


@dataclass(frozen=True)
class Together:
    """Where those who hold one of the roles take on all of a kind at once: words and page."""

    words: object
    page: str
    arguments: tuple[object, ...] = ()
    roles: Sequence[Any] = ()


# By the kind of the rows.
together: Shelf[Together] = Shelf()


def listed(rows: Callable[[Any, date], Iterable[Todo]], called: object = "") -> Work:
    """Work of which there are few rows, or that must be read to be counted: a pile for each kind. Rows of one kind that
    have titles of their own are one pile, ``called`` as a whole.
    """

    def piles(authority: Any, on: date) -> Iterable[Pile]:
        by_kind: dict[tuple[str, str], list[Todo]] = {}
        for row in rows(authority, on):
            by_kind.setdefault((row.kind, str(called or row.title)), []).append(row)
        return [
            _pile(kind, called, sorted(found, key=lambda row: row.order)) for (kind, _title), found in by_kind.items()
        ]

    return piles


def _pile(kind: str, called: object, rows: Sequence[Todo]) -> Pile:
    soon = sum(row.colour in ("GREEN", "AMBER") and row.days_left <= SOON for row in rows)
    late = sum(row.colour == "RED" for row in rows)
    return Pile(kind, called or rows[-1].title, len(rows), lambda number: rows[:number], late, soon)


def piles(authority: Any, on: date) -> list[Pile]:
    """Everything that waits for the person, kind by kind."""
    return [pile for waiting in work.values() for pile in waiting(authority, on)]


def first(some: Iterable[Pile], number: int) -> list[Todo]:
    """The first rows of the piles together, by legal deadline."""
    found = list(some)
    rows = [row for pile in found if pile.shared is None for row in pile.first(number)]
    for read in dict.fromkeys(pile.shared for pile in found if pile.shared):
        rows += read([pile.kind for pile in found if pile.shared == read], number)
    return sorted(rows, key=lambda row: row.order)[:number]


def waiting(authority: Any, on: date) -> list[Todo]:
    """Every row that waits for the person."""
    found = piles(authority, on)
    return first(found, sum(pile.total for pile in found))


def awaiting(flow: Workflow, noun: object, page: str, rows: Mapping[str, Callable[[Any, date], Iterable[Any]]]) -> Work:
    """Work that steps of a workflow leave to people: by step, the rows that may wait for it (of a scope, on a day).

    Each is somebody's who may take the step; what it says is the step's own label, button and explanation.
    """

    def found(authority: Any, on: date) -> Iterable[Todo]:
        for code, ask in rows.items():
            step = flow.step(code)
            scope = authority.scope(*step.roles)
            asked = ask(scope, on) if scope else ()
            # What belongs to a row is not what a line of work says of it.
            for row in asked.prefetch_related(None) if isinstance(asked, QuerySet) else asked:
                if flow.allows(authority, code, row, on):
                    title = format_lazy("{} · {}", noun, step.label)
                    verb, because = step.button or step.label, step.explain
                    yield Todo(f"{flow.code}.{code}", title, str(row), page, (str(row),), verb=verb, because=because)

    return listed(found)
