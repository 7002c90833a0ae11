"""Lists of applications, and the applicant's own."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, TypeVar

from django.db.models import BooleanField, F, Q, QuerySet, Value

from linli.aid.assistance.codes import CLOSED_STATES, ApplicationState, ClockKind, EventKind, PaperState, Step
from linli.aid.assistance.models import Application, ApplicationEvent, IntakeAnswer, Paper
from linli.aid.assistance.queries.deadlines import ClockView, amber_until, clock_view, clocks_of, leading
from linli.aid.assistance.queries.own_cases import own_cases
from linli.aid.assistance.queries.papers import PaperView, paper_view
from linli.aid.assistance.queries.steps import waiting, with_steps
from linli.aid.assistance.queries.turns import kept_step, overdue, with_kept_step
from linli.aid.assistance.queries.words import event_title
from linli.aid.assistance.queries.worklist import loaded, place_names
from linli.aid.assistance.rules.clocks import AMBER, GREEN, PAUSED, RED
from linli.foundation.data.scope import Scope, within
from linli.foundation.data.together import rows_together
from linli.ground.notifications.queries import Letter, letters_to_own
from linli.kernel.act import CHINA_TIME
from linli.kernel.bilingual import Text
from linli.law.policies.queries import installed, pack_of, work_calendar
from linli.registry.residents.queries import search
from linli.registry.residents.queries.own import own_people

# Besides the states, a filter knows all that are not closed.
OPEN = "OPEN"
# … and those accepted on a promise that was not kept.
PROMISE_OVERDUE = "PROMISE_OVERDUE"
_MOST_NAMESAKES = 200


@dataclass(frozen=True)
class ApplicationFilter:
    """What to show. ``text`` is a number of a case, household or person, or anything the registry's search takes."""

    state: str = ""
    group: str = ""
    colour: str = ""
    text: str = ""


@dataclass(frozen=True)
class ApplicationRow:
    """One line of a list."""

    application_id: int
    number: str
    applicant: str
    household: str
    place: str
    groups: tuple[str, ...]
    group_labels: tuple[Text, ...]
    state: ApplicationState
    state_since: date
    received_date: date
    step: Step | None
    clock: ClockView | None


@dataclass(frozen=True)
class OwnEvent:
    """What happened, without who did it."""

    kind: EventKind
    on: date
    title: str = ""


@dataclass(frozen=True)
class OwnApplication:
    """A case as the family sees it: where it is, until when, what is missing, what was written."""

    application_id: int
    household_id: int
    number: str
    version: int
    groups: tuple[Text, ...]
    state: ApplicationState
    step: Step | None
    received_date: date
    clock: ClockView | None
    papers: tuple[PaperView, ...]
    missing: tuple[PaperView, ...]
    events: tuple[OwnEvent, ...]
    letters: tuple[Letter, ...]
    under_way: bool
    withdrawable: bool  # by the reader: who applied, or acts for whoever did
    lapses_date: date | None  # last day for the missing papers, while the case waits for them


def cases(scope: Scope) -> QuerySet[Application, Any]:
    """Every application in the scope."""
    return within(Application.objects.all(), scope)


def applications(scope: Scope, filters: ApplicationFilter, *, on: date) -> QuerySet[Application, Any]:
    """Applications in the scope, with what :func:`application_rows` needs."""
    return with_kept_step(loaded(narrowed(cases(scope), scope, filters, on)), on)


def own_applications(user_id: int, on: date) -> list[OwnApplication]:
    """The applications of :func:`own_cases`, newest first."""
    rows, people = list(with_steps(own_cases(user_id, on).order_by("-pk"))), own_people(user_id, on)
    if not rows:
        return []
    calendar = work_calendar()
    ids = [row.pk for row in rows]
    clocks = clocks_of(ids)
    papers = _grouped(Paper.objects.filter(application_id__in=ids).order_by("pk"))
    events = _grouped(ApplicationEvent.objects.filter(application_id__in=ids).order_by("pk"))
    told = IntakeAnswer.objects.filter(application_id__in=ids, lapses_date__isnull=False).order_by("pk")
    lapses: dict[int, date | None] = dict(told.values_list("application_id", "lapses_date"))
    letters: dict[str, list[Letter]] = {}
    for letter in letters_to_own([row.subject for row in rows]):
        letters.setdefault(letter.subject, []).append(letter)
    own = []
    steps = waiting(rows, on)
    for row in rows:
        pack = pack_of(row.pack_version_id)
        clock = leading(clocks[row.pk], row.state)
        todo = steps[row.pk]
        papers_on = min(on, row.state_since) if row.state in CLOSED_STATES else on
        checklist = tuple(paper_view(pack, paper, papers_on) for paper in papers[row.pk])
        own.append(
            OwnApplication(
                row.pk,
                row.household_id,
                row.number,
                row.version,
                tuple(pack.groups[code].label for code in row.group_codes),
                ApplicationState(row.state),
                todo.step if todo else None,
                row.received_date,
                clock_view(calendar, pack, clock, on) if clock else None,
                checklist,
                tuple(paper for paper in checklist if paper.state in (PaperState.MISSING, PaperState.EXPIRED)),
                tuple(
                    OwnEvent(
                        EventKind(event.kind),
                        event.at.astimezone(CHINA_TIME).date(),
                        event_title(event.kind, event.note),
                    )
                    for event in events[row.pk]
                ),
                tuple(letters.get(row.subject, ())),
                clock is not None,
                clock is not None and row.applicant_id in people,
                lapses.get(row.pk) if row.state == ApplicationState.AWAITING_PAPERS else None,
            )
        )
    return own


