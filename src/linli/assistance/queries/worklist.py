"""My work 我的工作: everything that waits for a person, by legal deadline."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from linli.areas.queries import names as area_names
from linli.assistance.codes import CLOSED_STATES, ApplicationState, AssessorCapacity, Step
from linli.assistance.models import Application, Assessor, Clock
from linli.assistance.queries.deadlines import ClockView, clock_view, leading
from linli.assistance.queries.roles import ANSWER as ANSWERERS
from linli.assistance.queries.roles import DECIDE, POST_PUBLICATION, PREPARE_PUBLICATION, REVIEW, SIGN_OPINION
from linli.assistance.queries.steps import waiting, with_steps
from linli.foundation.data.scope import Scope, within
from linli.kernel.masking import mask_name
from linli.policies.engine.text import Text
from linli.policies.queries import pack_of, work_calendar
from linli.users.codes import Role
from linli.users.queries import Authority

WORKERS = tuple(dict.fromkeys((*ANSWERERS, *SIGN_OPINION, *PREPARE_PUBLICATION, *POST_PUBLICATION, *REVIEW, *DECIDE)))
# States in which nothing waits for an office: the family's papers, or the assessors, who find their seats themselves.
_ELSEWHERE = (*CLOSED_STATES, ApplicationState.AWAITING_PAPERS, ApplicationState.ASSESSING)
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
    applicant: str  # masked
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


@dataclass(frozen=True)
class WorkCounts:
    """How much waits: in all, by step and by colour."""

    total: int
    by_step: Mapping[Step, int]
    by_colour: Mapping[str, int]


@dataclass(frozen=True)
class _Todo:
    application: Application
    step: Step
    roles: tuple[Role, ...]
    assessment_id: int | None = None


def work_items(scope: Scope, authority: Authority, on: date) -> list[WorkItem]:
    """Everything in the scope that waits for this person on a day, most urgent first, and the person's own seats.

    A seat in an assessment shows wherever it is: being named is what lets somebody see it. Five statements for any
    number of rows.
    """
    todo = [*_steps(scope, authority, on), *_seats(authority)]
    return sorted(_items(todo, on), key=lambda item: (item.due_date, item.number, item.step))


def work_counts(items: Sequence[WorkItem]) -> WorkCounts:
    """The figures above the list, of the very items listed."""
    return WorkCounts(len(items), Counter(item.step for item in items), Counter(item.colour for item in items))


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
    for row in with_steps(loaded(mine)):
        todo = waiting(row, on)
        if todo and authority.user_id not in todo.barred and authority.may(row.stamp, *todo.roles):
            yield _Todo(row, todo.step, todo.roles)


def _seats(authority: Authority) -> Iterator[_Todo]:
    """Sheets to sign, and for the two workers of the team sheets that all have signed and nobody has closed."""
    seats = (
        Assessor.objects.filter(
            user_id=authority.user_id,
            assessment__completed_date__isnull=True,
            assessment__application__state=ApplicationState.ASSESSING,
        )
        .select_related("assessment__application__applicant", "assessment__application__household__building")
        .annotate(unsigned=Count("assessment__assessors", filter=Q(assessment__assessors__signed_at__isnull=True)))
    )
    for seat in seats:
        closes = seat.capacity != AssessorCapacity.VOLUNTEER and not seat.unsigned
        role = CAPACITY_ROLE[seat.capacity]
        application = seat.assessment.application
        if (seat.signed_at is None or closes) and authority.may(application.stamp, role):
            yield _Todo(application, Step.ASSESS, (role,), seat.assessment_id)


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
            yield _item(one, places[row.pk], view)


def _item(one: _Todo, place: str, clock: ClockView) -> WorkItem:
    row = one.application
    return WorkItem(
        one.step,
        row.pk,
        row.number,
        mask_name(row.applicant.name),
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
