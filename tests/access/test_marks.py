"""Pages as they are rendered set Chinese with full-width marks: what is joined from pieces is seen, too."""

import re

import pytest
from django.db import connection

from tests.access.asking import pages_of, routes_with_pages
from tests.access.reading import said_by
from tests.architecture.test_punctuation import HALF, HAN


def pages(world, office, route):
    """Every address of the route that shows a page, with two of those who see it."""
    for address, readers in pages_of(world, route):
        for reader in {readers[0], readers[-1]}:
            if page := office.look(reader, address).page:
                yield f"{address} as {reader}", page.decode()


def is_chinese(text):
    """A letter's English text names people in Chinese; its marks are those of its language."""
    return len(re.findall(HAN, text)) >= len(re.findall(r"[A-Za-z]{2,}", text))


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="a page's marks do not differ by database: looked at once")
@pytest.mark.parametrize("route", routes_with_pages())
def test_no_half_width_mark_touches_a_chinese_character(world, office, route):
    wrong = [
        f"{page}: {text}"
        for page, html in pages(world, office, route)
        for text in said_by(html)
        if HALF.search(text) and is_chinese(text)
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
