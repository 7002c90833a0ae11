"""The plan check: what does not add up, what would, and what becomes of the year if a figure is another one."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from linli.foundation.screens.heads import Action, Head
from linli.foundation.screens.pages import render_page
from linli.overview.planning.engine import cash_flow, fatal, what_if
from linli.overview.planning.permissions import can_save
from linli.overview.planning.queries import versions
from linli.overview.planning.web.asking import Asked, asked, said
from linli.overview.planning.web.controls import control_groups
from linli.overview.planning.web.desk import Desk, reading
from linli.overview.planning.web.forms import SaveForm
from linli.overview.planning.web.presenters import balance_series, differences, finding_views, month_labels, variant_of


@require_safe
@reading
def plan_check(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Findings, ways out and sliders; the address holds the figures that are tried."""
    tried = asked(desk.written, ((path, str(value)) for path, value in request.GET.items()))
    response = render_page(
        request, "planning/plan_check.html", check_context(desk, tried), fragment="planning/_live.html"
    )
    # The sliders send every figure; the address keeps those that differ.
    response["HX-Push-Url"] = desk.link("plan_check", **said(tried.changes))
    return response


def check_context(desk: Desk, tried: Asked) -> dict[str, Any]:
    """Everything the page needs."""
    now = what_if(desk.written, tried.changes)
    variant = variant_of(desk.pack.digest)
    proposal = variant if variant is not None and variant.changes else None
    flows = cash_flow(desk.written)
    label = gettext("改动之后") if tried.changes else gettext("可行版本")
    shown = now.plan if tried.changes else (proposal.plan if proposal else None)
    proposal_url = desk.link("plan_check", **said(proposal.changes)) if proposal else ""
    tries_proposal = proposal is not None and set(proposal.changes) == set(tried.changes)
    may_save = can_save(desk.person, desk.community.stamp)
    groups = control_groups(desk.written, now.plan)
    moved = {control.path for group in groups for control in group.controls}
    return {
        "head": Head(
            gettext("方案校核"),
            gettext("采用之前先算一遍：每一处都列出算式和出路。"),
            [(desk.about(now.plan), "")],
            actions=[
                *([Action(gettext("试用可行版本"), proposal_url)] if proposal and not tries_proposal else []),
                *([Action(gettext("保存为版本"), "#save", main=True)] if may_save else []),
            ],
        ),
        "desk": desk,
        "check_url": desk.link("plan_check"),
        "findings": finding_views(desk, now.findings, tried.changes),
        "fatal_count": len(fatal(now.findings)),
        "refused": tried.refused,
        "changes": tried.changes,
        "differences": differences(desk, desk.written, tried.changes, undo=True),
        "groups": groups,
        "kept": [change for change in tried.changes if change.path not in moved],
        "flows": now.flows,
        "series": balance_series(flows, cash_flow(shown) if shown else None, label),
        "labels": month_labels(flow.month for flow in flows),
        "variant": proposal,
        "lasts_as_written": variant is not None and not variant.changes,
        "variant_differences": differences(desk, desk.written, proposal.changes) if proposal else [],
        "variant_url": proposal_url,
        "variant_tried": tries_proposal,
        "may_save": may_save,
        "form": SaveForm(),
        "save_url": desk.link("plan_version_new"),
        **_kept_versions(desk),
    }


def _kept_versions(desk: Desk) -> dict[str, Any]:
    kept = versions(desk.reads, community_id=desk.community.pk, year=desk.written.year, scheme=desk.pack.code)
    return {"versions": kept[:8], "adopted": desk.adopted, "place_query": urlencode(desk.place)}
