"""Suspend, resume, change and end awards; each with reason, history, letter and its effect on the budget."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from linli.awards.codes import AwardState, ChangeKind, EndReason, MonthState
from linli.awards.models import Award, AwardChange, AwardMember, AwardMonth
from linli.awards.operations.letters import Turn, tell
from linli.awards.operations.receivables import owe_overpaid
from linli.awards.permissions import check_change
from linli.awards.queries import events
from linli.awards.rules.schedule import Event, due_months
from linli.foundation.data.locks import locked
from linli.foundation.screens.texts import month_text
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act, within_act
from linli.kernel.act import Act
from linli.kernel.errors import DomainError
from linli.kernel.period import Month
from linli.ledger.operations import AmountNotPositive, Promise, ReasonMissing, commit, release_commitment

_month = lazy(month_text, str)


class StateNotFitting(DomainError):
    """An award is suspended while active, resumed while suspended, and ended once."""

    code = "awards.state_not_fitting"
    message = _("待遇 %(number)s 当前为“%(state)s”,不能这样办理")


class NotMonthStart(DomainError):
    """Suspensions, resumptions and new amounts take effect on the first day of a month."""

    code = "awards.not_month_start"
    message = _("生效日期须为某月 1 日")


class MonthAlreadySettled(DomainError):
    """A month that a batch took up is not changed afterwards."""

    code = "awards.month_already_settled"
    message = _("待遇 %(number)s 的 %(month)s 已列支或发放,生效日期须在其后")


class OutsidePeriod(DomainError):
    """A change takes effect inside the award's period."""

    code = "awards.outside_period"
    message = _("生效日期不在待遇 %(number)s 的期间内")


class StaleAward(DomainError):
    """Somebody changed the award after the page was opened."""

    code = "awards.stale"
    message = _("待遇 %(number)s 已被他人修改,请重新打开后再办理")


@dataclass(frozen=True)
class Ending:
    """One award to end on a day."""

    award_id: int
    effective_date: date
    reason: EndReason
    note: str = ""


@act
def suspend(
    act: Act, *, award_ids: Sequence[int], effective_date: date, note: str, version: int | None = None
) -> list[Award]:
    """Stop paying from a month on, the promise kept. Raises NotPermitted, ReasonMissing, StateNotFitting,
    NotMonthStart, MonthAlreadySettled, OutsidePeriod, StaleAward (``version`` given and no longer current).
    """
    awards = _open(act, award_ids, {AwardState.ACTIVE}, effective_date, note, version)
    _write(act, awards, ChangeKind.SUSPENDED, effective_date, dict.fromkeys(awards, 0), note)
    return _finish(act, awards, AwardState.SUSPENDED, Turn(ChangeKind.SUSPENDED, effective_date, note))


@act
def resume(
    act: Act, *, award_ids: Sequence[int], effective_date: date, note: str, version: int | None = None
) -> list[Award]:
    """Pay again from a month on; the months skipped are released to the budget. Raises as :func:`suspend`."""
    awards = _open(act, award_ids, {AwardState.SUSPENDED}, effective_date, note, version)
    amounts = {pk: award.amount_fen for pk, award in awards.items()}
    _rebook(act, awards, lambda: _write(act, awards, ChangeKind.RESUMED, effective_date, amounts, note))
    return _finish(act, awards, AwardState.ACTIVE, Turn(ChangeKind.RESUMED, effective_date, note))


@act
def change_amount(
    act: Act, *, award_id: int, amount_fen: int, effective_date: date, note: str, version: int | None = None
) -> Award:
    """Another amount from a month on. Raises as :func:`suspend`, AmountNotPositive, BudgetExhausted."""
    if amount_fen <= 0:
        raise AmountNotPositive(field="amount")
    awards = _open(act, [award_id], {AwardState.ACTIVE}, effective_date, note, version)
    _rebook(act, awards, lambda: _write(act, awards, ChangeKind.CHANGED, effective_date, {award_id: amount_fen}, note))
    awards[award_id].amount_fen = amount_fen
    return _finish(act, awards, AwardState.ACTIVE, Turn(ChangeKind.CHANGED, effective_date, note))[0]


@act
def end(act: Act, *, endings: Sequence[Ending], version: int | None = None) -> list[Award]:
    """End awards on a day. What was paid for months that began on or after it becomes owed to the fund.

    An award that has run out is ended on an earlier day, when it becomes known late that it should have been. Raises
    NotPermitted, ReasonMissing (EndReason.OTHER needs a note), StateNotFitting, OutsidePeriod, StaleAward.
    """
    if any(one.reason == EndReason.OTHER and not one.note.strip() for one in endings):
        raise ReasonMissing(field="note")
    awards = _held([one.award_id for one in endings])
    check_change(act, [award.stamp for award in awards.values()])
    _check_state(awards, {AwardState.ACTIVE, AwardState.SUSPENDED, AwardState.EXPIRED}, version)
    for one in endings:
        award = awards[one.award_id]
        if award.state == AwardState.EXPIRED and one.effective_date >= award.valid_until:
            raise OutsidePeriod(field="effective_date", number=award.number)
    ended = end_held(act, awards=awards, endings=endings)
    audit.record(act, where=ended[0].stamp, subject=f"award:{ended[0].number}", lines=[_line(award) for award in ended])
    return ended


