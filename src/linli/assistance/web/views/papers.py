"""Papers of a case: what came, is waived or promised; uploads checked by their content."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from linli.assistance.codes import PaperState
from linli.assistance.operations import PaperRecord, record_papers
from linli.assistance.permissions import READ
from linli.assistance.queries.detail import application_detail
from linli.assistance.queries.listing import own_applications
from linli.assistance.queries.papers import PaperView
from linli.assistance.web.forms import PaperForm
from linli.foundation.files.uploads import examine, fetch, store
from linli.foundation.screens.pages import act_of, actor, add_refusal, no_store, perform, render_page, today
from linli.kernel.errors import DomainError
from linli.users.queries import authority_of


@login_required
@require_http_methods(["GET", "POST"])
def application_papers(request: HttpRequest, number: str) -> HttpResponse:
    """Every demanded paper with its form; staff and the family see the same list."""
    application_id, version, papers, staff = _case(request, number)
    rows = [(paper, _form(paper, request, staff=staff)) for paper in papers]
    if request.method == "POST" and all(form.is_valid() for _paper, form in rows):
        changed = [(paper, form) for paper, form in rows if form.has_changed()]
        records = [record for paper, form in changed if (record := _record(paper, form)) is not None]
        if len(records) == len(changed):
            first = changed[0][1] if changed else rows[0][1]
            done = not records or _save(request, first, application_id, version, records)
            if done:
                messages.success(request, gettext("已登记 %(count)s 项材料") % {"count": len(records)})
                return redirect("application_detail" if staff else "my_application", number=number)
    failed = any(form.errors for _paper, form in rows)
    context = {"number": number, "version": version, "rows": rows, "staff": staff}
    return render_page(request, "assistance/application_papers.html", context, status=422 if failed else 200)


@login_required
@require_GET
def paper_file(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """The uploaded file of a paper, to those who may see the case."""
    _id, _version, papers, _staff = _case(request, number)
    paper = next((one for one in papers if one.code == code and one.file_key), None)
    if paper is None:
        raise Http404
    response = HttpResponse(fetch(paper.file_key), content_type=paper.file_type)
    response["Content-Disposition"] = "inline"
    return no_store(response)


def _case(request: HttpRequest, number: str) -> tuple[int, int, tuple[PaperView, ...], bool]:
    """The case for staff in scope, or for its own family; 404 for anybody else."""
    person = actor(request)
    scope = authority_of(person, today()).scope(*READ)
    case = application_detail(scope, number, today()) if scope else None
    if case is not None:
        return case.application_id, case.version, case.papers, True
    own = next((one for one in own_applications(person.pk, today()) if one.number == number), None)
    if own is None:
        raise Http404
    return own.application_id, own.version, own.papers, False


def _form(paper: PaperView, request: HttpRequest, *, staff: bool) -> PaperForm:
    initial = {
        "state": paper.recorded.value,
        "issued_date": paper.issued_date,
        "promised_date": paper.promised_date,
        "note": paper.note,
    }
    posted = request.method == "POST"
    return PaperForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        prefix=paper.code,
        initial=initial,
        waivable=paper.waivable,
        promisable=paper.promisable,
        staff=staff,
    )


def _record(paper: PaperView, form: PaperForm) -> PaperRecord | None:
    """What the form says; None when its upload is refused, with the refusal on the form."""
    data: dict[str, Any] = form.cleaned_data
    upload = data["file"]
    if upload is None:
        kept = (paper.file_key, paper.file_name, "", paper.file_type)
        return _as_record(paper.code, data, kept if data["state"] == PaperState.PRESENT else ("", "", "", ""))
    content = upload.read()
    try:
        seen = examine(content, filename=upload.name, declared_type=upload.content_type or "", field="file")
    except DomainError as error:
        add_refusal(form, error)
        return None
    return _as_record(paper.code, data, (store(content), upload.name[:120], seen.sha256, seen.media_type))


def _as_record(code: str, data: dict[str, Any], file: tuple[str, str, str, str]) -> PaperRecord:
    key, name, sha256, media_type = file
    return PaperRecord(
        code,
        PaperState(data["state"]),
        data["issued_date"],
        data["promised_date"] if data["state"] == PaperState.PROMISED else None,
        data["note"],
        key,
        name,
        sha256,
        media_type,
    )


def _save(
    request: HttpRequest, form: forms.Form, application_id: int, version: int, records: list[PaperRecord]
) -> bool:
    shown = request.POST.get("version", "")
    present = int(shown) if shown.isdigit() else version
    done, _made = perform(
        form,
        lambda: record_papers(act_of(request), application_id=application_id, papers=records, version=present),
    )
    return done
