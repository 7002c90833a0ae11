"""A form sent twice takes effect once; the trail says every act in words."""

import ast
import re

import pytest

from linli.workbench.codes import ACTS
from tests.architecture.source import PACKAGE, modules

_FORM = re.compile(r"<form\b[^>]*\bmethod=[\"']post[\"'][^>]*>.*?</form>", re.DOTALL | re.IGNORECASE)
# Forms that act on nothing but a draft, the session, a cookie or a language; and what only looks, however often.
NO_ACT = {
    "assistance/templates/assistance/my_apply.html": "drop the draft",
    "assistance/templates/assistance/my_apply_step.html": "keep the draft: the same again is the same",
    "foundation/templates/base.html": "log out",
    "foundation/templates/parts/language_switch.html": "language",
    "foundation/templates/parts/size_switch.html": "size",
    "foundation/templates/parts/theme_switch.html": "theme",
    "users/templates/users/log_in.html": "log in",
    "workbench/templates/workbench/audit_trail.html": "verify",
}


def test_every_form_that_acts_carries_a_key():
    without = [
        str(path.relative_to(PACKAGE))
        for path in sorted(PACKAGE.rglob("templates/**/*.html"))
        for form in _FORM.findall(path.read_text())
        if "{% act_key %}" not in form
    ]

    assert sorted(set(without) - set(NO_ACT)) == []


@pytest.mark.parametrize("path", NO_ACT)
def test_exceptions_still_have_a_form(path):
    assert _FORM.search((PACKAGE / path).read_text())


def test_the_trail_says_every_act_in_words():
    acts = {
        f"{module.room}.{node.name}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef)
        and any(isinstance(d, ast.Name) and d.id == "act" for d in node.decorator_list)
    }

    assert sorted(acts - {"foundation.record_read"} - set(ACTS)) == []
