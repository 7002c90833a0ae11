"""My work 我的工作: everything that waits for a person, by legal deadline."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from linli.aid.assistance.codes import CLOSED_STATES, ApplicationState, AssessorCapacity, EscalationLevel, Step
from linli.aid.assistance.models import Application, Assessor, Clock, Escalation, Paper
from linli.aid.assistance.queries.deadlines import ClockView, clock_view, leading
from linli.aid.assistance.queries.papers import overdue_promises
from linli.aid.assistance.queries.steps import waiting, with_steps
from linli.aid.assistance.rules.clocks import AMBER, RED
from linli.aid.assistance.steps import CASE
from linli.foundation.data.scope import Scope, within
from linli.ground.areas.queries import names as area_names
from linli.ground.users.codes import Role
from linli.ground.users.queries import Authority
from linli.kernel.bilingual import Text
from linli.law.policies.queries import pack_of, work_calendar

ANSWERERS = CASE.step("accept").roles
WORKERS = tuple(dict.fromkeys(role for step in CASE.steps if step.main for role in step.roles))
# States in which nothing waits for an office: the family's papers, or the assessors, who find their seats themselves.
_ELSEWHERE = (*CLOSED_STATES, ApplicationState.AWAITING_PAPERS, ApplicationState.ASSESSING)
_LEVELS = {EscalationLevel.STREET: Role.STREET_OFFICER, EscalationLevel.DISTRICT: Role.DISTRICT_OFFICER}
CAPACITY_ROLE: Mapping[str, Role] = {
    AssessorCapacity.COMMUNITY_WORKER: Role.COMMUNITY_WORKER,
    AssessorCapacity.SOCIAL_WORKER: Role.SOCIAL_WORKER,
    AssessorCapacity.VOLUNTEER: Role.VOLUNTEER,
}


@dataclass(frozen=True)
class WorkItem:
    """One thing to do. ``because`` is the pack's code of the time limit, ``article`` what it rests on.

    ``days_left`` counts working days, negative when late; ``assessment_id`` is set where a seat waits.
    """

    step: Step
    application_id: int
    number: str
    applicant: str
    household: str
    groups: tuple[str, ...]
    place: str  # building, else community
    community_id: int | None
    due_date: date
    provisional: bool
    colour: str
    days_left: int
    because: str
    article: str
    roles: tuple[Role, ...]
    assessment_id: int | None = None
    deadline: Text | None = None  # what the pack calls the time limit
    page: str = "application_detail"  # the page that does it, by the case's number


@dataclass(frozen=True)
class _Todo:
    application: Application
    step: Step
    roles: tuple[Role, ...]
    assessment_id: int | None = None


def work_items(scope: Scope, authority: Authority, on: date) -> list[WorkItem]:
    """Everything in the scope that waits for this person on a day, most urgent first, and the person's own seats.

    A seat in an assessment shows wherever it is: being named is what lets somebody see it. Besides the next steps:
    promised papers that did not come, and what was escalated to the person's level and is not the person's step. The
    same few statements for any number of rows.
    """
    todo = [*_steps(scope, authority, on), *_seats(authority)]
    todo += _escalated(scope, authority, {one.application.pk for one in todo})
    found = [*_items(todo, on), *_promises(scope, authority, on)]
    return sorted(found, key=lambda item: (item.due_date, item.number, item.step))


def place_names(rows: Iterable[Application]) -> dict[int, str]:
    """Building, else community, of each application (households and buildings loaded); one statement."""
    applications = list(rows)
    communities = area_names([row.community_id for row in applications])
    return {
        row.pk: row.household.building.name if row.household.building else communities.get(row.community_id or 0, "")
        for row in applications
    }


def clocks_of(application_ids: Iterable[int]) -> dict[int, list[Clock]]:
    """The clocks of the applications; one statement."""
    found: dict[int, list[Clock]] = {}
    for clock in Clock.objects.filter(application_id__in=set(application_ids)).order_by("pk"):
        found.setdefault(clock.application_id, []).append(clock)
    return found


def loaded(rows: QuerySet[Application, Any]) -> QuerySet[Application, Any]:
    """The applications with what a row of a list shows."""
    return rows.select_related("applicant", "household__building")


def _steps(scope: Scope, authority: Authority, on: date) -> Iterator[_Todo]:
    if not authority.scope(*WORKERS):
        return
    mine = within(within(Application.objects.exclude(state__in=_ELSEWHERE), scope), authority.scope(*WORKERS))
    rows = list(with_steps(loaded(mine)))
    steps = waiting(rows, on)
    for row in rows:
        todo = steps[row.pk]
        if todo and authority.user_id not in todo.barred and authority.may(row.stamp, *todo.roles):
            yield _Todo(row, todo.step, todo.roles)


def _seats(authority: Authority) -> Iterator[_Todo]:
    for seat, step in open_seats(authority.user_id):
        role, application = CAPACITY_ROLE[seat.capacity], seat.assessment.application
        if authority.may(application.stamp, role):
            yield _Todo(application, step, (role,), seat.assessment_id)


def open_seats(user_id: int) -> Iterator[tuple[Assessor, Step]]:
    """Sheets that wait for the person's hand: to sign, and for the two workers of the team, once all have signed, to
    close. One statement.
    """
    unsigned = Assessor.objects.filter(assessment=OuterRef("assessment"), signed_at__isnull=True)
    seats = (
        Assessor.objects.filter(
            user_id=user_id,
            assessment__completed_date__isnull=True,
            assessment__application__state=ApplicationState.ASSESSING,
        )
        .select_related("assessment__application__applicant", "assessment__application__household__building")
        .annotate(unsigned=Exists(unsigned))
    )
    for seat in seats:
        if seat.signed_at is None:
            yield seat, Step.ASSESS
        elif seat.capacity != AssessorCapacity.VOLUNTEER and not seat.unsigned:
            yield seat, Step.COMPLETE


def _escalated(scope: Scope, authority: Authority, known: set[int]) -> Iterator[_Todo]:
    """Cases whose running clock was reported to the street or the district, for the officers there."""
    for level, role in _LEVELS.items():
        if not authority.scope(role):
            continue
        rows = within(within(Application.objects.all(), scope), authority.scope(role))
        told = Escalation.objects.filter(level=level, clock__finished_date__isnull=True)
        for row in loaded(rows.filter(pk__in=told.values("clock__application_id"))):
            if row.pk not in known:
                yield _Todo(row, Step.LOOK_INTO_DELAY, (role,))


def _promises(scope: Scope, authority: Authority, on: date) -> Iterator[WorkItem]:
    """Papers promised at acceptance whose day has passed: one line a case, for who may record them."""
    if not authority.scope(*ANSWERERS):
        return
    mine = within(within(Application.objects.all(), scope), authority.scope(*ANSWERERS))
    late = overdue_promises(mine, on).select_related("application__applicant", "application__household__building")
    first: dict[int, Paper] = {}
    for paper in late:
        first.setdefault(paper.application_id, paper)
    if not first:
        return
    calendar = work_calendar()
    places = place_names(paper.application for paper in first.values())
    for paper in first.values():
        row, due = paper.application, paper.promised_date or on
        spec = pack_of(row.pack_version_id).papers[paper.code]
        yield WorkItem(
            Step.ASK_FOR_PROMISED,
            row.pk,
            row.number,
            row.applicant.name,
            row.household.number,
            tuple(row.group_codes),
            places[row.pk],
            row.community_id,
            due,
            provisional=False,
            colour=RED,
            days_left=calendar.working_days_between(on, due),
            because=paper.code,
            article=spec.basis.legal_basis,
            roles=ANSWERERS,
            deadline=spec.label,
            page="application_papers",
        )


def _items(todo: Sequence[_Todo], on: date) -> Iterator[WorkItem]:
    if not todo:
        return
    calendar = work_calendar()
    clocks = clocks_of(one.application.pk for one in todo)
    places = place_names(one.application for one in todo)
    for one in todo:
        row = one.application
        clock = leading(clocks[row.pk], row.state)
        if clock is not None:
            view = clock_view(calendar, pack_of(row.pack_version_id), clock, on)
            # A case that was warned of and has time again is nobody's worry.
            if one.step != Step.LOOK_INTO_DELAY or view.colour in (AMBER, RED):
                yield _item(one, places[row.pk], view)


def _item(one: _Todo, place: str, clock: ClockView) -> WorkItem:
    row = one.application
    return WorkItem(
        one.step,
        row.pk,
        row.number,
        row.applicant.name,
        row.household.number,
        tuple(row.group_codes),
        place,
        row.community_id,
        clock.due_date,
        clock.provisional,
        clock.colour,
        clock.days_left,
        clock.because,
        clock.article,
        one.roles,
        one.assessment_id,
        clock.label,
    )
