"""The form of a delivery."""

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.ground.notifications.codes import DeliveryMethod


class DeliveryForm(forms.Form):
    """How and when letters arrived, and who signed for them."""

    sometimes_required = ("receipt",)

    method = forms.ChoiceField(label=_("送达方式"), choices=DeliveryMethod.choices, initial=DeliveryMethod.HAND)
    delivered_date = forms.DateField(
        label=_("送达日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    receipt = forms.CharField(
        label=_("签收人"), help_text=_("当面或上门送达时，填写在回执上签字的人"), max_length=120, required=False
    )


def delivery_form(data: object, on: date) -> DeliveryForm:
    """The form, its day set to today."""
    return DeliveryForm(data or None, initial={"delivered_date": on})  # type: ignore[arg-type]  # a QueryDict or None
