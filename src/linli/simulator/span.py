"""Which days are lived: of the plan's year, or beyond it. Read by the command line before Django is started."""

from datetime import date

from linli.kernel.period import Month
from linli.law.policies.engine import Pack
from linli.overview.planning.engine import Plan

A_YEAR = 12  # months


def span_of(pack: Pack, plan: Plan, months: int) -> tuple[date, date]:
    """The plan's first fund month, and the last day of as many months as asked: beyond a year when more are."""
    firsts = [programme.first_month for programme in pack.programmes.values()]
    lasts = [programme.last_month for programme in pack.programmes.values()]
    year = int(plan.figures["year"].value)
    first = min(firsts, default=Month(year, 1))
    last = first.plus(months - 1)
    if months <= A_YEAR:
        last = min(max(lasts, default=Month(year, 12)), last)
    return first.first_day, last.last_day
