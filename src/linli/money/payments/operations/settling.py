"""The bank's answers: paid, returned, written off."""

from collections.abc import Container, Iterable, Sequence
from typing import Any

from django.utils.functional import lazy

from linli.foundation.data.crypto import blind_index
from linli.foundation.data.locks import locked
from linli.foundation.screens.texts import day_text
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act, surely
from linli.ground.users.queries import check_step
from linli.kernel.act import CHINA_TIME, Act
from linli.kernel.canonical import digest
from linli.kernel.errors import DomainError, reason_of
from linli.kernel.period import Month
from linli.law.policies.engine import BankLayout
from linli.money.awards.operations import give_back_months, pay_months
from linli.money.ledger.operations import return_, reverse_accrual, settle
from linli.money.payments.codes import BatchState, ItemState, StaleCode
from linli.money.payments.engine.layouts import ReturnFile, ReturnLine, read_return
from linli.money.payments.models import PaymentBatch, PaymentItem, ReturnImport
from linli.money.payments.operations.approving import flows, installed, reference
from linli.money.payments.operations.late import CameBack, book_back
from linli.money.payments.operations.making import (
    check_not_sent_again,
    fund_of_items,
    held_batch,
    spendings,
)
from linli.money.payments.queries import batch_lines, no_longer_due
from linli.money.payments.refusals import (
    ReturnDateWrong,
    ReturnOfOtherBatch,
    ReturnRepeated,
    ReturnRowSettled,
    ReturnRowTwice,
    ReturnRowUnknown,
    refused_by_row,
)
from linli.money.payments.steps import BATCH, ITEM

_day = lazy(day_text, str)


@act
@surely
def import_return(act: Act, *, batch_id: int, data: bytes, layout: BankLayout) -> PaymentBatch:
    """Book the bank's answer line by line, all of it or nothing. The batch closes when nothing is in transit.

    A line that was paid before and now comes back is booked too, whether or not the batch is closed.
    Raises NotPermitted, StepNotPossible, ReturnMalformed, ReturnTotalsDiffer, ReturnRepeated, ReturnOfOtherBatch,
    ReturnDateWrong, ReturnRowUnknown, ReturnRowTwice, ReturnRowSettled, ReturnRowsRefused,
    ClaimSettled, MonthLocked.
    """
    answer = read_return(installed(layout), data)
    batch = held_batch(act, batch_id)
    check_step(act, BATCH, "return", batch)
    file_digest = digest(data)
    if ReturnImport.objects.filter(batch=batch, file_digest=file_digest).exists():
        raise ReturnRepeated
    _check_file(act, batch, answer)
    rows = {reference(batch.number, row.seq): row for row in batch_lines(batch)}
    paid, returned, came_back = _match(rows, answer.lines)
    _book(act, batch, answer, paid, returned)
    book_back(act, batch=batch, came_back=came_back, bank_date=answer.date)
    ReturnImport.objects.create(
        batch=batch,
        file_digest=file_digest,
        bank_date=answer.date,
        paid_count=len(paid),
        returned_count=len(returned) + len(came_back),
        by_id=act.by.pk,
        at=act.at,
    )
    if batch.state == BatchState.RELEASED and not _in_transit(batch):
        batch.state, batch.closed_date = BatchState.CLOSED, act.on
        batch.save(update_fields=["state", "closed_date"])
    audit.record(
        act,
        where=batch.stamp,
        subject=f"batch:{batch.number}",
        lines=[[line.reference, line.paid, line.code] for line in answer.lines],
        note={"file": file_digest, "paid": len(paid), "returned": len(returned), "came_back": len(came_back)},
    )
    return batch


def _in_transit(batch: PaymentBatch) -> bool:
    return PaymentItem.objects.filter(batch=batch, state=ItemState.IN_TRANSIT).exists()


@act
@surely
def write_off(act: Act, *, item_ids: Sequence[int], reason: str) -> None:
    """A returned payment will not be made any more: the spending is reversed and its promise released.

    Where its month is due with less by now the payment is void, and the next batch pays the month anew.
    Raises ItemNotReturned, NotPermitted, StepNotPossible, ReasonMissing, AlreadyReissued.
    """
    fund = fund_of_items(act, item_ids)
    wanted = PaymentItem.objects.filter(pk__in=set(item_ids))
    rows = list(locked(wanted.select_related("award__household", "source", "batch")))
    check_step(act, ITEM, "write_off", rows)
    reason = reason_of(reason)
    check_not_sent_again(rows)
    reverse_accrual(act, fund_id=fund.pk, spendings=spendings(rows), subject=f"fund:{fund.code}")
    faults = no_longer_due(rows, act.on)
    anew = [row for row in rows if faults.get(row.pk) == StaleCode.CHANGED]
    given_up = [row for row in rows if row not in anew]
    give_back_months(act, months=_months(given_up), owed=False)
    give_back_months(act, months=_months(anew))
    PaymentItem.objects.filter(pk__in=[row.pk for row in given_up]).update(state=ItemState.WRITTEN_OFF)
    PaymentItem.objects.filter(pk__in=sent_before(anew)).update(state=ItemState.VOIDED)
    audit.record(
        act,
        where=fund.stamp,
        subject=f"fund:{fund.code}",
        lines=[[row.award.number, row.month_date, row.amount_fen] for row in rows],
        note={"reason": reason},
    )


