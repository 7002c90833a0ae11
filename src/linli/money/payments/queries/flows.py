"""What became of the money that left, month by month: sent, paid, on its way, back, given up."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Sum

from linli.foundation.data.scope import Scope, within
from linli.kernel.period import Month
from linli.money.payments.codes import ItemState
from linli.money.payments.models import PaymentSum

# A line that went to the bank, whatever the bank said.
LEFT = (ItemState.IN_TRANSIT, ItemState.PAID, ItemState.RETURNED, ItemState.WRITTEN_OFF)


@dataclass(frozen=True)
class MonthFlow:
    """One month of awards, in fen: what was sent once is paid, on its way, back and waiting, or given up.

    A re-issue is the same money sent again: ``sent_fen`` counts it once, so that the four others add up to it.
    """

    month: Month
    items: int
    sent_fen: int
    paid_fen: int
    in_transit_fen: int
    back_fen: int
    written_off_fen: int


def flows_by_month(scope: Scope, year: int) -> list[MonthFlow]:
    """The months of a fund year that were sent, in order: one query of the sums that the database keeps."""
    rows = within(PaymentSum.objects.filter(state__in=LEFT, fund__year=year), scope, prefix="fund__")
    sums = rows.values("month_date", "state", "again").annotate(lines=Sum("number"), fen=Sum("amount_fen"))
    fates: dict[tuple[Month, str], int] = defaultdict(int)
    sent: dict[Month, tuple[int, int]] = {}
    for row in sums.order_by("month_date", "state", "again"):
        month = Month.of(row["month_date"])
        fates[month, row["state"]] += row["fen"]
        if row["again"]:  # says what became of money that came back
            fates[month, ItemState.RETURNED] -= row["fen"]
        else:
            number, fen = sent.get(month, (0, 0))
            sent[month] = number + row["lines"], fen + row["fen"]
    return [
        MonthFlow(
            month,
            number,
            fen,
            fates[month, ItemState.PAID],
            fates[month, ItemState.IN_TRANSIT],
            fates[month, ItemState.RETURNED],
            fates[month, ItemState.WRITTEN_OFF],
        )
        for month, (number, fen) in sent.items()
        if number
    ]


def total_of(flows: list[MonthFlow]) -> MonthFlow | None:
    """All months as one, named by the first; None when nothing was sent."""
    if not flows:
        return None
    return MonthFlow(
        flows[0].month,
        sum(flow.items for flow in flows),
        sum(flow.sent_fen for flow in flows),
        sum(flow.paid_fen for flow in flows),
        sum(flow.in_transit_fen for flow in flows),
        sum(flow.back_fen for flow in flows),
        sum(flow.written_off_fen for flow in flows),
    )
