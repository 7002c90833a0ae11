"""A year as twelve months, a pack's figures with what they rest on, and what a new table would change."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext, gettext_noop

from linli.kernel.bilingual import Text
from linli.kernel.calendar import Deadline, WorkCalendar
from linli.kernel.money import yuan_short
from linli.law.policies.engine import Pack, Parameter
from linli.law.policies.engine.model import Basis

WORK, REST, HOLIDAY, SHIFTED = "work", "rest", "holiday", "shifted"
_UNITS = {
    "PERCENT": gettext_noop("%(value)s%%"),
    "DAYS": gettext_noop("%(value)s 天"),
    "WORKING_DAYS": gettext_noop("%(value)s 个工作日"),
    "WEEKS": gettext_noop("%(value)s 周"),
    "MONTHS": gettext_noop("%(value)s 个月"),
    "AGE": gettext_noop("%(value)s 周岁"),
    "MINUTES": gettext_noop("%(value)s 分钟"),
    "HOURS": gettext_noop("%(value)s 小时"),
    "PERSONS": gettext_noop("%(value)s 人"),
    "HOUSEHOLDS": gettext_noop("%(value)s 户"),
    "ATTENDANCES": gettext_noop("%(value)s 人次"),
    "PER_WEEK": gettext_noop("每周 %(value)s 次"),
    "PER_MONTH": gettext_noop("每月 %(value)s 次"),
    "PER_YEAR": gettext_noop("每年 %(value)s 次"),
}


@dataclass(frozen=True)
class Cell:
    """One day of the calendar; ``kind`` is work, rest, holiday or shifted (a weekend that is worked)."""

    day: date
    kind: str
    is_today: bool


@dataclass(frozen=True)
class MonthGrid:
    """A month in weeks from Monday; None stands before the first day and after the last."""

    first: date
    weeks: tuple[tuple[Cell | None, ...], ...]
    working_days: int


@dataclass(frozen=True)
class ParameterLine:
    """A figure of the pack as it is on the day, and since when."""

    parameter: Parameter
    value: str
    since: date | None


@dataclass(frozen=True)
class DeadlineLine:
    """A time limit and when it turns amber."""

    label: Text
    days: str
    amber: str
    basis: Basis


@dataclass(frozen=True)
class MovedDeadline:
    """A time limit that the new table moves: for how many days of receipt, and the first of them."""

    label: Text
    days: int
    starts: int
    start: date
    before: Deadline
    after: Deadline


def working_day_count(calendar: WorkCalendar, year: int) -> int:
    """Working days of the year; plain weekdays while it is not published."""
    return sum(map(calendar.is_working, _days_of(year)))


def months_of(calendar: WorkCalendar, year: int, today: date) -> list[MonthGrid]:
    """The year's twelve months."""
    return [_month(calendar, date(year, month, 1), today) for month in range(1, 13)]


def changes_of(before: WorkCalendar, after: WorkCalendar, year: int) -> list[Cell]:
    """The days of the year that are worked in one calendar and not in the other, as they will be."""
    return [_cell(after, day, None) for day in _days_of(year) if before.is_working(day) is not after.is_working(day)]


def moved_deadlines(packs: Iterable[Pack], before: WorkCalendar, after: WorkCalendar, year: int) -> list[MovedDeadline]:
    """Which of the packs' time limits in working days end on another day, or stop being provisional."""
    # Nobody's time limit is longer than this, so nothing that began earlier reaches into the year.
    starts = [date(year, 1, 1) - timedelta(days=number) for number in range(90, 0, -1)] + list(_days_of(year))
    found = []
    for pack in packs:
        for label, days in _limits(pack, date(year, 1, 1)):
            moved = [
                (start, old, new)
                for start in starts
                if (old := before.add_working_days(start, days)) != (new := after.add_working_days(start, days))
                and (old.date.year == year or new.date.year == year)
            ]
            if moved:
                found.append(MovedDeadline(label, days, len(moved), *moved[0]))
    return found


def parameters_of(pack: Pack, on: date) -> list[ParameterLine]:
    """Every figure of the pack, in its order."""
    lines = []
    for parameter in pack.parameters.values():
        since = [value.valid_from for value in parameter.values if value.valid_from <= on]
        lines.append(ParameterLine(parameter, shown(parameter, on), since[-1] if since else None))
    return lines


def deadlines_of(pack: Pack, on: date) -> list[DeadlineLine]:
    """Every time limit of the pack."""
    lines = []
    for spec in pack.deadlines.values():
        days = pack.parameters[spec.days]
        amber = shown(pack.parameters[spec.amber], on) if spec.amber else ""
        lines.append(DeadlineLine(spec.label, shown(days, on), amber, days.basis))
    return lines


def shown(parameter: Parameter, on: date) -> str:
    """The value of the day in words of its unit."""
    value = parameter.value_on(on)
    if value is None:
        return gettext("当日没有取值")
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    if parameter.unit == "FEN":
        return f"¥{yuan_short(value)}"
    return gettext(_UNITS.get(parameter.unit, "%(value)s")) % {"value": f"{value:,}"}


def _limits(pack: Pack, on: date) -> Iterator[tuple[Text, int]]:
    for spec in pack.deadlines.values():
        parameter = pack.parameters[spec.days]
        value = parameter.value_on(on)
        if parameter.unit == "WORKING_DAYS" and value is not None and int(value) > 0:
            yield spec.label, int(value)


def _month(calendar: WorkCalendar, first: date, today: date) -> MonthGrid:
    days = [day for day in _days_of(first.year) if day.month == first.month]
    cells: list[Cell | None] = [None] * first.weekday()
    cells += [_cell(calendar, day, today) for day in days]
    cells += [None] * (-len(cells) % 7)
    weeks = tuple(tuple(cells[start : start + 7]) for start in range(0, len(cells), 7))
    return MonthGrid(first, weeks, sum(map(calendar.is_working, days)))


def _cell(calendar: WorkCalendar, day: date, today: date | None) -> Cell:
    weekend = day.weekday() >= 5
    kinds = (SHIFTED, WORK) if calendar.is_working(day) else (REST, HOLIDAY)
    return Cell(day, kinds[0] if weekend else kinds[1], day == today)


def _days_of(year: int) -> Iterator[date]:
    first = date(year, 1, 1)
    for number in range((date(year + 1, 1, 1) - first).days):
        yield first + timedelta(days=number)
