"""Whatever act comes to move money, to unmask, to give a role or to say whose family is whose is done surely, however
many helps lie between; what need not be is named here, with the reason.
"""

import ast
import importlib
import inspect
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from linli.foundation.trail.acts import act_name, check_sure, sure_acts
from linli.ground.users.operations.assignments import assign
from linli.ground.users.operations.looking import look
from linli.money.awards.operations import grant
from linli.money.ledger.operations.posting import post
from linli.registry.residents.models import Guardianship, Kinship, ResidentAccount
from tests.architecture.source import PACKAGE, Module, dotted, modules

Function = Callable[..., Any]
# What is behind it that an act must not come to by a session that was left open.
GRAVE = {"money is promised": grant, "money moves": post, "something masked is shown": look, "a role is given": assign}
_BY_ITSELF = "the product does it by itself (check_system): there is no browser"
EXCEPTIONS: Mapping[str, str] = {
    "ledger.receive_inflow": _BY_ITSELF,
    "awards.end_departed": _BY_ITSELF,
    "awards.expire_awards": _BY_ITSELF,
}
# Whose rows say who is whose.
TIES = (Guardianship, Kinship, ResidentAccount)


def plain(found: object) -> object:
    """The function below its decorators."""
    return inspect.unwrap(found) if callable(found) and not isinstance(found, type) else found


def _dotted_name(module: Module) -> str:
    parts = module.path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


@cache
def operations() -> list[tuple[Function, ast.FunctionDef, Mapping[str, object]]]:
    """Every function of the operations, with its syntax and what its names are."""
    found = []
    for module in modules():
        if "operations" in module.parts:
            names = vars(importlib.import_module(_dotted_name(module)))
            functions = [node for node in module.tree.body if isinstance(node, ast.FunctionDef)]
            found += [(plain(names[node.name]), node, names) for node in functions]
    return found  # type: ignore[return-value]  # functions


@cache
def calls() -> Mapping[Function, frozenset[object]]:
    """What each of them calls, or hands on."""
    return {function: frozenset(called_by(node, names)) for function, node, names in operations()}


def called_by(node: ast.FunctionDef, names: Mapping[str, object]) -> set[object]:
    """What stands in the function by name, called or handed on."""
    found = set()
    for one in ast.walk(node):
        first, *rest = (dotted(one) or "").split(".") if isinstance(one, ast.Name | ast.Attribute) else [""]
        value = names.get(first)
        for part in rest:
            value = getattr(value, part, None)
        found |= {plain(value)} if inspect.isroutine(plain(value)) else set()
    return found


def reaching(goal: object) -> set[Function]:
    """The functions that come to it, through whatever others."""
    found, before = {plain(goal)}, -1
    while len(found) > before:
        before = len(found)
        found |= {function for function, called in calls().items() if called & found}
    return found  # type: ignore[return-value]  # functions


def acts() -> dict[Function, str]:
    """The acts among the operations, by their functions."""
    marked = {function: {dotted(one) for one in node.decorator_list} for function, node, _names in operations()}
    return {function: act_name(function) for function, decorators in marked.items() if "act" in decorators}


def unsure(goals: set[Function]) -> set[str]:
    """The acts among the functions that are done by who did not show again."""
    sure = reaching(check_sure)
    return {name for function, name in acts().items() if function in goals and function not in sure} - sure_acts()


def test_what_is_grave_is_done_surely():
    wrong = {f"{name}: {what}" for what, goal in GRAVE.items() for name in unsure(reaching(goal)) - set(EXCEPTIONS)}

    assert wrong == set()


def test_whose_family_is_whose_is_said_surely():
    writers = {
        function
        for function, node, _names in operations()
        if {one.id for one in ast.walk(node) if isinstance(one, ast.Name)} & {tie.__name__ for tie in TIES}
    }

    assert unsure(writers) - set(EXCEPTIONS) == set()


def test_each_exception_is_one():
    grave = set().union(*(unsure(reaching(goal)) for goal in GRAVE.values()))

    assert set(EXCEPTIONS) - grave == set()


def test_the_granting_help_is_reached_by_acts():
    """The test finds what it looks for."""
    found = {name for function, name in acts().items() if function in reaching(grant)}

    assert found == {"assistance.grant", "assistance.decide_renewals"}
