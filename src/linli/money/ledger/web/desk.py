"""What every view of the funds begins with: who sits at the desk and which funds they may read."""

from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpRequest

from linli.foundation.data.scope import Scope
from linli.foundation.screens.desks import pages_at
from linli.ground.users.queries import Authority, authority_of
from linli.kernel.act import Actor
from linli.kernel.period import Month
from linli.money.ledger import queries
from linli.money.ledger.models import Fund
from linli.money.ledger.permissions import funds_scope


@dataclass(frozen=True)
class Desk:
    """The person's roles and reach on the day of the request."""

    person: Authority
    reads: Scope
    on: date


def _desk(somebody: Actor, on: date) -> Desk:
    person = authority_of(somebody, on)
    return Desk(person, funds_scope(person), on)


# A page for whoever may read a fund anywhere.
reading = pages_at("funds", _desk, lambda desk: desk.reads)


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
