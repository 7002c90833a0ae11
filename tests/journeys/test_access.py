"""Every page of the access matrix in every look: nothing that axe objects to, nothing off the screen, never heavy."""

import pytest
from django.urls import reverse

from tests.access.test_matrix import GROUPS, PROFILES, ROUTES, address_of, name_of
from tests.access.world import make_world
from tests.journeys.conftest import DESKTOP, PHONE, OpenVisit, Visit
from tests.served import Site

pytestmark = pytest.mark.browser

LOOKS = [
    (width, theme, large)
    for width in (DESKTOP, PHONE)
    for theme, large in (("light", False), ("dark", False), ("light", True))
]
# Bytes of a page with its styles and scripts, each compressed as it travels; the volunteer's page is for small phones.
HEAVIEST = {"volunteer": 60_000}
FILES = (".pdf", ".xlsx", "/file/", "/pdf/", "/export/", "/template/")
PARTS = 4


def reader(route: str) -> tuple[str, str] | None:
    """A role that may open the route and how it stands to the object, by the oracle; None when nobody gets a page."""
    for relation, statuses in PROFILES[ROUTES[route].get("GET", "")].items() if "GET" in ROUTES[route] else ():
        for word, status in statuses.items():
            if status == 200:
                return GROUPS.get(word, [word])[0], relation
    return None


PAGES = sorted(route for route in ROUTES if reader(route))


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_is_accessible_and_fits_in_every_look(visit: OpenVisit, site: Site, part: int) -> None:
    world = make_world()
    windows: dict[str, Visit] = {}
    found: list[str] = []
    for route in PAGES[part::PARTS]:
        role, relation = reader(route) or ("", "")
        path = reverse(name_of(route), args=address_of(world, ROUTES[route]["object"], relation))
        if path.endswith(FILES):
            continue
        if role not in windows:
            windows[role] = visit(world.people.get(role))
        found += [f"{path} as {role}, {line}" for line in faults(windows[role], path, HEAVIEST.get(role, 150_000))]
    assert found == []


def faults(window: Visit, path: str, limit: int) -> list[str]:
    """What is wrong with the page in any look, one line each."""
    response = window.go(path)
    if response.status != 200:
        return [f"answers {response.status}"]
    weight = window.weight()
    found = [f"weighs {weight} bytes"] if weight > limit else []
    for width, theme, large in LOOKS:
        window.look(width, theme, large=large)
        look = f"{width} {theme}{' large' if large else ''}"
        found += [f"{look}: {line}" for line in window.violations()]
        found += [f"{look}: {window.overflow()} px too wide"] if window.overflow() > 0 else []
    window.look(DESKTOP, "light", large=False)
    return found
