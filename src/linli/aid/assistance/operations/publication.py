"""公示: prepare, post by a second person, take objections, expire."""

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from linli.aid.assistance.codes import (
    HIDDEN_STATES,
    ClockKind,
    EventKind,
    PublicationState,
)
from linli.aid.assistance.models import Application, Clock, Publication, PublicationEntry
from linli.aid.assistance.operations.common import (
    CLOCK_FIELDS,
    PublicationOutdated,
    check_case,
    checked,
    from_rule,
    lock_applications,
    move,
    write_events,
)
from linli.aid.assistance.operations.intake import needed
from linli.aid.assistance.operations.opinion import current_assessments
from linli.aid.assistance.queries.deadlines import as_rule
from linli.aid.assistance.refusals import PublicationNotFound
from linli.aid.assistance.rules import clocks
from linli.aid.assistance.rules.publication import ProposedGrant, row
from linli.aid.assistance.steps import PUBLICATION
from linli.foundation.data.locks import locked
from linli.foundation.data.numbering import take_labels
from linli.foundation.data.prepared import prepared
from linli.foundation.files.unsent import settle
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.ground.areas.queries import names as area_names
from linli.ground.users.queries import check_step, check_system
from linli.kernel.act import Act
from linli.kernel.calendar import WorkCalendar
from linli.kernel.canonical import canonical_json
from linli.kernel.errors import DomainError
from linli.kernel.marks import Listed
from linli.kernel.period import age_on
from linli.law.policies.queries import pack_of, work_calendar
from linli.registry.residents.queries import members_on


class PublicationMixed(DomainError):
    """One publication is for one community and one scheme version."""

    message = _("一份公示只能包含同一社区、同一方案的申请")


class ProofMissing(DomainError):
    """Posting is proved: where it hangs, or a photograph."""

    message = _("请写明张贴位置，或上传张贴照片")


@act
def prepare(act: Act, *, application_ids: Sequence[int]) -> Publication:
    """Prepare the masked rows of reviewed, proposed grants.

    Raises PublicationMixed, NotProposed, AlreadyPrepared, ObjectionOpen, HouseholdChanged, ColumnNotAllowed,
    NotPermitted.
    """
    applications = lock_applications(application_ids)
    check_case(act, "publish", applications)
    if len({(a.community_id, a.pack_version_id) for a in applications}) > 1:
        raise PublicationMixed
    pack = pack_of(applications[0].pack_version_id)
    publication = Publication.objects.create(
        number=take_labels("GS", act.on.year)[0],
        pack_version_id=applications[0].pack_version_id,
        columns=",".join(pack.publication.columns),
        state=PublicationState.PREPARED,
        days=int(pack.parameters_on(act.on)[pack.publication.days]),
        prepared_at=act.at,
        prepared_by_id=act.by.pk,
        token=secrets.token_hex(16),
        **applications[0].stamp.columns(),
    )
    rows = _rows(applications, pack.publication.columns, act)
    PublicationEntry.objects.bulk_create(
        [
            PublicationEntry(publication=publication, application=a, round=a.round, row=canonical_json(rows[a.pk]))
            for a in applications
        ]
    )
    audit.record(act, where=publication.stamp, subject=f"publication:{publication.number}", lines=list(rows.values()))
    return publication


@act
def post(act: Act, *, publication_id: int, proof_note: str = "", proof_key: str = "") -> Publication:
    """Post a prepared publication; another person than the preparer, with proof of posting.

    Raises SecondPersonNeeded, ProofMissing, PublicationNotFound, PublicationOutdated, HouseholdChanged,
    StepNotPossible, NotPermitted, UploadMissing.
    """
    publication = _lock_prepared(publication_id)
    check_step(act, PUBLICATION, "post", publication)
    proof = checked(proof_note, field="proof_note", limit=200)
    if not proof and not proof_key:
        raise ProofMissing(field="proof_note")
    rounds = dict(publication.entries.values_list("application_id", "round"))
    entries = lock_applications(list(rounds))
    # Who withdrew or was refused since the rows were prepared is neither moved nor shown; nobody else waits for them.
    applications = [a for a in entries if a.state not in HIDDEN_STATES] or entries
    again = [a.number for a in applications if a.round != rounds[a.pk]]
    if again:
        raise PublicationOutdated(numbers=Listed(again))
    check_case(act, "post", applications)
    move(act, applications, "post")
    _set_dates(act, publication, proof, proof_key)
    _stop_counting(applications, publication)
    write_events(act, EventKind.PUBLISHED, dict.fromkeys(applications, publication.number))
    audit.record(
        act,
        where=publication.stamp,
        subject=f"publication:{publication.number}",
        lines=[a.number for a in applications],
        note={"proof": proof, "file": proof_key, "last": str(publication.last_date)},
    )
    settle([proof_key], user_id=act.by.pk)
    return publication


