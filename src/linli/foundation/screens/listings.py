"""A list, declared once: columns, filters, order. Page, phone card, pages, Excel and the note of what was read follow.

A room writes a class with its columns and one query; the page, its fragment for htmx and the workbook come from here.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from functools import cached_property
from itertools import zip_longest
from typing import Any, ClassVar, Generic, TypeVar

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from linli.foundation.data import keyset
from linli.foundation.data.scope import Stamp
from linli.foundation.files import tables
from linli.foundation.screens import cells, filters, sets, viewing
from linli.foundation.screens.cells import Cell, Kind
from linli.foundation.screens.exporting import Piece, Sheet, answer, reach_of
from linli.foundation.screens.filters import Asked, Filter
from linli.foundation.screens.heads import Action, Head, action
from linli.foundation.screens.pages import render_page
from linli.foundation.screens.reads import note_read
from linli.foundation.screens.sets import Deed
from linli.foundation.screens.texts import as_date, joined_by_dot
from linli.kernel.steps import Workflow

D = TypeVar("D")  # the desk
R = TypeVar("R")  # a row

PAGE = 50


@dataclass(frozen=True)
class Column:
    """One column. ``path`` is where a row has its value ("award.number"; a function there is called), or the name of
    what ``of`` (a method of the list) says of a row: what the workbook holds (fen, a day, a code, words) and, by its
    ``kind``, what the page shows. ``beside`` is where the list's ``beside`` has it. ``cell`` is what the page shows
    where that is more, ``to`` the page that the value leads to, or (page, what of the row it is called by), ``meta``
    what of the row stands small below. ``codes`` are those of a stored code. ``sort`` are fields of the query, none of
    them empty in any row. ``phone`` says where it stands on a card: "title", "state", "line" or nowhere. ``only``
    "page" or "excel". ``total``: the workbook adds it up, and so does an act on the rows ticked.
    """

    path: str
    label: object = ""
    kind: Kind = "TEXT"
    of: Callable[[Any, Any], Any] | None = None
    cell: Callable[[Any, Any], Cell | SafeString | str] | None = None
    to: str | tuple[str, str] = ""
    beside: str = ""
    meta: Sequence[str] = ()
    codes: type[Enum] | None = None
    sort: Sequence[str] = ()
    phone: str = "line"
    only: str = ""
    total: bool = False

    def value(self, listing: Any, row: Any) -> Any:
        """The value of a row."""
        kept = listing.beside[row.pk] if self.beside else row
        found = self.of(listing, row) if self.of else _reached(kept, self.beside or self.path)
        if self.kind == "HAND":
            return listing.hands.get(found, "")
        return self.codes(found) if self.codes and found and not isinstance(found, Enum) else found

    def shown(self, listing: Any, row: Any) -> Any:
        """What the page shows of a row."""
        if self.cell:
            return self.cell(listing, row)
        value = self.value(listing, row)
        page, path = self.to if isinstance(self.to, tuple) else (self.to, "")
        meta = [cells.plain(_reached(row, one), "DATE") for one in self.meta]
        to = (page, _reached(row, path) if path else value) if page and value else ()
        return Cell(value, to, meta=meta) if to or meta else value

    @property
    def is_fixed(self) -> bool:
        """Whether nobody leaves it out: it says which row it is, or has the row's buttons."""
        return self.phone == "title" or not self.label

    @property
    def choice(self) -> object:
        """What it is called where columns are chosen."""
        return format_lazy("{}{}", self.label, _("（仅 Excel）")) if self.only == "excel" else self.label

    @property
    def css(self) -> str:
        """How its cells stand."""
        kind = "num " if self.kind in cells.NUMBERS else "day " if self.kind in ("DATE", "MONTH") else ""
        return f"{kind}at-{self.phone or 'none'}"


@dataclass(frozen=True)
class Heading:
    """A column's head on the page: a link that sorts where it can."""

    label: object
    css: str
    address: str = ""
    sorted: str = ""


