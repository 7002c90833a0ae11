"""A form sent twice takes effect once; the trail says every act in words."""

import ast
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import get_resolver

from linli.foundation.screens.listings import Listing
from linli.foundation.trail import words
from tests.architecture.source import PACKAGE, modules, short

_FORM = re.compile(r"<form\b[^>]*\bmethod=[\"']post[\"'][^>]*>.*?</form>", re.DOTALL | re.IGNORECASE)
# Forms that act on nothing but a draft, the session, a cookie or a language; and what only looks, however often.
NO_ACT = {
    "assistance/templates/assistance/my_apply.html": "drop the draft",
    "assistance/templates/assistance/my_apply_step.html": "keep the draft: the same again is the same",
    "assistance/templates/assistance/progress.html": "each look is a line of the trail, the same again too",
    "foundation/templates/base.html": "log out",
    "foundation/templates/parts/draft_found.html": "drop the draft",
    "foundation/templates/parts/language_switch.html": "language",
    "foundation/templates/parts/size_switch.html": "size",
    "foundation/templates/parts/theme_switch.html": "theme",
    "users/templates/users/log_in.html": "log in",
}


def test_every_form_that_acts_carries_a_key():
    without = [
        short(path)
        for path in sorted(PACKAGE.rglob("templates/**/*.html"))
        for form in _FORM.findall(path.read_text())
        if "{% act_key %}" not in form
    ]

    assert sorted(set(without) - set(NO_ACT)) == []


@pytest.mark.parametrize("path", NO_ACT)
def test_exceptions_still_have_a_form(path):
    assert _FORM.search(next(one for one in PACKAGE.rglob("*.html") if short(one) == path).read_text())


def test_the_trail_says_every_act_in_words():
    acts = {
        f"{module.room}.{node.name}"
        for module in modules()
        for node in module.nodes
        if isinstance(node, ast.FunctionDef)
        and any(isinstance(d, ast.Name) and d.id == "act" for d in node.decorator_list)
    }

    assert acts - {"foundation.record_read", "foundation.record_refusal"} == set(words.acts) - {
        "read",
        "refused",
        "residents.link_worker",
        "residents.unlink_worker",
    }


def test_the_trail_says_in_words_which_list_was_read_or_taken_away():
    ours = (one for one in listings() if one.__module__.startswith("linli."))
    lists = {one.name for one in ours if getattr(one, "name", "")}

    assert (len(lists) > 20, sorted(lists - set(words.subjects))) == (True, [])


def listings(of: type[Any] = Listing) -> Iterator[type[Any]]:
    """Every list of the product."""
    get_resolver().url_patterns  # noqa: B018 - the pages are there from here on
    for one in of.__subclasses__():
        yield one
        yield from listings(one)


def test_the_trail_says_every_subject_in_words():
    noting = {"record", "record_read", "note_read", "_note", "_note_numbers"}
    kinds = {}
    for module in modules():
        for call in module.nodes:
            if isinstance(call, ast.Call) and getattr(call.func, "attr", getattr(call.func, "id", "")) in noting:
                for text in [*call.args, *(word.value for word in call.keywords if word.arg == "subject")]:
                    start = text.values[0] if isinstance(text, ast.JoinedStr) else text
                    if isinstance(start, ast.Constant) and isinstance(start.value, str):
                        kinds[re.split(r"[:.]", start.value)[0]] = module.at(text)

    assert len(kinds) > 20
    assert {kind: at for kind, at in kinds.items() if kind not in words.subjects} == {}


def test_no_label_calls_itself_optional():
    """The field tag says it, and knows what another answer can demand (``sometimes_required``)."""
    wrong = [
        module.at(node)
        for module in modules()
        for node in module.nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "选填" in node.value
    ]

    assert wrong == []


def test_what_can_be_demanded_is_a_field_of_its_form_that_is_not_always_demanded():
    from linli.aid.assistance.web import forms as assistance
    from linli.ground.notifications.web import forms as notifications
    from linli.money.awards.web import forms as awards
    from linli.registry.residents.web import forms as residents

    marked = [
        (form, name)
        for room in (assistance, awards, notifications, residents)
        for form in vars(room).values()
        if isinstance(form, type)
        for name in getattr(form, "sometimes_required", ())
    ]

    assert len(marked) >= 15
    assert [(form.__name__, name) for form, name in marked if form.base_fields[name].required] == []


def test_what_a_form_demands_by_itself_is_marked_as_that():
    """Words such as "must be filled in" put to one field by name: the field is never called optional."""
    wrong = []
    for module in modules():
        for form in module.nodes:
            if isinstance(form, ast.ClassDef):
                marked = {
                    text.value
                    for line in form.body
                    if isinstance(line, ast.Assign) and getattr(line.targets[0], "id", "") == "sometimes_required"
                    for text in ast.walk(line.value)
                    if isinstance(text, ast.Constant)
                }
                wrong += [
                    module.at(call)
                    for call in ast.walk(form)
                    if isinstance(call, ast.Call)
                    and getattr(call.func, "attr", "") == "add_error"
                    and isinstance(call.args[0], ast.Constant)
                    and call.args[0].value not in {None, *marked}
                    and re.search(r"'required'|须一起填写", ast.unparse(call.args[1]))
                ]

    assert wrong == []


def test_what_the_acts_demand_in_some_cases_is_marked_as_that():
    from linli.money.awards.web.forms import AccountForm
    from linli.overview.planning.web.forms import FundForm
    from linli.registry.residents.web.forms import CorrectionForm, DepartureCorrectionForm, MemberForm

    demanded = {
        MemberForm: "print_as",  # a sign that the font cannot write
        CorrectionForm: "print_as",
        DepartureCorrectionForm: "day",  # another day is the right one
        AccountForm: "holder_number",  # two people of the household have the holder's name
        FundForm: "donor_amount",  # a donor is named
    }
    assert [form.__name__ for form, name in demanded.items() if name not in form.sometimes_required] == []


def test_no_form_leaves_its_checks_to_the_browser():
    """A browser stops at the first field, in its own language: our summary names all and keeps what was typed."""
    wrong = [
        f"{short(path)}: {tag}"
        for path in sorted(PACKAGE.rglob("templates/**/*.html"))
        for tag in re.findall(r"<form\b[^>]*>", path.read_text())
        if re.search(r"\bmethod=[\"']post[\"']", tag, re.IGNORECASE) and "novalidate" not in tag
    ]

    assert wrong == []
