"""The home visit: three different people, no kin of the family, one sheet, one report."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date

from django.utils.translation import gettext_lazy as _

from linli.aid.assistance.codes import AssessorCapacity, EventKind
from linli.aid.assistance.models import Application, Assessment, Assessor
from linli.aid.assistance.operations.common import (
    check_sheet,
    check_somebody_left,
    move,
    write_events,
)
from linli.aid.assistance.operations.team import TeamIncomplete, check_no_kin, lock_seat, with_links
from linli.aid.assistance.queries.assessor_sheet import as_written
from linli.aid.assistance.queries.facts import Observed, case_facts, departures_on, foreseen, programme_results
from linli.aid.assistance.rules.results import Departure, checked, results
from linli.foundation.data.locks import check_version
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act, build_on
from linli.foundation.trail.behind import Behind
from linli.ground.users.queries import NotPermitted
from linli.kernel.act import Act
from linli.kernel.bilingual import listed
from linli.kernel.canonical import canonical_json
from linli.kernel.errors import DomainError
from linli.kernel.marks import Listed
from linli.law.policies.engine.text import (
    fact_text,
)
from linli.law.policies.operations import CaseSubject, determine
from linli.law.policies.queries import Determination, pack_of
from linli.registry.residents.operations import NewFact, note_circumstances
from linli.registry.residents.queries import members_on, name_of_number


class KinshipUndeclared(DomainError):
    """Each assessor declares to be no kin before writing on the sheet."""

    message = _("请先声明与该家庭没有亲属关系")


class VisitDateImpossible(DomainError):
    """The visit lies between the forming of the team and today."""

    message = _("入户日期应不早于组成小组之日、不晚于今天")


class MemberUnknown(DomainError):
    """The sheet describes people of this household only."""

    message = _("%(name)s（%(number)s）不是该家庭现在的成员")


class VisitUnrecorded(DomainError):
    """A report needs a visit."""

    message = _("尚未填写入户调查")


class SignaturesMissing(DomainError):
    """All three sign."""

    message = _("还有人没有签名：%(names)s")


class FactsMissing(DomainError):
    """The rules cannot determine: facts are unknown and nobody departed with a reason."""

    message = _("缺少以下情况，规则无法计算：%(facts)s；请补充，或说明理由自行认定")


@dataclass(frozen=True)
class Visit:
    """What the three saw. ``observed``: {member number, or "" for the household: {fact code: value or None}}.

    ``departures`` are amounts of their own where they differ from the rules, each with its reason.
    """

    visited_date: date
    needs: str
    observations: str
    observed: Mapping[str, Mapping[str, int | bool | None]] = field(default_factory=dict)
    departures: Sequence[Departure] = ()


@act
def record_visit(act: Act, *, assessment_id: int, visit: Visit, version: int | None = None) -> Assessment:
    """Fill the sheet; every change takes back the signatures given before, and what another had written is kept beside.

    Raises KinshipUndeclared, VisitDateImpossible, MemberUnknown, FactOutOfRange, DepartureNegative, DepartureUnknown,
    DepartureUnexplained, FormStale, HouseholdChanged (nobody is left to visit), StepNotPossible, NotPermitted,
    AssessorKin.
    """
    assessment, assessor = lock_seat(act, assessment_id)
    if assessor.declared_at is None:
        raise KinshipUndeclared
    check_version(assessment, version)
    check_somebody_left(assessment)
    if not assessment.formed_date <= visit.visited_date <= act.on:
        raise VisitDateImpossible(field="visited_date")
    numbers = _numbers(assessment.application, act.on)
    _check_observed(assessment.application, visit.observed, numbers, act.on)
    if assessment.written_by_id not in (None, act.by.pk):
        assessment.earlier = canonical_json(as_written(assessment))
    assessment.written_by_id, assessment.written_at = act.by.pk, act.at
    assessment.visited_date = visit.visited_date
    assessment.needs, assessment.observations = visit.needs.strip(), visit.observations.strip()
    assessment.observed = canonical_json({key: dict(facts) for key, facts in visit.observed.items()})
    assessment.departures = _departures(assessment.application, visit, act.on)
    assessment.members = ",".join(sorted(numbers))
    assessment.version += 1
    written = ["visited_date", "needs", "observations", "observed", "departures", "members", "version"]
    written += ["written_by", "written_at", "earlier"]
    assessment.save(update_fields=written)
    assessment.assessors.update(signed_at=None)
    write_events(act, EventKind.VISITED, {assessment.application: visit.visited_date.isoformat()})
    audit.record(act, where=assessment.application.stamp, subject=assessment.application.subject)
    return assessment


@act
def sign(act: Act, *, assessment_id: int, version: int, dissent: str = "") -> Assessor:
    """Sign the sheet as it stands, with a dissent where one disagrees.

    Raises KinshipUndeclared, VisitUnrecorded, FormStale, HouseholdChanged, AssessorKin.
    """
    assessment, assessor = lock_seat(act, assessment_id)
    if assessor.declared_at is None:
        raise KinshipUndeclared
    if assessment.visited_date is None:
        raise VisitUnrecorded
    check_version(assessment, version)
    check_sheet(assessment, act.on)
    assessor.signed_at, assessor.dissent = act.at, dissent.strip()
    assessor.save(update_fields=["signed_at", "dissent"])
    write_events(act, EventKind.SIGNED, {assessment.application: assessor.capacity})
    audit.record(act, where=assessment.application.stamp, subject=assessment.application.subject)
    return assessor


@act
def complete(act: Act, *, assessment_id: int) -> Assessment:
    """Close the report: the rules determine on what is known and seen; the departures are those that the three signed.

    Raises SignaturesMissing, TeamIncomplete (a seat is gone), VisitUnrecorded, HouseholdChanged, FactsMissing,
    StepNotPossible, NotPermitted, AssessorKin (one of the three has become known as kin since: what they signed does
    not count), RowsForged (nobody signed what is signed).
    """
    assessment, assessor = lock_seat(act, assessment_id)
    application = assessment.application
    if assessor.capacity == AssessorCapacity.VOLUNTEER:
        raise NotPermitted  # the community worker or the social worker closes the report; the volunteer only signs it
    if assessment.visited_date is None:
        raise VisitUnrecorded
    team = list(with_links(assessment.assessors.select_related("user")).order_by("pk"))
    build_on(Behind({"assistance_assessor": [one.pk for one in team]}))
    linked = [one.user_id for one in team if one.links]
    if linked:
        check_no_kin(act, application, linked)
    if {one.capacity for one in team} != set(pack_of(application.pack_version_id).assessment_roles):
        raise TeamIncomplete(kinds=Listed(AssessorCapacity(one.capacity).label for one in team))
    unsigned = [one.user.name for one in team if not one.signed_at]
    if unsigned:
        raise SignaturesMissing(names=Listed(unsigned))
    check_sheet(assessment, act.on)
    observed = json.loads(assessment.observed)
    seen = {application.pk: observed}
    facts = case_facts([application], act.on, observed=seen, visited=assessment.visited_date, anew=True)
    case = CaseSubject(application.subject, facts[application.pk])
    [determination] = determine(act, cases=[case], pack_version_id=application.pack_version_id, on=act.on)
    assessment.determination = determination
    assessment.results = _results(assessment, determination)
    assessment.completed_date = act.on
    move(act, [application], "complete")
    assessment.save(update_fields=["determination", "results", "completed_date"])
    _keep_observed(act, application, observed, assessment.visited_date)
    write_events(act, EventKind.DETERMINED, [application])
    audit.record(
        act, where=application.stamp, subject=application.subject, note={"determination": determination.digest}
    )
    return assessment


def _departures(application: Application, visit: Visit, on: date) -> str:
    """The assessors' own amounts, checked against what the rules would give on this sheet."""
    if not visit.departures:
        return ""
    determined, _missing = foreseen(application, on, observed=visit.observed, visited=visit.visited_date)
    return canonical_json([asdict(one) for one in checked(determined, visit.departures)])


