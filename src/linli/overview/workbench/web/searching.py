"""One search: whatever a name or a number finds in the reader's reach, in every room; a whole number leads there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from linli.foundation.data.scope import Stamp
from linli.foundation.screens.cells import Cell
from linli.foundation.screens.desks import pages_at
from linli.foundation.screens.filters import Filter
from linli.foundation.screens.finding import MOST, Answer, Found, find, may_search
from linli.foundation.screens.listings import Column, Listing
from linli.foundation.screens.pages import act_of, sentence
from linli.foundation.screens.texts import counted
from linli.foundation.trail import logs
from linli.ground.areas.queries import names as area_names
from linli.ground.users.queries import Authority, authority_of
from linli.kernel.act import Actor
from linli.kernel.errors import DomainError


@dataclass(frozen=True)
class Searcher:
    """Who looks for something, on which day."""

    person: Authority
    on: date


def _sit_down(somebody: Actor, on: date) -> Searcher:
    return Searcher(authority_of(somebody, on), on)


class SearchList(Listing[Searcher, Found]):
    """What a text finds, kind by kind."""

    name = "search"
    title = _("查找")
    filters = (Filter("q", _("查找"), hint=_("姓名、拼音、完整电话或证件号、电话前三位、后四位、各类编号、楼栋")),)
    nothing = (_("输入姓名、电话或编号查找"), "")
    not_found: object = _(
        "没有找到；可按姓名、拼音、首字母、楼栋，完整的电话或身份证号、电话前三位、电话或身份证后四位，"
        "或申请、待遇、批次、文书等编号查找；电话和身份证号的其他部分不能查找"
    )
    places: Mapping[int, str]

    @cached_property
    def answer(self) -> Answer:
        text = self.asked["q"]
        try:
            return find(self.desk.person, text, act_of(self.request)) if text else Answer()
        except DomainError as error:
            logs.refusal(error)
            self.not_found = sentence(error)
            return Answer()

    def what(self, row: Found) -> Cell:
        return Cell(row.title, (row.page, *row.arguments), row.query)

    def place(self, row: Found) -> str:
        return self.places.get(_place_of(row), "")

    def state(self, row: Found) -> Cell:
        return Cell(chips=[row.state] if row.state else [])

    columns = (
        Column("kind", pgettext_lazy("found", "类别")),
        Column("title", _("名称"), cell=what, phone="title"),
        Column("lead", _("说明")),
        Column("place", _("区域"), of=place),
        Column("state", _("状态"), "STATE", cell=state, phone="state"),
    )

    def query(self) -> Sequence[Found]:
        return self.answer.found[:MOST]

    def load(self, found: Sequence[Found]) -> None:
        self.places = area_names(_place_of(row) for row in found)

    def token(self, row: Found) -> str:
        return f"{self.answer.found.index(row):04}"

    def reading(self, row: Found) -> tuple[Stamp | int, str] | None:
        return (row.where or 0, row.shows) if row.shows else None

    def summary(self) -> str:
        words = {"query": self.asked["q"], "count": MOST}
        if len(self.answer.found) > MOST:
            return gettext("“%(query)s”：结果较多，只列出前 %(count)s 项") % words
        return counted("“%(query)s”：找到 %(count)s 项", len(self.answer.found), query=self.asked["q"])


def _place_of(row: Found) -> int:
    return (row.where.grid_id or row.where.chain) if row.where else 0


@pages_at("my_work", _sit_down, lambda desk: may_search(desk.person))
def search(request: HttpRequest, desk: Searcher) -> HttpResponse:
    """The frame's search box; a text that is the whole number of one thing leads to its page."""
    listing = SearchList(request, desk)
    if not listing.answer.straight:
        return listing.response()
    [one] = listing.answer.found
    address = reverse(one.page, args=one.arguments) + one.query
    return HttpResponse(headers={"HX-Redirect": address}) if "HX-Request" in request.headers else redirect(address)
