"""Tests stand on shared worlds; those whose commits are real stand apart."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests import layers as under_test
from tests.conftest import Community, Staff
from tests.layers import Layers, _now, chain_of


def standing(request: pytest.FixtureRequest) -> list[str]:
    return [fixture.argname for fixture in chain_of(request.node)]


def laid(layers: Layers) -> list[str]:
    return [one.fixture.argname for one in layers.laid]


def test_a_world_lies_below_the_test_that_asks_for_it(request: pytest.FixtureRequest, staff: Staff) -> None:
    assert standing(request) == ["community", "staff"]
    assert laid(_now) == ["community", "staff"]


def test_two_tests_of_one_world_are_handed_copies_of_it(staff: Staff) -> None:
    built = _now.laid[-1].values["staff"]

    assert built == staff
    assert built is not staff


def test_real_commits_stand_apart(request: pytest.FixtureRequest, committed_database: str) -> None:
    assert standing(request) == []


def test_a_world_of_fewer_layers_keeps_those_below(request: pytest.FixtureRequest, community: Community) -> None:
    assert standing(request) == ["community"]
    assert laid(_now) == ["community"]


def test_a_world_is_built_and_left_without_what_was_kept_in_memory_of_another(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened: list[str] = []
    monkeypatch.setattr(under_test, "forget_cached", lambda: happened.append("forgotten"))

    def build() -> str:
        happened.append("built")
        return "a world"

    world: Any = SimpleNamespace(func=build, argnames=(), argname="world", baseid="")
    stack = Layers()
    stack.put_on(world)
    stack.take_off()

    assert happened == ["forgotten", "built", "forgotten"]
