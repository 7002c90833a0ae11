"""What the product does with awards by itself: each job is one operation call per act, and may run twice."""

from linli.foundation.trail.jobs import job
from linli.foundation.trail.keeping import bring_up
from linli.kernel.act import Act
from linli.money.awards.operations import (
    end_departed,
    expire_awards,
    fall_due_reviews,
    recompute_holds,
    redetermine_all,
    stop_accounts,
)
from linli.money.awards.queries import DUES


@job("awards.daily", daily=True)
def daily(today: Act) -> None:
    """End the awards of those who died or left, follow new standards and birthdays, record which ran out, open the
    reviews whose day has come, see what is due today.
    """
    end_departed(today, on=today.on)
    redetermine_all(today, on=today.on)
    expire_awards(today, on=today.on)
    fall_due_reviews(today, on=today.on)
    stop_accounts(today, on=today.on)
    bring_up(DUES, today.on)


@job("awards.recompute_holds")
def recompute(today: Act, on: str) -> None:
    """Days until which changed accounts are held; ``on`` is the ISO date on which a table was loaded."""
    recompute_holds(today)
