"""The list of cases, one case, why its result is as it is, and the steps taken on it one by one."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from linli.aid.assistance.codes import ApplicationState, AssessorCapacity, PublicationState
from linli.aid.assistance.permissions import RECEIVE
from linli.aid.assistance.queries.detail import ApplicationDetail
from linli.aid.assistance.queries.promises import overdue_of
from linli.aid.assistance.queries.screens import budget_outlook
from linli.aid.assistance.queries.team import Candidate, candidates
from linli.aid.assistance.web.deeds import DEEDS, Deed, offered, prepared_publication
from linli.aid.assistance.web.desk import attempt, case_or_404, looks_at, reading
from linli.aid.assistance.web.forms import TeamForm
from linli.aid.assistance.web.lists import ApplicationList
from linli.aid.assistance.web.presenters import (
    current_assessment,
    ended_by,
    lacking,
    paper_lines,
    posting,
    progress,
    state_text,
    supplement_letter,
    takes_papers,
    unsure,
    waits_for,
)
from linli.aid.assistance.web.story import story
from linli.aid.assistance.web.views.together import BULK
from linli.aid.assistance.web.why import why
from linli.foundation.screens.pages import act_of, render_page, version_of
from linli.ground.users.queries.desks import Desk
from linli.kernel.act import CHINA_TIME
from linli.law.policies.queries import pack_of
from linli.money.awards.queries import awards_of_application


@reading
@require_GET
def application_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Cases in my area, newest first, filtered."""
    listing = ApplicationList(request, desk)
    listing.together = [DEEDS[code] for code in BULK if desk.person.holds(*DEEDS[code].roles)]
    return listing.response()


@reading
@require_GET
def application_detail(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """One case: where it stands, why, what it needs, what happened, and the next step."""
    case = case_or_404(request, desk, number)
    return render_page(request, "assistance/application_detail.html", _case_context(case, desk))


@reading
@require_GET
def application_reasons(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """The reason chain alone, to print for the family."""
    case = case_or_404(request, desk, number)
    return render_page(request, "assistance/application_reasons.html", {"case": case, "why": why(case)})


@reading
@require_http_methods(["GET", "POST"])
def application_deed(request: HttpRequest, desk: Desk, number: str, code: str) -> HttpResponse:
    """One step on one case: what it means, its form, and what it rests on beside it."""
    case = case_or_404(request, desk, number)
    deed = DEEDS.get(code)
    if deed is None:
        raise Http404
    if not desk.person.may(case.stamp, *deed.roles):
        raise PermissionDenied
    if request.method == "GET" and deed not in offered(case, desk.person):
        messages.info(request, gettext("“%(step)s”现在不能办理，或须由他人办理") % {"step": deed.title})
        return redirect("application_detail", number=number)
    form = _form(deed, case, request, desk)
    if request.method == "POST" and form.is_valid():
        done, _made = attempt(form, lambda: deed.run(act_of(request), case, form.cleaned_data, version_of(request)))
        if done:
            messages.success(request, gettext("%(number)s：%(step)s，已完成") % {"number": number, "step": deed.title})
            return redirect("application_detail", number=number)
    context = {**_case_context(case, desk), "deed": deed, "form": form}
    if code == "supplement":
        context["letter"] = supplement_letter(case, desk.on)
    if code == "grant":
        context["outlook"] = budget_outlook(desk.reads, [case.application_id], desk.on)
    status = 422 if form.errors else 200
    return render_page(request, "assistance/application_deed.html", context, status=status)


def _case_context(case: ApplicationDetail, desk: Desk) -> dict[str, Any]:
    deeds = offered(case, desk.person)
    assessment = current_assessment(case)
    seated = assessment is not None and desk.person.user_id in {seat.user_id for seat in assessment.seats}
    happened = [(one.kind, one.at.astimezone(CHINA_TIME).date()) for one in case.events]
    missing = lacking(case.papers)
    main = deeds[0] if deeds and deeds[0].is_main(case) else None
    return {
        "case": case,
        "steps": progress(case.state, ended_by(happened), desk.on),
        "papers": paper_lines(case.papers),
        "complete": len(case.papers) - len(missing),
        "missing": missing,
        "state_text": state_text(case.state, case.step),
        "why": why(case),
        "story": story(case, looks_at(case), desk.on),
        "publications": [
            (one, posting(PublicationState(one.state), one.last_date, desk.on)) for one in case.publications
        ],
        "assessment": assessment,
        "provisional": unsure(case),
        "may_fill_sheet": seated and case.state == ApplicationState.ASSESSING,
        "publication": prepared_publication(case),
        "main": main,
        "waits_for": "" if main else waits_for(case),
        "others": [deed for deed in deeds if deed is not main],
        "may_record_papers": desk.person.may(case.stamp, *RECEIVE) and takes_papers(case),
        "promises": overdue_of(case.state, case.papers, desk.on),
        "awards": awards_of_application(desk.reads, case.number),
    }


def _form(deed: Deed, case: ApplicationDetail, request: HttpRequest, desk: Desk) -> forms.Form:
    data = request.POST if request.method == "POST" else None
    if deed.form is TeamForm:
        roles = pack_of(case.pack_version_id).assessment_roles
        people = candidates(case.stamp, case.household_id, desk.on)
        return TeamForm(
            data, candidates={AssessorCapacity(role): _named(people[AssessorCapacity(role)]) for role in roles}
        )
    return deed.form(data)


def _named(people: Sequence[Candidate]) -> list[tuple[int, str]]:
    """Who may be chosen, with a word beside those who will be refused."""
    kin = gettext("%(name)s（亲属，应回避）")
    return [(one.user_id, kin % {"name": one.name} if one.is_kin else one.name) for one in people]
