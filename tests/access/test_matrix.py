"""Every route asked by every role about every kind of object, against the hand-written oracle in matrix.toml."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from html import unescape
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse
from pytest_django import DjangoDbBlocker

from linli.areas.models import Area
from linli.policies.queries import forget_cached
from linli.residents.models import Guardianship
from linli.users.models import User
from tests.access.world import PAPER, Objects, World, make_world
from tests.conftest import MONDAY

ORACLE = tomllib.loads(Path(__file__).with_name("matrix.toml").read_text())
ROUTES: Mapping[str, Mapping[str, str]] = ORACLE["routes"]
PROFILES: Mapping[str, Mapping[str, Mapping[str, int]]] = ORACLE["profiles"]
GROUPS: Mapping[str, list[str]] = ORACLE["groups"]
EVERYBODY = frozenset(GROUPS["everybody"])
METHODS = ("GET", "POST")
# The steps on a case, each with a case that waits for it.
STEPS = {
    "accept": "received",
    "supplement": "incomplete",
    "turn-away": "received",
    "team": "accepted",
    "opinion": "assessed",
    "review": "opined",
    "publish": "reviewed",
    "object": "published",
    "answer-objection": "assessed",
    "grant": "published",
    "refuse": "published",
    "withdraw": "received",
}
# What an address points at, by the oracle's word for it: its arguments where it is there, and where it is missing.
ARGUMENTS: Mapping[str, tuple[Callable[[Objects], list[Any]], list[Any]]] = {
    "household": (lambda there: [there.household.number], ["H-0000-0000"]),
    "resident": (lambda there: [_resident(there)], ["R-0000-0000"]),
    "moved_household": (lambda there: [there.moved_household.number], ["H-0000-0000"]),
    "moved_resident": (lambda there: [_moved(there, "CHILD")], ["R-0000-0000"]),
    "away_resident": (lambda there: [_moved(there, "SPOUSE")], ["R-0000-0000"]),
    "masked_field": (lambda there: [_resident(there), "id_number"], ["R-0000-0000", "id_number"]),
    "case": (lambda there: [there.received.number], ["JZ-0000-0000"]),
    "family_case": (lambda there: [there.assessing.number], ["JZ-0000-0000"]),
    "case_paper": (lambda there: [there.assessing.number, PAPER], ["JZ-0000-0000", PAPER]),
    "case_letter": (lambda there: [there.assessing.number, there.letter.number], ["JZ-0000-0000", "WS-0000-0000"]),
    "assessment": (lambda there: [there.assessment.pk], [0]),
    "renewal": (lambda there: [there.renewal.pk], [0]),
    "prepared": (lambda there: [there.prepared.number], ["GS-0000-0000"]),
    "posted": (lambda there: [there.posted.number], ["GS-0000-0000"]),
    "notice": (lambda there: [there.posted.token], ["unheard_of"]),
    "letter": (lambda there: [there.letter.number], ["WS-0000-0000"]),
    "award": (lambda there: [there.award.number], ["DY-0000-0000"]),
    "account_of_staff": (lambda _there: ["clerk"], ["unheard-of"]),
    "assignment_of_staff": (
        lambda _there: ["clerk", User.objects.get(username="clerk").assignments.get().pk],
        ["clerk", 0],
    ),
    "guardianship": (lambda there: [there.household.number, _guardianship(there)], ["H-0000-0000", 0]),
    "area": (lambda there: [Area.objects.get(pk=there.household.community_id).code], ["unheard-of"]),
    "account": (lambda there: [there.account.pk], [0]),
    "receivable": (lambda there: [there.receivable.pk], [0]),
    "fund": (lambda there: [there.fund.code], ["unheard_of"]),
    "journal": (lambda there: [there.journal.number], ["JL-0000-0000"]),
    "carry_over": (lambda there: [there.carry_over.number], ["JY-0000-000"]),
    "released": (lambda there: [there.released.number], ["FF-0000-0000"]),
    "proposed": (lambda there: [there.proposed.number], ["FF-0000-0000"]),
    "plan_version": (lambda there: [there.version.number], ["P-0000-0000"]),
    # What lies nowhere: there for all who may come in.
    "scheme": (lambda _there: ["community_assistance"], ["unheard_of"]),
    "plan_row": (lambda _there: ["HOUSEHOLDS_AIDED"], ["unheard_of"]),
    "form_page": (lambda _there: ["applicant"], ["unheard_of"]),
    **{
        f"together:{code}": (lambda _there, code=code: [code], ["unheard_of"])
        for code in ("accept", "opinion", "review", "publish", "grant")
    },
    **{
        f"step:{code}": (
            lambda there, code=code, case=case: [getattr(there, case).number, code],
            ["JZ-0000-0000", code],
        )
        for code, case in STEPS.items()
    },
}


def address_of(world: World, kind: str, relation: str) -> list[Any]:
    """The arguments of an address."""
    if not kind:
        return []
    there, missing = ARGUMENTS[kind]
    return missing if relation == "missing" else there(world.at[relation])


def name_of(route: str) -> str:
    """A route with several kinds of objects has a row for each: ``application_deed:accept``."""
    return route.partition(":")[0]


def _resident(there: Objects) -> str:
    return there.household.memberships.order_by("pk")[0].resident.number


def _moved(there: Objects, relation: str) -> str:
    return there.moved_household.memberships.get(relation=relation).resident.number


def _guardianship(there: Objects) -> int:
    return Guardianship.objects.get(ward__memberships__household=there.household).pk


def route_names() -> Iterator[str]:
    """The name of every address of the product."""

    def walk(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns)
            else:
                yield pattern.name or str(pattern.pattern)

    yield from walk(get_resolver().url_patterns)


def expected(profile: Mapping[str, int]) -> dict[str, int]:
    """Status by role: groups spelled out. A role named twice is a mistake of the oracle."""
    statuses: dict[str, int] = {}
    for word, status in profile.items():
        for role in GROUPS.get(word, [word]):
            assert role not in statuses, f"{role} has two answers"
            statuses[role] = status
    return statuses


@pytest.fixture(scope="module")
def world(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Monday in the office, one world for all routes; each question is undone, and the world at the end."""
    folder = tmp_path_factory.mktemp("world")
    (folder / "packs").mkdir()
    middleware = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]
    monday = override_settings(
        DEMO_TODAY=MONDAY.isoformat(), MIDDLEWARE=middleware, DATA_DIR=folder, UPLOADS_DIR=folder / "uploads"
    )
    with monday, django_db_blocker.unblock(), transaction.atomic():
        # Acts insist on being outermost, but in a test.
        transaction.get_connection().atomic_blocks[-1]._from_testcase = True
        forget_cached()
        yield make_world()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def doors(world: World) -> Mapping[str, SimpleCookie]:
    """The log-in of each role, as its browser keeps it."""
    doors = {"anonymous": SimpleCookie()}
    for role, person in world.people.items():
        client = Client()
        client.force_login(person)
        doors[role] = client.cookies
    return doors


