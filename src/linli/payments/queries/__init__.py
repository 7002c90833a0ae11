"""Reads of batches and payments. Import them from here."""

from linli.payments.queries.batches import (
    PAGE,
    arrears,
    bank_file,
    batch,
    batches,
    items,
    last_layout,
    layouts,
    line_sums,
    open_file,
    paid_by_month,
    paid_units,
    payments_of_award,
    returned,
    returned_sums,
    totals_by_state,
)
from linli.payments.queries.dues import Payable, StaleLine, lines_digest, payable, shortage_order, stale_lines, waiting
from linli.payments.queries.flows import LEFT, MonthFlow, flows_by_month, total_of
from linli.payments.queries.invariants import invariants

__all__ = [
    "LEFT",
    "PAGE",
    "MonthFlow",
    "Payable",
    "StaleLine",
    "arrears",
    "bank_file",
    "batch",
    "batches",
    "flows_by_month",
    "invariants",
    "items",
    "last_layout",
    "layouts",
    "line_sums",
    "lines_digest",
    "open_file",
    "paid_by_month",
    "paid_units",
    "payable",
    "payments_of_award",
    "returned",
    "returned_sums",
    "shortage_order",
    "stale_lines",
    "total_of",
    "totals_by_state",
    "waiting",
]
