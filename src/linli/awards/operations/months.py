"""Help for payments: which months of which awards a batch took up, paid or gave back."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from linli.awards.codes import MonthState
from linli.awards.models import Award, AwardMonth
from linli.awards.operations.receivables import end_reasons, owe_overpaid
from linli.awards.queries import events
from linli.awards.rules.schedule import due_months
from linli.foundation.trail.acts import within_act
from linli.kernel.act import Act
from linli.kernel.period import Month
from linli.ledger.operations import Promise, release_commitment


@dataclass(frozen=True)
class TakenMonth:
    """A month that a batch pays from a source."""

    award_id: int
    month: Month
    amount_fen: int
    source_id: int


@within_act
def take_months(act: Act, *, batch_number: str, months: Sequence[TakenMonth]) -> None:
    """A batch was approved: these months are spent. One statement."""
    AwardMonth.objects.bulk_create(
        [
            AwardMonth(
                award_id=one.award_id,
                month_date=one.month.first_day,
                amount_fen=one.amount_fen,
                source_id=one.source_id,
                batch_number=batch_number,
            )
            for one in months
        ]
    )


@within_act
def pay_months(act: Act, *, months: Iterable[tuple[int, Month]]) -> None:
    """The bank paid these months (award id, month); what is no longer due becomes owed to the fund."""
    wanted: dict[Month, list[int]] = defaultdict(list)
    for award_id, month in months:
        wanted[month].append(award_id)
    for month, award_ids in sorted(wanted.items()):
        AwardMonth.objects.filter(month_date=month.first_day, award_id__in=award_ids, state=MonthState.ACCRUED).update(
            state=MonthState.PAID
        )
    reasons = end_reasons([award_id for award_ids in wanted.values() for award_id in award_ids])
    if reasons:
        owe_overpaid(act, reasons=reasons)


@within_act
def give_back_months(act: Act, *, months: Iterable[tuple[int, Month]], owed: bool = True) -> None:
    """An approval was voided after the accrual was reversed: the months are due again, or their promise is released.

    With ``owed`` False the months stay closed and the promise is released whatever the awards say (written off).
    """
    wanted = set(months)
    award_ids = {award_id for award_id, _month in wanted}
    rows = [
        row
        for row in AwardMonth.objects.filter(award_id__in=award_ids, state=MonthState.ACCRUED)
        if (row.award_id, Month.of(row.month_date)) in wanted
    ]
    if owed:
        AwardMonth.objects.filter(pk__in=[row.pk for row in rows]).update(state=MonthState.VOIDED)
    else:
        AwardMonth.objects.filter(pk__in=[row.pk for row in rows]).update(state=MonthState.WRITTEN_OFF)
    lives = events(award_ids)
    due = {award_id: due_months(life) for award_id, life in lives.items()}
    released: dict[int, list[Promise]] = defaultdict(list)
    awards = {award.pk: award for award in Award.objects.filter(pk__in=award_ids).select_related("line")}
    for row in sorted(rows, key=lambda row: (awards[row.award_id].number, row.month_date)):
        award = awards[row.award_id]
        if not owed or Month.of(row.month_date) not in due[award.pk]:
            released[award.line.fund_id].append(Promise(award.line_id, row.amount_fen, award.number))
    for fund_id, promises in sorted(released.items()):
        release_commitment(act, fund_id=fund_id, promises=promises, subject=f"awards:{promises[0].reference}")
