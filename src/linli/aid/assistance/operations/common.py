"""What every act on applications does: lock, check the step, move, write the timeline and the letters."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from linli.aid.assistance.codes import ApplicationState, ClockKind, EventKind, RenewalState
from linli.aid.assistance.models import Application, ApplicationEvent, Assessment, Clock, Renewal
from linli.aid.assistance.queries.deadlines import DEADLINE
from linli.aid.assistance.queries.renewals import awards_of
from linli.aid.assistance.queries.standing import (
    change_sentence,
    changes_of,
    nobody_left,
    sheet_change,
    sheet_sentence,
)
from linli.aid.assistance.queries.steps import Cases
from linli.aid.assistance.refusals import HouseholdChanged
from linli.aid.assistance.rules import clocks
from linli.aid.assistance.steps import CASE
from linli.foundation.data.locks import check_version, locked
from linli.foundation.data.prepared import prepared
from linli.ground.notifications.operations import NewLetter, issue
from linli.ground.notifications.queries import Letter
from linli.ground.users.queries import check_step
from linli.kernel.act import Act
from linli.kernel.calendar import WorkCalendar
from linli.kernel.errors import DomainError
from linli.law.policies.engine.letters import letter_words
from linli.law.policies.engine.model import Pack
from linli.law.policies.queries import pack_of, work_calendar
from linli.money.awards.queries import Award


class ApplicationNotFound(DomainError):
    """No such application, or not yours to see: the two look the same."""

    message = _("找不到该申请")


class TextTooLong(DomainError):
    """A reason fits on the letter it is printed in."""

    message = _("文字过长，最多 %(limit)s 个字")


REASON_LENGTH = 400


def checked(text: str, *, field: str, limit: int = REASON_LENGTH) -> str:
    """The text without blanks around it. Raises TextTooLong."""
    plain = text.strip()
    if len(plain) > limit:
        raise TextTooLong(field=field, limit=limit)
    return plain


def lock_applications(ids: Sequence[int]) -> list[Application]:
    """The applications, locked, in the order of their keys. Raises ApplicationNotFound when one is missing."""
    found = _held(ids)
    if not found or len(found) != len(set(ids)):
        raise ApplicationNotFound
    return found


@prepared
def _held(ids: Collection[int]) -> QuerySet[Application]:
    return locked(Application.objects.filter(pk__in=ids).select_related("applicant", "household"))


def lock_application(application_id: int, *, version: int | None = None) -> Application:
    """One application, locked. Raises ApplicationNotFound, FormStale when ``version`` is not the present one."""
    application = lock_applications([application_id])[0]
    check_version(application, version)
    return application


def check_case(act: Act, code: str, applications: Sequence[Application], *, own: bool = False) -> Cases:
    """Raises what the step of the workflow refuses, in its order; what was read for it is read once."""
    cases = Cases(applications, act.on)
    check_step(act, CASE, code, cases, own=own)
    return cases


def move(act: Act, applications: Sequence[Application], code: str, target: str = "") -> list[Clock]:
    """Lead the applications where the step leads, with the clocks that it stops and starts; these are returned.

    ``target`` is said where the step has several. Raises StepNotPossible before anything is written.
    """
    step = CASE.step(code)
    CASE.check_state(code, applications)
    state = ApplicationState(target or step.targets[0])
    for application in applications:
        application.state, application.state_since = state, act.on
        application.version += 1
    rows = Application.objects.filter(pk__in=[application.pk for application in applications])
    rows.update(state=state, state_since=act.on, version=F("version") + 1)
    if step.stops:
        running = Clock.objects.filter(application__in=applications, finished_date__isnull=True, kind__in=step.stops)
        running.update(finished_date=act.on)
    kinds = map(ClockKind, step.starts)
    return [clock for kind in kinds for clock in start_clocks(work_calendar(), applications, kind, on=act.on)]


def write_events(act: Act, kind: EventKind, notes: Mapping[Application, str] | Iterable[Application]) -> None:
    """One line of each application's timeline."""
    lines = notes.items() if isinstance(notes, Mapping) else [(application, "") for application in notes]
    ApplicationEvent.objects.bulk_create(
        [
            ApplicationEvent(application=application, kind=kind, at=act.at, by_id=act.by.pk, note=note[:400])
            for application, note in lines
        ]
    )


def subject_of(applications: Sequence[Application]) -> str:
    """The audit subject of a set: the application, or the first and how many more."""
    first = applications[0].subject
    return first if len(applications) == 1 else f"{first}+{len(applications) - 1}"


def clock_of(application: Application, kind: ClockKind) -> Clock | None:
    """The application's clock of the kind, if it has started."""
    return Clock.objects.filter(application=application, kind=kind).first()


