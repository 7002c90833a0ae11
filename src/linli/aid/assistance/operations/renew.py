"""The yearly review 年度复核: opened before awards run out, confirmed by one person, decided by another.

What goes on is a new award under the plan and in the fund of the period that begins, with a commitment of its own; the
old one runs out by itself. Nothing goes on because nobody looked.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from linli.aid.assistance.codes import ApplicationState, EventKind, RenewalMethod, RenewalState
from linli.aid.assistance.models import Application, Renewal
from linli.aid.assistance.operations.common import checked, write_events
from linli.aid.assistance.operations.decide import BudgetLineMissing
from linli.aid.assistance.operations.intake import needed
from linli.aid.assistance.operations.letters import (
    tell_due,
    tell_ended,
    tell_reapply,
    tell_renewed,
)
from linli.aid.assistance.queries.renewals import (
    Foreseen,
    awards_of,
    days_before,
    foreseen,
    known_since,
    next_pack,
    rule_of,
)
from linli.aid.assistance.refusals import (
    NextPlanMissing,
    NothingToRenew,
    RenewalDayWrong,
    RenewalFactsMissing,
    RenewalNeedsApplication,
    RenewalNotFound,
    RenewalOneByOne,
    RenewalStale,
    RenewalSuspended,
)
from linli.aid.assistance.rules.results import ProgrammeResult
from linli.aid.assistance.steps import RENEWAL
from linli.foundation.data.locks import locked
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act, surely
from linli.ground.users.queries import check_step, check_system
from linli.kernel.act import Act
from linli.kernel.bilingual import listed
from linli.kernel.canonical import canonical_json
from linli.kernel.period import Month
from linli.law.policies.engine.model import Pack
from linli.law.policies.engine.text import (
    fact_text,
)
from linli.law.policies.operations import CaseSubject, determine
from linli.law.policies.queries import installed_by, pack_by_digest, pack_of, pack_version_in_force
from linli.money.awards.codes import AwardState, Unit
from linli.money.awards.operations import Grant
from linli.money.awards.operations import grant as grant_awards
from linli.money.awards.queries import Award, ending
from linli.money.ledger.queries import fund_of, line_for
from linli.registry.residents.queries import Member, members_on

# An award that ran out so long ago is a new application.
_LATEST = timedelta(days=90)
# Stands in the record, so it is written in the language of the records.
_ENDED_BEFORE = "待遇已提前终止"


@act
def open_renewals(act: Act) -> list[Renewal]:
    """Open a review for everything that runs out soon, as many days before as its pack says; families are told.

    Under a scheme that confirms nobody the family is asked to apply anew at once. The product does this, daily.
    Raises NotPermitted.
    """
    check_system(act)
    emptied = _close_empty(act)
    soon = _ending_soon(act.on)
    rows = Renewal.objects.bulk_create(
        [
            Renewal(
                application=application,
                until_date=until,
                opened_date=act.on,
                due_date=max(act.on, until - timedelta(days=days_before(_pack(application), act.on)[1])),
                **_at_opening(application),
                **application.stamp.columns(),
            )
            for application, until in soon
        ]
    )
    anew = [row for row in rows if row.state == RenewalState.REAPPLY]
    tell_due(act, [row for row in rows if row.state == RenewalState.OPEN])
    tell_reapply(act, anew)
    write_events(act, EventKind.RENEWAL_OPENED, [row.application for row in rows])
    write_events(act, EventKind.REAPPLY_ASKED, {row.application: row.reason for row in anew})
    audit.record(
        act,
        where=rows[0].stamp if rows else 0,
        subject=f"renewals:{act.on.isoformat()}",
        lines=[[row.application.number, row.until_date, str(row.state)] for row in (*emptied, *rows)],
    )
    return rows


@act
def confirm_renewals(
    act: Act, *, renewal_ids: Sequence[int], checked_date: date, method: RenewalMethod, note: str = ""
) -> list[Renewal]:
    """Somebody made sure, on a day and in a way, that what is on record is true; the rules say what is due next.

    Several at once where the pack allows it and nothing new is known of any; a family of which something is known is
    confirmed by itself, with what was recorded. Raises NotPermitted, RenewalNotFound, StepNotPossible,
    RenewalNeedsApplication, RenewalOneByOne, RenewalDayWrong, RenewalFactsMissing, NextPlanMissing, OwnFamily.
    """
    rows = _held(act, renewal_ids, "confirm")
    note = checked(note, field="note")
    _check_confirmable(act, rows, checked_date)
    packs = _next_packs(rows)
    awards = _going_on(rows)
    said = _foreseen(rows, awards, packs)
    for row in rows:
        if said[row.pk].missing:
            facts = listed(fact_text(packs[row.application_id], name) for name in said[row.pk].missing)
            raise RenewalFactsMissing(number=row.application.number, facts=facts)
    for row in rows:
        row.state, row.method, row.note = RenewalState.CONFIRMED, method, note
        row.checked_date, row.confirmed_by_id, row.confirmed_at = checked_date, act.by.pk, act.at
        row.results = canonical_json(_come_to(awards[row.pk], said[row.pk]))
    Renewal.objects.bulk_update(
        rows, ["state", "method", "note", "checked_date", "confirmed_by", "confirmed_at", "results"]
    )
    write_events(act, EventKind.RENEWAL_CONFIRMED, {row.application: str(RenewalMethod(method).label) for row in rows})
    _record(act, rows, note={"checked": checked_date, "method": str(method)})
    return rows


@act
def take_back_confirmations(act: Act, *, renewal_ids: Sequence[int]) -> list[Renewal]:
    """The review is open again, as if nobody had confirmed it. Raises NotPermitted, RenewalNotFound, StepNotPossible,
    OwnFamily.
    """
    rows = _held(act, renewal_ids, "take_back")
    undone = {"method": "", "note": "", "checked_date": None, "confirmed_by": None, "confirmed_at": None}
    Renewal.objects.filter(pk__in=[row.pk for row in rows]).update(state=RenewalState.OPEN, results="[]", **undone)
    write_events(act, EventKind.TAKEN_BACK, {row.application: "take_back" for row in rows})
    _record(act, rows)
    return rows


@act
@surely
def decide_renewals(act: Act, *, renewal_ids: Sequence[int]) -> list[Award]:
    """Another person decides: what the rules still give goes on in the next fund, what they do not ends by itself.

    The amounts are worked out again on the day: what has changed since the confirmation goes back to it. Raises
    NotPermitted, SamePerson, RenewalNotFound, StepNotPossible, RenewalSuspended, RenewalStale, NextPlanMissing,
    NothingToRenew, OwnFamily, BudgetLineMissing, BudgetExhausted, PayeeAccountMissing, AwardOverlapping.
    """
    rows = _held(act, renewal_ids, "decide")
    packs = _next_packs(rows)
    awards = _going_on(rows)
    said = _foreseen(rows, awards, packs)
    _check_decidable(rows, awards, said)
    _keep_determinations(act, rows, packs, said)
    members = {
        until: members_on([row.application.household_id for row in rows if row.until_date == until], until)
        for until in {row.until_date for row in rows}
    }
    grants = [
        grant
        for row in rows
        for grant in _grants(row, awards[row.pk], packs[row.application_id], members[row.until_date])
    ]
    renewed = grant_awards(act, grants=grants)
    _close(act, rows, renewed, awards, packs)
    _record(act, rows, lines=[[one.number, one.unit_key, one.amount_fen] for one in renewed])
    return renewed


@act
def end_renewals(act: Act, *, renewal_ids: Sequence[int], reason: str) -> list[Renewal]:
    """Nothing goes on, for a reason that the family reads; the awards run to their last day.

    Also where the family was asked to apply anew and does not. Raises NotPermitted, ReasonMissing,
    RenewalNotFound, StepNotPossible, OwnFamily.
    """
    rows = _held(act, renewal_ids, "end")
    because = needed(reason, field="reason")
    awards = _going_on(rows)
    _settle(act, rows, RenewalState.ENDED, because)
    tell_ended(act, [(row, one, because) for row in rows for one in awards[row.pk]])
    write_events(act, EventKind.NOT_RENEWED, {row.application: because for row in rows})
    _record(act, rows, note={"reason": because})
    return rows


@act
def ask_to_reapply(act: Act, *, renewal_ids: Sequence[int], reason: str) -> list[Renewal]:
    """What is known does not suffice: the family applies anew before the end, and is told so by letter.

    Raises NotPermitted, ReasonMissing, RenewalNotFound, StepNotPossible, OwnFamily.
    """
    rows = _held(act, renewal_ids, "reapply")
    because = needed(reason, field="reason")
    _settle(act, rows, RenewalState.REAPPLY, because)
    tell_reapply(act, rows, because)
    write_events(act, EventKind.REAPPLY_ASKED, {row.application: because for row in rows})
    _record(act, rows, note={"reason": because})
    return rows


# --- opening --------------------------------------------------------------------------------------


def _ending_soon(on: date) -> list[tuple[Application, date]]:
    """Applications of which something runs out within their packs' days, and is not under review yet."""
    longest = max((days_before(pack_by_digest(one.digest), on)[0] for one in installed_by(on)), default=0)
    awards = ending(by=on + timedelta(days=longest), after=on - _LATEST)
    if not awards:
        return []
    numbers = {award.application_number for award in awards}
    applications = {
        row.number: row
        for row in Application.objects.filter(number__in=numbers, state=ApplicationState.GRANTED).select_related(
            "applicant", "household"
        )
    }
    opened = set(Renewal.objects.filter(application__number__in=numbers).values_list("application_id", "until_date"))
    soon = dict.fromkeys(
        (award.application_number, award.valid_until) for award in awards if award.application_number in applications
    )
    return [
        (applications[number], until)
        for number, until in soon
        if (applications[number].pk, until) not in opened
        and until - timedelta(days=days_before(_pack(applications[number]), on)[0]) <= on
    ]


