"""Whose turn a case is, kept: one row for each thing that waits at it, entered by place, kind and day (ADR 0042).

What waits is said by the workflow (:func:`linli.aid.assistance.queries.steps.waiting`), here as everywhere. The
database notes each case that something was written about (triggers of the models); who asks next has those reckoned
anew (``operations.turns``, behind ``foundation.trail.keeping``), and a daily job those that depend on the day.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Exists, F, Max, Min, OuterRef, QuerySet, Subquery

from linli.aid.assistance.codes import (
    CLOSED_STATES,
    ApplicationState,
    AssessorCapacity,
    EscalationLevel,
    PaperState,
    Step,
)
from linli.aid.assistance.models import Application, Assessor, Clock, Escalation, Paper, Reckoning, Turn
from linli.aid.assistance.queries.deadlines import clock_view, clocks_of, leading
from linli.aid.assistance.queries.papers import AFTER_ACCEPTANCE
from linli.aid.assistance.queries.standing import ASSESSED_STATES
from linli.aid.assistance.queries.steps import AT_STEP, WAITING_ELSEWHERE, Waiting, waiting, with_steps
from linli.aid.assistance.rules.clocks import AMBER, RED
from linli.aid.assistance.steps import CASE
from linli.foundation.data.marks import TOUCHED
from linli.foundation.data.scope import Scope, within
from linli.foundation.trail.keeping import bring_up
from linli.ground.users.codes import Role
from linli.ground.users.queries import Authority
from linli.law.policies.queries import pack_of, work_calendar

CAPACITY_ROLE: Mapping[str, Role] = {
    AssessorCapacity.COMMUNITY_WORKER: Role.COMMUNITY_WORKER,
    AssessorCapacity.SOCIAL_WORKER: Role.SOCIAL_WORKER,
    AssessorCapacity.VOLUNTEER: Role.VOLUNTEER,
}
_LEVELS = {EscalationLevel.STREET: Role.STREET_OFFICER, EscalationLevel.DISTRICT: Role.DISTRICT_OFFICER}
_SEAT, _CLOSE, _DELAY, PROMISE = "seat ", "close ", "delay ", "promise"
# What waits, and who may do it, by the code of a turn.
CODES: Mapping[str, tuple[Step, tuple[Role, ...]]] = {
    **AT_STEP,
    **{f"{_SEAT}{capacity}": (Step.ASSESS, (role,)) for capacity, role in CAPACITY_ROLE.items()},
    **{f"{_CLOSE}{capacity}": (Step.COMPLETE, (role,)) for capacity, role in CAPACITY_ROLE.items()},
    **{f"{_DELAY}{level}": (Step.LOOK_INTO_DELAY, (role,)) for level, role in _LEVELS.items()},
    PROMISE: (Step.ASK_FOR_PROMISED, CASE.step("accept").roles),
}
_CLOSING = [f"{_CLOSE}{capacity}" for capacity in CAPACITY_ROLE]
_AT_ONCE = 100  # cases
TURNS = "assistance.turns"  # what is kept, on its shelf


class Key(NamedTuple):
    """Everything that a turn says."""

    application_id: int
    code: str
    due_date: date = date.min
    user_id: int = 0
    barred: str = ""
    assessment_id: int | None = None
    calendar_days: bool = False


def turns(authority: Authority, on: date, codes: Iterable[str] = CODES) -> Iterator[tuple[str, QuerySet[Turn]]]:
    """What waits for this person, the most urgent first: for each of the codes what has an index to enter. Cases of
    their own family wait for somebody else.
    """
    for code in codes:
        scope = authority.scope(*CODES[code][1])
        rows = within(Turn.objects.filter(code=code), scope).order_by("due_date", "application_id", "pk")
        rows = CASE.of_others(rows, authority, on, "application")
        if scope and not code.startswith((_SEAT, _CLOSE)):
            open_to = rows.filter(user_id=0)
            for account in authority.accounts(on):
                open_to = open_to.exclude(barred__contains=f",{account},")
            yield code, open_to
        if scope and code.startswith((_SEAT, _CLOSE, _DELAY)):
            yield code, rows.filter(user_id=authority.user_id)


def waiting_for(authority: Authority, code: str, on: date) -> QuerySet[Turn]:
    """What waits for this person at one step of the workflow."""
    bring_up(TURNS, on)
    return next((rows for _code, rows in turns(authority, on, [code])), Turn.objects.none())


def overdue(scope: Scope, on: date) -> QuerySet[Turn]:
    """Accepted cases whose papers did not come on the day for which they were promised."""
    bring_up(TURNS, on)
    return within(Turn.objects.filter(code=PROMISE), scope)


def with_kept_step(rows: QuerySet[Application, Any], on: date) -> QuerySet[Application, Any]:
    """The applications with what :func:`kept_step` says of each."""
    bring_up(TURNS, on)
    kept = Turn.objects.filter(application=OuterRef("pk"), code__in=AT_STEP)
    closing = Turn.objects.filter(application=OuterRef("pk"), code__in=_CLOSING)
    return rows.annotate(awaits=Subquery(kept.values("code")[:1]), closing=Subquery(closing.values("code")[:1]))


def kept_step(row: Any) -> Step | None:
    """What an application of :func:`with_kept_step` waits at; None when it is closed."""
    if row.closing:
        return Step.COMPLETE
    return CODES[row.awaits][0] if row.awaits else WAITING_ELSEWHERE.get(ApplicationState(row.state))


def differing() -> Iterator[str]:
    """Numbers of the cases whose kept turns are not what is reckoned; those that wait to be reckoned are left out."""
    rows = Application.objects.exclude(state__in=CLOSED_STATES)
    # The rows of any other day are reckoned when they are asked for; what has none is the same on every day.
    on = Reckoning.objects.aggregate(last=Max("day"))["last"] or TOUCHED
    if on == TOUCHED:
        on = rows.aggregate(last=Max("state_since"))["last"]
    wait = Reckoning.objects.exclude(day=on)
    numbers = dict(rows.exclude(pk__in=wait.values("application")).order_by("pk").values_list("pk", "number"))
    ids = list(numbers)
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        wrong = reckoned(some, on)[0].keys() ^ {Key(*row[1:]) for row in kept_turns(some)}
        yield from sorted({numbers[key.application_id] for key in wrong})


def kept_turns(ids: Sequence[int]) -> Iterable[Any]:
    """The turns of the cases as they are kept: the id of each row, then what it says."""
    return Turn.objects.filter(application_id__in=ids).values_list("pk", *Key._fields)


def reckoned(ids: Sequence[int], on: date) -> tuple[dict[Key, dict[str, int | None]], set[int]]:
    """The turns of the cases with where each lies, and the cases of which another day may say otherwise."""
    rows = list(with_steps(Application.objects.filter(pk__in=ids)))
    steps, told, promised = waiting(rows, on), _told(ids), _promised(ids)
    clocks, seats = clocks_of(ids), _seats(ids)
    found: dict[Key, dict[str, int | None]] = {}
    over = {pk for pk, todo in steps.items() if todo is not None and todo.step == Step.CLOSE_CASE}
    for row in rows:
        clock, keys = leading(clocks.get(row.pk, ()), row.state), []
        if clock:
            # Where nobody is left to visit the case waits to be closed, and no sheet for anybody's hand.
            keys = [*_of_step(row.pk, steps[row.pk]), *(() if row.pk in over else seats.get(row.pk, ()))]
            keys += _delays(row, clock, told.get(row.pk, ()), steps[row.pk], on)
            keys = [key._replace(due_date=clock.due_date, calendar_days=clock.calendar_days) for key in keys]
        if promised.get(row.pk, on) < on:
            keys.append(Key(row.pk, PROMISE, promised[row.pk]))
        found |= dict.fromkeys(keys, row.stamp.columns())
    return found, {row.pk for row in rows if row.state in ASSESSED_STATES or row.pk in {*told, *promised, *over}}


def _of_step(case: int, todo: Waiting | None) -> Iterator[Key]:
    if todo and todo.code:
        yield Key(case, todo.code, barred=_between_commas(todo.barred))


def _between_commas(ids: Iterable[int]) -> str:
    return "".join(f",{one}" for one in sorted(ids)) + "," if ids else ""


def _seats(ids: Collection[int]) -> Mapping[int, list[Key]]:
    """Sheets to sign, and for the two workers of the team sheets that all have signed and nobody has closed."""
    unsigned = Assessor.objects.filter(assessment=OuterRef("assessment"), signed_at__isnull=True)
    rows = Assessor.objects.filter(
        assessment__application__in=ids,
        assessment__completed_date__isnull=True,
        assessment__application__state=ApplicationState.ASSESSING,
        assessment__round=F("assessment__application__round"),  # another team may have taken over
    )
    found: dict[int, list[Key]] = defaultdict(list)
    for seat in rows.select_related("assessment").annotate(unsigned=Exists(unsigned)):
        closes = seat.capacity != AssessorCapacity.VOLUNTEER and not seat.unsigned
        if seat.signed_at is None or closes:
            case, code = seat.assessment.application_id, f"{_CLOSE if seat.signed_at else _SEAT}{seat.capacity}"
            found[case].append(Key(case, code, user_id=seat.user_id, assessment_id=seat.assessment_id))
    return found


def sheets_of(user_id: int, application_ids: Collection[int]) -> Mapping[int, tuple[int, Step]]:
    """Assessments (ids) that wait for the person's hand, and for what, of some cases, by case."""
    seats = (seat for some in _seats(application_ids).values() for seat in some if seat.user_id == user_id)
    return {seat.application_id: (seat.assessment_id or 0, CODES[seat.code][0]) for seat in seats}


