"""One request asks the database once what its person may do; a start password opens one page."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse


class RememberAuthorityMiddleware:
    """Gives the request's person a memory for its roles; it ends with the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            setattr(request.user, "remembered_authority", {})  # noqa: B010 - not part of the model
        return self.get_response(request)


# Where somebody who must change their password may go; the language of that page is theirs to choose.
_OPEN = ("password_change", "log_out", "log_in", "set_language", "preferences")


class StartPasswordMiddleware:
    """Leads everybody whose password was handed out to the page that changes it, whatever they asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated and user.must_change_password and request.path not in map(reverse, _OPEN):
            return redirect("password_change")
        return self.get_response(request)
