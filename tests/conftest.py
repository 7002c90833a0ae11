"""Fixtures for every room. Time is injected: the tests live on MONDAY unless they say otherwise."""

import gc
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import hypothesis
import pytest
from django.conf import LazySettings, settings
from django.test import Client
from django.utils import translation

from linli.ground.areas.codes import AreaKind
from linli.ground.areas.models import Area
from linli.ground.areas.operations import NewArea, add_areas
from linli.ground.users.codes import Role
from linli.ground.users.models import User
from linli.ground.users.operations import assign, create_user
from linli.ground.users.web import again
from linli.kernel.act import CHINA_TIME, SYSTEM, Act
from linli.law.policies.queries import forget_cached
from tests import databases, layers, spreading
from tests.layers import layer
from tests.one_order import demand_one_order
from tests.strict_reading import demand_whole_rows
from tests.strict_templates import demand_every_variable
from tests.telling import demand_a_word

MONDAY = date(2026, 3, 9)
# No test is timed: how fast an example runs says something of the machine, nothing of the product.
hypothesis.settings.register_profile("linli", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("linli")
# Where hashing itself is tested stands ``real_hashing``: the product's own hasher takes half a second a log-in.
REAL_HASHERS = settings.PASSWORD_HASHERS
demand_every_variable()
demand_a_word()
demand_whole_rows()
demand_one_order()
settings.PASSWORD_HASHERS = ["linli.config.passwords.PublishedPasswordHasher"]


_log_in_by_hand, _is_recent = Client.force_login, again.is_recent
# A moment that no clock reaches, in sessions that tests begin by hand.
ALWAYS = "2999-01-01T00:00:00+00:00"


def _log_in_surely(client: Client, user: Any, backend: str | None = None) -> None:
    """Whoever a test lets in by hand has shown a second factor, as everybody has who came through the door."""
    _log_in_by_hand(client, user, backend)
    session = client.session
    session["sure_at"] = session["seen"] = ALWAYS
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key or ""


def _is_recent_or_always(moment: str, within: timedelta) -> bool:
    return moment == ALWAYS or _is_recent(moment, within)


again.is_recent = _is_recent_or_always
Client.force_login = _log_in_surely  # type: ignore[method-assign]  # for every test


def pytest_configure(config: pytest.Config) -> None:
    """What holds for every room: where the data is, and the worlds that tests share."""
    config.pluginmanager.register(databases)
    config.pluginmanager.register(layers)
    config.pluginmanager.register(spreading)


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector of unreachable objects need not look through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def at(day: date, hour: int = 9, minute: int = 0) -> datetime:
    """A moment on a day, China time."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=CHINA_TIME)


def system_act(day: date = MONDAY) -> Act:
    """The product itself acts at six in the morning."""
    return Act(SYSTEM, at(day, 6))


@pytest.fixture
def real_hashing(settings: LazySettings) -> None:
    """Passwords are hashed as the product hashes them."""
    settings.PASSWORD_HASHERS = REAL_HASHERS


@pytest.fixture(autouse=True)
def _as_new() -> Iterator[None]:
    """Caches hold for one database, a language for one request; each test begins without either."""
    forget_cached()
    yield
    translation.deactivate()


@dataclass(frozen=True)
class Community:
    """One district with two streets; the first street has two communities, the first of them two grids."""

    district: Area
    street: Area
    other_street: Area
    community: Area
    sibling: Area
    foreign: Area
    grid: Area
    other_grid: Area
    building: Area


@layer
def community(db: None) -> Community:
    return make_community()


def make_community() -> Community:
    """Add the areas; see :class:`Community`."""
    added = add_areas(
        system_act(),
        areas=[
            NewArea("990101", AreaKind.DISTRICT, "清河区"),
            NewArea("990101001", AreaKind.STREET, "和平街道", "990101"),
            NewArea("990101002", AreaKind.STREET, "建设街道", "990101"),
            NewArea("990101001001", AreaKind.COMMUNITY, "幸福里社区", "990101001"),
            NewArea("990101001002", AreaKind.COMMUNITY, "槐树街社区", "990101001"),
            NewArea("990101002001", AreaKind.COMMUNITY, "新桥社区", "990101002"),
            NewArea("990101001001-G1", AreaKind.GRID, "第一网格", "990101001001"),
            NewArea("990101001001-G2", AreaKind.GRID, "第二网格", "990101001001"),
            NewArea("990101001001-G1-B1", AreaKind.BUILDING, "和平里 1 号楼", "990101001001-G1"),
        ],
    )
    return Community(*added)


@dataclass(frozen=True)
class Staff:
    """One person per role of the first community and its street, and a second street officer."""

    clerk: User
    social_worker: User
    volunteer: User
    director: User
    street_officer: User
    second_officer: User
    maker: User
    checker: User
    releaser: User
    district_officer: User
    auditor: User
    administrator: User
    security: User
    outsider: User  # a community worker of another street


@layer
def staff(community: Community) -> Staff:
    return make_staff(community)


def make_staff(places: Community) -> Staff:
    """Open the accounts and give them their roles from 2025 on."""
    posts = [
        ("clerk", "王丽", Role.COMMUNITY_WORKER, places.community),
        ("social", "李明", Role.SOCIAL_WORKER, places.community),
        ("volunteer", "赵芳", Role.VOLUNTEER, places.community),
        ("director", "周建国", Role.COMMUNITY_DIRECTOR, places.community),
        ("street", "陈静", Role.STREET_OFFICER, places.street),
        ("street2", "孙伟", Role.STREET_OFFICER, places.street),
        ("maker", "吴敏", Role.FINANCE_MAKER, places.street),
        ("checker", "郑洁", Role.FINANCE_CHECKER, places.street),
        ("releaser", "冯涛", Role.FINANCE_RELEASER, places.street),
        ("district", "许强", Role.DISTRICT_OFFICER, places.district),
        ("auditor", "何平", Role.AUDITOR, places.district),
        ("admin", "管理员", Role.ADMINISTRATOR, places.district),
        ("security", "沈安", Role.SECURITY_ADMINISTRATOR, places.district),
        ("outsider", "钱进", Role.COMMUNITY_WORKER, places.foreign),
    ]
    users = []
    for username, name, role, area in posts:
        user = create_user(system_act(), username=username, name=name)
        assign(system_act(), user_id=user.pk, role=role, area_id=area.pk, valid_from=date(2025, 1, 1))
        users.append(user)
    return Staff(*users)
