"""Forms of payments: fields and their first checks; the rules are the operations'."""

import re
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.foundation.screens.fields import DayField, LawForm, MonthField, OfferingForm

# A few megabytes hold a hundred thousand lines.
_LARGEST = 10 * 1024 * 1024
_SEQ_DIGITS = 8


class FundMonthForm(OfferingForm, LawForm):
    """A fund and a month of its year."""

    rests_on = {"month": "programmes"}

    fund = forms.TypedChoiceField(label=pgettext_lazy("one", "资金"), coerce=int)
    month = MonthField(label=_("月份"))


class UploadField(forms.FileField):
    """A file of the bank's, taken as bytes."""

    def clean(self, data: Any, initial: Any = None) -> bytes:
        """The bytes. Raises ValidationError when there are too many."""
        file = super().clean(data, initial)
        if file.size > _LARGEST:
            raise forms.ValidationError(_("文件超过 10 MB"))
        content: bytes = file.read()
        return content


class ReconcileForm(FundMonthForm):
    """A month's bank statement."""

    statement = UploadField(
        label=_("银行对账单（Excel 或 CSV）"),
        help_text=_(
            "按银行导出的样子上传，须有日期、摘要、收入、支出、余额各列；支出的摘要为明细编号，如 FF-2026-03-1-0001，"
            "或整批一笔；手续费请先在资金页登记"
        ),
    )


class ApproveForm(forms.Form):
    """What the checker saw."""

    digest = forms.CharField(widget=forms.HiddenInput, required=False)


class ReleaseForm(OfferingForm):
    """Which bank the file is for."""

    layout = forms.ChoiceField(label=_("银行文件格式"))


class ReturnForm(forms.Form):
    """The bank's answer."""

    file = UploadField(label=_("银行回盘文件"))


class CameBackForm(forms.Form):
    """Payments that came back after the bank had paid them."""

    lines = forms.CharField(
        label=_("明细编号"),
        max_length=400,
        help_text=_("银行摘要中的编号，如 FF-2026-03-1-0002；可填多个，用空格隔开"),
    )
    bank_date = DayField(label=_("银行退回日期"))
    reason = forms.CharField(label=_("退回原因"), max_length=120)

    # The batch's page has other forms with fields of the same names.
    prefix = "back"

    def __init__(self, *args: Any, number: str, on: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["bank_date"] = on
        self.number = number

    def clean_lines(self) -> list[int]:
        """The sequence numbers within the batch, from the bank's references or from bare numbers."""
        words = re.split(r"[\s,,、;;]+", self.cleaned_data["lines"].strip())
        bare = [word.removeprefix(f"{self.number}-") for word in words if word]
        wrong = [word for word in bare if not (word.isascii() and word.isdigit() and len(word) <= _SEQ_DIGITS)]
        if wrong:
            raise forms.ValidationError(_("“%(line)s”不是本批次的明细编号"), params={"line": wrong[0]})
        return sorted(map(int, bare))


class CancelForm(forms.Form):
    """Why a batch is taken back, or a returned payment given up."""

    reason = forms.CharField(label=_("理由"), max_length=200)
