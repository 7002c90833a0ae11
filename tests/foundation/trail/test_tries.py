"""How often something is tried from outside."""

from datetime import timedelta

import pytest

from linli.foundation.trail.tries import Tries, Try, drop_old
from tests.conftest import MONDAY, at

NINE = at(MONDAY)
pytestmark = pytest.mark.django_db


def test_as_many_are_answered_as_are_allowed():
    tries = Tries("door", 2, minutes=15)

    assert [tries.count("a", NINE) for _try in range(3)] == [True, True, False]


def test_another_process_goes_on_counting():
    Tries("door", 1, minutes=15).count("a", NINE)

    assert not Tries("door", 1, minutes=15).count("a", NINE)


def test_another_key_or_another_door_is_counted_by_itself():
    tries = Tries("door", 1, minutes=15)
    tries.count("a", NINE)

    assert tries.count("b", NINE)
    assert Tries("window", 1, minutes=15).count("a", NINE)
    assert Tries("door", 1, minutes=60).count("a", NINE)


def test_the_next_window_begins_anew():
    tries = Tries("door", 1, minutes=15)
    tries.count("a", NINE)

    assert not tries.count("a", NINE + timedelta(minutes=14))
    assert tries.count("a", NINE + timedelta(minutes=15))


def test_what_was_no_guess_is_given_back():
    tries = Tries("door", 1, minutes=15)
    tries.count("a", NINE)
    tries.give_back("a", NINE + timedelta(minutes=14))
    tries.give_back("a", NINE)
    tries.give_back("b", NINE)

    assert [tries.count("a", NINE), tries.count("a", NINE)] == [True, False]


def test_nobody_reads_who_tried():
    Tries("door", 1, minutes=15).count("192.0.2.7", NINE)

    [row] = Try.objects.values()
    assert "192.0.2.7" not in str(row)


def test_what_is_long_over_is_thrown_away():
    tries = Tries("door", 1, minutes=24 * 60)
    tries.count("a", NINE)

    drop_old(NINE + timedelta(days=1))
    assert not tries.count("a", NINE)
    drop_old(NINE + timedelta(days=4))
    assert not Try.objects.exists()
