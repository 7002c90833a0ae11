"""Reads of batches and their lines."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from linli.foundation.data.crypto import open_bytes
from linli.foundation.data.scope import Scope, within
from linli.kernel.period import Month
from linli.law.policies.engine import BankLayout, load_bank_layout
from linli.money.awards.codes import DueState
from linli.money.awards.models import Award, Due
from linli.money.awards.queries import DueTotal, due_totals, dues_between, replaced
from linli.money.payments.codes import UNDER_WAY, BatchKind, BatchState, ItemState
from linli.money.payments.models import PaymentBatch, PaymentItem, PaymentSum


def batches(
    scope: Scope,
    *,
    state: str = "",
    kind: str = "",
    fund_id: int | None = None,
    month: Month | None = None,
) -> QuerySet[PaymentBatch]:
    """Batches newest first."""
    rows = within(PaymentBatch.objects.select_related("fund").defer("file_sealed"), scope).order_by("-pk")
    wanted = {"state": state, "kind": kind, "fund_id": fund_id, "month_date": month and month.first_day}
    return rows.filter(**{column: value for column, value in wanted.items() if value})


def batch(scope: Scope, number: str) -> PaymentBatch:
    """One batch; PaymentBatch.DoesNotExist when it is not in the scope."""
    rows = within(PaymentBatch.objects.select_related("fund").defer("file_sealed"), scope)
    found: PaymentBatch = rows.get(number=number)
    return found


def items(batch_id: int, *, state: str = "", text: str = "") -> QuerySet[PaymentItem]:
    """The lines of a batch (whose scope the caller checked) in order.

    ``text`` is the number of an award, a household or a resident, or the last four digits of an account.
    """
    rows = PaymentItem.objects.filter(batch_id=batch_id)
    if state:
        rows = rows.filter(state=state)
    if text:
        rows = rows.filter(Q(award__number=text) | Q(unit_key=text) | Q(account__account_last4=text))
    return rows.select_related("award__household", "source", "account__holder").order_by("seq")


def batch_lines(batch: PaymentBatch) -> list[PaymentItem]:
    """All lines in order with what digests, re-checks and bank files need."""
    return list(items(batch.pk))


def line_sums(batch_id: int) -> list[tuple[str, str, int]]:
    """(programme, source's name, fen) of each line of a batch."""
    rows = PaymentItem.objects.filter(batch_id=batch_id).order_by("source__position", "seq")
    return list(rows.values_list("programme", "source__name", "amount_fen"))


def totals_by_state(batch_id: int) -> Mapping[str, int]:
    """Fen of the batch's lines by their state; 0 for a state that no line is in."""
    rows = PaymentItem.objects.filter(batch_id=batch_id).values_list("state").annotate(fen=Sum("amount_fen"))
    return {**dict.fromkeys(ItemState.values, 0), **dict(rows.order_by("state"))}


class Transit(NamedTuple):
    """Lines that the bank has not answered, and their fen."""

    number: int
    fen: int


def in_transit(batch_id: int) -> Transit:
    """What of a batch is on its way."""
    rows = PaymentItem.objects.filter(batch_id=batch_id, state=ItemState.IN_TRANSIT)
    return Transit(*rows.aggregate(number=Count("pk"), fen=Sum("amount_fen", default=0)).values())


def bank_file(scope: Scope, number: str) -> tuple[str, bytes]:
    """Name and bytes of the released bank file; PaymentBatch.DoesNotExist out of scope or before the release."""
    found = within(PaymentBatch.objects.exclude(file_sealed=None), scope).get(number=number)
    return found.file_name, open_file(found)


def open_batches(fund_ids: Iterable[int]) -> dict[int, str]:
    """The number of the monthly batch that each of the funds has under way."""
    rows = PaymentBatch.objects.filter(fund_id__in=set(fund_ids), kind=BatchKind.REGULAR, state__in=UNDER_WAY)
    return dict(rows.values_list("fund_id", "number"))


def proposed_for(months: Mapping[int, Month]) -> frozenset[int]:
    """Those of the funds (by id, with a month) whose monthly batch of that month somebody proposed; voided ones never
    count.
    """
    rows = PaymentBatch.objects.filter(
        fund_id__in=set(months), kind=BatchKind.REGULAR, month_date__in={month.first_day for month in months.values()}
    ).exclude(state=BatchState.VOIDED)
    found = rows.values_list("fund_id", "month_date")
    return frozenset(fund_id for fund_id, day in found if Month.of(day) == months[fund_id])


def last_layout(fund_id: int) -> str:
    """The layout in which the fund's money was sent last; empty before the first time."""
    sent = PaymentBatch.objects.filter(fund_id=fund_id).exclude(layout_code="").order_by("-released_at", "-pk")
    return sent.values_list("layout_code", flat=True).first() or ""


def open_file(found: PaymentBatch) -> bytes:
    """The sealed bank file in the clear."""
    return open_bytes(bytes(found.file_sealed or b""), aad=found.file_aad)


def returned(scope: Scope) -> QuerySet[PaymentItem]:
    """Returned payments that were neither re-issued nor written off, the oldest first."""
    return _back(within(PaymentItem.objects.all(), scope, prefix="batch__"))


def to_correct(scope: Scope) -> QuerySet[PaymentItem]:
    """Returned payments of units for which nobody has written another account down since, the oldest first."""
    return uncorrected(returned(scope))


def uncorrected(rows: QuerySet[PaymentItem]) -> QuerySet[PaymentItem]:
    """Those of the payments whose unit has no account that was written down since."""
    return rows.exclude(replaced("account__"))


def returned_of(award_ids: Collection[int]) -> QuerySet[PaymentItem]:
    """Those of the awards, whose scope the caller checked."""
    return _back(PaymentItem.objects.filter(award_id__in=award_ids))


def _back(rows: QuerySet[PaymentItem]) -> QuerySet[PaymentItem]:
    live = PaymentItem.objects.filter(reissue_of__isnull=False).exclude(state=ItemState.VOIDED)
    rows = rows.filter(state=ItemState.RETURNED).exclude(pk__in=live.values("reissue_of"))
    return rows.select_related("batch", "award__household", "account").order_by("settled_date", "pk")


@dataclass(frozen=True)
class Back:
    """How many payments are back and wait, their fen, and since when the oldest of them is back."""

    number: int
    fen: int
    oldest: date | None


def returned_sums(scope: Scope) -> Back:
    """The sums of what :func:`returned` lists, of those that the database keeps; two queries."""
    places = returned_by_place(scope)
    number, fen = (sum(one[part] for one in places.values()) for part in (0, 1))
    oldest = returned(scope).values_list("settled_date", flat=True).first() if number else None
    return Back(number, fen, oldest)


def returned_by_place(scope: Scope) -> Mapping[int | None, tuple[int, int]]:
    """Number and fen of what :func:`returned` lists, by community; one query.

    What was sent again is RETURNED for good, and each re-issue that is not void stands for one such line.
    """
    kept = within(PaymentSum.objects.exclude(state=ItemState.VOIDED), scope, prefix="fund__")
    found: dict[int | None, tuple[int, int]] = {}
    sums = kept.order_by().values_list("fund__community_id", "state", "again")
    for place, state, again, lines, total in sums.annotate(lines=Sum("number"), fen=Sum("amount_fen")):
        number, fen = found.get(place, (0, 0))
        sign = (state == ItemState.RETURNED) - again
        found[place] = (number + sign * lines, fen + sign * total)
    return found


def payments_of(award_ids: Collection[int]) -> QuerySet[PaymentItem]:
    """All lines of some awards (whose scope the caller checked), by month."""
    rows = PaymentItem.objects.filter(award_id__in=award_ids).exclude(state=ItemState.VOIDED)
    return rows.order_by("month_date", "pk")


def settled_before(awards: Collection[Award], states: Collection[str], before: date, most: int) -> list[PaymentItem]:
    """The lines of the awards on which the bank spoke last before a day, the newest first."""
    rows = PaymentItem.objects.filter(award__in=awards, state__in=states, settled_date__lt=before)
    return list(rows.order_by("-settled_date", "-pk")[:most])


def arrears(scope: Scope, on: date, *, month: Month | None = None, programme: str = "") -> QuerySet[Due]:
    """Months before the current one that this year's funds owe and no batch took up, the oldest first."""
    rows = dues_between(scope, *months_before(on), programme=programme, on=on)
    return rows.filter(month_date=month.first_day) if month else rows


def left_out_of(
    scope: Scope, on: date, number: str, *, month: Month | None = None, programme: str = ""
) -> QuerySet[Due]:
    """What was due up to a batch's month and is in none yet, nor in that one: short of money or of a usable account.

    Of the fund of the batch; nothing where it is not in the scope.
    """
    batch = batches(scope).filter(number=number).first()
    last = Month.of(batch.month_date) if batch else Month.of(on)
    rows = dues_between(scope, Month(last.year, 1), last, programme=programme, on=on)
    if batch is None:
        return rows.none()
    taken = PaymentItem.objects.filter(batch=batch, award=OuterRef("award"), month_date=OuterRef("month_date"))
    rows = rows.filter(~Exists(taken), fund=batch.fund_id).exclude(state=DueState.GONE)
    return rows.filter(month_date=month.first_day) if month else rows


def arrears_totals(scope: Scope, on: date) -> list[DueTotal]:
    """What :func:`arrears` comes to by month and programme."""
    return due_totals(scope, *months_before(on), on)


def months_before(on: date) -> tuple[Month, Month]:
    """The first month of the year and the one before the current; in January there is none between them."""
    return Month(on.year, 1), Month.of(on).plus(-1)


@cache
def layouts() -> Mapping[str, BankLayout]:
    """The installed bank layouts by code."""
    found = [load_bank_layout(path) for path in sorted(Path(settings.PACKS_DIR, "bank").glob("*.toml"))]
    return {layout.code: layout for layout in found}
