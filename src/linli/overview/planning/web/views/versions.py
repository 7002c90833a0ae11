"""Versions of the plan: keep one, look at it, adopt it with the findings accepted one by one."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_POST, require_safe

from linli.foundation.screens.heads import Action, Head
from linli.foundation.screens.pages import act_of, perform, render_page
from linli.foundation.screens.texts import joined_by_dot, time_text
from linli.ground.users.queries import names
from linli.kernel.tones import Tone
from linli.law.policies.queries import pack_by_digest
from linli.overview.planning.engine import PlanRefused, check, plan_from_pack
from linli.overview.planning.operations import adopt, save_version
from linli.overview.planning.permissions import can_adopt, can_save
from linli.overview.planning.queries import Adoption, PlanVersion, adoptions, changes_of, plan_of, versions
from linli.overview.planning.web.asking import asked, said
from linli.overview.planning.web.desk import Desk, reading, version_or_404
from linli.overview.planning.web.forms import AdoptForm, SaveForm
from linli.overview.planning.web.presenters import differences, finding_key, finding_views
from linli.overview.planning.web.views.checking import check_context


@require_POST
@reading
def plan_version_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Keep the figures tried as a version."""
    if not can_save(desk.person, desk.community.stamp):
        raise PermissionDenied
    tried = asked(desk.written, ((path, str(value)) for path, value in request.POST.items()))
    form = SaveForm(request.POST)
    if form.is_valid() and not tried.refused:
        deed = act_of(request)
        done, saved = perform(
            form,
            lambda: save_version(
                deed,
                community_id=desk.community.pk,
                pack_digest=desk.pack.digest,
                changes=tried.changes,
                note=form.cleaned_data["note"],
            ),
        )
        if done:
            number = saved.number if saved else _newest(desk)
            messages.success(request, gettext("已保存版本 %(number)s") % {"number": number})
            return redirect(desk.link("plan_version", number))
    context = {**check_context(desk, tried), "form": form}
    return render_page(request, "planning/plan_check.html", context, status=422)


@require_safe
@reading
def plan_version(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """A version: its differences from the pack's plan, its findings, and who adopted it."""
    found = version_or_404(desk, number)
    return _version_page(request, desk, found, AdoptForm(keys=_keys(found)))


@require_POST
@reading
def plan_adopt(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Put a version in force."""
    found = version_or_404(desk, number)
    if not can_adopt(desk.person, found.stamp):
        raise PermissionDenied
    form = AdoptForm(request.POST, keys=_keys(found))
    if form.is_valid():
        deed = act_of(request)
        accepted = [(code, subject) for code, _, subject in (k.partition("|") for k in form.cleaned_data["accepted"])]
        if _adopted(form, lambda: adopt(deed, version_id=found.pk, accepted=accepted)):
            messages.success(request, gettext("已采用版本 %(number)s") % {"number": found.number})
            return redirect(desk.link("plan_version", found.number))
    return _version_page(request, desk, found, form, status=422)


def _version_page(
    request: HttpRequest, desk: Desk, found: PlanVersion, form: AdoptForm, status: int = 200
) -> HttpResponse:
    plan = plan_of(found)
    written = plan_from_pack(pack_by_digest(found.pack_digest))
    history = list(adoptions(desk.reads, community_id=found.stamp.chain, year=found.year, scheme=found.scheme)[:10])
    people = names([found.created_by_id, *(one.adopted_by_id for one in history)])
    changes = changes_of(found)
    in_force = bool(history) and history[0].version_id == found.pk
    accepts = can_adopt(desk.person, found.stamp) and not in_force
    ticked = (form["accepted"].value() or []) if accepts else None
    kept = (people.get(found.created_by_id, ""), time_text(found.created_at), found.note)
    context = {
        "head": Head(
            gettext("方案版本 %(number)s") % {"number": found.number},
            joined_by_dot(desk.about(plan), *kept),
            [(found.number, "")],
            (gettext("执行中"), Tone.OK) if in_force else None,
            [Action(gettext("继续修改"), desk.link("plan_check", **said(changes)))],
        ),
        "adopt_url": desk.link("plan_adopt", found.number),
        "differences": differences(desk, written, changes),
        "findings": finding_views(desk, check(plan), changes, ticked=ticked),
        "form": form,
        "history": [
            {
                "at": one.adopted_at,
                "title": one.version.number,
                "by": people.get(one.adopted_by_id, ""),
                "mark": one is history[0],
            }
            for one in history
        ],
        "accepts": accepts,
    }
    return render_page(request, "planning/plan_version.html", context, status=status)


def _adopted(form: AdoptForm, deed: Callable[[], Adoption]) -> bool:
    """Run the act; the engine's refusals bring their sentence in both languages themselves."""

    def run() -> Adoption | None:
        try:
            return deed()
        except PlanRefused as refusal:
            form.add_error("accepted", refusal.in_language(get_language() or "zh"))
            return None

    done, _adoption = perform(form, run)
    return done and not form.errors


def _keys(found: PlanVersion) -> list[str]:
    return [finding_key(finding.code, finding.subject) for finding in check(plan_of(found))]


def _newest(desk: Desk) -> str:
    """The number of the version that the first of two equal requests made."""
    rows = versions(desk.reads, community_id=desk.community.pk, year=desk.written.year, scheme=desk.pack.code)
    return rows.values_list("number", flat=True)[0]
