"""Receive an application at the counter, and the printed forms."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from linli.assistance.codes import Channel
from linli.assistance.operations import NewApplication, receive
from linli.assistance.permissions import RECEIVE
from linli.assistance.queries.detail import ApplicationDetail
from linli.assistance.web.desk import Desk, case_or_404, reading
from linli.assistance.web.forms import ApplicationForm
from linli.assistance.web.presenters import paper_lines
from linli.foundation.files.documents import render_pdf
from linli.foundation.screens.pages import act_of, no_store, perform, render_page
from linli.foundation.screens.texts import day_text, pack_text
from linli.kernel.masking import mask_name
from linli.policies.engine.model import Pack
from linli.policies.queries import pack_in_force, pack_of, schemes
from linli.residents.queries import household_detail, members_on, search


@reading
@require_http_methods(["GET", "POST"])
def application_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """First find the household, then one dense page; papers are recorded on the next."""
    registers = desk.authority.scope(*RECEIVE)
    if not registers:
        raise PermissionDenied
    number = request.GET.get("household", "")
    text = request.GET.get("text", "").strip()
    if not number:
        hits = search(registers, text) if text else []
        return render_page(request, "assistance/application_find.html", {"hits": hits, "text": text})
    household = household_detail(registers, number, on=desk.on)
    if household is None:
        raise Http404
    scheme = request.POST.get("scheme") or next(iter(schemes()), "")
    pack = pack_in_force(scheme, desk.on)
    form = _form(request, pack, household.household_id, desk)
    if request.method == "POST" and form.is_valid():
        new = _application(form.cleaned_data, household.household_id)
        done, made = perform(form, lambda: receive(act_of(request), scheme=scheme, applications=[new]))
        if done:
            if not made:
                return redirect("application_list")
            messages.success(request, gettext("已收到申请 %(number)s") % {"number": made[0].number})
            return redirect("application_papers", number=made[0].number)
    context = {"form": form, "household": household, "scheme": scheme, "pack": pack}
    return render_page(request, "assistance/application_new.html", context, status=422 if form.errors else 200)


@reading
@require_GET
def application_form_pdf(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """The 救助申请表 of a case, as it is signed on paper."""
    case = case_or_404(request, desk, number)
    pack = pack_of(case.pack_version_id)
    data = {
        "title": pack_text(pack.form),
        "number": number,
        "sections": [
            {
                "title": gettext("申请人"),
                "fields": [
                    [gettext("姓名"), case.applicant],
                    [gettext("编号"), case.applicant_number],
                    [gettext("户编号"), case.household],
                    [gettext("地址"), case.place],
                    [gettext("收到日期"), day_text(case.received_date)],
                    [gettext("申请渠道"), str(case.channel.label)],
                ],
            },
            {
                "title": gettext("申请类别"),
                "choices": [[pack_text(group.label), code in case.group_codes] for code, group in pack.groups.items()],
            },
            {
                "title": gettext("材料"),
                "table": {
                    "columns": [gettext("材料"), gettext("状态")],
                    "rows": [[line["label"], line["state"]] for line in paper_lines(case.papers)],
                },
            },
            {"title": gettext("申请人自述"), "lines": 4, "known": case.statement},
        ],
        "signatures": [[gettext("申请人"), "", ""], [gettext("社区工作者"), case.received_by, ""]],
        "notes": [gettext("本人保证以上内容属实,授权核对家庭经济状况。")],
    }
    return _pdf(data, number)


@reading
@require_GET
def visit_form_pdf(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """A blank visit form for a case, to fill in by hand."""
    case = case_or_404(request, desk, number)
    return _pdf(_visit_form(case, desk), number)


def _visit_form(case: ApplicationDetail, desk: Desk) -> dict[str, Any]:
    pack = pack_of(case.pack_version_id)
    members = members_on([case.household_id], desk.on)[case.household_id]
    asked = [fact for fact in pack.facts.values() if fact.level == "PERSON" and fact.unit != "AGE"]
    household = [fact for fact in pack.facts.values() if fact.level == "HOUSEHOLD"]
    sections: list[dict[str, Any]] = [
        {"title": mask_name(member.name), "fields": [[pack_text(fact.label), ""] for fact in asked]}
        for member in members
    ]
    if household:
        sections.append({"title": gettext("家庭"), "fields": [[pack_text(fact.label), ""] for fact in household]})
    sections += [{"title": gettext("需求"), "lines": 4}, {"title": gettext("观察"), "lines": 4}]
    people = case.assessments[-1].seats if case.assessments else ()
    return {
        "title": gettext("入户调查表"),
        "number": case.number,
        "sections": sections,
        "signatures": [[str(seat.capacity.label), seat.name, ""] for seat in people] or [[gettext("调查人"), "", ""]],
        "notes": [],
    }


def _pdf(data: dict[str, Any], number: str) -> HttpResponse:
    response = HttpResponse(render_pdf("form_sheet.typ", data), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{number}.pdf"'
    return no_store(response)


def _form(request: HttpRequest, pack: Pack, household_id: int, desk: Desk) -> ApplicationForm:
    members = members_on([household_id], desk.on)[household_id]
    return ApplicationForm(
        request.POST or None,
        members=[(member.resident_id, f"{member.name} · {member.relation.label}") for member in members],
        groups=[(code, pack_text(group.label)) for code, group in pack.groups.items()],
        ways=[(code, pack_text(way.label)) for code, way in pack.identification.items()],
    )


def _application(data: dict[str, Any], household_id: int) -> NewApplication:
    return NewApplication(
        household_id=household_id,
        applicant_id=data["applicant"],
        groups=tuple(data["groups"]),
        channel=Channel(data["channel"]),
        identified_how=data["identified_how"],
        identified_by=data["identified_by"],
        statement=data["statement"],
    )