CLOCK_FIELDS = [
    "working_days",
    "started_date",
    "due_date",
    "provisional",
    "used_days",
    "paused_date",
    "finished_date",
    "calendar_days",
    "extended_days",
]


def from_rule(row: Clock, rule: clocks.Clock) -> Clock:
    """The row brought to what the rules said."""
    for name in CLOCK_FIELDS:
        setattr(row, name, getattr(rule, name))
    return row


def start_clocks(
    calendar: WorkCalendar, applications: Sequence[Application], kind: ClockKind, *, on: date
) -> list[Clock]:
    """Start a clock of the kind on each application, with the limit and the unit that its pack gives."""
    rows = []
    for application in applications:
        days, unit = limit(pack_of(application.pack_version_id), DEADLINE[kind], on)
        rule = clocks.start(calendar, on=on, working_days=days, calendar_days=unit == "DAYS")
        rows.append(from_rule(Clock(application=application, kind=kind), rule))
    return Clock.objects.bulk_create(rows)


def limit(pack: Pack, deadline: str, on: date) -> tuple[int, str]:
    """A time limit of the pack on a day: how many, and of what: WORKING_DAYS or DAYS."""
    name = pack.deadlines[deadline].days
    return int(pack.parameters_on(on)[name]), pack.parameters[name].unit


def write_letters(act: Act, kind: str, places: Mapping[Application, Mapping[str, object]]) -> list[Letter]:
    """Issue one letter per application from the pack's text (see :func:`new_letter`)."""
    return issue(act, letters=[new_letter(act, kind, one, values) for one, values in places.items()])


def new_letter(
    act: Act,
    kind: str,
    application: Application,
    places: Mapping[str, object],
    pack: Pack | None = None,
    **kept: object,
) -> NewLetter:
    """The letter in both languages, in the words of ``pack`` or of the one applied under. ``places`` fill the
    placeholders of its text: a text, one in both languages or a date. What else is ``kept`` lies in the envelope.
    """
    pack = pack or pack_of(application.pack_version_id)
    common = {"applicant": application.applicant.name, "number": application.number, "date": act.on, **places}
    return NewLetter(kind, application.subject, {**letter_words(pack, kind, common), **kept}, application.stamp)


# --- no step on yesterday's result: what every act from the assessment to the decision checks first ---


class PublicationOutdated(DomainError):
    """A case on the prepared sheet is being assessed again: the sheet would show what no longer holds."""

    message = _("申请 %(numbers)s 已重新入户核实，请作废这份公示后重新准备")


def check_standing(applications: Sequence[Application], on: date) -> None:
    """Raises HouseholdChanged where a household is not what was assessed, naming each case."""
    changes = changes_of(applications, on)
    told = [change_sentence(one, changes[one.pk], on) for one in applications if one.pk in changes]
    if told:
        raise HouseholdChanged(cases=" ".join(told))


def check_somebody_left(assessment: Assessment) -> None:
    """Raises HouseholdChanged where nobody is left here to visit."""
    application = assessment.application
    change = nobody_left([application]).get(application.pk)
    if change is not None:
        raise HouseholdChanged(cases=sheet_sentence(application, change))


def check_sheet(assessment: Assessment, on: date) -> None:
    """Raises HouseholdChanged where the sheet does not describe the household as it is."""
    change = sheet_change(assessment, on)
    if change is not None:
        raise HouseholdChanged(cases=sheet_sentence(assessment.application, change))


# --- A review that a new application answered is over ----------------------------------------------


# Stands in the record, so it is written in the language of the records.
_APPLIED = "已按新的申请批准"


def close_reapplied(act: Act, followed: Iterable[Award]) -> list[Renewal]:
    """Reviews still open of which every award is now followed by one of a new application: nobody confirms them."""
    before = list(followed)
    if not before:
        return []
    pairs = Q()
    for award in before:
        pairs |= Q(application__number=award.application_number, until_date=award.valid_until)
    waiting = (RenewalState.OPEN, RenewalState.CONFIRMED)
    rows = list(Renewal.objects.filter(pairs, state__in=waiting).select_related("application").order_by("pk"))
    done = {award.pk for award in before}
    left = awards_of(rows)
    closed = [row for row in rows if all(one.pk in done or hasattr(one, "renewed_by") for one in left[row.pk])]
    for row in closed:
        row.state, row.reason = RenewalState.REAPPLY, _APPLIED
    Renewal.objects.bulk_update(closed, ["state", "reason"])
    write_events(act, EventKind.REAPPLY_ASKED, {row.application: row.reason for row in closed})
    return closed
