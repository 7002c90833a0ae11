"""Every query that is handed a scope asks within it, whatever there is to be found."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import is_dataclass
from datetime import date
from enum import Enum
from types import UnionType
from typing import Any, get_args, get_origin

import pytest
from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, models
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

import linli
from linli.foundation.data.scope import Scope
from linli.foundation.measures import Window, measures
from linli.foundation.screens.lights import PLACE, lights
from linli.ground.areas.codes import AreaKind
from linli.ground.users.codes import Role
from linli.ground.users.queries import Authority, Held
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
    given, called = [argument(one.annotation) for one in plain], {one.name: argument(one.annotation) for one in named}
    with CaptureQueriesContext(connection) as asked, suppress(ObjectDoesNotExist):
        found = function(scope, *given, **called)
        if isinstance(found, QuerySet):
            list(found)
        if callable(found):  # what a field of a form looks in
            found("R-000001")
    statements = [one["sql"] for one in asked]

    assert statements, "it asked nothing"
    assert [one for one in statements if str(NOWHERE_ELSE) in one] != [], statements
    assert unscoped(asked) == []


# Work and lists are asked for by who somebody is: the scope is their roles'. What is asked for besides by the person
# alone (their own reminders and looks) has no scope.
OWN = {
    "ground.users.queries.looks.looks_a_day": "a figure for the role",
    "ground.users.queries.looks.place_of_looks": "where the person works",
    "ground.users.queries.looks.extra_looks": "what was granted to the person",
    "ground.users.queries.looks.no_more_looks": "the same",
    "ground.users.queries.looks.looks_of_day": "the person's own",
    "ground.users.queries.reminders.standing": "each room's measure is asked within the scope by its own test",
    "ground.users.queries.one_rule": "a wrapper",
    "ground.users.queries.why_not": "asks of one row that is handed to it",
    "overview.workbench.queries.chains_of": "the chains of the person's areas",
}

GIVEN_TO = {"code": "promise"}  # a turn that there is


def read(found: Any) -> None:
    """Fetch what is fetched when it is looked at."""
    if isinstance(found, Mapping):
        found = found.values()
    if isinstance(found, Iterable) and not isinstance(found, str):
        for one in found:
            read(one)


# The tables whose rows stand in a place. The map of areas is no secret; log-ins are looked up by who asks.
PLACED = {
    one._meta.db_table for one in apps.get_models() if any(field.name == "community_id" for field in one._meta.fields)
} - {"areas_area", "residents_residentaccount"}


def table_of(sql: str) -> str:
    """The table from which the statement reads first."""
    found = re.search(r'FROM "(\w+)"', sql)
    return found[1] if found else ""


def unscoped(asked: CaptureQueriesContext) -> list[str]:
    """What was asked of rows that stand in a place, of any place."""
    return [one["sql"] for one in asked if table_of(one["sql"]) in PLACED and str(NOWHERE_ELSE) not in one["sql"]]


def of_a_person() -> dict[str, Callable[..., Any]]:
    """Every function of a room's queries whose first argument is who asks."""
    return {
        f"{module.name.removeprefix('linli.')}.{name}": one
        for module in pkgutil.walk_packages(linli.__path__, "linli.")
        if ".queries" in module.name
        for name, one in vars(importlib.import_module(module.name)).items()
        if inspect.isfunction(one) and one.__module__ == module.name and not name.startswith("_")
        if [parameter.annotation for parameter in inspect.signature(one).parameters.values()][:1] == [Authority]
    }


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(set(of_a_person()) - set(OWN)))
def test_what_a_person_is_told_is_asked_within_their_scope(world, name):
    function = of_a_person()[name]
    somebody = Authority(1, tuple(Held(role, NOWHERE_ELSE, AreaKind.COMMUNITY) for role in Role))
    plain = [one for one in list(inspect.signature(function).parameters.values())[1:] if one.default is one.empty]
    given = [GIVEN_TO.get(one.name, argument(one.annotation)) for one in plain]
    with CaptureQueriesContext(connection) as asked:
        read(function(somebody, *given))

    assert asked.captured_queries, "it asked nothing"
    assert unscoped(asked) == []


@pytest.mark.django_db
@pytest.mark.parametrize("code", sorted(measures))
def test_the_records_of_a_measure_are_asked_within_the_scope_of_who_looks(world, code):
    within = Scope(communities=frozenset([NOWHERE_ELSE]))
    window = Window(within, 0, MONDAY, date(2026, 1, 1), date(2027, 1, 1), fund_id=1)
    with CaptureQueriesContext(connection) as asked:
        list(measures[code].rows(window)[:1])

    of_places = [one["sql"] for one in asked if not table_of(one["sql"]).startswith("policies_")]
    assert of_places, "it asked nothing"
    assert [sql for sql in of_places if str(NOWHERE_ELSE) not in sql] == []


@pytest.mark.django_db
@pytest.mark.parametrize("code", sorted(name for name, light in lights.items() if light.placed))
def test_a_figure_of_the_overview_and_its_records_are_asked_within_the_scope_of_who_looks(world, code):
    within = Scope(communities=frozenset([NOWHERE_ELSE]))
    window = Window(within, 0, MONDAY, date(2026, 1, 1), date(2027, 1, 1))
    with CaptureQueriesContext(connection) as asked:
        lights[code].measure.figures(window, PLACE)
        lights[code].measure.counted(window, PLACE)
        lights[code].measure.lines(window, PLACE, None)

    of_places = [one["sql"] for one in asked if not table_of(one["sql"]).startswith("policies_")]  # law has none
    assert of_places, "it asked nothing"
    assert [sql for sql in of_places if str(NOWHERE_ELSE) not in sql] == []


def test_every_excuse_is_of_a_query_that_there_is():
    assert sorted(set(EXCUSED) - set(ASKED)) == []
