"""How much time is left, as pages show it: the clock of a case with its colour, its article and whether it is sure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from linli.aid.assistance.codes import CLOSED_STATES, AnswerKind, ApplicationState, ClockKind, PaperState
from linli.aid.assistance.models import Application, Clock, IntakeAnswer, Paper
from linli.aid.assistance.rules import clocks
from linli.aid.assistance.steps import CASE
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


def clocks_of(application_ids: Iterable[int]) -> dict[int, list[Clock]]:
    """The clocks of the applications; one statement."""
    found: dict[int, list[Clock]] = {}
    for clock in Clock.objects.filter(application_id__in=set(application_ids)).order_by("pk"):
        found.setdefault(clock.application_id, []).append(clock)
    return found


def amber_until(calendar: WorkCalendar, pack: Pack, kind: str, on: date) -> date:
    """The last due date that is amber on the day: due dates after it are green."""
    days = amber_days(pack, kind, on)
    if pack.parameters[pack.deadlines[DEADLINE[kind]].days].unit == "DAYS":
        return on + timedelta(days=days)
    return calendar.add_working_days(on, days + 1).date - timedelta(days=1)


# --- where an application stands, as somebody outside may know it: the stage and the days, nobody's name, no amount ---


_NOT_BROUGHT = (PaperState.MISSING, PaperState.EXPIRED)


@dataclass(frozen=True)
class Progress:
    """``passed`` of the public ``steps`` are over, and the next one is on, since a day.

    ``due``: the day by which the next answer is owed; None where it is over or waits for the family, which then has
    ``papers`` left to bring until ``bring_by``. What was decided is told by the letter alone.
    """

    steps: tuple[object, ...]
    passed: int
    since: date
    over: bool
    due: date | None
    provisional: bool
    papers: int
    bring_by: date | None


def progress(number: str) -> Progress:
    """The progress of an application whose number somebody has shown to know. Application.DoesNotExist."""
    row = Application.objects.get(number=number)
    asked = row.state == ApplicationState.AWAITING_PAPERS
    clock = leading(Clock.objects.filter(application=row).order_by("pk"), row.state)
    answer = IntakeAnswer.objects.filter(application=row, kind=AnswerKind.SUPPLEMENT).first() if asked else None
    return Progress(
        tuple(step.public for step in CASE.public),
        CASE.passed_in(row.state),
        row.state_since,
        row.state in CLOSED_STATES,
        clock.due_date if clock and clock.paused_date is None else None,
        bool(clock and clock.provisional),
        _left(row, answer.missing.split(",")) if answer else 0,
        answer.lapses_date if answer else None,
    )


def _left(row: Application, asked: Sequence[str]) -> int:
    return Paper.objects.filter(application=row, code__in=asked, state__in=_NOT_BROUGHT).count()
