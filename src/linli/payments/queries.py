"""Reads of batches and payments."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db.models import Q, QuerySet, Sum

from linli.awards.codes import AccountState, AwardState
from linli.awards.models import Award, PayeeAccount
from linli.awards.queries import DueMonth, departed, died, due_of_fund, schedules, usable_accounts
from linli.foundation.data.crypto import open_bytes
from linli.foundation.data.scope import Scope, within
from linli.kernel.canonical import digest
from linli.kernel.period import Month
from linli.payments.codes import ItemState, StaleCode
from linli.payments.engine.layouts import Layout, load_layout
from linli.payments.models import PaymentBatch, PaymentItem

PAGE = 50


def batches(scope: Scope, *, state: str = "", fund_id: int | None = None, before: int | None = None) -> QuerySet[
    PaymentBatch
]:  # fmt: skip
    """Batches newest first; ``before`` is the id of the last one seen (keyset)."""
    rows = within(PaymentBatch.objects.select_related("fund").defer("file_sealed"), scope).order_by("-pk")
    if state:
        rows = rows.filter(state=state)
    if fund_id:
        rows = rows.filter(fund_id=fund_id)
    return rows.filter(pk__lt=before) if before else rows


def batch(scope: Scope, number: str) -> PaymentBatch:
    """One batch; PaymentBatch.DoesNotExist when it is not in the scope."""
    rows = within(PaymentBatch.objects.select_related("fund").defer("file_sealed"), scope)
    found: PaymentBatch = rows.get(number=number)
    return found


def items(batch_id: int, *, after: int = 0, state: str = "") -> QuerySet[PaymentItem]:
    """The lines of a batch (whose scope the caller checked) in order, after a sequence number."""
    rows = PaymentItem.objects.filter(batch_id=batch_id, seq__gt=after)
    if state:
        rows = rows.filter(state=state)
    return rows.select_related("award", "source", "account").order_by("seq")


def totals_by_state(batch_id: int) -> Mapping[str, int]:
    """Fen of the batch's lines by their state."""
    rows = PaymentItem.objects.filter(batch_id=batch_id).values_list("state").annotate(fen=Sum("amount_fen"))
    return dict(rows.order_by("state"))


def bank_file(scope: Scope, number: str) -> tuple[str, bytes]:
    """Name and bytes of the released bank file; PaymentBatch.DoesNotExist out of scope or before the release."""
    found = within(PaymentBatch.objects.exclude(file_sealed=None), scope).get(number=number)
    return found.file_name, open_file(found)


def open_file(found: PaymentBatch) -> bytes:
    """The sealed bank file in the clear."""
    return open_bytes(bytes(found.file_sealed or b""), aad=found.file_aad)


def returned(scope: Scope, *, after: tuple[date, int] | None = None) -> QuerySet[PaymentItem]:
    """Returned payments that were neither re-issued nor written off, the oldest first (keyset by day and id)."""
    rows = within(PaymentItem.objects.filter(state=ItemState.RETURNED), scope, prefix="batch__")
    live = PaymentItem.objects.filter(reissue_of__isnull=False).exclude(state=ItemState.VOIDED)
    rows = rows.exclude(pk__in=live.values("reissue_of"))
    if after:
        rows = rows.filter(Q(settled_date__gt=after[0]) | Q(settled_date=after[0], pk__gt=after[1]))
    return rows.select_related("batch", "award", "account").order_by("settled_date", "pk")


def payments_of_award(award_id: int) -> list[PaymentItem]:
    """All lines of an award (whose scope the caller checked), by month."""
    rows = PaymentItem.objects.filter(award_id=award_id).exclude(state=ItemState.VOIDED)
    return list(rows.select_related("batch", "source").order_by("month_date", "pk"))


def arrears(scope: Scope, fund_id: int, on: date) -> list[DueMonth]:
    """Months before the current one that are due and not taken up, the oldest first."""
    dues = [due for due in due_of_fund(fund_id, Month.of(on).plus(-1)) if scope.covers(due.award.stamp)]
    return sorted(dues, key=lambda due: (due.month, due.award.number))


