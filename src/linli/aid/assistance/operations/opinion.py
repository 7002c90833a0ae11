"""First opinion 初审意见 by the community director; review by the street."""

import json
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from linli.aid.assistance.codes import ApplicationState, EventKind, Proposal
from linli.aid.assistance.models import Application, Assessment, FirstOpinion
from linli.aid.assistance.operations.common import (
    check_case,
    check_standing,
    checked,
    lock_applications,
    move,
    subject_of,
    write_events,
)
from linli.aid.assistance.operations.intake import needed
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.kernel.act import Act
from linli.kernel.errors import DomainError


class OpinionContradicts(DomainError):
    """A grant can be proposed only where something is due, a refusal only with a reason."""

    message = _("评估结果没有应发待遇，不能拟予批准：%(number)s")


@act
def give_opinion(act: Act, *, application_ids: Sequence[int], proposal: Proposal, text: str = "") -> list[FirstOpinion]:
    """Sign the first opinion on assessed applications; a proposed refusal needs its reason.

    Raises OpinionContradicts, ReasonMissing, HouseholdChanged, StepNotPossible, NotPermitted.
    """
    applications = lock_applications(application_ids)
    check_case(act, "opinion", applications)
    words = needed(text, field="text") if proposal == Proposal.REFUSE else checked(text, field="text")
    assessments = current_assessments(applications)
    if proposal == Proposal.GRANT:
        for application in applications:
            if not has_anything_due(application, assessments.get(application.pk)):
                raise OpinionContradicts(number=application.number)
    move(act, applications, "opinion")
    sequences = _sequences(applications)
    opinions = FirstOpinion.objects.bulk_create(
        [
            FirstOpinion(
                application=application,
                round=application.round,
                sequence=sequences.get(application.pk, 0) + 1,
                proposal=proposal,
                text=words,
                signed_at=act.at,
                signed_by_id=act.by.pk,
            )
            for application in applications
        ]
    )
    write_events(act, EventKind.OPINION_GIVEN, dict.fromkeys(applications, f"{proposal.value} {words}".strip()))
    audit.record(
        act,
        where=applications[0].stamp,
        subject=subject_of(applications),
        lines=[application.number for application in applications],
        note={"proposal": proposal.value, "text": words},
    )
    return opinions


@act
def review(act: Act, *, application_ids: Sequence[int], agreed: bool, text: str = "") -> list[Application]:
    """The street reviews: agrees, or sends back to the community with the reason.

    Raises ReasonMissing, SamePerson, HouseholdChanged, StepNotPossible, NotPermitted.
    """
    applications = lock_applications(application_ids)
    check_case(act, "review", applications)
    words = checked(text, field="text") if agreed else needed(text, field="text")
    opinions = current_opinions(applications)
    if agreed:
        check_standing(applications, act.on)
    move(act, applications, "review", ApplicationState.REVIEWED if agreed else ApplicationState.ASSESSED)
    for opinion in opinions.values():
        opinion.reviewed_at, opinion.reviewed_by_id = act.at, act.by.pk
        opinion.agreed, opinion.review_text = agreed, words
    FirstOpinion.objects.bulk_update(opinions.values(), ["reviewed_at", "reviewed_by_id", "agreed", "review_text"])
    kind = EventKind.REVIEWED if agreed else EventKind.SENT_BACK
    write_events(act, kind, dict.fromkeys(applications, words))
    audit.record(
        act,
        where=applications[0].stamp,
        subject=subject_of(applications),
        lines=[application.number for application in applications],
        note={"agreed": agreed, "text": words},
    )
    return applications


def current_assessments(applications: Sequence[Application]) -> Mapping[int, Assessment]:
    """The completed assessment of each application's present round, by application id."""
    rows = Assessment.objects.filter(application__in=applications, completed_date__isnull=False).order_by("round")
    rows = rows.select_related("determination")
    return {row.application_id: row for row in rows}


def current_opinions(applications: Sequence[Application]) -> Mapping[int, FirstOpinion]:
    """The latest opinion on each application, by application id."""
    rows = FirstOpinion.objects.filter(application__in=applications).order_by("round", "sequence")
    rows = rows.select_related("reviewed_by")
    return {row.application_id: row for row in rows}


def has_anything_due(application: Application, assessment: Assessment | None) -> bool:
    """Whether the assessment found money due, or a claimed group to which somebody belongs."""
    if assessment is None or assessment.determination is None:
        return False
    if any(result["amount_fen"] > 0 for result in json.loads(assessment.results)):
        return True
    document = json.loads(assessment.determination.document)
    return any(entry["belongs"] and entry["group"] in application.group_codes for entry in document["groups"])


def _sequences(applications: Sequence[Application]) -> dict[int, int]:
    """How many opinions each application has had in its present round."""
    rounds = {application.pk: application.round for application in applications}
    counts: dict[int, int] = {}
    for application_id, round_ in FirstOpinion.objects.filter(application__in=applications).values_list(
        "application_id", "round"
    ):
        if rounds[application_id] == round_:
            counts[application_id] = counts.get(application_id, 0) + 1
    return counts
