"""A bank for the tests: reads our payment file by its layout and answers in its own."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from linli.foundation.data.crypto import open_sealed
from linli.kernel.act import Act
from linli.kernel.money import yuan
from linli.kernel.period import Month
from linli.money.awards.models import PayeeAccount
from linli.money.ledger.models import Fund
from linli.money.ledger.queries import cash_movements, cash_on, open_months
from linli.money.payments.engine.statements import read_statement
from linli.money.payments.models import PaymentBatch, PaymentItem
from linli.money.payments.operations import reconcile_month, reference
from tests.conftest import at
from tests.ledger.world import PAY_DAY

PAID = {"RIVER_BANK": "0000", "HILL_BANK": "S"}
FAILED = {"RIVER_BANK": "1002", "HILL_BANK": "F1"}


def account_number(account: PayeeAccount) -> str:
    return open_sealed(account.account_envelope, aad=account.account_aad)


def rows_of(
    batch: PaymentBatch, returned: Sequence[int] = (), only: Sequence[int] | None = None
) -> list[dict[str, Any]]:
    """The bank's answer row by row; ``returned`` and ``only`` are sequence numbers."""
    items = batch.items.select_related("account").order_by("seq")
    return [
        {
            "reference": reference(batch.number, item.seq),
            "account": account_number(item.account),
            "fen": item.amount_fen,
            "code": (FAILED if item.seq in returned else PAID)[batch.layout_code],
        }
        for item in items
        if only is None or item.seq in only
    ]


def answer(
    batch: PaymentBatch,
    *,
    returned: Sequence[int] = (),
    only: Sequence[int] | None = None,
    on: date = PAY_DAY,
    rows: Sequence[Mapping[str, Any]] | None = None,
    number: str = "",
    count: int | None = None,
) -> bytes:
    """A return file in the layout the batch was sent in."""
    rows = rows_of(batch, returned, only) if rows is None else rows
    number, count = number or batch.number, len(rows) if count is None else count
    if batch.layout_code == "RIVER_BANK":
        lines = [f"R|{number}|{on:%Y%m%d}|{count}"]
        lines += [f"D|{row['reference']}|{row['account']}|{row['fen']}|{row['code']}|户名" for row in rows]
        return ("\r\n".join(lines) + "\r\n").encode("GBK")
    lines = [
        f"{row['reference']:<32}{row['account']:<32}{yuan(row['fen']).replace(',', ''):>16}{row['code']:<2}{'':<60}"
        for row in rows
    ]
    lines.append(f"{'TOTAL':<6}{number:<32}{on:%Y-%m-%d}{count:0>8}")
    return ("\n".join(lines) + "\n").encode()


def statement(fund: Fund, month: Month) -> bytes:
    """The bank's statement of a month, as it would be if the books are right; built from payments, not journals."""
    balance = cash_on(fund.pk, month.first_day)
    until = month.plus(1).first_day
    bookings = [
        (row.on_date, row.reference, row.amount_fen)
        for row in cash_movements(fund.pk, month.first_day, until)
        if row.kind in {"INFLOW", "RECOVERY", "LATE_RETURN"}
    ]
    paid = PaymentItem.objects.filter(
        batch__fund=fund, paid_date__gte=month.first_day, paid_date__lt=until
    ).select_related("batch")
    bookings += [(row.paid_date or until, reference(row.batch.number, row.seq), -row.amount_fen) for row in paid]
    lines = ["日期,摘要,收入,支出,余额"]
    for day, name, fen in sorted(bookings):
        balance += fen
        amount = yuan(abs(fen)).replace(",", "")
        credited, debited = (amount, "") if fen > 0 else ("", amount)
        lines.append(f"{day},{name},{credited},{debited},{yuan(balance).replace(',', '')}")
    if len(lines) == 1:
        lines.append(f"{month.last_day},,,,{yuan(balance).replace(',', '')}")
    return "\n".join(lines).encode()


def lock_before(world: Any, month: Month, on: date) -> None:
    """Reconcile every month before this one: months are locked one after the other."""
    for earlier in open_months([world.fund], on)[world.fund.pk]:
        if earlier < month:
            reconcile_month(
                Act(world.staff.checker, at(on)),
                fund_id=world.fund.pk,
                month=earlier,
                statement=read_statement(statement(world.fund, earlier)),
            )
