"""Every request leaves one line in the log; what people type gets its one spelling at the door; pages speak Chinese
until somebody chooses English; a refusal that no form took becomes a page, never a crash.
"""

import logging
from collections.abc import Callable
from time import perf_counter
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import BadRequest
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext_lazy as _

from linli.foundation.files.receiving import MAX_OF_STRANGERS, MAX_REQUEST, RequestTooLarge, check_length
from linli.foundation.screens.counting import count_request
from linli.foundation.screens.front import on_this_machine
from linli.foundation.screens.pages import no_store, refused, whole_number
from linli.foundation.screens.reads import forget_readings
from linli.foundation.trail import logs
from linli.foundation.trail.acts import reading
from linli.kernel.errors import DomainError
from linli.kernel.text import kept

# Characters of one value in an address. A page to come back to is the longest; SQLite looks for no longer text.
_LONGEST = 4_000
# By which a proxy tells who asks, and how they came.
_TOLD_BY_PROXIES = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO")
_log = logging.getLogger("linli.requests")


class LogMiddleware:
    """One line for every request: which route, by whom (the id), which act, how it ended, how long it took.

    Outermost, so that nothing ends a request unseen. The answer carries the request's id for whoever reports a fault.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = perf_counter()
        with logs.about(request=uuid4().hex[:12], method=request.method) as told:
            response = self.get_response(request)
            told |= {"user": _user_id(request), "status": response.status_code}
            took = perf_counter() - begun
            told["ms"] = round(took * 1000)
            _log.info("request")
        count_request(told.get("route", ""), request.method or "", response.status_code, took)
        response["X-Request-Id"] = told["request"]
        return response

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> None:
        """What is known once the address is: the route's name (never the path, which holds numbers)."""
        match = request.resolver_match
        logs.note(route=match.view_name if match else "")

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """For the line of the error, which is written before ours."""
        logs.note(user=_user_id(request))


def _user_id(request: HttpRequest) -> int | None:
    """Who asked, where that is known already: the log asks the database nothing."""
    return getattr(getattr(request, "_cached_user", None), "pk", None)


class HopsMiddleware:
    """What a proxy says of who asks is believed from proxies of ours alone: these stand on this machine.

    Without any (``PROXIES``), or from elsewhere, ``X-Forwarded-For`` and ``X-Forwarded-Proto`` are a visitor's own
    words. ``X-Forwarded-Host`` is believed from nobody: proxies hand on ``Host``.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not (settings.PROXIES and on_this_machine(request)):
            for name in _TOLD_BY_PROXIES:
                request.META.pop(name, None)
        return self.get_response(request)


class SizeMiddleware:
    """Refuses a request that is larger than anybody needs before a byte of its body is read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        announced = whole_number(request.META.get("CONTENT_LENGTH") or "0")
        length = announced if announced is not None else MAX_REQUEST + 1  # no number, or one of twenty digits
        try:
            check_length(length, known=length > MAX_OF_STRANGERS and request.user.is_authenticated)
        except RequestTooLarge as error:
            return refused(request, error, status=413)
        return self.get_response(request)


class SpellingMiddleware:
    """Every parameter of an address and of a form, search boxes too, in the one spelling in which it is kept.

    A form's field is known by the last part of its name: ``m0-id_number`` is an identity number.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> None:
        """Before the view, after the check of the form's token, which has read the parameters already.

        Raises Http404 for a path with a NUL, which no number or code has and PostgreSQL cannot be asked for; BadRequest
        for a value that no page of ours puts into an address, it is too long.
        """
        if "\0" in request.path_info:
            raise Http404
        if any(len(value) > _LONGEST for _name, values in request.GET.lists() for value in values):
            raise BadRequest
        request.GET = _spelled(request.GET)  # type: ignore[assignment]  # Django's stubs have no setter
        if request.method == "POST":
            request.POST = _spelled(request.POST)  # type: ignore[assignment]  # Django's stubs have no setter


class NotKept(DomainError):
    """A text is longer, or a number larger, than the column that is to hold it: nothing was kept."""

    code = "screens.not_kept"
    message = _("填写的内容过长，或数字过大，无法保存。请返回修改")


class PrivateMiddleware:
    """What somebody is shown who is logged in stays with them: no browser and no proxy keeps it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        return no_store(response) if _user_id(request) is not None else response


class RefusalMiddleware:
    """Turns a DomainError that leaves a view into 409 with its sentence and the way back.

    The same act sent again has already taken effect: its page says so with 200. What no form looked at and PostgreSQL
    could not keep is a refusal as well.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page of a refusal; None leaves every other exception to Django."""
        if isinstance(exception, DataError):
            exception = NotKept()
        if not isinstance(exception, DomainError):
            return None
        forget_readings(request)
        return refused(request, exception)


class ReadingMiddleware:
    """Innermost: views and templates read, acts write."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with reading():
            return self.get_response(request)


class ChineseFirstMiddleware:
    """Chinese is the default whatever language the browser announces: only a choice on the page changes it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.META.pop("HTTP_ACCEPT_LANGUAGE", None)
        return self.get_response(request)


def _spelled(parameters: QueryDict) -> QueryDict:
    spelled = QueryDict(mutable=True, encoding=parameters.encoding)
    for name, values in parameters.lists():
        spelled.setlist(name, [kept(name.rpartition("-")[2], value) for value in values])
    spelled._mutable = False
    return spelled