def _told(ids: Sequence[int]) -> Mapping[int, list[str]]:
    """The levels to which a running clock was reported, by case."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = Escalation.objects.filter(clock__application__in=ids, clock__finished_date__isnull=True, level__in=_LEVELS)
    for case, level in rows.values_list("clock__application_id", "level"):
        found[case].append(level)
    return found


def _delays(row: Application, clock: Clock, levels: Iterable[str], todo: Waiting | None, on: date) -> Iterator[Key]:
    """For the officers told, unless it is their own step: then for those alone who may not take it."""
    if not levels or clock_view(work_calendar(), pack_of(row.pack_version_id), clock, on).colour not in (AMBER, RED):
        return  # a case that was warned of and has time again is nobody's worry
    for level in levels:
        own = todo is not None and _LEVELS[EscalationLevel(level)] in todo.roles
        for user in sorted(todo.barred) if own and todo else [0]:
            yield Key(row.pk, f"{_DELAY}{level}", user_id=user)


def _promised(ids: Sequence[int]) -> Mapping[int, date]:
    """The first day for which a paper was promised, by accepted case."""
    rows = Paper.objects.filter(application__in=ids, application__state__in=AFTER_ACCEPTANCE, state=PaperState.PROMISED)
    return dict(rows.values_list("application").annotate(Min("promised_date")).order_by())
