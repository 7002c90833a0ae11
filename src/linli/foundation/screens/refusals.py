"""The page of a refusal that no form took."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from linli.foundation.screens.pages import sentence
from linli.foundation.trail.acts import ActRepeated
from linli.kernel.errors import DomainError


def refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    """409 with the sentence and the way back. The same act sent again (ActRepeated) has already taken effect: 200."""
    back = request.headers.get("Referer", "")
    own = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    context = {"sentence": sentence(error), "back": back if own else ""}
    return render(request, "refused.html", context, status=200 if isinstance(error, ActRepeated) else 409)
