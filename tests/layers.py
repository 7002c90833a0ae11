"""Worlds that many tests start from are built once and rolled back to, not built anew for each test.

A fixture declared with :func:`layer` is built inside a transaction that stays open; the layers that a test stands on
lie on one another. Each test gets a deep copy of their values and a savepoint of its own on top (pytest-django's), so
that nothing one test does reaches the next. A test that stands on another world takes the layers off down to what the
two have in common. ``LINLI_TEST_LAYERS=off`` builds everything anew, to see whether a failure comes from here.
``LINLI_TEST_STANDING`` names a file to which it is written which test stands on which layer: the lines that a layer
runs then have a context of their own (tools/mutants.py).
"""

import copy
import inspect
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django.plugin import blocking_manager_key

from linli.law.policies.queries import forget_cached
from tests.databases import PRIVATE, opens_database

OFF = os.environ.get("LINLI_TEST_LAYERS") == "off"
STANDING = os.environ.get("LINLI_TEST_STANDING", "")
_layers: set[Callable[..., Any]] = set()


def layer(build: Callable[..., Any]) -> Any:
    """Declare a fixture that builds a world: it needs the database and other layers only, and yields nothing."""
    wrong = set(inspect.signature(build).parameters) & {"self", "request"}
    assert not wrong, f"{build.__name__} asks for {wrong}: it cannot be a layer"
    assert not inspect.isgeneratorfunction(build), f"{build.__name__} yields: it cannot be a layer"
    _layers.add(build)
    return pytest.fixture(build)


@dataclass
class Laid:
    """A layer in place: which fixture, the values from here down, the transaction that holds its rows."""

    fixture: pytest.FixtureDef[Any]
    values: dict[str, Any]
    block: transaction.Atomic


class Layers:
    """What lies on the database of this worker now, lowest first."""

    def __init__(self) -> None:
        self.laid: list[Laid] = []
        self.given: dict[str, Any] = {}  # the running test's copies, by fixture name

    def take_off(self, keep: int = 0) -> None:
        """Roll back down to so many layers."""
        while len(self.laid) > keep:
            block = self.laid.pop().block
            transaction.set_rollback(True)
            block.__exit__(None, None, None)
            forget_cached()  # of a world that is gone; the next one may have other packs under the same ids

    def put_on(self, fixture: pytest.FixtureDef[Any]) -> None:
        """Build one more layer on a copy of those below, so that it goes with everything it changed."""
        block = transaction.atomic()
        block._from_testcase = True  # type: ignore[attr-defined]  # Django's own tests say so too: acts are durable
        block.__enter__()
        forget_cached()
        values = copy.deepcopy(self.laid[-1].values) if self.laid else {}
        try:
            with _lines_of(fixture):
                value = fixture.func(**{name: values.get(name) for name in fixture.argnames})
            assert value is not None, f"{fixture.argname} returns nothing: pytest would build it once more"
            values[fixture.argname] = value
        except BaseException:
            transaction.set_rollback(True)
            block.__exit__(None, None, None)
            raise
        self.laid.append(Laid(fixture, values, block))

    def in_common(self, chain: list[pytest.FixtureDef[Any]]) -> int:
        """How many of the layers in place the chain begins with."""
        count = 0
        for laid, fixture in zip(self.laid, chain, strict=False):
            if laid.fixture is not fixture:
                break
            count += 1
        return count


_now = Layers()


def _name(fixture: pytest.FixtureDef[Any]) -> str:
    return f"{fixture.baseid}::{fixture.argname}"


@contextmanager
def _lines_of(fixture: pytest.FixtureDef[Any]) -> Iterator[None]:
    """In a record of which test runs which line, these lines are the layer's, not those of the test that came first."""
    measuring = None
    if STANDING:
        from coverage import Coverage

        measuring = Coverage.current()
    if measuring is None:
        yield
        return
    measuring.switch_context(f"{_name(fixture)}|layer")
    try:
        yield
    finally:
        measuring.switch_context("")


def _tell(node: str, chain: list[pytest.FixtureDef[Any]]) -> None:
    with Path(STANDING).open("a", encoding="utf-8") as file:
        file.write("".join(f"{_name(fixture)}\t{node}\n" for fixture in chain))


def chain_of(item: pytest.Item) -> list[pytest.FixtureDef[Any]]:
    """The layers that a test stands on, lowest first; empty when it stands apart."""
    info = getattr(item, "_fixtureinfo", None)
    if OFF or info is None or PRIVATE & set(info.names_closure):
        return []
    marker = item.get_closest_marker("django_db")
    if marker is not None and marker.kwargs.get("transaction"):
        return []
    found: dict[str, pytest.FixtureDef[Any]] = {}

    def stands(name: str) -> bool:
        if name == "db" or name in found:
            return True
        definitions = info.name2fixturedefs.get(name)
        if not definitions or definitions[-1].func not in _layers or name in definitions[-1].argnames:
            return False  # one that builds on the same name below is rebuilt for each test
        if not all(stands(below) for below in definitions[-1].argnames):
            return False
        found[name] = definitions[-1]
        return True

    for name in info.names_closure:
        stands(name)
    return list(found.values())


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Take off what the next test does not stand on, before its own transaction begins."""
    _now.given = {}
    if _now.laid and opens_database(item):
        with item.config.stash[blocking_manager_key].unblock():
            _now.take_off(_now.in_common(chain_of(item)))


@pytest.fixture(scope="session")
def _layers_end(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    yield
    with django_db_blocker.unblock():
        _now.take_off()


@pytest.fixture(autouse=True)
def _on_layers(request: pytest.FixtureRequest) -> None:
    """Build what is missing and hand the test its copies."""
    chain = chain_of(request.node)
    if not chain:
        return
    request.getfixturevalue("_layers_end")
    with request.config.stash[blocking_manager_key].unblock():
        # A class whose test opened its transaction before this one builds as without layers.
        if len(connection.atomic_blocks) == len(_now.laid):
            for fixture in chain[_now.in_common(chain) :]:
                _now.put_on(fixture)
    if STANDING:
        _tell(request.node.nodeid, chain)
    if _now.laid:
        _now.given = copy.deepcopy(_now.laid[-1].values)


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest) -> Any:
    """A layer in place is not built again: the test's copy is its value."""
    if fixturedef.argname not in _now.given or all(laid.fixture is not fixturedef for laid in _now.laid):
        return None
    request.getfixturevalue("db")
    value = _now.given[fixturedef.argname]
    fixturedef.cached_result = (value, fixturedef.cache_key(request), None)
    return value


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Modules stay in their random order; within one, tests of one world follow one another."""
    rank: dict[Any, int] = {}
    for item in items:
        rank.setdefault(item.path, len(rank))
    items.sort(key=lambda item: (rank[item.path], [fixture.argname for fixture in chain_of(item)]))
