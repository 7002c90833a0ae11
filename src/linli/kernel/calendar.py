"""The working-day clock 工作日: statutory holidays, 调休 make-up days, deadlines.

Days are counted from the day after the event (民法典 第二百零一条); a last calendar day that falls on a rest day
moves to the next working day (第二百零三条). The tables are data, published each autumn for the next year only: a
year without a table is never guessed silently, a deadline that reaches into it is *provisional*.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class YearTable:
    """One year's published exceptions: weekdays that are off and weekend days that are worked."""

    year: int
    off_weekdays: frozenset[date]
    work_weekends: frozenset[date]
    source: str = ""

    def __post_init__(self) -> None:
        wrong = [d for d in self.off_weekdays if d.weekday() >= 5 or d.year != self.year]
        wrong += [d for d in self.work_weekends if d.weekday() < 5 or d.year != self.year]
        if wrong:
            raise ValueError(f"{min(wrong)} does not belong in the table of {self.year}")


@dataclass(frozen=True)
class Deadline:
    """A last day. ``provisional`` says that it was counted through a year whose table is not published yet."""

    date: date
    provisional: bool = False


@dataclass(frozen=True)
class WorkCalendar:
    """Working days from the year tables given; years without one count as plain Monday to Friday, provisionally."""

    tables: Mapping[int, YearTable] = field(default_factory=dict)

    def is_published(self, year: int) -> bool:
        """Whether the year's table is known."""
        return year in self.tables

    def is_working(self, day: date) -> bool:
        """Whether people work on that day."""
        table = self.tables.get(day.year)
        if table is None:
            return day.weekday() < 5
        return day in table.work_weekends or (day.weekday() < 5 and day not in table.off_weekdays)

    def add_working_days(self, start: date, working_days: int) -> Deadline:
        """The last day of a time limit: day 1 is the first working day after ``start``.

        ``working_days`` must be at least 1. A deadline found through an unpublished year is provisional.
        """
        if working_days < 1:
            raise ValueError("a time limit has at least one working day")
        day, left = start, working_days
        provisional = False
        while left:
            day += _ONE_DAY
            provisional = provisional or not self.is_published(day.year)
            left -= self.is_working(day)
        return Deadline(day, provisional)

    def add_calendar_days(self, start: date, days: int, *, roll: bool = True) -> Deadline:
        """The last of ``days`` calendar days after ``start``; with ``roll`` a rest day moves it on (民法典 203)."""
        if days < 1:
            raise ValueError("a time limit has at least one day")
        day = start + timedelta(days=days)
        while roll and not self.is_working(day):
            day += _ONE_DAY
        return Deadline(day, roll and not self.is_published(day.year))

    def next_working_day(self, day: date) -> date:
        """The first working day after ``day``."""
        return self.add_working_days(day, 1).date

    def working_days_between(self, start: date, end: date) -> int:
        """Signed number of working days in (start, end]: 0 for the same day, negative when ``end`` is earlier."""
        if end < start:
            return -self.working_days_between(end, start)
        days = (end - start).days
        return sum(self.is_working(start + timedelta(days=n)) for n in range(1, days + 1))
