"""How much time is left, as pages show it: the clock of a case with its colour, its article and whether it is sure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from linli.aid.assistance.codes import CLOSED_STATES, ClockKind
from linli.aid.assistance.models import Clock
from linli.aid.assistance.rules import clocks
from linli.kernel.bilingual import Text
from linli.kernel.calendar import WorkCalendar
from linli.law.policies.engine.model import Pack

# Which time limit of the pack a clock keeps.
DEADLINE: Mapping[str, str] = {ClockKind.INTAKE: "intake_answer", ClockKind.DECISION: "decision"}


@dataclass(frozen=True)
class ClockView:
    """One time limit today: ``colour`` GREEN, AMBER, RED, PAUSED or DONE; ``days_left`` working days, negative late.

    ``because`` is the pack's code of the time limit; ``label`` and ``article`` are what it says there.
    """

    kind: ClockKind
    because: str
    label: Text
    article: str
    working_days: int
    started_date: date
    due_date: date
    provisional: bool
    paused_date: date | None
    finished_date: date | None
    colour: str
    days_left: int
    late: bool


def clock_view(calendar: WorkCalendar, pack: Pack, row: Clock, on: date) -> ClockView:
    """The row as a page shows it on a day."""
    rule = as_rule(row)
    because = DEADLINE[row.kind]
    spec = pack.deadlines[because]
    return ClockView(
        ClockKind(row.kind),
        because,
        spec.label,
        pack.parameters[spec.days].basis.legal_basis,
        row.working_days,
        row.started_date,
        row.due_date,
        row.provisional,
        row.paused_date,
        row.finished_date,
        clocks.colour(calendar, rule, on=on, amber_days=amber_days(pack, row.kind, on)),
        clocks.days_left(calendar, rule, on=on),
        clocks.was_late(rule) or clocks.colour(calendar, rule, on=on, amber_days=0) == clocks.RED,
    )


def as_rule(row: Clock) -> clocks.Clock:
    """The row as the rules see it."""
    return clocks.Clock(
        row.working_days,
        row.started_date,
        row.due_date,
        row.provisional,
        row.used_days,
        row.paused_date,
        row.finished_date,
        row.calendar_days,
        row.extended_days,
    )


def amber_days(pack: Pack, kind: str, on: date) -> int:
    """Working days before the end from which the pack warns; 0 where it does not."""
    spec = pack.deadlines[DEADLINE[kind]]
    return int(pack.parameters_on(on)[spec.amber]) if spec.amber else 0


def leading(rows: Iterable[Clock], state: str) -> Clock | None:
    """The clock that counts now: the decision's once it has started, none for a closed case."""
    if state in CLOSED_STATES:
        return None
    return max(rows, key=lambda row: row.kind == ClockKind.DECISION, default=None)


def amber_until(calendar: WorkCalendar, pack: Pack, kind: str, on: date) -> date:
    """The last due date that is amber on the day: due dates after it are green."""
    days = amber_days(pack, kind, on)
    if pack.parameters[pack.deadlines[DEADLINE[kind]].days].unit == "DAYS":
        return on + timedelta(days=days)
    return calendar.add_working_days(on, days + 1).date - timedelta(days=1)
