"""Papers of a case: what came, is waived or promised; uploads checked by their content."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_GET, require_http_methods

from linli.aid.assistance.codes import PaperState
from linli.aid.assistance.operations import PaperRecord, record_papers
from linli.aid.assistance.permissions import READ, RECEIVE
from linli.aid.assistance.queries.detail import application_detail
from linli.aid.assistance.queries.listing import own_applications
from linli.aid.assistance.queries.papers import PaperView
from linli.aid.assistance.web.desk import Own, own, place_of
from linli.aid.assistance.web.forms import PaperForm
from linli.aid.assistance.web.presenters import LACKING, takes_papers
from linli.aid.assistance.web.scheme import NOTHING, Keeper, Kept
from linli.foundation.data.locks import FormStale
from linli.foundation.data.scope import NOWHERE
from linli.foundation.screens.drafting import slot
from linli.foundation.screens.handing_out import hand_out
from linli.foundation.screens.heads import Head
from linli.foundation.screens.pages import act_of, add_refusal, not_found, onward, render_page, version_of
from linli.foundation.screens.reads import note_read
from linli.foundation.screens.standing import tell_what_stands
from linli.foundation.screens.texts import pack_text
from linli.foundation.trail.acts import ActRepeated
from linli.ground.users.queries import authority_of
from linli.kernel.errors import DomainError

Rows = list[tuple[PaperView, PaperForm]]


@dataclass(frozen=True)
class _Case:
    """What this page needs of a case, for staff or for the family; ``open`` while papers may still be recorded."""

    application_id: int
    household_id: int
    number: str
    version: int
    papers: tuple[PaperView, ...]
    staff: bool
    may_record: bool


@own
@require_http_methods(["GET", "POST"])
def application_papers(request: HttpRequest, desk: Own, number: str) -> HttpResponse:
    """Every demanded paper with its form; staff and the family see the same list."""
    case = _case(request, desk, number)
    vars(request)["nav_key"] = "assistance" if case.staff else "my_applications"
    home = "application_detail" if case.staff else "my_application"
    back = onward(request, reverse(home, args=[number]))
    if not case.may_record:
        if request.method == "POST":
            messages.error(request, gettext("没有登记：这件申请已不再收材料，或材料不归您登记"))
        return redirect(back)
    rows: Rows = [(paper, _form(paper, request, staff=case.staff)) for paper in case.papers]
    draft = slot(desk.person.pk, request.path, *(form for _paper, form in rows), version=case.version)
    if request.method == "POST" and all(form.is_valid() for _paper, form in rows):
        changed = [(paper, form) for paper, form in rows if form.has_changed()]
        with Keeper(user_id=desk.person.pk, whose=f"household:{case.household_id}", on=desk.on) as keeper:
            saved = _save(request, case, changed, keeper)
        if saved:
            if draft:
                draft.drop()
            messages.success(request, gettext("已登记 %(count)s 项材料") % {"count": len(changed)})
            return redirect(back)
    failed = any(form.errors for _paper, form in rows)
    # What is lacking, was refused just now or has a file to be chosen anew, stands open on top; the rest is folded.
    is_open = [form.errors or paper.state in LACKING or form.files.get(form["file"].html_name) for paper, form in rows]
    title, lead = gettext("补交材料"), gettext("可以拍照上传。交不了的，可以承诺后补。")
    if case.staff:
        title, lead = pgettext("button", "登记材料"), gettext("看过原件的填“已交”。最后一项补齐，期限恢复计算。")
    context = {
        "head": Head(title, lead, [(number, reverse(home, args=[number])), (title, "")]),
        "case": case,
        "judged": [form for _paper, form in rows],
        "open_rows": [row for row, unfolded in zip(rows, is_open, strict=True) if unfolded],
        "folded_rows": [row for row, unfolded in zip(rows, is_open, strict=True) if not unfolded],
        "back": back,
        "draft": draft,
    }
    return render_page(request, "assistance/application_papers.html", context, status=422 if failed else 200)


@own
@require_GET
def paper_file(request: HttpRequest, desk: Own, number: str, code: str) -> HttpResponse:
    """The uploaded file of a paper, to those who may see the case."""
    case = _case(request, desk, number)
    paper = next((one for one in case.papers if one.code == code and one.file_key), None)
    if paper is None:
        raise Http404
    return hand_out(paper.file_key, paper.file_name)


def _case(request: HttpRequest, desk: Own, number: str) -> _Case:
    """The case for staff in scope, or for its own family; 404 for anybody else."""
    authority = authority_of(desk.person, desk.on)
    scope = authority.scope(*READ)
    found = application_detail(scope, number, desk.on) if scope else None
    if found is not None:
        note_read(request, where=found.stamp, subject=f"application:{number}")
        may = authority.may(found.stamp, *RECEIVE) and takes_papers(found)
        return _Case(
            found.application_id, found.household_id, number, found.version, found.papers, staff=True, may_record=may
        )
    mine = next((one for one in own_applications(desk.person.pk, desk.on) if one.number == number), None)
    if mine is None:
        not_found(application_detail, NOWHERE, number, desk.on)
        raise Http404
    return _Case(
        mine.application_id,
        mine.household_id,
        number,
        mine.version,
        mine.papers,
        staff=False,
        may_record=mine.under_way,
    )


def _form(paper: PaperView, request: HttpRequest, *, staff: bool) -> PaperForm:
    initial = {
        "state": paper.recorded.value,
        "issued_date": paper.issued_date,
        "promised_date": paper.promised_date,
        "note": paper.note,
    }
    posted = request.method == "POST"
    form = PaperForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        prefix=paper.code,
        initial=initial,
        # What stands in the book stays choosable: a family must not lose a waiver by uploading another paper.
        waivable=paper.waivable,
        promisable=paper.promisable,
        staff=staff or paper.recorded == PaperState.WAIVED,
    )
    form.whose = pack_text(paper.label)
    return form


def _save(request: HttpRequest, case: _Case, changed: Rows, keeper: Keeper) -> bool:
    """Record what was changed; a refusal goes to the form of the paper that it names."""
    if not changed:
        return True
    forms: Mapping[str, PaperForm] = {paper.code: form for paper, form in changed}
    records = []
    for paper, form in changed:
        try:
            records.append(_record(paper, form.cleaned_data, keeper))
        except DomainError as error:
            add_refusal(form, error)
    if len(records) < len(changed):
        return False
    version = version_of(request)
    try:
        record_papers(act_of(request), application_id=case.application_id, papers=records, version=version)
    except ActRepeated:
        return True
    except DomainError as error:
        place, told = place_of(error, changed[0][1], forms)
        add_refusal(place, told)
        _tell_others(error, [form for form in forms.values() if form is not place])
        return False
    return True


def _tell_others(error: DomainError, others: Iterable[PaperForm]) -> None:
    """Of a page that somebody overtook each paper tells what stands now, not only the one that told the refusal."""
    for form in others if isinstance(error, FormStale) else ():
        tell_what_stands(form)


def _record(paper: PaperView, said: Mapping[str, Any], keeper: Keeper) -> PaperRecord:
    """What the form says of the paper; a file stays until another one comes, or the paper is not there any more."""
    state = PaperState(said["state"])
    if said["file"]:
        state, file = PaperState.PRESENT, keeper.keep(said["file"])
    elif state == PaperState.PRESENT and paper.file_key:
        file = Kept(paper.file_key, paper.file_name, paper.file_key, paper.file_type)
    else:
        file = NOTHING
    return PaperRecord(
        paper.code,
        state,
        said["issued_date"] if state == PaperState.PRESENT else None,
        said.get("promised_date") if state == PaperState.PROMISED else None,
        # A form without the field says nothing of the note.
        said.get("note", paper.note),
        file.key,
        file.name,
        file.sha256,
        file.media_type,
    )
