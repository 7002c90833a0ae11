"""The maker's part: propose the month's batch, re-issue what came back, cancel."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.utils.functional import lazy

from linli.foundation.data.locks import locked
from linli.foundation.data.numbering import take
from linli.foundation.screens.texts import month_text
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act, surely
from linli.ground.users.queries import check_of_others, check_step
from linli.kernel.act import Act
from linli.kernel.errors import reason_of
from linli.kernel.marks import Listed
from linli.kernel.period import Month
from linli.law.policies.engine.shortage import Order
from linli.money.awards.operations import give_back_months
from linli.money.awards.queries import DueMonth, members, usable_accounts
from linli.money.ledger.models import Fund
from linli.money.ledger.operations import Spending, hold_fund, reverse_accrual
from linli.money.ledger.queries import sources, spendable
from linli.money.payments.codes import BatchKind, BatchState, ItemState
from linli.money.payments.models import PaymentBatch, PaymentItem
from linli.money.payments.operations.tallies import tally_lines
from linli.money.payments.queries import (
    Payable,
    StaleLine,
    batch_lines,
    lines_digest,
    no_longer_due,
    payable,
    shortage_order,
    uncorrected,
)
from linli.money.payments.refusals import (
    AccountNotUsable,
    AccountUncorrected,
    AlreadyReissued,
    BatchOpen,
    ItemNotReturned,
    MonthNotPayable,
    NoLongerDue,
    NothingDue,
    NothingLeft,
)
from linli.money.payments.rules.shortage import PaymentPlan, plan
from linli.money.payments.steps import BATCH, ITEM

month_words = lazy(month_text, str)
_OPEN = (BatchState.PROPOSED, BatchState.APPROVED)


@act
@surely
def propose(act: Act, *, fund_id: int, month: Month) -> PaymentBatch:
    """Build the month's batch from the month and its arrears, in the order of the packs in force when money is short.

    Who cannot be paid is counted as waiting and comes first next time. Raises NotPermitted, MonthNotPayable,
    BatchOpen, NothingDue, NothingLeft.
    """
    fund = hold_fund(act, fund_id=fund_id)
    check_step(act, BATCH, "propose", fund)
    if month.year != fund.year or month > Month.of(act.on):
        raise MonthNotPayable(field="month", month=month_words(month))
    _check_none_open(fund)
    order = shortage_order(fund_id, act.on)
    ready = payable(fund_id, month, act.on)
    planned = plan(_with_heads(ready.ready, order), spendable(fund_id), order, month)
    waiting = [*planned.waiting, *ready.blocked]
    if not planned.paid:
        raise NothingDue(waiting=len(waiting)) if waiting else NothingLeft(field="month", month=month_words(month))
    batch = _new_batch(act, fund, BatchKind.REGULAR, month)
    batch.waiting_count, batch.waiting_fen = len(waiting), sum(due.amount_fen for due in waiting)
    rows = _lines(batch, planned, ready)
    return _save(act, batch, rows)


@act
@surely
def reissue(act: Act, *, item_ids: Sequence[int]) -> PaymentBatch:
    """Send returned payments again, to the account confirmed now, as a batch of its own for three hands.

    It asks what a first payment asks, today. Raises ItemNotReturned, NotPermitted, StepNotPossible, AlreadyReissued,
    NoLongerDue (with the reason of each line; the way out is :func:`write_off`), AccountUncorrected, AccountNotUsable.
    """
    fund = fund_of_items(act, item_ids)
    rows_wanted = PaymentItem.objects.filter(pk__in=set(item_ids)).select_related("award__household", "source", "batch")
    old = list(locked(rows_wanted))
    check_step(act, ITEM, "reissue", old)
    check_not_sent_again(old)
    _check_still_due(old, act.on)
    usable = usable_accounts([row.unit_key for row in old], act.on)
    missing = sorted({row.unit_key for row in old} - usable.keys())
    if missing:
        raise AccountNotUsable(units=Listed(missing))
    stale = uncorrected(PaymentItem.objects.filter(pk__in=[row.pk for row in old]))
    units = sorted(set(stale.values_list("unit_key", flat=True)))
    if units:
        raise AccountUncorrected(units=Listed(units))
    batch = _new_batch(act, fund, BatchKind.REISSUE, Month.of(act.on))
    rows = [
        PaymentItem(
            batch=batch,
            seq=seq,
            award=row.award,
            unit_key=row.unit_key,
            programme=row.programme,
            month_date=row.month_date,
            part=row.part,
            amount_fen=row.amount_fen,
            source=row.source,
            account=usable[row.unit_key],
            reissue_of=row,
        )
        for seq, row in enumerate(sorted(old, key=lambda row: (row.month_date, row.award.pk, row.part)), start=1)
    ]
    return _save(act, batch, rows)


@act
@surely
def cancel(act: Act, *, batch_id: int, reason: str) -> PaymentBatch:
    """Take a batch back before its money leaves; an approved one is reversed by opposite entries.

    Raises NotPermitted, StepNotPossible, ReasonMissing.
    """
    batch = held_batch(act, batch_id)
    check_step(act, BATCH, "cancel", batch)
    reason = reason_of(reason)
    void(act, batch, reason)
    audit.record(act, where=batch.stamp, subject=f"batch:{batch.number}", note={"reason": reason})
    return batch


def held_batch(act: Act, batch_id: int) -> PaymentBatch:
    """Lock the batch's fund, then the batch. PaymentBatch.DoesNotExist otherwise."""
    try:
        hold_fund(act, fund_id=PaymentBatch.objects.filter(pk=batch_id).values("fund_id"))
    except Fund.DoesNotExist:
        raise PaymentBatch.DoesNotExist from None
    rows = locked(PaymentBatch.objects.filter(pk=batch_id).select_related("fund").defer("file_sealed"))
    batch: PaymentBatch = rows.get()
    return batch


