"""Pages in a test: the day they live on, and a person's browser. A conftest takes the fixtures it wants from here."""

from collections.abc import Callable
from datetime import date

import pytest
from django.conf import LazySettings
from django.test import Client

from linli.ground.users.models import User
from tests.conftest import MONDAY

LogIn = Callable[[User], Client]


def live_on(settings: LazySettings, day: date) -> None:
    """Set the pages' clock; static files are collected when the product is installed, not for tests."""
    settings.DEMO_TODAY = day.isoformat()
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]


@pytest.fixture(autouse=True)
def desk(settings: LazySettings) -> None:
    """The pages live on Monday."""
    live_on(settings, MONDAY)


@pytest.fixture
def log_in() -> LogIn:
    """A person's browser."""

    def run(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return run
