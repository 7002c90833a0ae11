"""What this room adds to what is shared: the words of its acts in the trail."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.foundation.screens.guides import Habit, Rhythm, habits
from linli.foundation.trail import words
from linli.ground.users.codes import OFFICE_ROLES, Role

words.subjects.put(
    {
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
