"""Which step a case waits at: worked out in the database, so that lists cost the same however long they are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from linli.aid.assistance.codes import ApplicationState, ObjectionState, Proposal, PublicationState, Step
from linli.aid.assistance.models import Application, Assessment, FirstOpinion, Objection, PublicationEntry
from linli.aid.assistance.queries.roles import (
    ANSWER,
    DECIDE,
    POST_PUBLICATION,
    PREPARE_PUBLICATION,
    REVIEW,
    SIGN_OPINION,
    WITHDRAW,
)
from linli.aid.assistance.queries.standing import HouseholdChange, changes_of
from linli.ground.users.codes import Role

# The step of each state in which there is one only.
_SIMPLE = {
    ApplicationState.RECEIVED: (Step.ANSWER, ANSWER),
    ApplicationState.AWAITING_PAPERS: (Step.WAIT_FOR_PAPERS, ()),
    ApplicationState.ACCEPTED: (Step.FORM_TEAM, ANSWER),
    ApplicationState.OBJECTED: (Step.FORM_TEAM, ANSWER),
    ApplicationState.ASSESSING: (Step.ASSESS, ()),
    ApplicationState.ASSESSED: (Step.GIVE_OPINION, SIGN_OPINION),
}


@dataclass(frozen=True)
class Waiting:
    """A step, the roles that may do it, and the people who may not because they did an earlier one."""

    step: Step
    roles: tuple[Role, ...]
    barred: frozenset[int] = frozenset()


def with_steps(rows: QuerySet[Application, Any]) -> QuerySet[Application, Any]:
    """The applications with what :func:`waiting` needs."""
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
        objection_ready=Exists(objections.filter(Exists(visited_again))),
    )


def waiting(
    rows: Iterable[Any], on: date, changes: Mapping[int, HouseholdChange] | None = None
) -> dict[int, Waiting | None]:
    """The step that each of the rows of :func:`with_steps` (by id) waits at on a day; None when it is closed.

    A household that is not what was assessed is visited again before anything else is done about it; ``changes`` are
    those of the rows where they were asked for already.
    """
    found = list(rows)
    changes = changes_of(found, on) if changes is None else changes
    return {row.pk: _waiting(row, changes.get(row.pk), on) for row in found}


def _waiting(row: Any, change: HouseholdChange | None, on: date) -> Waiting | None:
    if change is not None:
        return Waiting(Step.CLOSE_CASE, WITHDRAW) if change.is_over else Waiting(Step.ASSESS_AGAIN, ANSWER)
    if row.objection_ready:
        return Waiting(Step.ANSWER_OBJECTION, REVIEW)
    if row.state in _SIMPLE:
        return Waiting(*_SIMPLE[row.state])
    if row.state == ApplicationState.OPINION_GIVEN:
        return Waiting(Step.REVIEW, REVIEW, frozenset({row.signed_by_id}))
    return _at_the_street(row, on)


def _at_the_street(row: Any, on: date) -> Waiting | None:
    earlier = frozenset({row.signed_by_id, row.reviewed_by_id})
    if row.state == ApplicationState.PUBLISHED:
        over = row.last_date is not None and row.last_date < on
        return Waiting(Step.DECIDE, DECIDE, earlier) if over else Waiting(Step.WAIT_FOR_PUBLICATION, ())
    if row.state != ApplicationState.REVIEWED:
        return None
    if row.proposal == Proposal.REFUSE:
        return Waiting(Step.DECIDE, DECIDE, earlier)
    if row.prepared_by_id is None:
        return Waiting(Step.PUBLISH, PREPARE_PUBLICATION)
    return Waiting(Step.PUBLISH, POST_PUBLICATION, frozenset({row.prepared_by_id}))
