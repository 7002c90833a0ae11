"""Whoever asks for a record that is there and out of their reach leaves a line in the trail, whatever the record is."""

import pytest

from linli.ground.users.web import refusals
from linli.ground.users.web.refusals import _write_of_unfound
from tests.access.asking import ARGUMENTS, ROUTES, addresses_of, routes_with_pages

pytestmark = pytest.mark.django_db


def questions_of(world, route):
    """Of each place but one's own, the first who works in an office and does not find there what they find at home."""
    asked = {relation: (address, statuses) for relation, address, statuses in addresses_of(world, route, "GET")}
    _address, at_home = asked.get("own", ("", {}))
    for relation, (address, statuses) in asked.items():
        found = [role for role, status in statuses.items() if status == 404 and at_home.get(role) in (200, 302)]
        if relation not in ("own", "missing", "none") and found:
            yield found[0], relation, address


ROUTES_OUT_OF_REACH = [route for route in routes_with_pages() if ROUTES[route]["object"] in ARGUMENTS]


@pytest.mark.parametrize("route", ROUTES_OUT_OF_REACH)
def test_what_is_there_and_out_of_reach_is_noted(world, office, route, monkeypatch):
    noted = []
    monkeypatch.setattr(refusals, "_write_of_unfound", _write_of_unfound)
    monkeypatch.setattr(refusals, "_write", lambda _request, status, **_said: noted.append(status))
    wrong = []
    for role, relation, address in questions_of(world, route):
        noted.clear()
        status = office.ask(role, "GET", address).status
        if (status, noted) != (404, [404]):
            wrong.append((role, relation, address, status, noted))

    assert wrong == []


@pytest.mark.parametrize("route", ROUTES_OUT_OF_REACH)
def test_what_is_nowhere_is_not_noted(world, office, route, monkeypatch):
    noted = []
    monkeypatch.setattr(refusals, "_write_of_unfound", _write_of_unfound)
    monkeypatch.setattr(refusals, "_write", lambda _request, status, **_said: noted.append(status))
    for relation, address, statuses in addresses_of(world, route, "GET"):
        role = next((role for role, status in statuses.items() if status == 404 and role != "anonymous"), None)
        if relation == "missing" and role:
            office.ask(role, "GET", address)

    assert noted == []
