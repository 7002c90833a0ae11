"""What every view of the case begins with: who it is, where they may read, the day of the request."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from linli.assistance.permissions import READ
from linli.assistance.queries.detail import ApplicationDetail, application_detail
from linli.foundation.data.scope import Scope
from linli.foundation.screens.pages import actor, now, today
from linli.foundation.trail import audit
from linli.kernel.act import Act
from linli.users.queries import Authority, authority_of

P = ParamSpec("P")


@dataclass(frozen=True)
class Desk:
    """The person, what they may do, where they may read, and the day."""

    authority: Authority
    reads: Scope
    on: date


def reading(view: Callable[Concatenate[HttpRequest, Desk, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """A page for whoever may read cases anywhere; 403 for everybody else, whatever the object."""

    @login_required
    @wraps(view)
    def run(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        authority = authority_of(actor(request), today())
        desk = Desk(authority, authority.scope(*READ), today())
        if not desk.reads:
            raise PermissionDenied
        request.nav_key = "assistance"  # type: ignore[attr-defined]  # read by the frame
        return view(request, desk, *args, **kwargs)

    return run


def case_or_404(request: HttpRequest, desk: Desk, number: str) -> ApplicationDetail:
    """One case within reach, the reading of it audited. Out of scope looks like not there."""
    found = application_detail(desk.reads, number, desk.on)
    if found is None:
        raise Http404
    if request.method == "GET":
        audit.record_read(Act(actor(request), now()), where=found.stamp, subject=f"application:{number}")
    return found