def _at_opening(application: Application) -> dict[str, str]:
    """How a review begins: to be confirmed, or with the family asked to apply anew where its pack confirms nobody."""
    pack = _pack(application)
    if rule_of(pack).confirm != "APPLICATION":
        return {"state": RenewalState.OPEN}
    return {"state": RenewalState.REAPPLY, "reason": pack.sentences.all_apply.zh}


def _close_empty(act: Act) -> list[Renewal]:
    """Reviews of which every award was ended meanwhile: there is nothing left to decide."""
    waiting = (RenewalState.OPEN, RenewalState.CONFIRMED, RenewalState.REAPPLY)
    rows = list(Renewal.objects.filter(state__in=waiting).select_related("application").order_by("pk"))
    awards = awards_of(rows)
    emptied = [row for row in rows if not awards[row.pk]]
    for row in emptied:
        row.state, row.reason = RenewalState.ENDED, _ENDED_BEFORE
    Renewal.objects.bulk_update(emptied, ["state", "reason"])
    write_events(act, EventKind.NOT_RENEWED, {row.application: row.reason for row in emptied})
    return emptied


# --- checks ---------------------------------------------------------------------------------------


def _held(act: Act, ids: Sequence[int], step: str) -> list[Renewal]:
    wanted = Renewal.objects.filter(pk__in=set(ids))
    rows = list(locked(wanted.select_related("application__applicant", "application__household")))
    if not rows or len(rows) != len(set(ids)):
        raise RenewalNotFound
    check_step(act, RENEWAL, step, rows)
    return rows


