"""The year's money month by month: as planned, and as the bank and the batches tell it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ObjectDoesNotExist

from linli.foundation.data.scope import Scope
from linli.kernel.period import Month
from linli.money.awards.queries import due_totals_of
from linli.money.ledger.codes import PAID_KINDS
from linli.money.ledger.queries import cash_by_day, funds
from linli.money.payments.codes import BatchKind, BatchState
from linli.money.payments.queries import batches
from linli.overview.planning.engine import MonthFlow, Plan, cash_flow


@dataclass(frozen=True)
class MonthMoney:
    """One month in fen. What lies in the future of the day asked for is None; ``planned`` is None outside the plan.

    ``arrears_fen`` and ``waiting`` are what was due at the month's payment and not paid with it.
    """

    month: Month
    planned: MonthFlow | None
    inflow_fen: int | None
    paid_fen: int | None
    balance_fen: int | None
    arrears_fen: int | None
    waiting: int | None


def money_by_month(scope: Scope, *, fund_id: int, plan: Plan, on: date) -> tuple[MonthMoney, ...]:
    """Planned and actual by month, from the plan's first month to its last. ObjectDoesNotExist out of scope."""
    check_fund(scope, fund_id)
    flows = {flow.month: flow for flow in cash_flow(plan)}
    cash = _cash(fund_id, min(flows), Month.of(on))
    owed = _owed(scope, fund_id, on)
    rows, balance = [], 0
    for month, flow in flows.items():
        if month > Month.of(on):
            rows.append(MonthMoney(month, flow, None, None, None, None, None))
            continue
        received, paid = cash[month]
        balance += received - paid
        waiting, arrears = owed[month]
        rows.append(MonthMoney(month, flow, received, paid, balance, arrears, waiting))
    return tuple(rows)


def check_fund(scope: Scope, fund_id: int) -> None:
    """Raises ObjectDoesNotExist unless the fund lies in the scope."""
    if fund_id not in {fund.pk for fund in funds(scope)}:
        raise ObjectDoesNotExist


def _cash(fund_id: int, first: Month, last: Month) -> dict[Month, tuple[int, int]]:
    """Month → fen that came in and fen that the bank paid; money before the first month counts to it."""
    found: dict[Month, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for day, kind, fen in cash_by_day(fund_id, last.plus(1).first_day):
        month = max(first, Month.of(day))
        received, paid = found[month]
        found[month] = (received, paid - fen) if kind in PAID_KINDS else (received + fen, paid)
    return found


def _owed(scope: Scope, fund_id: int, on: date) -> dict[Month, tuple[int, int]]:
    """Month → months of awards and fen that were left when it was paid.

    The month's batch kept both. Where there was no batch it is what is due up to then and not taken up to this day.
    """
    found: dict[Month, tuple[int, int]] = defaultdict(lambda: (0, 0))
    last = Month.of(on)
    for due in due_totals_of([fund_id], Month.of(date.min), last, on):
        for month in (due.month.plus(later) for later in range(due.month.months_until(last) + 1)):
            count, fen = found[month]
            found[month] = (count + due.number, fen + due.fen)
    regular = batches(scope, fund_id=fund_id).filter(kind=BatchKind.REGULAR).exclude(state=BatchState.VOIDED)
    for batch in regular.order_by("pk"):
        found[Month.of(batch.month_date)] = (batch.waiting_count, batch.waiting_fen)
    return found
