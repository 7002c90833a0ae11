"""A long workbook is asked for by the address of its page: whatever address is sent, nothing breaks and none leaks."""

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from linli.ground.users.models import User
from tests.access.asking import ARGUMENTS, ROUTES
from tests.access.cells import undone
from tests.access.world import World


def plain_addresses() -> list[str]:
    """Of every route without arguments."""
    found: list[str] = []

    def walk(patterns: list[URLPattern | URLResolver], before: str) -> None:
        for one in patterns:
            if isinstance(one, URLResolver):
                walk(one.url_patterns, before + str(one.pattern))
            elif "<" not in str(one.pattern):
                found.append(f"/{before}{one.pattern}")

    walk(get_resolver().url_patterns, "")
    return found


def addresses_within(world: World) -> list[str]:
    """Of every route that names something, as it is there in the first community."""
    found = []
    for route, row in ROUTES.items():
        if row.get("object") in ARGUMENTS and ":" not in route:
            found.append(reverse(route, args=ARGUMENTS[row["object"]][0](world.at["own"])))
    return found


@pytest.mark.parametrize("who", ["clerk", "admin", "resident"])
def test_an_address_that_gives_no_table_is_answered_as_not_there(world: World, who: str) -> None:
    ask = reverse("export_ask")
    with undone():
        client = Client(raise_request_exception=False)
        client.force_login(User.objects.get(pk=world.people[who].pk))
        answers = {
            address: client.post(ask, {"address": f"{address}?as=xlsx", "act_key": f"{number:032}"}).status_code
            for number, address in enumerate([*plain_addresses(), *addresses_within(world)])
        }

    assert {address: status for address, status in answers.items() if status not in (302, 403, 404)} == {}
    assert 404 in answers.values()
