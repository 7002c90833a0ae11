"""What the pages of a room begin with: who sits at the desk, with which authority, on which day; refused otherwise."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from linli.foundation.screens.pages import actor, asks_for_part, today
from linli.kernel.act import Actor

P = ParamSpec("P")
D = TypeVar("D")
View = Callable[Concatenate[HttpRequest, D, P], HttpResponse]
Page = Callable[Concatenate[HttpRequest, P], HttpResponse]


def known(view: Page[P]) -> Page[P]:
    """For whoever is logged in; everybody else logs in first. 401 for a script, whose page says that the session is
    over: the log-in page would take the place of what was typed. Who sent a form is told that nothing came of it.
    """
    page = login_required(view)

    @wraps(view)
    def run(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.user.is_anonymous and asks_for_part(request):
            return HttpResponse(status=401)
        if request.user.is_anonymous and request.method == "POST":
            messages.warning(request, gettext("登录已过期，刚才提交的没有办理。请重新登录，再填写一次"))
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


# A page of whoever is logged in, without a job of its own.
everybody: Callable[[View[Actor, ...]], Page[...]] = pages_at("", lambda person, _on: person, lambda _person: True)


class Shown(Protocol):
    """What is a page by being made of a request: a list, an act."""

    def __init__(self, request: HttpRequest, desk: Any, /, **address: Any) -> None: ...

    def response(self) -> HttpResponse: ...


def page_of(shown: type[Shown], decorate: Callable[[Callable[..., HttpResponse]], Page[...]]) -> Page[...]:
    """The page of a list or of an act, declared; ``decorate`` makes functions pages of a desk."""

    @decorate
    def page(request: HttpRequest, desk: Any, **address: Any) -> HttpResponse:
        return shown(request, desk, **address).response()

    return page
