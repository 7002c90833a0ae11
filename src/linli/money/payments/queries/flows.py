"""What became of the money that left, month by month: sent, paid, on its way, back, given up."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, QuerySet, Sum

from linli.foundation.data.scope import Scope, within
from linli.kernel.period import Month
from linli.money.payments.codes import ItemState
from linli.money.payments.models import PaymentItem

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
    """The months of a fund year that were sent, in order: three queries whatever the number of payments."""
    rows = within(PaymentItem.objects.filter(state__in=LEFT, batch__fund__year=year), scope, prefix="batch__")
    originals = rows.filter(reissue_of__isnull=True).values("month_date")
    ends = rows.exclude(pk__in=_sent_again(rows)).values("month_date", "state")
    fates: dict[tuple[Month, str], int] = defaultdict(int)
    for row in ends.annotate(fen=Sum("amount_fen")).order_by("month_date", "state"):
        fates[Month.of(row["month_date"]), row["state"]] += row["fen"]
    return [
        MonthFlow(
            month,
            row["number"],
            row["fen"],
            fates[month, ItemState.PAID],
            fates[month, ItemState.IN_TRANSIT],
            fates[month, ItemState.RETURNED],
            fates[month, ItemState.WRITTEN_OFF],
        )
        for row in originals.annotate(number=Count("id"), fen=Sum("amount_fen")).order_by("month_date")
        for month in (Month.of(row["month_date"]),)
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


def _sent_again(rows: QuerySet[PaymentItem]) -> QuerySet[PaymentItem, int | None]:
    """Returned lines whose re-issue left: the re-issue says what became of the money."""
    return rows.filter(reissue_of__isnull=False).values_list("reissue_of", flat=True)
