"""My work, and the audit trail."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from linli.foundation.screens.cells import Cell
from linli.foundation.screens.desks import pages_at
from linli.foundation.screens.filters import Filter
from linli.foundation.screens.front import doors
from linli.foundation.screens.guides import guide_of
from linli.foundation.screens.heads import Action, Head, action
from linli.foundation.screens.listings import PAGE, Column, Listing, nobody
from linli.foundation.screens.lookups import OFFERED
from linli.foundation.screens.pages import actor, render_page, today, whole_number
from linli.foundation.screens.reads import note_read
from linli.foundation.screens.scanning import code_to_scan
from linli.foundation.screens.texts import counted_up_to, day_text, moment_text
from linli.foundation.screens.work import first, piles, together
from linli.foundation.trail import audit
from linli.foundation.trail.audit import AuditLine
from linli.foundation.trail.signing import public_keys
from linli.foundation.trail.words import act_words, acts_said, subject_words
from linli.ground.areas.queries import names as area_names
from linli.ground.users.codes import Role
from linli.ground.users.queries import Authority, authority_of
from linli.ground.users.queries.desks import Desk
from linli.kernel.act import CHINA_TIME, Actor
from linli.overview.workbench.queries import is_product, trail
from linli.overview.workbench.web.checking import auditing


def _my_desk(somebody: Actor, on: date) -> Desk:
    person = authority_of(somebody, on)
    return Desk(person, person.scope(), on)


# Whoever is logged in has work or an empty list of it, without a role too.
working = pages_at("my_work", _my_desk, lambda _desk: True)
# A guide belongs to no job.
reading_guides = pages_at("", _my_desk, lambda _desk: True)
# The trail of one person, or of one act, is shown for so many days and the one they end with.
_WEEK = timedelta(days=6)
# Digits of a seal's code that are read aloud together.
_PART = 8


def home(request: HttpRequest) -> HttpResponse:
    """Staff begin with their work, or with what they answer for; residents with their own applications, everybody else
    with what is public.
    """
    if request.user.is_anonymous:
        return render_page(request, "workbench/front.html", {"doors": list(doors.values())})
    person = authority_of(actor(request), today())
    if person.holds(Role.DISTRICT_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR):
        return redirect("overview")
    return redirect("my_work" if person.held else "my_applications")


@reading_guides
@require_GET
def role_guide(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What somebody of my role does by day, week and month, and where; of the first of my roles unless one is named."""
    own = [one for one in Role if desk.person.holds(one)] or [Role.RESIDENT]
    shown = next((one for one in own if one.value == request.GET.get("role")), own[0])
    context = {
        "head": Head(gettext("工作指南：%(role)s") % {"role": shown.label}, gettext("常办的事，和在哪里办。")),
        "own": own if len(own) > 1 else [],
        "shown": shown,
        "parts": [(often, [(one.words, reverse(one.page)) for one in some]) for often, some in guide_of(shown)],
    }
    return render_page(request, "workbench/role_guide.html", context)


@working
@require_GET
def my_work(request: HttpRequest, desk: Desk) -> HttpResponse:
    """One list of everything that waits for me, by legal deadline; count = list."""
    kind, after = request.GET.get("kind", ""), whole_number(request.GET.get("after", "")) or 0
    found = piles(desk.person, desk.on)
    kinds: Counter[str] = Counter()
    for pile in found:
        kinds[pile.kind] += pile.total
    titles = {pile.kind: pile.title for pile in found}
    waiting = first([pile for pile in found if kind in ("", pile.kind)], after + PAGE + 1)[after:]
    page, more = waiting[:PAGE], len(waiting) > PAGE
    people = [row.subject for row in page if row.who]
    if people:
        note_read(request, where=0, subject="work", shown=people)
    sums = {
        "total": counted_up_to(kinds.values()),
        "late": counted_up_to(one.late for one in found),
        "soon": counted_up_to(one.soon for one in found),
    }
    told = gettext("今天 %(day)s · %(total)s 件待办，%(late)s 件已超期，%(soon)s 件三个工作日内到期")
    apply = action(request, gettext("登记新申请"), "application_new", main=True)
    context = {
        "head": Head(gettext("我的工作"), told % {"day": day_text(desk.on), **sums}, actions=apply),
        "rows": [(row, reverse(row.page, args=row.arguments) + row.query) for row in page],
        "next_after": after + PAGE if more else None,
        "provisional": any(row.provisional for row in page),
        "kinds": [(code, titles[code], counted_up_to([count])) for code, count in kinds.most_common()],
        "kind": kind,
        "at_once": _at_once(request, desk, kind) if kinds[kind] > 1 else [],
        **sums,
    }
    return render_page(request, "workbench/my_work.html", context, fragment="workbench/_work.html")


def _at_once(request: HttpRequest, desk: Desk, kind: str) -> list[Action]:
    """Where the person takes on all of a kind together."""
    one = together.get(kind)
    if one is None or (one.roles and not desk.person.holds(*one.roles)):
        return []
    return action(request, one.words, one.page, *one.arguments)


