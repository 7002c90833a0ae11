"""How often something is tried from outside."""

from datetime import timedelta

from linli.foundation.screens.tries import Tries
from tests.conftest import MONDAY, at

NINE = at(MONDAY)


def test_as_many_are_answered_as_are_allowed():
    tries = Tries(2, minutes=15)

    assert [tries.count("a", NINE) for _try in range(3)] == [True, True, False]


def test_another_key_is_counted_by_itself():
    tries = Tries(1, minutes=15)
    tries.count("a", NINE)

    assert tries.count("b", NINE)


def test_the_next_window_begins_anew():
    tries = Tries(1, minutes=15)
    tries.count("a", NINE)

    assert not tries.count("a", NINE + timedelta(minutes=14))
    assert tries.count("a", NINE + timedelta(minutes=15))
