"""The team of the home visit: three different people, of whose own family the case is for none."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from linli.aid.assistance.codes import ApplicationState, AssessorCapacity, EventKind
from linli.aid.assistance.models import Application, Assessment, Assessor
from linli.aid.assistance.operations.common import (
    ApplicationNotFound,
    check_case,
    lock_application,
    move,
    write_events,
)
from linli.aid.assistance.queries.turns import CAPACITY_ROLE
from linli.aid.assistance.steps import CASE
from linli.foundation.data.locks import locked
from linli.foundation.data.prepared import prepared
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.ground.users.queries import Authority, NotPermitted, authority, authority_of, person, persons
from linli.ground.users.queries.persons import in_one_person
from linli.kernel.act import Act
from linli.kernel.errors import DomainError
from linli.kernel.marks import Listed
from linli.law.policies.queries import pack_of
from linli.registry.residents.queries import members_on


class TeamIncomplete(DomainError):
    """A team has one person of each kind the pack names, all different."""

    message = _("评估小组须由不同的三人组成，包括：%(kinds)s")


class AssessorUnqualified(DomainError):
    """The person does not hold the role in this community."""

    message = _("%(name)s 在该社区没有相应身份，不能以此身份参加评估")


class AssessorKin(DomainError):
    """Near relatives withdraw (民政部 近亲属备案), and so does everybody who takes no step on the case as their own."""

    of_access = True
    message = _("%(name)s 是该家庭的亲属，或者替该家庭申请、领款，应当回避")


class TeamUnchanged(DomainError):
    """Another team is other people, or the same in other seats."""

    message = _("小组成员没有变化，什么也没有更改")


@act
def form_team(act: Act, *, application_id: int, team: Mapping[AssessorCapacity, int]) -> Assessment:
    """Form the team for an accepted application, or for another visit: after an objection, before the opinion, or
    wherever the case stands when the household is not what was assessed.

    ``team`` maps capacities to user ids. Where the applicant died or left, the head of the household applies on.
    Raises TeamIncomplete, AssessorUnqualified, AssessorKin, HouseholdChanged (nobody is left to visit),
    StepNotPossible, NotPermitted.
    """
    application = lock_application(application_id)
    check_case(act, "team", [application])
    _check_team(act, application, team)
    again = application.state != ApplicationState.ACCEPTED
    _keep_applicant(act, application)
    move(act, [application], "team")
    if again:
        application.round += 1  # visited again: a new round of visit, opinion and publication
        application.save(update_fields=["round"])
    return _seated(act, application, team, EventKind.TEAM_FORMED)


@act
def change_team(act: Act, *, application_id: int, team: Mapping[AssessorCapacity, int]) -> Assessment:
    """Form another team while the visit is under way: somebody fell ill, left, or has become known as kin.

    What the team before wrote stays with its round; the new one visits, declares and signs for itself. The deadlines
    run on. Raises TeamUnchanged, TeamIncomplete, AssessorUnqualified, AssessorKin, HouseholdChanged (nobody is left to
    visit), StepNotPossible, NotPermitted.
    """
    application = lock_application(application_id)
    check_case(act, "change_team", [application])
    _check_team(act, application, team)
    if set(team.items()) == set(_team_of(application)):
        raise TeamUnchanged
    _keep_applicant(act, application)
    application.round += 1
    application.version += 1
    application.save(update_fields=["round", "version"])
    return _seated(act, application, team, EventKind.TEAM_CHANGED)


def _check_team(act: Act, application: Application, team: Mapping[AssessorCapacity, int]) -> None:
    pack = pack_of(application.pack_version_id)
    people = persons(team.values())
    asked = {user_id: authority_of(somebody, act.on) for user_id, somebody in people.items()}
    twice = len(set(team.values())) != len(team) or in_one_person(asked.values(), act.on)
    if set(team) != set(pack.assessment_roles) or twice:
        kinds = Listed(AssessorCapacity(role).label for role in pack.assessment_roles)
        raise TeamIncomplete(kinds=kinds)
    for capacity, user_id in team.items():
        if not asked[user_id].may(application.stamp, CAPACITY_ROLE[capacity]):
            raise AssessorUnqualified(field=capacity, name=people[user_id].name)
        if CASE.of_own_family(asked[user_id], [application], act.on):
            raise AssessorKin(field=capacity, name=people[user_id].name)


def _team_of(application: Application) -> Iterable[tuple[str, int]]:
    """Who (ids) sits on the present sheet, and as what."""
    seats = Assessor.objects.filter(assessment__application=application, assessment__round=application.round)
    return seats.values_list("capacity", "user_id")


def _seated(act: Act, application: Application, team: Mapping[AssessorCapacity, int], kind: EventKind) -> Assessment:
    assessment = Assessment.objects.create(application=application, round=application.round, formed_date=act.on)
    Assessor.objects.bulk_create(
        [Assessor(assessment=assessment, user_id=team[c], capacity=c) for c in AssessorCapacity if c in team]
    )
    write_events(act, kind, [application])
    audit.record(act, where=application.stamp, subject=application.subject, lines=sorted(team.values()))
    return assessment


def _keep_applicant(act: Act, application: Application) -> None:
    """Who applied and is gone is followed by the head of the household, for whom the letters are from then on."""
    members = members_on([application.household_id], act.on)[application.household_id]
    if application.applicant_id in {member.resident_id for member in members}:
        return
    heir = members[0]
    application.applicant_id = heir.resident_id
    application.save(update_fields=["applicant_id"])
    write_events(act, EventKind.APPLICANT_CHANGED, {application: heir.number})


@act
def declare_no_kinship(act: Act, *, assessment_id: int) -> Assessor:
    """The assessor declares to be no kin of the family; known relatives are refused. Raises AssessorKin."""
    assessment, assessor = lock_seat(act, assessment_id)
    assessor.declared_at = act.at
    assessor.save(update_fields=["declared_at"])
    write_events(act, EventKind.KINSHIP_DECLARED, {assessment.application: assessor.capacity})
    audit.record(act, where=assessment.application.stamp, subject=assessment.application.subject)
    return assessor


def lock_seat(act: Act, assessment_id: int) -> tuple[Assessment, Assessor]:
    """The open assessment and the actor's place in its team: being named on the sheet is the whole permission.

    The application is locked, and with it all that hangs on it; of a sheet that ended meanwhile nothing is written.
    Who has become known as kin since the team was formed, or since declaring otherwise, writes no more on it.
    Raises ApplicationNotFound, NotPermitted, StepNotPossible, AssessorKin.
    """
    application = next(iter(_assessed(assessment_id)), None)
    if application is None:
        raise ApplicationNotFound
    assessor = next(iter(_seats(assessment_id, act.by.pk)), None) if act.by.pk else None
    if assessor is None or not authority(act).may(application.stamp, CAPACITY_ROLE[assessor.capacity]):
        raise NotPermitted
    assessment = assessor.assessment
    if application.state != ApplicationState.ASSESSING or assessment.round != application.round:
        raise CASE.passed("complete", application)
    if assessor.links:
        check_no_kin(act, application, [act.by.pk])
    assessment.application = application
    return assessment, assessor


def check_no_kin(act: Act, application: Application, user_ids: Collection[int]) -> None:
    """The case is nobody's own who sits in the team, by the rule of its workflow: not kin of the family by what the
    registry knows that day, nor who applies or is paid for it. Raises AssessorKin.
    """
    for user_id in sorted(user_ids):
        if CASE.of_own_family(Authority(user_id, ()), [application], act.on):
            raise AssessorKin(name=person(user_id).name)


@prepared
def _assessed(assessment_id: int) -> QuerySet[Application]:
    return locked(Application.objects.filter(assessments=assessment_id))


@prepared
def _seats(assessment_id: int, user_id: int) -> QuerySet[Any]:
    seats = Assessor.objects.filter(assessment_id=assessment_id, user_id=user_id).select_related("assessment")
    return with_links(seats).order_by("pk")[:1]


def with_links(seats: QuerySet[Assessor]) -> QuerySet[Any]:
    """Seats with how often their people were ever linked to a resident (``links``): of who never was kinship is not
    asked anew, which would be a statement for each act on the sheet.
    """
    return seats.annotate(links=Count("user__resident_accounts"))
