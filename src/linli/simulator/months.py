"""The months of a fund's year as payments and awards tell them: what was sent, what became of it, who waits."""

from collections import defaultdict
from datetime import date
from typing import Any

from linli.ground.users.queries import Authority
from linli.kernel.period import Month
from linli.money.awards.queries import due_of_fund
from linli.money.ledger.queries import cash_on
from linli.money.payments.codes import BatchKind, BatchState
from linli.money.payments.queries import batches, flows_by_month, items

# What `waiting` counts: one award for one month is one, whoever it belongs to.
WAITING_UNIT = "AWARD_MONTHS"
_LEFT = (BatchState.RELEASED, BatchState.CLOSED)


def months_told(reader: Authority, fund_id: int, first: Month, last: Month) -> list[dict[str, Any]]:
    """Month by month, from the first to the last, as JSON-able values; fen.

    ``items`` and ``sent_fen``: payments for the month, whenever they were sent; ``sent_fen`` is the sum of ``paid_fen``
    (the bank paid), ``in_transit_fen``, ``returned_fen`` (came back, still open) and ``written_off_fen``. ``waiting``
    and ``waiting_fen``: award-months due for the month or an earlier one that had not been sent by its end - what was
    sent with a later month's batch had waited until then. ``left_fen``: the fund's cash when the month was over; where
    it would have reached for those who wait, they wait for something else, mostly for their account.
    """
    flows = {flow.month: flow for flow in flows_by_month(reader.scope(), first.year)}
    waiting = _waiting(reader, fund_id, last)
    told = []
    for month in (first.plus(n) for n in range(first.months_until(last) + 1)):
        flow = flows.get(month)
        number, fen = waiting[month]
        told.append(
            {
                "month": str(month),
                "items": flow.items if flow else 0,
                "sent_fen": flow.sent_fen if flow else 0,
                "paid_fen": flow.paid_fen if flow else 0,
                "in_transit_fen": flow.in_transit_fen if flow else 0,
                "returned_fen": flow.back_fen if flow else 0,
                "written_off_fen": flow.written_off_fen if flow else 0,
                "waiting": number,
                "waiting_fen": fen,
                "left_fen": cash_on(fund_id, month.plus(1).first_day),
            }
        )
    return told


def _waiting(reader: Authority, fund_id: int, last: Month) -> dict[Month, tuple[int, int]]:
    """Month → award-months and fen that waited at its end."""
    found: dict[Month, tuple[int, int]] = defaultdict(lambda: (0, 0))

    def add(due: Month, until: Month, fen: int) -> None:
        for month in (due.plus(n) for n in range(due.months_until(until) + 1)):
            number, total = found[month]
            found[month] = (number + 1, total + fen)

    for one in due_of_fund(fund_id, last):
        # Nobody waited for a supplement before the amount rose.
        add(last if one.part else one.month, last, one.amount_fen)
    regular = batches(reader.scope(), fund_id=fund_id).filter(kind=BatchKind.REGULAR, state__in=_LEFT)
    for batch in regular.order_by("pk"):
        sent = Month.of(batch.month_date)
        rows: list[tuple[date, int]] = list(items(batch.pk).filter(part=0).values_list("month_date", "amount_fen"))
        for day, fen in rows:
            if Month.of(day) < sent:
                add(Month.of(day), sent.plus(-1), fen)
    return found
