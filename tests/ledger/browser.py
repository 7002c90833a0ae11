"""Pages of money in a test: the day, the log-in, and a helper to read what came."""

from io import BytesIO

import pytest
from django.conf import LazySettings
from django.http import HttpResponse
from openpyxl import load_workbook

from linli.foundation.trail.models import ActKey
from tests.browser import LogIn, live_on, log_in
from tests.ledger.world import PAY_DAY

__all__ = ["LogIn", "book", "desk", "key", "live_on", "log_in"]


@pytest.fixture(autouse=True)
def desk(settings: LazySettings) -> None:
    """The pages live on the day of payment."""
    live_on(settings, PAY_DAY)


def book(response: HttpResponse) -> list[list[object]]:
    """The header and the rows of a workbook that was sent, below its title."""
    sheet = load_workbook(BytesIO(response.content)).active
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]


def key() -> dict[str, str]:
    """What ``{% act_key %}`` puts in a form, new every time."""
    return {"act_key": f"{ActKey.objects.count() + 1:032x}"}