def _results(assessment: Assessment, determination: Determination) -> str:
    application = assessment.application
    combined = results(programme_results(application, determination), departures_on(assessment))
    unknown = [result for result in combined if result.determined_fen is None and not result.reason]
    if unknown:
        document = json.loads(determination.document)
        names = {name for entry in document["entitlements"] for name in entry["stopped_by"]}
        pack = pack_of(application.pack_version_id)
        raise FactsMissing(facts=listed(sorted(fact_text(pack, name) for name in names)))
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
            household_id=None if key else application.household_id,
        )
        for key, values in observed.items()
        if not key or key in members  # who left or died since the visit is described no more
        for code, value in values.items()
    ]
    if facts:
        note_circumstances(act, facts=facts)


def _check_observed(application: Application, observed: Observed, numbers: Collection[str], on: date) -> None:
    """Only members of the household are described. Raises MemberUnknown, FactOutOfRange."""
    strangers = set(observed) - set(numbers) - {""}
    if strangers:
        first = min(strangers)
        raise MemberUnknown(field="observed", number=first, name=name_of_number(first))
    case_facts([application], on, observed={application.pk: observed})


def _numbers(application: Application, on: date) -> set[str]:
    """Who lives in the household on the day."""
    return {member.number for member in members_on([application.household_id], on)[application.household_id]}