def _check_confirmable(act: Act, rows: Sequence[Renewal], checked_date: date) -> None:
    for row in rows:
        if not row.opened_date <= checked_date <= act.on:
            raise RenewalDayWrong(field="checked_date", opened=row.opened_date)
        confirm = rule_of(_pack(row.application)).confirm
        if confirm == "APPLICATION":
            raise RenewalNeedsApplication(number=row.application.number)
        if confirm == "SINGLE" and len(rows) > 1:
            raise RenewalOneByOne(number=row.application.number)
    if len(rows) > 1:
        known = known_since(rows, act.on)
        changed = [row for row in rows if known[row.pk]]
        if changed:
            raise RenewalOneByOne(number=changed[0].application.number)


def _check_decidable(
    rows: Sequence[Renewal], awards: Mapping[int, Sequence[Award]], said: Mapping[int, Foreseen]
) -> None:
    for row in rows:
        number = row.application.number
        if any(one.state == AwardState.SUSPENDED for one in awards[row.pk]):
            raise RenewalSuspended(number=number)
        if said[row.pk].missing or canonical_json(_come_to(awards[row.pk], said[row.pk])) != row.results:
            raise RenewalStale(number=number)


def _going_on(rows: Sequence[Renewal]) -> dict[int, tuple[Award, ...]]:
    """The awards of each review that none goes on from yet: a new application may have continued some of them."""
    return {pk: tuple(one for one in found if not hasattr(one, "renewed_by")) for pk, found in awards_of(rows).items()}


