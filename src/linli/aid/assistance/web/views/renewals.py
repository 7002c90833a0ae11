"""The yearly review 年度复核: the office's list, one family, and what is done with them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from linli.aid.assistance import operations
from linli.aid.assistance.codes import RenewalState
from linli.aid.assistance.models import Renewal
from linli.aid.assistance.queries.renewals import (
    RenewalView,
    foreseen,
    last_facts,
    next_pack,
    renewal,
    renewal_views,
)
from linli.aid.assistance.steps import RENEWAL
from linli.aid.assistance.web.desk import reading
from linli.aid.assistance.web.forms import ReasonForm
from linli.aid.assistance.web.renewing import Outlook, RenewalForm, coming, known_words, remembered
from linli.foundation.screens.heads import Head
from linli.foundation.screens.listings import Column
from linli.foundation.screens.pages import act_of, found_or_404, onward, perform, render_page
from linli.foundation.screens.reads import note_read
from linli.foundation.screens.reminding import waits
from linli.foundation.screens.texts import day_text
from linli.ground.notifications.queries import letters_about
from linli.ground.users.queries.desks import Desk
from linli.kernel.act import Act
from linli.money.awards.queries import programme_labels


@reading
@require_http_methods(["GET", "POST"])
def renewal_detail(request: HttpRequest, desk: Desk, renewal_id: int) -> HttpResponse:
    """One family: what it was granted on, what is known since, what the new year gives, and the next step."""
    row = found_or_404(renewal, desk.reads, renewal_id)
    [view] = renewal_views([row], desk.on)
    deed = request.POST.get("deed", "")
    forms = {
        "confirm": RenewalForm(request.POST if deed == "confirm" else None, initial={"checked_date": desk.on}),
        "end": ReasonForm(request.POST if deed == "end" else None, auto_id="end-%s"),
        "reapply": ReasonForm(request.POST if deed == "reapply" else None, auto_id="reapply-%s"),
        "decide": ReasonForm({"reason": "-"} if deed == "decide" else None),
        "take_back": ReasonForm({"reason": "-"} if deed == "take_back" else None),
    }
    if request.method == "POST":
        if deed not in forms or RENEWAL.elsewhere(desk.person, deed, row):
            raise PermissionDenied
        form = forms[deed]
        if form.is_valid() and perform(form, lambda: _run(act_of(request), deed, [row.pk], form.cleaned_data))[0]:
            messages.success(request, gettext("已办理"))
            return redirect(onward(request, request.path))
    note_read(request, where=row.stamp, subject=f"application:{row.application.number}")
    offered = {step.code for step in RENEWAL.offered(desk.person, row, desk.on)}
    context = {
        "head": _head(view),
        "view": view,
        "row": row,
        "columns": _REMEMBERED,
        "facts": remembered(row.application, last_facts([row])[row.pk], desk.on),
        "known": known_words(view.known),
        "coming": _coming(row, view, programme_labels(desk.on)),
        "forms": forms,
        # Without the next plan nothing can be confirmed: the page says so and offers no form that would be refused.
        "waits": waits(RENEWAL, desk.person, row, desk.on, "") if view.planned else None,
        "may_confirm": "confirm" in offered and view.planned and view.rule != "APPLICATION",
        "may_reapply": "reapply" in offered,
        "may_decide": "decide" in offered,
        "may_take_back": "take_back" in offered,
        "told": letters_about(desk.reads, row.application.subject).filter(kind="REAPPLY").last(),
        # A family that applied anew is decided on by that application.
        "may_end": "end" in offered and not (row.state == RenewalState.REAPPLY and view.application_since),
    }
    wrong = any(form.errors for form in forms.values())
    return render_page(request, "assistance/renewal_detail.html", context, status=422 if wrong else 200)


def _head(view: RenewalView) -> Head:
    row, number = view.renewal, view.renewal.application.number
    days = {"last": day_text(view.last_date), "due": day_text(row.due_date)}
    link = format_html('<a href="{}">{}</a>', reverse("application_detail", args=[number]), number)
    until = gettext("待遇到 %(last)s 为止，%(due)s 前应决定") % days
    trail = [(gettext("年度复核"), reverse("renewal_list")), (view.household, "")]
    return Head(view.applicant, format_html("{} · {}", link, until), trail, RenewalState(row.state))


def _at(place: int) -> Callable[[object, Sequence[str]], str]:
    return lambda _listing, row: row[place]


_REMEMBERED = (
    Column("who", _("谁"), of=_at(0), phone="title"),
    Column("fact", _("情况"), of=_at(1)),
    Column("value", _("值"), of=_at(2)),
    Column("source", _("来源"), of=_at(3)),
)


def _run(act: Act, deed: str, ids: Sequence[int], data: Mapping[str, Any]) -> object:
    match deed:
        case "confirm":
            return operations.confirm_renewals(act, renewal_ids=ids, **data)
        case "decide":
            return operations.decide_renewals(act, renewal_ids=ids)
        case "take_back":
            return operations.take_back_confirmations(act, renewal_ids=ids)
        case "end":
            return operations.end_renewals(act, renewal_ids=ids, reason=data["reason"])
        case _:
            return operations.ask_to_reapply(act, renewal_ids=ids, reason=data["reason"])


def _coming(row: Renewal, view: RenewalView, labels: Mapping[str, object]) -> Outlook | None:
    """What the next plan would give on what is on record today; None without a plan or without an award."""
    pack = next_pack(row.application.pack_version.scheme, row.until_date)
    if pack is None or not view.awards or row.state not in (RenewalState.OPEN, RenewalState.CONFIRMED):
        return None
    return coming(view, foreseen([row], {row.application_id: pack})[row.pk], pack, labels)
