"""The auditor's page of checks: what the last ones said and when, and the buttons that have the trail checked again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from linli.foundation import clock
from linli.foundation.screens.acting import act_at_once
from linli.foundation.screens.heads import Head
from linli.foundation.screens.pages import render_page
from linli.foundation.screens.texts import joined_by_dot, moment_text
from linli.foundation.trail import audit, checks
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
    """What the last checks said; POST has a job check again, the whole (``full``) or since the last time."""
    if request.method == "POST":
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
    }
    return render_page(request, "workbench/audit_verify.html", context, fragment="workbench/_checks.html")


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