class TestOracle:
    def test_has_a_row_for_every_route(self):
        assert sorted(set(route_names()) - set(map(name_of, ROUTES))) == []

    def test_has_no_row_for_a_route_that_is_gone(self):
        assert sorted(set(map(name_of, ROUTES)) - set(route_names())) == []

    def test_every_address_has_one_name(self):
        names = list(route_names())

        assert sorted({name for name in names if names.count(name) > 1}) == []

    @pytest.mark.parametrize("profile", PROFILES)
    def test_a_profile_answers_everybody(self, profile):
        for relation, statuses in PROFILES[profile].items():
            assert (relation, EVERYBODY - set(expected(statuses))) == (relation, frozenset())

    @pytest.mark.parametrize("route", ROUTES)
    def test_a_row_names_an_object_and_a_method(self, route):
        row = ROUTES[route]

        assert row["object"] in {"", *ARGUMENTS}
        assert any(method in row for method in METHODS)
        assert set(row) <= {"object", *METHODS}


@pytest.mark.django_db
@pytest.mark.parametrize("route", sorted(ROUTES))
def test_a_route_answers_each_role_as_the_oracle_says(world, doors, route):
    row = ROUTES[route]
    wrong = []
    for method in METHODS:
        for relation, statuses in PROFILES[row[method]].items() if method in row else ():
            address = reverse(name_of(route), args=address_of(world, row["object"], relation))
            for role, status in expected(statuses).items():
                got = _ask(doors[role], method, address)
                if got != status:
                    wrong.append(f"{method} {address} ({relation}) as {role}: {got}, the oracle says {status}")

    assert not wrong, "\n".join(wrong)


