"""Open a community's fund of a year: what the adopted plan says stands there already, and can be changed.

The page stands here and not with the funds, since it knows the scheme's sources, lines and programmes.
"""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from linli.foundation.screens.acting import act_page, filled
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
    title, packs = gettext("设立资金"), offered_packs(desk.on)
    if not packs:
        nothing = (gettext("还没有安装方案规则"), gettext("请系统管理员安装规则包后再设立资金"))
        return render_page(request, "nothing.html", {"head": Head(title), "nothing": nothing})
    pack = there(packs.get(request.GET.get("scheme", "") or next(iter(packs))))
    community = _asked(request, communities)
    plan = _plan(pack, community)
    form = filled(
        request,
        FundForm,
        pack=pack,
        communities=communities,
        figures=_amounts(plan),
        initial={"community": community.pk, "year": plan.year if plan else desk.on.year},
    )
    planned = gettext("金额已按方案填好，可以修改") if plan else ""
    return act_page(
        request,
        form,
        lambda act: _open(act, form, communities),
        head=Head(title, joined_by_dot(pack_text(pack.label), planned), [(title, "")]),
        done=gettext("资金已设立；到账后由资金经办登记"),
        to=lambda _fund: reverse("fund_statement", args=[_code(form, communities)]),
        back=reverse("fund_list"),
        template="planning/fund_open.html",
        context={"pack": pack, "packs": packs},
    )


def _community(form: FundForm, communities: list[Area]) -> Area:
    return next(area for area in communities if area.pk == form.cleaned_data["community"])


def _code(form: FundForm, communities: list[Area]) -> str:
    """A second scheme's fund of the same community and year carries the scheme in its code."""
    code = f"{_community(form, communities).code}-{form.cleaned_data['year']}"
    return code if form.pack.code == next(iter(schemes())) else f"{code}-{form.pack.code}"[:40]


def _open(act: Act, form: FundForm, communities: list[Area]) -> object:
    data, community = form.cleaned_data, _community(form, communities)
    words = {"community": community.name, "year": data["year"], "scheme": pack_text(form.pack.label)}
    return open_fund(
        act,
        code=_code(form, communities),
        name=data["name"].strip() or gettext("%(community)s %(year)s 年%(scheme)s资金") % words,
        year=data["year"],
        community_id=community.pk,
        sources=form.sources(),
        lines=form.lines(),
    )


def _asked(request: HttpRequest, communities: list[Area]) -> Area:
    code = request.GET.get("community", "")
    found = [area for area in communities if area.code == code] if code else communities
    if not found:
        raise Http404
    return found[0]


def _amounts(plan: Plan | None) -> dict[str, int]:
    if plan is None:
        return {}
    return {path: plan.number(path) for path in plan.figures if path.endswith(".amount")}


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
    title = gettext("%(year)s 年准备") % {"year": year_to_prepare(desk.on)}
    context = {"head": Head(title, told, [(title, "")]), "columns": _COLUMNS, "lines": lines}
    return render_page(request, "planning/next_year.html", context)
