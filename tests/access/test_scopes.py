"""Every query that is handed a scope asks within it, whatever there is to be found."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import is_dataclass
from datetime import date
from enum import Enum
from types import UnionType
from typing import Any, get_args, get_origin

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, models
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

import linli
from linli.foundation.data.scope import Scope
from linli.kernel.period import Month
from tests.conftest import MONDAY

# A community that there is not: where a statement is asked within the scope, its number stands in it.
NOWHERE_ELSE = 987_654_321
GIVEN: dict[Any, Any] = {int: 1, str: "R-000001", date: MONDAY, Month: Month(2026, 3), bool: False}


def queries() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every function of a room's queries whose first argument is a scope."""
    for module in pkgutil.walk_packages(linli.__path__, "linli."):
        if ".queries" in module.name:
            for name, one in vars(importlib.import_module(module.name)).items():
                if inspect.isfunction(one) and one.__module__ == module.name and not name.startswith("_"):
                    first = next(iter(inspect.signature(one).parameters.values()), None)
                    if first is not None and first.annotation is Scope:
                        yield f"{module.name.removeprefix('linli.')}.{name}", one


# Where nothing is to be found in the world, nothing is asked for: what is shown of them is asked by other tests.
EXCUSED = {
    "money.awards.queries.adjustments.preview": "no cause since: tests/awards/web/test_adjusting.py",
    "money.awards.queries.holders.sharings": "nobody shares an account: tests/awards/test_holders.py",
}
ASKED = dict(queries())


def argument(kind: Any) -> Any:
    """Something of the kind."""
    inside = [one for one in get_args(kind) if one is not type(None)]
    if isinstance(kind, UnionType):
        return argument(inside[0])
    if inside and issubclass(get_origin(kind) or object, Mapping):
        return {argument(inside[0]): argument(inside[1])}
    if isinstance(kind, type) and issubclass(kind, models.Model):
        return kind._default_manager.first()
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    if isinstance(kind, type) and is_dataclass(kind) and kind not in GIVEN:
        with suppress(TypeError):  # what has to be told more is nothing here
            return kind()
    return [argument(one) for one in inside[:1]] if inside else GIVEN.get(kind)


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(set(ASKED) - set(EXCUSED)))
def test_a_query_asks_within_the_scope_that_it_is_handed(world, name):
    function = ASKED[name]
    parameters = list(inspect.signature(function).parameters.values())[1:]
    plain = [one for one in parameters if one.default is one.empty and one.kind is one.POSITIONAL_OR_KEYWORD]
    named = [one for one in parameters if one.default is one.empty and one.kind is one.KEYWORD_ONLY]
    scope = Scope(communities=frozenset([NOWHERE_ELSE]))
    with CaptureQueriesContext(connection) as asked, suppress(ObjectDoesNotExist):
        found = function(
            scope, *(argument(one.annotation) for one in plain), **{one.name: argument(one.annotation) for one in named}
        )
        if isinstance(found, QuerySet):
            list(found)
        if callable(found):  # what a field of a form looks in
            found("R-000001")
    statements = [one["sql"] for one in asked]

    assert statements, "it asked nothing"
    assert [one for one in statements if str(NOWHERE_ELSE) in one] != [], statements


def test_every_excuse_is_of_a_query_that_there_is():
    assert sorted(set(EXCUSED) - set(ASKED)) == []
