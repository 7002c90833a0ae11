"""The auditor's page of checks: what the last ones said and when, and the buttons that have the trail checked again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from linli.foundation import clock
from linli.foundation.screens.acting import act_at_once
from linli.foundation.screens.fields import text_area
from linli.foundation.screens.heads import Head
from linli.foundation.screens.pages import render_page
from linli.foundation.screens.texts import day_text, joined_by_dot, moment_text
from linli.foundation.trail import audit, checks, heads
from linli.foundation.trail.checks import Problem, Result
from linli.ground.areas.queries import names as area_names
from linli.ground.users.codes import Role
from linli.ground.users.queries.desks import Desk, pages_for
from linli.kernel.act import Act
from linli.overview.workbench.queries import chains_of

auditing = pages_for("audit", Role.AUDITOR)
# By the first part of a problem's code.
_KINDS = {
    "audit": _("审计记录不完整"),
    "row": _("记录不是经办理改成这样的"),
    "definition": _("数据库定义被改动"),
    "reference": _("外键不完整"),
    "key": _("缺少密钥，加密内容打不开"),
    "upload": _("上传的材料缺失、被改动或打不开"),
}
# What can be wrong with the seal of a head.
_CUT = {
    heads.GONE: _("这次封存不在审计链里：其后的记录被删去，或整条链被重算"),
    heads.UNSIGNED: _("这次封存没有用摘要所列的密钥签章"),
}
_SHOWN = 50
# A whole check longer ago than this was missed.
_MISSED = timedelta(days=8)


@dataclass(frozen=True)
class Shown:
    """A check as the page tells it: problems of the auditor's areas by name, of the others how many there are."""

    title: object
    explained: object
    moment: str
    seconds: int
    problems: list[str]
    more: int
    elsewhere: int
    missed: bool


@auditing
@require_http_methods(["GET", "POST"])
def audit_verify(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What the last checks said; POST has a job check again, the whole (``full``) or since the last time,
    or compares what was kept elsewhere (``held``).
    """
    held = HeldForm(request.POST if "held" in request.POST else None)
    if request.method == "POST" and not held.is_bound:
        return _ask(request, full=request.POST.get("full") == "1")
    whole, since = checks.newest(full=True), checks.newest(full=False)
    shown = [*_shown(desk, whole), *_shown(desk, since)]
    context = {
        "head": Head(_title(shown), trail=[(gettext("核验结果"), "")]),
        "shown": shown,
        "waiting": checks.waiting(),
        "broke_off": checks.broke_off(),
        "whole": whole,
        "seal": audit.head(),
        "held": held,
        "compared": _compared(desk, held) if held.is_bound and held.is_valid() else None,
    }
    status = 422 if held.errors else 200
    return render_page(
        request, "workbench/audit_verify.html", context, fragment="workbench/_checks.html", status=status
    )


class HeldForm(forms.Form):
    """What was kept elsewhere of how far the trail went: a seal's code as printed, or the text of a head."""

    held = text_area(
        _("封存码"),
        max_length=100_000,
        help_text=_("纸上的码，空格照抄或省去都可以；也可以粘贴封存摘要文件的全部内容"),
    )


def _compared(desk: Desk, form: HeldForm) -> list[str] | None:
    """What the trail no longer has of it, in words; None, and the field's error, where it cannot be read."""
    try:
        found = heads.compare(form.cleaned_data["held"])
    except heads.HeadUnreadable:
        form.add_error("held", gettext("不是封存码，也不是完整的封存摘要；请核对有没有抄漏"))
        return None
    places = area_names({one.chain for one in found if one.chain} & set(chains_of(desk.person)))
    return [
        joined_by_dot(
            _CUT.get(one.what, _("摘要所列的最后一条记录不在审计链里，其后的记录可能被删去")),
            places.get(one.chain, ""),
            day_text(one.day) if one.day != date.min else "",
        )
        for one in found[:_SHOWN]
    ]


def _ask(request: HttpRequest, *, full: bool) -> HttpResponse:
    def deed(act: Act) -> object:
        return checks.ask_check(act, full=full)

    return act_at_once(request, deed, done=gettext("已开始核验，完成后结果显示在这里"), to=reverse("audit_verify"))


def _title(shown: list[Shown]) -> str:
    if not shown:
        return gettext("还没有核验过")
    return gettext("记录不完整") if any(one.problems for one in shown) else gettext("记录完整")


def _shown(desk: Desk, result: Result | None) -> list[Shown]:
    if result is None:
        return []
    own = {0, *chains_of(desk.person)}
    mine = [one for one in result.problems if one.chain in own]
    areas = area_names({one.chain for one in mine if one.chain})
    return [
        Shown(
            **_words(result),
            moment=moment_text(result.ended),
            seconds=max(1, round((result.ended - result.begun).total_seconds())),
            problems=[_told(one, areas) for one in mine[:_SHOWN]],
            more=max(0, len(mine) - _SHOWN) + result.number - len(result.problems),
            elsewhere=len(result.problems) - len(mine),
            missed=result.full and clock.now() - result.ended > _MISSED,
        )
    ]


def _words(result: Result) -> dict[str, Any]:
    if result.full:
        words = _("逐条重算了审计链、封存和每条记录的摘要，核对了数据库定义、外键、各项账目和上传的材料。")
        return {"title": _("全部核验"), "explained": words}
    words = _("从上次核验的封存起：其后的审计链、封存、办理改动的每条记录和新交的材料；更早的记录以全部核验为准。")
    return {"title": _("上次以来"), "explained": words}


def _told(one: Problem, areas: Mapping[int, str]) -> str:
    kind = _KINDS.get(one.code.partition(".")[0], _("账目或状态不符"))
    return joined_by_dot(*filter(None, [kind, areas.get(one.chain, ""), one.subject]))
