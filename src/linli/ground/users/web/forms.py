"""The log-in form, in our words."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens.fields import DayField, OfferingForm, text_area
from linli.foundation.screens.lookups import LookupField
from linli.foundation.trail.purposes import Purpose
from linli.ground.areas.codes import AreaKind
from linli.ground.areas.queries import Area, by_codes
from linli.ground.users.codes import Role
from linli.ground.users.operations.factors import ANSWER_LENGTH
from linli.kernel.text import opaque


class LogInForm(AuthenticationForm):
    """Name and password; the refusal never says which of the two was wrong."""

    # As it is typed: Django's own field would change what an account of before may be called.
    username = forms.CharField()
    error_messages = {
        "invalid_login": _("用户名或密码不正确；连续输错 5 次将暂停登录 15 分钟"),
        "inactive": _("该账号已停用"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("用户名")
        self.fields["password"].label = _("密码")
        self.fields["username"].widget = forms.TextInput(attrs={"autocomplete": "username", "autofocus": True})


# --- forms of the administration: fields and their first checks; the rules are the operations' -----


class LooksForm(forms.Form):
    """What more looks at masked values are for."""

    purpose = forms.ChoiceField(label=_("查看目的"), choices=[("", "—"), *Purpose.choices])
    reason = text_area(_("缘由"))


# A role in a building would reach over nothing.
WORKPLACES = [kind for kind in AreaKind if kind != AreaKind.BUILDING]
# A resident's own account holds no role.
GIVEN_ROLES = [(role.value, role.label) for role in Role if role != Role.RESIDENT]


class AccountForm(OfferingForm):
    """A new account, with its first role when the person works here."""

    username = forms.CharField(
        label=_("用户名"),
        max_length=40,
        help_text=_("登录用，如姓名拼音 wangli"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    name = forms.CharField(label=_("姓名"), max_length=60)
    area = LookupField(label=_("所在区域"), help_text=_("名称或代码；该区域的系统管理员可以管理此账号"))


class RoleForm(OfferingForm):
    """A role over an area from a day on; the reason, where another administrator decides."""

    role = forms.TypedChoiceField(label=_("角色"), choices=GIVEN_ROLES, coerce=Role)
    area = LookupField(label=_("区域"), help_text=_("名称或代码"))
    valid_from = DayField(
        label=_("开始日期"),
        required=False,
        help_text=_("不填即从最早可以的一天：资金角色是下一工作日，其他是今天"),
    )
    valid_until = DayField(label=_("结束日期"), required=False, help_text=_("从这一天起不再有此角色；长期的不填"))
    reason = forms.CharField(
        label=_("理由"),
        max_length=200,
        required=False,
        help_text=_("资金、主任、干部、审计和管理员角色须写明，由安全管理员复核"),
    )


class EndForm(forms.Form):
    """The first day without the role."""

    valid_until = DayField(label=_("结束日期"), help_text=_("从这一天起不再有此角色"))


class CloseForm(forms.Form):
    """Why an account closes."""

    reason = forms.CharField(label=_("原因"), max_length=200, help_text=_("如离职、调岗"))


class ReasonForm(forms.Form):
    """Why something is asked for."""

    reason = forms.CharField(label=_("理由"), max_length=200, help_text=_("如手机遗失；写明怎样核实了是本人"))


class SettlementForm(forms.Form):
    """What looking into a denial came to."""

    note = forms.CharField(
        label=_("核查结果"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("问了谁、是不是本人的意思、采取了什么措施"),
    )


class TotpForm(forms.Form):
    """The first code of a new authenticator, whose secret the form carries sealed."""

    sealed = forms.CharField(widget=forms.HiddenInput)
    code = forms.CharField(
        label=_("验证器上的 6 位数字"),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
    name = forms.CharField(label=_("名称"), max_length=40, help_text=_("便于以后认出它"))


class PasskeyForm(forms.Form):
    """What the browser made."""

    answer = forms.CharField(widget=forms.HiddenInput, max_length=ANSWER_LENGTH)
    name = forms.CharField(label=_("名称"), max_length=40)


class NoticesForm(forms.Form):
    """Which changes stood on the page, and which of them their person did not want."""

    shown = forms.TypedMultipleChoiceField(coerce=int, required=False)
    denied = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, *args: Any, own: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("shown", "denied"):
            field: Any = self.fields[name]
            field.choices = [(one, one) for one in own]


class PasswordForm(forms.Form):
    """One's own password."""

    current = forms.CharField(
        label=_("原密码"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=_("新密码"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("至少 10 个字符、5 种不同的字符，不能全是数字，不能含有用户名或姓名"),
    )
    again = forms.CharField(
        label=_("再输一遍新密码"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("new") and data.get("again") and opaque(data["new"]) != opaque(data["again"]):
            self.add_error("again", _("两次输入的新密码不同"))
        return data


class AreaForm(forms.Form):
    """An area below another (``above``, once the form is sound)."""

    above: Area

    parent = forms.CharField(label=_("上级区划"), max_length=24, help_text=_("上级的区划代码"))
    code = forms.CharField(
        label=_("区划代码"), max_length=24, help_text=_("官方代码；网格、楼栋可自编，如 990101001001-G1")
    )
    name = forms.CharField(label=_("名称"), max_length=60)

    def clean_parent(self) -> str:
        """Anything but a building."""
        code = str(self.cleaned_data["parent"]).strip()
        found = by_codes([code]).get(code)
        if found is None or found.kind == AreaKind.BUILDING:
            raise forms.ValidationError(_("没有找到这个区划，或它下面不能再添加"))
        self.above = found
        return code


class NameForm(forms.Form):
    """Another name for an area."""

    name = forms.CharField(label=_("名称"), max_length=60)


class OfficeForm(forms.Form):
    """Where an office is reached."""

    telephone = forms.CharField(label=_("办公电话"), max_length=30, help_text=_("例如 010-62340000 转 8012"))
    address = forms.CharField(label=_("办公地址"), max_length=120, help_text=_("写在告知书和公示上"))


class TableForm(forms.Form):
    """A file with areas."""

    file = forms.FileField(label=_("区划表"), help_text=_("xlsx 或 CSV，使用模板的表头"))
