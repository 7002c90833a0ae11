"""A busy day in the middle of a year: families come all at once, and every office has left some work for later.

Nothing is put on a desk for it. People leave what has waited longest until that day is over, and go on the day after.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

T = TypeVar("T")

# Before the day: how long more families come than usual, and how long something is left lying.
_RUSH, _BACKLOG = timedelta(days=28), timedelta(days=9)
# Of everything that waits at a step so much is left.
LEFT = 2


@dataclass(frozen=True)
class Busy:
    """The days until ``day``, which is one of them; without a day nobody is ever busy."""

    day: date | None = None

    def is_it(self, day: date) -> bool:
        """Whether this is the day that everything is left until."""
        return day == self.day

    def is_rush(self, day: date) -> bool:
        """Whether more families come than usual, and more payments come back."""
        return self.day is not None and self.day - _RUSH <= day <= self.day

    def done(self, waiting: Sequence[T], day: date, *, early: bool = False) -> Sequence[T]:
        """What people get round to of what waits, the oldest first; ``early``: they are behind since the rush began."""
        behind = self.is_rush(day) and (early or day >= (self.day or day) - _BACKLOG)
        return waiting[LEFT:] if behind else waiting
