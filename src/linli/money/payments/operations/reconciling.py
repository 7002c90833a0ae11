"""A month reconciled with the bank's statement, and locked."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils.functional import lazy
from django.utils.translation import gettext

from linli.foundation.screens.texts import day_text, joined, month_text
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act, surely
from linli.kernel.act import CHINA_TIME, Act
from linli.kernel.marks import Listed
from linli.kernel.money import yuan
from linli.kernel.period import Month
from linli.money.ledger.codes import UNDOING, JournalKind
from linli.money.ledger.models import Fund, LockedMonth
from linli.money.ledger.operations import hold_fund, lock_month
from linli.money.ledger.queries import cash_movements, cash_on
from linli.money.payments.codes import BatchState, ItemState
from linli.money.payments.engine.statements import BankStatement
from linli.money.payments.models import PaymentBatch, PaymentItem
from linli.money.payments.operations.approving import reference
from linli.money.payments.permissions import check_reconcile
from linli.money.payments.refusals import StatementDiffers, StatementOfNoDay, StatementOfOtherDays, StillInTransit

_TOLD = 20
# What batches are called, wherever in a text.
_NUMBER = re.compile(r"FF-\d{4}-\d{2}-\d+", re.ASCII)
_day, _month = lazy(day_text, str), lazy(month_text, str)


@act
@surely
def reconcile_month(act: Act, *, fund_id: int, month: Month, statement: BankStatement) -> LockedMonth:
    """Compare the books with the bank statement, booking by booking, and lock the month.

    A batch that the bank shows as one debit is compared as one; which were, stands in the audit entry. Of a month
    in which nothing moved the statement has a balance of that month, so that one file locks one month.

    Raises NotPermitted, StillInTransit, StatementOfOtherDays, StatementOfNoDay, StatementDiffers, MonthNotOver,
    MonthAlreadyLocked.
    """
    fund = hold_fund(act, fund_id=fund_id)
    check_reconcile(act, fund.stamp)
    _check_answered(fund, month)
    _check_days(month, statement)
    gathered, balance_fen = _check_same(fund, month, statement)
    locked_month = lock_month(
        act, fund=fund, month=month, bank_balance_fen=balance_fen, statement_digest=statement.digest
    )
    audit.record(
        act,
        where=fund.stamp,
        subject=f"fund:{fund.code}",
        note={
            "month": str(month),
            "balance_fen": balance_fen,
            "statement": statement.digest,
            "debits": gathered,
        },
    )
    return locked_month


def _check_answered(fund: Fund, month: Month) -> None:
    open_batches = PaymentBatch.objects.filter(
        fund=fund, state=BatchState.RELEASED, released_at__lt=_start_of(month.plus(1))
    )
    numbers = list(open_batches.order_by("pk").values_list("number", flat=True))
    if numbers:
        raise StillInTransit(numbers=Listed(numbers))


def _start_of(month: Month) -> datetime:
    return datetime(month.year, month.month, 1, tzinfo=CHINA_TIME)


def _check_days(month: Month, bank: BankStatement) -> None:
    """Raises StatementOfOtherDays, StatementOfNoDay: only a balance carried forward stands before the first day, and
    of a month in which nothing moved at least its balance is there.
    """
    first, last = month.first_day, month.last_day
    wrong = next((line for line in bank.lines if line.date > last or (line.date < first and line.amount_fen)), None)
    if wrong is not None:
        raise StatementOfOtherDays(field="statement", row=wrong.row, day=_day(wrong.date), month=_month(month))
    if not any(first <= line.date <= last for line in bank.lines):
        raise StatementOfNoDay(field="statement", month=_month(month))


def _check_same(fund: Fund, month: Month, bank: BankStatement) -> tuple[dict[str, str], int]:
    """Batch number → the bank's text, of batches that the bank shows as one debit; and the balance at the end in fen.

    Raises StatementDiffers with what only one side has, and both balances when they differ.
    """
    ours = _booked(fund, month)
    gathered = _gather(fund, month, ours, bank)
    theirs = Counter((line.reference, line.amount_fen) for line in bank.lines if line.amount_fen)
    booked = cash_on(fund.pk, month.plus(1).first_day)
    closing = booked if bank.closing_fen is None else bank.closing_fen
    _offset(ours, theirs)
    if ours != theirs or closing != booked:
        missing = _sorted(ours - theirs), _sorted(theirs - ours)
        told = _told(_named(missing[0]), _named(missing[1]), yuan(booked), yuan(closing))
        raise StatementDiffers(field="statement", differences=told, missing=missing)
    return gathered, booked


def _offset(ours: Counter[tuple[str, int]], theirs: Counter[tuple[str, int]]) -> None:
    """What was undone after its month was locked and booked anew is one booking of the bank's, and of that month: the
    new one is left out here, under whatever text it stands.
    """
    undone = [key for key, count in ours.items() if count < 0 for _ in range(-count)]
    for name, fen in undone:
        anew = next((key for key in sorted(ours - theirs) if key[1] == fen), None)
        if anew is not None:
            ours[anew] -= 1
            ours[name, fen] += 1


def _gather(fund: Fund, month: Month, ours: Counter[tuple[str, int]], bank: BankStatement) -> dict[str, str]:
    """Put one debit in the place of a batch's lines where the bank shows it so, with or without what came back.

    The bank's line names the batch, or it names none and has the day and to the fen the total of one and no other.
    """
    totals = _totals(fund, month)
    gathered: dict[str, str] = {}
    for line in bank.lines:
        if line.amount_fen >= 0 or (line.reference, line.amount_fen) in ours:
            continue
        fitting = [total for total in totals if -line.amount_fen in total.fen and total.number not in gathered]
        names = set(_NUMBER.findall(line.reference))
        found = [total for total in fitting if (total.number in names if names else total.on == line.date)]
        if len(found) != 1:
            continue
        total = found[0]
        ours.subtract((ref, -fen) for ref, fen in total.paid)
        if -line.amount_fen != total.fen[0]:
            ours.update(total.back)  # debited too, and credited again one by one
        ours[line.reference, line.amount_fen] += 1
        gathered[total.number] = line.reference
    for key in [key for key, count in ours.items() if not count]:
        del ours[key]
    return gathered


# What the bank sent back, whatever was decided of it since.
_BACK = (ItemState.RETURNED, ItemState.WRITTEN_OFF)


@dataclass(frozen=True)
class _Total:
    """What the bank answered of a batch in one month: references and fen of what was paid and of what came back."""

    number: str
    on: date
    paid: tuple[tuple[str, int], ...]
    back: tuple[tuple[str, int], ...]

    @property
    def fen(self) -> tuple[int, int]:
        """Fen paid, and fen paid and returned."""
        paid = sum(fen for _ref, fen in self.paid)
        return paid, paid + sum(fen for _ref, fen in self.back)


def _totals(fund: Fund, month: Month) -> list[_Total]:
    first, until = month.first_day, month.plus(1).first_day
    rows = PaymentItem.objects.filter(
        Q(paid_date__gte=first, paid_date__lt=until)
        | Q(paid_date=None, settled_date__gte=first, settled_date__lt=until, state__in=_BACK),
        batch__fund=fund,
    )
    by_batch: dict[str, list[PaymentItem]] = defaultdict(list)
    for row in rows.select_related("batch").order_by("batch_id", "seq"):
        by_batch[row.batch.number].append(row)
    return [
        _Total(
            number,
            max(row.paid_date or row.settled_date or first for row in found),
            tuple((reference(number, row.seq), row.amount_fen) for row in found if row.paid_date),
            tuple((reference(number, row.seq), row.amount_fen) for row in found if not row.paid_date),
        )
        for number, found in by_batch.items()
    ]


def _booked(fund: Fund, month: Month) -> Counter[tuple[str, int]]:
    """What the bank should show of the month: (reference, fen), out below zero."""
    until = month.plus(1).first_day
    ours: Counter[tuple[str, int]] = Counter()
    for movement in cash_movements(fund.pk, month.first_day, until):
        if movement.kind in UNDOING:
            ours[movement.reference, -movement.amount_fen] -= 1  # the bank never saw the slip
        elif movement.kind != JournalKind.SETTLEMENT:
            ours[movement.reference, movement.amount_fen] += 1
    # What was paid stands in the statement of its month, whether or not it came back afterwards.
    paid = PaymentItem.objects.filter(batch__fund=fund, paid_date__gte=month.first_day, paid_date__lt=until)
    ours.update(
        (reference(number, seq), -fen) for number, seq, fen in paid.values_list("batch__number", "seq", "amount_fen")
    )
    return ours


def _sorted(rows: Counter[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted(rows.elements())


def _named(rows: Sequence[tuple[str, int]]) -> list[str]:
    """The bookings as people look for them, as many as one reads in a sentence."""
    return [f"{name} {yuan(fen)}" for name, fen in rows[:_TOLD]]


def _tell(books_only: Sequence[str], bank_only: Sequence[str], booked: str, closing: str) -> str:
    parts = [
        gettext("银行对账单缺少：%(rows)s") % {"rows": joined(books_only)} if books_only else "",
        gettext("账面缺少：%(rows)s") % {"rows": joined(bank_only)} if bank_only else "",
        gettext("期末余额账面 %(ours)s 元，银行 %(theirs)s 元") % {"ours": booked, "theirs": closing}
        if booked != closing
        else "",
    ]
    return gettext("；").join(part for part in parts if part)


# Said in the reader's language when it is shown.
_told = lazy(_tell, str)
