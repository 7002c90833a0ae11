"""Publications 公示: the office's list and page, and the public notice."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from linli.assistance.codes import PublicationState
from linli.assistance.operations import post
from linli.assistance.permissions import POST_PUBLICATION
from linli.assistance.queries.notices import PAGE, publication_page, publications
from linli.assistance.queries.notices import publication_detail as one_publication
from linli.assistance.web.desk import Desk, reading
from linli.assistance.web.forms import PostForm
from linli.foundation.files.documents import render_pdf
from linli.foundation.files.uploads import examine, store
from linli.foundation.screens.pages import act_of, add_refusal, no_store, perform, render_page, today
from linli.foundation.screens.texts import day_text, pack_text
from linli.kernel.errors import DomainError

COLUMN_LABELS = {
    "MASKED_NAME": _("姓名"),
    "HOUSEHOLD_SIZE": _("家庭人数"),
    "AMOUNT": _("每月金额(元)"),
    "COMMUNITY": _("社区"),
}


@reading
@require_GET
def publication_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Publications of my area, newest first."""
    after = request.GET.get("after", "")
    rows = publications(desk.reads, after=int(after) if after.isdigit() else 0)
    following = rows[PAGE - 1].publication_id if len(rows) > PAGE else 0
    context = {"rows": rows[:PAGE], "following": following}
    return render_page(request, "assistance/publication_list.html", context)


@reading
@require_http_methods(["GET", "POST"])
def publication_detail(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Exactly the rows that will hang on the board; a second person posts them with proof."""
    found = one_publication(desk.reads, number)
    if found is None:
        raise Http404
    prepared = found.row.state == PublicationState.PREPARED
    may_post = prepared and desk.authority.holds(*POST_PUBLICATION)
    form = PostForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        if not may_post:
            raise PermissionDenied
        if form.is_valid() and _post(request, form, found.row.publication_id):
            messages.success(request, gettext("公示 %(number)s 已张贴") % {"number": number})
            return redirect("publication_detail", number=number)
    own = found.row.prepared_by_id == desk.authority.user_id
    context = {"found": found, "form": form, "may_post": may_post, "own": own, "labels": labels(found.columns)}
    return render_page(request, "assistance/publication_detail.html", context, status=422 if form.errors else 200)


@require_GET
def public_notice(request: HttpRequest, token: str) -> HttpResponse:
    """The notice for everybody, while it lasts; 410 afterwards."""
    page = publication_page(token, today())
    if page is None:
        raise Http404
    context = {"page": page, "labels": labels(page.columns)}
    response = render_page(request, "assistance/public_notice.html", context, status=410 if page.gone else 200)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return no_store(response)


@reading
@require_GET
def publication_poster(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """The poster to hang up: the same rows as the page, nothing more."""
    found = one_publication(desk.reads, number)
    if found is None:
        raise Http404
    rows = [[entry.row[column] for column in found.columns] for entry in found.entries if not entry.hidden]
    lead = gettext("现将拟批准的救助对象公示 %(days)s 日。") % {"days": found.days}
    until = gettext("公示期至 %(day)s。") % {"day": day_text(found.row.last_date)} if found.row.last_date else ""
    advice = gettext("有异议的,请在公示期内向社区或街道反映。")
    data = {
        "title": f"{found.row.community}{pack_text(found.title)}",
        "number": number,
        "addressee": "",
        "paragraphs": [lead + until + advice],
        "table": {"columns": labels(found.columns), "rows": rows, "numeric": []},
        "closing": [],
        "sender": found.row.community,
        "date": day_text(found.row.posted_date) if found.row.posted_date else "",
        "seal": True,
        "note": "",
    }
    response = HttpResponse(render_pdf("letter.typ", data), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{number}.pdf"'
    return no_store(response)


def labels(columns: tuple[str, ...]) -> list[str]:
    """The columns' headings, in the language of the notice."""
    return [str(COLUMN_LABELS[column]) for column in columns]


def _post(request: HttpRequest, form: PostForm, publication_id: int) -> bool:
    upload, key = form.cleaned_data["proof"], ""
    if upload is not None:
        content = upload.read()
        try:
            examine(content, filename=upload.name, declared_type=upload.content_type or "", field="proof")
        except DomainError as error:
            add_refusal(form, error)
            return False
        key = store(content)
    note = form.cleaned_data["proof_note"]
    act = act_of(request)
    return perform(form, lambda: post(act, publication_id=publication_id, proof_note=note, proof_key=key))[0]
