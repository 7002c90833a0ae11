"""Months and half-open periods."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.period import Month, age_on

MARCH = Month(2026, 3)


class TestMonth:
    @pytest.mark.parametrize(("year", "month"), [(2026, 0), (2026, 13), (0, 1), (10000, 1)])
    def test_refuses_what_no_calendar_has(self, year, month):
        with pytest.raises(ValueError, match="no such month"):
            Month(year, month)

    def test_of_a_day_is_the_month_it_lies_in(self):
        assert Month.of(date(2026, 3, 31)) == MARCH

    def test_reads_its_own_text(self):
        assert Month.parse(str(MARCH)) == MARCH

    @pytest.mark.parametrize("text", ["2026", "2026-", "March", "2026-13", "2026-03-01"])
    def test_refuses_other_texts(self, text):
        with pytest.raises(ValueError, match=r"invalid literal|no such month"):
            Month.parse(text)

    def test_first_and_last_day_close_it(self):
        assert (MARCH.first_day, MARCH.last_day) == (date(2026, 3, 1), date(2026, 3, 31))

    def test_february_of_a_leap_year_ends_on_the_29th(self):
        assert Month(2028, 2).last_day == date(2028, 2, 29)

    @pytest.mark.parametrize(
        ("months", "expected"), [(0, MARCH), (9, Month(2026, 12)), (10, Month(2027, 1)), (-3, Month(2025, 12))]
    )
    def test_plus_carries_the_year(self, months, expected):
        assert MARCH.plus(months) == expected

    @given(st.integers(-1000, 1000))
    def test_plus_and_months_until_agree(self, months):
        assert MARCH.months_until(MARCH.plus(months)) == months

    def test_is_ordered_by_time(self):
        assert sorted([Month(2026, 1), Month(2025, 12), MARCH]) == [Month(2025, 12), Month(2026, 1), MARCH]


class TestAgeOn:
    @pytest.mark.parametrize(("day", "age"), [(date(2026, 3, 8), 59), (date(2026, 3, 9), 60), (date(2026, 12, 31), 60)])
    def test_rises_on_the_birthday(self, day, age):
        assert age_on(date(1966, 3, 9), day) == age

    @pytest.mark.parametrize(("day", "age"), [(date(2026, 2, 28), 65), (date(2026, 3, 1), 66)])
    def test_a_leap_day_child_ages_on_the_first_of_march(self, day, age):
        assert age_on(date(1960, 2, 29), day) == age