def _months(rows: Iterable[PaymentItem]) -> list[tuple[int, Month, int]]:
    return [(row.award_id, Month.of(row.month_date), row.part) for row in rows]


def sent_before(rows: Sequence[PaymentItem]) -> set[int]:
    """The payments (ids) and those that they were sent again for, to the first."""
    found = {row.pk for row in rows}
    left = {row.reissue_of_id for row in rows if row.reissue_of_id}
    while left:
        found |= left
        earlier = PaymentItem.objects.filter(pk__in=left, reissue_of__isnull=False)
        left = set(earlier.values_list("reissue_of_id", flat=True))
    return found


def _check_file(act: Act, batch: PaymentBatch, answer: ReturnFile) -> None:
    if answer.batch_number != batch.number:
        raise ReturnOfOtherBatch(found=answer.batch_number, number=batch.number)
    released = batch.released_at
    if released is None or not released.astimezone(CHINA_TIME).date() <= answer.date <= act.on:
        raise ReturnDateWrong(date=_day(answer.date))


def _match(
    rows: dict[str, PaymentItem], lines: Iterable[ReturnLine]
) -> tuple[list[PaymentItem], list[tuple[PaymentItem, ReturnLine]], list[CameBack]]:
    """What the file says of lines in transit, paid and returned, and of lines that had been paid before.

    Raises ReturnRowUnknown, ReturnRowTwice, ReturnRowSettled; ReturnRowsRefused where several rows are wrong.
    """
    paid: list[PaymentItem] = []
    came_back: list[CameBack] = []
    returned: list[tuple[PaymentItem, ReturnLine]] = []
    faults: list[DomainError] = []
    seen: set[str] = set()
    for line in lines:
        row = rows.get(line.reference)
        fault = _fault(row, line, seen)
        seen.add(line.reference)
        if row is None or fault is not None:
            faults.append(fault or ReturnRowUnknown(row=line.row, reference=line.reference))
        elif row.state == ItemState.PAID:
            came_back.append(CameBack(row, line.reference, line.code, line.text))
        elif line.paid:
            paid.append(row)
        else:
            returned.append((row, line))
    if faults:
        raise refused_by_row(faults)
    return paid, returned, came_back


def _fault(row: PaymentItem | None, line: ReturnLine, seen: Container[str]) -> DomainError | None:
    """Why a row of the answer cannot be booked; None when it can."""
    said: dict[str, Any] = {"row": line.row, "reference": line.reference}
    if row is None or row.amount_fen != line.amount_fen or not _is_account(row, line.account):
        return ReturnRowUnknown(**said)
    if line.reference in seen:
        return ReturnRowTwice(**said)
    late = row.state == ItemState.PAID and not line.paid
    return None if row.state == ItemState.IN_TRANSIT or late else ReturnRowSettled(**said)


def _is_account(row: PaymentItem, text: str) -> bool:
    """Whether the bank means the line's account: by the whole number, or by the last four digits where its layout says
    that it shows no more; where it shows none, the reference and the amount stand for the line.
    """
    if len(text) > len(row.account.account_last4):
        return blind_index("payee_account", text) == row.account.account_index
    return text in {"", row.account.account_last4}


def _book(
    act: Act,
    batch: PaymentBatch,
    answer: ReturnFile,
    paid: Sequence[PaymentItem],
    returned: Sequence[tuple[PaymentItem, ReturnLine]],
) -> None:
    subject = f"batch:{batch.number}"
    back = [row for row, _line in returned]
    if paid:
        settle(act, fund_id=batch.fund_id, flows=flows(paid), subject=subject, on=answer.date)
    if back:
        return_(act, fund_id=batch.fund_id, flows=flows(back), subject=subject, on=answer.date)
    for row, line in returned:
        row.state, row.settled_date = ItemState.RETURNED, answer.date
        row.return_code, row.return_text = line.code[:20], line.text[:120]
    PaymentItem.objects.bulk_update(back, ["state", "settled_date", "return_code", "return_text"])
    if paid:
        # All lines in transit that this file answers: by sequence number, since sets may be long.
        _mark_paid(batch, [row.seq for row in paid], answer)
        pay_months(act, months=[(row.award_id, Month.of(row.month_date), row.part) for row in paid])


def _mark_paid(batch: PaymentBatch, seqs: Sequence[int], answer: ReturnFile) -> None:
    for start in range(0, len(seqs), 10_000):
        PaymentItem.objects.filter(
            batch=batch, seq__in=seqs[start : start + 10_000], state=ItemState.IN_TRANSIT
        ).update(state=ItemState.PAID, settled_date=answer.date, paid_date=answer.date)
