"""The page that says how signs are printed."""

import pytest
from django.urls import reverse

from linli.foundation.files.print_signs import print_spelling
from tests.conftest import Staff

SIGN = "\U0002c386"


@pytest.fixture
def page(log_in, staff: Staff):
    return log_in(staff.clerk)


def post(page, **changes: str):
    return page.post(reverse("print_signs"), {"sign": SIGN, "print_as": "〔王+其〕", "act_key": "a" * 32} | changes)


def test_says_that_nothing_is_stated_yet(page):
    assert "还没有填写过打印写法" in page.get(reverse("print_signs")).content.decode()


def test_keeps_a_statement_and_shows_it(page):
    response = post(page)

    shown = page.get(reverse("print_signs")).content.decode()
    assert (response.status_code, print_spelling(f"李{SIGN}"), "U+2C386" in shown, "〔王+其〕" in shown) == (
        302,
        "李〔王+其〕",
        True,
        True,
    )


@pytest.mark.parametrize("changes", [{"sign": "王"}, {"print_as": SIGN}, {"print_as": ""}])
def test_refuses_at_the_field_and_keeps_what_was_typed(page, changes):
    response = post(page, **changes)

    content = response.content.decode()
    typed = {"sign": SIGN, "print_as": "〔王+其〕"} | changes
    assert (response.status_code, 'href="#id_print_as"' in content) == (422, True)
    assert all(f'value="{value}"' in content for value in typed.values() if value)
