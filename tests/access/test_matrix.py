"""Every route asked by every role about every kind of object, against the hand-written oracle in matrix.toml."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from linli.areas.codes import AreaKind
from linli.areas.operations import NewArea, add_areas
from linli.kernel.act import Act
from linli.policies.operations import install_pack
from linli.policies.queries import forget_cached
from linli.residents.models import Household
from linli.residents.operations import register_households
from linli.users.codes import Role
from linli.users.models import User
from linli.users.operations import assign, create_user
from tests.conftest import MONDAY, Community, Staff, at, system_act
from tests.residents.people import couple

ROOT = Path(__file__).parents[2]
ORACLE = tomllib.loads(Path(__file__).with_name("matrix.toml").read_text())
ROUTES: Mapping[str, Mapping[str, str]] = ORACLE["routes"]
PROFILES: Mapping[str, Mapping[str, Mapping[str, int]]] = ORACLE["profiles"]
GROUPS: Mapping[str, list[str]] = ORACLE["groups"]
EVERYBODY = frozenset(GROUPS["everybody"])
METHODS = ("GET", "POST")
# Role in the oracle → attribute of the staff.
POSTS = {
    "clerk": "clerk",
    "social": "social_worker",
    "volunteer": "volunteer",
    "director": "director",
    "street": "street_officer",
    "maker": "maker",
    "checker": "checker",
    "releaser": "releaser",
    "district": "district_officer",
    "auditor": "auditor",
    "admin": "administrator",
}


@dataclass(frozen=True)
class World:
    """One household in the own, the sibling and the foreign community, and who asks."""

    people: Mapping[str, User]
    households: Mapping[str, Household]


def _household(world: World, relation: str) -> list[str]:
    return ["H-0000-0000" if relation == "missing" else world.households[relation].number]


def _resident(world: World, relation: str) -> list[str]:
    if relation == "missing":
        return ["R-0000-0000"]
    return [world.households[relation].memberships.order_by("pk")[0].resident.number]


def _scheme(_world: World, relation: str) -> list[str]:
    return ["unheard_of" if relation == "missing" else "community_assistance"]


# What an address points at, by the oracle's word for it; add a line for a new kind of object.
ARGUMENTS: Mapping[str, Callable[[World, str], list[str]]] = {
    "": lambda _world, _relation: [],
    "household": _household,
    "resident": _resident,
    "masked_field": lambda world, relation: [*_resident(world, relation), "id_number"],
    "scheme": _scheme,
    "plan_version": lambda _world, _relation: ["P-0000-0000"],
    "plan_row": lambda _world, _relation: ["unheard_of"],
}


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


@pytest.fixture
def world(community: Community, staff: Staff, settings: Any, tmp_path: Path) -> World:
    """Monday in the office, with one couple in each community."""
    settings.DEMO_TODAY = MONDAY.isoformat()
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]
    settings.DATA_DIR = tmp_path
    (tmp_path / "packs").mkdir()
    install_pack(system_act(), folder=ROOT / "packs" / "community" / "assistance_plan")
    forget_cached()
    grids = add_areas(
        system_act(),
        areas=[
            NewArea("990101001002-G1", AreaKind.GRID, "槐树街网格", community.sibling.code),
            NewArea("990101002001-G1", AreaKind.GRID, "新桥网格", community.foreign.code),
        ],
    )
    places = {"own": community.grid, "sibling": grids[0], "foreign": grids[1]}
    households = {
        relation: _register(community, place.pk, number)
        for number, (relation, place) in enumerate(places.items(), start=1)
    }
    people = {role: getattr(staff, attribute) for role, attribute in POSTS.items()}
    people["resident"] = create_user(system_act(), username="resident", name="王建国", password="correct horse")
    return World(people, households)


def _register(community: Community, area_id: int, order: int) -> Household:
    # Somebody who may register everywhere; no role of the oracle may.
    user = create_user(system_act(), username=f"registrar{order}", name="登记员")
    assign(
        system_act(),
        user_id=user.pk,
        role=Role.COMMUNITY_WORKER,
        area_id=community.district.pk,
        valid_from=MONDAY,
    )
    return register_households(Act(user, at(MONDAY)), households=[couple(area_id, order=order)])[0]


class TestOracle:
    def test_has_a_row_for_every_route(self):
        assert sorted(set(route_names()) - set(ROUTES)) == []

    def test_has_no_row_for_a_route_that_is_gone(self):
        assert sorted(set(ROUTES) - set(route_names())) == []

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

        assert row["object"] in ARGUMENTS
        assert any(method in row for method in METHODS)
        assert set(row) <= {"object", *METHODS}


@pytest.mark.parametrize("route", sorted(ROUTES))
def test_a_route_answers_each_role_as_the_oracle_says(world, route):
    row = ROUTES[route]
    wrong = []
    for method in METHODS:
        for relation, statuses in PROFILES[row[method]].items() if method in row else ():
            address = reverse(route, args=ARGUMENTS[row["object"]](world, relation))
            for role, status in expected(statuses).items():
                got = _ask(world.people.get(role), method, address)
                if got != status:
                    wrong.append(f"{method} {address} ({relation}) as {role}: {got}, the oracle says {status}")

    assert not wrong, "\n".join(wrong)


def _ask(person: User | None, method: str, address: str) -> int:
    client = Client(raise_request_exception=False)
    if person is not None:
        client.force_login(person)
    # Each asks the same world: what one did must not answer the next.
    before = transaction.savepoint()
    try:
        return client.generic(method, address).status_code
    finally:
        transaction.savepoint_rollback(before)
