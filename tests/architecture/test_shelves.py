"""What rooms put on the shelves: every check of a room is asked for, every row of work leads somewhere."""

import ast
import pkgutil
from collections.abc import Iterator
from importlib import import_module

from django.apps import apps
from django.urls import get_resolver

from linli.foundation.trail.invariants import invariants
from tests.architecture.source import called, modules


def test_every_check_that_a_room_has_is_asked_for() -> None:
    found = set()
    for room in apps.get_app_configs():
        if room.name.startswith("linli."):
            names = [one.name for one in pkgutil.walk_packages([room.path], f"{room.name}.")]
            if f"{room.name}.queries.invariants" in names:
                found.add(import_module(f"{room.name}.queries.invariants").invariants)

    assert len(found) >= 4
    assert found <= set(invariants.values())


def test_every_row_of_work_leads_to_a_page() -> None:
    pages = dict(_pages())

    assert len(pages) > 12
    assert {page: at for page, at in pages.items() if page not in get_resolver().reverse_dict} == {}


def _pages() -> Iterator[tuple[str, str]]:
    """The names of pages that rows of work are made with, in the call or in a variable ``page``."""
    for module in modules():
        if module.layer != "shelf":
            continue
        for node in module.nodes:
            said: list[ast.expr] = []
            if isinstance(node, ast.Call) and called(node) in ("Todo", "_pile"):
                said = node.args[3:5]
            elif isinstance(node, ast.Assign) and "page" in ast.unparse(node.targets[0]):
                said = [node.value]
            for one in (inner for expression in said for inner in ast.walk(expression)):
                if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value.isascii():
                    yield one.value, module.at(one)
