"""Publications 公示: the office's list and page, the poster, and the public notice."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from linli.aid.assistance.codes import PublicationState
from linli.aid.assistance.operations import post
from linli.aid.assistance.permissions import POST_PUBLICATION
from linli.aid.assistance.queries.notices import PAGE, PublicationDetail, publication_page, publications
from linli.aid.assistance.queries.notices import publication_detail as one_publication
from linli.aid.assistance.web.desk import PDF, Desk, download, reading
from linli.aid.assistance.web.forms import PostForm
from linli.aid.assistance.web.presenters import posting
from linli.aid.assistance.web.uploading import NOTHING, keep
from linli.foundation.files.documents import render_pdf
from linli.foundation.files.uploads import fetch
from linli.foundation.screens.pages import act_of, add_refusal, no_store, perform, render_page, today, whole_number
from linli.foundation.screens.reads import note_read
from linli.foundation.screens.tables import cut
from linli.foundation.screens.texts import day_text
from linli.kernel.errors import DomainError

_COLUMNS = {
    "MASKED_NAME": _("姓名"),
    "HOUSEHOLD_SIZE": _("家庭人数"),
    "AMOUNT": _("每月金额（元）"),
    "COMMUNITY": _("社区"),
}


@reading
@require_GET
def publication_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Publications of my area, newest first."""
    vars(request)["nav_key"] = "notices"
    rows, more = cut(publications(desk.reads, after=whole_number(request.GET.get("after", "")) or 0), PAGE)
    states = [posting(row.state, row.last_date, desk.on) for row in rows]
    context = {
        "rows": list(zip(rows, states, strict=True)),
        "provisional": any(row.provisional for row in rows),
        "following": rows[-1].publication_id if more else 0,
    }
    return render_page(request, "assistance/publication_list.html", context)


@reading
@require_http_methods(["GET", "POST"])
def publication_detail(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Exactly the rows that will hang on the board; a second person posts them with proof."""
    vars(request)["nav_key"] = "notices"
    found = _found_or_404(request, desk, number)
    may_post = desk.authority.holds(*POST_PUBLICATION)
    posted = request.method == "POST"
    form = PostForm(request.POST if posted else None, request.FILES if posted else None)
    if posted and not may_post:
        raise PermissionDenied
    if form.is_valid() and _post(request, form, found.row.publication_id):
        messages.success(request, gettext("公示 %(number)s 已张贴") % {"number": number})
        return redirect("publication_detail", number=number)
    context = {
        "found": found,
        "provisional": found.row.provisional,
        "posting": posting(found.row.state, found.row.last_date, desk.on),
        "form": form,
        "may_post": may_post and found.row.state == PublicationState.PREPARED,
        "own": found.row.prepared_by_id == desk.authority.user_id,
        "heads": list(zip(found.columns, labels(found.columns), strict=True)),
        "gone": found.row.expires_date is not None and found.row.expires_date <= desk.on,
    }
    return render_page(request, "assistance/publication_detail.html", context, status=422 if form.errors else 200)


@reading
@require_GET
def publication_poster(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """The poster to hang up, in the country's language: the same rows as the page, nothing more."""
    with translation.override("zh-hans"):
        data = _poster(_found_or_404(request, desk, number))
    return download(render_pdf("letter.typ", data), f"{number}.pdf", PDF)


@reading
@require_GET
def publication_proof(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """The photograph of the notice board."""
    found = _found_or_404(request, desk, number)
    if not found.proof_key:
        raise Http404
    data = fetch(found.proof_key)
    response = HttpResponse(data, content_type=_media_type(data))
    response["Content-Disposition"] = "inline"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'"
    return no_store(response)


@require_GET
def public_notice(request: HttpRequest, token: str) -> HttpResponse:
    """The notice for everybody, while it lasts; 410 afterwards."""
    page = publication_page(token, today())
    if page is None:
        raise Http404
    unsure = page.provisional and page.posted_date is not None and not page.gone
    context = {"page": page, "provisional": unsure, "heads": list(zip(page.columns, labels(page.columns), strict=True))}
    response = render_page(request, "assistance/public_notice.html", context, status=410 if page.gone else 200)
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "no-referrer"
    return no_store(response)


def labels(columns: tuple[str, ...]) -> list[object]:
    """The columns' headings."""
    return [_COLUMNS[column] for column in columns]


def _found_or_404(request: HttpRequest, desk: Desk, number: str) -> PublicationDetail:
    """A publication within reach, the reading of it audited: whose case a row is, the board does not say."""
    found = one_publication(desk.reads, number)
    if found is None:
        raise Http404
    note_read(request, where=0, subject=f"publication:{number}", shown=[entry.number for entry in found.entries])
    return found


def _poster(found: PublicationDetail) -> dict[str, object]:
    rows = [[entry.row[column] for column in found.columns] for entry in found.entries if not entry.hidden]
    first, last = found.row.posted_date, found.row.last_date
    words = gettext("公示期：%(first)s 至 %(day)s。")
    until = words % {"first": day_text(first), "day": day_text(last)} if first and last else ""
    unsure = (
        [gettext("最后一天在放假安排尚未载入的年份，为暂定；如有变动，另行告知。")] if found.row.provisional else []
    )
    numeric = [place for place, column in enumerate(found.columns) if column in ("HOUSEHOLD_SIZE", "AMOUNT")]
    return {
        "title": f"{found.row.community}{found.title.zh}",
        "number": found.row.number,
        "paragraphs": [
            gettext("现将拟批准的救助对象公示 %(days)s 日。%(until)s") % {"days": found.days, "until": until}
        ],
        "table": {"columns": [str(label) for label in labels(found.columns)], "rows": rows, "numeric": numeric},
        "closing": [
            *unsure,
            gettext("有异议的，请在公示期内向社区或街道反映，提出人信息保密。"),
            found.office.zh,
        ],
        "sender": found.row.community,
        "date": day_text(found.row.posted_date),
    }


def _post(request: HttpRequest, form: PostForm, publication_id: int) -> bool:
    upload = form.cleaned_data["proof"]
    try:
        kept = keep(upload, field="proof") if upload else NOTHING
    except DomainError as error:
        add_refusal(form, error)
        return False
    note, key = form.cleaned_data["proof_note"], kept.key
    act = act_of(request)
    return perform(form, lambda: post(act, publication_id=publication_id, proof_note=note, proof_key=key))[0]


def _media_type(data: bytes) -> str:
    """What was examined when it was handed in."""
    if data.startswith(b"%PDF-"):
        return PDF
    return "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"
