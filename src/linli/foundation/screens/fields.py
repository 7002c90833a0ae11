"""Fields that every room asks for: an amount in yuan, a day, a month, a code, a reason; and what they offer."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Choices
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens.lookups import LookupField
from linli.foundation.screens.pages import sentence
from linli.foundation.screens.texts import month_text
from linli.kernel.money import MoneyMalformed, parse_yuan
from linli.kernel.period import Month


def _say_what_is_wrong() -> None:
    """Fields that were left empty, and numbers out of bounds, say what to do, in a few words."""
    for field, words in (
        (forms.Field, _("请填写")),
        (forms.ChoiceField, _("请选择")),
        (forms.BooleanField, _("请勾选")),
        (forms.FileField, _("请选择文件")),
    ):
        field.default_error_messages = {**field.default_error_messages, "required": words}
    MaxValueValidator.message = _("最多填 %(limit_value)s")
    MinValueValidator.message = _("最少填 %(limit_value)s")


# Before any form is made, those below too: a field takes its words when it is made.
_say_what_is_wrong()


class YuanField(forms.CharField):
    """An amount typed in yuan, taken as fen; None where it may be left empty and is."""

    def __init__(self, *, negative: bool = True, **options: Any) -> None:
        self.negative = negative
        super().__init__(max_length=30, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **options)

    def clean(self, value: Any) -> int | None:
        """Fen. Raises ValidationError with the reason."""
        text = super().clean(value)
        try:
            fen = parse_yuan(text) if text else None
        except MoneyMalformed as error:
            raise forms.ValidationError(sentence(error)) from error
        if fen is not None and fen < 0 and not self.negative:
            raise forms.ValidationError(_("金额不能为负数"))
        return fen


class DayField(forms.DateField):
    """A day, entered with the browser's own date field, or as 2026-03-09, 2026/03/09 or 2026年3月9日."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, input_formats=["%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日"], **options)


class MonthField(forms.TypedChoiceField):
    """One of the months that a page offers: say which with :meth:`offer`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(coerce=Month.parse, **options)

    def offer(self, months: Sequence[Month]) -> None:
        """The months to choose from, in their order."""
        self.choices = [(str(month), month_text(month)) for month in months]


class NumberField(forms.CharField):
    """A number that names one record, in capitals: gives what ``find`` finds of it; None where it is left empty."""

    unknown: object = ""

    def __init__(self, **options: Any) -> None:
        self.find: Callable[[str], Any] = str
        super().__init__(**options)

    def clean(self, value: Any) -> Any:
        """Raises ValidationError where nothing has the number."""
        text = str(super().clean(value)).strip().upper()
        found = self.find(text) if text else None
        if text and found is None:
            raise forms.ValidationError(str(self.unknown))
        return found


# What is put on record for good is chosen, never taken from the top of a list.
TO_CHOOSE = ("", _("请选择"))


class CodeField(forms.TypedChoiceField):
    """One of some codes, taken as such; with ``first`` nothing is chosen yet."""

    def __init__(self, codes: type[Choices], label: object, *, first: tuple[str, object] | None = None, **options: Any):
        choices = [*([first] if first else ()), *codes.choices]
        super().__init__(label=label, choices=choices, coerce=codes, **options)  # type: ignore[arg-type]  # a lazy text


class OfferingForm(forms.Form):
    """A form that is told what there is to choose from: ``offers`` are choices, months, or what finds, by field."""

    def __init__(self, *args: Any, offers: Mapping[str, Any], **options: Any) -> None:
        super().__init__(*args, **options)
        for name, some in offers.items():
            offer(self.fields[name], some)


def offer(field: forms.Field, some: Any) -> None:
    """Give a field what there is to choose from."""
    if isinstance(field, MonthField):
        field.offer(some)
    elif isinstance(field, LookupField | NumberField):
        field.find = some
    elif isinstance(field, forms.ChoiceField):
        field.choices = list(some)


class LawForm(forms.Form):
    """A form with fields that stem from law.

    ``rests_on`` says for a field which place of a policy pack it stems from; a page sets ``clauses``, the articles of
    that place by field, and each is shown beside its field (``parts/basis.html``).
    """

    rests_on: Mapping[str, str] = MappingProxyType({})
    clauses: Mapping[str, Sequence[object]] = MappingProxyType({})


def text_area(label: object, **options: Any) -> forms.CharField:
    """Some lines of text, at most 300 characters unless said otherwise."""
    settings = {"max_length": 300, "widget": forms.Textarea(attrs={"rows": 3})} | options
    return forms.CharField(label=label, **settings)  # type: ignore[arg-type]  # a lazy text is a label


class NoteForm(forms.Form):
    """Why."""

    note = text_area(_("理由"))
