"""The intake answer: accepted, or not, within the working days the pack gives."""

from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet

from linli.aid.assistance.codes import AnswerKind, ApplicationState, ClockKind, EventKind
from linli.aid.assistance.models import Application, Clock, IntakeAnswer, Paper
from linli.aid.assistance.operations.common import (
    CLOCK_FIELDS,
    check_case,
    checked,
    clock_of,
    from_rule,
    limit,
    lock_application,
    lock_applications,
    move,
    subject_of,
    write_events,
    write_letters,
)
from linli.aid.assistance.queries.deadlines import as_rule
from linli.aid.assistance.queries.papers import paper_facts
from linli.aid.assistance.rules import clocks
from linli.aid.assistance.rules.papers import lacking
from linli.foundation.data.prepared import prepared
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.ground.users.queries import check_system
from linli.kernel.act import Act
from linli.kernel.bilingual import listed
from linli.kernel.errors import reason_of
from linli.law.policies.queries import pack_of, work_calendar

# --- the ONE list of what is missing 一次性告知, and the clock that waits for it ------------------------


AWAITING = ApplicationState.AWAITING_PAPERS


@act
def ask_for_supplement(act: Act, *, application_id: int, version: int | None = None) -> Application:
    """Tell the applicant once everything that is missing; the clock pauses until it comes.

    Raises NothingMissing, SupplementAlreadyAsked, StepNotPossible, FormStale, NotPermitted.
    """
    application = lock_application(application_id, version=version)
    cases = check_case(act, "supplement", [application])
    missing = list(cases.lacking[application.pk])
    move(act, [application], "supplement")
    pack = pack_of(application.pack_version_id)
    calendar = work_calendar()
    days, unit = limit(pack, "supplement_lapse", act.on)
    count = calendar.add_calendar_days if unit == "DAYS" else calendar.add_working_days
    lapses = count(act.on, days).date
    IntakeAnswer.objects.create(
        application=application,
        kind=AnswerKind.SUPPLEMENT,
        answered_date=act.on,
        answered_at=act.at,
        answered_by_id=act.by.pk,
        missing=",".join(missing),
        lapses_date=lapses,
    )
    clock = clock_of(application, ClockKind.INTAKE)
    if clock is not None:
        from_rule(clock, clocks.pause(calendar, as_rule(clock), on=act.on)).save(update_fields=CLOCK_FIELDS)
    labels = [pack.papers[code].label for code in missing]
    papers = listed(labels)
    write_letters(act, "INCOMPLETE", {application: {"papers": papers, "deadline": lapses}})
    write_events(act, EventKind.SUPPLEMENT_ASKED, {application: papers.zh})
    audit.record(act, where=application.stamp, subject=application.subject, lines=missing)
    return application


def resume_when_complete(act: Act, application: Application, papers: list[Paper]) -> None:
    """When nothing is missing any more, the clock resumes or restarts, as the pack says."""
    if application.state != AWAITING or lacking(paper_facts(papers), act.on):
        return
    move(act, [application], "resume")
    clock = clock_of(application, ClockKind.INTAKE)
    if clock is not None:
        mode = pack_of(application.pack_version_id).intake.clock_after_supplement
        rule = clocks.resume(work_calendar(), as_rule(clock), on=act.on, mode=mode)
        from_rule(clock, rule).save(update_fields=CLOCK_FIELDS)
    write_events(act, EventKind.SUPPLEMENTED, [application])


@act
def lapse_overdue(act: Act) -> list[Application]:
    """Daily: applications whose missing papers did not come in time lapse, with a letter. The product does this."""
    check_system(act)
    dates = _overdue(act.on)
    # Papers may have come while the lock was waited for.
    applications = [a for a in lock_applications(list(dates)) if a.state == AWAITING] if dates else []
    if applications:
        move(act, applications, "lapse")
        write_letters(act, "LAPSED", {a: {"deadline": dates[a.pk]} for a in applications})
        write_events(act, EventKind.LAPSED, applications)
    audit.record(act, where=0, subject=f"lapse:{act.on.isoformat()}", lines=[a.number for a in applications])
    return applications


def _overdue(on: date) -> dict[int, date]:
    """Last days that have passed, by application id; a table loaded since may have moved one over a holiday."""
    calendar = work_calendar()
    dates = {pk: last for pk, last in _lapsing(on) if last is not None}
    rolled = {pk: last if calendar.is_working(last) else calendar.next_working_day(last) for pk, last in dates.items()}
    return {pk: last for pk, last in rolled.items() if last < on}


@prepared
def _lapsing(on: date) -> QuerySet[IntakeAnswer, tuple[int, date | None]]:
    rows = IntakeAnswer.objects.filter(kind=AnswerKind.SUPPLEMENT, lapses_date__lt=on, application__state=AWAITING)
    return rows.order_by("application_id").values_list("application_id", "lapses_date")


def open_clocks(kind: ClockKind | None = None) -> list[Clock]:
    """All clocks that still run or wait, in the order of their keys."""
    return [row for row in _open_clocks() if kind is None or row.kind == kind]


@prepared
def _open_clocks() -> QuerySet[Clock]:
    return Clock.objects.filter(finished_date__isnull=True).select_related("application").order_by("pk")


def needed(reason: str, *, field: str) -> str:
    """The reason without blanks around it. Raises ReasonMissing, TextTooLong."""
    return reason_of(checked(reason, field=field), field=field)


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
