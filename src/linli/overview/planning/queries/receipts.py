"""What each source has paid in: the journals that moved cash, corrections included."""

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet, Sum

from linli.foundation.data.scope import Scope
from linli.money.ledger.codes import AccountKind, JournalKind
from linli.money.ledger.queries import journals


def receipts(scope: Scope, fund_id: int, source: str, *, start: date, until: date) -> QuerySet[Any, Any]:
    """The source's journals from ``start`` to before ``until`` with the ``fen`` that came in, by number.

    A receipt booked by mistake and its correction both stand there; together they are nothing. What the bank took for
    itself did not come in.
    """
    moved = {}
    for side in ("debit", "credit"):
        cash = {f"transfers__{side}__kind": AccountKind.CASH, f"transfers__{side}__source__code": source}
        moved[side] = Sum("transfers__amount_fen", filter=Q(**cash), default=0)
    rows = journals(scope, fund_id, source=source, start=start, until=until)
    booked = rows.filter(kind__in=(JournalKind.INFLOW, JournalKind.BANK_FEE, JournalKind.CORRECTION)).order_by("number")
    return booked.annotate(fen=moved["debit"] - moved["credit"]).exclude(fen=0)
