"""Open a community's fund of a year: what the adopted plan says stands there already, and can be changed.

The page stands here and not with the funds, since it knows the scheme's sources, lines and programmes.
"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from linli.foundation.screens.acting import ActPage, Said
from linli.foundation.screens.cells import Cell
from linli.foundation.screens.heads import Head
from linli.foundation.screens.listings import Column
from linli.foundation.screens.pages import render_page, there, today
from linli.foundation.screens.texts import counted, joined_by_dot, pack_text
from linli.ground.areas.codes import AreaKind
from linli.ground.areas.queries import Area, of_kind
from linli.ground.users.codes import OFFICER_ROLES
from linli.ground.users.queries.desks import Desk, pages_for
from linli.kernel.act import Act
from linli.kernel.tones import Tone
from linli.law.policies.engine import Pack
from linli.law.policies.queries import offered_packs, schemes
from linli.money.ledger.operations import open_fund
from linli.overview.planning.engine import Plan, plan_from_pack
from linli.overview.planning.queries import current_adoption, plan_of
from linli.overview.planning.queries.next_year import READERS, Line, checklist, year_to_prepare
from linli.overview.planning.web.forms import FundForm


@pages_for("funds", *OFFICER_ROLES)
def fund_open(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Sources, donor purposes and budget lines of a year; a budget above its sources is not taken."""
    communities = [area for area in of_kind(AreaKind.COMMUNITY) if desk.reads.covers(area.stamp)]
    if not communities:
        raise PermissionDenied
    if offered_packs(desk.on):
        return OpenFund(request, desk, communities=communities).response()
    nothing = (gettext("还没有安装方案规则"), gettext("请系统管理员安装规则包后再设立资金"))
    return render_page(request, "nothing.html", {"head": Head(OpenFund.title), "nothing": nothing})


class OpenFund(ActPage[Desk, None]):
    """The form begins with what the community's plan says; it can be changed."""

    title, done = _("设立资金"), _("资金已设立；到账后由资金经办登记")
    form = FundForm
    leads = "fund_list"
    template = "planning/fund_open.html"

    def find(self, communities: list[Area]) -> None:
        asked, packs = self.request.GET, offered_packs(self.desk.on)
        self.communities, self.packs = communities, packs
        self.pack = there(packs.get(asked.get("scheme", "") or next(iter(packs))))
        code = asked.get("community", "")
        self.community = there(next((area for area in communities if code in ("", area.code)), None))
        self.plan = _plan(self.pack, self.community)

    def options(self) -> Mapping[str, Any]:
        plan = self.plan
        paths = [path for path in plan.figures if path.endswith(".amount")] if plan else []
        figures = {path: plan.number(path) for path in paths} if plan else {}
        # The year before, whose last months may still be paid; this one; the next, before it begins.
        years = (self.desk.on.year - 1, self.desk.on.year + 1)
        return {"pack": self.pack, "communities": self.communities, "figures": figures, "years": years}

    def initial(self) -> Mapping[str, Any]:
        return {"community": self.community.pk, "year": self.plan.year if self.plan else self.desk.on.year}

    def run(self, act: Act, said: Said) -> object:
        form, community = self.filled, self._chosen()
        words = {"community": community.name, "year": said["year"], "scheme": pack_text(self.pack.label)}
        return open_fund(
            act,
            code=self._code(),
            name=said["name"].strip() or gettext("%(community)s %(year)s 年%(scheme)s资金") % words,
            year=said["year"],
            community_id=community.pk,
            sources=form.sources(),
            lines=form.lines(),
        )

    def to(self, result: object) -> str:
        return reverse("fund_statement", args=[self._code()])

    def head(self) -> Head:
        planned = gettext("金额已按方案填好，可以修改") if self.plan else ""
        return Head(self.title, joined_by_dot(pack_text(self.pack.label), planned), [(self.title, "")])

    def more(self) -> Mapping[str, Any]:
        return {"pack": self.pack, "packs": self.packs}

    def _chosen(self) -> Area:
        return next(area for area in self.communities if area.pk == self.filled.cleaned_data["community"])

    def _code(self) -> str:
        """A second scheme's fund of the same community and year carries the scheme in its code."""
        code = f"{self._chosen().code}-{self.filled.cleaned_data['year']}"
        return code if self.pack.code == next(iter(schemes())) else f"{code}-{self.pack.code}"[:40]


def _plan(pack: Pack, community: Area) -> Plan | None:
    """The plan that the community adopted, else the scheme's as written, else none."""
    if pack.plan is None:
        return None
    written = plan_from_pack(pack)
    adoption = current_adoption(community.pk, written.year, pack.code)
    return plan_of(adoption.version) if adoption else written


# --- what must stand before the year turns: the list, each line with who does it and where ---------


def _title(_listing: object, line: Line) -> Cell:
    """With the page that does it, where it is not done at the server."""
    return Cell(line.title, (line.page, *line.arguments) if line.page else (), line.query, meta=(line.subject,))


def _state(_listing: object, line: Line) -> Cell:
    if line.done:
        return Cell(chips=[(gettext("已办"), Tone.OK)])
    late = line.due_date < today()
    return Cell(chips=[(gettext("已超期"), Tone.LATE) if late else (gettext("未办"), Tone.SOON)])


# Whoever answers for two hundred communities is shown so many lines, those first that are not done.
_MOST = 100
_COLUMNS = (
    Column("title", _("事项"), cell=_title, phone="title"),
    Column("words", _("情况")),
    Column("role.label", _("由谁")),
    Column("due_date", _("期限"), "DATE"),
    Column("state", _("状态"), cell=_state, phone="state"),
)


@require_GET
@pages_for("my_work", *READERS)
def next_year(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Everything that the coming year needs in the person's places."""
    lines = checklist(desk.person, desk.on)
    left = sum(not line.done for line in lines)
    told = counted("还有 %(count)s 项未办", left) if left else gettext("都办好了。")
    shown = lines
    if len(lines) > _MOST:
        shown = [line for line in lines if not line.done][:_MOST]
        told += gettext("。共 %(all)s 项，这里列出未办的前 %(most)s 项。") % {"all": len(lines), "most": len(shown)}
    title = gettext("%(year)s 年准备") % {"year": year_to_prepare(desk.on)}
    context = {"head": Head(title, told, [(title, "")]), "columns": _COLUMNS, "lines": shown}
    return render_page(request, "planning/next_year.html", context)
