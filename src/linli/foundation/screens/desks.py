"""What the pages of a room begin with: who sits at the desk, with which authority, on which day; refused otherwise."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from linli.foundation.screens.pages import actor, asks_for_part, today
from linli.kernel.act import Actor

P = ParamSpec("P")
D = TypeVar("D")
View = Callable[Concatenate[HttpRequest, D, P], HttpResponse]
Page = Callable[Concatenate[HttpRequest, P], HttpResponse]


def known(view: Page[P]) -> Page[P]:
    """For whoever is logged in; everybody else logs in first. 401 for a script, whose page says that the session is
    over: the log-in page would take the place of what was typed.
    """
    page = login_required(view)

    @wraps(view)
    def run(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.user.is_anonymous and asks_for_part(request):
            return HttpResponse(status=401)
        return page(request, *args, **kwargs)

    return run


def pages_at(
    nav_key: str, sit_down: Callable[[Actor, date], D], admits: Callable[[D], object]
) -> Callable[[View[D, P]], Page[P]]:
    """A decorator for pages that get the desk of whoever is logged in; 403, whatever the object, for whom none admits.

    ``nav_key`` is the job that the frame marks, unless the view names another.
    """

    def admitted(request: HttpRequest) -> bool:
        return request.user.pk is not None and bool(admits(sit_down(actor(request), today())))

    def decorate(view: View[D, P]) -> Page[P]:
        @known
        @wraps(view)
        def run(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            vars(request)["nav_key"] = nav_key
            desk = sit_down(actor(request), today())
            if not admits(desk):
                raise PermissionDenied
            return view(request, desk, *args, **kwargs)

        vars(run)["admits"] = admitted  # whom links lead here (``navigation.may_open``)
        return run

    return decorate
