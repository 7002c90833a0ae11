"""What this room adds to what is shared: the words of its acts in the trail, the guides on the front page."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.foundation.screens.front import Door, doors
from linli.foundation.screens.guides import Habit, Rhythm, habits
from linli.foundation.trail import words
from linli.ground.users.codes import OFFICE_ROLES
from linli.law.policies.permissions import LOADERS

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
