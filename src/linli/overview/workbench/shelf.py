"""What this room adds to what is shared: the words of its acts in the trail, and how the installation itself stands."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import IntegerField, Value
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.foundation.measures import Measure, Shown
from linli.foundation.screens.guides import Habit, Rhythm, habits
from linli.foundation.screens.lights import Light, Standing, lights, standings
from linli.foundation.screens.texts import day_text, moment_text
from linli.foundation.trail import audit, checks, jobs, words
from linli.ground.users.codes import OFFICE_ROLES, Role
from linli.ground.users.queries import Authority
from linli.kernel.act import CHINA_TIME
from linli.kernel.tones import Tone

words.subjects.put(
    {
        "overview": pgettext_lazy("audit", "总览"),
        "audit": pgettext_lazy("audit", "查看记录"),
        "work": pgettext_lazy("audit", "待办清单"),
    }
)
habits.put(
    {
        "workbench.find": Habit(Rhythm.NEEDED, OFFICE_ROLES, _("按姓名、电话、编号或楼栋查找。"), "search"),
        "workbench.trail": Habit(
            Rhythm.DAY, (Role.AUDITOR,), _("看谁办了什么、看了谁的资料，有疑问的追问。"), "audit_trail"
        ),
        "workbench.verify": Habit(
            Rhythm.MONTH, (Role.AUDITOR,), _("核验审计记录和账目是否完整，结果留档。"), "audit_trail"
        ),
        "workbench.work": Habit(Rhythm.DAY, OFFICE_ROLES, _("先办已到期和快到期的，再办等着的。"), "my_work"),
    }
)


def _trail(person: Authority, on: date) -> Iterator[Standing]:
    """The trail's last seal, and what the last whole check of it said."""
    if person.holds(Role.AUDITOR):
        seal = audit.newest_seal()
        fresh = seal is not None and seal.day >= on - timedelta(days=1)
        state = (_("已封存"), Tone.OK) if fresh else (_("昨天没有封存"), Tone.SOON)
        words = _("封存到%(day)s") % {"day": day_text(seal.day)} if seal else _("还没有封存过")
        yield Standing(_("审计记录"), words, state, "audit_trail")
        yield _checked(on)


def _checked(on: date) -> Standing:
    last = checks.newest(full=True)
    if last is None:
        return Standing(_("全部核验"), _("还没有核验过"), (_("没有核验"), Tone.SOON), "audit_verify")
    day = last.ended.astimezone(CHINA_TIME).date()
    fresh = (_("完整"), Tone.OK) if on - day <= timedelta(days=8) else (_("超过一周"), Tone.SOON)
    state = (_("不完整"), Tone.LATE) if last.number else fresh
    return Standing(_("全部核验"), _("核验于%(day)s") % {"day": day_text(day)}, state, "audit_verify")


def _installation(person: Authority, on: date) -> Iterator[Standing]:
    """Whether somebody does the jobs, and which key seals."""
    if not person.holds(Role.ADMINISTRATOR):
        return
    since = jobs.waiting_since()
    # A worker takes a job at once: what waits since another day has no worker.
    idle = since is not None and since.astimezone(CHINA_TIME).date() < on
    state = (_("没有在办"), Tone.LATE) if idle else (_("正常"), Tone.OK)
    told = _("最早的任务从%(moment)s等到现在，请启动 linli work") % {"moment": moment_text(since)}
    yield Standing(_("后台任务"), told if idle else _("没有积压"), state)
    key = {"key": settings.KEYS.current, "count": len(settings.KEYS.envelope)}
    kept = _("现用密钥 %(key)s，共 %(count)s 把；keys.json 与数据库备份须分开保存，备份在服务器上进行") % key
    yield Standing(_("密钥与备份"), kept, (_("请自行核对"), Tone.INFO))


def _failed(_window: object) -> Any:
    return jobs.failed().annotate(place=Value(0, IntegerField()))


FAILED_JOBS = Measure(
    _failed,
    unit="pk",
    line="pk",
    shown=(
        Shown(_("任务"), "task_path"),
        Shown(_("时间"), "finished_at", words=moment_text),
        Shown(_("错误"), "exception_class_path"),
    ),
)
lights.put(
    {"workbench.failed": Light(_("失败的后台任务"), FAILED_JOBS, (Role.ADMINISTRATOR,), Tone.LATE, placed=False)}
)
standings.put({"workbench.trail": _trail, "workbench.installation": _installation})
