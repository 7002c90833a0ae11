"""The one way money moves: a journal of transfers, checked under lock and proven by the act's audit entry."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import cast

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from linli.foundation.data.locks import locked
from linli.foundation.data.numbering import take_labels
from linli.foundation.screens.texts import month_text
from linli.foundation.trail.acts import build_on, open_act, within_act
from linli.foundation.trail.behind import Behind
from linli.kernel.act import Act
from linli.kernel.errors import DomainError
from linli.kernel.money import yuan
from linli.money.ledger.codes import AccountKind, JournalKind
from linli.money.ledger.models import Account, Fund, Journal, LockedMonth, Transfer
from linli.money.ledger.rules.digests import Entry, journal_digest

# Months in refusals read as people write them, in the language of whoever is refused.
month_words = lazy(month_text, str)


class AmountNotPositive(DomainError):
    """Money moves in whole fen above zero."""

    message = _("金额必须大于零")


class BudgetExhausted(DomainError):
    """The budget line cannot promise that much: ``short_fen`` are missing on the line ``line_id``."""

    message = _("预算科目 %(line)s 余额不足：可用 %(available)s 元，需要 %(asked)s 元。可由街道认可超预算后再办理")


class FundsExhausted(DomainError):
    """The source has not enough money left to pay."""

    message = _("资金来源 %(source)s 余额不足：可用 %(available)s 元，需要 %(asked)s 元")


class AccountOverdrawn(DomainError):
    """An account would fall below zero: the step was done already, or never begun."""

    message = _("账户 %(account)s 余额不足，无法记账")


class MonthLocked(DomainError):
    """The month was reconciled and locked."""

    message = _("%(month)s 已对账锁定，不能再记账")


class AccountUnknown(DomainError):
    """The fund has no such account."""

    message = _("资金台账中没有该科目或来源")


# Days that the running act found open: while it holds the fund nobody else locks its months.
_OPEN_DAYS = "ledger.open_days"


def check_day_open(fund: Fund, on_date: date) -> None:
    """Raises MonthLocked where the day's month or a later one is locked; asked once for each day of an act.

    The database refuses such a journal too.
    """
    memory = open_act().memory
    known = cast("set[tuple[int, date]]", memory.setdefault(_OPEN_DAYS, set()))
    if (fund.pk, on_date) in known:
        return
    if LockedMonth.objects.filter(fund=fund, until_date__gt=on_date).exists():
        raise MonthLocked(field="on", month=month_words(on_date))
    known.add((fund.pk, on_date))


# Of several accounts that would fall below zero, the one whose refusal says what to do.
_TOLD_BY_NAME = frozenset({AccountKind.AVAILABLE, AccountKind.SPENDABLE})


@within_act
def post(
    act: Act,
    *,
    fund: Fund,
    kind: JournalKind,
    subject: str,
    entries: Sequence[Entry],
    on: date | None = None,
    reason: str = "",
    reverses: Journal | None = None,
) -> Journal:
    """Write one journal; four statements whatever its size. ``on`` defaults to the act's day.

    Raises AmountNotPositive, AccountUnknown, MonthLocked, BudgetExhausted, FundsExhausted, AccountOverdrawn.
    """
    if not entries or any(entry.amount_fen <= 0 for entry in entries):
        raise AmountNotPositive(field="amount")
    on_date = on or act.on
    accounts = _hold(fund, entries)
    check_day_open(fund, on_date)
    _check_floors(accounts, entries)
    number = take_labels("LZ", fund.year, digits=6)[0]
    journal = Journal.objects.create(
        number=number,
        fund=fund,
        on_date=on_date,
        kind=kind,
        subject=subject,
        reason=reason,
        by_id=act.by.pk,
        at=act.at,
        transfers_count=len(entries),
        digest=journal_digest(number, fund.code, on_date, kind, subject, entries),
        reverses=reverses,
    )
    Transfer.objects.bulk_create(
        [
            Transfer(
                journal=journal,
                seq=seq,
                debit=accounts[entry.debit],
                credit=accounts[entry.credit],
                amount_fen=entry.amount_fen,
                reference=entry.reference,
            )
            for seq, entry in enumerate(entries, start=1)
        ]
    )
    open_act().money.append((number, journal.digest))
    return journal


def _hold(fund: Fund, entries: Sequence[Entry]) -> Mapping[str, Account]:
    codes = {code for entry in entries for code in (entry.debit, entry.credit)}
    rows = locked(Account.objects.filter(fund=fund, code__in=codes).select_related("source", "line"))
    accounts = {account.code: account for account in rows}
    if codes - accounts.keys():
        raise AccountUnknown
    build_on(_whose(fund, rows=accounts.values()))
    return accounts


def _whose(fund: Fund, rows: Collection[Account]) -> Behind:
    """What says whose money it is and for what: the fund, the sources and the budget lines of its accounts."""
    sources = {row.source_id for row in rows if row.source_id is not None}
    lines = {row.line_id for row in rows if row.line_id is not None}
    return Behind({"ledger_fund": [fund.pk], "ledger_fundingsource": sources, "ledger_budgetline": lines})


def _check_floors(accounts: Mapping[str, Account], entries: Sequence[Entry]) -> None:
    """Refuse by name before the database would; transfers within one journal net out."""
    change: dict[str, int] = defaultdict(int)
    for entry in entries:
        for code, sign in ((entry.debit, 1), (entry.credit, -1)):
            change[code] += sign * entry.amount_fen if accounts[code].debit_normal else -sign * entry.amount_fen
    for code in sorted(change, key=lambda code: (accounts[code].kind not in _TOLD_BY_NAME, code)):
        account = accounts[code]
        if account.floored and account.balance_fen + change[code] < 0:
            raise _overdrawn(account, -change[code])


def _overdrawn(account: Account, asked_fen: int) -> DomainError:
    amounts = {"available": yuan(account.balance_fen), "asked": yuan(asked_fen)}
    if account.kind == AccountKind.AVAILABLE and account.line:
        short_fen = asked_fen - account.balance_fen
        return BudgetExhausted(
            field="line", line=account.line.name, line_id=account.line_id, short_fen=short_fen, **amounts
        )
    if account.kind == AccountKind.SPENDABLE and account.source:
        return FundsExhausted(field="source", source=account.source.name, **amounts)
    return AccountOverdrawn(account=account.code)
