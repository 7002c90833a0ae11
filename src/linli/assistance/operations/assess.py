"""The home visit: three different people, no kin of the family, one sheet, one report."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from types import MappingProxyType

from django.utils.translation import gettext_lazy as _

from linli.assistance.codes import ApplicationState, AssessorCapacity, EventKind
from linli.assistance.models import Application, Assessment, Assessor
from linli.assistance.operations.common import (
    ApplicationNotFound,
    FormStale,
    lock_application,
    move,
    write_events,
)
from linli.assistance.permissions import ANSWER, check
from linli.assistance.queries.facts import case_facts, programme_results
from linli.assistance.rules.results import Departure, results
from linli.foundation.data.locks import locked
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.kernel.act import Act
from linli.kernel.canonical import canonical_json
from linli.kernel.errors import DomainError
from linli.policies.operations import CaseSubject, determine
from linli.policies.queries import Determination, pack_of
from linli.residents.operations import NewFact, note_circumstances
from linli.residents.queries import kin_of, members_on
from linli.users.codes import Role
from linli.users.queries import NotPermitted, authority, authority_of, person

CAPACITY_ROLE: Mapping[str, Role] = MappingProxyType(
    {
        AssessorCapacity.COMMUNITY_WORKER: Role.COMMUNITY_WORKER,
        AssessorCapacity.SOCIAL_WORKER: Role.SOCIAL_WORKER,
        AssessorCapacity.VOLUNTEER: Role.VOLUNTEER,
    }
)


class TeamIncomplete(DomainError):
    """A team has one person of each kind the pack names, all different."""

    code = "assistance.team_incomplete"
    message = _("评估小组须由不同的三人组成,包括:%(kinds)s")


class AssessorUnqualified(DomainError):
    """The person does not hold the role in this community."""

    code = "assistance.assessor_unqualified"
    message = _("%(name)s 在该社区没有相应身份,不能以此身份参加评估")


class AssessorKin(DomainError):
    """Near relatives withdraw (民政部 近亲属备案)."""

    code = "assistance.assessor_kin"
    message = _("%(name)s 是该家庭成员的亲属,应当回避")


class KinshipUndeclared(DomainError):
    """Each assessor declares to be no kin before writing on the sheet."""

    code = "assistance.kinship_undeclared"
    message = _("请先声明与该家庭没有亲属关系")


class VisitDateImpossible(DomainError):
    """The visit lies between the forming of the team and today."""

    code = "assistance.visit_date_impossible"
    message = _("入户日期应在组成小组之后、今天之前")


class VisitUnrecorded(DomainError):
    """A report needs a visit."""

    code = "assistance.visit_unrecorded"
    message = _("尚未填写入户调查")


class SignaturesMissing(DomainError):
    """All three sign."""

    code = "assistance.signatures_missing"
    message = _("还有人没有签名:%(names)s")


class FactsMissing(DomainError):
    """The rules cannot determine: facts are unknown and nobody departed with a reason."""

    code = "assistance.facts_missing"
    message = _("缺少以下情况,规则无法计算:%(facts)s;请补充,或说明理由自行认定")


@dataclass(frozen=True)
class Visit:
    """What the three saw. ``observed``: {member number, or "" for the household: {fact code: value or None}}."""

    visited_date: date
    needs: str
    observations: str
    observed: Mapping[str, Mapping[str, int | bool | None]] = field(default_factory=dict)


@act
def form_team(act: Act, *, application_id: int, team: Mapping[AssessorCapacity, int]) -> Assessment:
    """Form the team for an accepted application, or for the re-check after an objection: capacity → user id.

    Raises TeamIncomplete, AssessorUnqualified, AssessorKin, StepNotPossible, NotPermitted.
    """
    application = lock_application(application_id)
    check(authority(act), [application], ANSWER)
    pack = pack_of(application.pack_version_id)
    if set(team) != set(pack.assessment_roles) or len(set(team.values())) != len(team):
        kinds = "、".join(str(AssessorCapacity(role).label) for role in pack.assessment_roles)
        raise TeamIncomplete(kinds=kinds)
    for capacity, user_id in team.items():
        _check_assessor(act, application, capacity, user_id)
    if application.state == ApplicationState.OBJECTED:
        application.round += 1  # a re-check after an objection is a new round: visit, opinion and publication again
    move(act, [application], "form_team")
    assessment = Assessment.objects.create(application=application, round=application.round, formed_date=act.on)
    Assessor.objects.bulk_create(
        [Assessor(assessment=assessment, user_id=team[c], capacity=c) for c in AssessorCapacity if c in team]
    )
    write_events(act, EventKind.TEAM_FORMED, [application])
    audit.record(act, where=application.stamp, subject=application.subject, lines=sorted(team.values()))
    return assessment


@act
def declare_no_kinship(act: Act, *, assessment_id: int) -> Assessor:
    """The assessor declares to be no kin of the family; known relatives are refused. Raises AssessorKin."""
    assessment = _lock(assessment_id)
    assessor = _own_seat(act, assessment)
    relation = kin_of(act.by.pk, assessment.application.household_id, act.on)
    if relation is not None:
        raise AssessorKin(name=person(act.by.pk).name)
    assessor.declared_at = act.at
    assessor.save(update_fields=["declared_at"])
    write_events(act, EventKind.KINSHIP_DECLARED, {assessment.application: str(assessor.get_capacity_display())})
    audit.record(act, where=assessment.application.stamp, subject=assessment.application.subject)
    return assessor


@act
def record_visit(act: Act, *, assessment_id: int, visit: Visit, version: int | None = None) -> Assessment:
    """Fill the sheet; every change takes back the signatures given before.

    Raises KinshipUndeclared, VisitDateImpossible, FactOutOfRange, FormStale, NotPermitted.
    """
    assessment = _lock(assessment_id)
    assessor = _own_seat(act, assessment)
    if assessor.declared_at is None:
        raise KinshipUndeclared
    if version is not None and assessment.version != version:
        raise FormStale
    if not assessment.formed_date <= visit.visited_date <= act.on:
        raise VisitDateImpossible(field="visited_date")
    case_facts([assessment.application], act.on, observed={assessment.application_id: visit.observed})
    assessment.visited_date = visit.visited_date
    assessment.needs, assessment.observations = visit.needs.strip(), visit.observations.strip()
    assessment.observed = canonical_json({key: dict(facts) for key, facts in visit.observed.items()})
    assessment.version += 1
    assessment.save(update_fields=["visited_date", "needs", "observations", "observed", "version"])
    assessment.assessors.update(signed_at=None)
    write_events(act, EventKind.VISITED, {assessment.application: visit.visited_date.isoformat()})
    audit.record(act, where=assessment.application.stamp, subject=assessment.application.subject)
    return assessment


@act
def sign(act: Act, *, assessment_id: int, version: int, dissent: str = "") -> Assessor:
    """Sign the sheet as it stands, with a dissent where one disagrees. Raises KinshipUndeclared, VisitUnrecorded."""
    assessment = _lock(assessment_id)
    assessor = _own_seat(act, assessment)
    if assessor.declared_at is None:
        raise KinshipUndeclared
    if assessment.visited_date is None:
        raise VisitUnrecorded
    if assessment.version != version:
        raise FormStale
    assessor.signed_at, assessor.dissent = act.at, dissent.strip()
    assessor.save(update_fields=["signed_at", "dissent"])
    write_events(act, EventKind.SIGNED, {assessment.application: str(assessor.get_capacity_display())})
    audit.record(act, where=assessment.application.stamp, subject=assessment.application.subject)
    return assessor


@act
def complete(act: Act, *, assessment_id: int, departures: Sequence[Departure] = ()) -> Assessment:
    """Close the report: the rules determine on what is known and seen; departing from them needs a reason.

    Raises SignaturesMissing, VisitUnrecorded, FactsMissing, DepartureUnexplained, StepNotPossible, NotPermitted.
    """
    assessment = _lock(assessment_id)
    application = assessment.application
    _check_may_complete(act, assessment)
    if assessment.visited_date is None:
        raise VisitUnrecorded
    unsigned = [a.user.name for a in assessment.assessors.select_related("user").order_by("pk") if not a.signed_at]
    if unsigned:
        raise SignaturesMissing(names="、".join(unsigned))
    observed = json.loads(assessment.observed)
    facts = case_facts([application], act.on, observed={application.pk: observed}, visited=assessment.visited_date)
    case = CaseSubject(application.subject, facts[application.pk])
    [determination] = determine(act, cases=[case], pack_version_id=application.pack_version_id, on=act.on)
    assessment.determination = determination
    assessment.results = _results(application, determination, departures)
    assessment.completed_date = act.on
    move(act, [application], "complete_assessment")
    assessment.save(update_fields=["determination", "results", "completed_date"])
    _keep_observed(act, application, observed, assessment.visited_date)
    write_events(act, EventKind.DETERMINED, [application])
    audit.record(
        act, where=application.stamp, subject=application.subject, note={"determination": determination.digest}
    )
    return assessment


def _results(application: Application, determination: Determination, departures: Sequence[Departure]) -> str:
    determined = programme_results(application, determination)
    combined = results(determined, departures)
    unknown = [result for result in combined if result.determined_fen is None and not result.reason]
    if unknown:
        document = json.loads(determination.document)
        names = {name for entry in document["entitlements"] for name in entry["stopped_by"]}
        pack = pack_of(application.pack_version_id)
        labels = sorted(pack.facts[name].label.zh if name in pack.facts else name for name in names)
        raise FactsMissing(facts="、".join(labels))
    return canonical_json([asdict(result) for result in combined])


def _keep_observed(
    act: Act, application: Application, observed: Mapping[str, Mapping[str, int | None]], visited: date
) -> None:
    """What was seen at home goes into the registry, with its source and date: entered once."""
    members = {
        member.number: member.resident_id
        for member in members_on([application.household_id], act.on)[application.household_id]
    }
    facts = [
        NewFact(
            code=code,
            value=None if value is None else int(value),
            source=f"入户调查 {application.number}",
            as_of=visited,
            resident_id=members.get(key),
            household_id=None if key in members else application.household_id,
        )
        for key, values in observed.items()
        for code, value in values.items()
    ]
    if facts:
        note_circumstances(act, facts=facts)


def _lock(assessment_id: int) -> Assessment:
    rows = Assessment.objects.filter(pk=assessment_id, completed_date__isnull=True).select_related("application")
    found = locked(rows).first()
    if found is None:
        raise ApplicationNotFound
    return found


def _own_seat(act: Act, assessment: Assessment) -> Assessor:
    """The actor's place in the team: being named on the sheet is the whole permission."""
    assessor = assessment.assessors.filter(user_id=act.by.pk).first()
    if assessor is None:
        raise NotPermitted
    if not authority(act).may(assessment.application.stamp, CAPACITY_ROLE[assessor.capacity]):
        raise NotPermitted
    return assessor


def _check_assessor(act: Act, application: Application, capacity: str, user_id: int) -> None:
    somebody = person(user_id)
    if not authority_of(somebody, act.on).may(application.stamp, CAPACITY_ROLE[capacity]):
        raise AssessorUnqualified(field=capacity, name=somebody.name)
    if kin_of(user_id, application.household_id, act.on) is not None:
        raise AssessorKin(field=capacity, name=somebody.name)


def _check_may_complete(act: Act, assessment: Assessment) -> None:
    """The community worker or the social worker of the team closes the report; the volunteer only signs it."""
    assessor = _own_seat(act, assessment)
    if assessor.capacity == AssessorCapacity.VOLUNTEER:
        raise NotPermitted
