"""The family's own face: follow an application like a parcel, read letters, withdraw."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from linli.aid.assistance.codes import EventKind
from linli.aid.assistance.operations import withdraw
from linli.aid.assistance.queries.contacts import contacts
from linli.aid.assistance.queries.detail import application_detail
from linli.aid.assistance.queries.listing import OwnApplication, own_applications
from linli.aid.assistance.queries.words import left, state_text
from linli.aid.assistance.web.applying import may_apply, said_by
from linli.aid.assistance.web.desk import Own, own
from linli.aid.assistance.web.forms import WithdrawForm
from linli.aid.assistance.web.next_step import coming, next_step
from linli.aid.assistance.web.presenters import ended_by, listed, paper_lines, progress
from linli.foundation.data.scope import NOWHERE
from linli.foundation.screens.acting import ActPage
from linli.foundation.screens.exporting import show_pdf
from linli.foundation.screens.heads import Action, Head, button
from linli.foundation.screens.pages import no_store, not_found, render_page, there
from linli.foundation.screens.texts import day_text, joined_by_dot
from linli.ground.notifications.queries import Letter, letter_pdf, sender_of
from linli.ground.users.queries import authority_of
from linli.ground.users.queries.factors import lacks_factor
from linli.kernel.tones import tone_of
from linli.money.awards.queries import programme_labels
from linli.money.payments.queries.own import own_awards
from linli.registry.residents.queries.own import is_doubted, own_household_ids

# What the office does among itself tells a family nothing of where its case stands.
_INSIDE = (
    EventKind.KINSHIP_DECLARED,
    EventKind.SIGNED,
    EventKind.DETERMINED,
    EventKind.ESCALATED,
    EventKind.RECOMPUTED,
    EventKind.SENT_BACK,
)


@own
@require_GET
def my_applications(request: HttpRequest, desk: Own) -> HttpResponse:
    """My money, what I do next, whom I call, and all applications of my household and of those I act for."""
    rows, households = own_applications(desk.person.pk, desk.on), own_household_ids(desk.person.pk, desk.on)
    money = own_awards(households, desk.on)
    at_home = may_apply(desk.person, desk.on)
    words, act = next_step(rows, money) if rows or money or at_home else _first(desk)
    begin = gettext("继续填写") if said_by(desk.person) else gettext("我要申请")
    start = [button(begin, "my_apply", main=True)] if at_home else []
    context = {
        "head": Head(gettext("我的申请"), actions=start),
        "next_step": words,
        "next_act": [act] if act else [],
        "money": [(one, programme_labels(desk.on).get(one.programme, one.programme), coming(one)) for one in money],
        "contacts": contacts(households, desk.on),
        "rows": [(row, state_text(row.state, row.step), _progress(row)) for row in rows],
        "provisional": any(row.clock and row.clock.provisional for row in rows),
        "none": _none(desk, at_home=at_home),
    }
    return no_store(render_page(request, "assistance/my_applications.html", context))


def _none(desk: Own, *, at_home: bool) -> tuple[str, str]:
    """Why there is nothing, and what helps."""
    if is_doubted(desk.person.pk):
        return gettext("正在核实这个账户是谁的"), gettext("核实期间看不到家庭的申请和补助，办理不受影响。请联系社区。")
    if at_home:
        return gettext("还没有申请"), gettext("可以在这里申请，也可以到社区窗口办理。")
    return gettext("还没有申请"), gettext("账号没有关联居民，这里不能申请；需要申请时请到社区窗口。")


def _first(desk: Own) -> tuple[str, Action | None]:
    """What comes next for an account of nobody who lives here: a new colleague's own half is the second factor, without
    which two administrators give no role.
    """
    if is_doubted(desk.person.pk):
        return gettext("请联系社区，核实这个账户是谁的。"), None
    if authority_of(desk.person, desk.on).held:
        return gettext("您的工作在“我的工作”。"), button(gettext("我的工作"), "my_work", main=True)
    if lacks_factor(desk.person.pk):
        words = gettext("账号还没有角色。工作人员请先登记第二重验证，再等授予角色；居民请到社区窗口关联本人。")
        return words, button(gettext("登记第二重验证"), "enrol", main=True)
    return gettext("账号还没有角色。工作人员请等系统管理员授予角色，并重新登录；居民请到社区窗口关联本人。"), None


@own
@require_GET
def my_application(request: HttpRequest, desk: Own, number: str) -> HttpResponse:
    """One of mine: where it is, until when, what is missing, what was written to me."""
    case = _own_or_404(desk, number)
    lacks = case.under_way and bool(case.missing)
    hand_in = button(gettext("补交材料"), "application_papers", number, main=True)
    told = [one for one in reversed(case.events) if one.kind not in _INSIDE]
    context = {
        "head": Head(
            listed(case.groups),
            format_html('{} <span class="meta">{} {}</span>', left(case.clock), gettext("受理编号"), number),
            [(number, "")],
            (state_text(case.state, case.step), tone_of(case.state)),
            [hand_in] if lacks else [],
        ),
        "case": case,
        "provisional": bool(case.clock and case.clock.provisional),
        "steps": _progress(case),
        "papers": paper_lines(case.papers),
        "letters": case.letters[::-1],
        "events": [{"at": one.on, "title": one.title, "mark": one is told[0]} for one in told],
    }
    return no_store(render_page(request, "assistance/my_application.html", context))


@own
@require_GET
def my_letter(request: HttpRequest, desk: Own, number: str, letter: str) -> HttpResponse:
    """A letter to me, with its reasons, in my language."""
    found = _letter_or_404(_own_or_404(desk, number), letter)
    text = found.words(get_language())
    context = {
        "head": Head(
            text["title"],
            joined_by_dot(sender_of(found), day_text(found.issued_date), letter),
            [_back(number), (letter, "")],
            actions=[button(gettext("下载 PDF"), "my_letter_pdf", number, letter, main=True)],
        ),
        "text": text,
        "reasons": found.content.get("reasons", []),
    }
    return no_store(render_page(request, "assistance/my_letter.html", context))


@own
@require_GET
def my_letter_pdf(_request: HttpRequest, desk: Own, number: str, letter: str) -> HttpResponse:
    """The letter as a PDF, in the language of the page."""
    found = _letter_or_404(_own_or_404(desk, number), letter)
    return show_pdf(letter_pdf(found, get_language() or "zh-hans"), f"{letter}.pdf")


class Withdraw(ActPage[Own, OwnApplication]):
    """Withdraw my application, on a page that says what that means."""

    title, submit, done = _("撤回申请"), _("确认撤回"), _("申请 %(number)s 已撤回")
    lead = _("撤回后不再办理。以后可以重新申请。")
    form = WithdrawForm
    operation = withdraw
    of = "application_id"
    leads = "my_application"
    by = "number"
    danger = True
    secret = True

    def find(self, number: str) -> OwnApplication:
        return _own_or_404(self.desk, number)

    def response(self) -> HttpResponse:
        """The page; where nothing can be withdrawn, the application."""
        if self.request.method == "GET" and not self.row.withdrawable:
            return redirect(self.home())
        return super().response()

    def pk(self) -> int:
        return self.row.application_id

    def to(self, result: object) -> str:
        return reverse("my_applications")

    def trail(self) -> Sequence[tuple[object, str]]:
        return [*super().trail(), (self.title, "")]


def _back(number: str) -> tuple[str, str]:
    return number, reverse("my_application", args=[number])


def _progress(case: OwnApplication) -> list[dict[str, object]]:
    return progress(case.state, ended_by([(one.kind, one.on) for one in case.events]))


def _own_or_404(desk: Own, number: str) -> OwnApplication:
    rows = own_applications(desk.person.pk, desk.on)
    mine = next((row for row in rows if row.number == number), None)
    if mine is None:
        not_found(application_detail, NOWHERE, number, desk.on)
    return there(mine)


def _letter_or_404(case: OwnApplication, number: str) -> Letter:
    return there(next((one for one in case.letters if one.number == number), None))
