"""Receive applications, record their papers, withdraw them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from linli.aid.assistance.codes import CLOSED_STATES, Channel, ClockKind, EventKind
from linli.aid.assistance.models import Application
from linli.aid.assistance.operations.common import (
    ApplicationNotFound,
    check_case,
    checked,
    lock_application,
    move,
    start_clocks,
    subject_of,
    write_events,
)
from linli.aid.assistance.operations.letters import tell_withdrawn
from linli.aid.assistance.operations.papers import (
    PaperRecord,
    acts_for_own,
    check_own_papers,
    check_record,
    demand_papers,
)
from linli.aid.assistance.permissions import RECEIVE
from linli.aid.assistance.steps import CASE
from linli.foundation.data.locks import LockSpace, lock_each
from linli.foundation.data.numbering import take_labels
from linli.foundation.files.unsent import settle
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.ground.users.queries import Authority, NotPermitted, authority
from linli.kernel.act import Act
from linli.kernel.errors import DomainError
from linli.kernel.steps import OwnFamily
from linli.law.policies.queries import pack_of, pack_version_in_force, work_calendar
from linli.registry.residents.queries import members_on, own_family, resident_of
from linli.registry.residents.queries.own import (
    HouseholdPlace,
    household_places,
    own_household_ids,
    own_people,
    residents_exist,
)


class GroupsMissing(DomainError):
    """An application claims at least one group."""

    message = _("请至少选择一类救助对象")


class GroupUnknown(DomainError):
    """The scheme in force has no such group."""

    message = _("现行方案没有这类救助对象：%(group)s")


class ApplicantNotMember(DomainError):
    """The applicant must live in the household that applies."""

    message = _("申请人不是该家庭的成员")


class ProxyUnknown(DomainError):
    """A proxy is a registered resident."""

    message = _("找不到代办人的登记")


class ApplicationOpen(DomainError):
    """The household already has an application under way for the same group."""

    message = _("该家庭已有办理中的申请 %(number)s，包含相同的救助类别")


class IdentificationUnknown(DomainError):
    """The scheme names the ways in which people are found."""

    message = _("现行方案没有这种识别途径：%(how)s")


@dataclass(frozen=True)
class NewApplication:
    """One application to receive. Papers not named count as missing."""

    household_id: int
    applicant_id: int
    groups: tuple[str, ...]
    channel: Channel
    identified_how: str
    identified_by: str = ""
    statement: str = ""
    proxy_id: int | None = None
    papers: tuple[PaperRecord, ...] = ()


@act
def receive(act: Act, *, scheme: str, applications: Sequence[NewApplication]) -> list[Application]:
    """Receive applications: number, papers demanded, and the intake clock (S2 三.3) starts.

    Staff receive for any household in their place but their relatives'; a resident for the own household. Raises
    NotPermitted, OwnFamily, GroupsMissing, GroupUnknown, IdentificationUnknown, ApplicantNotMember, ProxyUnknown,
    ApplicationOpen, PackNotInForce, UploadMissing and the papers' refusals.
    """
    if not applications:
        raise ApplicationNotFound
    version = pack_version_in_force(scheme, act.on)
    households = household_places([new.household_id for new in applications])
    _check_may_receive(act, authority(act), applications, households)
    members = members_on(list(households), act.on)
    for new in applications:
        _check_content(new, version.pk, act.on)
        if new.applicant_id not in {member.resident_id for member in members[new.household_id]}:
            raise ApplicantNotMember(field="applicant")
    # Two counters, one family: the second sees the first's application.
    lock_each(LockSpace.APPLICATIONS, households)
    _check_none_open(applications)
    numbers = take_labels("JZ", act.on.year, len(applications))
    rows = Application.objects.bulk_create(
        [
            Application(
                number=number,
                pack_version=version,
                household_id=new.household_id,
                applicant_id=new.applicant_id,
                proxy_id=new.proxy_id,
                groups=",".join(_in_pack_order(new.groups, version.pk)),
                statement=new.statement.strip(),
                channel=new.channel,
                identified_how=new.identified_how,
                identified_by=new.identified_by.strip(),
                received_date=act.on,
                received_at=act.at,
                received_by_id=act.by.pk,
                state="RECEIVED",
                state_since=act.on,
                **households[new.household_id].stamp.columns(),
            )
            for number, new in zip(numbers, applications, strict=True)
        ]
    )
    demand_papers(act, rows, [new.papers for new in applications])
    start_clocks(work_calendar(), rows, ClockKind.INTAKE, on=act.on)
    write_events(act, EventKind.RECEIVED, rows)
    audit.record(act, where=rows[0].stamp, subject=subject_of(rows), lines=[row.number for row in rows])
    settle((record.file_key for new in applications for record in new.papers), user_id=act.by.pk)
    return rows


@act
def withdraw(act: Act, *, application_id: int, reason: str = "") -> Application:
    """Who applied withdraws, or who acts for them; possible until the decision.

    Raises StepNotPossible, NotPermitted.
    """
    application = lock_application(application_id)
    own = acts_for_own(act, application, CASE.step("withdraw").roles)
    if own and application.applicant_id not in own_people(act.by.pk, act.on):
        raise NotPermitted  # of the family, but neither who applied nor who acts for them
    check_case(act, "withdraw", [application], own=own)
    because = checked(reason, field="reason")
    move(act, [application], "withdraw")
    write_events(act, EventKind.WITHDRAWN, {application: because})
    if own and resident_of(act.by.pk) != application.applicant_id:
        tell_withdrawn(act, application)
    audit.record(act, where=application.stamp, subject=application.subject, note={"reason": because})
    return application


def _check_may_receive(
    act: Act, roles: Authority, applications: Sequence[NewApplication], households: Mapping[int, HouseholdPlace]
) -> None:
    if len(households) != len({new.household_id for new in applications}):
        raise NotPermitted  # a household that is not there looks like one that is not yours
    near, scope = own_family(roles, act.on), roles.scope(*RECEIVE)
    if not near.households & set(households) and all(scope.covers(home.stamp) for home in households.values()):
        return
    own = own_household_ids(act.by.pk, act.on)
    for household_id, home in households.items():
        if household_id not in own:
            # Whoever works here asks for their own household as everybody does, and takes no relative's application.
            raise OwnFamily(number=home.number) if scope.covers(home.stamp) else NotPermitted
    check_own_papers(record for new in applications for record in new.papers)


def _check_content(new: NewApplication, pack_version_id: int, on: date) -> None:
    pack = pack_of(pack_version_id)
    if not new.groups:
        raise GroupsMissing(field="groups")
    for group in new.groups:
        if group not in pack.groups:
            raise GroupUnknown(field="groups", group=group)
    if new.identified_how not in pack.identification:
        raise IdentificationUnknown(field="identified_how", how=new.identified_how)
    checked(new.identified_by, field="identified_by", limit=60)
    if new.proxy_id is not None and not residents_exist([new.proxy_id]):
        raise ProxyUnknown(field="proxy")
    for record in new.papers:
        check_record(record, pack_version_id, on)


def _check_none_open(applications: Sequence[NewApplication]) -> None:
    under_way = Application.objects.filter(household_id__in=[new.household_id for new in applications]).exclude(
        state__in=CLOSED_STATES
    )
    claimed: dict[tuple[int, str], str] = {}
    for application in under_way:
        claimed |= {(application.household_id, group): application.number for group in application.group_codes}
    for new in applications:
        for group in new.groups:
            number = claimed.get((new.household_id, group))
            if number is not None:
                raise ApplicationOpen(field="groups", number=number)
        claimed |= {(new.household_id, group): "" for group in new.groups}


def _in_pack_order(groups: Sequence[str], pack_version_id: int) -> list[str]:
    return [code for code in pack_of(pack_version_id).groups if code in groups]
