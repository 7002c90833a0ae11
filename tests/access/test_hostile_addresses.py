"""What an address carries is somebody's typing: no number, however odd or long, breaks a page."""

import re

import pytest
from django.db import connection

from tests.access.asking import pages_of, routes_with_pages

# A digit that is no decimal, digits of other scripts, longer than any number that Python reads, no month.
NO_NUMBERS = ("²", "１２", "9" * 5_000, "9999-99")
# Longer than any column holds; and the sign that PostgreSQL takes in no text.
BEYOND = ("\0", "a\0b", "H-" + "9" * 5_000, "9223372036854775808", "2026-03-09_" + "9" * 25)
# What is refused before any database is asked is refused alike on both.
NUMBERS = (*NO_NUMBERS, *BEYOND) if connection.vendor == "sqlite" else BEYOND
NAMES = re.compile(r'[?&;]([a-z_]+)=|name="([a-z_]+)"')
ALWAYS = {"after", "q", "year", "month", "version"}
KEYS = {"csrfmiddlewaretoken", "act_key", "next"}


@pytest.mark.django_db
@pytest.mark.parametrize("route", routes_with_pages())
def test_no_number_in_an_address_breaks_its_page(world, office, route):
    address, readers = next(pages_of(world, route), ("", []))
    if not readers:
        pytest.skip("a route without a page of its own")
    page = office.look(readers[0], address).page.decode(errors="replace")
    names = {first or second for first, second in NAMES.findall(page)} - KEYS | ALWAYS
    statuses = {
        number[:12]: office.ask(readers[0], "GET", address, dict.fromkeys(names, number)).status for number in NUMBERS
    }

    assert {number: status for number, status in statuses.items() if status >= 500} == {}, address


# A row's place in an order is written as JSON, which says in plain letters what no spelling takes away.
NO_PLACES = ("null", r'"\u0000"', r'"\ud800"', "[]", "1e400", "NaN")
SORTS = re.compile(r"[?&;]sort=(-?[a-z_.]+)")


@pytest.mark.django_db
@pytest.mark.parametrize("route", routes_with_pages())
def test_no_place_in_an_order_breaks_a_list(world, office, route):
    address, readers = next(pages_of(world, route), ("", []))
    page = office.look(readers[0], address).page.decode(errors="replace") if readers else ""
    if 'class="listing' not in page:
        pytest.skip("a route without a list of its own")
    asked = [
        {"sort": sort, "after": f"[{','.join([value] * fields)}]"}
        for sort in {"", *SORTS.findall(page)}
        for value in NO_PLACES
        for fields in (2, 3)
    ]
    broken = [one for one in asked if office.ask(readers[0], "GET", address, one).status >= 500]

    assert broken == [], address
