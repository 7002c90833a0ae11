"""What is wrong with a field is said in the words of the house, whichever form it stands in."""

from collections.abc import Iterator

import pytest
from django import forms
from django.urls import get_resolver

from linli.foundation.screens.fields import NoteForm

STOCK = "这个字段是必填项"


def forms_below(parent: type[forms.BaseForm]) -> Iterator[type[forms.BaseForm]]:
    for form in parent.__subclasses__():
        yield form
        yield from forms_below(form)


def test_no_form_says_in_stock_words_that_something_is_missing() -> None:
    """Reasons of the shared form were made before the words were set."""
    get_resolver().url_patterns  # noqa: B018 - every page is loaded, and with it its forms
    ours = [form for form in forms_below(forms.BaseForm) if form.__module__.startswith("linli.")]
    stock = [
        f"{form.__module__}.{form.__name__}.{name}"
        for form in ours
        for name, field in getattr(form, "base_fields", {}).items()
        if STOCK in str(field.error_messages["required"])
    ]

    assert (stock, len(ours) > 50) == ([], True)
    assert NoteForm({}).errors["note"] == ["请填写"]


@pytest.mark.parametrize(("typed", "words"), [("5", "最多填 4"), ("-1", "最少填 0")])
def test_a_number_out_of_bounds_is_told_the_bound(typed: str, words: str) -> None:
    class Asked(forms.Form):
        number = forms.IntegerField(min_value=0, max_value=4)

    assert Asked({"number": typed}).errors["number"] == [words]
