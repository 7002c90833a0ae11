"""The statutory clock, day by day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.aid.assistance.rules import clocks
from linli.kernel.calendar import WorkCalendar, YearTable

MONDAY = date(2026, 3, 9)
# A Wednesday off and the Saturday after it worked.
TABLE = YearTable(2026, frozenset({date(2026, 3, 11)}), frozenset({date(2026, 3, 14)}))
CALENDAR = WorkCalendar({2026: TABLE})
DAYS = st.integers(0, 120).map(lambda n: MONDAY + timedelta(days=n))


def five() -> clocks.Clock:
    return clocks.start(CALENDAR, on=MONDAY, working_days=5)


class TestStart:
    def test_day_one_is_the_working_day_after(self) -> None:
        # Tuesday, Thursday, Friday, Saturday (worked), Monday.
        assert (five().due_date, five().provisional) == (date(2026, 3, 16), False)

    def test_calendar_days_roll_over_a_rest_day(self) -> None:
        clock = clocks.start(CALENDAR, on=MONDAY, working_days=6, calendar_days=True)

        assert clock.due_date == date(2026, 3, 16)

    def test_an_unpublished_year_is_provisional(self) -> None:
        assert clocks.start(CALENDAR, on=date(2026, 12, 30), working_days=5).provisional


class TestPauseAndResume:
    def test_the_day_of_the_pause_is_used(self) -> None:
        paused = clocks.pause(CALENDAR, five(), on=date(2026, 3, 12))

        assert (paused.used_days, paused.running) == (2, False)

    def test_resumes_with_what_was_left(self) -> None:
        paused = clocks.pause(CALENDAR, five(), on=date(2026, 3, 12))

        again = clocks.resume(CALENDAR, paused, on=date(2026, 4, 1), mode=clocks.RESUME)

        assert (again.due_date, again.used_days, again.running) == (date(2026, 4, 6), 2, True)

    def test_restarts_with_the_whole_limit(self) -> None:
        paused = clocks.pause(CALENDAR, five(), on=date(2026, 3, 12))

        again = clocks.resume(CALENDAR, paused, on=date(2026, 4, 1), mode=clocks.RESTART)

        assert (again.due_date, again.used_days) == (date(2026, 4, 8), 0)

    def test_leaves_one_day_at_least(self) -> None:
        paused = clocks.pause(CALENDAR, five(), on=date(2026, 3, 30))

        assert clocks.resume(CALENDAR, paused, on=date(2026, 4, 1), mode=clocks.RESUME).due_date == date(2026, 4, 2)

    def test_calendar_days_count_as_such(self) -> None:
        clock = clocks.start(CALENDAR, on=MONDAY, working_days=10, calendar_days=True)
        paused = clocks.pause(CALENDAR, clock, on=date(2026, 3, 12))

        assert paused.used_days == 3

    @given(DAYS, DAYS)
    def test_a_resumed_clock_gives_back_exactly_what_was_left(self, one: date, other: date) -> None:
        first, second = sorted((one, other))
        clock = clocks.start(CALENDAR, on=MONDAY, working_days=20)

        again = clocks.resume(CALENDAR, clocks.pause(CALENDAR, clock, on=first), on=second, mode=clocks.RESUME)

        used = CALENDAR.working_days_between(MONDAY, first)
        assert CALENDAR.working_days_between(second, again.due_date) == max(20 - used, 1)


class TestRecomputeAndExtend:
    def test_a_year_published_later_moves_the_day(self) -> None:
        provisional = clocks.start(WorkCalendar(), on=MONDAY, working_days=5)

        sure = clocks.recompute(CALENDAR, provisional)

        assert (provisional.due_date, provisional.provisional) == (date(2026, 3, 16), True)
        assert (sure.due_date, sure.provisional) == (date(2026, 3, 16), False)

    def test_a_paused_clock_keeps_its_day(self) -> None:
        paused = clocks.pause(WorkCalendar(), clocks.start(WorkCalendar(), on=MONDAY, working_days=5), on=MONDAY)

        assert clocks.recompute(CALENDAR, paused) is paused

    def test_time_that_does_not_count_is_added(self) -> None:
        assert clocks.extend(CALENDAR, five(), working_days=2).due_date == date(2026, 3, 18)

    def test_time_that_does_not_count_is_told_in_all(self) -> None:
        once = clocks.extend(CALENDAR, five(), working_days=2)

        assert clocks.extend(CALENDAR, once, working_days=3).due_date == date(2026, 3, 19)

    def test_a_resumed_clock_forgets_no_time_that_did_not_count(self) -> None:
        paused = clocks.pause(CALENDAR, clocks.extend(CALENDAR, five(), working_days=2), on=date(2026, 3, 11))

        again = clocks.resume(CALENDAR, paused, on=date(2026, 3, 20), mode=clocks.RESUME)

        # One of seven days was used; six are left.
        assert again.due_date == date(2026, 3, 30)


class TestColour:
    @pytest.mark.parametrize(
        ("day", "colour"),
        [
            (date(2026, 3, 9), clocks.GREEN),
            (date(2026, 3, 12), clocks.GREEN),
            (date(2026, 3, 13), clocks.AMBER),
            (date(2026, 3, 16), clocks.AMBER),
            (date(2026, 3, 17), clocks.RED),
        ],
    )
    def test_turns_with_the_days_left(self, day: date, colour: str) -> None:
        assert clocks.colour(CALENDAR, five(), on=day, amber_days=2) == colour

    def test_a_paused_clock_is_neither_late_nor_early(self) -> None:
        paused = clocks.pause(CALENDAR, five(), on=MONDAY)

        assert clocks.colour(CALENDAR, paused, on=date(2027, 1, 1), amber_days=2) == clocks.PAUSED


class TestWasLate:
    @pytest.mark.parametrize(
        ("paused", "finished", "late"),
        [
            (None, None, False),
            (None, date(2026, 3, 16), False),
            (None, date(2026, 3, 17), True),
            (date(2026, 3, 12), date(2026, 5, 1), False),
            (date(2026, 3, 20), date(2026, 5, 1), True),
        ],
    )
    def test_counts_only_the_offices_own_time(self, paused: date | None, finished: date | None, late: bool) -> None:
        clock = clocks.Clock(5, MONDAY, date(2026, 3, 16), paused_date=paused, finished_date=finished)

        assert clocks.was_late(clock) is late
        if finished:
            assert clocks.colour(CALENDAR, clock, on=finished, amber_days=2) == clocks.DONE
