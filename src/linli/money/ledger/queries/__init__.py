"""Reads of the ledger. Import them from here."""

from linli.money.ledger.queries.carrying import (
    Unspent,
    all_carry_overs,
    carried_fen,
    carry_over,
    carry_overs,
    next_fund,
    proposed_carry_overs,
    proposed_out_of,
    unspent,
    unspent_of,
)
from linli.money.ledger.queries.funds import (
    AccountBalance,
    available,
    available_of,
    balances,
    day_to_book,
    fund,
    fund_of,
    funds,
    funds_of,
    line_for,
    lines,
    lines_by_id,
    locked_months,
    open_months,
    sources,
    spendable,
    spendable_of,
)
from linli.money.ledger.queries.invariants import invariants
from linli.money.ledger.queries.movements import (
    LineStatement,
    SourceStatement,
    Statement,
    all_journals,
    amounts,
    cash_by_day,
    cash_movements,
    cash_on,
    journal,
    journals,
    ledger_digest,
    statement,
)
from linli.money.ledger.queries.proposals import (
    alike,
    beside,
    proposal,
    proposals,
    waiting_about,
    waiting_for,
    waiting_of,
    waiting_within,
    written_by,
)
