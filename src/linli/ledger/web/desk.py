"""What every view of the funds begins with: who sits at the desk and which funds they may read."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from linli.foundation.data.scope import Scope
from linli.foundation.screens.pages import actor, today
from linli.kernel.period import Month
from linli.ledger import queries
from linli.ledger.models import Fund
from linli.ledger.permissions import funds_scope
from linli.users.queries import Authority, authority_of

P = ParamSpec("P")


@dataclass(frozen=True)
class Desk:
    """The person's roles and reach on the day of the request."""

    person: Authority
    reads: Scope
    on: date


def reading(
    view: Callable[Concatenate[HttpRequest, Desk, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A page for whoever may read a fund anywhere; 403 for everybody else."""

    @login_required
    @wraps(view)
    def run(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        vars(request)["nav_key"] = "funds"
        on = today()
        person = authority_of(actor(request), on)
        reads = funds_scope(person)
        if not reads:
            raise PermissionDenied
        return view(request, Desk(person, reads, on), *args, **kwargs)

    return run


def fund_or_404(desk: Desk, code: str) -> Fund:
    """A fund within reach."""
    try:
        return queries.fund(desk.reads, code)
    except Fund.DoesNotExist as error:
        raise Http404 from error


def months_of(request: HttpRequest, fund: Fund, on: date) -> tuple[Month, Month]:
    """First and last month asked for; by default the fund's year up to today. What is not a month of the year is not
    taken.
    """
    first = _month(request.GET.get("from", ""), fund, Month(fund.year, 1))
    default = Month.of(on) if on.year == fund.year else Month(fund.year, 12)
    return first, max(first, _month(request.GET.get("to", ""), fund, default))


def _month(text: str, fund: Fund, default: Month) -> Month:
    try:
        month = Month.parse(text)
    except ValueError:
        return default
    return month if month.year == fund.year else default