class Listing(Generic[D, R]):
    """A list of one request. A room's class says ``name`` (of the file, the fragment and the note of what was read),
    ``title``, ``columns``, ``filters``, ``order`` (fields of the query; the last one tells rows apart) and what is
    written where there is nothing; and the methods of the first part.
    """

    name: ClassVar[str]
    title: ClassVar[object]
    lead: ClassVar[object] = ""
    columns: Sequence[Column]  # an instance may have its own
    filters: Sequence[Filter] = ()
    order: Sequence[str] = ("pk",)  # an instance may have its own
    # (there is nothing, what to do), and where a filter finds nothing.
    nothing: ClassVar[tuple[object, object]]
    not_found: object = ""  # an instance may have its own
    template: ClassVar[str] = "listing.html"
    # The query, where it takes the reach of the desk and what is asked, and the page that adds a row: words and name.
    asks: ClassVar[Callable[..., Any]]
    adds: ClassVar[tuple[object, str] | None] = None
    # What :meth:`load` keeps of each row, by its id.
    beside: Mapping[int, Any] = {}
    # The workflow whose steps are taken on the rows ticked, what they ask, and the field that begins with today.
    flow: ClassVar[Workflow | None] = None
    does: ClassVar[Sequence[Deed]] = ()
    asking: ClassVar[type[forms.Form]] = forms.Form
    today: ClassVar[str] = ""
    # Its own address, where it is shown at others too: a step of the record that was refused.
    address: str = ""
    hands: Mapping[int, str] = {}

    # --- what a room says -------------------------------------------------------------------------

    def query(self) -> "QuerySet[Any, Any] | Sequence[R]":
        """All rows that are asked for, in reach of the desk; a sequence is in the order of :meth:`token`."""
        rows: QuerySet[Any, Any] = type(self).asks(self.desk.reads, **self.asked)  # type: ignore[attr-defined]  # a desk
        return rows

    def find(self, token: str, limit: int) -> Sequence[R]:
        """The first rows behind a token, at most so many."""
        rows = self.query()
        if isinstance(rows, QuerySet):
            rows = self.nearby(rows, token, limit)
            return keyset.after(rows, self._order(), token)[:limit]  # type: ignore[return-value]  # rows are read once
        return [row for row in rows if self.token(row) > token][:limit] if token else rows[:limit]

    def nearby(self, rows: QuerySet[Any, R], token: str, limit: int) -> QuerySet[Any, R]:
        """The rows among which the first ones behind a token are: fewer than all, where no index has their order."""
        return rows

    def load(self, found: Sequence[R]) -> None:
        """Ask in a fixed number of queries for what the columns need besides, and keep it."""

    def reading(self, row: R) -> tuple[Stamp | int, str] | None:
        """Where a row's person lives and by which number the trail names it; None for what shows nobody."""
        raise NotImplementedError

    def token(self, row: R) -> str:
        """Where a row stands in the order."""
        return keyset.token_of(row, self._order())

    def deeds(self) -> Sequence[Deed]:
        """What this person may do with the rows ticked."""
        desk: Any = self.desk
        return [one for one in self.does if self.flow and desk.person.holds(*self.flow.step(one.code).roles)]

    def form(self, *data: Any) -> forms.Form:
        """What :meth:`deeds` ask for."""
        desk: Any = self.desk
        options: dict[str, Any] = {"initial": {self.today: desk.on}} if self.today else {}
        return self.asking(*data, **options)

    def ticks(self, row: R) -> str:
        """The value of the box before a row, its id; empty for one that cannot be ticked."""
        desk: Any = self.desk
        flow, on = self.flow, desk.on
        return str(row.pk) if flow and any(flow.allows(desk.person, one.code, row, on) for one in self.does) else ""  # type: ignore[attr-defined]  # a record

    def label(self, row: R) -> str:
        """A row in one line, as a receipt names it."""
        title = next(one for one in self.columns if one.phone == "title")
        reading = self.reading(row)
        return joined_by_dot(*dict.fromkeys((cells.plain(title.value(self, row), title.kind), reading and reading[1])))

    def summary(self) -> object:
        """One line below the list: how many, and what they come to."""
        return ""

    def actions(self) -> Sequence[Action]:
        """The buttons of the page."""
        return action(self.request, *self.adds, main=True) if self.adds else ()

    def head(self) -> Head:
        """The head of the page; a list within a record leads back to it."""
        return Head(self.title, self.lead, actions=self.actions())

    def subject(self) -> str:
        """What the trail and the workbook call it; a list within a record names the record ("journals:XFL-2026")."""
        return self.name

    def more(self, found: Sequence[R]) -> dict[str, Any]:
        """What the room's own template needs besides."""
        return {}

    # --- what comes of it -------------------------------------------------------------------------

    def loaded(self, found: Sequence[R]) -> None:
        """Everything that the columns need of these rows is at hand."""
        acted = [one.path for one in self.columns if one.kind == "HAND"]
        self.hands = cells.names_of(_reached(row, path) for row in found for path in acted)
        self.load(found)

    def __init__(self, request: HttpRequest, desk: D) -> None:
        self.request, self.desk = request, desk
        self.asked: Asked
        self.asked, self._drawn = filters.read(request, self.filters, self)

    def response(self, *, status: int = 200) -> HttpResponse:
        """The page, its fragment, with ``?as=xlsx`` the workbook, or what an act on the rows ticked comes to."""
        if self.request.method == "POST" and not self.address:
            return sets.posted(self)
        if self.request.GET.get("as") == "xlsx":
            return answer(self.request, self.sheet())
        if key := self.request.GET.get("suggest", ""):
            offered = filters.suggested(self.filters, self, key, self.request.GET.get(key, ""))
            return HttpResponse(format_html_join("", '<option value="{}">{}</option>', offered))
        return viewing.begin(self.request, self.shape) or self.page(None, status=status)

    @cached_property
    def shape(self) -> viewing.Shape:
        """How this person looks at the list."""
        return viewing.shape_of(self.request, self.address or self.request.path, self._drawn, self._choices())

    def page(self, asked: forms.Form | None, *, status: int) -> HttpResponse:
        """The page or its fragment; ``asked`` is the form of :meth:`deeds` as it was refused."""
        found, following = self._page()
        self.note(found)
        narrowed = filters.is_narrowed(self._drawn)
        deeds = self.deeds()
        boxes = [self.ticks(row) for row in found] if deeds else []
        form = asked or (self.form() if any(one.asks for one in deeds) else forms.Form())
        context = {
            "listing": self,
            "head": self.head(),
            "filters": self._drawn,
            "shape": self.shape,
            "headings": [self._heading(one) for one in self.shown_columns()],
            "lines": self._lines(found, boxes),
            "next": following,
            "bulk": {"form": form, "deeds": deeds} if any(boxes) else None,
            "ticked": set(self.request.POST.getlist("row")),
            "summary": self.summary() if found else "",
            "nothing": (self.not_found or self.nothing[0], "") if narrowed else self.nothing,
            **self.more(found),
        }
        return render_page(self.request, self.template, context, fragment="parts/listing.html", status=status)

    def _chosen(self, leave_out: str) -> list[Column]:
        """The columns of the page, or of the workbook, that are asked for: what a row is called always stands there."""
        asked = {one.path for one in self.columns} & set(self.request.GET.getlist(viewing.COLUMNS))
        some = [one for one in self.columns if one.only != leave_out]
        return [one for one in some if not asked or one.path in asked or one.is_fixed]

    def _choices(self) -> list[tuple[str, object, bool]]:
        shown = {*self._chosen("excel"), *self._chosen("page")}
        return [(one.path, one.choice, one in shown) for one in self.columns if not one.is_fixed]

    def _order(self) -> tuple[str, ...]:
        wished = self.request.GET.get("sort", "")
        fields = next((tuple(one.sort) for one in self.columns if one.sort and one.path == wished.lstrip("-")), ())
        if not fields:
            return tuple(self.order)
        # One direction for all of them: an index is read forwards or backwards.
        named = dict.fromkeys(one.lstrip("-") for one in (*fields, *self.order))
        return tuple(f"-{one}" for one in named) if wished.startswith("-") else tuple(named)

    def _page(self) -> tuple[Sequence[R], str]:
        page = list(self.find(self.request.GET.get("after", ""), PAGE + 1))
        return page[:PAGE], self.token(page[PAGE - 1]) if len(page) > PAGE else ""

    # --- what an act on rows asks (screens.sets) ---------------------------------------------------

    def picked(self, ids: Sequence[int]) -> Sequence[R]:
        """The rows with these ids that are still asked for."""
        rows = self.query()
        if isinstance(rows, QuerySet):
            found: Sequence[R] = list(rows.filter(pk__in=ids))
        else:
            found = rows
        self.loaded(found)
        return [row for row in found if self.ticks(row) in map(str, ids)]

    def note(self, rows: Sequence[R]) -> None:
        """The page shows these rows: what their columns need is at hand, and the trail will say so."""
        self.loaded(rows)
        where, shown = self.read(rows)
        if shown:
            note_read(self.request, where=where, subject=self.subject(), shown=shown)

    def read(self, rows: Iterable[R]) -> tuple[int, list[str]]:
        """Where the people of the rows live, in which chain of the trail, and their numbers."""
        found = [reading for row in rows if (reading := self.reading(row)) is not None]
        chains = {where if isinstance(where, int) else where.chain for where, _number in found}
        return chains.pop() if len(chains) == 1 else 0, [number for _where, number in found]

    def shown_columns(self) -> list[Column]:
        """Those of the page."""
        return self._chosen("excel")

    def drawn(self, rows: Iterable[R], columns: Sequence[Column]) -> list[list[tuple[Column, SafeString]]]:
        """The rows as they stand on the page."""
        return [[(one, cells.shown(one.shown(self, row), one.kind, self.request)) for one in columns] for row in rows]

    def _lines(self, rows: Iterable[R], boxes: Sequence[str]) -> list[tuple[str | None, SafeString]]:
        """The rows as lines of the table, each with what its box sends where rows are ticked.

        Put together here: in the template each cell cost five nodes, half of the time of a page.
        """
        columns = self.shown_columns()
        begun = [cells.opening(one.label, one.css) for one in columns]
        return [
            (box, cells.line(begun, [cell for _column, cell in line], box or ""))
            for box, line in zip_longest(boxes, self.drawn(rows, columns))
        ]

    def sum_labels(self) -> list[str]:
        """The columns of money that are added up."""
        return [str(one.label) for one in self._money()]

    def sums(self, row: R) -> list[int | None]:
        """What a row has in them, in fen."""
        return [one.value(self, row) for one in self._money()]

    def _money(self) -> list[Column]:
        return [one for one in self.shown_columns() if one.total and one.kind == "YUAN"]

    def _heading(self, column: Column) -> Heading:
        if not column.sort:
            return Heading(column.label, column.css)
        wished = self.request.GET.get("sort", "")
        values = self.request.GET.copy()
        values.pop("after", None)
        values["sort"] = f"-{column.path}" if wished == column.path else column.path
        state = {column.path: "ascending", f"-{column.path}": "descending"}.get(wished, "")
        return Heading(column.label, column.css, f"{self.address}?{values.urlencode()}", state)

    def sheet(self) -> Sheet:
        """What the list gives as Excel."""
        columns = self._chosen("page")
        return Sheet(
            self.subject(),
            str(self.head().title),
            [tables.Column(one.path, (str(one.label),), kind=_file_kind(one.kind), total=one.total) for one in columns],
            lambda token, limit: self._piece(columns, token, limit),
            reach_of(self.desk),
            self._count,
        )

    def _piece(self, columns: Sequence[Column], token: str, limit: int) -> Piece:
        found = list(self.find(token, limit + 1))
        following = self.token(found[limit - 1]) if len(found) > limit else ""
        self.loaded(found[:limit])
        rows = [{one.path: _kept(one.value(self, row), one.kind) for one in columns} for row in found[:limit]]
        return Piece(rows, *self.read(found[:limit]), following)

    def _count(self) -> int | None:
        if type(self).query is Listing.query and not hasattr(
            type(self), "asks"
        ):  # found page by page (:meth:`find`), counted by nobody
            return None
        rows = self.query()
        return rows.count() if isinstance(rows, QuerySet) else len(rows)


def nobody(_listing: object, row: object) -> None:
    """The ``reading`` of a list whose rows show no person."""


def by_number(_listing: object, row: Any) -> tuple[Stamp, str]:
    """The ``reading`` of rows with a place and a number of their own."""
    return row.stamp, row.number


def _reached(row: Any, path: str) -> Any:
    for name in path.split("."):
        row = getattr(row, name, None)
    return row() if callable(row) and not isinstance(row, Enum) else row


def _kept(value: Any, kind: str) -> tables.Value:
    """A value as a workbook keeps it: numbers and days by themselves, everything else in words."""
    if value is None or (kind in cells.NUMBERS and isinstance(value, int)):
        return value
    if kind == "DATE" and isinstance(value, date | datetime):
        return as_date(value)
    return cells.plain(value, kind)


def _file_kind(kind: Kind) -> tables.Kind:
    return kind if kind == "DATE" or kind == "YUAN" or kind == "INTEGER" else "TEXT"
