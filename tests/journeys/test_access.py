"""Every page of the access matrix, as a role that may open it: nothing that axe objects to, nothing off the screen.

Two looks hold nearly all there is: the desk's light page in Chinese, and the phone's dark one in large type in English,
as one of those who may open it. The long run looks at every page as everybody who may, in all looks and both languages.
A page is opened once in each language: width, theme and size are turned on the page that is open, as its cookies do.
"""

import shutil
import zlib
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import pytest
from django.db import connection
from django.urls import reverse
from playwright.sync_api import Error
from pytest_django import DjangoDbBlocker

from tests.access.asking import GROUPS, PROFILES, ROUTES, address_of, name_of
from tests.access.world import World, make_world
from tests.databases import connected_to, private_database, url_of
from tests.journeys.conftest import DESKTOP, PHONE, OpenVisit, Visit
from tests.seeds import LONG

CHINESE, ENGLISH = "zh-CN", "en"
Look = tuple[int, str, bool]  # width, theme, large type
LOOKS: dict[str, list[Look]] = {CHINESE: [(DESKTOP, "light", False)], ENGLISH: [(PHONE, "dark", True)]}
if LONG:
    MODES = (("light", False), ("dark", False), ("light", True))
    LOOKS = {language: [(width, *mode) for width in (DESKTOP, PHONE) for mode in MODES] for language in LOOKS}
PARTS = 12 if LONG else 2
DOWNLOAD = "Download is starting"  # what the browser says of a file that it does not show


def readers(route: str) -> list[tuple[str, str]]:
    """The roles that may open the route, each with how it stands to an object it may see, by the oracle."""
    found: dict[str, str] = {}
    for relation, statuses in PROFILES[ROUTES[route]["GET"]].items() if "GET" in ROUTES[route] else ():
        for word, status in statuses.items():
            for role in GROUPS.get(word, [word]) if status == 200 else ():
                found.setdefault(role, relation)
    return list(found.items())


def looked_at(route: str, language: str) -> list[tuple[str, str]]:
    """Everybody in the long run; otherwise one of them, another for each language."""
    found = readers(route)
    return found if LONG or not found else [found[(zlib.crc32(route.encode()) + [*LOOKS].index(language)) % len(found)]]


PAGES = [route for route in sorted(ROUTES) if readers(route)]


@pytest.fixture(scope="module")
def made(
    template_database: str, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> tuple[World, Path]:
    """The world of the access matrix, made once, and the file it is kept in."""
    folder = tmp_path_factory.mktemp("world")
    with django_db_blocker.unblock(), private_database(template_database, folder) as kept, connected_to(kept):
        world = make_world()
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return world, Path(kept["NAME"])


@pytest.fixture
def committed_database(made: tuple[World, Path], django_db_blocker: DjangoDbBlocker, tmp_path: Path) -> Iterator[str]:
    """A copy of that world for the test alone."""
    kept = {**connection.settings_dict, "NAME": str(tmp_path / "private.sqlite3")}
    shutil.copyfile(made[1], kept["NAME"])
    with django_db_blocker.unblock(), connected_to(kept):
        yield url_of(kept)


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("language", LOOKS)
def test_every_page_is_accessible_and_fits(
    made: tuple[World, Path], visit: OpenVisit, part: int, language: str
) -> None:
    world, _file = made
    window = visit(language=language)
    found: list[str] = []
    # Role after role, so that each logs in once.
    pages = sorted(
        (role, route, relation) for route in PAGES[part::PARTS] for role, relation in looked_at(route, language)
    )
    for role, of_role in groupby(pages, key=itemgetter(0)):
        window.become(world.people.get(role))
        for _role, route, relation in of_role:
            path = reverse(name_of(route), args=address_of(world, ROUTES[route]["object"], relation))
            found += [f"{path} as {role}: {line}" for line in faults(window, path, LOOKS[language])]
    assert found == []


def test_nearly_all_routes_are_pages_that_somebody_opens() -> None:
    assert len(PAGES) >= 100


def faults(window: Visit, path: str, looks: list[Look]) -> list[str]:
    """What is wrong with the page, one line each; a file that the route hands out is no page."""
    try:
        response = window.page.goto(window.site.url + path, wait_until="load")
    except Error as error:
        if DOWNLOAD in error.message:
            return []
        raise
    assert response is not None
    if response.status != 200:
        return [f"answers {response.status}"]
    if not response.headers["content-type"].startswith("text/html"):
        return []  # axe cannot look into a picture
    return [f"{look}: {line}" for look in looks for line in as_it_looks(window, look)]


def as_it_looks(window: Visit, look: Look) -> list[str]:
    """What is wrong with the page that is open, in one width, theme and size."""
    window.turn(*look)
    wide = window.overflow()
    squeezed = [f"squeezed: {words}" for words in window.squeezed()]
    return [*window.violations(), *squeezed, *([f"{wide} px too wide"] if wide > 0 else [])]