def paid_by_month(fund_id: int) -> dict[tuple[Month, str], tuple[int, int]]:
    """(month, programme) → (payments, fen) paid by the bank: what reports count."""
    found: dict[tuple[Month, str], tuple[int, int]] = {}
    rows = PaymentItem.objects.filter(batch__fund_id=fund_id, state=ItemState.PAID)
    for month, programme, fen in rows.values_list("month_date", "programme", "amount_fen"):
        count, total = found.get((Month.of(month), programme), (0, 0))
        found[Month.of(month), programme] = (count + 1, total + fen)
    return dict(sorted(found.items()))


def paid_units(fund_id: int, programme: str = "") -> int:
    """Households or persons that the bank paid at least once from the fund."""
    rows = PaymentItem.objects.filter(batch__fund_id=fund_id, state=ItemState.PAID)
    rows = rows.filter(programme=programme) if programme else rows
    return rows.values("unit_key").distinct().count()


@dataclass(frozen=True)
class StaleLine:
    """A line that can no longer be paid as approved, and why."""

    seq: int
    award: str
    code: StaleCode

    def __str__(self) -> str:
        return f"{self.award}({self.code.label})"


def stale_lines(rows: Sequence[PaymentItem], on: date) -> list[StaleLine]:
    """Deaths, moves, changes and account changes that the lines (with award and account loaded) do not know of."""
    awards = {row.award_id: row.award for row in rows}
    gone = departed([award for award in awards.values() if award.state != AwardState.ENDED], on)
    due = schedules(awards)
    stale = []
    for row in rows:
        code = None
        if row.award_id in gone:
            code = StaleCode.DIED if died(row.award, gone[row.award_id]) else StaleCode.MOVED
        elif row.reissue_of_id is None and due[row.award_id].get(Month.of(row.month_date)) != row.amount_fen:
            code = StaleCode.NOT_DUE
        elif row.account.state != AccountState.CONFIRMED:
            code = StaleCode.ACCOUNT
        if code is not None:
            stale.append(StaleLine(row.seq, row.award.number, code))
    return stale


@dataclass(frozen=True)
class Payable:
    """What a proposal works on: dues that can be paid, and those that wait for an account or left."""

    ready: tuple[DueMonth, ...]
    blocked: tuple[DueMonth, ...]
    accounts: Mapping[str, PayeeAccount]


def payable(fund_id: int, until: Month, on: date) -> Payable:
    """Dues up to the month, split by whether they can be paid today."""
    dues = due_of_fund(fund_id, until)
    awards: dict[int, Award] = {due.award.pk: due.award for due in dues}
    gone = departed([award for award in awards.values() if award.state != AwardState.ENDED], on)
    usable = usable_accounts([award.unit_key for award in awards.values()], on)
    ready = tuple(due for due in dues if due.award.pk not in gone and due.award.unit_key in usable)
    blocked = tuple(due for due in dues if due.award.pk not in gone and due.award.unit_key not in usable)
    return Payable(ready, blocked, usable)


def lines_digest(number: str, rows: Iterable[PaymentItem]) -> str:
    """The ordered lines of a batch as one digest, from business keys; source, award and account are loaded."""
    return digest(
        [
            number,
            [
                [
                    row.seq,
                    row.award.number,
                    row.unit_key,
                    row.programme,
                    row.month_date,
                    row.amount_fen,
                    row.source.code,
                    row.account.version,
                ]
                for row in rows
            ],
        ]
    )


@cache
def layouts() -> Mapping[str, Layout]:
    """The installed bank layouts by code."""
    found = [load_layout(path) for path in sorted(Path(settings.PACKS_DIR, "bank").glob("*.toml"))]
    return {layout.code: layout for layout in found}


def waiting(fund_id: int, until: Month) -> tuple[int, int]:
    """How many months are due and not taken up, and their fen."""
    dues = due_of_fund(fund_id, until)
    return len(dues), sum(due.amount_fen for due in dues)
