"""What every page of the administration begins with: an administrator, and where they are one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from linli.areas.queries import Area, area_by_code
from linli.foundation.data.scope import Scope
from linli.foundation.screens.pages import actor, today
from linli.users.models import User
from linli.users.permissions import administered, administers_all, can_administer
from linli.users.queries import Authority, account, authority_of

P = ParamSpec("P")


@dataclass(frozen=True)
class Desk:
    """The administrator's roles and territory on the day of the request."""

    person: Authority
    scope: Scope
    everywhere: bool
    on: date


def administering(
    view: Callable[Concatenate[HttpRequest, Desk, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A page for whoever is administrator anywhere; 403 for everybody else."""

    @login_required
    @wraps(view)
    def run(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        vars(request)["nav_key"] = "organisation"
        on = today()
        person = authority_of(actor(request), on)
        scope = administered(person)
        if not scope:
            raise PermissionDenied
        return view(request, Desk(person, scope, administers_all(person), on), *args, **kwargs)

    return run


def account_or_404(desk: Desk, username: str) -> User:
    """An account within reach."""
    try:
        return account(desk.scope, username, everywhere=desk.everywhere, on=desk.on)
    except User.DoesNotExist as error:
        raise Http404 from error


def area_or_404(desk: Desk, code: str) -> Area:
    """An area within reach."""
    try:
        area = area_by_code(code)
    except Area.DoesNotExist as error:
        raise Http404 from error
    if not can_administer(desk.person, area.stamp):
        raise Http404
    return area
