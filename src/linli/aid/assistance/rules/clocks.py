"""The statutory clock: start, pause, resume or restart, finish; green, amber or red on any day.

Two clocks run on one application: the intake answer (S2 三.3: five working days from receipt) and the decision (the
pack's working days from acceptance). Day 1 is the working day after the event (民法典 第二百零一条).
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

from linli.kernel.calendar import Deadline, WorkCalendar

RESUME, RESTART = "RESUME", "RESTART"
GREEN, AMBER, RED, PAUSED, DONE = "GREEN", "AMBER", "RED", "PAUSED", "DONE"


@dataclass(frozen=True)
class Clock:
    """One running, paused or finished time limit.

    ``working_days`` is the limit - in calendar days where ``calendar_days`` says so, the last of which moves on from a
    rest day. ``used_days`` are those already used before ``started_date`` (0 unless it was resumed), ``extended_days``
    those since then that do not count, ``due_date`` the last day, ``provisional`` whether it was counted through an
    unpublished year.
    """

    working_days: int
    started_date: date
    due_date: date
    provisional: bool = False
    used_days: int = 0
    paused_date: date | None = None
    finished_date: date | None = None
    calendar_days: bool = False
    extended_days: int = 0

    @property
    def running(self) -> bool:
        """Neither paused nor finished."""
        return self.paused_date is None and self.finished_date is None


def start(calendar: WorkCalendar, *, on: date, working_days: int, calendar_days: bool = False) -> Clock:
    """A clock that starts with an event on that day."""
    due = _due(calendar, on, working_days, calendar_days=calendar_days)
    return Clock(working_days, on, due.date, due.provisional, calendar_days=calendar_days)


def pause(calendar: WorkCalendar, clock: Clock, *, on: date) -> Clock:
    """Stop counting: the day of the pause itself is used."""
    used = clock.used_days + max(_between(calendar, clock, clock.started_date, on), 0)
    return replace(clock, paused_date=on, used_days=used)


def resume(calendar: WorkCalendar, clock: Clock, *, on: date, mode: str) -> Clock:
    """Count again from the day after: what was left (RESUME; at least one day) or the whole limit (RESTART)."""
    if mode == RESTART:
        return start(calendar, on=on, working_days=clock.working_days, calendar_days=clock.calendar_days)
    left = max(_left(clock), 1)
    due = _due(calendar, on, left, calendar_days=clock.calendar_days)
    return replace(
        clock,
        started_date=on,
        due_date=due.date,
        provisional=due.provisional,
        used_days=clock.working_days - left,
        extended_days=0,
        paused_date=None,
    )


def recompute(calendar: WorkCalendar, clock: Clock) -> Clock:
    """The same clock with the calendar as it is known now; finished and paused clocks keep their day."""
    if not clock.running:
        return clock
    due = _due(calendar, clock.started_date, _left(clock), calendar_days=clock.calendar_days)
    return replace(clock, due_date=due.date, provisional=due.provisional)


def extend(calendar: WorkCalendar, clock: Clock, *, working_days: int) -> Clock:
    """So many working days in all do not count on a running clock: those of publication, where the pack says so."""
    return recompute(calendar, replace(clock, extended_days=working_days))


def days_left(calendar: WorkCalendar, clock: Clock, *, on: date) -> int:
    """Working (or calendar) days left after that day, 0 on the last day, negative when late."""
    return _between(calendar, clock, on, clock.due_date)


def colour(calendar: WorkCalendar, clock: Clock, *, on: date, amber_days: int) -> str:
    """GREEN, AMBER (at most ``amber_days`` working days left), RED (late), PAUSED or DONE."""
    if clock.finished_date is not None:
        return DONE
    if clock.paused_date is not None:
        return PAUSED
    if on > clock.due_date:
        return RED
    return AMBER if days_left(calendar, clock, on=on) <= amber_days else GREEN


def was_late(clock: Clock) -> bool:
    """Whether it was finished after its last day; time spent waiting for the applicant is not the office's."""
    if clock.finished_date is None:
        return False
    return (clock.paused_date or clock.finished_date) > clock.due_date


def _left(clock: Clock) -> int:
    return clock.working_days + clock.extended_days - clock.used_days


def _due(calendar: WorkCalendar, on: date, days: int, *, calendar_days: bool) -> Deadline:
    return calendar.add_calendar_days(on, days) if calendar_days else calendar.add_working_days(on, days)


def _between(calendar: WorkCalendar, clock: Clock, start_day: date, end_day: date) -> int:
    if clock.calendar_days:
        return (end_day - start_day).days
    return calendar.working_days_between(start_day, end_day)


# --- who is told when time runs out ----------------------------------------------------------------


COMMUNITY, STREET, DISTRICT = "COMMUNITY", "STREET", "DISTRICT"


def level(colour: str, *, at_street: bool, warned: Collection[str] = ()) -> str | None:
    """The level to report to, or None while there is time; ``at_street`` when only the street can take the next step.

    ``warned`` are the levels told while there was still time: being late is news for one above them.
    """
    if colour == RED:
        return DISTRICT if at_street or STREET in warned else STREET
    if colour == AMBER:
        return STREET if at_street else COMMUNITY
    return None
