"""One step on many cases: all that wait for it, chosen, each with its result."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from linli.aid.assistance.codes import Proposal
from linli.aid.assistance.queries.screens import budget_outlook
from linli.aid.assistance.queries.together import Facts, facts_together
from linli.aid.assistance.queries.worklist import WorkItem, work_items
from linli.aid.assistance.steps import CASE
from linli.aid.assistance.web.desk import attempt, reading, refusal_text
from linli.aid.assistance.web.steps import BOUND, TOGETHER, Chosen
from linli.foundation.screens.pages import act_of, render_page
from linli.foundation.screens.reads import note_read
from linli.foundation.trail.acts import ActRepeated
from linli.ground.users.queries.desks import Desk
from linli.kernel.act import Act
from linli.kernel.canonical import digest
from linli.kernel.errors import DomainError

# A publication is one sheet of paper: all of its rows or none.
_ALL_OR_NONE = {"publish"}
_KEY_DIGITS = 32


@reading
@require_http_methods(["GET", "POST"])
def application_bulk(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """Choose among all that wait; what is refused stays on the page with its reason, the rest is done."""
    if code not in TOGETHER:
        raise Http404
    step = CASE.step(code)
    if not desk.person.holds(*step.roles):
        raise PermissionDenied
    items, facts = _waiting(desk, code)
    form = BOUND[code].form(desk, None, request.POST if request.method == "POST" else None)
    chosen = set(request.POST.getlist("chosen"))
    refused: dict[int, str] = {}
    if form.is_valid():
        picked = [item for item in items if str(item.application_id) in chosen]
        refused = _take(request, code, picked, form) if picked else {}
        if _is_finished(request, form, picked, refused, chosen):
            return redirect("application_bulk", code=code)
        items, facts = _waiting(desk, code)
    note_read(request, where=0, subject=f"applications.{code}", shown=[item.number for item in items])
    context = {
        "step": step,
        "form": form,
        "rows": [(item, facts[item.application_id], refused.get(item.application_id, "")) for item in items],
        "has_reports": any(one.monthly_fen is not None or one.proposal for one in facts.values()),
        "chosen": chosen,
        "provisional": any(item.provisional for item in items),
        "outlook": budget_outlook(desk.reads, [item.application_id for item in items], desk.on)
        if code == "grant"
        else None,
    }
    status = 422 if form.errors or refused else 200
    return render_page(request, "assistance/application_bulk.html", context, status=status)


def _is_finished(
    request: HttpRequest, form: forms.Form, picked: Sequence[WorkItem], refused: Mapping[int, str], chosen: set[str]
) -> bool:
    """Say what came of it; whether nothing is left to show on the page."""
    done = 0 if form.errors else len(picked) - len(refused)
    if done:
        messages.success(request, gettext("%(count)s 件已完成") % {"count": done})
    elif chosen and not picked:
        # The same form sent again, or somebody was faster.
        messages.info(request, gettext("所选的都已办理，或须由他人办理"))
    elif not chosen:
        form.add_error(None, gettext("请至少选择一件"))
    return not refused and not form.errors


def _waiting(desk: Desk, code: str) -> tuple[list[WorkItem], Mapping[int, Facts]]:
    """The cases that wait for the step and that this person may take it on, with what to look at before."""
    items = [
        item
        for item in work_items(desk.reads, desk.person, desk.on)
        if item.step == TOGETHER[code] and set(item.roles) & set(CASE.step(code).roles)
    ]
    facts = facts_together([item.application_id for item in items], desk.on)
    fitting = [item for item in items if _fits(code, facts[item.application_id])]
    return fitting, {item.application_id: facts[item.application_id] for item in fitting}


def _fits(code: str, facts: Facts) -> bool:
    """What a step alone does not say: a proposed refusal is not granted, what waits to be posted is not prepared."""
    return {
        "grant": facts.proposal != Proposal.REFUSE,
        "publish": not facts.is_prepared and facts.proposal != Proposal.REFUSE,
    }.get(code, True)


def _take(request: HttpRequest, code: str, picked: Sequence[WorkItem], form: forms.Form) -> dict[int, str]:
    """All in one act; where that is refused, one by one, so that one case does not hold up the others.

    Returns what was refused and why, by application id; a refusal of all or none goes to the form.
    """
    ids = [item.application_id for item in picked]
    act = act_of(request)
    if code in _ALL_OR_NONE:
        attempt(form, lambda: BOUND[code].run(act, Chosen(ids), form.cleaned_data))
        return {}
    refusal = _tried(act, code, ids, form.cleaned_data)
    if not refusal or len(ids) == 1:
        return dict.fromkeys(ids, refusal) if refusal else {}
    # Each line gets a key of its own, made from the form's: the same form sent twice still takes effect once.
    keys = {item.application_id: digest(f"{act.key}|{item.number}")[:_KEY_DIGITS] for item in picked}
    results = {pk: _tried(replace(act, key=act.key and keys[pk]), code, [pk], form.cleaned_data) for pk in ids}
    return {pk: refusal for pk, refusal in results.items() if refusal}


def _tried(act: Act, code: str, ids: Sequence[int], data: Mapping[str, Any]) -> str:
    """The refusal in words, empty when it was done, now or before."""
    try:
        BOUND[code].run(act, Chosen(ids), data)
    except ActRepeated:
        return ""
    except DomainError as error:
        return refusal_text(error)
    return ""
