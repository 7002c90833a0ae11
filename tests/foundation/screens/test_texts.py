from datetime import UTC, date, datetime

import pytest
from django.conf import LazySettings
from django.utils import translation

from linli.foundation.screens import texts
from linli.kernel.bilingual import Text
from linli.kernel.period import Month

DAY = date(2026, 3, 9)
# Half past midnight in China is the day before in Greenwich.
EARLY = datetime(2026, 3, 8, 16, 30, tzinfo=UTC)


class TestDates:
    @pytest.fixture(autouse=True)
    def _this_year(self, settings: LazySettings) -> None:
        settings.DEMO_TODAY = "2026-11-30"

    @pytest.mark.parametrize("value", [DAY, EARLY, "2026-03-09", "2026-03-09T10:00:00"])
    def test_are_written_the_chinese_way(self, value):
        assert texts.day_text(value) == "2026年3月9日"

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (texts.day_text, "9 Mar 2026"),
            (texts.short_day_text, "9 Mar"),
            (texts.month_text, "Mar 2026"),
        ],
    )
    def test_are_written_the_english_way(self, text, expected):
        with translation.override("en"):
            assert text(DAY) == expected

    def test_leave_out_the_year_when_short(self):
        assert texts.short_day_text(DAY) == "3月9日"

    @pytest.mark.parametrize(("language", "day"), [("zh-hans", "2026年3月9日"), ("en", "9 Mar 2026")])
    @pytest.mark.parametrize("today", ["2025-12-31", "2027-01-01"])
    def test_have_the_year_where_it_is_another(self, settings, today, language, day):
        """On 2 January a deadline of 30 December was eleven months ahead."""
        settings.DEMO_TODAY = today
        with translation.override(language):
            assert (texts.short_day_text(DAY), texts.time_text(EARLY)) == (day, f"{day} 00:30")

    def test_have_the_hour_in_china(self):
        assert texts.time_text(EARLY) == "3月9日 00:30"
        assert texts.moment_text(EARLY) == "2026年3月9日 00:30"

    @pytest.mark.parametrize("value", [Month(2026, 3), DAY, "2026-03", "2026-03-09"])
    def test_name_months(self, value):
        assert texts.month_text(value) == "2026年3月"

    @pytest.mark.parametrize(
        "text", [texts.day_text, texts.short_day_text, texts.time_text, texts.moment_text, texts.month_text]
    )
    def test_are_empty_when_unknown(self, text):
        assert text(None) == ""


class TestMoney:
    @pytest.mark.parametrize(("fen", "expected"), [(120050, "¥1,200.50"), (-5, "-¥0.05"), (0, "¥0.00"), (None, "")])
    def test_is_written_in_yuan(self, fen, expected):
        assert texts.money_text(fen) == expected

    @pytest.mark.parametrize(("fen", "expected"), [(0, "0"), (100_000_000, "100 万"), (2_500_000, "2.5 万")])
    def test_is_short_on_an_axis(self, fen, expected):
        assert texts.axis_money_text(fen) == expected


class TestPackText:
    @pytest.mark.parametrize("label", [{"zh": "孤寡", "en": "lone"}, Text("孤寡", "lone")])
    def test_follows_the_reader(self, label):
        with translation.override("en"):
            english = texts.pack_text(label)

        assert (texts.pack_text(label), english) == ("孤寡", "lone")

    def test_falls_back_to_the_other_language(self):
        with translation.override("en"):
            assert texts.pack_text({"zh": "孤寡"}) == "孤寡"

    def test_leaves_plain_texts_alone(self):
        assert texts.pack_text("孤寡") == "孤寡"
