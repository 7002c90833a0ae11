"""Forms of awards and accounts: fields and their first checks; the rules are the operations'."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.foundation.data.scope import Scope, Stamp
from linli.foundation.screens.fields import (
    TO_CHOOSE,
    CodeField,
    DayField,
    LawForm,
    MonthField,
    NoteForm,
    OfferingForm,
    YuanField,
    text_area,
)
from linli.kernel.period import Month
from linli.money.awards.codes import EndReason, HolderRelation
from linli.registry.residents.queries import household_detail, resident_detail


class WaiverForm(NoteForm):
    """Why a claim is given up. Asked in the line of a table: the words say which field they are about."""

    note = forms.CharField(
        label=_("免收理由"),
        max_length=300,
        error_messages={"required": _("请写明理由"), "max_length": _("免收理由最多 300 个字")},
    )


class RecoveryForm(forms.Form):
    """Which paper shows that a claim was paid back. Asked in the line of a table."""

    paper = forms.CharField(
        label=_("凭据"),
        max_length=120,
        error_messages={"required": _("请写明银行回单或对账单"), "max_length": _("凭据最多 120 个字")},
    )


class MonthForm(OfferingForm, LawForm, NoteForm):
    """From the first day of which month on, and why."""

    rests_on = {"note": "notices.SUSPENDED"}

    effective_date = MonthField(label=_("从哪个月起"))
    field_order = ("effective_date", "amount", "note")

    def clean_effective_date(self) -> date:
        month: Month = self.cleaned_data["effective_date"]
        return month.first_day


class AmountForm(MonthForm):
    """Another amount from a month on."""

    rests_on = {"amount": "notices.CHANGED"}

    amount = YuanField(label=_("每月金额（元）"))


class RecalculateForm(MonthForm):
    """From which month on the rules are asked again, and why."""

    rests_on = {"effective_date": "following.FACT"}


class EndForm(LawForm):
    """When and why an award ends."""

    rests_on = {"reason": "notices.ENDED"}
    sometimes_required = ("note",)

    effective_date = DayField(label=_("终止日期"), help_text=_("之后开始的月份不再发放；已发放的将列为应收回"))
    reason = CodeField(EndReason, _("原因"), first=TO_CHOOSE)
    note = text_area(_("说明"), required=False)


class ReviewForm(LawForm, NoteForm):
    """The award stands; the next review is set."""

    rests_on = {"note": "following.FACT"}
    next_due_date = DayField(label=_("下次复核日期"), required=False)
    field_order = ("note", "next_due_date")


class AccountForm(LawForm):
    """A beneficiary's account."""

    rests_on = {"basis": "papers.PROXY", "account_number": "deadlines.payee_hold"}
    sometimes_required = ("basis", "holder_number")

    unit_key = forms.CharField(label=_("家庭或居民编号"), max_length=20)
    holder_name = forms.CharField(
        label=_("户名"), max_length=60, help_text=_("与银行卡上印的一致；银行写不出的字，卡上是拼音或替代字")
    )
    relation = forms.ChoiceField(
        label=_("户名人是领取人的"),
        choices=[TO_CHOOSE, *(one for one in HolderRelation.choices if one[0] != HolderRelation.UNKNOWN)],
        help_text=_("本人和家庭成员、监护人须已在册；其他人代领须有委托书"),
    )
    basis = forms.CharField(label=_("委托书或证明"), max_length=200, required=False, help_text=_("受托代领时填写"))
    holder_number = forms.CharField(
        label=_("户名人居民编号"),
        max_length=20,
        required=False,
        help_text=_("代领人在册、家中有同名者或户名写法与登记不同时填写；其去世后账户即停用"),
    )
    account_number = forms.CharField(
        label=pgettext_lazy("bank", "账号"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    bank_name = forms.CharField(label=_("开户银行"), max_length=80)

    def __init__(self, *args: Any, within: Scope, on: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self._within, self._on = within, on

    def clean_unit_key(self) -> str:
        """Numbers are written in capitals."""
        return str(self.cleaned_data["unit_key"]).strip().upper()

    def clean(self) -> dict[str, Any]:
        """Where the household or resident lies, within reach."""
        data = super().clean() or self.cleaned_data
        found = None if self.errors else _place_of(self._within, data["unit_key"], self._on)
        if found is None and not self.errors:
            self.add_error("unit_key", _("没有找到这个家庭或居民"))
        return data | {"stamp": found}


def _place_of(within: Scope, unit_key: str, on: date) -> Stamp | None:
    """Where the household or resident lies; None when there is none within reach."""
    household = household_detail(within, unit_key, on=on)
    if household is not None:
        return household.stamp
    resident = resident_detail(within, unit_key, on=on)
    return None if resident is None else resident.person.stamp


class SharedForm(forms.Form):
    """How many other units the page named beside the number that is confirmed."""

    shared = forms.IntegerField(min_value=0, required=False)
