"""Suspend, resume, change and end awards; each with reason, history, letter and its effect on the budget."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from linli.foundation.data.locks import check_version, locked
from linli.foundation.screens.texts import month_text
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act, build_on, surely, within_act
from linli.ground.users.queries import check_step
from linli.kernel.act import Act
from linli.kernel.errors import DomainError, ReasonMissing, reason_of
from linli.kernel.period import Month
from linli.money.awards.codes import AwardState, ChangeKind, EndReason, MonthState
from linli.money.awards.models import Award, AwardMember, AwardMonth
from linli.money.awards.operations.history import NewChange, rebook, write_changes
from linli.money.awards.operations.letters import Turn, tell
from linli.money.awards.operations.receivables import owe_overpaid
from linli.money.awards.queries import ended_by_letter, rows_behind
from linli.money.awards.queries.foresight import given_by_rules
from linli.money.awards.steps import AWARD
from linli.money.ledger.codes import ProposalKind
from linli.money.ledger.models import Proposal
from linli.money.ledger.operations import AmountNotPositive, Asked, ProposalStale, put_forward

_month = lazy(month_text, str)


class NotMonthStart(DomainError):
    """Suspensions, resumptions and new amounts take effect on the first day of a month."""

    message = _("生效日期须为某月 1 日")


class MonthAlreadySettled(DomainError):
    """A month that a batch took up is not changed afterwards."""

    message = _("待遇 %(number)s 的 %(month)s 已列支或发放，生效日期须在其后")


class OutsidePeriod(DomainError):
    """A change takes effect inside the award's period."""

    message = _("生效日期不在待遇 %(number)s 的期间内")


@dataclass(frozen=True)
class Ending:
    """One award to end on a day."""

    award_id: int
    effective_date: date
    reason: EndReason
    note: str = ""
    determination_id: int | None = None


@act
def suspend(
    act: Act, *, award_ids: Sequence[int], effective_date: date, note: str, version: int | None = None
) -> list[Award]:
    """Stop paying from a month on, the promise kept. Raises NotPermitted, ReasonMissing, StepNotPossible,
    NotMonthStart, MonthAlreadySettled, OutsidePeriod, FormStale (``version`` given and no longer current).
    """
    awards = _open(act, "suspend", award_ids, effective_date, note, version)
    write_changes(act, _alike(awards, ChangeKind.SUSPENDED, effective_date, dict.fromkeys(awards, 0), note))
    return _finish(act, awards, AwardState.SUSPENDED, Turn(ChangeKind.SUSPENDED, effective_date, note))


@act
@surely
def resume(
    act: Act, *, award_ids: Sequence[int], effective_date: date, note: str, version: int | None = None
) -> list[Award]:
    """Pay again from a month on; the months skipped are released to the budget. Raises as :func:`suspend`."""
    awards = _open(act, "resume", award_ids, effective_date, note, version)
    amounts = {pk: award.amount_fen for pk, award in awards.items()}
    changes = _alike(awards, ChangeKind.RESUMED, effective_date, amounts, note)
    rebook(act, awards=awards.values(), write=lambda: write_changes(act, changes))
    return _finish(act, awards, AwardState.ACTIVE, Turn(ChangeKind.RESUMED, effective_date, note))


@act
@surely
def propose_amount(
    act: Act, *, award_id: int, amount_fen: int, effective_date: date, note: str, version: int | None = None
) -> Proposal:
    """Ask for another amount from a month on; an officer of the street confirms it. What the rules give is kept beside.

    Raises as :func:`suspend`, AmountNotPositive, ProposalWaiting.
    """
    if amount_fen <= 0:
        raise AmountNotPositive(field="amount")
    award = _open(act, "amount", [award_id], effective_date, note, version)[award_id]
    asked = Asked(
        ProposalKind.AMOUNT,
        f"awards:{award.number}",
        award.pk,
        amount_fen,
        household_id=award.household_id,
        rules_fen=given_by_rules(award, act.on, Month.of(effective_date)),
        before_fen=award.amount_fen,
        on_date=effective_date,
        reason=note.strip(),
    )
    return put_forward(act, where=award.stamp, asked=asked)


@within_act
def set_amount(act: Act, row: Proposal) -> None:
    """The amount that a second person confirmed. Raises as :func:`suspend`, ProposalStale, BudgetExhausted."""
    effective, pk = row.on_date or act.on, row.target_id
    awards = _open(act, "amount", [pk], effective, row.reason, None)
    if awards[pk].amount_fen != row.before_fen:
        raise ProposalStale(number=row.number)
    changes = _alike(awards, ChangeKind.CHANGED, effective, {pk: row.amount_fen}, row.reason)
    rebook(act, awards=awards.values(), write=lambda: write_changes(act, changes))
    awards[pk].amount_fen = row.amount_fen
    _finish(act, awards, AwardState.ACTIVE, Turn(ChangeKind.CHANGED, effective, row.reason))


@act
@surely
def end(act: Act, *, endings: Sequence[Ending], version: int | None = None) -> list[Award]:
    """End awards on a day. What was paid for months that began on or after it becomes owed to the fund.

    No award ends after it runs out: the family would be told of a day on which nothing is left to end. One that has run
    out is ended on an earlier day, when it becomes known late that it should have been.

    Raises NotPermitted, ReasonMissing (EndReason.OTHER needs a note), StepNotPossible, OutsidePeriod, FormStale.
    """
    if any(one.reason == EndReason.OTHER and not one.note.strip() for one in endings):
        raise ReasonMissing(field="note")
    awards = _held([one.award_id for one in endings])
    _check(act, "end", awards, version)
    for one in endings:
        award = awards[one.award_id]
        runs_out = award.state == AwardState.EXPIRED and one.effective_date == award.valid_until
        if runs_out or one.effective_date > award.valid_until:
            raise OutsidePeriod(field="effective_date", number=award.number)
    ended = end_held(act, awards=awards, endings=endings)
    audit.record(act, where=ended[0].stamp, subject=f"award:{ended[0].number}", lines=[_line(award) for award in ended])
    return ended


