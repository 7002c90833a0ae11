"""The family's own face: follow an application like a parcel, read letters, withdraw."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_GET, require_http_methods

from linli.aid.assistance.codes import EventKind
from linli.aid.assistance.operations import withdraw
from linli.aid.assistance.queries.listing import OwnApplication, own_applications
from linli.aid.assistance.queries.screens import draft
from linli.aid.assistance.web.desk import show_pdf
from linli.aid.assistance.web.forms import WithdrawForm
from linli.aid.assistance.web.presenters import ended_by, paper_lines, progress, state_text
from linli.aid.assistance.web.steps import FORM, may_apply
from linli.foundation.screens.pages import act_of, actor, no_store, perform, render_page, today
from linli.ground.notifications.queries import Letter, letter_pdf, sender_of

# What the office does among itself tells a family nothing of where its case stands.
_INSIDE = (
    EventKind.KINSHIP_DECLARED,
    EventKind.SIGNED,
    EventKind.DETERMINED,
    EventKind.ESCALATED,
    EventKind.RECOMPUTED,
    EventKind.SENT_BACK,
)


@login_required
@require_GET
def my_applications(request: HttpRequest) -> HttpResponse:
    """All applications of my household and of those I act for."""
    person = actor(request)
    rows = own_applications(person.pk, today())
    context = {
        "rows": [(row, state_text(row.state, row.step), _progress(row)) for row in rows],
        "provisional": any(row.clock and row.clock.provisional for row in rows),
        "may_apply": may_apply(person, today()),
        "started": bool(draft(person.pk, FORM)),
    }
    return no_store(_page(request, "assistance/my_applications.html", context))


@login_required
@require_GET
def my_application(request: HttpRequest, number: str) -> HttpResponse:
    """One of mine: where it is, until when, what is missing, what was written to me."""
    case = _own_or_404(request, number)
    context = {
        "case": case,
        "state_text": state_text(case.state, case.step),
        "provisional": bool(case.clock and case.clock.provisional),
        "steps": _progress(case),
        "papers": paper_lines(case.papers),
        "letters": case.letters[::-1],
        "events": [one for one in reversed(case.events) if one.kind not in _INSIDE],
    }
    return no_store(_page(request, "assistance/my_application.html", context))


@login_required
@require_GET
def my_letter(request: HttpRequest, number: str, letter: str) -> HttpResponse:
    """A letter to me, with its reasons, in my language."""
    case = _own_or_404(request, number)
    found = _letter_or_404(case, letter)
    context = {
        "case": case,
        "letter": found,
        "text": found.words(get_language()),
        "reasons": found.content.get("reasons", []),
        "sender": sender_of(found),
    }
    return no_store(_page(request, "assistance/my_letter.html", context))


@login_required
@require_GET
def my_letter_pdf(request: HttpRequest, number: str, letter: str) -> HttpResponse:
    """The letter as a PDF, in the language of the page."""
    found = _letter_or_404(_own_or_404(request, number), letter)
    return show_pdf(letter_pdf(found, get_language() or "zh-hans"), f"{letter}.pdf")


@login_required
@require_http_methods(["GET", "POST"])
def my_withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Withdraw my application, on a page that says what that means."""
    case = _own_or_404(request, number)
    if request.method == "GET" and not case.withdrawable:
        return redirect("my_application", number=number)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        done, _made = perform(
            form, lambda: withdraw(act_of(request), application_id=case.application_id, reason=reason)
        )
        if done:
            messages.success(request, gettext("申请 %(number)s 已撤回") % {"number": number})
            return redirect("my_applications")
    context = {"case": case, "form": form}
    return _page(request, "assistance/my_withdraw.html", context, status=422 if form.errors else 200)


def _page(request: HttpRequest, page: str, context: dict[str, object], *, status: int = 200) -> HttpResponse:
    vars(request)["nav_key"] = "my_applications"
    return render_page(request, page, context, status=status)


def _progress(case: OwnApplication) -> list[dict[str, object]]:
    return progress(case.state, ended_by([(one.kind, one.on) for one in case.events]), today())


def _own_or_404(request: HttpRequest, number: str) -> OwnApplication:
    rows = own_applications(actor(request).pk, today())
    found = next((row for row in rows if row.number == number), None)
    if found is None:
        raise Http404
    return found


def _letter_or_404(case: OwnApplication, number: str) -> Letter:
    found = next((one for one in case.letters if one.number == number), None)
    if found is None:
        raise Http404
    return found
