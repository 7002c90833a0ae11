"""The intake answer: accepted, or not, within the working days the pack gives."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from linli.aid.assistance.codes import AnswerKind, ClockKind, EventKind
from linli.aid.assistance.models import Application, Clock, IntakeAnswer, Paper
from linli.aid.assistance.operations.common import (
    check_step,
    checked,
    finish_clocks,
    lock_application,
    lock_applications,
    move,
    start_clocks,
    subject_of,
    write_events,
    write_letters,
)
from linli.aid.assistance.operations.supplement import paper_facts
from linli.aid.assistance.permissions import ANSWER, check
from linli.aid.assistance.rules.papers import lacking
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.kernel.act import Act
from linli.kernel.bilingual import Text, apart, listed
from linli.kernel.errors import DomainError
from linli.law.policies.queries import pack_of, work_calendar

_LACKS = Text("%(number)s %(papers)s", "%(number)s %(papers)s")


class EvidenceMissing(DomainError):
    """Papers are missing: ``missing`` maps application numbers to paper codes, ``papers`` says it in words."""

    code = "assistance.evidence_missing"
    message = _("材料不齐，不能受理：%(papers)s")


class ReasonMissing(DomainError):
    """A refusal without a reason is none."""

    code = "assistance.reason_missing"
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
    check(act, applications, ANSWER)
    check_step(applications, "accept")
    missing = _missing(applications, act)
    if missing:
        raise EvidenceMissing(missing=missing, papers=_in_words(applications, missing))
    move(act, applications, "accept")
    _answer(act, applications, AnswerKind.ACCEPTED)
    finish_clocks(applications, on=act.on, kind=ClockKind.INTAKE)
    clocks = start_clocks(work_calendar(), applications, ClockKind.DECISION, on=act.on)
    due: dict[int, Clock] = {clock.application_id: clock for clock in clocks}
    write_letters(act, "ACCEPTED", {a: {"deadline": due[a.pk].due_date} for a in applications})
    write_events(act, EventKind.ACCEPTED, applications)
    audit.record(act, where=applications[0].stamp, subject=subject_of(applications), lines=_numbers(applications))
    return applications


@act
def turn_away(act: Act, *, application_id: int, reason: str, version: int | None = None) -> Application:
    """Do not accept, with the reason. Raises ReasonMissing, StepNotPossible, FormStale, NotPermitted."""
    application = lock_application(application_id, version=version)
    check(act, [application], ANSWER)
    because = needed(reason, field="reason")
    move(act, [application], "turn_away")
    _answer(act, [application], AnswerKind.NOT_ACCEPTED, reason=because)
    finish_clocks([application], on=act.on)
    write_letters(act, "NOT_ACCEPTED", {application: {"reason": because}})
    write_events(act, EventKind.NOT_ACCEPTED, {application: because})
    audit.record(act, where=application.stamp, subject=application.subject, note={"reason": because})
    return application


def _missing(applications: Sequence[Application], act: Act) -> dict[str, list[str]]:
    papers: dict[int, list[Paper]] = {}
    for paper in Paper.objects.filter(application__in=applications).order_by("pk"):
        papers.setdefault(paper.application_id, []).append(paper)
    missing = {a.number: lacking(paper_facts(papers.get(a.pk, [])), act.on) for a in applications}
    return {number: codes for number, codes in missing.items() if codes}


def _in_words(applications: Sequence[Application], missing: dict[str, list[str]]) -> Text:
    packs = {application.number: pack_of(application.pack_version_id) for application in applications}
    labels = {number: [packs[number].papers[code].label for code in codes] for number, codes in missing.items()}
    return apart(_LACKS % {"number": number, "papers": listed(of)} for number, of in labels.items())


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
