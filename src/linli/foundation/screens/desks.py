"""What the pages of a room begin with: who sits at the desk, with which authority, on which day; refused otherwise."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from linli.foundation.screens.pages import actor, today
from linli.kernel.act import Actor

P = ParamSpec("P")
D = TypeVar("D")
View = Callable[Concatenate[HttpRequest, D, P], HttpResponse]
Page = Callable[Concatenate[HttpRequest, P], HttpResponse]


def pages_at(
    nav_key: str, sit_down: Callable[[Actor, date], D], admits: Callable[[D], object]
) -> Callable[[View[D, P]], Page[P]]:
    """A decorator for pages that get the desk of whoever is logged in; 403, whatever the object, for whom none admits.

    ``nav_key`` is the job that the frame marks, unless the view names another.
    """

    def admitted(request: HttpRequest) -> bool:
        return request.user.pk is not None and bool(admits(sit_down(actor(request), today())))

    def decorate(view: View[D, P]) -> Page[P]:
        @login_required
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
