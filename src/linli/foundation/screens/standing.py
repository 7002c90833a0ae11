"""What is recorded now, beside what was typed: a form that somebody overtook is sent again knowingly."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext

from linli.foundation.screens.texts import joined

# The last part of a field's name, as ``m0-id_number``.
_SECRET = frozenset({"id_number", "account_number", "password", "current", "new", "again"})


def is_secret(name: str) -> bool:
    """Whether a field of the name holds what no page repeats: passwords, the numbers of people and accounts."""
    return name.rpartition("-")[2] in _SECRET


def open_fields(form: forms.BaseForm) -> Iterator[tuple[str, forms.Field]]:
    """The fields that somebody fills in and a page may repeat."""
    for name, field in form.fields.items():
        hidden = field.widget.is_hidden or field.disabled or isinstance(field, forms.FileField)
        if not hidden and not isinstance(field.widget, forms.PasswordInput) and not is_secret(name):
            yield name, field


def tell_what_stands(form: forms.BaseForm) -> None:
    """Beside each field of a refused form, and of its rows, that would change what is recorded: what that is now.

    The form begins with it, whatever the page that was sent showed. A reason, or another field that begins with
    nothing, says nothing of what is recorded; nor does what is ``suggested``, as today's date.
    """
    for part in (form, *getattr(form, "rows", ())):
        for name, field in open_fields(part):
            stands = _said(field, part.get_initial_for_field(field, name))
            recorded = stands and name not in getattr(part, "suggested", ())
            if part.is_bound and recorded and stands != _said(field, part[name].data):
                part.add_error(name, gettext("现在登记的是“%(value)s”") % {"value": stands})


def _said(field: forms.Field, value: Any) -> str:
    """What a field says, in words where it has them."""
    if isinstance(field, forms.BooleanField):
        return gettext("是") if field.to_python(value) else gettext("否")
    shown = field.widget.format_value(field.prepare_value(value))
    several = shown if isinstance(shown, list | tuple) else [shown]
    words = dict(_choices(getattr(field, "choices", ())))
    return joined(words.get(str(one), str(one)) for one in several if one not in ("", None))


def _choices(choices: Iterable[Any]) -> Iterator[tuple[str, str]]:
    for code, word in choices:
        yield from _choices(word) if isinstance(word, list | tuple) else [(str(code), str(word))]
