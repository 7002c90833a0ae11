"""My work 我的工作: everything that waits for a person, by legal deadline."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from linli.aid.assistance.codes import ClockKind, PaperState, Step
from linli.aid.assistance.models import Application, Clock, Paper, Turn
from linli.aid.assistance.queries.deadlines import clock_view, clocks_of
from linli.aid.assistance.queries.turns import CODES, PROMISE, TURNS, turns
from linli.aid.assistance.rules.clocks import RED
from linli.foundation.data.keyset import MOST_COUNTED
from linli.foundation.data.together import numbers_together, rows_together
from linli.foundation.trail.keeping import bring_up
from linli.ground.areas.queries import names as area_names
from linli.ground.users.codes import Role
from linli.ground.users.queries import Authority
from linli.kernel.bilingual import Text
from linli.kernel.calendar import WorkCalendar
from linli.law.policies.queries import pack_of, work_calendar


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


_LATE_AND_SOON = (
    "count(*), count(*) FILTER (WHERE due_date < %s), "
    "count(*) FILTER (WHERE due_date >= %s AND due_date <= CASE WHEN calendar_days THEN %s ELSE %s END)"
)


@dataclass(frozen=True)
class Number:
    """How much of one step waits, and of it how much is late or due soon; each counted up to 501."""

    total: int
    late: int
    soon: int


def work_items(
    authority: Authority, on: date, steps: Collection[Step] = tuple(Step), limit: int | None = None
) -> list[WorkItem]:
    """What waits for this person on a day, most urgent first, of some steps, at most so many.

    The next steps of cases, the person's own seats in assessments wherever they are, promised papers that did not come,
    and what was escalated to the person's level and is not the person's step.
    """
    bring_up(TURNS, on)
    codes = [code for code, (step, _roles) in CODES.items() if step in steps]
    parts = [
        rows.values_list("due_date", "application_id", "pk")[:limit] for _code, rows in turns(authority, on, codes)
    ]
    ids = [row[-1] for row in sorted(rows_together(parts))[:limit]]
    found = Turn.objects.filter(pk__in=ids).order_by("due_date", "application_id", "pk")
    return items_of(with_cases(found), on) if ids else []


def work_numbers(authority: Authority, on: date, soon: int) -> dict[Step, Number]:
    """How much waits for this person of each step; ``soon``: due within so many days, working ones where its clock
    counts those.
    """
    bring_up(TURNS, on)
    some = list(turns(authority, on))
    days = [on, on, on + timedelta(days=soon), work_calendar().add_working_days(on, soon + 1).date - timedelta(days=1)]
    adapted = [connection.ops.adapt_datefield_value(day) for day in days]
    parts = [rows.values_list("due_date", "calendar_days")[: MOST_COUNTED + 1] for _code, rows in some]
    found: dict[Step, Number] = {}
    for (code, _rows), row in zip(some, numbers_together(parts, _LATE_AND_SOON, adapted), strict=True):
        step = CODES[code][0]
        before = found.get(step, Number(0, 0, 0))
        found[step] = Number(before.total + row[0], before.late + row[1], before.soon + row[2])
    return {step: number for step, number in found.items() if number.total}


def with_cases(rows: QuerySet[Turn, Any]) -> QuerySet[Turn, Any]:
    """The turns with what :func:`items_of` shows of their cases."""
    return rows.select_related("application__applicant", "application__household__building")


def place_names(rows: Iterable[Application]) -> dict[int, str]:
    """Building, else community, of each application (households and buildings loaded); one statement."""
    applications = list(rows)
    communities = area_names([row.community_id for row in applications])
    return {
        row.pk: row.household.building.name if row.household.building else communities.get(row.community_id or 0, "")
        for row in applications
    }


def loaded(rows: QuerySet[Application, Any]) -> QuerySet[Application, Any]:
    """The applications with what a row of a list shows."""
    return rows.select_related("applicant", "household__building")


def items_of(rows: Iterable[Turn], on: date) -> list[WorkItem]:
    """The turns (of :func:`with_cases`) as things to do, in their order."""
    found = list(rows)
    clocks = clocks_of(row.application_id for row in found)
    places = place_names(row.application for row in found)
    promised = _promised(row.application_id for row in found if row.code == PROMISE)
    calendar = work_calendar()
    return [
        _item(row, places[row.application_id], _promise(calendar, row, promised[row.application_id, row.due_date], on))
        if row.code == PROMISE
        else _item(row, places[row.application_id], _deadline(calendar, row, clocks[row.application_id], on))
        for row in found
    ]


def _promised(application_ids: Iterable[int]) -> Mapping[tuple[int, date], str]:
    """The code of the paper that was promised for a day, of each application."""
    ids = list(application_ids)
    rows = Paper.objects.filter(application__in=ids, state=PaperState.PROMISED).order_by("-pk") if ids else ()
    return {(row.application_id, row.promised_date): row.code for row in rows if row.promised_date}


def _promise(calendar: WorkCalendar, row: Turn, paper: str, on: date) -> dict[str, Any]:
    """A paper that did not come on its day."""
    spec = pack_of(row.application.pack_version_id).papers[paper]
    return {
        "provisional": False,
        "colour": RED,
        "days_left": calendar.working_days_between(on, row.due_date),
        "because": paper,
        "article": spec.basis.legal_basis,
        "deadline": spec.label,
        "page": "application_papers",
    }


def _deadline(calendar: WorkCalendar, row: Turn, clocks: Iterable[Clock], on: date) -> dict[str, Any]:
    clock = max(clocks, key=lambda one: one.kind == ClockKind.DECISION)
    view = clock_view(calendar, pack_of(row.application.pack_version_id), clock, on)
    told = ("provisional", "colour", "days_left", "because", "article")
    return {**{name: getattr(view, name) for name in told}, "deadline": view.label}


def _item(row: Turn, place: str, told: Mapping[str, Any]) -> WorkItem:
    case, (step, roles) = row.application, CODES[row.code]
    return WorkItem(
        step=step,
        application_id=case.pk,
        number=case.number,
        applicant=case.applicant.name,
        household=case.household.number,
        groups=tuple(case.group_codes),
        place=place,
        community_id=case.community_id,
        due_date=row.due_date,
        roles=roles,
        assessment_id=row.assessment_id,
        **told,
    )
