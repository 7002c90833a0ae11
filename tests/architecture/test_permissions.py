"""Who may do what is one rule each: a page asks ``can_x``, an act ``check_x``, and both ask the same function."""

import ast
from collections.abc import Iterator

from tests.architecture.source import Module, called, modules


def permission_modules() -> Iterator[Module]:
    yield from (module for module in modules() if module.layer == "permissions")


def pairs(module: Module) -> list[tuple[str, str]]:
    """The names bound by ``can_x, check_x = one_rule(...)``."""
    return [
        tuple(ast.unparse(name) for name in node.targets[0].elts)
        for node in module.tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and called(node.value) == "one_rule"
        and isinstance(node.targets[0], ast.Tuple)
    ]


def test_every_room_with_rules_has_pairs():
    assert {module.room for module in permission_modules() if pairs(module)} >= {
        "assistance",
        "awards",
        "ledger",
        "payments",
        "planning",
        "residents",
        "users",
    }


def test_can_and_check_are_made_of_one_rule():
    wrong = []
    for module in permission_modules():
        for names in pairs(module):
            can, check = names
            if (can.partition("_")[0], check.partition("_")[0], can[3:]) != ("can", "check", check[5:]):
                wrong.append(f"{'.'.join(module.parts)} {names}")
        wrong += [
            f"{module.at(node)} {node.name} is written by hand"
            for node in module.nodes
            if isinstance(node, ast.FunctionDef) and node.name.partition("_")[0] in {"can", "check"}
        ]

    assert not wrong, "\n".join(wrong)


def test_nobody_refuses_by_role_outside_a_rule():
    # An act that asks for roles itself can differ from the page that shows its button.
    wrong = [
        f"{module.at(node)} {ast.unparse(node)}"
        for module in modules()
        if module.layer == "operations" and module.room != "users"
        for node in module.nodes
        if isinstance(node, ast.Call) and called(node).endswith(".check") and "authority" in ast.unparse(node.func)
    ]

    assert not wrong, "\n".join(wrong)
