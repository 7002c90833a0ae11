"""Forms of agreements."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens.fields import TO_CHOOSE, CodeField, DayField, NoteForm, OfferingForm, text_area
from linli.registry.partners.codes import PartnerKind, PromiseKind


class AgreementForm(OfferingForm):
    """An agreement; of promises those that are made."""

    community_id = forms.TypedChoiceField(label=_("社区"), coerce=int)
    partner = forms.CharField(label=_("单位名称"), max_length=80)
    kind = CodeField(PartnerKind, _("单位类别"), first=TO_CHOOSE)
    contact = forms.CharField(label=_("联系部门和电话"), max_length=80, help_text=_("单位的，不写个人手机"))
    purpose = text_area(_("共建内容"))
    valid_from = DayField(label=_("开始日期"))
    valid_until = DayField(label=_("结束日期"), help_text=_("从这一天起不再有效"))
    review_date = DayField(label=_("回顾日期"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for kind in PromiseKind:
            self.fields[kind] = forms.IntegerField(label=kind.label, min_value=1, max_value=10**6, required=False)


class ReviewForm(NoteForm):
    """What was found, and when to look again."""

    review_date = DayField(label=_("下次回顾日期"))


class RenewForm(forms.Form):
    """How long the next term lasts."""

    valid_until = DayField(label=_("下一期结束日期"))
