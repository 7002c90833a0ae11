"""The suite's own guard: what a template asks for has to be there."""

import pytest
from django.template import engines

from tests.strict_templates import UnknownVariable


def test_a_variable_that_nobody_gave_fails():
    with pytest.raises(UnknownVariable, match="misspelled"):
        engines["django"].from_string("{{ misspelled }}").render({"spelled": 1})


def test_what_may_be_absent_is_asked_with_if():
    assert engines["django"].from_string("{% if absent %}there{% else %}none{% endif %}").render({}) == "none"
