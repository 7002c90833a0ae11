"""Somebody at the desk on Monday."""

import pytest
from django.test import Client

from tests.browser import LogIn, desk, log_in
from tests.conftest import Staff

__all__ = ["desk", "log_in"]


@pytest.fixture
def browser(log_in: LogIn, staff: Staff) -> Client:
    """The community worker's browser."""
    return log_in(staff.clerk)
