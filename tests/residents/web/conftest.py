"""Somebody at the desk on Monday."""

import pytest
from django.test import Client

from linli.ground.users.codes import Role
from linli.ground.users.operations import assign
from tests.browser import LogIn, desk, log_in
from tests.conftest import MONDAY, Community, Staff, system_act

__all__ = ["desk", "log_in"]


@pytest.fixture
def browser(log_in: LogIn, staff: Staff) -> Client:
    """The community worker's browser."""
    return log_in(staff.clerk)


@pytest.fixture
def reader_here(log_in: LogIn, staff: Staff, community: Community) -> Client:
    """The browser of somebody who registers in another street and only reads here."""
    place, who = community.community, staff.outsider
    assign(system_act(), user_id=who.pk, role=Role.AUDITOR, area_id=place.pk, valid_from=MONDAY)
    return log_in(who)
