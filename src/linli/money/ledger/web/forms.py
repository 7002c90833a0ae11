"""Forms of the funds: fields and their first checks; the rules are the operations'."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens.pages import sentence
from linli.kernel.money import MoneyMalformed, parse_yuan
from linli.money.ledger.models import BudgetLine, FundingSource


class YuanField(forms.CharField):
    """An amount typed in yuan, taken as fen."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=30, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **options)

    def clean(self, value: Any) -> int:
        """Fen. Raises ValidationError with the reason."""
        try:
            return parse_yuan(super().clean(value))
        except MoneyMalformed as error:
            raise forms.ValidationError(sentence(error)) from error


class DayField(forms.DateField):
    """A day, entered with the browser's own date field."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


class InflowForm(forms.Form):
    """Money that reached the bank."""

    source = forms.TypedChoiceField(label=_("资金来源"), coerce=int)
    amount = YuanField(label=_("金额（元）"))
    on = DayField(label=_("到账日期"))
    reference = forms.CharField(
        label=_("银行摘要或凭证号"), max_length=60, help_text=_("与银行对账单一致，月末据此对账")
    )

    def __init__(self, *args: Any, sources: list[FundingSource], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["source"].choices = [(row.pk, row.name) for row in sources]  # type: ignore[attr-defined]  # a choice field


class FeeForm(InflowForm):
    """What the bank took for its services."""

    on = DayField(label=_("扣费日期"))


class ExcessForm(forms.Form):
    """A street officer's acceptance to go above a line."""

    line = forms.TypedChoiceField(label=_("预算科目"), coerce=int)
    amount = YuanField(label=_("认可超出的金额（元）"))
    reason = forms.CharField(label=_("理由"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, lines: list[BudgetLine], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["line"].choices = [(row.pk, row.name) for row in lines]  # type: ignore[attr-defined]  # a choice field


class CorrectionForm(forms.Form):
    """Why a journal is undone."""

    reason = forms.CharField(label=_("冲销理由"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}))


class CarryOverForm(forms.Form):
    """A proposal to carry restricted money over into the next year."""

    source = forms.TypedChoiceField(label=_("资金来源"), coerce=int)
    amount = YuanField(label=_("结转金额（元）"), help_text=_("不超过“可结转”一栏"))
    reference = forms.CharField(label=_("银行摘要或凭证号"), max_length=60, help_text=_("两个年度的资金账户都按此对账"))
    reason = forms.CharField(label=_("理由"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, sources: list[FundingSource], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["source"].choices = [(row.pk, row.name) for row in sources]  # type: ignore[attr-defined]  # a choice field


class AnswerForm(forms.Form):
    """Why a carry-over is declined or undone."""

    reason = forms.CharField(label=_("理由"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
