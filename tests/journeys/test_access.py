"""Every page of the access matrix, as a role that may open it: nothing that axe objects to, nothing off the screen.

Two looks hold all there is: the desk's light page, and the phone's dark one in large type.
"""

import pytest
from django.urls import reverse

from tests.access.test_matrix import GROUPS, PROFILES, ROUTES, address_of, name_of
from tests.access.world import make_world
from tests.journeys.conftest import DESKTOP, PHONE, OpenVisit, Visit
from tests.served import Site

LOOKS = [(DESKTOP, "light", False), (PHONE, "dark", True)]
PARTS = 6


def reader(route: str) -> tuple[str, str] | None:
    """A role that may open the route and how it stands to the object, by the oracle; None when nobody gets a page."""
    for relation, statuses in PROFILES[ROUTES[route]["GET"]].items() if "GET" in ROUTES[route] else ():
        for word, status in statuses.items():
            if status == 200:
                return GROUPS.get(word, [word])[0], relation
    return None


PAGES = {route: found for route in sorted(ROUTES) if (found := reader(route))}


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize(("width", "theme", "large"), LOOKS)
def test_every_page_is_accessible_and_fits(
    visit: OpenVisit, site: Site, part: int, width: int, theme: str, large: bool
) -> None:
    world = make_world()
    windows: dict[str, Visit] = {}
    found: list[str] = []
    for route, (role, relation) in list(PAGES.items())[part::PARTS]:
        if role not in windows:
            windows[role] = visit(world.people.get(role), width=width, theme=theme, large=large)
        path = reverse(name_of(route), args=address_of(world, ROUTES[route]["object"], relation))
        found += [f"{path} as {role}: {line}" for line in faults(windows[role], path)]
    assert found == []


def test_nearly_all_routes_are_pages_that_somebody_opens() -> None:
    assert len(PAGES) >= 100


def faults(window: Visit, path: str) -> list[str]:
    """What is wrong with the page, one line each; a file that the route hands out is no page."""
    if _is_file(window, path):
        return []
    response = window.page.goto(window.site.url + path, wait_until="load")
    assert response is not None
    if response.status != 200:
        return [f"answers {response.status}"]
    wide = window.overflow()
    return [*window.violations(), *([f"{wide} px too wide"] if wide > 0 else [])]


def _is_file(window: Visit, path: str) -> bool:
    # Asked beside the window: a browser does not show every file, and axe cannot look into a picture.
    kind = window.page.request.get(window.site.url + path).headers["content-type"]
    return not kind.startswith("text/html")
