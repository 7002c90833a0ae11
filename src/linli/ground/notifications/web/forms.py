"""The form of a delivery."""

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens.fields import CodeField, DayField
from linli.ground.notifications.codes import DeliveryMethod


class DeliveryForm(forms.Form):
    """How and when letters arrived, and who signed for them."""

    sometimes_required = ("receipt",)

    method = CodeField(DeliveryMethod, _("送达方式"), initial=DeliveryMethod.HAND)
    delivered_date = DayField(label=_("送达日期"))
    receipt = forms.CharField(
        label=_("签收人"), help_text=_("当面或上门送达时，填写在回执上签字的人"), max_length=120, required=False
    )
