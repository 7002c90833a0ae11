"""What this room adds to what is shared: the words of its acts, what waits for the administrator."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.foundation.screens.texts import counted
from linli.foundation.screens.work import Todo, listed, work
from linli.foundation.trail import words
from linli.ground.areas.queries import without_office
from linli.ground.users.codes import Role
from linli.ground.users.queries import Authority

words.acts.put(
    {
        "users.assign": pgettext_lazy("audit", "分配角色"),
        "users.create_user": pgettext_lazy("audit", "建立账号"),
        "users.close_account": pgettext_lazy("audit", "停用账号"),
        "users.reopen_account": pgettext_lazy("audit", "恢复账号"),
        "users.end_assignment": pgettext_lazy("audit", "收回角色"),
        "users.store_password": pgettext_lazy("audit", "修改密码"),
        "users.store_start_password": pgettext_lazy("audit", "设置初始密码"),
        "users.set_up": pgettext_lazy("audit", "初次安装"),
        "users.extend_territory": pgettext_lazy("audit", "扩展区域"),
        "users.rename_territory": pgettext_lazy("audit", "更改区域名称"),
        "users.record_office": pgettext_lazy("audit", "登记办公电话和地址"),
    }
)
words.subjects.put(
    {
        "user": pgettext_lazy("audit", "账号"),
        "area": pgettext_lazy("audit", "区划"),
    }
)


def _offices(authority: Authority, on: date) -> Iterator[Todo]:
    """Letters and posters have blanks where nobody has entered how the office is reached: one line for all."""
    scope = authority.scope(Role.ADMINISTRATOR)
    missing = without_office(scope) if scope else []
    if missing:
        much = counted("%(count)s 个社区", len(missing))
        title, because = _("登记办公电话和地址"), _("文书和公示上须写明；未登记前留空待填")
        yield Todo(
            "OFFICES",
            title,
            much,
            "area_list",
            query="?office=missing",
            verb=pgettext_lazy("verb", "登记"),
            because=because,
        )


work.put({"users.offices": listed(_offices)})
