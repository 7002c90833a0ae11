"""Pages speak Chinese until somebody chooses English; a refusal that no form took becomes a page, never a crash."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from linli.foundation.screens.pages import sentence
from linli.foundation.trail.acts import ActRepeated
from linli.kernel.errors import DomainError


class RefusalMiddleware:
    """Turns a DomainError that leaves a view into 409 with its sentence and the way back.

    The same act sent again (ActRepeated) has already taken effect: its page says so with 200.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page of a refusal; None leaves every other exception to Django."""
        if not isinstance(exception, DomainError):
            return None
        back = request.headers.get("Referer", "")
        own = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
        context = {"sentence": sentence(exception), "back": back if own else ""}
        return render(request, "refused.html", context, status=200 if isinstance(exception, ActRepeated) else 409)


class ChineseFirstMiddleware:
    """Chinese is the default whatever language the browser announces: only a choice on the page changes it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.META.pop("HTTP_ACCEPT_LANGUAGE", None)
        return self.get_response(request)
