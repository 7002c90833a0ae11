"""What this room adds to what is shared: the words of its acts in the trail, the guides on the front page."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.foundation.screens.front import Door, doors
from linli.foundation.trail import words

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
