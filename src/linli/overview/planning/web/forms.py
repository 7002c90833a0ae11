"""Forms of plans: keep a version, adopt it."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class SaveForm(forms.Form):
    """A word about the version; its figures come with the form as hidden fields."""

    note = forms.CharField(label=_("说明"), max_length=300, required=False)


class AdoptForm(forms.Form):
    """Each finding that must be accepted is ticked by itself."""

    accepted = forms.MultipleChoiceField(label=_("逐条确认"), required=False)

    def __init__(self, *args: Any, keys: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["accepted"]
        assert isinstance(field, forms.MultipleChoiceField)  # declared above
        field.choices = [(key, key) for key in keys]
