"""Forms of requests."""

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens.fields import TO_CHOOSE, offer, text_area
from linli.ground.areas.codes import AreaKind
from linli.ground.areas.queries import of_kind
from linli.registry.residents.rules.registration import is_phone, plain_phone


class AskForm(forms.Form):
    """What the community needs to call back, and nothing more."""

    community_id = forms.TypedChoiceField(label=_("社区"), coerce=int)
    name = forms.CharField(label=_("姓名"), max_length=60)
    phone = forms.CharField(
        label=_("电话"), max_length=20, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})
    )
    address = forms.CharField(label=_("住址"), max_length=120, help_text=_("如和平里 1 号楼 2 单元 301"))
    need = text_area(_("需要什么帮助"), required=False)
    agreed = forms.BooleanField(label=_("同意社区用这些信息联系我"))

    def __init__(self, *data: object) -> None:
        super().__init__(*data)  # type: ignore[arg-type]  # what was sent
        places = [(one.pk, one.name) for one in of_kind(AreaKind.COMMUNITY)]
        offer(self.fields["community_id"], [TO_CHOOSE, *places])

    def clean_phone(self) -> str:
        """The number however it is written: one telephone is counted as one. Raises ValidationError."""
        phone = plain_phone(self.cleaned_data["phone"])
        if not is_phone(phone):
            raise forms.ValidationError(_("请填写电话号码，如 13900000000"))
        return phone


class ConfirmForm(forms.Form):
    """The household that it led to."""

    household = forms.CharField(label=_("户编号"), max_length=16)
