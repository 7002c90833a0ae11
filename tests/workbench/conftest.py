"""Pages of the workbench on Monday."""

from collections.abc import Callable

import pytest
from django.conf import LazySettings
from django.test import Client

from linli.users.models import User
from tests.conftest import MONDAY

LogIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def desk(settings: LazySettings) -> None:
    """The pages live on Monday; static files are collected when the product is installed, not for tests."""
    settings.DEMO_TODAY = MONDAY.isoformat()
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]


@pytest.fixture
def log_in() -> LogIn:
    """A browser of the person's."""

    def run(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return run
