"""Pages cut by the values of the last row: in any order, page after page shows every row once."""

import json
from itertools import pairwise

import pytest

from linli.foundation.data.keyset import after, token_of
from linli.foundation.trail.checks import Check
from linli.ground.areas.models import Area

pytestmark = pytest.mark.django_db
ORDERS = [("pk",), ("-pk",), ("kind", "pk"), ("-kind", "pk"), ("kind", "-pk"), ("-kind", "-pk"), ("kind", "name", "pk")]


def turned(order: tuple[str, ...]) -> list[int]:
    """All rows of the table, two a page."""
    found: list[int] = []
    token = ""
    while page := list(after(Area.objects.all(), order, token)[:2]):
        found += [row.pk for row in page]
        token = token_of(page[-1], order)
    return found


@pytest.mark.parametrize("order", ORDERS, ids=" ".join)
def test_page_after_page_is_the_whole_order(community: object, order: tuple[str, ...]) -> None:
    assert turned(order) == list(Area.objects.order_by(*order).values_list("pk", flat=True))


def test_a_tie_is_broken_by_the_last_field(community: object) -> None:
    found = turned(("kind", "pk"))
    kinds = dict(Area.objects.values_list("pk", "kind"))

    assert all((kinds[one], one) < (kinds[two], two) for one, two in pairwise(found))


# The last three are what no database takes: nothing, NUL, half of a character.
NO_TOKENS = ["", "x", "[]", '["STREET"]', '["STREET","x"]', '["STREET",1,2]', "{", "9" * 500]
NO_VALUES = ["[null,1]", r'["a\u0000",1]', r'["\ud800",1]']


@pytest.mark.parametrize("token", [*NO_TOKENS, *NO_VALUES])
def test_what_is_no_token_begins_at_the_beginning(community: object, token: str) -> None:
    order = ("kind", "pk")
    assert list(after(Area.objects.all(), order, token)) == list(Area.objects.order_by(*order))


@pytest.mark.parametrize("moment", ["0001-01-01", "0001-01-01T00:00+08:00", "9999-12-31T23:59-12:00"])
def test_a_moment_on_no_day_in_another_zone_begins_at_the_beginning(moment: str) -> None:
    order = ("asked_at", "pk")
    assert list(after(Check.objects.all(), order, json.dumps([moment, 1]))) == []
    assert not after(Check.objects.all(), order, json.dumps([moment, 1])).query.where


def test_days_go_into_an_address_and_come_back() -> None:
    class Row:
        pk = 3
        day = __import__("datetime").date(2026, 3, 9)

    assert token_of(Row(), ("-day", "pk")) == '["2026-03-09",3]'