@within_act
def end_held(act: Act, *, awards: Mapping[int, Award], endings: Sequence[Ending]) -> list[Award]:
    """End awards that are locked and not ended; the caller checked who may."""
    by_id = {one.award_id: one for one in endings}

    def write() -> None:
        for pk, one in by_id.items():
            _write(act, {pk: awards[pk]}, ChangeKind.ENDED, one.effective_date, {pk: 0}, one.note, one.reason)

    _rebook(act, awards, write)
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

    def write() -> None:
        for pk, award in awards.items():
            _write(act, {pk: award}, ChangeKind.EXPIRED, award.valid_until, {pk: 0}, "")

    _rebook(act, awards, write)
    for award in awards.values():
        award.state = AwardState.EXPIRED
        award.version += 1
    rows = sorted(awards.values(), key=lambda award: award.number)
    Award.objects.bulk_update(rows, ["state", "version"])
    tell(act, awards=awards, turns={pk: Turn(ChangeKind.EXPIRED, row.valid_until, "") for pk, row in awards.items()})
    return rows


def _unprotect(awards: Mapping[int, Award]) -> None:
    members = list(AwardMember.objects.filter(award_id__in=awards))
    for member in members:
        member.valid_until = max(min(member.valid_until, awards[member.award_id].valid_until), member.valid_from)
    AwardMember.objects.bulk_update(members, ["valid_until"])


def held_awards(award_ids: Sequence[int]) -> dict[int, Award]:
    """Lock the awards until the act ends."""
    return _held(award_ids)


def _held(award_ids: Sequence[int]) -> dict[int, Award]:
    rows = locked(Award.objects.filter(pk__in=set(award_ids)).select_related("line__fund"))
    awards = {award.pk: award for award in rows}
    if not awards or len(awards) < len(set(award_ids)):
        raise Award.DoesNotExist
    return awards


def _open(
    act: Act, award_ids: Sequence[int], states: set[AwardState], effective: date, note: str, version: int | None
) -> dict[int, Award]:
    if not note.strip():
        raise ReasonMissing(field="note")
    if effective.day != 1:
        raise NotMonthStart(field="effective_date")
    awards = _held(award_ids)
    check_change(act, [award.stamp for award in awards.values()])
    _check_state(awards, states, version)
    for award in awards.values():
        if not award.valid_from <= effective < award.valid_until:
            raise OutsidePeriod(field="effective_date", number=award.number)
    settled = AwardMonth.objects.filter(award_id__in=awards, month_date__gte=effective).exclude(state=MonthState.VOIDED)
    first = settled.order_by("month_date", "award__number").select_related("award").first()
    if first is not None:
        raise MonthAlreadySettled(field="effective_date", number=first.award.number, month=_month(first.month_date))
    return awards


def _check_state(awards: Mapping[int, Award], states: set[AwardState], version: int | None) -> None:
    for award in awards.values():
        if version is not None and award.version != version:
            raise StaleAward(number=award.number)
        if award.state not in states:
            raise StateNotFitting(number=award.number, state=AwardState(award.state).label)


def _write(
    act: Act,
    awards: Mapping[int, Award],
    kind: ChangeKind,
    effective: date,
    amounts: Mapping[int, int],
    note: str,
    reason: str = "",
) -> None:
    last: dict[int, int] = dict.fromkeys(awards, 0)
    for award_id, seq in AwardChange.objects.filter(award_id__in=awards).values_list("award_id", "seq"):
        last[award_id] = max(last[award_id], seq)
    AwardChange.objects.bulk_create(
        [
            AwardChange(
                award=award,
                seq=last[pk] + 1,
                kind=kind,
                effective_date=effective,
                amount_fen=amounts[pk],
                reason=reason,
                note=note.strip(),
                by_id=act.by.pk,
                at=act.at,
            )
            for pk, award in awards.items()
        ]
    )


def _rebook(act: Act, awards: Mapping[int, Award], write: Callable[[], None]) -> None:
    """Write the events and bring the promises in line with what is due afterwards."""
    before = _promised(awards)
    write()
    after = _promised(awards)
    more: dict[int, list[Promise]] = defaultdict(list)
    less: dict[int, list[Promise]] = defaultdict(list)
    for award in sorted(awards.values(), key=lambda award: award.number):
        difference = after[award.pk] - before[award.pk]
        if difference:
            promise = Promise(award.line_id, abs(difference), award.number)
            (more if difference > 0 else less)[award.line.fund_id].append(promise)
    for fund_id, promises in sorted(less.items()):
        release_commitment(act, fund_id=fund_id, promises=promises, subject=f"awards:{promises[0].reference}")
    for fund_id, promises in sorted(more.items()):
        commit(act, fund_id=fund_id, promises=promises, subject=f"awards:{promises[0].reference}")


def _promised(awards: Mapping[int, Award]) -> dict[int, int]:
    """Fen still promised to each award: due in the fund's year and not yet taken up by a batch.

    A suspended award keeps its promise until it is resumed or ended.
    """
    taken = {
        (award_id, Month.of(month))
        for award_id, month in AwardMonth.objects.filter(award_id__in=awards)
        .exclude(state=MonthState.VOIDED)
        .values_list("award_id", "month_date")
    }
    lives = events(awards)
    return {
        pk: sum(
            fen
            for month, fen in _promise_schedule(lives[pk]).items()
            if month.year == award.line.fund.year and (pk, month) not in taken
        )
        for pk, award in awards.items()
    }


def _promise_schedule(life: Sequence[Event]) -> dict[Month, int]:
    kept = life[:-1] if life and life[-1].kind == ChangeKind.SUSPENDED else life
    return due_months(kept)


def _finish(act: Act, awards: Mapping[int, Award], state: AwardState, turn: Turn) -> list[Award]:
    for award in awards.values():
        award.state = state
        award.version += 1
    rows = sorted(awards.values(), key=lambda award: award.number)
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
