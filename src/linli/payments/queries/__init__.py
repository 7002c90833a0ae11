"""Reads of batches and payments. Import them from here."""

from linli.payments.queries.batches import (
    PAGE,
    arrears,
    bank_file,
    batch,
    batches,
    items,
    layouts,
    open_file,
    paid_by_month,
    paid_units,
    payments_of_award,
    returned,
    totals_by_state,
)
from linli.payments.queries.dues import Payable, StaleLine, lines_digest, payable, shortage_order, stale_lines, waiting
from linli.payments.queries.invariants import invariants

__all__ = [
    "PAGE",
    "Payable",
    "StaleLine",
    "arrears",
    "bank_file",
    "batch",
    "batches",
    "invariants",
    "items",
    "layouts",
    "lines_digest",
    "open_file",
    "paid_by_month",
    "paid_units",
    "payable",
    "payments_of_award",
    "returned",
    "shortage_order",
    "stale_lines",
    "totals_by_state",
    "waiting",
]
