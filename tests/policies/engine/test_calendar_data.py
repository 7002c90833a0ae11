from datetime import date, timedelta

import chinese_calendar
import pytest

from linli.law.policies.engine import CalendarInvalid, load_calendar, load_calendar_tables
from tests.policies.engine.support import ROOT

CHINA = ROOT / "packs" / "calendar" / "china.toml"
SMALL = """\
label = { zh = "历", en = "Calendar" }
[years.2026]
source = "notice"
off_weekdays = [2026-01-01]
work_weekends = [2026-01-04]
"""


@pytest.fixture(scope="module")
def china():
    return load_calendar(CHINA)


@pytest.fixture
def refuse(tmp_path):
    def problems_in(text):
        path = tmp_path / "calendar.toml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(CalendarInvalid) as refusal:
            load_calendar_tables(path)
        return [(p.line, p.cause.en) for p in refusal.value.problems]

    return problems_in


class TestChina:
    def test_every_day_2004_to_2026_equals_chinesecalendar(self, china):
        first, last = date(2004, 1, 1), date(2026, 12, 31)
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]

        assert [day for day in days if china.is_working(day) != chinese_calendar.is_workday(day)] == []

    @pytest.mark.parametrize(
        ("start", "days", "end"),
        [
            (date(2026, 2, 12), 5, date(2026, 2, 26)),
            (date(2026, 9, 28), 5, date(2026, 10, 10)),
            (date(2025, 9, 26), 5, date(2025, 10, 10)),
            (date(2025, 1, 24), 3, date(2025, 2, 5)),
            (date(2026, 4, 29), 10, date(2026, 5, 15)),
            (date(2026, 9, 18), 30, date(2026, 11, 5)),
            (date(2024, 2, 2), 3, date(2024, 2, 6)),
            (date(2026, 6, 17), 3, date(2026, 6, 23)),
            (date(2026, 9, 24), 10, date(2026, 10, 15)),
        ],
    )
    def test_counts_working_days_over_holidays(self, china, start, days, end):
        assert china.add_working_days(start, days).date == end

    @pytest.mark.parametrize(("year", "working_days"), [(2024, 251), (2025, 248), (2026, 248)])
    def test_has_the_working_days_of_the_year(self, china, year, working_days):
        assert china.working_days_between(date(year - 1, 12, 31), date(year, 12, 31)) == working_days

    def test_each_year_names_its_source(self, china):
        assert all(table.source for table in china.tables.values())

    def test_the_year_after_the_last_is_not_published(self, china):
        assert not china.is_published(2027)


class TestMistakes:
    def test_a_year_is_four_digits(self, refuse):
        assert refuse(SMALL.replace("years.2026", "years.next")) == [(2, "expected a year")]

    def test_a_day_belongs_to_its_year(self, refuse):
        assert refuse(SMALL.replace("2026-01-01]", "2025-01-01]")) == [
            (4, "2025-01-01 is not one of 2026 off_weekdays")
        ]

    def test_a_working_weekend_is_a_weekend(self, refuse):
        assert refuse(SMALL.replace("2026-01-04", "2026-01-05")) == [(5, "2026-01-05 is not one of 2026 work_weekends")]

    def test_a_table_is_complete(self, refuse):
        assert refuse(SMALL.replace('source = "notice"\n', "")) == [(2, "source is missing")]

    def test_years_are_tables(self, refuse):
        assert refuse('label = { zh = "历", en = "C" }\nyears = 3\n') == [(2, "expected a table")]

    def test_a_missing_file_is_told(self, tmp_path):
        with pytest.raises(CalendarInvalid):
            load_calendar_tables(tmp_path / "none.toml")
