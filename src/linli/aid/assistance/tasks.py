"""What the product does with cases by itself: each job is one operation call per act, and may run twice."""

from linli.aid.assistance.operations import (
    escalate,
    expire_publications,
    lapse_overdue,
    open_renewals,
    recompute_deadlines,
)
from linli.aid.assistance.queries.turns import TURNS
from linli.foundation.trail.jobs import job
from linli.foundation.trail.keeping import bring_up
from linli.kernel.act import Act


@job("assistance.recompute_deadlines")
def recompute(today: Act, on: str) -> None:
    """Running time limits by the calendar as it is known now; ``on`` is the ISO date on which a table was loaded."""
    recompute_deadlines(today)


@job("assistance.daily", daily=True)
def daily(today: Act) -> None:
    """Warn and escalate, let overdue supplements lapse, take publications down, open yearly reviews, see whose turn
    each case is today.
    """
    escalate(today)
    lapse_overdue(today)
    expire_publications(today)
    open_renewals(today)
    bring_up(TURNS, today.on)
