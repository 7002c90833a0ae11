"""What this room adds to what is shared: the words of its acts in the trail, the invariants of every table."""

from django.utils.translation import pgettext_lazy

from linli.foundation.trail import words
from linli.foundation.trail.invariants import OWN, invariants, whole

words.acts.put(
    {
        "read": pgettext_lazy("audit", "查看个人信息"),
        "refused": pgettext_lazy("audit", "被拒绝"),
        "foundation.ask_export": pgettext_lazy("audit", "申请导出"),
        "foundation.drop_export": pgettext_lazy("audit", "删除导出文件"),
        "foundation.save_view": pgettext_lazy("audit", "保存名单视图"),
        "foundation.change_view": pgettext_lazy("audit", "修改名单视图"),
        "foundation.drop_view": pgettext_lazy("audit", "删除名单视图"),
        "foundation.begin_day": pgettext_lazy("audit", "开始当日工作"),
        "foundation.seal_days": pgettext_lazy("audit", "封存审计记录"),
        "foundation.ask_check": pgettext_lazy("audit", "申请核验审计记录"),
        "foundation.end_check": pgettext_lazy("audit", "核验审计记录"),
        "foundation.accept_definitions": pgettext_lazy("audit", "认可数据库定义的改动"),
        "foundation.digest_anew": pgettext_lazy("audit", "升级后重算记录摘要"),
    }
)
words.subjects.put(
    {
        "seals": pgettext_lazy("audit", "封存"),
        "page": pgettext_lazy("audit", "页面"),
        "day": pgettext_lazy("audit", "当日工作"),
        "check": pgettext_lazy("audit", "核验"),
        "view": pgettext_lazy("audit", "名单视图"),
    }
)
words.parts.put(
    {
        "xlsx": pgettext_lazy("audit", "导出"),
        "export": pgettext_lazy("audit", "导出"),
    }
)

invariants.put({OWN: whole})