# Whoever looks at a page is led nowhere where they are refused.
LINK = re.compile(r'<a\b[^>]*\bhref="(/[^"#]*)')


@pytest.mark.django_db
@pytest.mark.parametrize("role", sorted(EVERYBODY - {"anonymous", "checker", "releaser"}))
def test_no_page_shows_a_link_that_its_reader_is_refused(world, doors, role):
    """The other two hands of finance read what the maker reads."""
    found: dict[str, tuple[str, str]] = {}
    for route in sorted(route for route in ROUTES if "GET" in ROUTES[route]):
        row = ROUTES[route]
        for relation in {"own", "none"} & set(PROFILES[row["GET"]]):
            if expected(PROFILES[row["GET"]][relation])[role] == 200:
                address = reverse(name_of(route), args=address_of(world, row["object"], relation))
                for link in map(unescape, LINK.findall(_page(doors[role], address))):
                    # Of many links to one page, whatever they ask of it, one is followed.
                    found.setdefault(resolve(link.partition("?")[0]).view_name, (link, address))
    refused = {
        f"{link} on {address}": status
        for link, address in found.values()
        if (status := _ask(doors[role], "GET", link)) >= 400
    }

    assert found
    assert refused == {}


def _page(door: SimpleCookie, address: str) -> str:
    client = Client()
    client.cookies = SimpleCookie({key: morsel.value for key, morsel in door.items()})
    before = transaction.savepoint()
    try:
        answer = client.get(address)
        return answer.content.decode() if answer.get("Content-Type", "").startswith("text/html") else ""
    finally:
        transaction.savepoint_rollback(before)


# What differs between two looks at one page: the form's secret, the nonce of scripts, ids of one-time keys.
ONCE_ONLY = re.compile(rb'(csrfmiddlewaretoken" value="|nonce="|name="act_key" value=")[^"]+|"X-CSRFToken": ?"[^"]+')


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite alone can be told to answer the other way round")
@pytest.mark.parametrize("route", [route for route in sorted(ROUTES) if "GET" in ROUTES[route]])
def test_a_page_shows_the_same_whichever_way_the_database_answers_what_has_no_order(world, doors, route):
    """What is shown in a list is asked for in an order; the database may give the rest any way round."""
    row = ROUTES[route]
    for relation, statuses in PROFILES[row["GET"]].items():
        for role, status in expected(statuses).items():
            if status == 200 and relation in {"own", "none"}:
                address = reverse(name_of(route), args=address_of(world, row["object"], relation))
                straight, turned = (_shown(doors[role], address, reversed_rows=way) for way in (False, True))
                assert [pair for pair in zip(straight, turned, strict=True) if pair[0] != pair[1]] == [], role


def _shown(door: SimpleCookie, address: str, *, reversed_rows: bool) -> list[bytes]:
    client = Client()
    client.cookies = SimpleCookie({key: morsel.value for key, morsel in door.items()})
    before = transaction.savepoint()
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA reverse_unordered_selects = {'ON' if reversed_rows else 'OFF'}")
        try:
            answer = client.get(address)
            if not answer.get("Content-Type", "").startswith("text/html"):
                return []  # files carry the moment they were written; their rows come from the same reads
            return ONCE_ONLY.sub(b"", answer.getvalue()).splitlines()
        finally:
            cursor.execute("PRAGMA reverse_unordered_selects = OFF")
            transaction.savepoint_rollback(before)


def _ask(door: SimpleCookie, method: str, address: str) -> int:
    client = Client(raise_request_exception=False)
    client.cookies = SimpleCookie({key: morsel.value for key, morsel in door.items()})
    # Each asks the same world: what one did must not answer the next.
    before = transaction.savepoint()
    try:
        return client.generic(method, address).status_code
    finally:
        transaction.savepoint_rollback(before)
