"""Receive applications, record their papers, withdraw them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from linli.assistance.codes import CLOSED_STATES, Channel, ClockKind, EventKind, PaperState
from linli.assistance.models import Application, Paper
from linli.assistance.operations.common import (
    finish_clocks,
    lock_application,
    move,
    start_clocks,
    subject_of,
    write_events,
)
from linli.assistance.operations.supplement import resume_when_complete
from linli.assistance.permissions import RECEIVE, WITHDRAW, check
from linli.foundation.data.numbering import take_labels
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.kernel.act import Act
from linli.kernel.errors import DomainError
from linli.policies.engine.papers import required_papers
from linli.policies.queries import pack_of, pack_version_in_force, work_calendar
from linli.residents.queries import members_on
from linli.residents.queries.own import HouseholdPlace, household_places, own_household_ids, residents_exist
from linli.users.codes import Role
from linli.users.queries import Authority, NotPermitted, authority


class GroupsMissing(DomainError):
    """An application claims at least one group."""

    code = "assistance.groups_missing"
    message = _("请至少选择一类救助对象")


class GroupUnknown(DomainError):
    """The scheme in force has no such group."""

    code = "assistance.group_unknown"
    message = _("现行方案没有这类救助对象:%(group)s")


class ApplicantNotMember(DomainError):
    """The applicant must live in the household that applies."""

    code = "assistance.applicant_not_member"
    message = _("申请人不是该家庭的成员")


class ProxyUnknown(DomainError):
    """A proxy is a registered resident."""

    code = "assistance.proxy_unknown"
    message = _("找不到代办人的登记")


class ApplicationOpen(DomainError):
    """The household already has an application under way for the same group."""

    code = "assistance.application_open"
    message = _("该家庭已有办理中的申请 %(number)s,包含相同的救助类别")


class PaperNotDemanded(DomainError):
    """The application does not need this paper."""

    code = "assistance.paper_not_demanded"
    message = _("该申请不需要此项材料:%(paper)s")


class PaperNotWaivable(DomainError):
    """The pack does not let this paper be waived."""

    code = "assistance.paper_not_waivable"
    message = _("此项材料不能免交:%(paper)s")


class PaperNotPromisable(DomainError):
    """The pack does not let this paper be promised."""

    code = "assistance.paper_not_promisable"
    message = _("此项材料不能承诺后补:%(paper)s")


class PaperNoteMissing(DomainError):
    """A waived or promised paper needs to say what stands in its place."""

    code = "assistance.paper_note_missing"
    message = _("免交须写明依据的政府数据,承诺须写明承诺内容和期限")


class PaperDateImpossible(DomainError):
    """A paper cannot be issued in the future, nor a promise be for the past."""

    code = "assistance.paper_date_impossible"
    message = _("材料日期不合理:签发日不能在将来,承诺期限不能在过去")


@dataclass(frozen=True)
class PaperRecord:
    """What is known of one paper. ``file_*`` come from foundation.files when there is an upload."""

    code: str
    state: PaperState
    issued_date: date | None = None
    promised_date: date | None = None
    note: str = ""
    file_key: str = ""
    file_name: str = ""
    file_sha256: str = ""
    file_type: str = ""


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

    Staff receive for any household in their place; a resident for the own household. Raises NotPermitted,
    GroupsMissing, GroupUnknown, ApplicantNotMember, ApplicationOpen, PackNotInForce and the papers' refusals.
    """
    version = pack_version_in_force(scheme, act.on)
    households = household_places([new.household_id for new in applications])
    _check_may_receive(act, authority(act), applications, households)
    members = members_on(list(households), act.on)
    for new in applications:
        _check_content(new, version.pk, act.on)
        if new.applicant_id not in {member.resident_id for member in members[new.household_id]}:
            raise ApplicantNotMember(field="applicant")
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
    _demand_papers(act, rows, applications)
    start_clocks(work_calendar(), rows, ClockKind.INTAKE, on=act.on, parameter="intake_answer_days")
    write_events(act, EventKind.RECEIVED, rows)
    audit.record(act, where=rows[0].stamp, subject=subject_of(rows), lines=[row.number for row in rows])
    return rows


@act
def record_papers(
    act: Act, *, application_id: int, papers: Sequence[PaperRecord], version: int | None = None
) -> Application:
    """Record papers that came, were waived or promised. The last missing one starts the clock again.

    Raises the papers' refusals, FormStale, ApplicationNotFound, NotPermitted.
    """
    application = lock_application(application_id, version=version)
    _check_own_or_staff(act, application, RECEIVE)
    known = {paper.code: paper for paper in application.papers.all()}
    pack = pack_of(application.pack_version_id)
    for record in papers:
        if record.code not in known:
            raise PaperNotDemanded(field=record.code, paper=record.code)
        _check_record(record, application.pack_version_id, act.on)
        _fill(known[record.code], record, pack.papers[record.code].valid_months, act)
    Paper.objects.bulk_update(known.values(), _PAPER_FIELDS)
    application.version += 1
    application.save(update_fields=["version"])
    labels = "、".join(pack.papers[record.code].label.zh for record in papers)
    write_events(act, EventKind.PAPERS_RECORDED, {application: labels})
    resume_when_complete(act, application, list(known.values()))
    audit.record(act, where=application.stamp, subject=application.subject, lines=[p.code for p in papers])
    return application