def fund_of_items(act: Act, item_ids: Sequence[int]) -> Fund:
    """Lock the one fund that all the lines belong to. Raises ItemNotReturned when there is not exactly one."""
    rows = PaymentItem.objects.filter(pk__in=set(item_ids)).values_list("batch__fund_id", flat=True)
    fund_ids = set(rows)
    if len(fund_ids) != 1 or len(rows) < len(set(item_ids)):
        raise ItemNotReturned
    return hold_fund(act, fund_id=fund_ids.pop())


def spendings(rows: Sequence[PaymentItem]) -> list[Spending]:
    """The lines summed by budget line, source and programme: a journal has a few transfers, not thousands."""
    sums: dict[tuple[int, int, str], int] = {}
    for row in rows:
        key = (row.award.line_id, row.source_id, row.programme)
        sums[key] = sums.get(key, 0) + row.amount_fen
    return [Spending(line_id, source_id, programme, fen) for (line_id, source_id, programme), fen in sums.items()]


def void(act: Act, batch: PaymentBatch, reason: str) -> None:
    """Undo a batch whose money has not left: its lines are due again unless their awards say otherwise."""
    if batch.state == BatchState.APPROVED and batch.kind == BatchKind.REGULAR:
        rows = batch_lines(batch)
        reverse_accrual(act, fund_id=batch.fund_id, spendings=spendings(rows), subject=f"batch:{batch.number}")
        give_back_months(act, months=[(row.award_id, Month.of(row.month_date), row.part) for row in rows])
    PaymentItem.objects.filter(batch=batch).update(state=ItemState.VOIDED)
    batch.state = BatchState.VOIDED
    batch.voided_by_id, batch.voided_at, batch.void_reason = act.by.pk, act.at, reason[:300]
    batch.save(update_fields=["state", "voided_by_id", "voided_at", "void_reason"])


def _check_none_open(fund: Fund) -> None:
    open_batch = PaymentBatch.objects.filter(fund=fund, kind=BatchKind.REGULAR, state__in=_OPEN).first()
    if open_batch is not None:
        raise BatchOpen(number=open_batch.number)


def check_not_sent_again(rows: Sequence[PaymentItem]) -> None:
    """Raises AlreadyReissued."""
    again = PaymentItem.objects.filter(reissue_of__in=rows).exclude(state=ItemState.VOIDED)
    units = sorted(again.values_list("unit_key", flat=True))
    if units:
        raise AlreadyReissued(units=Listed(units))


def _check_still_due(rows: Sequence[PaymentItem], on: date) -> None:
    faults = no_longer_due(rows, on)
    if faults:
        lines = [StaleLine(row.seq, row.award.number, faults[row.pk]) for row in rows if row.pk in faults]
        raise NoLongerDue(lines=Listed(lines))


def _with_heads(dues: Sequence[DueMonth], order: Order) -> Sequence[DueMonth]:
    """The sizes of the households are asked for where the pack orders by them."""
    if order.within != "LARGEST_HOUSEHOLD":
        return dues
    heads = members([due.award.pk for due in dues])
    return [replace(due, heads=heads.get(due.award.pk, 1)) for due in dues]


def _new_batch(act: Act, fund: Fund, kind: BatchKind, month: Month) -> PaymentBatch:
    number = take(f"FF-{month}")[0]
    return PaymentBatch(
        number=f"FF-{month}-{number}",
        fund=fund,
        kind=kind,
        month_date=month.first_day,
        maker_id=act.by.pk,
        made_at=act.at,
        **fund.stamp.columns(),
    )


def _lines(batch: PaymentBatch, planned: PaymentPlan[DueMonth], ready: Payable) -> list[PaymentItem]:
    known = {source.pk: source for source in sources(batch.fund_id)}
    return [
        PaymentItem(
            batch=batch,
            seq=seq,
            award=due.award,
            unit_key=due.award.unit_key,
            programme=due.programme,
            month_date=due.month.first_day,
            part=due.part,
            amount_fen=due.amount_fen,
            source=known[source_id],
            account=ready.accounts[due.award.unit_key],
        )
        for seq, (due, source_id) in enumerate(planned.paid, start=1)
    ]


def _save(act: Act, batch: PaymentBatch, rows: list[PaymentItem]) -> PaymentBatch:
    batch.items_count, batch.total_fen = len(rows), sum(row.amount_fen for row in rows)
    batch.lines_digest = lines_digest(batch.number, rows)
    batch.save()
    PaymentItem.objects.bulk_create(rows)
    tally_lines(act, batch)
    check_of_others(act, ITEM, rows)
    audit.record(
        act,
        where=batch.stamp,
        subject=f"batch:{batch.number}",
        lines=[[row.seq, row.award.number, row.month_date, row.amount_fen] for row in rows],
        note={"digest": batch.lines_digest, "total_fen": batch.total_fen},
    )
    return batch
