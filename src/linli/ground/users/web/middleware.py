"""One request asks the database once what its person may do."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class RememberAuthorityMiddleware:
    """Gives the request's person a memory for its roles; it ends with the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            setattr(request.user, "remembered_authority", {})  # noqa: B010 - not part of the model
        return self.get_response(request)
