"""The log-in form, in our words."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _


class LogInForm(AuthenticationForm):
    """Name and password; the refusal never says which of the two was wrong."""

    error_messages = {
        "invalid_login": _("用户名或密码不正确；连续输错 5 次将暂停登录 15 分钟"),
        "inactive": _("该账号已停用"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("用户名")
        self.fields["password"].label = _("密码")
        self.fields["username"].widget = forms.TextInput(attrs={"autocomplete": "username", "autofocus": True})
