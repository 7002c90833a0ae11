"""The world that the whole folder asks, built once. What its pages answer is asked once, too."""

from collections.abc import Callable, Iterator
from unittest.mock import patch

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from pytest_django import DjangoDbBlocker

from linli.config import urls
from linli.ground.users.web import refusals as refusals_of_people
from linli.law.policies.queries import forget_cached
from tests.access.asking import Office, monday_evening, office_of
from tests.access.world import World, make_world


def _refusal(status: int) -> Callable[[HttpRequest, Exception], HttpResponse]:
    """A refusal without its page: of six thousand refused questions the status is asked."""
    return lambda request, exception: HttpResponse(status=status, content_type="text/plain")


@pytest.fixture(scope="package")
def world(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Monday in the office, one world for all routes; each question is undone, and the world at the end."""
    refusals = {f"handler{status}": _refusal(status) for status in (403, 404)}
    bare = patch.multiple(urls, create=True, **refusals)
    # A refusal's line in the trail is tested by itself (tests/users/web/test_refusals.py).
    writing = {name: lambda *_args, **_said: None for name in ("_write", "_write_of_unfound")}
    silent = patch.multiple(refusals_of_people, **writing)
    folder = tmp_path_factory.mktemp("world")
    with monday_evening(folder), bare, silent, django_db_blocker.unblock(), transaction.atomic():
        # Acts insist on being outermost, but in a test.
        transaction.get_connection().atomic_blocks[-1]._from_testcase = True
        forget_cached()
        yield make_world()
        transaction.set_rollback(True)


@pytest.fixture(scope="package")
def office(world: World) -> Office:
    """Where everybody asks, each role with its log-in as its browser keeps it."""
    return office_of(world)
