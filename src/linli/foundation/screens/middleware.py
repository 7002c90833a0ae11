"""What people type gets its one spelling at the door; pages speak Chinese until somebody chooses English;
a refusal that no form took becomes a page, never a crash.
"""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, QueryDict

from linli.foundation.screens.reads import forget_readings
from linli.foundation.screens.refusals import refused
from linli.kernel.errors import DomainError
from linli.kernel.text import typed


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

        Raises Http404 for a path with a NUL, which no number or code has and PostgreSQL cannot be asked for.
        """
        if "\0" in request.path_info:
            raise Http404
        request.GET = _spelled(request.GET)  # type: ignore[assignment]  # Django's stubs have no setter
        if request.method == "POST":
            request.POST = _spelled(request.POST)  # type: ignore[assignment]  # Django's stubs have no setter


class RefusalMiddleware:
    """Turns a DomainError that leaves a view into 409 with its sentence and the way back.

    The same act sent again has already taken effect: its page says so with 200.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page of a refusal; None leaves every other exception to Django."""
        if not isinstance(exception, DomainError):
            return None
        forget_readings(request)
        return refused(request, exception)


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
        spelled.setlist(name, [typed(name.rpartition("-")[2], value) for value in values])
    spelled._mutable = False
    return spelled
