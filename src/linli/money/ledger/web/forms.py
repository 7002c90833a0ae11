"""Forms of the funds: fields and their first checks; the rules are the operations'."""

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens.fields import DayField, OfferingForm, YuanField, text_area


class InflowForm(OfferingForm):
    """Money that reached the bank."""

    source = forms.TypedChoiceField(label=_("资金来源"), coerce=int)
    amount = YuanField(label=_("金额（元）"))
    on = DayField(label=_("到账日期"))
    reference = forms.CharField(
        label=_("银行摘要或凭证号"), max_length=60, help_text=_("与银行对账单一致，月末据此对账")
    )
    paper = forms.CharField(
        label=_("凭据"), max_length=120, help_text=_("哪张银行回单或进账单、存放在哪里，复核人据此核对")
    )
    reason = text_area(
        _("为何是另一笔"), required=False, help_text=_("同一来源同一天已有同样金额的到账时填写，例如两张回单的流水号")
    )


class FeeForm(OfferingForm):
    """What the bank took for its services."""

    source = forms.TypedChoiceField(label=_("资金来源"), coerce=int)
    amount = YuanField(label=_("金额（元）"))
    on = DayField(label=_("扣费日期"))
    reference = forms.CharField(
        label=_("银行摘要或凭证号"), max_length=60, help_text=_("与银行对账单一致，月末据此对账")
    )
    paper = forms.CharField(
        label=_("凭据"),
        max_length=120,
        required=False,
        help_text=_("金额较高、须由复核人核对的填写：哪张银行回单、存放在哪里"),
    )
    reason = text_area(
        _("为何是另一笔"), required=False, help_text=_("同一来源同一天已有同样金额的手续费时填写，例如两张回单的流水号")
    )


class ExcessForm(OfferingForm):
    """What an officer asks another to accept above a line."""

    line = forms.TypedChoiceField(label=_("预算科目"), coerce=int)
    amount = YuanField(label=_("认可超出的金额（元）"))
    reason = text_area(_("理由"), max_length=200)


class CorrectionForm(forms.Form):
    """Why a journal is undone."""

    reason = text_area(_("冲销理由"), max_length=200)


class CarryOverForm(OfferingForm):
    """A proposal to carry restricted money over into the next year."""

    source = forms.TypedChoiceField(label=_("资金来源"), coerce=int)
    amount = YuanField(label=_("结转金额（元）"), help_text=_("不超过“可结转”一栏"))
    reference = forms.CharField(label=_("银行摘要或凭证号"), max_length=60, help_text=_("两个年度的资金账户都按此对账"))
    reason = text_area(_("理由"), max_length=200)


class AnswerForm(forms.Form):
    """Why a carry-over is declined or undone."""

    reason = text_area(_("理由"), max_length=200)
