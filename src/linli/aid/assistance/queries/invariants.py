"""What must always hold of applications: a state is borne by the rows that its acts leave. Checked by audit verify."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from linli.aid.assistance.codes import (
    CLOSED_STATES,
    AnswerKind,
    ClockKind,
    EventKind,
    ObjectionState,
    Proposal,
    PublicationState,
)
from linli.aid.assistance.codes import ApplicationState as S
from linli.aid.assistance.models import (
    APPLICATION_SUMS,
    RUNNING_SUMS,
    Application,
    ApplicationEvent,
    ApplicationSum,
    Assessment,
    Assessor,
    Claim,
    Clock,
    Decision,
    FirstOpinion,
    IntakeAnswer,
    Objection,
    PublicationEntry,
    Running,
    RunningSum,
)
from linli.aid.assistance.queries.files import uploaded
from linli.aid.assistance.queries.turns import differing
from linli.foundation.trail.invariants import Violation

_EVENT: Mapping[str, EventKind] = {
    S.RECEIVED: EventKind.RECEIVED,
    S.AWAITING_PAPERS: EventKind.SUPPLEMENT_ASKED,
    S.ACCEPTED: EventKind.ACCEPTED,
    S.ASSESSING: EventKind.TEAM_FORMED,
    S.ASSESSED: EventKind.DETERMINED,
    S.OPINION_GIVEN: EventKind.OPINION_GIVEN,
    S.REVIEWED: EventKind.REVIEWED,
    S.PUBLISHED: EventKind.PUBLISHED,
    S.OBJECTED: EventKind.OBJECTED,
    S.GRANTED: EventKind.GRANTED,
    S.REFUSED: EventKind.REFUSED,
    S.NOT_ACCEPTED: EventKind.NOT_ACCEPTED,
    S.LAPSED: EventKind.LAPSED,
    S.WITHDRAWN: EventKind.WITHDRAWN,
}
# How far a case has come; a withdrawn one may have come anywhere.
_DECIDED = (S.GRANTED, S.REFUSED)
_REVIEWED = (S.REVIEWED, S.PUBLISHED, S.OBJECTED, *_DECIDED)
_SIGNED = (S.OPINION_GIVEN, *_REVIEWED)
_VISITED = (S.ASSESSED, *_SIGNED)
_ACCEPTED = (S.ACCEPTED, S.ASSESSING, *_VISITED)
_UP = (PublicationState.POSTED, PublicationState.EXPIRED)
_ANSWER: Mapping[str, AnswerKind] = {
    **dict.fromkeys(_ACCEPTED, AnswerKind.ACCEPTED),
    S.NOT_ACCEPTED: AnswerKind.NOT_ACCEPTED,
    S.AWAITING_PAPERS: AnswerKind.SUPPLEMENT,
    S.LAPSED: AnswerKind.SUPPLEMENT,
}
_PROPOSAL = {S.GRANTED: Proposal.GRANT, S.REFUSED: Proposal.REFUSE}
_ASSESSORS = 3


class _Case(NamedTuple):
    pk: int
    number: str
    state: str
    round: int


def invariants() -> list[Violation]:
    """Everything that does not hold, by code and the application's number; empty when all is well."""
    rows = Application.objects.order_by("pk").values_list("pk", "number", "state", "round")
    cases = [_Case(*row) for row in rows]
    return [
        *_happened(cases),
        *_answered(cases),
        *_visited(cases),
        *_signatures(),
        *_reviewed(cases),
        *_published(cases),
        *_decided(cases),
        *_other_officer(),
        *_running(cases),
        *(Violation("assistance.turn_not_of_the_case", number) for number in differing()),
        *_kept(),
        *uploaded(),
    ]


def _kept() -> Iterator[Violation]:
    """What the database keeps of cases and their time limits is what they are."""
    for key in APPLICATION_SUMS.differing(Application, ApplicationSum):
        yield Violation("assistance.sums_differ_from_cases", f"{key['community_id']} {key['state']}")
    for key in RUNNING_SUMS.differing(Running, RunningSum):
        yield Violation("assistance.sums_differ_from_limits", f"{key['community_id']} {key['due_date']}")
    of = ("district_id", "street_id", "community_id", "grid_id", "pack_version_id")
    clocks = Clock.objects.filter(finished_date__isnull=True).exclude(application__state__in=CLOSED_STATES)
    stands = ("application__number", "kind", "due_date")
    said = {
        (*row[:-1], row[-1] is not None)
        for row in clocks.values_list(*stands, *(f"application__{one}" for one in of), "paused_date")
    }
    kept = set(Running.objects.values_list(*stands, *of, "paused"))
    for number in sorted({row[0] for row in said ^ kept}):
        yield Violation("assistance.limit_not_of_the_clock", number)
    places = of[:-1]
    groups = Application.objects.values_list("number", "groups", *places)
    claimed = {(number, code, *place) for number, codes, *place in groups for code in codes.split(",") if code}
    listed = set(Claim.objects.values_list("application__number", "code", *places))
    for number in sorted({row[0] for row in claimed ^ listed}):
        yield Violation("assistance.claims_differ_from_groups", number)


def _happened(cases: Sequence[_Case]) -> Iterator[Violation]:
    """The state's own act stands in the timeline."""
    happened = set(ApplicationEvent.objects.values_list("application_id", "kind").distinct())
    for case in cases:
        if (case.pk, _EVENT[case.state]) not in happened:
            yield Violation("assistance.state_without_event", case.number)


