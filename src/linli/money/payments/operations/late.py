"""Money that came back after the bank had paid it: booked in an open month, whatever was closed in between.

A receiving bank may send a payment back weeks later, when its batch is closed and the month reconciled and locked. What
comes back is booked when two people saw whose payment it is, or when the bank's own file says so: it is payable again
and waits in the list of returned payments. Where the month had been claimed back already (the award ended before it)
the money settles that claim instead: nothing is to be sent again. Written down of a wrong line, it is undone.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.functional import lazy

from linli.foundation.data.locks import locked
from linli.foundation.screens.texts import day_text
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act, surely, within_act
from linli.ground.users.queries import Authority, check_of_others, check_step
from linli.kernel.act import Act
from linli.kernel.errors import DomainError, reason_of
from linli.kernel.marks import Listed
from linli.kernel.period import Month
from linli.money.awards.operations import claim_again, claims_of, pay_months, recover_returned, unpay_months
from linli.money.awards.queries import ClaimState, claims
from linli.money.ledger.codes import ProposalKind
from linli.money.ledger.models import Journal, Proposal
from linli.money.ledger.operations import (
    Asked,
    Back,
    Flow,
    JournalNotCorrectable,
    ProposalStale,
    check_came_back_once,
    check_told_apart,
    hold_fund,
    put_forward,
)
from linli.money.ledger.operations import take_back as book_taken_back
from linli.money.ledger.queries import beside, day_to_book
from linli.money.payments.codes import ItemState
from linli.money.payments.models import PaymentBatch, PaymentItem
from linli.money.payments.operations.approving import reference
from linli.money.payments.operations.making import held_batch
from linli.money.payments.refusals import ClaimSettled, ItemNotPaid, ReturnDateWrong
from linli.money.payments.steps import BATCH, CAME_BACK, ITEM

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
def propose_late_return(
    act: Act, *, batch_id: int, seqs: Sequence[int], bank_date: date, reason: str
) -> list[tuple[Proposal, PaymentItem]]:
    """The releaser writes down that payments of a batch (by sequence number) came back on ``bank_date`` after the bank
    had paid them, one proposal each. They are booked when the checker confirms that these are the payments.

    Raises NotPermitted, OwnFamily, StepNotPossible, ReasonMissing, ItemNotPaid, ReturnDateWrong, ClaimSettled,
    SlipTwice, ProposalWaiting, and MoneyAlike where an inflow looks like one of them and the reason names no
    slip by its number.
    """
    batch = held_batch(act, batch_id)
    check_step(act, BATCH, "came_back", batch)
    reason = reason_of(reason)
    wanted = PaymentItem.objects.filter(batch=batch, seq__in=set(seqs)).order_by("seq")
    rows = list(locked(wanted.select_related("award", "source", "account", "batch")))
    if not rows or len(rows) < len(set(seqs)):
        raise ItemNotPaid(field="lines")
    check_step(act, CAME_BACK, "propose", rows)
    for row in rows:
        check_told_apart(row.source_id, bank_date, row.amount_fen, reason, field="reason")
    came_back = [CameBack(row, reference(batch.number, row.seq), "", reason) for row in rows]
    _check_day(act, came_back, bank_date)
    _claims_of(came_back)
    _check_once(act, batch, came_back, _slip(batch, came_back))
    return [
        (put_forward(act, where=batch.stamp, asked=_asked(batch, one, bank_date, reason)), one.item)
        for one in came_back
    ]


def _asked(batch: PaymentBatch, one: CameBack, bank_date: date, reason: str) -> Asked:
    return Asked(
        ProposalKind.CAME_BACK,
        f"batch:{batch.number}",
        one.item.pk,
        one.item.amount_fen,
        household_id=one.item.award.household_id,
        on_date=bank_date,
        reference=one.reference,
        reason=reason,
    )


@within_act
def book_late_return(act: Act, proposal: Proposal) -> Journal | None:
    """The second person saw whose payment it is: what came back is booked, as payable again or as a claim settled.

    Raises OwnFamily, ProposalStale where the line is not paid any more (the bank's file said so first),
    ReturnDateWrong, ClaimSettled, SlipTwice.
    """
    batch_id = PaymentItem.objects.values_list("batch_id", flat=True).get(pk=proposal.target_id)
    batch = held_batch(act, batch_id)
    rows = PaymentItem.objects.filter(pk=proposal.target_id).select_related("award", "source", "account")
    item = locked(rows).get()
    check_of_others(act, ITEM, [item])  # the account may be of somebody of another household
    if item.state != ItemState.PAID:
        raise ProposalStale(number=proposal.number)
    came_back = CameBack(item, proposal.reference, "", proposal.reason)
    bank_date = proposal.on_date or act.on
    slip = _slip(batch, [came_back], beside=beside(proposal))
    journal = book_back(act, batch=batch, came_back=[came_back], bank_date=bank_date, slip=slip, but=proposal)
    audit.record(
        act,
        where=batch.stamp,
        subject=f"batch:{batch.number}",
        lines=[[came_back.reference, item.amount_fen]],
        note={"came_back": bank_date, "reason": proposal.reason},
    )
    return journal


@within_act
def book_back(
    act: Act,
    *,
    batch: PaymentBatch,
    came_back: Sequence[CameBack],
    bank_date: date,
    slip: Back | None = None,
    but: Proposal | None = None,
) -> Journal | None:
    """Book what came back on the bank's day, or today where that month is locked. The batch is held. ``slip``: as it
    was written down by hand, by the proposal ``but``; None where the bank's own file says it.

    Gives the journal of what is payable again; of a claim settled where nothing is. Raises ReturnDateWrong,
    ClaimSettled, SlipTwice.
    """
    _check_day(act, came_back, bank_date)
    on = day_to_book(batch.fund_id, bank_date, act.on)
    claimed = _claims_of(came_back)
    _check_once(act, batch, came_back, slip, but)
    settled = _recover(act, claimed, on)
    payable = _take_back(act, batch, [one for one in came_back if one not in claimed], bank_date, on)
    return payable or next(iter(settled), None)


def _check_day(act: Act, came_back: Sequence[CameBack], bank_date: date) -> None:
    """Raises ReturnDateWrong: nothing comes back tomorrow, nor before it was paid."""
    if bank_date > act.on or any(one.item.paid_date is None or bank_date < one.item.paid_date for one in came_back):
        raise ReturnDateWrong(field="bank_date", date=_day(bank_date))


def _claims_of(came_back: Sequence[CameBack]) -> list[CameBack]:
    """Those that the fund claims back whole: the money settles the claim. Raises ClaimSettled."""
    known = claims([one.month for one in came_back])
    settled = [one.reference for one in came_back if known.get(one.month) == ClaimState.SETTLED]
    if settled:
        raise ClaimSettled(field="lines", lines=Listed(settled))
    return [one for one in came_back if known.get(one.month) == ClaimState.WHOLE]


def _slip(batch: PaymentBatch, came_back: Sequence[CameBack], beside: Collection[str] = ()) -> Back:
    """What somebody wrote down by hand, as it is compared with every other slip."""
    references, words = [one.reference for one in came_back], " ".join({one.text: "" for one in came_back})
    return Back(references, words, beside=beside, ours=[batch.number, *references])


def _check_once(
    act: Act, batch: PaymentBatch, came_back: Sequence[CameBack], slip: Back | None, but: Proposal | None = None
) -> None:
    """Raises SlipTwice where the slip of one of them is another booking's. In the bank's own file each line is known by
    its reference alone: its words are of all lines, and whoever wrote them asks for nothing.
    """
    if came_back:
        back = slip or Back([one.reference for one in came_back])
        fund = hold_fund(act, fund_id=batch.fund_id)
        check_came_back_once(fund, back, field="reason", but=but, by_bank=slip is None)


def _recover(act: Act, claimed: Sequence[CameBack], on: date) -> list[Journal]:
    if not claimed:
        return []
    said = {one.reference: one.text for one in claimed}
    return recover_returned(act, references={one.month: one.reference for one in claimed}, on=on, said=said)


def _take_back(
    act: Act, batch: PaymentBatch, came_back: Sequence[CameBack], bank_date: date, on: date
) -> Journal | None:
    if not came_back:
        return None
    flows = [Flow(one.item.source_id, one.item.amount_fen, one.reference) for one in came_back]
    said = " ".join({one.text: "" for one in came_back})
    journal = book_taken_back(
        act, fund_id=batch.fund_id, flows=flows, subject=f"batch:{batch.number}", on=on, said=said
    )
    unpay_months(act, months=[one.month for one in came_back])
    for one in came_back:
        one.item.state, one.item.settled_date = ItemState.RETURNED, bank_date
        one.item.return_code, one.item.return_text = one.code[:20], one.text[:120]
    rows = [one.item for one in came_back]
    PaymentItem.objects.bulk_update(rows, ["state", "settled_date", "return_code", "return_text"])
    return journal


@within_act
def keep_paid(act: Act, journal: Journal, reason: str) -> None:
    """The journal of a late return was undone: its payments are paid as they had been, on the day that the bank said.

    The fund is held. Raises what :func:`not_kept` says stands in the way.
    """
    rows = list(locked(lines_of(journal)))
    check_step(act, ITEM, "keep_paid", rows)
    for row in rows:
        row.state, row.settled_date, row.return_code, row.return_text = ItemState.PAID, row.paid_date, "", ""
    PaymentItem.objects.bulk_update(rows, ["state", "settled_date", "return_code", "return_text"])
    pay_months(act, months=[(row.award_id, Month.of(row.month_date), row.part) for row in rows], as_before=True)
    _note_undone(act, rows, {"kept_paid": journal.number, "reason": reason})


def lines_of(journal: Journal) -> QuerySet[PaymentItem]:
    """The payments that a journal of a late return booked back, by their references."""
    seqs = [int(name.rpartition("-")[2]) for name in journal.transfers.values_list("reference", flat=True)]
    rows = PaymentItem.objects.filter(batch__number=journal.subject.partition(":")[2], seq__in=seqs)
    return rows.select_related("award", "account", "batch").order_by("pk")


def not_kept(person: Authority, journal: Journal, on: date) -> DomainError | None:
    """Why the payments of a journal cannot be as if they had never come back: given up, or sent again, meanwhile."""
    return ITEM.refusal(person, "keep_paid", list(lines_of(journal)), on)


@within_act
def owed_again(act: Act, journal: Journal, reason: str) -> None:
    """The journal of a claim that a wrong line had settled was undone: the claim is open as it had been; the payment
    was paid all the while. The fund is held. Raises what :func:`not_owed_again` says stands in the way.
    """
    rows = list(line_of_claim(journal))
    check_of_others(act, ITEM, rows)
    claim_again(act, journal)
    _note_undone(act, rows, {"owed_again": journal.number, "reason": reason})


def _note_undone(act: Act, rows: Sequence[PaymentItem], note: Mapping[str, str]) -> None:
    batch = rows[0].batch
    lines = [[reference(batch.number, row.seq), row.amount_fen] for row in rows]
    audit.record(act, where=batch.stamp, subject=f"batch:{batch.number}", lines=lines, note=note)


def line_of_claim(journal: Journal) -> QuerySet[PaymentItem]:
    """The payment whose return settled a claim, by its reference; none where a family paid the claim back."""
    name = journal.transfers.order_by("seq")[0].reference
    number, _stroke, seq = name.rpartition("-")
    award = journal.subject.partition(":")[2]
    found = PaymentItem.objects.filter(batch__number=number, seq=int(seq) if seq.isdigit() else 0, award__number=award)
    return found.select_related("award", "account", "batch")


def not_owed_again(person: Authority, journal: Journal, on: date) -> DomainError | None:
    """Why the claim that a journal settled cannot be open again: it was paid back by the family, which is no slip of a
    line; it is not settled by this any more; or it is of the person's own family.
    """
    rows = list(line_of_claim(journal))
    if not rows or not claims_of(journal).exists():
        return JournalNotCorrectable()
    return ITEM.of_own_family(person, rows, on)