class _OfApplication(Protocol):
    @property
    def application_id(self) -> int: ...


R = TypeVar("R", bound=_OfApplication)


def _grouped(rows: Iterable[R]) -> dict[int, list[R]]:
    found: dict[int, list[R]] = defaultdict(list)
    for row in rows:
        found[row.application_id].append(row)
    return found


def narrowed(
    rows: QuerySet[Application, Any], scope: Scope, filters: ApplicationFilter, on: date
) -> QuerySet[Application, Any]:
    """Those of the applications that are asked for."""
    if filters.state == OPEN:
        rows = rows.exclude(state__in=CLOSED_STATES)
    elif filters.state == PROMISE_OVERDUE:
        rows = rows.filter(pk__in=overdue(scope, on).values("application"))
    elif filters.state:
        rows = rows.filter(state=filters.state)
    if filters.group:
        claimed = Q(claims__code=filters.group) & scope.condition("claims__")
        rows = rows.filter(claimed).annotate(entered=F("claims__application_id"))
    if filters.colour:
        limited = in_colour(filters.colour, on, prefix="running__") & scope.condition("running__")
        rows = rows.filter(limited).annotate(due=F("running__due_date"), entered=F("running__application_id"))
    return rows.filter(_about(scope, filters.text.strip())) if filters.text.strip() else rows


def _about(scope: Scope, text: str) -> Q:
    """The applications that a text means; what may be a number is asked for one by one: no "or" enters an index."""
    people = Q(applicant__in=[hit.resident_id for hit in search(scope, text, limit=_MOST_NAMESAKES)])
    if not any(letter.isdigit() for letter in text):
        return people
    said = (Q(number=text.upper()), Q(household__number=text.upper()), people)
    parts = [cases(scope).filter(one).values_list("pk") for one in said]
    return Q(pk__in=[pk for (pk,) in rows_together(parts)])


def order_of(filters: ApplicationFilter) -> tuple[str, ...]:
    """The order in which an index leads to what is asked for: the newest first, of time limits what is due first."""
    return ("due", "entered") if filters.colour else ("-entered",) if filters.group else ("-pk",)


def in_colour(colour: str, on: date, *, prefix: str = "") -> Q:
    """The colour of a time limit that is not over as a condition on what is kept of it; ``prefix`` leads there."""
    # A value of its own: Django writes "not paused" for a bare False, by which SQLite enters no index.
    runs = Q(**{f"{prefix}paused": Value(colour == PAUSED, output_field=BooleanField())})
    if colour == PAUSED:
        return runs
    if colour == RED:
        return runs & Q(**{f"{prefix}due_date__lt": on})
    calendar = work_calendar()
    last = {
        (version.pk, kind): amber_until(calendar, pack_of(version.pk), kind, on)
        for version in installed()
        for kind in ClockKind
    }
    chosen = Q(pk__in=[])
    for (version, kind), until in last.items():
        due = ("due_date__lte" if colour == AMBER else "due_date__gt", until)
        limits = (("pack_version_id", version), ("kind", kind), due)
        chosen |= Q(**{f"{prefix}{name}": value for name, value in limits})
    # What all of them lie in is said once more: an index is entered by it, by an "or" never.
    bounds = {AMBER: (on, max(last.values(), default=on)), GREEN: (min(last.values(), default=on), date.max)}[colour]
    return runs & Q(**{f"{prefix}due_date__range": bounds}) & chosen


def application_rows(found: Sequence[Application], on: date) -> Iterator[ApplicationRow]:
    """What a list shows of each application, in their order; a fixed number of statements for any number of them."""
    calendar = work_calendar()
    clocks = clocks_of(row.pk for row in found)
    places = place_names(found)
    for row in found:
        pack = pack_of(row.pack_version_id)
        clock = leading(clocks[row.pk], row.state)
        yield ApplicationRow(
            row.pk,
            row.number,
            row.applicant.name,
            row.household.number,
            places[row.pk],
            tuple(row.group_codes),
            tuple(pack.groups[code].label for code in row.group_codes),
            ApplicationState(row.state),
            row.state_since,
            row.received_date,
            kept_step(row),
            clock_view(calendar, pack, clock, on) if clock else None,
        )
