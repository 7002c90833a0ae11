"""The list of cases, one case, and the steps taken on it, one by one or many at once."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from linli.assistance import operations
from linli.assistance.codes import ApplicationState, AssessorCapacity, Proposal
from linli.assistance.queries.detail import ApplicationDetail
from linli.assistance.queries.listing import ApplicationFilter, applications
from linli.assistance.queries.team import candidates
from linli.assistance.queries.worklist import WorkItem, work_items
from linli.assistance.web.deeds import DEEDS, Deed, offered
from linli.assistance.web.desk import Desk, case_or_404, reading
from linli.assistance.web.forms import ReasonForm, TeamForm
from linli.assistance.web.presenters import current_assessment, events, paper_lines, progress, reasons
from linli.awards.queries import awards_of_application
from linli.foundation.files.tables import Column, write_table
from linli.foundation.screens.pages import act_of, perform, render_page
from linli.foundation.screens.texts import pack_text
from linli.policies.queries import pack_in_force, pack_of, schemes

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_COLUMNS = (
    Column("number", ("受理编号", "Number")),
    Column("applicant", ("申请人(脱敏)", "Applicant (masked)")),
    Column("household", ("户编号", "Household")),
    Column("place", ("地址", "Place")),
    Column("groups", ("类别", "Groups")),
    Column("state", ("状态", "State")),
    Column("received", ("收到日期", "Received"), kind="DATE"),
    Column("due", ("期限", "Due"), kind="DATE"),
)
# Steps that many cases take together, and how the page names them.
BULK = {"accept": "ANSWER", "opinion": "GIVE_OPINION", "review": "REVIEW", "publish": "PUBLISH", "grant": "DECIDE"}


@reading
@require_GET
def application_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Cases in my area, newest first, filtered; as Excel with ?format=xlsx."""
    get = request.GET.get
    filters = ApplicationFilter(get("state", ""), get("group", ""), get("colour", ""), get("text", "").strip())
    after = get("after", "")
    page = applications(desk.reads, filters, on=desk.on, after=int(after) if after.isdigit() else 0)
    if get("format") == "xlsx":
        return _workbook(page.rows, desk)
    groups: dict[str, object] = {}
    for scheme in schemes():
        groups |= {code: group.label for code, group in pack_in_force(scheme, desk.on).groups.items()}
    context = {
        "page": page,
        "filters": filters,
        "states": ApplicationState.choices,
        "groups": groups,
        "bulk": [DEEDS[code] for code in BULK if desk.authority.holds(*DEEDS[code].roles)],
        "may_apply": desk.authority.holds(*DEEDS["accept"].roles),
    }
    return render_page(request, "assistance/application_list.html", context, fragment="assistance/_applications.html")


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
    chain, total = reasons(case)
    return render_page(request, "assistance/application_reasons.html", {"case": case, "chain": chain, "total": total})


@reading
@require_http_methods(["GET", "POST"])
def application_deed(request: HttpRequest, desk: Desk, number: str, code: str) -> HttpResponse:
    """One step on one case: what it means, its form, and the case beside it."""
    case = case_or_404(request, desk, number)
    deed = DEEDS.get(code)
    if deed is None:
        raise Http404
    form = _form(deed, case, request, desk)
    if request.method == "POST" and form.is_valid():
        done, _made = perform(form, lambda: deed.run(act_of(request), case, form.cleaned_data))
        if done:
            messages.success(request, gettext("%(number)s:%(step)s,已完成") % {"number": number, "step": deed.title})
            return redirect("application_detail", number=number)
    status = 422 if form.errors else 200
    context = {**_case_context(case, desk), "deed": deed, "form": form}
    return render_page(request, "assistance/application_deed.html", context, status=status)


@reading
@require_http_methods(["GET", "POST"])
def application_bulk(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """One step on many cases: all that wait for it, chosen, done together, each with its result."""
    if code not in BULK:
        raise Http404
    deed = DEEDS[code]
    items = [item for item in work_items(desk.reads, desk.authority, desk.on) if item.step.value == BULK[code]]
    form = deed.form(request.POST or None)
    results: list[tuple[WorkItem, str]] = []
    if request.method == "POST" and form.is_valid():
        chosen = [item for item in items if str(item.application_id) in request.POST.getlist("chosen")]
        if not chosen:
            form.add_error(None, gettext("请至少选择一件"))
        else:
            ids = [item.application_id for item in chosen]
            done, _made = perform(form, lambda: _many(code, request, ids, form.cleaned_data))
            if done:
                messages.success(request, gettext("%(count)s 件已完成") % {"count": len(ids)})
                return redirect("application_bulk", code=code)
    context = {"deed": deed, "form": form, "items": items, "results": results, "code": code}
    return render_page(request, "assistance/application_bulk.html", context, status=422 if form.errors else 200)


def _many(code: str, request: HttpRequest, ids: list[int], data: dict[str, Any]) -> object:
    act = act_of(request)
    match code:
        case "accept":
            return operations.accept(act, application_ids=ids)
        case "opinion":
            proposal = Proposal(data["proposal"])
            return operations.give_opinion(act, application_ids=ids, proposal=proposal, text=data["text"])
        case "review":
            return operations.review(act, application_ids=ids, agreed=data["agreed"] == "yes", text=data["text"])
        case "publish":
            return operations.prepare(act, application_ids=ids)
        case _:
            return operations.grant(act, application_ids=ids)


def _case_context(case: ApplicationDetail, desk: Desk) -> dict[str, Any]:
    chain, total = reasons(case)
    deeds = offered(case, desk.authority)
    return {
        "case": case,
        "steps": progress(case),
        "papers": paper_lines(case.papers),
        "complete": sum(paper.state not in ("MISSING", "EXPIRED") for paper in case.papers),
        "chain": chain,
        "total": total,
        "events": events(case),
        "assessment": current_assessment(case),
        "deeds": deeds,
        "awards": awards_of_application(desk.reads, case.number),
        "missing": [paper for paper in case.papers if paper.state in ("MISSING", "EXPIRED")],
        "user_id": desk.authority.user_id,
    }


def _form(deed: Deed, case: ApplicationDetail, request: HttpRequest, desk: Desk) -> forms.Form:
    data = request.POST or None
    if deed.form is TeamForm:
        roles = pack_of(case.pack_version_id).assessment_roles
        people = candidates(case.stamp, desk.on)
        return TeamForm(data, candidates={AssessorCapacity(role): people[AssessorCapacity(role)] for role in roles})
    form = deed.form(data if request.method == "POST" and data else None)
    if deed.form is not ReasonForm and not form.fields and request.method == "POST":
        form = deed.form(request.POST)
    return form


def _workbook(rows: Any, desk: Desk) -> HttpResponse:
    lines = [
        {
            "number": row.number,
            "applicant": row.applicant,
            "household": row.household,
            "place": row.place,
            "groups": "、".join(pack_text(label) for label in row.group_labels),
            "state": str(row.state.label),
            "received": row.received_date,
            "due": row.clock.due_date if row.clock else None,
        }
        for row in rows
    ]
    data = write_table(_COLUMNS, lines, title=gettext("救助申请"), sheet=desk.on.isoformat())
    response = HttpResponse(data, content_type=_XLSX)
    response["Content-Disposition"] = 'attachment; filename="applications.xlsx"'
    return response
