"""How often something is tried from outside."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.foundation.trail.tries import Tries, TriesOfADay, Try, drop_old
from tests.conftest import MONDAY, at
from tests.foundation.trail.threads import in_threads

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


def test_a_try_counts_until_its_time_is_over():
    tries = Tries("door", 1, minutes=15)
    tries.count("a", NINE)

    assert not tries.count("a", NINE + timedelta(minutes=15) - timedelta(microseconds=1))
    assert tries.count("a", NINE + timedelta(minutes=15))


def test_no_moment_of_the_clock_lets_twice_as_many_through():
    """Before, six codes before a quarter past and six after it were twelve within eleven seconds."""
    tries = Tries("second factor", 6, minutes=15)
    first = at(MONDAY, 12, 14) + timedelta(seconds=54)

    assert [tries.count("a", first + timedelta(seconds=second)) for second in range(12)] == [True] * 6 + [False] * 6


def test_what_is_not_answered_holds_nobody_off_any_longer():
    tries = Tries("door", 2, minutes=15)
    answered = [minute for minute in range(60) if tries.count("a", NINE + timedelta(minutes=minute))]

    assert answered == [0, 1, 15, 16, 30, 31, 45, 46]


@given(st.lists(st.tuples(st.integers(0, 600), st.booleans()), max_size=30), st.integers(1, 4))
def test_in_any_period_of_that_length_there_are_as_many_as_said_and_no_fewer(said, most):
    """Against the plain rule; what comes back was no guess."""
    Try.objects.all().delete()
    tries, answered, moment = Tries("door", most, minutes=15), [], NINE
    for seconds, right in said:
        moment += timedelta(seconds=seconds)
        recent = [one for one in answered if one > moment - timedelta(minutes=15)]
        assert tries.count("a", moment) is (len(recent) < most)
        if len(recent) < most and right:
            tries.give_back("a", moment)
        elif len(recent) < most:
            answered.append(moment)


def test_a_clock_that_is_put_back_holds_nobody_off():
    """A demonstration lives the same day again."""
    tries = Tries("door", 1, minutes=15)
    tries.count("a", NINE + timedelta(hours=14))

    assert [tries.count("a", NINE), tries.count("a", NINE)] == [True, False]


def test_a_day_begins_at_midnight_in_china():
    """Before, it was the day of Greenwich: until eight in the morning yesterday's tries counted."""
    tries = TriesOfADay("door", 1)
    yesterday, today = at(MONDAY, 23, 59), at(MONDAY + timedelta(days=1), 0, 0)

    assert [tries.count("a", moment) for moment in (yesterday, today, at(MONDAY, 0, 0))] == [True, True, False]
    assert [tries.count("a", moment.astimezone(UTC)) for moment in (yesterday, today)] == [False, False]
    assert not tries.count("a", datetime(2026, 3, 10, 15, 59, tzinfo=UTC))
    assert tries.count("a", datetime(2026, 3, 10, 16, 0, tzinfo=UTC))


def test_what_weighs_more_counts_for_more():
    tries = TriesOfADay("kilobytes", 10)

    assert [tries.count("a", NINE, weight=weight) for weight in (4, 6, 1)] == [True, True, False]


@pytest.mark.parametrize("tries", [Tries("door", 1, minutes=15), TriesOfADay("door", 1)], ids=["moments", "a day"])
def test_what_was_no_guess_is_given_back(tries):
    tries.count("a", NINE)
    tries.give_back("a", NINE + timedelta(days=1))
    tries.give_back("a", NINE)
    tries.give_back("a", NINE)
    tries.give_back("b", NINE)

    assert [tries.count("a", NINE), tries.count("a", NINE)] == [True, False]


def test_of_two_at_one_moment_one_is_given_back():
    tries = Tries("door", 2, minutes=15)
    assert [tries.count("a", NINE), tries.count("a", NINE)] == [True, True]
    tries.give_back("a", NINE)

    assert [tries.count("a", NINE), tries.count("a", NINE)] == [True, False]


@pytest.mark.parametrize("tries", [Tries("door", 5, minutes=15), TriesOfADay("door", 5)], ids=["moments", "a day"])
def test_many_at_the_same_time_are_counted_and_given_back_one_by_one(committed_database, tries):
    assert sum(in_threads(8, lambda number: tries.count("a", NINE + timedelta(seconds=number)))) == 5
    Try.objects.all().delete()
    for second in range(5):
        tries.count("a", NINE + timedelta(seconds=second))
    in_threads(5, lambda number: tries.give_back("a", NINE + timedelta(seconds=number)))

    assert [tries.count("a", NINE) for _try in range(6)] == [True] * 5 + [False]


def test_one_key_has_one_row_however_often_it_is_tried():
    tries = Tries("door", 3, minutes=15)
    for minute in range(100):
        tries.count("a", NINE + timedelta(minutes=minute))

    [row] = Try.objects.all()
    assert len(row.moments) == 3 * 16


def test_nobody_reads_who_tried():
    Tries("door", 1, minutes=15).count("192.0.2.7", NINE)

    [row] = Try.objects.values()
    assert "192.0.2.7" not in str(row)


def test_whether_one_more_is_answered_is_told_without_counting():
    tries = TriesOfADay("door", 1)

    assert [tries.has_more("a", NINE), tries.has_more("a", NINE), tries.count("a", NINE)] == [True] * 3
    assert [tries.has_more("a", NINE), tries.has_more("b", NINE)] == [False, True]


def test_what_is_long_over_is_thrown_away():
    tries, day = Tries("door", 1, minutes=15), TriesOfADay("door", 1)
    for one in (tries, day):
        one.count("a", NINE)

    drop_old(NINE + timedelta(days=1))
    assert not [one for one in (tries, day) if one.count("a", NINE)]
    drop_old(NINE + timedelta(days=4))
    assert not Try.objects.exists()
