"""What a journal is, as one digest made of business keys alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from linli.kernel.canonical import digest

# --- how accounts are named: from the business keys of fund, line and source, so that digests hold no database id ---


def account_code(fund: str, kind: str, *owners: str) -> str:
    """The fund "F-2026", "EXPENSE", "AID", "DONATION" → "F-2026:EXPENSE:AID:DONATION"."""
    return ":".join([fund, kind, *owners])


@dataclass(frozen=True)
class Entry:
    """One transfer to post: account codes, fen, and what it is for (an award, a source)."""

    debit: str
    credit: str
    amount_fen: int
    reference: str = ""


def journal_digest(
    number: str, fund_code: str, on_date: date, kind: str, subject: str, entries: Sequence[Entry]
) -> str:
    """The journal and its ordered transfers as one digest."""
    lines = [[entry.debit, entry.credit, entry.amount_fen, entry.reference] for entry in entries]
    return digest([number, fund_code, on_date, str(kind), subject, lines])
