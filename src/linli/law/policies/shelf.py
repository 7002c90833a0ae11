"""What this room adds to what is shared: the words of its acts in the trail, the guides on the front page."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.foundation.screens.front import Door, doors
from linli.foundation.screens.guides import Habit, Rhythm, habits
from linli.foundation.screens.lights import Standing, standings
from linli.foundation.screens.texts import day_text, pack_text
from linli.foundation.trail import words
from linli.ground.users.codes import OFFICE_ROLES, Role
from linli.ground.users.operations.assignments import calendars
from linli.ground.users.queries import Authority
from linli.kernel.tones import Tone
from linli.law.policies.permissions import LOADERS
from linli.law.policies.queries import PackNotInForce, pack_in_force, schemes, work_calendar

# From this month on the next year's holidays are published.
_PUBLISHED = 11

words.acts.put(
    {
        "policies.install_pack": pgettext_lazy("audit", "安装方案规则"),
        "policies.load_years": pgettext_lazy("audit", "录入工作日表"),
    }
)
words.subjects.put(
    {
        "pack": pgettext_lazy("audit", "方案规则"),
        "working-days": pgettext_lazy("audit", "工作日表"),
    }
)
calendars.put({"policies": work_calendar})
doors.put({"policies.guides": Door(_("办事指南"), _("谁可以申请，带什么材料，多久答复。"), "guide_list")})
habits.put(
    {
        "policies.years": Habit(
            Rhythm.NEEDED, LOADERS, _("国务院公布下一年节假日安排后，录入工作日表。"), "working_days_load"
        ),
        "policies.read": Habit(
            Rhythm.NEEDED, OFFICE_ROLES, _("不清楚金额、期限、材料的依据时，看方案规则。"), "settings_home"
        ),
    }
)


def _law(person: Authority, on: date) -> Iterator[Standing]:
    """Until when working days are known, and which version of each scheme counts."""
    if not person.holds(Role.ADMINISTRATOR):
        return
    years = work_calendar().tables
    last = max(years, default=0)
    late = on.year not in years
    due = on.month >= _PUBLISHED and last == on.year
    state = (_("缺今年"), Tone.LATE) if late else (_("该载入下一年"), Tone.SOON) if due else (_("已载入"), Tone.OK)
    told = _("载入到 %(year)s 年底") % {"year": last} if last else _("还没有载入")
    yield Standing(_("工作日表"), told, state, "working_days")
    for scheme in schemes():
        try:
            pack = pack_in_force(scheme, on)
        except PackNotInForce:
            yield Standing(_("方案规则"), scheme, (_("未生效"), Tone.SOON))
            continue
        since = {"label": pack_text(pack.label), "version": pack.version, "day": day_text(pack.valid_from)}
        told = _("%(label)s %(version)s 版，%(day)s起生效") % since
        yield Standing(_("方案规则"), told, (_("已生效"), Tone.OK), "pack_detail", (scheme,))


standings.put({"policies.law": _law})
