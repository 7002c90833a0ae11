"""Pages cost the same however many cases there are."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.assistance.web.reading import address
from tests.assistance.world import World

CONTENT = 20  # the list's own statements and the platform's: session, account, roles, the page's line in the trail


def statements(browser: Client, where: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert browser.get(where).status_code == 200
    return len(seen)


@pytest.mark.parametrize(("name", "args"), [("application_list", ()), ("application_bulk", ("accept",))])
def test_a_list_costs_the_same_with_one_case_and_with_seven(
    clerk: Client, world: World, name: str, args: tuple[str, ...]
) -> None:
    world.received(world.family())
    clerk.get(address(name, *args))
    one = statements(clerk, address(name, *args))
    for _more in range(6):
        world.received(world.family())
    clerk.get(address(name, *args))  # who looks first reckons whose turn the new ones are

    assert statements(clerk, address(name, *args)) == one <= CONTENT


def test_a_case_costs_the_same_early_and_late(clerk: Client, world: World) -> None:
    early = world.received(world.family())
    late, day = world.at_decision(household=world.family())
    world.granted(late, day=day)
    where = [address("application_detail", case.number) for case in (early, late)]
    clerk.get(where[0])

    costs = [statements(clerk, one) for one in where]

    assert max(costs) <= 36
