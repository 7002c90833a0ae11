"""Somebody at a desk, on a phone or at home on Monday: the pages' clock is set, the log-in is given."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import translation

from linli.aid.assistance.models import Application
from linli.ground.users.codes import Role
from linli.ground.users.models import User
from linli.ground.users.operations import assign, create_user
from linli.registry.residents.models import Household
from linli.registry.residents.operations import link_account
from tests.assistance.world import World
from tests.browser import LogIn, live_on, log_in
from tests.conftest import MONDAY, system_act
from tests.layers import layer

__all__ = ["log_in"]


@pytest.fixture(autouse=True)
def desk(settings: LazySettings, tmp_path: Path) -> Iterator[None]:
    """The pages live on Monday, in Chinese, and keep papers for the test alone."""
    live_on(settings, MONDAY)
    settings.UPLOADS_DIR = tmp_path / "uploads"
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def clerk(log_in: LogIn, world: World) -> Client:
    return log_in(world.staff.clerk)


@pytest.fixture
def director(log_in: LogIn, world: World) -> Client:
    return log_in(world.staff.director)


@pytest.fixture
def street(log_in: LogIn, world: World) -> Client:
    return log_in(world.staff.street_officer)


@pytest.fixture
def decider(log_in: LogIn, world: World) -> Client:
    """The street's other officer, who did not review."""
    return log_in(world.staff.second_officer)


@layer
def family(world: World) -> Household:
    return world.family()


@layer
def received(world: World, family: Household) -> Application:
    """All papers are there; it waits for its answer."""
    return world.received(family)


@layer
def incomplete(world: World, family: Household) -> Application:
    """The low-income certificate was forgotten."""
    return world.received(family, without=["LOW_INCOME_CERTIFICATE"])


@pytest.fixture
def resident(world: World, family: Household) -> User:
    """The account of the family's first member."""
    user = create_user(system_act(), username="family", name="王建")
    assign(
        system_act(),
        user_id=user.pk,
        role=Role.RESIDENT,
        area_id=world.community.community.pk,
        valid_from=date(2025, 1, 1),
    )
    link_account(world.act(world.staff.clerk), resident_id=world.people(family)[0].pk, user_id=user.pk)
    return user


@pytest.fixture
def home(log_in: LogIn, resident: User) -> Client:
    """The family's browser."""
    return log_in(resident)
