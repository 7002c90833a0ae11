"""Reads of batches and payments. Import them from here."""

from linli.money.payments.queries.batches import (
    Back,
    arrears,
    arrears_totals,
    bank_file,
    batch,
    batch_lines,
    batches,
    in_transit,
    items,
    last_layout,
    layouts,
    left_out_of,
    line_sums,
    open_batches,
    payments_of,
    proposed_for,
    returned,
    returned_of,
    returned_sums,
    settled_before,
    to_correct,
    totals_by_state,
    uncorrected,
)
from linli.money.payments.queries.dues import (
    Payable,
    StaleLine,
    lines_digest,
    no_longer_due,
    payable,
    shortage_order,
    stale_lines,
    waiting,
)
from linli.money.payments.queries.flows import LEFT, MonthFlow, flows_by_month, total_of
from linli.money.payments.queries.invariants import invariants
from linli.money.payments.queries.late import whose_line, words_of_lines
from linli.money.payments.queries.outlooks import Outlook, outlooks, unproposed
