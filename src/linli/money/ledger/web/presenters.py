"""Books in words: what a journal is about, whose account it is, what restricted money is for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from linli.foundation.screens.texts import joined, joined_by_dot, money_text
from linli.kernel.money import capital_amount
from linli.money.ledger.codes import PER_LINE, AccountKind
from linli.money.ledger.models import Account, BudgetLine, FundingSource, Proposal, Transfer

# Accounts of what may still be promised and paid; the others hold money and duties.
MEMO = frozenset({*PER_LINE, AccountKind.CASH_CONTROL, AccountKind.SPENDABLE})


@dataclass(frozen=True)
class Subject:
    """What a journal is about; ``page`` and ``argument`` lead there, empty when there is no page of its own."""

    text: str
    page: str = ""
    argument: str = ""


def subject_of(subject: str, sources: Iterable[FundingSource], lines: Iterable[BudgetLine]) -> Subject:
    """The journal's business key in words."""
    kind, _mark, key = subject.partition(":")
    first, _dots, last = key.partition("..")
    own = key.rpartition(":")[2]
    if kind == "batch":
        return Subject(gettext("批次 %(number)s") % {"number": key}, "batch_detail", key)
    if kind == "awards" and last:
        return Subject(gettext("待遇 %(first)s 至 %(last)s") % {"first": first, "last": last})
    if kind == "awards":
        return Subject(gettext("待遇 %(number)s") % {"number": key}, "award_detail", key)
    if kind == "carry":
        return Subject(gettext("结转 %(number)s") % {"number": key}, "carry_over_detail", key)
    if kind == "source":
        return Subject(next((row.name for row in sources if row.code == own), own))
    if kind == "line":
        return Subject(next((row.name for row in lines if row.code == own), own))
    return Subject(gettext("本资金") if kind == "fund" else subject)


def proposal_subject(row: Proposal) -> Subject:
    """What a proposal is about: an award or a batch by its number, a source or a line by its name and its fund's."""
    kind, _mark, key = row.subject.partition(":")
    if kind == "awards":
        return Subject(gettext("待遇 %(number)s") % {"number": key}, "award_detail", key)
    if kind == "batch":
        return Subject(gettext("批次 %(number)s") % {"number": key}, "batch_detail", key)
    fund, _colon, code = key.partition(":")
    named: Any = row  # as queries.proposals loads it
    return Subject(joined_by_dot(named.of_fund or fund, named.about or code), "fund_statement", fund)


def account_name(account: Account) -> str:
    """The account's kind with its budget line and source."""
    owners = [owner.name for owner in (account.line, account.source) if owner is not None]
    return " · ".join([str(account.get_kind_display()), *owners])


def leading_fen(transfers: Sequence[Transfer]) -> int:
    """What a person calls the journal's amount: memo accounts move along with real ones and are not counted."""
    real = [row for row in transfers if row.debit.kind not in MEMO]
    return sum(row.amount_fen for row in real or transfers)


def amount_text(fen: int) -> SafeString:
    """An amount in figures and, below, in capitals."""
    return format_html("<b>{}</b><br>{}", money_text(fen), capital_amount(fen))


def purpose_of(source: FundingSource, lines: Iterable[BudgetLine]) -> str:
    """The budget lines that restricted money may be used for; empty when the source is free."""
    return joined(line.name for line in lines if line.code in source.restricted_to)
