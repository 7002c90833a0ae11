"""The yearly review 年度复核: the office's list, one family, and what is done with them."""

from collections.abc import Mapping, Sequence

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from linli.aid.assistance import operations
from linli.aid.assistance.codes import RenewalState
from linli.aid.assistance.models import Renewal
from linli.aid.assistance.permissions import ANSWER, DECIDE
from linli.aid.assistance.queries.renewals import (
    PAGE,
    RenewalView,
    foreseen,
    last_facts,
    next_pack,
    renewal,
    renewal_views,
    renewals,
)
from linli.aid.assistance.web.desk import Desk, reading
from linli.aid.assistance.web.forms import ReasonForm
from linli.aid.assistance.web.renewing import RenewalForm, coming, known_words, remembered
from linli.foundation.screens.pages import act_of, perform, render_page, whole_number
from linli.foundation.screens.reads import note_read
from linli.foundation.screens.tables import cut
from linli.ground.notifications.queries import letters_about
from linli.money.awards.queries import programme_labels

_STATES = {state.value for state in RenewalState}


@reading
@require_http_methods(["GET", "POST"])
def renewal_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What runs out soon in my area: chosen families are confirmed or decided together, or nothing is."""
    state = request.GET.get("state", "")
    state = state if state in _STATES else ""
    found, more = cut(
        list(renewals(desk.reads, state=state, after=whole_number(request.GET.get("after", "")) or 0)[: PAGE + 1]), PAGE
    )
    rows = renewal_views(found, desk.on)
    confirms, decides = desk.authority.holds(*ANSWER), desk.authority.holds(*DECIDE)
    posted = request.method == "POST"
    deed = request.POST.get("deed", "")
    form = RenewalForm(request.POST if posted and deed == "confirm" else None, initial={"checked_date": desk.on})
    refusal = ReasonForm()
    if posted:
        refusal = form if deed == "confirm" else ReasonForm({"reason": "-"})  # type: ignore[assignment]  # holds refusals
        if (deed == "confirm" and not confirms) or (deed == "decide" and not decides) or deed not in _TOGETHER:
            raise PermissionDenied
        if refusal.is_valid() and _together(request, deed, refusal, [row.renewal.pk for row in rows]):
            return redirect(request.get_full_path())
    note_read(request, where=0, subject="renewals", shown=[row.household for row in rows])
    context = {
        "rows": [
            (row, known_words(row.known), _offered(row, desk, confirms=confirms, decides=decides)) for row in rows
        ],
        "states": RenewalState.choices,
        "state": state,
        "form": form,
        "refusal": refusal,
        "confirms": confirms and any(row.renewal.state == RenewalState.OPEN and row.planned for row in rows),
        "unplanned": confirms and any(row.renewal.state == RenewalState.OPEN and not row.planned for row in rows),
        "decides": decides and any(row.renewal.state == RenewalState.CONFIRMED for row in rows),
        "labels": programme_labels(desk.on),
        "following": found[-1].pk if more else None,
        "on": desk.on,
    }
    return render_page(request, "assistance/renewal_list.html", context, status=422 if refusal.errors else 200)


@reading
@require_http_methods(["GET", "POST"])
def renewal_detail(request: HttpRequest, desk: Desk, renewal_id: int) -> HttpResponse:
    """One family: what it was granted on, what is known since, what the new year gives, and the next step."""
    try:
        row = renewal(desk.reads, renewal_id)
    except Renewal.DoesNotExist as error:
        raise Http404 from error
    [view] = renewal_views([row], desk.on)
    deed = request.POST.get("deed", "")
    forms = {
        "confirm": RenewalForm(request.POST if deed == "confirm" else None, initial={"checked_date": desk.on}),
        "end": ReasonForm(request.POST if deed == "end" else None),
        "reapply": ReasonForm(request.POST if deed == "reapply" else None),
        "decide": ReasonForm({"reason": "-"} if deed == "decide" else None),
    }
    if request.method == "POST":
        roles = _DEEDS.get(deed)
        if roles is None or not desk.authority.may(row.stamp, *roles):
            raise PermissionDenied
        form = forms[deed]
        if form.is_valid() and perform(form, lambda: _run(request, deed, [row.pk], form.cleaned_data))[0]:
            messages.success(request, gettext("已办理"))
            return redirect("renewal_detail", renewal_id=renewal_id)
    note_read(request, where=row.stamp, subject=f"application:{row.application.number}")
    open_ = row.state in (RenewalState.OPEN, RenewalState.CONFIRMED)
    context = {
        "view": view,
        "row": row,
        "number": row.application.number,
        "facts": remembered(row.application, last_facts([row])[row.pk], desk.on),
        "known": known_words(view.known),
        "coming": _coming(row, view),
        "forms": forms,
        "labels": programme_labels(desk.on),
        # Without the next plan nothing can be confirmed: the page says so and offers no form that would be refused.
        "may_confirm": open_ and view.planned and view.rule != "APPLICATION" and desk.authority.may(row.stamp, *ANSWER),
        "may_reapply": open_ and desk.authority.may(row.stamp, *ANSWER),
        "may_decide": row.state == RenewalState.CONFIRMED
        and desk.authority.may(row.stamp, *DECIDE)
        and row.confirmed_by_id != desk.authority.user_id,
        "told": letters_about(desk.reads, row.application.subject).filter(kind="REAPPLY").last(),
        "may_end": (open_ or (row.state == RenewalState.REAPPLY and not view.application_since))
        and desk.authority.may(row.stamp, *DECIDE),
    }
    wrong = any(form.errors for form in forms.values())
    return render_page(request, "assistance/renewal_detail.html", context, status=422 if wrong else 200)


# Ending and asking to apply anew need a reason of each family's own: they are done on its page.
_TOGETHER = ("confirm", "decide")
_DEEDS = {"confirm": ANSWER, "reapply": ANSWER, "decide": DECIDE, "end": DECIDE}


def _offered(row: RenewalView, desk: Desk, *, confirms: bool, decides: bool) -> bool:
    """Whether the row may be chosen with others: nothing is known of it, and it waits for this person."""
    if row.renewal.state == RenewalState.OPEN:
        return confirms and row.planned and row.rule == "BULK" and not row.known and bool(row.awards)
    waits = row.renewal.state == RenewalState.CONFIRMED and row.renewal.confirmed_by_id != desk.authority.user_id
    return decides and waits and not row.suspended


def _together(request: HttpRequest, deed: str, form: forms.Form, offered: Sequence[int]) -> bool:
    chosen = [pk for text in request.POST.getlist("chosen") if (pk := whole_number(text)) and pk in offered]
    if not chosen:
        form.add_error(None, gettext("请至少选择一户"))
        return False
    done, _result = perform(form, lambda: _run(request, deed, chosen, form.cleaned_data))
    if done:
        messages.success(request, gettext("%(count)s 户已办理") % {"count": len(chosen)})
    return done


def _run(request: HttpRequest, deed: str, ids: Sequence[int], data: Mapping[str, object]) -> object:
    act = act_of(request)
    match deed:
        case "confirm":
            return operations.confirm_renewals(act, renewal_ids=ids, **data)  # type: ignore[arg-type]  # the form's fields
        case "decide":
            return operations.decide_renewals(act, renewal_ids=ids)
        case "end":
            return operations.end_renewals(act, renewal_ids=ids, reason=str(data["reason"]))
        case _:
            return operations.ask_to_reapply(act, renewal_ids=ids, reason=str(data["reason"]))


def _coming(row: Renewal, view: RenewalView) -> object:
    """What the next plan would give on what is on record today; None without a plan or without an award."""
    pack = next_pack(row.application.pack_version.scheme, row.until_date)
    if pack is None or not view.awards or row.state not in (RenewalState.OPEN, RenewalState.CONFIRMED):
        return None
    return coming(view, foreseen([row], {row.application_id: pack})[row.pk], pack)
