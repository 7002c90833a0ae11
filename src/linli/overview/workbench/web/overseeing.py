"""What district, auditor and administrator answer for: figures by place, and how it is set up."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from linli.foundation.data.scope import NOWHERE, Scope
from linli.foundation.measures import Figure, Measure, Window
from linli.foundation.screens.cells import Cell, bar, plain
from linli.foundation.screens.desks import pages_at
from linli.foundation.screens.filters import Filter
from linli.foundation.screens.heads import Head
from linli.foundation.screens.lights import PLACE, Light, Standing, columns_of, lights, standings
from linli.foundation.screens.listings import Column, Listing, nobody
from linli.foundation.screens.pages import render_page
from linli.foundation.screens.texts import counted, day_text, joined_by_dot
from linli.ground.areas.codes import AreaKind
from linli.ground.areas.queries import Area, offices_within
from linli.ground.users.codes import Role
from linli.ground.users.queries import Authority, authority_of
from linli.kernel.act import Actor

RECORDS = "overview_records"


@dataclass(frozen=True)
class Overseer:
    """Who answers for something, on which day; ``lit`` are the lights of their roles."""

    person: Authority
    on: date

    @cached_property
    def lit(self) -> Mapping[str, Light]:
        mine = {code: one for code, one in lights.items() if self.person.holds(*map(Role, one.roles))}
        return dict(sorted(mine.items(), key=lambda pair: pair[1].order))

    @cached_property
    def places(self) -> list[Area]:
        """Where they answer for anything: districts, streets and communities."""
        scope = NOWHERE
        for one in self.lit.values():
            scope |= self.reach(one)
        return offices_within(scope)

    def reach(self, light: Light) -> Scope:
        """Where the person answers for this."""
        return self.person.scope(*map(Role, light.roles))

    def window(self, light: Light) -> Window:
        """This day, in the year that it lies in."""
        return Window(self.reach(light), 0, self.on, date(self.on.year, 1, 1), self.on + timedelta(days=1))

    def figures(self, light: Light, measure: Measure) -> Mapping[int | None, int]:
        """The figure of each place that has records."""
        found: Mapping[Any, Figure] = measure.figures(self.window(light), PLACE)
        return {place: one.value for place, one in found.items()}


def _sit_down(somebody: Actor, on: date) -> Overseer:
    return Overseer(authority_of(somebody, on), on)


overseeing = pages_at("my_work", _sit_down, lambda desk: desk.lit)


@dataclass(frozen=True)
class Reading:
    """A light with what it says of each place, and what that is compared with."""

    code: str
    light: Light
    found: Mapping[int | None, int]
    target: Mapping[int | None, int]

    @property
    def kind(self) -> Any:
        return "YUAN" if self.light.measure.fen else "INTEGER"

    @property
    def total(self) -> int:
        return sum(self.found.values())

    @property
    def told(self) -> tuple[str, object]:
        """The figure of all places and a line below it: of what is planned the share, with both in full."""
        planned = sum(self.target.values())
        if not planned:
            return self.words(self.total), self.light.note
        return f"{self.total * 100 // planned}%", f"{self.words(self.total)} / {self.words(planned)}"

    @property
    def card_address(self) -> str:
        """Nothing stands behind a zero."""
        return self.address() if self.total else ""

    def words(self, value: int) -> str:
        return plain(value, self.kind)

    def address(self, place: Area | None = None) -> str:
        """The page of the records behind the figure, of one place or of all."""
        query = "?" + urlencode({"in": place.code}) if place else ""
        return reverse(RECORDS, args=[self.code]) + query

    def cell(self, place: Area) -> SafeString | str:
        """The figure of a place as a link, in its tone; zero is quiet."""
        value, planned = self.found.get(place.pk, 0), self.target.get(place.pk, 0)
        if not value and not planned:
            return format_html('<span class="meta">{}</span>', 0)
        css = f"{self.light.tone}-text" if self.light.tone and value else ""
        shown = format_html('<a href="{}"><b class="{}">{}</b></a>', self.address(place), css, self.words(value))
        if not planned:
            return shown
        return format_html('{}<span class="meta">/ {}</span>{}', shown, self.words(planned), bar(value, planned))

    def column(self) -> Column:
        return Column(
            self.code,
            self.light.label,
            self.kind,
            of=lambda _listing, place: self.found.get(place.pk, 0),
            cell=lambda _listing, place: self.cell(place),
        )


class Overview(Listing[Overseer, Area]):
    """The territory with its lights: a line for each community, and for what lies in none of them."""

    name = "overview"
    title = _("总览")
    template = "workbench/overview.html"
    nothing = (_("没有要看的区域"), "")

    def place(self, row: Area) -> Cell:
        above = row.parent.name if row.parent and row.kind == AreaKind.COMMUNITY else ""
        return Cell(row.name, meta=(above,))

    def streets(self) -> list[tuple[str, str]]:
        return [(one.code, one.name) for one in self.desk.places if one.kind == AreaKind.STREET]

    filters: Sequence[Filter] = (Filter("street", _("街道"), streets),)

    def __init__(self, request: HttpRequest, desk: Overseer) -> None:
        self.readings = [_read(desk, code, light) for code, light in desk.lit.items()]
        placed = [one.column() for one in self.readings if one.light.placed]
        self.desk = desk
        self.filters = self.filters if len(self.streets()) > 1 else ()
        self.columns = (Column("name", _("地方"), cell=Overview.place, phone="title"), *placed)
        super().__init__(request, desk)

    def query(self) -> Sequence[Area]:
        chosen = {one.pk for one in self.desk.places if one.code == self.asked["street"]}
        told = {place for one in self.readings for place, value in one.found.items() if value}
        return [
            one
            for one in self.desk.places
            if (one.kind == AreaKind.COMMUNITY or one.pk in told) and (not chosen or one.street_id in chosen)
        ]

    def token(self, row: Area) -> str:
        return row.code

    # Figures of places show nobody.
    reading = nobody

    def head(self) -> Head:
        number = sum(one.kind == AreaKind.COMMUNITY for one in self.desk.places)
        return Head(self.title, joined_by_dot(day_text(self.desk.on), counted("%(count)s 个社区", number)))

    def more(self, found: Sequence[Area]) -> dict[str, Any]:
        return {"readings": self.readings, "standings": list(_standings(self.desk)), "standing_columns": STANDINGS}


def _read(desk: Overseer, code: str, light: Light) -> Reading:
    target = desk.figures(light, light.of) if light.of else {}
    return Reading(code, light, desk.figures(light, light.measure), target)


def _standings(desk: Overseer) -> Iterable[Standing]:
    for told in standings.values():
        yield from told(desk.person, desk.on)


STANDINGS = (
    Column("title", _("事项"), phone="title"),
    Column("words", _("现状"), cell=lambda _list, row: Cell(row.words, (row.page, *row.arguments) if row.page else ())),
    Column("state", _("状态"), "STATE", cell=lambda _list, row: Cell(chips=[row.state]), phone="state"),
)


@overseeing
@require_safe
def overview(request: HttpRequest, desk: Overseer) -> HttpResponse:
    """Each figure leads to the records behind it."""
    return Overview(request, desk).response()


@overseeing
@require_safe
def overview_records(request: HttpRequest, desk: Overseer, code: str) -> HttpResponse:
    """The records behind one figure, of one place or of all."""
    light, asked = desk.lit.get(code), request.GET.get("in", "")
    place = next((one for one in desk.places if one.code == asked), None)
    if light is None or (asked and place is None):
        raise Http404
    of = [place.pk] if place else None
    page = light.measure.lines(desk.window(light), PLACE, of, after=request.GET.get("after", ""))
    reading = _read(desk, code, light)
    total = reading.words(reading.found.get(place.pk, 0) if place else reading.total)
    context = {
        "head": Head(
            light.label, place.name if place else "", [(gettext("总览"), reverse("overview")), (light.label, "")]
        ),
        "total": gettext("合计 %(total)s") % {"total": total},
        "columns": columns_of(page.shown),
        "rows": page.rows,
        "following": page.next_after,
    }
    return render_page(request, "records.html", context)
