"""One request asks the database once what its person may do; what is to be done at the door is done first."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from linli.foundation.clock import now
from linli.ground.users.queries import must_show_factor
from linli.ground.users.web.again import has_shown
from linli.ground.users.web.door import stay_known


class RememberAuthorityMiddleware:
    """Gives the request's person a memory for its roles; it ends with the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            setattr(request.user, "remembered_authority", {})  # noqa: B010 - not part of the model
        return self.get_response(request)


# Where somebody may go who has yet to change a start password or to enrol; the language there is theirs to choose.
_OPEN: Final = ("notices", "log_out", "log_in", "set_language", "preferences")
_ENROLLING: Final = ("enrol", "enrol_passkey")
# How often a session's last use is written down.
_SEEN_EVERY: Final = timedelta(minutes=10)


class DoorMiddleware:
    """Leads everybody whose password was handed out to the page that changes it, and who works in an office and has
    shown no second factor to where they enrol one, whatever they asked for.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        first = _first(request) if request.user.is_authenticated else ""
        if first:
            return redirect(first)
        if request.user.is_authenticated:
            _note_use(request)
        return stay_known(request, self.get_response(request))


def _first(request: HttpRequest) -> str:
    """The page that comes before every other one; empty where none does."""
    user = request.user
    if not user.is_authenticated:
        return ""
    if user.must_change_password:
        return "" if _is_one_of(request, "password_change", *_OPEN) else "password_change"
    if has_shown(request) or _is_one_of(request, "password_change", *_OPEN, *_ENROLLING):
        return ""
    return "enrol" if must_show_factor(user, now().date()) else ""


def _is_one_of(request: HttpRequest, *names: str) -> bool:
    return request.path in map(reverse, names)


def _note_use(request: HttpRequest) -> None:
    seen = parse_datetime(request.session.get("seen", ""))
    moment = timezone.now()
    if seen is None or moment - seen > _SEEN_EVERY:
        request.session["seen"] = moment.isoformat()
