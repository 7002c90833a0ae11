"""Text gets its spelling at the doors, by one function; no room has its own, no field stays raw."""

import ast
import re

from django import forms
from django.conf import settings

from linli.kernel.text import kept
from tests.architecture.source import PACKAGE, called, modules

THE_ONE = PACKAGE / "kernel" / "text.py"
# Names wrong signs to the author of a pack, in files that are code; it changes no text.
NAMES_SIGNS = PACKAGE / "law" / "policies" / "engine" / "signs.py"
# What a second normaliser would be made of; the house reads digits and blanks with regular expressions freely.
PARTS = {"isspace", "translate", "normalize", "maketrans"}
MARKS = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u3000\uff10-\uff19]")


def test_no_second_normaliser_stands():
    wrong = [
        f"{module.at(node)} {called(node)}"
        for module in modules()
        if module.path not in (THE_ONE, NAMES_SIGNS)
        for node in module.nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in PARTS
    ]

    assert not wrong, "\n".join(wrong)


def test_no_other_module_knows_the_marks():
    wrong = [
        module.at(node)
        for module in modules()
        if module.path not in (THE_ONE, NAMES_SIGNS)
        for node in module.nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and MARKS.search(node.value)
        # The mark at the beginning of a file belongs to its encoding.
        if not (module.parts[:2] == ("foundation", "files") and MARKS.findall(node.value) == ["\ufeff"])
    ]

    assert not wrong, "\n".join(wrong)


def test_parameters_are_spelled_before_any_view_reads_them():
    order = settings.MIDDLEWARE

    csrf = order.index("django.middleware.csrf.CsrfViewMiddleware")
    assert order[csrf + 1] == "linli.foundation.screens.middleware.SpellingMiddleware"


def test_no_face_reads_a_request_behind_the_door():
    wrong = [
        module.at(node)
        for module in modules()
        for node in module.nodes
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "request"
        and node.attr in {"body", "read", "readline", "_post", "get_full_path_info"}
    ]

    assert not wrong, "\n".join(wrong)


def test_only_secrets_are_kept_to_the_letter():
    raw = {
        name
        for module in modules()
        for node in module.nodes
        if isinstance(node, ast.AnnAssign | ast.Assign) and isinstance(node.value, ast.Call)
        for name in [_field_kept_raw(node)]
        if name
    }

    assert {name for name in raw if kept(name, " \u200b") != " \u200b"} == set()
    assert raw, "passwords are such fields"


def _field_kept_raw(node: ast.Assign | ast.AnnAssign) -> str:
    """The name of a form's field that does not even strip."""
    assert isinstance(node.value, ast.Call)
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    raw = any(
        k.arg == "strip" and isinstance(k.value, ast.Constant) and k.value.value is False for k in node.value.keywords
    )
    is_field = hasattr(forms, called(node.value).rpartition(".")[2])
    return target.id if raw and is_field and isinstance(target, ast.Name) else ""
