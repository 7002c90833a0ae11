"""A number that half the town is paid to is not written out half a town long."""

from types import SimpleNamespace
from typing import Any

import pytest

from linli.money.awards.web import lists


def shared(count: int, elsewhere: int = 0) -> str:
    """What is told of a number that so many other units name."""
    seen: Any = tuple(SimpleNamespace(unit_key=f"H-{n:06}", holder_name="王丽", stamp=None) for n in range(count))
    return lists._shared(lists.queries.Sharing(count + elsewhere, seen, elsewhere), lambda _where, name: name)


@pytest.mark.parametrize(
    ("count", "named", "more"), [(1, 1, False), (10, 10, False), (11, 10, True), (4_000, 10, True)]
)
def test_ten_are_named(count: int, named: int, more: bool) -> None:
    told = shared(count)
    assert (told.count("H-"), told.endswith("等"), str(count) in told) == (named, more, True)


def test_those_out_of_reach_are_counted() -> None:
    assert shared(1, elsewhere=2) == "同一账号还用于另外 3 个领取单位：H-000000 王丽；其中 2 个不在您的范围内"
