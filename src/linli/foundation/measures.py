"""Measures: a figure and the records behind it are one set, so that a number and its list cannot differ (ADR 0036).

A room's ``queries/measures`` says which records there are in a window and what of them is counted; what reads figures
(plan against actual, scorecards) takes them from there and knows no table of the room.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.db.models import Count, IntegerField, Q, QuerySet, Sum, TextField, Value
from django.db.models.expressions import BaseExpression
from django.db.models.functions import Cast

from linli.foundation.data import keyset
from linli.foundation.data.scope import Scope, within
from linli.foundation.data.together import rows_together
from linli.foundation.shelves import Shelf

PAGE = 50


@dataclass(frozen=True)
class Window:
    """Where and when: in a scope, of a community, on a day, within a time from ``first`` to before ``until``."""

    scope: Scope
    community_id: int
    on: date
    first: date
    until: date
    scheme: str = ""
    fund_id: int | None = None


@dataclass(frozen=True)
class Shown:
    """What the list shows of each line: a column of the records, or an aggregate over those of one line.

    ``page`` is the page that the value leads to; ``words`` says what a code means, ``none`` what stands where there is
    no value. Amounts are fen.
    """

    label: object
    of: str | BaseExpression
    kind: Literal["TEXT", "DATE", "INTEGER", "YUAN"] = "TEXT"
    page: str = ""
    words: Callable[[Any], object] | None = None
    none: object = ""


@dataclass(frozen=True)
class Figure:
    """What the set comes to, and how many records stand behind it."""

    value: int
    records: int


@dataclass(frozen=True)
class Lines:
    """A page of the records, values as ``shown``; ``next_after`` is the key of the last one while more follow."""

    shown: tuple[Shown, ...]
    rows: tuple[tuple[Any, ...], ...]
    next_after: str


@dataclass(frozen=True)
class Measure:
    """A set of records: how many different values of ``unit`` there are, or what ``fen`` comes to, is its figure.

    ``line``: the column of which each line of the list has its own value, in order. ``counts``: which of the records
    count, where the list shows the others beside them. ``record``: what is a record, where a row is less than one.
    ``order``: fields of the records, where the list is not in order of ``line``; the last one tells them apart.
    ``kept``: what sums that the database keeps say for each value of a column, None where they know no such column.
    """

    rows: Callable[[Window], QuerySet[Any, Any]]
    unit: str
    line: str
    shown: tuple[Shown, ...]
    fen: str = ""
    counts: Q | None = None
    record: str = "pk"
    order: Sequence[str] = ()
    kept: Callable[[Window, str], Mapping[Any, int] | None] | None = None

    def figures(self, window: Window, by: str) -> Mapping[Any, Figure]:
        """The figure for each value of a column that has records: one query, of what is kept where it is."""
        known = self.kept(window, by) if self.kept else None
        if known is None:
            return self.counted(window, by)
        return {key: Figure(number, number) for key, number in known.items() if number}

    def counted(self, window: Window, by: str) -> Mapping[Any, Figure]:
        """The same, counted record by record."""
        value = Sum(self.fen) if self.fen else Count(self.unit, distinct=True, filter=self.counts)
        rows = self.rows(window).order_by(by).values_list(by)
        counted = rows.annotate(figure_value=value, figure_records=Count(self.record, distinct=True))
        return {key: Figure(value, records) for key, value, records in counted}

    def asked(self, window: Window, by: str, number: int) -> QuerySet[Any, Any]:
        """The same as one part of a statement that asks several measures: ``number`` tells its rows, keys are texts."""
        value = Sum(self.fen) if self.fen else Count(self.unit, distinct=True, filter=self.counts)
        rows = (
            self.rows(window)
            .order_by()
            .annotate(figure_of=Value(number, output_field=IntegerField()), figure_key=Cast(by, TextField()))
        )
        counted: QuerySet[Any, Any] = rows.values_list("figure_of", "figure_key").annotate(
            figure_value=value, figure_records=Count(self.record, distinct=True)
        )
        return counted

    def lines(
        self,
        window: Window,
        by: str,
        of: Collection[Any] | None,
        *,
        after: str = "",
        words: Mapping[str, Mapping[Any, object]] | None = None,
    ) -> Lines:
        """The records behind the figures of some values of a column (None: of all), a page of them after a key.

        ``words``: what codes of a column mean to whoever asks.
        """
        rows = self.rows(window) if of is None else self.rows(window).filter(**{f"{by}__in": of})
        plain = {self.line, *(one.of for one in self.shown if isinstance(one.of, str))}
        sums = {f"shown_{n}": one.of for n, one in enumerate(self.shown) if not isinstance(one.of, str)}
        order = self.order or (self.line,)
        listed: QuerySet[Any, Any] = rows.values(*sorted({*plain, *order})).annotate(**sums)
        found: Sequence[Mapping[str, Any]] = list(keyset.after(listed, order, after)[: PAGE + 1])
        last = keyset.token_of(found[PAGE - 1], order) if len(found) > PAGE else ""
        told = words or {}
        lines = [tuple(_value(one, n, row, told) for n, one in enumerate(self.shown)) for row in found[:PAGE]]
        return Lines(self.shown, tuple(lines), last)


def figures_together(some: Sequence[tuple[Measure, Window, str]]) -> list[Mapping[Any, Figure]]:
    """The figures of several measures, each for the values of a column, as texts: one statement for all of them."""
    found: list[dict[Any, Figure]] = [{} for _one in some]
    parts = [measure.asked(window, by, number) for number, (measure, window, by) in enumerate(some)]
    for number, key, value, records in rows_together(parts):
        found[number][key] = Figure(int(value or 0), records)
    return list(found)


def by_place(rows: QuerySet[Any, Any], scope: Scope, number: str = "number") -> Mapping[int | None, int]:
    """What kept sums within reach come to in each community; what lies in none of them under None."""
    sums = within(rows, scope).order_by().values_list("community_id").annotate(total=Sum(number))
    return {place or None: total for place, total in sums}


# By the code under which plans and standards ask for them: room.what.
measures: Shelf[Measure] = Shelf()


def _value(shown: Shown, place: int, row: Mapping[str, Any], told: Mapping[str, Mapping[Any, object]]) -> Any:
    column = shown.of if isinstance(shown.of, str) else f"shown_{place}"
    value = row[column]
    if value is None:
        return shown.none
    return shown.words(value) if shown.words else told[column][value] if column in told else value
