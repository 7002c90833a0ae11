"""What every view of the funds begins with."""

from datetime import date

from django.http import HttpRequest

from linli.ground.users.codes import Role
from linli.ground.users.queries.desks import pages_for
from linli.kernel.period import Month
from linli.money.ledger.models import Fund
from linli.money.ledger.permissions import READERS

# A page for whoever may read a fund anywhere; one for those who answer for an excess.
reading = pages_for("funds", *READERS)
accepting = pages_for("funds", Role.STREET_OFFICER)


def months_of(request: HttpRequest, fund: Fund, on: date) -> tuple[Month, Month]:
    """First and last month asked for; by default the fund's year up to today. What is not a month of the year is not
    taken.
    """
    default = Month.of(on) if on.year == fund.year else Month(fund.year, 12)
    first = month_of(fund, request.GET.get("from", "")) or Month(fund.year, 1)
    return first, max(first, month_of(fund, request.GET.get("to", "")) or default)


def month_of(fund: Fund, text: str) -> Month | None:
    """A month of the fund's year; None for anything else."""
    try:
        month = Month.parse(text)
    except ValueError:
        return None
    return month if month.year == fund.year else None
