"""Requests without a database: the frame needs none."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from django.conf import LazySettings
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest
from django.template import engines
from django.test import RequestFactory

from linli.foundation.screens import navigation

MakeRequest = Callable[..., HttpRequest]
Render = Callable[..., str]


@pytest.fixture(autouse=True)
def navigation_items(monkeypatch: pytest.MonkeyPatch) -> dict[str, navigation.NavItem]:
    """The navigation of these tests alone."""
    items: dict[str, navigation.NavItem] = {}
    monkeypatch.setattr(navigation, "_items", items)
    return items


@pytest.fixture
def request_of(settings: LazySettings) -> Iterator[MakeRequest]:
    """A request of somebody who is logged in, unless ``anonymous``; cookies and headers as given."""
    settings.ROOT_URLCONF = "tests.foundation.screens.pages_urls"
    settings.DEMO_TODAY = "2026-03-09"

    made: list[HttpRequest] = []

    def make(path: str = "/", *, data=None, cookies=(), anonymous=False, **headers: str) -> HttpRequest:
        factory = RequestFactory(headers={name.replace("_", "-"): value for name, value in headers.items()})
        request = factory.get(path) if data is None else factory.post(path, data)
        request.COOKIES.update(cookies)
        request.user = SimpleNamespace(  # type: ignore[assignment]  # what the frame reads of a user
            pk=None if anonymous else 7, name="王丽", is_authenticated=not anonymous, is_anonymous=anonymous
        )
        request._messages = CookieStorage(request)  # type: ignore[attr-defined]  # as the middleware does
        made.append(request)
        return request

    yield make
    # Files that came with it, which a server closes when it has answered.
    for request in made:
        request.close()


@pytest.fixture
def render(request_of: MakeRequest) -> Render:
    """The HTML of a template text; ``path`` is the request's, the rest its context."""

    def run(source: str, *, path: str = "/", **context: object) -> str:
        return str(engines["django"].from_string(source).render(context, request_of(path)))

    return run
