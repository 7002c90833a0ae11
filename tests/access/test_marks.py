"""Pages as they are rendered set Chinese with full-width marks: what is joined from pieces is seen, too."""

import re
from http.cookies import SimpleCookie

import pytest
from django.test import Client
from django.urls import reverse

from tests.access.reading import said_by
from tests.access.test_matrix import PROFILES, ROUTES, address_of, doors, expected, name_of, world
from tests.architecture.test_punctuation import HALF, HAN

__all__ = ["doors", "world"]


def seen_by(route, world):
    """Every address of the route that shows a page, with one of those who see it."""
    row = ROUTES[route]
    for relation, statuses in PROFILES[row["GET"]].items():
        readers = [role for role, status in expected(statuses).items() if status == 200]
        if readers and relation in {"own", "none"}:
            yield reverse(name_of(route), args=address_of(world, row["object"], relation)), readers


def pages(world, doors, route):
    for address, readers in seen_by(route, world):
        for reader in {readers[0], readers[-1]}:
            client = Client()
            client.cookies = SimpleCookie({key: morsel.value for key, morsel in doors[reader].items()})
            answer = client.get(address)
            if answer.get("Content-Type", "").startswith("text/html"):
                yield f"{address} as {reader}", answer.getvalue().decode()


def is_chinese(text):
    """A letter's English text names people in Chinese; its marks are those of its language."""
    return len(re.findall(HAN, text)) >= len(re.findall(r"[A-Za-z]{2,}", text))


@pytest.mark.django_db
@pytest.mark.parametrize("route", [route for route in sorted(ROUTES) if "GET" in ROUTES[route]])
def test_no_half_width_mark_touches_a_chinese_character(world, doors, route):
    wrong = [
        f"{page}: {text}"
        for page, html in pages(world, doors, route)
        for text in said_by(html)
        if HALF.search(text) and is_chinese(text) and is_chinese(text)
    ]

    assert not wrong, "\n".join(wrong)


def test_an_english_sentence_may_name_somebody_in_chinese():
    assert (is_chinese("王建国: your application was accepted."), is_chinese("理由: 收入 R-000001")) == (False, True)


def test_pieces_that_become_one_line_are_read_as_one():
    assert said_by('<p>缺<b>材料</b>: 两项</p><p title="共(两)项">好</p><script>是,否</script>') == [
        "缺材料: 两项",
        "共(两)项",
        "好",
    ]
