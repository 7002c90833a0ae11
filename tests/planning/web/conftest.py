"""Somebody reads the plan on the last day of April."""

from collections.abc import Callable

import pytest
from django.conf import LazySettings
from django.test import Client

from linli.ground.users.models import User
from tests.planning.conftest import LATER, Lived

LogIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def desk(settings: LazySettings) -> None:
    """The pages' clock is set; static files are collected when the product is installed, not for tests."""
    settings.DEMO_TODAY = LATER.isoformat()
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]


@pytest.fixture
def log_in() -> LogIn:
    """A browser of the person's."""

    def run(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return run


@pytest.fixture
def director(log_in: LogIn, lived: Lived) -> Client:
    """The community director's browser."""
    return log_in(lived.staff.director)
