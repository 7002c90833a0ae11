"""What an address carries is somebody's typing: no number, however odd or long, breaks a page."""

import re

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.access.test_matrix import PROFILES, ROUTES, address_of, doors, expected, name_of, world

__all__ = ["doors", "world"]  # fixtures
# A digit that is no decimal, digits of other scripts, longer than any number that Python reads, than any column holds.
NUMBERS = ("²", "１２", "9" * 5_000, "H-" + "9" * 5_000, "9223372036854775808", "2026-03-09_" + "9" * 25, "9999-99")
NAMES = re.compile(r'[?&;]([a-z_]+)=|name="([a-z_]+)"')
ALWAYS = {"after", "q", "year", "month", "version"}
KEYS = {"csrfmiddlewaretoken", "act_key", "next"}


@pytest.mark.django_db
@pytest.mark.parametrize("route", [route for route in sorted(ROUTES) if "GET" in ROUTES[route]])
def test_no_number_in_an_address_breaks_its_page(world, doors, route):
    row = ROUTES[route]
    relation = next(relation for relation in PROFILES[row["GET"]] if relation in {"own", "none"})
    role = next((role for role, status in expected(PROFILES[row["GET"]][relation]).items() if status == 200), None)
    if role is None:
        pytest.skip("a route without a page of its own")
    client = Client(raise_request_exception=False)
    client.cookies = doors[role]
    address = reverse(name_of(route), args=address_of(world, row["object"], relation))
    before = transaction.savepoint()
    try:
        page = client.get(address).getvalue().decode(errors="replace")
        names = {first or second for first, second in NAMES.findall(page)} - KEYS | ALWAYS
        statuses = {number[:12]: client.get(address, dict.fromkeys(names, number)).status_code for number in NUMBERS}
    finally:
        transaction.savepoint_rollback(before)

    assert {number: status for number, status in statuses.items() if status >= 500} == {}, address
