"""What somebody answers for: each figure of the overview is that of the page of records it leads to."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.foundation.measures import PAGE, Window
from linli.foundation.screens.lights import PLACE, lights
from linli.ground.users.queries import authority_of
from tests.access.asking import Office
from tests.access.world import World
from tests.conftest import MONDAY

LINK = re.compile(r'<a[^>]*href="(/overview/[^"]+)"[^>]*>\s*(.*?)</a>', re.DOTALL)
# Who answers for something, and some of what; every light is somebody's here.
OVERSEERS = {
    "street": {"assistance.open", "notifications.undelivered", "ledger.spent"},
    "district": {"assistance.open", "notifications.undelivered", "ledger.spent"},
    "auditor": {"users.unsealed"},
    "admin": set[str](),  # every post is held, and every account somebody's
}
# Besides them a page asks who is there and what the frame shows.
MOST = 12


def figures(page: str) -> dict[str, str]:
    """Every link to records, with the figure that it shows (of a card its bold one), without spaces."""
    shown = {}
    for address, content in LINK.findall(page):
        bold = re.search(r"<b[^>]*>(.*?)(?:<small>.*)?</b>", content, re.DOTALL)
        assert bold, content
        # Of what is planned a card shows the share, and the figure below it.
        told = re.search(r'<span\s+class="meta">([^<]*) / ', content) if "%" in bold.group(1) else bold
        assert told, content
        shown[unescape(address)] = re.sub(r"<.*?>|\s", "", told.group(1))
    return shown


@pytest.mark.django_db
@pytest.mark.parametrize("role", OVERSEERS)
def test_each_figure_is_that_of_the_records_it_leads_to(world: World, office: Office, role: str) -> None:
    found = figures(office.look(role, "/overview/").page.decode())

    assert {address.split("/")[2] for address in found} >= OVERSEERS[role]
    for address, figure in found.items():
        page = office.look(role, address).page.decode()
        rows = page.count("<tr>") - 1
        assert f"合计 {figure}" in re.sub(r"(?<=合计 )\s+", "", page), address
        code = address.split("/")[2]
        if not lights[code].measure.fen:
            assert int(figure) == rows or rows == PAGE, address


@pytest.mark.django_db
@pytest.mark.parametrize("role", OVERSEERS)
def test_asks_a_few_questions_whatever_the_territory(world: World, office: Office, role: str) -> None:
    office.ask(role, "GET", "/overview/")  # packs and the calendar are read once
    with CaptureQueriesContext(connection) as asked:
        office.ask(role, "GET", "/overview/")

    content = [one["sql"] for one in asked if re.search(r"SELECT", one["sql"]) and not _frame(one["sql"])]
    assert len(content) <= MOST, "\n".join(content)


# Who asks, where they work, and which jobs are theirs.
FRAME = re.compile(r"users_session|FROM users_assignment|residents_residentaccount|AS \"name\" FROM \"areas_area\"")


def _frame(sql: str) -> bool:
    return bool(FRAME.search(sql)) or '"users_user"."id" = ' in sql


@pytest.mark.django_db
def test_every_light_is_shown_to_somebody_and_to_nobody_else(world: World, office: Office) -> None:
    for role in OVERSEERS:
        page = office.look(role, "/overview/").page.decode()
        held = {one.role for one in world.people[role].assignments.all()}
        shown = {code for code, light in lights.items() if f'<span class="meta">{light.label}</span><b>' in page}
        assert shown == {code for code, light in lights.items() if held & set(light.roles)}, role


@pytest.mark.django_db
def test_a_street_narrows_the_territory(world: World, office: Office) -> None:
    whole = office.look("district", "/overview/").page.decode().partition("<tbody>")[2]
    one = office.look("district", "/overview/?street=990101002").page.decode().partition("<tbody>")[2]

    assert "新桥社区" in whole
    assert "幸福里社区" in whole
    assert "新桥社区" in one
    assert "幸福里社区" not in one


@pytest.mark.django_db
def test_figures_that_are_kept_are_those_of_the_records(world: World) -> None:
    scope = authority_of(world.people["district"], MONDAY).scope()
    kept = {code: one.measure for code, one in lights.items() if one.measure.kept}
    seen = set()
    for days in range(-10, 60, 2):
        on = MONDAY + timedelta(days=days)
        window = Window(scope, 0, on, date(on.year, 1, 1), on + timedelta(days=1))
        for code, measure in kept.items():
            found = {place: one.value for place, one in measure.figures(window, PLACE).items()}
            assert found == {place: one.value for place, one in measure.counted(window, PLACE).items()}, (code, on)
            seen |= {code} if found else set()
            assert len(measure.lines(window, PLACE, None).rows) == min(sum(found.values()), PAGE)

    assert len(kept) >= 5
    assert seen == set(kept) - {"payments.returned"}  # nothing came back here: tests/payments/test_flows.py
