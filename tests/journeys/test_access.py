"""The main pages for everybody: no violation that axe knows, nothing off the screen, in every look."""

import pytest

from linli.assistance.models import Assessment
from linli.residents.operations import link_account
from linli.users.models import User
from linli.users.operations import create_user
from tests.assistance.world import World, fresh, make_world
from tests.conftest import Community, Staff, system_act
from tests.journeys.conftest import DESKTOP, PHONE, OpenVisit

pytestmark = pytest.mark.browser

LOOKS = [(DESKTOP, "light", False), (PHONE, "dark", False), (PHONE, "light", True)]


@pytest.fixture
def world(places: Community, people: Staff) -> World:
    return make_world(places, people)


@pytest.fixture
def addresses(world: World) -> list[tuple[User, list[str]]]:
    """The main pages with the person who opens them, each with something on it."""
    published, _day = world.at_decision()
    first = fresh(published)
    received = world.received(world.family())
    visited = world.accepted(world.family())
    world.visited(world.formed(visited))
    sheet = Assessment.objects.latest("pk")
    notice = first.publication_entries.get().publication
    user = create_user(system_act(), username="wang", name="王建军")
    link_account(world.act(world.staff.clerk), user_id=user.pk, resident_id=first.applicant_id)
    staff = world.staff
    clerks = [
        "/work/",
        "/residents/",
        "/residents/new/",
        f"/residents/households/{first.household.number}/",
        "/cases/",
        "/cases/new/",
        f"/cases/new/?household={first.household.number}",
        f"/cases/{first.number}/",
        f"/cases/{received.number}/papers/",
        f"/cases/{received.number}/do/accept/",
        "/letters/",
        f"/publications/{notice.number}/",
        f"/notice/{notice.token}/",
    ]
    return [
        (staff.clerk, clerks),
        (staff.volunteer, ["/work/", f"/sheets/{sheet.pk}/"]),
        (staff.second_officer, ["/cases/together/grant/"]),
        (staff.maker, ["/payments/", "/payments/new/"]),
        (staff.auditor, ["/audit/", f"/funds/{world.fund.code}/"]),
        (user, ["/mine/", "/mine/new/", f"/mine/{first.number}/"]),
    ]


@pytest.mark.parametrize(("width", "theme", "large"), LOOKS)
def test_main_pages_are_accessible_and_fit(
    visit: OpenVisit, addresses: list[tuple[User, list[str]]], width: int, theme: str, large: bool
) -> None:
    found: list[str] = []
    for user, paths in addresses:
        window = visit(user, width=width, theme=theme, large=large)
        for path in paths:
            response = window.page.goto(window.site.url + path, wait_until="load")
            assert response is not None
            if response.status != 200:
                found.append(f"{user.username} {path}: {response.status}")
            found += [f"{user.username} {path}: {line}" for line in window.violations()]
            if window.overflow() > 0:
                found.append(f"{user.username} {path}: {window.overflow()} px too wide")
    assert found == []
