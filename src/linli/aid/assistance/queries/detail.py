"""One application with everything its page shows."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from linli.aid.assistance.codes import (
    CLOSED_STATES,
    ApplicationState,
    AssessorCapacity,
    Channel,
    EventKind,
    Step,
)
from linli.aid.assistance.models import (
    Application,
    ApplicationEvent,
    Assessment,
    Assessor,
    Clock,
    Decision,
    FirstOpinion,
    IntakeAnswer,
    Objection,
    Paper,
    Publication,
    PublicationEntry,
)
from linli.aid.assistance.queries.deadlines import ClockView, clock_view, leading
from linli.aid.assistance.queries.papers import PaperView, paper_view
from linli.aid.assistance.queries.standing import change_sentence
from linli.aid.assistance.queries.steps import Case, Cases, waiting_at, with_steps
from linli.foundation.data.scope import Scope, Stamp, within
from linli.ground.areas.queries import names as area_names
from linli.ground.notifications.queries import Letter, letters_about
from linli.ground.users.codes import Role
from linli.ground.users.queries import names as user_names
from linli.kernel.bilingual import Text
from linli.law.policies.engine.model import Pack
from linli.law.policies.queries import Determination, pack_of, work_calendar
from linli.money.awards.queries import awards_of_application


@dataclass(frozen=True)
class SeatView:
    """One of the three."""

    user_id: int
    name: str
    capacity: AssessorCapacity
    declared_at: datetime | None
    signed_at: datetime | None
    dissent: str


@dataclass(frozen=True)
class ResultView:
    """One programme for one unit: what the rules said and what people set, fen a month."""

    code: str
    programme: Text
    unit_key: str
    amount_fen: int
    determined_fen: int | None
    reason: str

    @property
    def departed(self) -> bool:
        """Whether people set another amount than the rules."""
        return self.amount_fen != self.determined_fen


def result_views(pack: Pack, assessment: Assessment) -> tuple[ResultView, ...]:
    """What a completed assessment came to; empty before."""
    return tuple(
        ResultView(
            result["programme"],
            pack.programmes[result["programme"]].label,
            result["unit_key"],
            result["amount_fen"],
            result["determined_fen"],
            result["reason"],
        )
        for result in json.loads(assessment.results or "[]")
    )


@dataclass(frozen=True)
class AssessmentView:
    """One home visit and its report."""

    assessment_id: int
    round: int
    version: int
    formed_date: date
    visited_date: date | None
    completed_date: date | None
    needs: str
    observations: str
    seats: tuple[SeatView, ...]
    results: tuple[ResultView, ...]
    determination: Determination | None


@dataclass(frozen=True)
class EventView:
    """One line of the timeline; ``by`` is empty where the product acted itself."""

    kind: EventKind
    at: datetime
    by: str
    note: str


@dataclass(frozen=True)
class ApplicationDetail:
    """Everything about one application; who reads cases reads the registry. Rows come whole, with who signed them."""

    application_id: int
    number: str
    version: int
    round: int
    state: ApplicationState
    state_since: date
    received_date: date
    received_by: str
    channel: Channel
    identified_how: Text
    identified_by: str
    statement: str
    groups: tuple[Text, ...]
    group_codes: tuple[str, ...]
    applicant: str
    applicant_number: str
    proxy: str
    household_id: int
    household: str
    place: str
    stamp: Stamp
    pack_version_id: int
    scheme: Text
    step: Step | None
    step_roles: tuple[Role, ...]
    standing: Case  # the case as its workflow sees it
    change: str  # what is otherwise than it was assessed and how the case goes on; empty when nothing is
    clock: ClockView | None
    clocks: tuple[ClockView, ...]
    papers: tuple[PaperView, ...]
    answers: tuple[IntakeAnswer, ...]
    assessments: tuple[AssessmentView, ...]
    opinions: tuple[FirstOpinion, ...]
    publications: tuple[Publication, ...]
    objections: tuple[Objection, ...]
    decision: Decision | None
    awards: tuple[str, ...]
    letters: tuple[Letter, ...]
    events: tuple[EventView, ...]


class _Names:
    """Names of staff, asked for once when all rows are there."""

    def __init__(self, ids: Iterable[int | None]) -> None:
        self._known = user_names(ids)

    def of(self, user_id: int | None) -> str:
        return self._known.get(user_id or 0, "")


def application_detail(scope: Scope, number: str, on: date) -> ApplicationDetail | None:
    """The application as it stands on a day, None when it is not there or not in the scope.

    At most twenty statements whatever its length, besides those that tell what a changed household would be due.
    """
    rows = within(Application.objects.filter(number=number), scope)
    related = rows.select_related(
        "applicant", "proxy", "household__building", "decision__decided_by", "decision__reviewed_by"
    )
    row = with_steps(related).first()
    if row is None:
        return None
    return _Reading(row, on).detail(scope)


class _Reading:
    """The rows of one application, read once."""

    def __init__(self, row: Any, on: date) -> None:
        self.row, self.on = row, on
        self.pack, self.calendar = pack_of(row.pack_version_id), work_calendar()
        self.seats = list(
            Assessor.objects.filter(assessment__application=row)
            .select_related("assessment__determination")
            .order_by("assessment__round", "pk")
        )
        self.events = list(ApplicationEvent.objects.filter(application=row).order_by("pk"))
        self.names = _Names(self._people())

    def _people(self) -> Iterable[int | None]:
        yield self.row.received_by_id
        for event in self.events:
            yield event.by_id
        for seat in self.seats:
            yield seat.user_id

    def detail(self, scope: Scope) -> ApplicationDetail:
        row, pack, calendar = self.row, self.pack, self.calendar
        clocks = list(Clock.objects.filter(application=row).order_by("pk"))
        first = leading(clocks, row.state)
        [case] = Cases([row], self.on)
        todo, change = waiting_at(case, self.on), case.change
        building = row.household.building
        entries = PublicationEntry.objects.filter(application=row).select_related("publication__prepared_by")
        return ApplicationDetail(
            application_id=row.pk,
            number=row.number,
            version=row.version,
            round=row.round,
            state=ApplicationState(row.state),
            state_since=row.state_since,
            received_date=row.received_date,
            received_by=self.names.of(row.received_by_id),
            channel=Channel(row.channel),
            identified_how=pack.identification[row.identified_how].label,
            identified_by=row.identified_by,
            statement=row.statement,
            groups=tuple(pack.groups[code].label for code in row.group_codes),
            group_codes=tuple(row.group_codes),
            applicant=row.applicant.name,
            applicant_number=row.applicant.number,
            proxy=row.proxy.name if row.proxy else "",
            household_id=row.household_id,
            household=row.household.number,
            place=building.name if building else area_names([row.community_id]).get(row.community_id or 0, ""),
            stamp=row.stamp,
            pack_version_id=row.pack_version_id,
            scheme=pack.label,
            step=todo.step if todo else None,
            step_roles=todo.roles if todo else (),
            standing=case,
            change=change_sentence(row, change, self.on) if change else "",
            clock=clock_view(calendar, pack, first, self.on) if first else None,
            clocks=tuple(clock_view(calendar, pack, clock, self.on) for clock in clocks),
            papers=tuple(
                paper_view(pack, paper, self._papers_on())
                for paper in Paper.objects.filter(application=row).order_by("pk")
            ),
            answers=tuple(IntakeAnswer.objects.filter(application=row).order_by("pk")),
            assessments=self._assessments(),
            opinions=tuple(
                FirstOpinion.objects.filter(application=row)
                .select_related("signed_by", "reviewed_by")
                .order_by("round", "sequence")
            ),
            publications=tuple(entry.publication for entry in entries.order_by("pk")),
            objections=tuple(Objection.objects.filter(application=row).select_related("answered_by").order_by("pk")),
            decision=getattr(row, "decision", None),
            awards=tuple(award.number for award in awards_of_application(scope, row.number)),
            letters=tuple(letters_about(scope, row.subject)),
            events=tuple(
                EventView(EventKind(event.kind), event.at, self.names.of(event.by_id), event.note)
                for event in self.events
            ),
        )

    def _papers_on(self) -> date:
        """A closed case keeps its papers as they stood when it was closed: what lapsed since changes nothing in it."""
        return min(self.on, self.row.state_since) if self.row.state in CLOSED_STATES else self.on

    def _assessments(self) -> tuple[AssessmentView, ...]:
        by_assessment: dict[int, list[Assessor]] = {}
        for seat in self.seats:
            by_assessment.setdefault(seat.assessment_id, []).append(seat)
        return tuple(self._assessment(seats) for seats in by_assessment.values())

    def _assessment(self, seats: list[Assessor]) -> AssessmentView:
        one = seats[0].assessment
        return AssessmentView(
            one.pk,
            one.round,
            one.version,
            one.formed_date,
            one.visited_date,
            one.completed_date,
            one.needs,
            one.observations,
            tuple(
                SeatView(
                    seat.user_id,
                    self.names.of(seat.user_id),
                    AssessorCapacity(seat.capacity),
                    seat.declared_at,
                    seat.signed_at,
                    seat.dissent,
                )
                for seat in seats
            ),
            result_views(self.pack, one),
            one.determination,
        )