# --- what it comes to -----------------------------------------------------------------------------


def _pack(application: Application) -> Pack:
    return pack_of(application.pack_version_id)


def _next_packs(rows: Sequence[Renewal]) -> dict[int, Pack]:
    """The pack that pays the month after the end, by application. Raises NextPlanMissing."""
    found: dict[int, Pack] = {}
    known: dict[tuple[str, date], Pack | None] = {}
    for row in rows:
        key = (_pack(row.application).code, row.until_date)
        if key not in known:
            known[key] = next_pack(*key)
        pack = known[key]
        if pack is None:
            raise NextPlanMissing(number=row.application.number, month=str(Month.of(row.until_date)))
        found[row.application_id] = pack
    return found


def _come_to(awards: Sequence[Award], said: Foreseen) -> list[dict[str, object]]:
    """Each award that runs now, and what the rules of the new period give its unit."""
    due: dict[tuple[str, str], ProgrammeResult] = {(one.programme, one.unit_key): one for one in said.results}
    return [
        {
            "programme": award.programme,
            "unit": award.unit,
            "unit_key": award.unit_key,
            "was_fen": award.amount_fen,
            "amount_fen": due[award.programme, award.unit_key].amount_fen
            if (award.programme, award.unit_key) in due
            else 0,
        }
        for award in awards
    ]


def _foreseen(
    rows: Sequence[Renewal], awards: Mapping[int, Sequence[Award]], packs: Mapping[int, Pack]
) -> dict[int, Foreseen]:
    """What the rules say; nothing is asked about a family of which no award is left. Raises NothingToRenew."""
    for row in rows:
        if not awards[row.pk]:
            raise NothingToRenew(number=row.application.number)
    return foreseen(rows, packs)


def _keep_determinations(
    act: Act, rows: Sequence[Renewal], packs: Mapping[int, Pack], said: Mapping[int, Foreseen]
) -> None:
    """What was said is kept as of the first day of the new period, one set for each pack and day."""
    groups: dict[tuple[str, date], list[Renewal]] = {}
    for row in rows:
        groups.setdefault((packs[row.application_id].code, row.until_date), []).append(row)
    for (scheme, until), group in groups.items():
        cases = [
            CaseSubject(f"renewal:{row.application.number}:{until:%Y-%m}", said[row.pk].said.facts) for row in group
        ]
        version = pack_version_in_force(scheme, until)
        made = determine(act, cases=cases, pack_version_id=version.pk, on=until)
        for row, determination in zip(group, made, strict=True):
            row.determination = determination