@act
def discard(act: Act, *, publication_id: int, reason: str) -> Publication:
    """Throw a prepared publication away before it is posted, so that its applications can be prepared again.

    Raises ReasonMissing, PublicationNotFound, NotPermitted.
    """
    publication = _lock_prepared(publication_id)
    check_step(act, PUBLICATION, "discard", publication)
    because = needed(reason, field="reason")
    publication.state = PublicationState.DISCARDED
    publication.save(update_fields=["state"])
    audit.record(act, where=publication.stamp, subject=f"publication:{publication.number}", note={"reason": because})
    return publication


@act
def expire_publications(act: Act) -> list[str]:
    """Daily: publications whose time is over are taken down. The product does this. Returns their numbers."""
    check_system(act)
    numbers = [publication.number for publication in _over(act.on)]
    if numbers:
        Publication.objects.filter(number__in=numbers).update(state=PublicationState.EXPIRED)
    audit.record(act, where=0, subject=f"expire:{act.on.isoformat()}", lines=numbers)
    return numbers


@prepared
def _over(on: date) -> QuerySet[Publication]:
    return locked(Publication.objects.filter(state=PublicationState.POSTED, expires_date__lte=on))


def _rows(applications: Sequence[Application], columns: Sequence[str], act: Act) -> dict[int, dict[str, str]]:
    assessments = current_assessments(applications)
    members = members_on([a.household_id for a in applications], act.on)
    communities = area_names([a.community_id for a in applications])
    rows = {}
    for application in applications:
        results = json.loads(assessments[application.pk].results)
        grant = ProposedGrant(
            application.applicant.name,
            age_on(application.applicant.birth_date, act.on),
            len(members[application.household_id]),
            sum(result["amount_fen"] for result in results),
            communities.get(application.community_id or 0, ""),
        )
        rows[application.pk] = row(grant, columns)
    return rows


def _lock_prepared(publication_id: int) -> Publication:
    rows = Publication.objects.filter(pk=publication_id, state=PublicationState.PREPARED)
    publication: Publication | None = locked(rows).first()
    if publication is None:
        raise PublicationNotFound
    return publication


def _set_dates(act: Act, publication: Publication, proof_note: str, proof_key: str) -> None:
    publication.posted_date, publication.posted_by_id = act.on, act.by.pk
    count_days(work_calendar(), publication)
    publication.proof_note, publication.proof_key = proof_note, proof_key
    publication.state = PublicationState.POSTED
    publication.save()


def count_days(calendar: WorkCalendar, publication: Publication) -> None:
    """Set a posted publication's last day and the day of its end by the calendar; not saved."""
    posted = publication.posted_date
    if posted is None:
        return
    spec = pack_of(publication.pack_version_id)
    roll = spec.publication.roll_to_working_day
    publication.last_date = calendar.add_calendar_days(posted, publication.days, roll=roll).date
    expiry = int(spec.parameters_on(posted)[spec.publication.expiry])
    publication.expires_date = calendar.add_calendar_days(publication.last_date, expiry, roll=False).date


def _stop_counting(applications: Sequence[Application], publication: Publication) -> None:
    if pack_of(publication.pack_version_id).intake.publication_counts_in_decision:
        return
    calendar = work_calendar()
    rows = list(Clock.objects.filter(application__in=applications, kind=ClockKind.DECISION))
    uncounted = days_published(calendar, rows)
    for clock in rows:
        from_rule(clock, clocks.extend(calendar, as_rule(clock), working_days=uncounted[clock.application_id]))
    Clock.objects.bulk_update(rows, CLOCK_FIELDS)


def days_published(calendar: WorkCalendar, rows: Iterable[Clock]) -> Mapping[int, int]:
    """Working days on which applications (ids) were published since their clocks started; two rounds share a day."""
    over = {row.application_id: row.started_date for row in rows}
    found = dict.fromkeys(over, 0)
    entries = PublicationEntry.objects.filter(application_id__in=found, publication__posted_date__isnull=False)
    for entry in entries.select_related("publication").order_by("publication__posted_date", "pk"):
        posted, last = entry.publication.posted_date, entry.publication.last_date
        if posted is None or last is None or last <= over[entry.application_id]:
            continue
        begun = max(posted, over[entry.application_id])
        found[entry.application_id] += calendar.working_days_between(begun, last)
        over[entry.application_id] = last
    return found
