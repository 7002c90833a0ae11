"""Publications 公示: the office's list and page, the poster, and the public notice."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from linli.aid.assistance.operations import discard, post
from linli.aid.assistance.permissions import READ
from linli.aid.assistance.queries.notices import (
    PublicationDetail,
    PublicationEntryView,
    publication_page,
    running_notices,
)
from linli.aid.assistance.queries.notices import publication_detail as one_publication
from linli.aid.assistance.steps import PUBLICATION
from linli.aid.assistance.web.forms import DiscardForm, PostForm
from linli.aid.assistance.web.presenters import posting
from linli.aid.assistance.web.scheme import NOTHING, Keeper
from linli.foundation.files.documents import render_pdf
from linli.foundation.screens.acting import ActPage, Said
from linli.foundation.screens.cells import Cell
from linli.foundation.screens.exporting import show_pdf
from linli.foundation.screens.handing_out import hand_out
from linli.foundation.screens.heads import Action, Head, button
from linli.foundation.screens.listings import Column
from linli.foundation.screens.pages import found_or_404, no_store, render_page, today
from linli.foundation.screens.reads import note_read
from linli.foundation.screens.reminding import waits
from linli.foundation.screens.texts import day_text, joined_by_dot, pack_text
from linli.ground.users.queries import why_not
from linli.ground.users.queries.desks import Desk, pages_for
from linli.kernel.act import Act

_COLUMNS = {
    "MASKED_NAME": _("姓名"),
    "HOUSEHOLD_SIZE": _("家庭人数"),
    "AMOUNT": _("每月金额（元）"),
    "COMMUNITY": _("社区"),
}

# So many notices stand on the page of all.
_SHOWN = 200
_RUNNING = (
    Column("community", _("社区"), phone="title"),
    Column("title", _("公示"), cell=lambda _listing, row: Cell(pack_text(row.title), ("public_notice", row.token))),
    Column("number", _("编号")),
    Column("posted_date", _("张贴"), "DATE"),
    Column("last_date", _("公示至"), "DATE", phone="state"),
)

# Publications are a job of their own.
reading = pages_for("notices", *READ)


class PublicationAct(ActPage[Desk, PublicationDetail]):
    """An act on a publication; then back to it."""

    of = "publication_id"
    leads = "publication_detail"
    by = "row.number"

    def find(self, number: str) -> PublicationDetail:
        return _found_or_404(self.request, self.desk, number)

    def has(self, code: str) -> bool:
        """Whether the step is one of the person's."""
        return self.desk.person.may(self.row.row.stamp, *PUBLICATION.step(code).roles)

    def pk(self) -> int:
        return self.row.row.publication_id

    def words(self) -> Mapping[str, object]:
        return {"number": self.key()}


class PublicationPage(PublicationAct):
    """Exactly the rows that will hang on the board; a second person posts them with proof."""

    title, done = "", _("公示 %(number)s 已张贴")
    form = PostForm
    operation = post
    template = "assistance/publication_detail.html"

    def may(self) -> bool:
        return self.request.method != "POST" or self.has("post")

    def run(self, act: Act, said: Said) -> Any:
        with Keeper(user_id=act.by.pk, whose=f"publication:{self.key()}", on=act.on) as keeper:
            kept = keeper.keep(said["proof"], field="proof") if said["proof"] else NOTHING
            return super().run(act, {"proof_note": said["proof_note"], "proof_key": kept.key})

    def head(self) -> Head:
        row, on = self.row.row, self.desk.on
        offered = [step for step in PUBLICATION.offered(self.desk.person, row, on) if step.code == "discard"]
        address = reverse("publication_discard", args=[row.number])
        thrown = [Action(step.label, address, danger=step.danger) for step in offered]
        days = gettext("公示 %(days)s 日") % {"days": self.row.days}
        hangs = row.posted_date is not None and (row.expires_date is None or row.expires_date > on)
        public = [button(gettext("公开页面"), "public_notice", row.token)] if hangs else []
        return Head(
            pack_text(self.row.title),
            joined_by_dot(row.number, row.community, days),
            [(row.number, "")],
            posting(row.state, row.last_date, on),
            [button(gettext("打印海报"), "publication_poster", row.number), *public, *thrown],
        )

    def more(self) -> Mapping[str, Any]:
        found, row, person, on = self.row, self.row.row, self.desk.person, self.desk.on
        return {
            "found": found,
            "provisional": row.provisional,
            "columns": [*_board(found.columns), Column("number", _("申请（不公开）"), cell=_application)],
            "facts": _facts(found),
            "may_post": why_not(person, PUBLICATION, "post", row, on) is None,
            "waits": waits(PUBLICATION, person, row, on, "publication_detail"),
        }


