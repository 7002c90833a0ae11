"""Pages of money in a test: the day, the log-in, and a helper to read what came."""

from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
from django.conf import LazySettings
from django.http import HttpResponse
from django.test import Client
from openpyxl import load_workbook

from linli.foundation.trail.models import ActKey
from linli.users.models import User
from tests.ledger.world import PAY_DAY

LogIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def desk(settings: LazySettings) -> None:
    """The pages live on the day of payment."""
    live_on(settings, PAY_DAY)
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]


def live_on(settings: LazySettings, day: date) -> None:
    settings.DEMO_TODAY = day.isoformat()


@pytest.fixture
def log_in() -> LogIn:
    """A person's browser."""

    def run(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return run


def book(response: HttpResponse) -> list[list[object]]:
    """The rows of a workbook that was sent."""
    sheet = load_workbook(BytesIO(response.content)).active
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def key() -> dict[str, str]:
    """What ``{% act_key %}`` puts in a form, new every time."""
    return {"act_key": f"{ActKey.objects.count() + 1:032x}"}
