"""What was paid too much: raised by itself, then recovered or waived."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from linli.awards.codes import EndReason, MonthState, ReceivableState
from linli.awards.models import AwardChange, AwardMonth, Receivable
from linli.awards.permissions import check_recover, check_waive
from linli.awards.queries import events, overpaid, waived_programmes
from linli.foundation.data.locks import locked
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act, within_act
from linli.kernel.act import Act
from linli.kernel.errors import DomainError
from linli.ledger.operations import (
    ReasonMissing,
    Spending,
    raise_receivable,
    recover_receivable,
    waive_receivable,
)

# Stands in the record, so it is written in the language of the records.
WAIVED_BY_RULE = "按方案规定不追回"


class ReceivableClosed(DomainError):
    """A receivable is closed once."""

    code = "awards.receivable_closed"
    message = _("该笔多付款项已处理")


@within_act
def owe_overpaid(act: Act, *, reasons: Mapping[int, EndReason]) -> list[Receivable]:
    """Raise what the awards (by id, with the reason of their end) were paid for months from their end on.

    Where the pack asks for nothing back it is given up at once: the books show both, and nobody is asked for money.
    """
    months = list(
        AwardMonth.objects.filter(award_id__in=reasons, state=MonthState.PAID, receivable__isnull=True)
        .select_related("award__line")
        .order_by("award__number", "month_date")
    )
    lives = events(reasons) if months else {}
    owed = [month for month in months if overpaid(lives[month.award_id], month.month_date)]
    if not owed:
        return []
    waived = waived_programmes(act.on)
    by_fund: dict[int, list[AwardMonth]] = defaultdict(list)
    for month in owed:
        by_fund[month.award.line.fund_id].append(month)
    for fund_id, rows in sorted(by_fund.items()):
        raise_receivable(
            act, fund_id=fund_id, spendings=list(map(spending, rows)), subject=f"awards:{rows[0].award.number}"
        )
        given_up = [row for row in rows if row.award.programme in waived]
        if given_up:
            subject = f"awards:{given_up[0].award.number}"
            waive_receivable(act, fund_id=fund_id, spendings=list(map(spending, given_up)), subject=subject)
    return Receivable.objects.bulk_create(
        [_receivable(act, month, reasons[month.award_id], waived=month.award.programme in waived) for month in owed]
    )


def _receivable(act: Act, month: AwardMonth, reason: EndReason, *, waived: bool) -> Receivable:
    return Receivable(
        award=month.award,
        month=month,
        amount_fen=month.amount_fen,
        reason=reason,
        raised_date=act.on,
        state=ReceivableState.WAIVED if waived else ReceivableState.OPEN,
        closed_date=act.on if waived else None,
        note=WAIVED_BY_RULE if waived else "",
        **month.award.stamp.columns(),
    )


def end_reasons(award_ids: Sequence[int]) -> dict[int, EndReason]:
    """Why each ended award of these ended."""
    rows = AwardChange.objects.filter(award_id__in=set(award_ids), kind="ENDED").order_by("award_id", "seq")
    return {row.award_id: EndReason(row.reason) for row in rows}


@act
def recover(act: Act, *, receivable_id: int, note: str = "") -> Receivable:
    """The money came back to the bank account. Raises NotPermitted, ReceivableClosed."""
    row = _held(receivable_id)
    check_recover(act, row.stamp)
    recover_receivable(
        act, fund_id=row.award.line.fund_id, spendings=[spending(row.month)], subject=f"awards:{row.award.number}"
    )
    return _close(act, row, ReceivableState.RECOVERED, note)


@act
def waive(act: Act, *, receivable_id: int, note: str) -> Receivable:
    """The fund gives the claim up, with a reason. Raises NotPermitted, ReasonMissing, ReceivableClosed."""
    if not note.strip():
        raise ReasonMissing(field="note")
    row = _held(receivable_id)
    check_waive(act, row.stamp)
    waive_receivable(
        act, fund_id=row.award.line.fund_id, spendings=[spending(row.month)], subject=f"awards:{row.award.number}"
    )
    return _close(act, row, ReceivableState.WAIVED, note)


def spending(month: AwardMonth) -> Spending:
    """The month as money spent."""
    award = month.award
    return Spending(award.line_id, month.source_id, award.programme, month.amount_fen, award.number)


def _held(receivable_id: int) -> Receivable:
    row: Receivable = locked(
        Receivable.objects.filter(pk=receivable_id).select_related("award__line", "month__award__line")
    ).get()
    if row.state != ReceivableState.OPEN:
        raise ReceivableClosed
    return row


def _close(act: Act, row: Receivable, state: ReceivableState, note: str) -> Receivable:
    row.state, row.closed_date, row.note = state, act.on, note.strip()
    row.save(update_fields=["state", "closed_date", "note"])
    audit.record(
        act,
        where=row.stamp,
        subject=f"award:{row.award.number}",
        note={"month": f"{row.month.month_date:%Y-%m}", "note": row.note},
    )
    return row