class DiscardPublication(PublicationAct):
    """What was prepared is thrown away before it hangs, with a reason: its applications are prepared again."""

    title, lead = PUBLICATION.step("discard").label, PUBLICATION.step("discard").explain
    done = _("公示 %(number)s 已作废")
    form = DiscardForm
    operation = discard
    danger = True

    def may(self) -> bool:
        return self.has("discard")

    def trail(self) -> Sequence[tuple[object, str]]:
        return [*super().trail(), (self.title, "")]


def _facts(found: PublicationDetail) -> list[tuple[object, object]]:
    row = found.row
    facts: list[tuple[object, object]] = [(gettext("准备"), row.prepared_by)]
    if row.posted_date is None:
        return facts
    photo = reverse("publication_proof", args=[row.number]) if found.proof_key else ""
    link = format_html(' <a href="{}">{}</a>', photo, gettext("照片")) if photo else ""
    return [
        *facts,
        (gettext("张贴"), joined_by_dot(row.posted_by, day_text(row.posted_date))),
        (gettext("公示至"), day_text(row.last_date)),
        (gettext("撤下"), day_text(row.expires_date)),
        (gettext("张贴凭证"), format_html("{}{}", found.proof_note, link)),
    ]


def _application(_listing: object, entry: PublicationEntryView) -> Cell:
    hidden = (gettext("已从公示中撤下"),) if entry.hidden else ()
    return Cell(entry.number, ("application_detail", entry.number), meta=hidden)


@reading
@require_GET
def publication_poster(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """The poster to hang up, in the country's language: the same rows as the page, nothing more."""
    with translation.override("zh-hans"):
        data = _poster(_found_or_404(request, desk, number))
    return show_pdf(render_pdf("letter.typ", data), f"{number}.pdf")


@reading
@require_GET
def publication_proof(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """The photograph of the notice board."""
    found = _found_or_404(request, desk, number)
    if not found.proof_key:
        raise Http404
    return hand_out(found.proof_key, number)


@require_GET
def public_notices(request: HttpRequest) -> HttpResponse:
    """Every notice that hangs on a board today, community by community, for everybody."""
    rows = running_notices(today(), _SHOWN + 1)
    context = {"rows": rows[:_SHOWN], "more": len(rows) > _SHOWN, "columns": _RUNNING}
    return _for_people(render_page(request, "assistance/public_notices.html", context))


@require_GET
def public_notice(request: HttpRequest, token: str) -> HttpResponse:
    """The notice for everybody, while it lasts; 410 afterwards."""
    page = found_or_404(publication_page, token, today())
    unsure = page.provisional and page.posted_date is not None and not page.gone
    context = {"page": page, "provisional": unsure, "columns": _board(page.columns)}
    return _for_people(render_page(request, "assistance/public_notice.html", context, status=410 if page.gone else 200))


def _for_people(response: HttpResponse) -> HttpResponse:
    """For people alone: no search engine keeps it, no page that it leads to learns its address."""
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "no-referrer"
    return no_store(response)


def _board(columns: tuple[str, ...]) -> list[Column]:
    """The columns of the board, of what hangs there and of entries behind it."""

    def of(name: str) -> Callable[[object, Any], str]:
        return lambda _listing, row: str(getattr(row, "row", row)[name])

    return [
        Column(one, _COLUMNS[one], of=of(one), phone="line" if place else "title") for place, one in enumerate(columns)
    ]


def _found_or_404(request: HttpRequest, desk: Desk, number: str) -> PublicationDetail:
    """A publication within reach, the reading of it audited: whose case a row is, the board does not say."""
    found = found_or_404(one_publication, desk.reads, number)
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
        "table": {"columns": [str(_COLUMNS[one]) for one in found.columns], "rows": rows, "numeric": numeric},
        "closing": [
            *unsure,
            gettext("有异议的，请在公示期内向社区或街道反映，提出人信息保密。"),
            found.office.zh,
        ],
        "sender": found.row.community,
        "date": day_text(found.row.posted_date),
    }
