"""The intake answer: accepted, or not, within the working days the pack gives."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from linli.aid.assistance.codes import AnswerKind, EventKind
from linli.aid.assistance.models import Application, IntakeAnswer
from linli.aid.assistance.operations.common import (
    check_case,
    checked,
    lock_application,
    lock_applications,
    move,
    subject_of,
    write_events,
    write_letters,
)
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.kernel.act import Act
from linli.kernel.errors import DomainError


class ReasonMissing(DomainError):
    """A refusal without a reason is none."""

    message = _("必须写明理由")


def needed(reason: str, *, field: str) -> str:
    """The reason without blanks around it. Raises ReasonMissing, TextTooLong."""
    because = checked(reason, field=field)
    if not because:
        raise ReasonMissing(field=field)
    return because


@act
def accept(act: Act, *, application_ids: Sequence[int]) -> list[Application]:
    """Accept applications whose papers are complete; the decision clock starts.

    Raises EvidenceMissing naming every missing paper of every application, StepNotPossible, NotPermitted.
    """
    applications = lock_applications(application_ids)
    check_case(act, "accept", applications)
    due = {clock.application_id: clock for clock in move(act, applications, "accept")}
    _answer(act, applications, AnswerKind.ACCEPTED)
    write_letters(act, "ACCEPTED", {a: {"deadline": due[a.pk].due_date} for a in applications})
    write_events(act, EventKind.ACCEPTED, applications)
    audit.record(act, where=applications[0].stamp, subject=subject_of(applications), lines=_numbers(applications))
    return applications


@act
def turn_away(act: Act, *, application_id: int, reason: str, version: int | None = None) -> Application:
    """Do not accept, with the reason. Raises ReasonMissing, StepNotPossible, FormStale, NotPermitted."""
    application = lock_application(application_id, version=version)
    check_case(act, "turn_away", [application])
    because = needed(reason, field="reason")
    move(act, [application], "turn_away")
    _answer(act, [application], AnswerKind.NOT_ACCEPTED, reason=because)
    write_letters(act, "NOT_ACCEPTED", {application: {"reason": because}})
    write_events(act, EventKind.NOT_ACCEPTED, {application: because})
    audit.record(act, where=application.stamp, subject=application.subject, note={"reason": because})
    return application


def _answer(act: Act, applications: Sequence[Application], kind: AnswerKind, *, reason: str = "") -> None:
    IntakeAnswer.objects.bulk_create(
        [
            IntakeAnswer(
                application=application,
                kind=kind,
                answered_date=act.on,
                answered_at=act.at,
                answered_by_id=act.by.pk,
                reason=reason,
            )
            for application in applications
        ]
    )


def _numbers(applications: Sequence[Application]) -> list[str]:
    return [application.number for application in applications]
