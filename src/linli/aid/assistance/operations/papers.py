"""What is known of the papers of an application: come, waived or promised."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from linli.aid.assistance.codes import CLOSED_STATES, ApplicationState, EventKind, PaperState
from linli.aid.assistance.models import Application, Paper
from linli.aid.assistance.operations.common import (
    checked,
    lock_application,
    write_events,
)
from linli.aid.assistance.operations.intake import resume_when_complete
from linli.aid.assistance.permissions import RECEIVE, can_act_as_staff
from linli.aid.assistance.queries.own_cases import is_own
from linli.aid.assistance.steps import CASE
from linli.foundation.files.unsent import settle
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.ground.users.codes import Role
from linli.ground.users.queries import NotPermitted, authority, check_of_others
from linli.kernel.act import Act
from linli.kernel.bilingual import listed
from linli.kernel.errors import DomainError
from linli.kernel.period import Month
from linli.law.policies.engine.papers import required_papers
from linli.law.policies.queries import pack_of
from linli.registry.residents.queries.own import own_household_ids


class PaperNotDemanded(DomainError):
    """The application does not need this paper."""

    message = _("该申请不需要此项材料：%(paper)s")


class PaperNotWaivable(DomainError):
    """The pack does not let this paper be waived."""

    message = _("此项材料不能免交：%(paper)s")


class PaperNotPromisable(DomainError):
    """The pack does not let this paper be promised."""

    message = _("此项材料不能承诺后补：%(paper)s")


class PaperNoteMissing(DomainError):
    """A waived or promised paper needs to say what stands in its place."""

    message = _("免交须写明依据的政府数据，承诺须写明承诺内容和期限")


class PaperNeedsOffice(DomainError):
    """A family hands papers in or promises them; that a paper was seen or can be waived is for the office to say."""

    of_access = True
    message = _("请上传材料或承诺后补；原件核对和免交由工作人员登记")


class PaperDateImpossible(DomainError):
    """A paper cannot be issued in the future, nor a promise be for the past."""

    message = _("材料日期不合理：签发日不能在将来，承诺期限不能在过去")


class PapersClosed(DomainError):
    """The case is over: nobody waits for its papers."""

    message = _("%(number)s 已办结，不再收材料；需要时请重新申请")


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


@act
def record_papers(
    act: Act, *, application_id: int, papers: Sequence[PaperRecord], version: int | None = None
) -> Application:
    """Record papers that came, were waived or promised. The last missing one starts the clock again.

    Staff whose own household it is say of its papers what any family may. Raises the papers' refusals, PapersClosed,
    FormStale, ApplicationNotFound, NotPermitted, OwnFamily, UploadMissing.
    """
    application = lock_application(application_id, version=version)
    if acts_for_own(act, application, RECEIVE) or application.household_id in own_household_ids(act.by.pk, act.on):
        check_own_papers(papers)
    else:
        check_of_others(act, CASE, [application])
    if application.state in CLOSED_STATES and application.state != ApplicationState.GRANTED:
        raise PapersClosed(number=application.number)
    known = {paper.code: paper for paper in application.papers.all()}
    pack = pack_of(application.pack_version_id)
    for record in papers:
        if record.code not in known:
            raise PaperNotDemanded(field=record.code, paper=record.code)
        check_record(record, application.pack_version_id, act.on)
        fill(known[record.code], record, pack.papers[record.code].valid_months, act)
    Paper.objects.bulk_update(known.values(), _PAPER_FIELDS)
    application.version += 1
    application.save(update_fields=["version"])
    labels = listed(pack.papers[record.code].label for record in papers).zh
    write_events(act, EventKind.PAPERS_RECORDED, {application: labels})
    resume_when_complete(act, application, list(known.values()))
    audit.record(act, where=application.stamp, subject=application.subject, lines=[p.code for p in papers])
    settle((record.file_key for record in papers), user_id=act.by.pk)
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


def acts_for_own(act: Act, application: Application, roles: tuple[Role, ...]) -> bool:
    """Whether the actor is not staff here but of the family. Raises NotPermitted when neither."""
    if can_act_as_staff(authority(act), application, roles):
        return False
    if act.by.pk is None or not is_own(application, act.by.pk, act.on):
        raise NotPermitted
    return True


def check_own_papers(records: Iterable[PaperRecord]) -> None:
    """What a family may say of its papers itself. Raises PaperNeedsOffice."""
    for record in records:
        seen = record.state == PaperState.PRESENT and not record.file_key
        if seen or record.state == PaperState.WAIVED:
            raise PaperNeedsOffice(field=record.code)


def demand_papers(act: Act, rows: Sequence[Application], known: Sequence[Sequence[PaperRecord]]) -> None:
    """Write down every paper each application needs; ``known`` is what came with it. Raises PaperNotDemanded."""
    papers = []
    for row, came in zip(rows, known, strict=True):
        pack = pack_of(row.pack_version_id)
        records = {record.code: record for record in came}
        demanded = required_papers(pack, row.group_codes, proxy=row.proxy_id is not None)
        unknown = set(records) - {paper.code for paper in demanded}
        if unknown:
            raise PaperNotDemanded(field="papers", paper=min(unknown))
        for demand in demanded:
            paper = Paper(application=row, code=demand.code, because_of=",".join(demand.because_of))
            record = records.get(demand.code, PaperRecord(demand.code, PaperState.MISSING))
            papers.append(fill(paper, record, pack.papers[demand.code].valid_months, act))
    Paper.objects.bulk_create(papers)


def fill(paper: Paper, record: PaperRecord, valid_months: int | None, act: Act) -> Paper:
    """The row brought to what is known now. Raises TextTooLong for the note."""
    paper.state = record.state
    paper.issued_date = record.issued_date
    paper.expires_date = _expiry(record.issued_date, valid_months)
    paper.promised_date = record.promised_date
    paper.note = checked(record.note, field=record.code, limit=200)
    paper.file_key, paper.file_name = record.file_key, record.file_name
    paper.file_sha256, paper.file_type = record.file_sha256, record.file_type
    paper.recorded_at, paper.recorded_by_id = act.at, act.by.pk
    return paper


def _expiry(issued: date | None, valid_months: int | None) -> date | None:
    if issued is None or valid_months is None:
        return None
    month = Month.of(issued).plus(valid_months)
    return month.first_day.replace(day=min(issued.day, month.last_day.day))


def check_record(record: PaperRecord, pack_version_id: int, on: date) -> None:
    """Whether the record fits the pack and the day. Raises the papers' refusals."""
    paper = pack_of(pack_version_id).papers.get(record.code)
    if paper is None:
        raise PaperNotDemanded(field=record.code, paper=record.code)
    if record.state == PaperState.WAIVED and not paper.waivable:
        raise PaperNotWaivable(field=record.code, paper=paper.label)
    if record.state == PaperState.PROMISED and not paper.promisable:
        raise PaperNotPromisable(field=record.code, paper=paper.label)
    promised_without_date = record.state == PaperState.PROMISED and record.promised_date is None
    if record.state in (PaperState.WAIVED, PaperState.PROMISED) and (not record.note.strip() or promised_without_date):
        raise PaperNoteMissing(field=record.code)
    late_issue = record.issued_date is not None and record.issued_date > on
    past_promise = record.promised_date is not None and record.promised_date < on
    if late_issue or past_promise:
        raise PaperDateImpossible(field=record.code)
