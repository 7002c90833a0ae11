import xml.etree.ElementTree as ElementTree

import pytest
from django.utils import translation

from linli.foundation.screens.charts import Series, chart_svg, spoken

MONTHS = ["1月", "2月", "3月"]


def drawn(*series, **options):
    return ElementTree.fromstring(chart_svg(series, MONTHS[: len(series[0].values)], title="余额", **options))


def texts(picture):
    return [one.text for one in picture.iter() if one.tag.endswith("text")]


def points(picture):
    return [one.get("points") for one in picture.iter() if one.tag.endswith("polyline")]


class TestChart:
    def test_draws_one_line_per_series(self):
        picture = drawn(Series("甲", [1, 2, 3]), Series("乙", [3, 2, 1], "bad", dashed=True))

        assert len(points(picture)) == 2

    def test_puts_the_greatest_value_on_top_and_zero_on_the_floor(self):
        picture = drawn(Series("甲", [0, 50, 100]))

        first, _middle, last = points(picture)[0].split()
        assert (first.split(",")[1], last.split(",")[1]) == ("206", "18")

    def test_keeps_values_below_zero_inside(self):
        picture = drawn(Series("甲", [-30, 0, 40]))

        assert all(18 <= int(point.split(",")[1]) <= 206 for point in points(picture)[0].split())

    def test_has_round_steps(self):
        assert texts(drawn(Series("甲", [0, 130, 380])))[:5] == ["0", "100", "200", "300", "400"]

    @pytest.mark.parametrize(
        ("values", "steps"),
        [
            ([-30, 0, 40], ["-40", "-20", "0", "20", "40"]),
            ([-380, -130], ["-400", "-300", "-200", "-100", "0"]),
            ([0, 4], ["0", "1", "2", "3", "4"]),
            ([0, 5], ["0", "2", "4", "6"]),
            ([-15, 25], ["-20", "-10", "0", "10", "20", "30"]),
            ([0], ["0", "1"]),
        ],
    )
    def test_has_at_most_six_round_steps_from_the_least_to_the_greatest(self, values, steps):
        assert [text for text in texts(drawn(Series("甲", values))) if "月" not in text] == steps

    def test_shows_money_in_ten_thousands(self):
        assert "100 万" in texts(drawn(Series("甲", [0, 50_000_000, 100_000_000], money=True)))

    def test_shows_money_in_thousands_in_english(self):
        with translation.override("en"):
            assert "1,000k" in texts(drawn(Series("甲", [0, 50_000_000, 100_000_000], money=True)))

    def test_survives_one_value(self):
        assert points(drawn(Series("甲", [0]))) == ["72,206"]

    def test_survives_nothing(self):
        assert "<svg" in chart_svg([], [], title="余额")

    def test_labels_at_most_every_so_often(self):
        months = [f"m{number}" for number in range(24)]

        picture = ElementTree.fromstring(chart_svg([Series("甲", [1] * 24)], months, title="余额"))

        assert sum(text.startswith("m") for text in texts(picture)) == 12

    def test_escapes_what_it_shows(self):
        assert "<b>" not in chart_svg([Series("<b>", [1])], ["<b>"], title='"<b>')

    def test_marks_today(self):
        assert chart_svg([Series("甲", [1, 2, 3])], MONTHS, title="余额", mark=1).count("M388") == 1

    def test_carries_its_colours_along_as_a_file(self):
        picture = drawn(Series("甲", [1, 2, 3]), standalone=True)

        assert "#0f6b57" in picture[0].text

    def test_refuses_a_series_of_another_length(self):
        with pytest.raises(ValueError, match="one value per label"):
            chart_svg([Series("甲", [1, 2])], MONTHS, title="余额")


class TestSpoken:
    def test_says_where_lines_begin_end_and_are_lowest(self):
        said = spoken([Series("余额", [300, 100, 200], money=True)], MONTHS, title="资金")

        assert said == "资金；余额：1月 为 ¥3.00，3月 为 ¥2.00，最低 ¥1.00"

    def test_leaves_out_empty_lines(self):
        assert spoken([Series("余额", [])], [], title="资金") == "资金"
