"""Open a community's fund of a year: what the adopted plan says stands there already, and can be changed.

The page stands here and not with the funds, since it knows the scheme's sources, lines and programmes.
"""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from linli.foundation.screens.pages import act_of, actor, perform, render_page, today
from linli.foundation.screens.texts import pack_text
from linli.ground.areas.codes import AreaKind
from linli.ground.areas.queries import Area, of_kind
from linli.ground.users.codes import Role
from linli.ground.users.queries import authority_of
from linli.law.policies.engine import Pack
from linli.law.policies.queries import offered_packs, schemes
from linli.money.ledger.operations import open_fund
from linli.overview.planning.engine import Plan, plan_from_pack
from linli.overview.planning.queries import current_adoption, plan_of
from linli.overview.planning.web.opening_forms import FundForm

# The same as ledger.permissions demands.
MANAGERS = (Role.STREET_OFFICER, Role.DISTRICT_OFFICER)


@login_required
def fund_open(request: HttpRequest) -> HttpResponse:
    """Sources, donor purposes and budget lines of a year; a budget above its sources is not taken."""
    vars(request)["nav_key"] = "funds"
    on = today()
    scope = authority_of(actor(request), on).scope(*MANAGERS)
    communities = [area for area in of_kind(AreaKind.COMMUNITY) if scope.covers(area.stamp)]
    if not communities:
        raise PermissionDenied
    packs = offered_packs(on)
    if not packs:
        return render_page(request, "planning/fund_open.html", {})
    pack = packs.get(request.GET.get("scheme", "") or next(iter(packs)))
    if pack is None:
        raise Http404
    community = _asked(request, communities)
    plan = _plan(pack, community)
    figures = _amounts(plan)
    form = FundForm(
        request.POST or None,
        pack=pack,
        communities=communities,
        figures=figures,
        initial={"community": community.pk, "year": plan.year if plan else on.year},
    )
    if request.method == "POST" and form.is_valid():
        done, code = _opened(request, form, communities)
        if done:
            messages.success(request, gettext("资金已设立；到账后由资金经办登记"))
            return redirect("fund_statement", code=code)
    context = {"form": form, "pack": pack, "packs": packs, "planned": bool(figures)}
    return render_page(request, "planning/fund_open.html", context)


def _opened(request: HttpRequest, form: FundForm, communities: list[Area]) -> tuple[bool, str]:
    data = form.cleaned_data
    community = next(area for area in communities if area.pk == data["community"])
    # A second scheme's fund of the same community and year carries the scheme in its code.
    code = f"{community.code}-{data['year']}"
    if form.pack.code != next(iter(schemes())):
        code = f"{code}-{form.pack.code}"[:40]
    words = {"community": community.name, "year": data["year"], "scheme": pack_text(form.pack.label)}
    done, _fund = perform(
        form,
        lambda: open_fund(
            act_of(request),
            code=code,
            name=data["name"].strip() or gettext("%(community)s %(year)s 年%(scheme)s资金") % words,
            year=data["year"],
            community_id=community.pk,
            sources=form.sources(),
            lines=form.lines(),
        ),
    )
    return done, code


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
