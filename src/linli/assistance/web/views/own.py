"""The family's own face: follow an application like a parcel, bring papers, read letters, withdraw, apply."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from linli.assistance.codes import Channel
from linli.assistance.operations import NewApplication, receive, withdraw
from linli.assistance.queries.listing import OwnApplication, own_applications
from linli.assistance.web.forms import ApplicationForm, ReasonForm
from linli.assistance.web.presenters import paper_lines
from linli.foundation.screens.pages import act_of, actor, perform, render_page, today
from linli.foundation.screens.texts import pack_text
from linli.policies.queries import pack_in_force, schemes
from linli.residents.queries import members_on
from linli.residents.queries.own import own_household_ids


@login_required
@require_GET
def my_applications(request: HttpRequest) -> HttpResponse:
    """All applications of my household and of those I act for."""
    request.nav_key = "my_applications"  # type: ignore[attr-defined]  # read by the frame
    rows = own_applications(actor(request).pk, today())
    return render_page(request, "assistance/my_applications.html", {"rows": rows})


@login_required
@require_GET
def my_application(request: HttpRequest, number: str) -> HttpResponse:
    """One of mine: where it is, until when, what is missing, what was written to me."""
    case = _own_or_404(request, number)
    context = {"case": case, "papers": paper_lines(case.papers), "events": list(reversed(case.events))}
    return render_page(request, "assistance/my_application.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def my_withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Withdraw my application, on a page that says what that means."""
    case = _own_or_404(request, number)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        done, _made = perform(
            form, lambda: withdraw(act_of(request), application_id=case.application_id, reason=reason)
        )
        if done:
            messages.success(request, gettext("申请 %(number)s 已撤回") % {"number": number})
            return redirect("my_applications")
    return render_page(request, "assistance/my_withdraw.html", {"case": case, "form": form})


@login_required
@require_http_methods(["GET", "POST"])
def my_apply(request: HttpRequest) -> HttpResponse:
    """Apply for my own household."""
    person = actor(request)
    households = sorted(own_household_ids(person.pk, today()))
    if not households:
        raise Http404
    scheme = next(iter(schemes()), "")
    pack = pack_in_force(scheme, today())
    people = members_on(households, today())
    members = [(one.resident_id, one.name) for household in households for one in people[household]]
    home_of = {one.resident_id: household for household in households for one in people[household]}
    data = request.POST.copy() if request.method == "POST" else None
    if data is not None:
        data["channel"], data["identified_how"] = Channel.ONLINE.value, "SELF"
    form = ApplicationForm(
        data,
        members=members,
        groups=[(code, pack_text(group.label)) for code, group in pack.groups.items()],
        ways=[(code, pack_text(way.label)) for code, way in pack.identification.items()],
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        new = NewApplication(
            household_id=home_of[given["applicant"]],
            applicant_id=given["applicant"],
            groups=tuple(given["groups"]),
            channel=Channel.ONLINE,
            identified_how=given["identified_how"],
            statement=given["statement"],
        )
        done, made = perform(form, lambda: receive(act_of(request), scheme=scheme, applications=[new]))
        if done:
            return redirect("application_papers", number=made[0].number) if made else redirect("my_applications")
    context = {"form": form, "pack": pack}
    return render_page(request, "assistance/my_apply.html", context, status=422 if form.errors else 200)


def _own_or_404(request: HttpRequest, number: str) -> OwnApplication:
    rows = own_applications(actor(request).pk, today())
    found = next((row for row in rows if row.number == number), None)
    if found is None:
        raise Http404
    return found
