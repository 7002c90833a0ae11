"""The keys that pages know: one list, of which the help shows the words and the script takes what each does."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Key:
    """One key, or two in a row (``g w``). ``does`` names what linli.js does for it; empty where it is no key of a list
    but belongs to forms or to the browser. With a ``page`` it is for whoever may open that.
    """

    pressed: str
    words: object
    does: str = ""
    page: str = ""


KEYS = (
    Key("/", _("到查找框"), "find", "search"),
    Key("g w", _("回到我的工作"), "go", "home"),
    Key("j", _("到列表的下一行"), "next"),
    Key("k", _("到列表的上一行"), "previous"),
    Key("?", _("显示键盘操作"), "help"),
    Key("Enter", _("在表单里到下一项，最后一项到提交按钮")),
    Key("Esc", _("关闭菜单和窗口")),
)
