"""The working-day clock against an independent library, the published notices and the civil code."""

from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.calendar import Deadline, WorkCalendar, YearTable
from linli.law.policies.engine import load_calendar

CHINA = load_calendar(Path(__file__).parents[2] / "packs" / "calendar" / "china.toml")
# No year is published: every weekday counts, provisionally.
BLANK = WorkCalendar()
DAYS = st.dates(date(2004, 1, 1), date(2026, 12, 31))


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


class TestYearTable:
    def test_refuses_a_weekend_among_the_weekdays_off(self):
        with pytest.raises(ValueError, match="2026-01-03"):
            YearTable(2026, frozenset({date(2026, 1, 3)}), frozenset())

    def test_refuses_a_weekday_among_the_weekends_worked(self):
        with pytest.raises(ValueError, match="2026-01-05"):
            YearTable(2026, frozenset(), frozenset({date(2026, 1, 5)}))

    @pytest.mark.parametrize("day", [date(2025, 12, 31), date(2027, 1, 1)])
    def test_refuses_a_weekday_of_another_year(self, day):
        with pytest.raises(ValueError, match="does not belong in the table of 2026"):
            YearTable(2026, frozenset({day}), frozenset())

    def test_refuses_a_weekend_of_another_year(self):
        with pytest.raises(ValueError, match="2027-01-02"):
            YearTable(2026, frozenset(), frozenset({date(2027, 1, 2)}))


class TestIsWorking:
    @pytest.mark.parametrize("year", range(2004, 2027))
    def test_every_day_equals_the_independent_library(self, year):
        different = [day for day in days_of(year) if CHINA.is_working(day) != chinese_calendar.is_workday(day)]

        assert different == []

    # domain facts: published counts of working days.
    @pytest.mark.parametrize(("year", "working_days"), [(2024, 251), (2025, 248), (2026, 248)])
    def test_a_year_has_the_published_number_of_working_days(self, year, working_days):
        assert sum(map(CHINA.is_working, days_of(year))) == working_days

    def test_a_year_without_table_counts_plain_weekdays(self):
        assert [BLANK.is_working(date(2031, 3, 3) + timedelta(days=n)) for n in range(7)] == [True] * 5 + [False] * 2


class TestIsPublished:
    def test_knows_the_years_with_a_table(self):
        assert [year for year in range(2003, 2029) if CHINA.is_published(year)] == list(range(2004, 2027))


class TestAddWorkingDays:
    # Counted by hand from the notices of the General Office of the State Council for 2024, 2025 and 2026.
    @pytest.mark.parametrize(
        ("start", "working_days", "last"),
        [
            (date(2026, 2, 12), 5, date(2026, 2, 26)),
            (date(2026, 9, 28), 5, date(2026, 10, 10)),  # a Saturday that is worked
            (date(2025, 9, 26), 5, date(2025, 10, 10)),
            (date(2025, 1, 24), 3, date(2025, 2, 5)),
            (date(2026, 4, 29), 10, date(2026, 5, 15)),
            (date(2026, 9, 18), 30, date(2026, 11, 5)),
            (date(2024, 2, 2), 3, date(2024, 2, 6)),
            (date(2026, 6, 17), 3, date(2026, 6, 23)),
            (date(2026, 9, 24), 10, date(2026, 10, 15)),
        ],
    )
    def test_meets_the_dates_counted_by_hand(self, start, working_days, last):
        assert CHINA.add_working_days(start, working_days) == Deadline(last)

    def test_refuses_less_than_one_day(self):
        with pytest.raises(ValueError, match="at least one working day"):
            CHINA.add_working_days(date(2026, 3, 9), 0)

    def test_a_deadline_in_an_unpublished_year_is_provisional(self):
        assert CHINA.add_working_days(date(2026, 12, 28), 5) == Deadline(date(2027, 1, 4), provisional=True)

    def test_a_deadline_on_the_last_published_day_is_final(self):
        assert CHINA.add_working_days(date(2026, 12, 28), 3) == Deadline(date(2026, 12, 31))

    def test_a_deadline_counted_through_a_gap_is_provisional(self):
        gap = WorkCalendar({year: CHINA.tables[year] for year in (2024, 2026)})

        assert gap.add_working_days(date(2024, 12, 30), 270).provisional

    @given(start=DAYS, working_days=st.integers(1, 60))
    def test_the_last_day_is_worked_and_the_count_comes_back(self, start, working_days):
        last = CHINA.add_working_days(start, working_days).date

        assert (CHINA.is_working(last), CHINA.working_days_between(start, last)) == (True, working_days)


class TestAddCalendarDays:
    def test_a_last_day_of_rest_rolls_on_as_the_civil_code_says(self):
        # 民法典 第二百零三条: posted on 28 September, seven days end on 5 October, which is off until the 7th.
        assert CHINA.add_calendar_days(date(2026, 9, 28), 7) == Deadline(date(2026, 10, 8))

    def test_without_the_roll_the_plain_day_stands(self):
        assert CHINA.add_calendar_days(date(2026, 9, 28), 7, roll=False) == Deadline(date(2026, 10, 5))

    def test_a_rolled_day_in_an_unpublished_year_is_provisional(self):
        assert CHINA.add_calendar_days(date(2026, 12, 28), 7).provisional

    def test_a_plain_day_needs_no_table(self):
        assert not CHINA.add_calendar_days(date(2026, 12, 28), 7, roll=False).provisional

    def test_refuses_less_than_one_day(self):
        with pytest.raises(ValueError, match="at least one day"):
            CHINA.add_calendar_days(date(2026, 3, 9), 0)


class TestNextWorkingDay:
    def test_is_never_the_day_itself(self):
        assert CHINA.next_working_day(date(2026, 3, 9)) == date(2026, 3, 10)

    def test_leaps_over_a_holiday(self):
        assert CHINA.next_working_day(date(2026, 2, 14)) == date(2026, 2, 24)


class TestWorkingDaysBetween:
    def test_a_day_to_itself_is_none(self):
        assert CHINA.working_days_between(date(2026, 3, 9), date(2026, 3, 9)) == 0

    def test_leaves_out_the_first_day_and_counts_the_last(self):
        assert CHINA.working_days_between(date(2026, 3, 9), date(2026, 3, 10)) == 1

    @given(start=DAYS, end=DAYS)
    def test_backwards_is_the_negative(self, start, end):
        assert CHINA.working_days_between(start, end) == -CHINA.working_days_between(end, start)
