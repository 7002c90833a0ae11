"""What this room adds to what is shared: the words of its acts in the trail."""

from django.utils.translation import pgettext_lazy

from linli.foundation.trail import words

words.acts.put(
    {
        "residents.add_guardian": pgettext_lazy("audit", "登记监护或代理"),
        "residents.add_kinship": pgettext_lazy("audit", "登记亲属"),
        "residents.add_member": pgettext_lazy("audit", "添加家庭成员"),
        "residents.correct_resident": pgettext_lazy("audit", "更正居民信息"),
        "residents.end_guardian": pgettext_lazy("audit", "结束监护或代理"),
        "residents.identify": pgettext_lazy("audit", "记录识别途径"),
        "residents.import_households": pgettext_lazy("audit", "导入家庭与居民"),
        "residents.leave": pgettext_lazy("audit", "登记迁出"),
        "residents.link_account": pgettext_lazy("audit", "关联居民账号"),
        "residents.move_household": pgettext_lazy("audit", "全户迁移"),
        "residents.move_resident": pgettext_lazy("audit", "转入其他家庭"),
        "residents.record_circumstances": pgettext_lazy("audit", "记录情况"),
        "residents.correct_departure": pgettext_lazy("audit", "更正去世、迁出或转户"),
        "residents.correct_household_move": pgettext_lazy("audit", "更正全户迁移"),
        "residents.return_resident": pgettext_lazy("audit", "办理迁回"),
        "residents.state_print_sign": pgettext_lazy("audit", "填写打印写法"),
        "residents.record_death": pgettext_lazy("audit", "登记去世"),
        "residents.register_households": pgettext_lazy("audit", "登记家庭"),
        "residents.unmask": pgettext_lazy("audit", "查看完整信息"),
    }
)
words.subjects.put(
    {
        "household": pgettext_lazy("audit", "家庭"),
        "resident": pgettext_lazy("audit", "居民"),
        "facts": pgettext_lazy("audit", "情况"),
        "identified": pgettext_lazy("audit", "识别"),
        "households": pgettext_lazy("audit", "居民清单"),
        "people": pgettext_lazy("audit", "居民名册"),
        "search": pgettext_lazy("audit", "查找居民"),
        "import": pgettext_lazy("audit", "导入"),
        "print_sign": pgettext_lazy("audit", "打印写法"),
    }
)
