"""A busy day: what is left until then, and by whom it is done afterwards."""

from datetime import date

import pytest

from linli.simulator.busy import LEFT, Busy

DAY = date(2026, 6, 10)
WAITING = ["oldest", "older", "new", "newest"]


def test_without_a_day_nobody_is_ever_busy() -> None:
    never = Busy()

    assert (never.is_it(DAY), never.is_rush(DAY), never.done(WAITING, DAY, early=True)) == (False, False, WAITING)


@pytest.mark.parametrize(
    ("day", "usual", "early"),
    [
        (date(2026, 5, 12), 0, 0),
        (date(2026, 5, 13), 0, LEFT),
        (date(2026, 5, 31), 0, LEFT),
        (date(2026, 6, 1), LEFT, LEFT),
        (DAY, LEFT, LEFT),
        (date(2026, 6, 11), 0, 0),
    ],
)
def test_what_has_waited_longest_is_left_until_the_day_is_over(day: date, usual: int, early: int) -> None:
    busy = Busy(DAY)

    assert busy.done(WAITING, day) == WAITING[usual:]
    assert busy.done(WAITING, day, early=True) == WAITING[early:]
    assert busy.is_it(day) == (day == DAY)


def test_more_come_in_the_four_weeks_before() -> None:
    busy = Busy(DAY)

    assert [busy.is_rush(day) for day in (date(2026, 5, 12), date(2026, 5, 13), DAY, date(2026, 6, 11))] == [
        False,
        True,
        True,
        False,
    ]