@act
def withdraw(act: Act, *, application_id: int, reason: str = "") -> Application:
    """The applicant withdraws; possible until the decision. Raises StepNotPossible, NotPermitted."""
    application = lock_application(application_id)
    _check_own_or_staff(act, application, WITHDRAW)
    move(act, [application], "withdraw")
    finish_clocks([application], on=act.on)
    write_events(act, EventKind.WITHDRAWN, {application: reason})
    audit.record(act, where=application.stamp, subject=application.subject, note={"reason": reason})
    return application


_PAPER_FIELDS = [
    "state",
    "issued_date",
    "expires_date",
    "promised_date",
    "note",
    "file_key",
    "file_name",
    "file_sha256",
    "file_type",
    "recorded_at",
    "recorded_by_id",
]


def _check_may_receive(
    act: Act, roles: Authority, applications: Sequence[NewApplication], households: Mapping[int, HouseholdPlace]
) -> None:
    if len(households) != len({new.household_id for new in applications}):
        raise NotPermitted  # a household that is not there looks like one that is not yours
    scope = roles.scope(*RECEIVE)
    if all(scope.covers(household.stamp) for household in households.values()):
        return
    own = own_household_ids(act.by.pk, act.on)
    if not set(households) <= own:
        raise NotPermitted


def _check_own_or_staff(act: Act, application: Application, roles: tuple[Role, ...]) -> None:
    if application.household_id in own_household_ids(act.by.pk, act.on):
        return
    check(authority(act), [application], roles)


def _check_content(new: NewApplication, pack_version_id: int, on: date) -> None:
    pack = pack_of(pack_version_id)
    if not new.groups:
        raise GroupsMissing(field="groups")
    for group in new.groups:
        if group not in pack.groups:
            raise GroupUnknown(field="groups", group=group)
    if new.proxy_id is not None and not residents_exist([new.proxy_id]):
        raise ProxyUnknown(field="proxy")
    for record in new.papers:
        _check_record(record, pack_version_id, on)


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


def _in_pack_order(groups: Sequence[str], pack_version_id: int) -> list[str]:
    return [code for code in pack_of(pack_version_id).groups if code in groups]


def _demand_papers(act: Act, rows: Sequence[Application], applications: Sequence[NewApplication]) -> None:
    papers = []
    for row, new in zip(rows, applications, strict=True):
        pack = pack_of(row.pack_version_id)
        records = {record.code: record for record in new.papers}
        demanded = required_papers(pack, row.group_codes, proxy=row.proxy_id is not None)
        unknown = set(records) - {paper.code for paper in demanded}
        if unknown:
            raise PaperNotDemanded(field="papers", paper=min(unknown))
        for demand in demanded:
            paper = Paper(application=row, code=demand.code, because_of=",".join(demand.because_of))
            record = records.get(demand.code, PaperRecord(demand.code, PaperState.MISSING))
            papers.append(_fill(paper, record, pack.papers[demand.code].valid_months, act))
    Paper.objects.bulk_create(papers)


def _fill(paper: Paper, record: PaperRecord, valid_months: int | None, act: Act) -> Paper:
    paper.state = record.state
    paper.issued_date = record.issued_date
    paper.expires_date = _expiry(record.issued_date, valid_months)
    paper.promised_date = record.promised_date
    paper.note = record.note.strip()
    paper.file_key, paper.file_name = record.file_key, record.file_name
    paper.file_sha256, paper.file_type = record.file_sha256, record.file_type
    paper.recorded_at, paper.recorded_by_id = act.at, act.by.pk
    return paper


def _expiry(issued: date | None, valid_months: int | None) -> date | None:
    if issued is None or valid_months is None:
        return None
    years, month = divmod(issued.month - 1 + valid_months, 12)
    day = min(issued.day, 28) if month == 1 else min(issued.day, 30)
    return date(issued.year + years, month + 1, day)


def _check_record(record: PaperRecord, pack_version_id: int, on: date) -> None:
    paper = pack_of(pack_version_id).papers.get(record.code)
    if paper is None:
        raise PaperNotDemanded(field=record.code, paper=record.code)
    if record.state == PaperState.WAIVED and not paper.waivable:
        raise PaperNotWaivable(field=record.code, paper=paper.label.zh)
    if record.state == PaperState.PROMISED and not paper.promisable:
        raise PaperNotPromisable(field=record.code, paper=paper.label.zh)
    promised_without_date = record.state == PaperState.PROMISED and record.promised_date is None
    if record.state in (PaperState.WAIVED, PaperState.PROMISED) and (not record.note.strip() or promised_without_date):
        raise PaperNoteMissing(field=record.code)
    late_issue = record.issued_date is not None and record.issued_date > on
    past_promise = record.promised_date is not None and record.promised_date < on
    if late_issue or past_promise:
        raise PaperDateImpossible(field=record.code)