@within_act
def end_held(act: Act, *, awards: Mapping[int, Award], endings: Sequence[Ending]) -> list[Award]:
    """End awards that are locked and not ended; the caller checked who may."""
    by_id = {one.award_id: one for one in endings}

    changes = [
        NewChange(awards[pk], ChangeKind.ENDED, one.effective_date, 0, one.note, one.reason, one.determination_id)
        for pk, one in by_id.items()
    ]
    rebook(act, awards=awards.values(), write=lambda: write_changes(act, changes))
    for pk, one in by_id.items():
        award = awards[pk]
        award.state = AwardState.ENDED
        award.valid_until = min(max(one.effective_date, award.valid_from), award.valid_until)
        award.version += 1
    Award.objects.bulk_update(awards.values(), ["state", "valid_until", "version"])
    _unprotect(awards)
    owe_overpaid(act, reasons={pk: one.reason for pk, one in by_id.items()})
    turns = {pk: Turn(ChangeKind.ENDED, one.effective_date, one.note, one.reason) for pk, one in by_id.items()}
    tell(act, awards=awards, turns=turns)
    return [awards[one.award_id] for one in endings]


@within_act
def expire_held(act: Act, *, awards: Mapping[int, Award]) -> list[Award]:
    """Record that awards, locked and running, have run out: no month changes; a suspension's promise is given back."""

    changes = [NewChange(award, ChangeKind.EXPIRED, award.valid_until, 0) for award in awards.values()]
    rebook(act, awards=awards.values(), write=lambda: write_changes(act, changes))
    for award in awards.values():
        award.state = AwardState.EXPIRED
        award.version += 1
    rows = sorted(awards.values(), key=lambda award: award.pk)
    Award.objects.bulk_update(rows, ["state", "version"])
    untold = {pk: awards[pk] for pk in awards.keys() - _told_already(rows)}
    tell(act, awards=untold, turns={pk: Turn(ChangeKind.EXPIRED, row.valid_until, "") for pk, row in untold.items()})
    return rows


def _told_already(rows: Sequence[Award]) -> set[int]:
    """Those whose family knows more: that it goes on, or a letter that it does not and why."""
    renewed = set(Award.objects.filter(renews__in=rows).values_list("renews_id", flat=True))
    return renewed | ended_by_letter(rows)


def _unprotect(awards: Mapping[int, Award]) -> None:
    members = list(AwardMember.objects.filter(award_id__in=awards))
    for member in members:
        member.valid_until = max(min(member.valid_until, awards[member.award_id].valid_until), member.valid_from)
    AwardMember.objects.bulk_update(members, ["valid_until"])


def held_awards(award_ids: Sequence[int], *, swept: bool = False) -> dict[int, Award]:
    """Lock the awards until the act ends, which builds on all that happened to them: one forged history stops it.
    ``swept``: it does not, since what the product does for all awards is not to stop for one.
    """
    return _swept(award_ids) if swept else _held(award_ids)


def _held(award_ids: Sequence[int]) -> dict[int, Award]:
    build_on(rows_behind(award_ids))
    return _swept(award_ids)


def _swept(award_ids: Sequence[int]) -> dict[int, Award]:
    rows = locked(Award.objects.filter(pk__in=set(award_ids)).select_related("line__fund"))
    awards = {award.pk: award for award in rows}
    if not awards or len(awards) < len(set(award_ids)):
        raise Award.DoesNotExist
    return awards


def _open(
    act: Act, step: str, award_ids: Sequence[int], effective: date, note: str, version: int | None
) -> dict[int, Award]:
    reason_of(note, field="note")
    if effective.day != 1:
        raise NotMonthStart(field="effective_date")
    awards = _held(award_ids)
    _check(act, step, awards, version)
    for award in awards.values():
        if not award.valid_from <= effective < award.valid_until:
            raise OutsidePeriod(field="effective_date", number=award.number)
    settled = AwardMonth.objects.filter(award_id__in=awards, month_date__gte=effective).exclude(state=MonthState.VOIDED)
    first = settled.order_by("month_date", "award_id").select_related("award").first()
    if first is not None:
        raise MonthAlreadySettled(field="effective_date", number=first.award.number, month=_month(first.month_date))
    return awards


def _check(act: Act, step: str, awards: Mapping[int, Award], version: int | None) -> None:
    """Raises NotPermitted, StepNotPossible, FormStale."""
    check_step(act, AWARD, step, awards.values())
    for award in awards.values():
        check_version(award, version)


def _alike(
    awards: Mapping[int, Award], kind: ChangeKind, effective: date, amounts: Mapping[int, int], note: str
) -> list[NewChange]:
    return [NewChange(award, kind, effective, amounts[pk], note) for pk, award in awards.items()]


def _finish(act: Act, awards: Mapping[int, Award], state: AwardState, turn: Turn) -> list[Award]:
    for award in awards.values():
        award.state = state
        award.version += 1
    rows = sorted(awards.values(), key=lambda award: award.pk)
    Award.objects.bulk_update(rows, ["state", "amount_fen", "version"])
    audit.record(
        act,
        where=rows[0].stamp,
        subject=f"award:{rows[0].number}",
        lines=[_line(award) for award in rows],
        note={"note": turn.note.strip()},
    )
    tell(act, awards=awards, turns=dict.fromkeys(awards, turn))
    return rows


def _line(award: Award) -> list[object]:
    return [award.number, str(award.state), award.amount_fen, award.valid_until]
