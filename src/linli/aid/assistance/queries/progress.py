"""Where an application stands, as somebody outside may know it: the stage and the days, nobody's name, no amount."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from linli.aid.assistance.codes import CLOSED_STATES, AnswerKind, ApplicationState, PaperState
from linli.aid.assistance.models import Application, Clock, IntakeAnswer, Paper
from linli.aid.assistance.queries.deadlines import leading
from linli.aid.assistance.steps import CASE

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