class TrailList(Listing[Desk, AuditLine]):
    """Who did what, newest first, in the auditor's areas."""

    name = "audit"
    title = _("审计记录")
    lead = _("每一步一行，逐行相扣，每天封存；改动、删除或截断都会被查出。")
    template = "workbench/audit_trail.html"
    nothing = (_("没有记录"), "")
    areas: Mapping[int, str]

    def at(self, row: AuditLine) -> str:
        return f"{row.at.astimezone(CHINA_TIME):%Y-%m-%d %H:%M:%S}"

    def at_cell(self, row: AuditLine) -> str:
        return moment_text(row.at)

    def who(self, row: AuditLine) -> str:
        return row.actor_name or gettext("系统")

    def act(self, row: AuditLine) -> object:
        return act_words(row.act)

    def what(self, row: AuditLine) -> object:
        return subject_words(row.subject)[0]

    def what_cell(self, row: AuditLine) -> Cell:
        kind, number = subject_words(row.subject)
        return Cell(f"{kind} {number}".strip(), ("audit_trail",), query=f"?{urlencode({'subject': row.subject})}")

    def area(self, row: AuditLine) -> str:
        return self.areas.get(row.chain, "")

    def said(self, text: str) -> Sequence[tuple[str, object]]:
        """Acts with the text in their words, each of these once."""
        words = sorted({str(one) for one in acts_said(text).values()})
        return [(one, one) for one in words[:OFFERED]]

    filters = (
        Filter("subject", _("对象编号"), hint=_("如 JZ-2026-0001")),
        Filter("who", _("谁"), hint=_("姓名或用户名")),
        Filter("act", _("做了什么"), hint=_("如 登录"), suggest=said),
        Filter("day", _("这一天"), kind="day"),
        Filter("until", _("到这一天"), kind="day"),
    )
    columns = (
        Column("at", _("时间"), of=at, cell=at_cell),
        Column("who", _("谁"), of=who),
        Column("act", _("做了什么"), of=act, phone="title"),
        Column("what", _("对象"), of=what, cell=what_cell),
        Column("subject", _("对象编号"), only="excel"),
        Column("area", _("区域"), of=area),
        Column("lines_count", _("行数"), "INTEGER"),
    )

    def find(self, token: str, limit: int) -> Sequence[AuditLine]:
        asked, before = self.asked, whole_number(token) or 0
        told = {"subject": asked["subject"], "who": asked["who"], "act": asked["act"]}
        return trail(self.desk.person, **told, days=self.days(), before=before, limit=limit)

    def days(self) -> tuple[date, date] | None:
        """The days that are shown; None for all.

        One person does more in a year than a page should walk: without a day the last seven are shown, and never more
        than seven. As much is done in a day by the product itself, or of one act by all: of these it is one day.
        """
        day, until = (date.fromisoformat(one) if (one := self.asked[key]) else None for key in ("day", "until"))
        if day and until:  # whichever of them was typed where
            day, until = sorted((day, until))
        who, act, subject = (bool(self.asked[key]) for key in ("who", "act", "subject"))
        if day is None and until is None and (subject or not (who or act)):
            return None
        busy = is_product(self.asked["who"]) or (act and not who)
        longest = timedelta() if busy and not subject else _WEEK
        last = until or day or self.desk.on
        # Not counted past the first and the last day that there is: these too may be typed.
        first = day or last - min(longest, last - date.min)
        return first, max(first, last if last - first <= longest else first + longest)

    def head(self) -> Head:
        """Which days are shown, where not all are."""
        days = self.days()
        if days is None:
            return super().head()
        first, last = map(day_text, days)
        words = gettext(
            "显示 %(first)s 至 %(last)s。按人查找而没有选日期的，只查最近七天，一次最多七天；"
            "查系统所办或只按事查找的，一次查一天。"
        )
        return replace(super().head(), lead=words % {"first": first, "last": last})

    def token(self, row: AuditLine) -> str:
        return str(row.entry_id)

    def load(self, found: Sequence[AuditLine]) -> None:
        self.areas = area_names({row.chain for row in found})

    # What the trail says of somebody was noted when it was written.
    reading = nobody

    def more(self, found: Sequence[AuditLine]) -> dict[str, Any]:
        return {"seal": audit.head()}


@auditing
@require_GET
def audit_head(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The newest seal's code, to be printed, signed and kept in a drawer: it shows later that nothing was cut off."""
    seal = audit.newest_seal()
    code = seal.mac if seal else ""
    context = {
        "seal": seal,
        "parts": [code[start : start + _PART] for start in range(0, len(code), _PART)],
        "drawn": code_to_scan(code, gettext("封存码")) if code else "",
        "keys": public_keys(),
    }
    return render_page(request, "workbench/audit_head.html", context)


def territory(authority: Authority) -> str:
    """Where the person works and as what, for the top bar."""
    names: dict[Any, str] = dict(area_names(held.area_id for held in authority.held))
    return " · ".join(f"{names.get(held.area_id, '')} {held.role.label}" for held in authority.held[:2])