def _grants(row: Renewal, awards: Sequence[Award], pack: Pack, members: Mapping[int, Sequence[Member]]) -> list[Grant]:
    amounts = {(one["programme"], one["unit_key"]): int(one["amount_fen"]) for one in json.loads(row.results)}
    people = members[row.application.household_id]
    first = Month.of(row.until_date)
    grants = []
    for award in awards:
        fen = amounts.get((award.programme, award.unit_key), 0)
        programme = pack.programmes.get(award.programme)
        if not fen or programme is None or not programme.first_month <= first <= programme.last_month:
            continue
        term = int(pack.parameters_on(row.until_date)[programme.term])
        grants.append(
            Grant(
                programme=award.programme,
                unit=Unit(award.unit),
                unit_key=award.unit_key,
                household_id=award.household_id,
                resident_id=award.resident_id,
                member_ids=(award.resident_id,) if award.resident_id else tuple(one.resident_id for one in people),
                amount_fen=fen,
                line_id=_line_id(row, award.programme, programme.label.zh, first),
                application_number=award.application_number,
                stamp=award.stamp,
                determination_id=row.determination.pk if row.determination else None,
                first_month=first,
                last_month=min(first.plus(term - 1), programme.last_month),
                review_due_date=first.plus(int(pack.parameters_on(row.until_date)[programme.review])).first_day,
                renews_id=award.pk,
            )
        )
    return grants


def _line_id(row: Renewal, code: str, label: str, first: Month) -> int:
    fund = fund_of(row.community_id or 0, first.year)
    line = line_for(fund.pk, code) if fund else None
    if line is None:
        raise BudgetLineMissing(year=first.year, programme=label)
    return line.pk


# --- what is left behind --------------------------------------------------------------------------


def _close(
    act: Act,
    rows: Sequence[Renewal],
    renewed: Sequence[Award],
    awards: Mapping[int, Sequence[Award]],
    packs: Mapping[int, Pack],
) -> None:
    """States, letters and timelines of what was decided."""
    new = {one.renews_id: one for one in renewed}
    ended = []
    for row in rows:
        over = [one for one in awards[row.pk] if one.pk not in new]
        row.state = RenewalState.RENEWED if len(over) < len(awards[row.pk]) else RenewalState.ENDED
        row.reason = "" if row.state == RenewalState.RENEWED else _pack(row.application).sentences.not_due.zh
        row.decided_by_id, row.decided_at = act.by.pk, act.at
        ended += [(row, one, "") for one in over]
    Renewal.objects.bulk_update(rows, ["state", "reason", "decided_by", "decided_at", "determination"])
    goes_on = [row for row in rows if row.state == RenewalState.RENEWED]
    tell_renewed(
        act,
        [(row, packs[row.application_id], [new[o.pk] for o in awards[row.pk] if o.pk in new]) for row in goes_on],
    )
    tell_ended(act, ended)
    write_events(act, EventKind.RENEWED, [row.application for row in goes_on])
    write_events(act, EventKind.NOT_RENEWED, [row.application for row in rows if row not in goes_on])


def _settle(act: Act, rows: Sequence[Renewal], state: RenewalState, reason: str) -> None:
    for row in rows:
        row.state, row.reason, row.decided_by_id, row.decided_at = state, reason, act.by.pk, act.at
    Renewal.objects.bulk_update(rows, ["state", "reason", "decided_by", "decided_at"])


def _record(
    act: Act, rows: Sequence[Renewal], *, lines: Sequence[object] = (), note: Mapping[str, object] | None = None
) -> None:
    first = rows[0]
    subject = first.application.subject
    audit.record(
        act,
        where=first.stamp,
        subject=subject if len(rows) == 1 else f"{subject}+{len(rows) - 1}",
        lines=lines or [[row.application.number, row.until_date, str(row.state)] for row in rows],
        note=dict(note or {}),
    )
