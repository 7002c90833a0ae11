"""Help for payments: which months of which awards a batch took up, paid or gave back."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from linli.foundation.trail.acts import within_act
from linli.kernel.act import Act
from linli.kernel.period import Month
from linli.money.awards.codes import MonthState
from linli.money.awards.models import Award, AwardMonth
from linli.money.awards.operations.history import follow_promises
from linli.money.awards.operations.receivables import change_reasons, owe_overpaid
from linli.money.awards.queries import promised


@dataclass(frozen=True)
class TakenMonth:
    """A month that a batch pays from a source."""

    award_id: int
    month: Month
    amount_fen: int
    source_id: int
    part: int = 0  # above 0: a supplement


@within_act
def take_months(act: Act, *, batch_number: str, months: Sequence[TakenMonth]) -> None:
    """A batch was approved: these months are spent. One statement."""
    AwardMonth.objects.bulk_create(
        [
            AwardMonth(
                award_id=one.award_id,
                month_date=one.month.first_day,
                part=one.part,
                amount_fen=one.amount_fen,
                source_id=one.source_id,
                batch_number=batch_number,
            )
            for one in months
        ]
    )


@within_act
def pay_months(act: Act, *, months: Iterable[tuple[int, Month, int]], as_before: bool = False) -> None:
    """The bank paid these months (award id, month, part); what is no longer due becomes owed to the fund.
    ``as_before``: it had not come back after all, and what was given up of it is not claimed anew.
    """
    wanted: dict[tuple[Month, int], list[int]] = defaultdict(list)
    for award_id, month, part in months:
        wanted[month, part].append(award_id)
    for (month, part), award_ids in sorted(wanted.items()):
        AwardMonth.objects.filter(
            month_date=month.first_day, part=part, award_id__in=award_ids, state=MonthState.ACCRUED
        ).update(state=MonthState.PAID)
    reasons = change_reasons(award_id for award_ids in wanted.values() for award_id in award_ids)
    if reasons:
        owe_overpaid(act, reasons=reasons, as_before=as_before)


@within_act
def unpay_months(act: Act, *, months: Iterable[tuple[int, Month, int]]) -> None:
    """What the bank had paid for these months (award id, month, part) came back: they are spent and not paid.

    Claims that stood because they were paid stand no longer.
    """
    wanted = set(months)
    award_ids = {award_id for award_id, _month, _part in wanted}
    rows = AwardMonth.objects.filter(award_id__in=award_ids, state=MonthState.PAID)
    found = [row.pk for row in rows if (row.award_id, Month.of(row.month_date), row.part) in wanted]
    AwardMonth.objects.filter(pk__in=found).update(state=MonthState.ACCRUED)
    reasons = change_reasons(award_ids)
    if reasons:
        owe_overpaid(act, reasons=reasons)


@within_act
def give_back_months(act: Act, *, months: Iterable[tuple[int, Month, int]], owed: bool = True) -> None:
    """An approval was voided after the accrual was reversed: the months (award id, month, part) are due again, or their
    promise is released.

    With ``owed`` False the months stay closed and the promise is released whatever the awards say (written off).
    """
    wanted = set(months)
    award_ids = {award_id for award_id, _month, _part in wanted}
    rows = [
        row
        for row in AwardMonth.objects.filter(award_id__in=award_ids, state=MonthState.ACCRUED)
        if (row.award_id, Month.of(row.month_date), row.part) in wanted
    ]
    awards = list(Award.objects.filter(pk__in=award_ids).select_related("line__fund").order_by("pk"))
    held = promised(awards)
    for row in rows:
        held[row.award_id] += row.amount_fen  # the reversal promised it again
    state = MonthState.VOIDED if owed else MonthState.WRITTEN_OFF
    AwardMonth.objects.filter(pk__in=[row.pk for row in rows]).update(state=state)
    follow_promises(act, awards=awards, before=held)
