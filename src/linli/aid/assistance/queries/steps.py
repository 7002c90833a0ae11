"""Which step a case waits at, for one or for many: lists cost the same few statements however long they are."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.utils.functional import lazy

from linli.aid.assistance.codes import AnswerKind, ObjectionState, PublicationState, Step
from linli.aid.assistance.codes import ApplicationState as S
from linli.aid.assistance.models import (
    Application,
    ApplicationEvent,
    Assessment,
    Assessor,
    FirstOpinion,
    IntakeAnswer,
    Objection,
    Paper,
    PublicationEntry,
)
from linli.aid.assistance.queries.papers import paper_facts
from linli.aid.assistance.queries.standing import HouseholdChange, change_sentence, changes_of, nobody_left
from linli.aid.assistance.refusals import EvidenceMissing
from linli.aid.assistance.rules.papers import lacking
from linli.aid.assistance.steps import CASE
from linli.ground.users.codes import Role
from linli.kernel.bilingual import Text, listed
from linli.law.policies.queries import pack_of

# What waits to be done, by the step of the workflow.
_WAITS_AT = {
    "withdraw": Step.CLOSE_CASE,
    "team": Step.FORM_TEAM,
    "answer_objection": Step.ANSWER_OBJECTION,
    "accept": Step.ANSWER,
    "supplement": Step.ANSWER,
    "turn_away": Step.ANSWER,
    "opinion": Step.GIVE_OPINION,
    "review": Step.REVIEW,
    "publish": Step.PUBLISH,
    "post": Step.PUBLISH,
    "grant": Step.DECIDE,
    "refuse": Step.DECIDE,
}
# Steps that wait together for the same people, and a team that visits a second time, by the code they are kept under.
_AGAIN = "again"
_KEPT_AS = {"supplement": "accept", "turn_away": "accept"}
# What waits and whose it is, by that code.
AT_STEP: Mapping[str, tuple[Step, tuple[Role, ...]]] = {
    **{code: (what, CASE.step(code).roles) for code, what in _WAITS_AT.items() if code not in _KEPT_AS},
    _AGAIN: (Step.ASSESS_AGAIN, CASE.step("team").roles),
}
# Where nothing may be done about a case but to wait, or to turn it away.
WAITING_ELSEWHERE = {
    S.AWAITING_PAPERS: Step.WAIT_FOR_PAPERS,
    S.ASSESSING: Step.ASSESS,
    S.PUBLISHED: Step.WAIT_FOR_PUBLICATION,
}
_FACTS = ("proposal", "signed_by_id", "reviewed_by_id", "prepared_by_id", "last_date", "objected", "objection_ready")
_told_later = lazy(change_sentence, str)


@dataclass(frozen=True)
class Waiting:
    """A step, the roles that may do it, who is barred by an earlier one; ``code`` of :data:`AT_STEP`."""

    step: Step
    roles: tuple[Role, ...] = ()
    barred: frozenset[int] = frozenset()
    code: str = ""


def with_steps(rows: QuerySet[Application, Any]) -> QuerySet[Application, Any]:
    """The applications with what their steps need of opinions, publications and objections."""
    opinion = FirstOpinion.objects.filter(application=OuterRef("pk")).order_by("-round", "-sequence")
    entry = PublicationEntry.objects.filter(application=OuterRef("pk"), round=OuterRef("round")).order_by("-id")
    prepared = entry.filter(publication__state=PublicationState.PREPARED)
    posted = entry.filter(publication__state__in=(PublicationState.POSTED, PublicationState.EXPIRED))
    visited_again = Assessment.objects.filter(
        application=OuterRef("application"), round__gt=OuterRef("round"), completed_date__isnull=False
    )
    objections = Objection.objects.filter(application=OuterRef("pk"), state=ObjectionState.OPEN)
    return rows.annotate(
        proposal=Subquery(opinion.values("proposal")[:1]),
        signed_by_id=Subquery(opinion.values("signed_by_id")[:1]),
        reviewed_by_id=Subquery(opinion.values("reviewed_by_id")[:1]),
        prepared_by_id=Subquery(prepared.values("publication__prepared_by_id")[:1]),
        last_date=Subquery(posted.values("publication__last_date")[:1]),
        objected=Exists(objections),
        objection_ready=Exists(objections.filter(Exists(visited_again))),
    )


class Cases:
    """Applications as their workflow sees them. What a step needs is read for all of them, once one is asked."""

    def __init__(self, rows: Iterable[Application], on: date) -> None:
        self.rows, self.on = list(rows), on

    def __iter__(self) -> Iterator["Case"]:
        return (Case(row, self) for row in self.rows)

    @cached_property
    def facts(self) -> Mapping[int, Any]:
        """The rows of :func:`with_steps` by id."""
        if all("proposal" in vars(row) for row in self.rows):
            return {row.pk: row for row in self.rows}
        return with_steps(Application.objects.filter(pk__in=[row.pk for row in self.rows])).in_bulk()

    @cached_property
    def changes(self) -> Mapping[int, HouseholdChange]:
        """What is not as it was assessed, and households of which nobody is left here to assess."""
        return {**changes_of(self.rows, self.on), **nobody_left(self.rows)}

    @cached_property
    def lacking(self) -> Mapping[int, Sequence[str]]:
        """Codes of the papers in the way of acceptance."""
        papers: dict[int, list[Paper]] = {row.pk: [] for row in self.rows}
        for paper in Paper.objects.filter(application_id__in=papers).order_by("pk"):
            papers[paper.application_id].append(paper)
        return {pk: lacking(paper_facts(found), self.on) for pk, found in papers.items()}

    @cached_property
    def told(self) -> frozenset[int]:
        """Those whose missing papers were told."""
        answers = IntakeAnswer.objects.filter(application__in=self.rows, kind=AnswerKind.SUPPLEMENT)
        return frozenset(answers.values_list("application_id", flat=True))

    @cached_property
    def departed(self) -> Mapping[int, frozenset[int]]:
        """Who (ids) signed the sheet of the present round where it sets another amount than the rules."""
        seats = Assessor.objects.filter(
            assessment__application__in=self.rows, assessment__round=F("assessment__application__round")
        ).exclude(assessment__departures__in=("", "[]"))
        found: dict[int, set[int]] = {}
        for pk, user_id in seats.values_list("assessment__application_id", "user_id"):
            found.setdefault(pk, set()).add(user_id)
        return {pk: frozenset(some) for pk, some in found.items()}

    @cached_property
    def signed(self) -> frozenset[int]:
        """Those whose present sheet all of the team have signed, and nobody has closed."""
        under_way = [row.pk for row in self.rows if row.state == S.ASSESSING]
        if not under_way:
            return frozenset()
        present = Assessor.objects.filter(
            assessment__application__in=under_way, assessment__round=F("assessment__application__round")
        )
        seats = present.values_list("assessment__application_id", "signed_at")
        return frozenset(under_way) - {pk for pk, signed_at in seats if signed_at is None}

    @cached_property
    def hands(self) -> Mapping[tuple[int, str], int]:
        """Who did what last, by application and kind of event."""
        events = ApplicationEvent.objects.filter(application__in=self.rows).order_by("pk")
        return {(pk, kind): by_id for pk, kind, by_id in events.values_list("application_id", "kind", "by_id")}


class Case:
    """One application with what its steps need; the hands of steps that keep none are those of its timeline."""

    def __init__(self, row: Application, cases: Cases) -> None:
        self.row, self._cases = row, cases

    def __getattr__(self, name: str) -> Any:
        if name in _FACTS:
            return getattr(self._cases.facts[self.row.pk], name)
        if name.startswith("by_"):
            return self._cases.hands.get((self.row.pk, name.removeprefix("by_").upper()))
        return getattr(self.row, name)

    @property
    def change(self) -> HouseholdChange | None:
        """What is not as it was assessed."""
        return self._cases.changes.get(self.row.pk)

    @property
    def departed_by(self) -> frozenset[int]:
        """Who signed another amount than the rules give."""
        return self._cases.departed.get(self.row.pk, frozenset())

    @property
    def all_signed(self) -> bool:
        """Whether all of the team have signed, and somebody is to close the report."""
        return self.row.pk in self._cases.signed

    @property
    def is_over(self) -> bool:
        """Whether nobody is left whom this community could assess."""
        return self.change is not None and self.change.is_over

    @property
    def change_told(self) -> object:
        """What changed, what would be due now and how the case goes on: worked out when it is read."""
        return _told_later(self.row, self.change, self._cases.on) if self.change else ""

    @property
    def was_told(self) -> bool:
        """Whether its missing papers were told."""
        return self.row.pk in self._cases.told

    @property
    def evidence_missing(self) -> EvidenceMissing | None:
        """The papers in the way of acceptance."""
        codes = self._cases.lacking[self.row.pk]
        if not codes:
            return None
        said = listed([pack_of(self.row.pack_version_id).papers[code].label for code in codes])
        papers = Text(f"{self.row.number} {said.zh}", f"{self.row.number} {said.en}")
        return EvidenceMissing(missing={self.row.number: list(codes)}, papers=papers)


def waiting(rows: Iterable[Any], on: date) -> dict[int, Waiting | None]:
    """The step that each of the applications (by id) waits at on a day; None when it is closed."""
    return {case.row.pk: waiting_at(case, on) for case in Cases(rows, on)}


def waiting_at(case: Case, on: date) -> Waiting | None:
    """The step that one case waits at."""
    step = CASE.awaited(case, on)
    if step is None and case.row.state == S.RECEIVED:
        step = CASE.step("turn_away")
    if step is None:
        elsewhere = Step.COMPLETE if case.all_signed else WAITING_ELSEWHERE.get(S(case.row.state))
        return Waiting(elsewhere) if elsewhere else None
    again = step.code == "team" and case.change is not None
    code = _AGAIN if again else _KEPT_AS.get(step.code, step.code)
    return Waiting(*AT_STEP[code], CASE.barred(step, case), code)
