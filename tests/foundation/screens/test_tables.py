import pytest
from django.test import RequestFactory

from linli.foundation.screens.tables import Column, cut, sort_of, sortable_columns

COLUMNS = [Column("due", "期限", sortable=True), Column("name", "家庭")]


def request(query=""):
    return RequestFactory().get(f"/list/{query}")


class TestSortOf:
    @pytest.mark.parametrize(
        ("query", "order"),
        [("", "due"), ("?sort=-due", "-due"), ("?sort=name", "due"), ("?sort=password", "due"), ("?sort=--due", "due")],
    )
    def test_takes_sortable_columns_only(self, query, order):
        assert sort_of(request(query), COLUMNS, default="due") == order


class TestSortableColumns:
    def test_turns_round_on_the_second_click_and_begins_anew(self):
        due, name = sortable_columns(request("?state=OPEN&after=7&sort=due"), COLUMNS, order="due")

        assert (due.address, due.sorted) == ("?state=OPEN&sort=-due", "ascending")
        assert (name.address, name.sorted) == ("", "")

    def test_names_a_falling_order(self):
        due, _name = sortable_columns(request(), COLUMNS, order="-due")

        assert (due.address, due.sorted) == ("?sort=due", "descending")


class TestCut:
    def test_knows_that_more_follow(self):
        assert cut([1, 2, 3], 2) == ([1, 2], True)

    def test_knows_the_last_page(self):
        assert cut([1, 2], 2) == ([1, 2], False)
