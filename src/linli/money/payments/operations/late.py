"""Money that came back after the bank had paid it: booked in an open month, whatever was closed in between.

A receiving bank may send a payment back weeks later, when its batch is closed and the month reconciled and locked. What
comes back is payable again and waits in the list of returned payments. Where the month had been claimed back already
(the award ended before it) the money settles that claim instead: nothing is to be sent again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import lazy

from linli.foundation.data.locks import locked
from linli.foundation.screens.texts import day_text
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act, surely, within_act
from linli.ground.users.queries import check_step
from linli.kernel.act import Act
from linli.kernel.errors import reason_of
from linli.kernel.marks import Listed
from linli.kernel.period import Month
from linli.money.awards.operations import recover_returned, unpay_months
from linli.money.awards.queries import ClaimState, claims
from linli.money.ledger.operations import Flow, check_came_back_once, check_told_apart, hold_fund
from linli.money.ledger.operations import take_back as book_taken_back
from linli.money.ledger.queries import day_to_book
from linli.money.payments.codes import ItemState
from linli.money.payments.models import PaymentBatch, PaymentItem
from linli.money.payments.operations.approving import reference
from linli.money.payments.operations.making import held_batch
from linli.money.payments.refusals import ClaimSettled, ItemNotPaid, ReturnDateWrong
from linli.money.payments.steps import BATCH

_day = lazy(day_text, str)


@dataclass(frozen=True)
class CameBack:
    """A payment that the bank had paid, what it is called there, and what the bank says of the return."""

    item: PaymentItem
    reference: str
    code: str
    text: str

    @property
    def month(self) -> tuple[int, Month, int]:
        """The award (id), month and part that it paid."""
        return self.item.award_id, Month.of(self.item.month_date), self.item.part


@act
@surely
def take_back(act: Act, *, batch_id: int, seqs: Sequence[int], bank_date: date, reason: str) -> list[PaymentItem]:
    """Book payments of a batch (by sequence number) that came back on ``bank_date`` after the bank had paid them.

    Raises NotPermitted, StepNotPossible, ReasonMissing, ItemNotPaid, ReturnDateWrong, ClaimSettled, SlipTwice, and
    MoneyAlike where an inflow looks like one of them and the reason names no slip by its number.
    """
    batch = held_batch(act, batch_id)
    check_step(act, BATCH, "came_back", batch)
    reason = reason_of(reason)
    wanted = PaymentItem.objects.filter(batch=batch, seq__in=set(seqs))
    rows = list(locked(wanted.select_related("award", "source", "account")))
    if not rows or len(rows) < len(set(seqs)) or any(row.state != ItemState.PAID for row in rows):
        raise ItemNotPaid(field="lines")
    for row in rows:
        check_told_apart(row.source_id, bank_date, row.amount_fen, reason, field="reason")
    came_back = [CameBack(row, reference(batch.number, row.seq), "", reason) for row in rows]
    book_back(act, batch=batch, came_back=came_back, bank_date=bank_date)
    audit.record(
        act,
        where=batch.stamp,
        subject=f"batch:{batch.number}",
        lines=[[one.reference, one.item.amount_fen] for one in came_back],
        note={"came_back": bank_date, "reason": reason},
    )
    return rows


@within_act
def book_back(act: Act, *, batch: PaymentBatch, came_back: Sequence[CameBack], bank_date: date) -> None:
    """Book what came back on the bank's day, or today where that month is locked. The batch is held.

    Raises ReturnDateWrong, ClaimSettled, SlipTwice.
    """
    if bank_date > act.on or any(one.item.paid_date is None or bank_date < one.item.paid_date for one in came_back):
        raise ReturnDateWrong(field="bank_date", date=_day(bank_date))
    on = day_to_book(batch.fund_id, bank_date, act.on)
    known = claims([one.month for one in came_back])
    settled = [one.reference for one in came_back if known.get(one.month) == ClaimState.SETTLED]
    if settled:
        raise ClaimSettled(field="lines", lines=Listed(settled))
    claimed = [one for one in came_back if known.get(one.month) == ClaimState.WHOLE]
    if came_back:
        references, words = [one.reference for one in came_back], " ".join({one.text: "" for one in came_back})
        check_came_back_once(hold_fund(act, fund_id=batch.fund_id), references, words, field="reason")
    _recover(act, claimed, on)
    _take_back(act, batch, [one for one in came_back if one not in claimed], bank_date, on)


def _recover(act: Act, claimed: Sequence[CameBack], on: date) -> None:
    if claimed:
        said = {one.reference: one.text for one in claimed}
        recover_returned(act, references={one.month: one.reference for one in claimed}, on=on, said=said)


def _take_back(act: Act, batch: PaymentBatch, came_back: Sequence[CameBack], bank_date: date, on: date) -> None:
    if not came_back:
        return
    flows = [Flow(one.item.source_id, one.item.amount_fen, one.reference) for one in came_back]
    said = " ".join({one.text: "" for one in came_back})
    book_taken_back(act, fund_id=batch.fund_id, flows=flows, subject=f"batch:{batch.number}", on=on, said=said)
    unpay_months(act, months=[one.month for one in came_back])
    for one in came_back:
        one.item.state, one.item.settled_date = ItemState.RETURNED, bank_date
        one.item.return_code, one.item.return_text = one.code[:20], one.text[:120]
    rows = [one.item for one in came_back]
    PaymentItem.objects.bulk_update(rows, ["state", "settled_date", "return_code", "return_text"])
