"""The page of one record: head, the steps that may be taken, facts, and what the room shows besides.

A room writes a class that finds the record and says its facts; the page, the addresses of its steps and what a refused
step shows come from here (docs/adr/0032).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse

from linli.foundation.data.scope import Stamp
from linli.foundation.screens import cells
from linli.foundation.screens.desks import page_of
from linli.foundation.screens.heads import Head
from linli.foundation.screens.listings import Column, Listing
from linli.foundation.screens.pages import found_or_404, render_page, there
from linli.foundation.screens.reads import note_read
from linli.foundation.screens.reminding import Waits, waits
from linli.foundation.screens.steps import Bound, Offer, offers, step_page
from linli.kernel.steps import Step, Workflow

D = TypeVar("D")  # the desk
R = TypeVar("R")  # the record


class Record(Generic[D, R]):
    """One record on one request. Its pages are called by ``name``: "agreement_detail", "agreement_step"; ``flow`` and
    ``bound`` are its workflow, where it has one. What its ``listing`` says of a row need not be said again.
    """

    name: ClassVar[str]
    listing: ClassVar[type[Listing[Any, Any]] | None] = None
    template: ClassVar[str] = "record.html"
    flow: Workflow | None = None  # a record may have one of its kind
    bound: ClassVar[dict[str, Bound]] = {}
    finds: ClassVar[Callable[..., Any]]  # the query, where it takes the reach of the desk and the number

    def __init__(self, request: HttpRequest, desk: D, *, step: str = "", **address: Any) -> None:
        self.request, self.desk, self._step = request, desk, step
        [self.key] = address.values()
        self.row: R = found_or_404(self.find, self.key)
        self._beside: Listing[Any, Any] | None = None

    # --- what a room says -------------------------------------------------------------------------

    def find(self, key: str) -> R:
        """The record within reach of the desk. Raises ObjectDoesNotExist, which is 404."""
        found: R = type(self).finds(self.desk.reads, key)  # type: ignore[attr-defined]  # a desk
        return found

    def head(self, row: R) -> Head:
        """The head of the page: what stands for the record on a phone's card of its list."""
        at = {one.phone: one for one in self._columns()}
        state = at["state"].value(self._list(row), row) if "state" in at else None
        return Head(at["title"].value(self._list(row), row), trail=[(str(row), "")], state=state)

    def facts(self, row: R) -> Sequence[tuple[object, object]]:
        """Labels and values, what is empty is left out: what its list knows of it besides the head."""
        told = [one for one in self._columns() if one.label and one.phone not in ("title", "state")]
        return [(one.label, cells.plain(one.value(self._list(row), row), one.kind)) for one in told]

    def reading(self, row: R) -> tuple[Stamp | int, str] | None:
        """Where the record lies and what the trail calls it; None for what shows nobody."""
        return None

    def _columns(self) -> Sequence[Column]:
        return self.listing.columns if self.listing else ()

    def _list(self, row: R) -> Listing[Any, Any]:
        """The list that the record would stand in, with what its columns need of the record."""
        if self._beside is None:
            assert self.listing is not None, "a record without a list says its head and facts itself"
            self._beside = self.listing(self.request, self.desk)
            self._beside.loaded([row])
        return self._beside

    def more(self, row: R) -> Mapping[str, Any]:
        """What the room's own template needs besides."""
        return {}

    def worded(self, step: Step) -> Step | None:
        """A step that may be taken, in the words of this page; None where it is not offered here."""
        return step

    def address(self, step: Step) -> str:
        """Where a step is taken."""
        return reverse(f"{self.name}_step", args=[self.key, step.path])

    # --- what comes of it -------------------------------------------------------------------------

    def response(self) -> HttpResponse:
        """The page; where the address names a step, what comes of it."""
        return self.step(self._step) if self._step else self._page({})

    def step(self, code: str) -> HttpResponse:
        """Take a step, or the page with what stands in the way."""
        to = reverse(f"{self.name}_detail", args=[self.key])
        return step_page(self.request, there(self.flow), self.bound, self.desk, self.row, code, to=to, page=self._page)  # type: ignore[arg-type]  # a desk

    def _page(self, refused: Mapping[str, forms.Form]) -> HttpResponse:
        row, read = self.row, self.reading(self.row)
        if read:
            note_read(self.request, where=read[0], subject=read[1])

        context = {
            "head": self.head(row),
            "record": row,
            "facts": self.facts(row),
            "offers": self._offers(refused),
            "errors": next(iter(refused.values()), None),
            "waits": self._waits(row),
            **self.more(row),
        }
        return render_page(self.request, self.template, context, status=422 if refused else 200)

    def _offers(self, refused: Mapping[str, forms.Form]) -> Sequence[Offer]:
        desk: Any = self.desk
        return offers(self.flow, self.bound, desk, self.row, self.address, refused, self.worded) if self.flow else ()

    def _waits(self, row: R) -> Waits | None:
        desk: Any = self.desk
        return waits(self.flow, desk.person, row, desk.on, f"{self.name}_detail") if self.flow else None


def pages_of(record: type[Record[Any, Any]], decorate: Callable[..., Any], below: str) -> list[URLPattern]:
    """The addresses of a record, its steps and its list below one; ``decorate`` makes functions pages of a desk."""

    page = page_of(record, decorate)
    found = [path(f"{below}<str:number>/", page, name=f"{record.name}_detail")]
    found += [path(below, page_of(record.listing, decorate), name=f"{record.name}_list")] if record.listing else []
    steps = [path(f"{below}<str:number>/<str:step>/", page, name=f"{record.name}_step")] if record.flow else []
    return found + steps