def _answered(cases: Sequence[_Case]) -> Iterator[Violation]:
    """What the applicant was told is where the case is; before acceptance nobody was told to be accepted."""
    told = set(IntakeAnswer.objects.values_list("application_id", "kind"))
    for case in cases:
        wanted = _ANSWER.get(case.state)
        if wanted is not None and (case.pk, wanted) not in told:
            yield Violation("assistance.state_without_answer", case.number)
        early = case.state not in (*_ACCEPTED, S.WITHDRAWN)
        if early and (case.pk, AnswerKind.ACCEPTED) in told:
            yield Violation("assistance.answer_without_state", case.number)


def _visited(cases: Sequence[_Case]) -> Iterator[Violation]:
    """The present round's visit is under way or done, as the state says; no visit of another round is open, but those
    from which another team took over.
    """
    left = Counter(
        ApplicationEvent.objects.filter(kind=EventKind.TEAM_CHANGED).values_list("application_id", flat=True)
    )
    done: dict[tuple[int, int], bool] = {}
    still_open: dict[int, int] = {}
    for pk, round_, day in Assessment.objects.values_list("application_id", "round", "completed_date"):
        done[pk, round_] = day is not None
        still_open[pk] = still_open.get(pk, 0) + (day is None)
    for case in cases:
        wanted = case.state == S.ASSESSING or case.state in _VISITED
        if wanted and done.get((case.pk, case.round)) is not (case.state != S.ASSESSING):
            yield Violation("assistance.state_without_visit", case.number)
        if still_open.get(case.pk, 0) > (case.state in (S.ASSESSING, S.WITHDRAWN)) + left[case.pk]:
            yield Violation("assistance.visit_left_open", case.number)


def _signatures() -> Iterator[Violation]:
    """Three people declared and signed every report that was closed."""
    signed: dict[int, int] = {}
    seats = Assessor.objects.filter(signed_at__isnull=False, declared_at__isnull=False)
    for pk in seats.values_list("assessment_id", flat=True):
        signed[pk] = signed.get(pk, 0) + 1
    closed = Assessment.objects.filter(completed_date__isnull=False).order_by("pk")
    for pk, number in closed.values_list("pk", "application__number"):
        if signed.get(pk, 0) < _ASSESSORS:
            yield Violation("assistance.report_unsigned", number)


def _reviewed(cases: Sequence[_Case]) -> Iterator[Violation]:
    """The present round has its first opinion, and from the review on one that the street agreed to."""
    agreed: dict[tuple[int, int], bool | None] = {}
    rows = FirstOpinion.objects.order_by("sequence").values_list("application_id", "round", "agreed")
    for pk, round_, word in rows:
        agreed[pk, round_] = word
    for case in cases:
        key = (case.pk, case.round)
        if case.state in _SIGNED and key not in agreed:
            yield Violation("assistance.state_without_opinion", case.number)
        elif case.state in _REVIEWED and not agreed[key]:
            yield Violation("assistance.state_without_review", case.number)


def _published(cases: Sequence[_Case]) -> Iterator[Violation]:
    """Nothing is granted, nor said to be published, that was not up in its present round."""
    entries = PublicationEntry.objects.filter(publication__state__in=_UP, publication__posted_date__isnull=False)
    up = set(entries.values_list("application_id", "round"))
    for case in cases:
        if case.state in (S.PUBLISHED, S.OBJECTED, S.GRANTED) and (case.pk, case.round) not in up:
            yield Violation("assistance.state_without_publication", case.number)


def _decided(cases: Sequence[_Case]) -> Iterator[Violation]:
    """The decision is of the kind that the state says, none while an objection is open; two the database refuses."""
    decisions: dict[int, str] = dict(Decision.objects.values_list("application_id", "kind"))
    objected = set(Objection.objects.filter(state=ObjectionState.OPEN).values_list("application_id", flat=True))
    for case in cases:
        made, wanted = decisions.get(case.pk), _PROPOSAL.get(S(case.state))
        if wanted is not None and made != wanted:
            yield Violation("assistance.state_without_decision", case.number)
        if wanted is None and made is not None:
            yield Violation("assistance.decision_without_state", case.number)
        if wanted is not None and case.pk in objected:
            yield Violation("assistance.decided_over_objection", case.number)


def _other_officer() -> Iterator[Violation]:
    """Who decided neither signed nor reviewed the opinion decided on; its reviewer stands in the decision."""
    last: dict[int, tuple[int, int | None]] = {}
    opinions = FirstOpinion.objects.order_by("round", "sequence")
    for pk, signer, reviewer in opinions.values_list("application_id", "signed_by_id", "reviewed_by_id"):
        last[pk] = (signer, reviewer)
    rows = Decision.objects.order_by("application_id").values_list(
        "application_id", "application__number", "decided_by_id", "reviewed_by_id"
    )
    for pk, number, decider, named in rows:
        signed, reviewed = last.get(pk, (0, None))
        if decider in (signed, reviewed, named) or named != reviewed:
            yield Violation("assistance.decided_by_reviewer", number)


def _running(cases: Sequence[_Case]) -> Iterator[Violation]:
    """An open case has the clock of its stage running; a closed one has none."""
    running: dict[int, set[str]] = {}
    for pk, kind in Clock.objects.filter(finished_date__isnull=True).values_list("application_id", "kind"):
        running.setdefault(pk, set()).add(kind)
    for case in cases:
        stage = ClockKind.DECISION if case.state in _ACCEPTED else ClockKind.INTAKE
        wanted = set() if case.state in CLOSED_STATES else {stage}
        if running.get(case.pk, set()) != wanted:
            yield Violation("assistance.clock_not_of_the_state", case.number)
