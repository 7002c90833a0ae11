"""What this room adds to what is shared: the words of its acts in the trail."""

from django.utils.translation import pgettext_lazy

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
