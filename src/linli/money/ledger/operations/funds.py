"""Acts on a fund: open it, accept an excess, correct a slip, lock a month.

What comes in (``inflows``) and what goes above a budget line takes two people (``proposing``); the bank's fees are
booked in ``fees``.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from linli.foundation.data.locks import locked
from linli.foundation.shelves import Shelf
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act, surely, within_act
from linli.ground.areas.queries import area_by_id
from linli.ground.users.queries import Authority, authority, check_step
from linli.kernel.act import Act
from linli.kernel.errors import DomainError, reason_of
from linli.kernel.period import Month
from linli.money.ledger.codes import (
    CORRECTABLE,
    DEBIT_NORMAL,
    PER_LINE,
    PER_SOURCE,
    UNFLOORED,
    AccountKind,
    JournalKind,
    ProposalKind,
    SourceKind,
)
from linli.money.ledger.models import Account, BudgetLine, Fund, FundingSource, Journal, LockedMonth, Proposal, Transfer
from linli.money.ledger.operations.flows import hold_fund
from linli.money.ledger.operations.posting import AmountNotPositive, month_words, post
from linli.money.ledger.operations.proposing import Asked, ProposalStale, put_forward
from linli.money.ledger.permissions import can_correct, check_correct, check_manage_fund
from linli.money.ledger.queries import day_to_book, open_months, written_by
from linli.money.ledger.rules.digests import Entry, account_code
from linli.money.ledger.steps import EXCESS


class FundExists(DomainError):
    """A fund has one code."""

    message = _("资金编号 %(code)s 已存在")


class FundMalformed(DomainError):
    """A fund needs sources and lines with codes of their own (letters, digits, - and _) and no negative amounts."""

    message = _("资金来源与预算科目不能为空、重复或为负数，编号限用字母、数字、- 和 _")


class ReferenceMissing(DomainError):
    """What the bank took is found again by the bank's text."""

    message = _("请填写银行摘要或凭证号，月末据此对账")


class DateOutsideYear(DomainError):
    """A fund's money is of its year and never of the future."""

    message = _("日期须在资金年度 %(year)s 内，且不晚于今天")


class JournalNotCorrectable(DomainError):
    """Payments and promises are undone by their own steps."""

    message = _("该笔记账须通过原业务流程撤销，不能直接冲销")


class JournalAlreadyCorrected(DomainError):
    """A journal is reversed once."""

    message = _("该笔记账已冲销")


class MonthAlreadyLocked(DomainError):
    """A month is locked once."""

    message = _("%(month)s 已锁定")


class EarlierMonthOpen(DomainError):
    """Months are locked one after the other: what is booked into an earlier one would move the balance of this one."""

    message = _("请先核对并锁定 %(month)s：较早的月份还能记账，会改变本月的余额")


class MonthNotOver(DomainError):
    """A month is locked when it is over."""

    message = _("%(month)s 尚未结束，不能锁定")


# Codes are joined by colons into account codes.
_CODE = re.compile(r"[A-Za-z0-9_-]{1,40}")


@dataclass(frozen=True)
class NewSource:
    """A source in the fund's order of use; ``restricted_to`` are codes of the only lines it may pay, empty for any."""

    code: str
    kind: SourceKind
    name: str
    planned_fen: int = 0
    restricted_to: tuple[str, ...] = ()


@dataclass(frozen=True)
class NewLine:
    """A budget line with its amount in fen (zero is allowed: nothing may be promised on it)."""

    code: str
    name: str
    amount_fen: int
    programmes: tuple[str, ...] = ()


@act
@surely
def open_fund(
    act: Act,
    *,
    code: str,
    name: str,
    year: int,
    community_id: int,
    sources: Sequence[NewSource],
    lines: Sequence[NewLine],
) -> Fund:
    """Open a community's fund of a year with its accounts and its budget.

    A street or district officer does this, or the product at installation. Raises NotPermitted, FundExists,
    FundMalformed.
    """
    stamp = area_by_id(community_id).stamp
    check_manage_fund(act, stamp)
    _check_shape(code, sources, lines)
    if Fund.objects.filter(code=code).exists():
        raise FundExists(field="code", code=code)
    fund = Fund.objects.create(code=code, name=name, year=year, **stamp.columns())
    _add_accounts(fund, _add_sources(fund, sources), _add_lines(fund, lines))
    budget = [
        Entry(
            account_code(code, AccountKind.AVAILABLE, line.code),
            account_code(code, AccountKind.APPROPRIATED, line.code),
            line.amount_fen,
        )
        for line in lines
        if line.amount_fen
    ]
    if budget:
        # The budget is in force from the first day of its year, however late the fund is opened in the product.
        first_day = min(act.on, date(year, 1, 1))
        post(act, fund=fund, kind=JournalKind.APPROPRIATION, subject=f"fund:{code}", entries=budget, on=first_day)
    audit.record(act, where=stamp, subject=f"fund:{code}", lines=[*sources, *lines])
    return fund


@act
@surely
def propose_excess(act: Act, *, line_id: int, amount_fen: int, reason: str) -> Proposal:
    """A street officer asks that a line may promise that many fen above its budget; another officer confirms it.

    Raises NotPermitted, ReasonMissing, AmountNotPositive, ProposalWaiting.
    """
    line = BudgetLine.objects.select_related("fund").get(pk=line_id)
    fund = line.fund
    check_step(act, EXCESS, "propose", fund)
    if amount_fen <= 0:
        raise AmountNotPositive(field="amount")
    held = Account.objects.get(fund=fund, line=line, kind=AccountKind.APPROPRIATED)
    asked = Asked(
        ProposalKind.EXCESS,
        f"line:{fund.code}:{line.code}",
        line.pk,
        held.balance_fen + amount_fen,
        rules_fen=line.amount_fen,
        before_fen=held.balance_fen,
        reason=reason_of(reason),
    )
    return put_forward(act, where=fund.stamp, asked=asked)


@within_act
def book_excess(act: Act, row: Proposal) -> Journal:
    """The line may promise what was confirmed. Raises ProposalStale where another amount was approved meanwhile."""
    line = BudgetLine.objects.select_related("fund").get(pk=row.target_id)
    hold_fund(act, fund_id=line.fund_id)
    held = Account.objects.get(fund=line.fund, line=line, kind=AccountKind.APPROPRIATED)
    if held.balance_fen != row.before_fen:
        raise ProposalStale(number=row.number)
    available = account_code(line.fund.code, AccountKind.AVAILABLE, line.code)
    return post(
        act,
        fund=line.fund,
        kind=JournalKind.EXCESS,
        subject=row.subject,
        entries=[Entry(available, held.code, row.amount_fen - row.before_fen)],
        reason=row.reason[:200],
    )


@dataclass(frozen=True)
class Undoing:
    """How a journal of another room's is undone: what its opposite entry is called, what stands in the way, and what
    follows within the same act, after the entry.
    """

    kind: JournalKind
    refusal: Callable[[Authority, Journal, date], DomainError | None]
    follow: Callable[[Act, Journal, str], object]


# By the kind of the journal.
undoings: Shelf[Undoing] = Shelf()


@act
@surely
def correct(act: Act, *, journal_id: int, reason: str) -> Journal:
    """Undo a wrongly booked inflow, fee or acceptance, or what another room lets undo, by the opposite entry; the
    checker does this, never who wrote it down.

    A slip is found when its month is compared with the bank: it is undone on its own day while that month is open, so
    that the month can be locked, and today where it is locked.

    Raises NotPermitted, ReasonMissing, JournalNotCorrectable, JournalAlreadyCorrected, FundsExhausted, BudgetExhausted
    (the money is already used), and what the other room raises.
    """
    hold_fund(act, fund_id=Journal.objects.filter(pk=journal_id).values("fund_id"))
    wrong = locked(Journal.objects.filter(pk=journal_id).select_related("fund")).get()
    check_correct(act, wrong.fund.stamp, written_by(wrong), act.on)
    also = undoings.get(wrong.kind)
    if wrong.kind not in CORRECTABLE and also is None:
        raise JournalNotCorrectable
    if Journal.objects.filter(reverses=wrong).exists():
        raise JournalAlreadyCorrected
    if also is not None and (refusal := also.refusal(authority(act), wrong, act.on)) is not None:
        raise refusal
    journal = undo(act, wrong=wrong, reason=reason_of(reason), kind=also.kind if also else JournalKind.CORRECTION)
    if also is not None:
        also.follow(act, wrong, reason)
    audit.record(
        act, where=wrong.fund.stamp, subject=f"fund:{wrong.fund.code}", note={"reason": reason, "wrong": wrong.number}
    )
    return journal


def may_undo(person: Authority, journal: Journal, on: date) -> bool:
    """Whether a journal (with its fund) is of a kind that is undone by the opposite entry, by this person, today."""
    if not can_correct(person, journal.fund.stamp, written_by(journal), on):
        return False
    also = undoings.get(journal.kind)
    return journal.kind in CORRECTABLE if also is None else also.refusal(person, journal, on) is None


@within_act
def undo(act: Act, *, wrong: Journal, reason: str, kind: JournalKind = JournalKind.CORRECTION) -> Journal:
    """The opposite entry of a journal (with its fund), on its own day where that month is open.

    Raises FundsExhausted, BudgetExhausted.
    """
    transfers = Transfer.objects.filter(journal=wrong).select_related("debit", "credit").order_by("seq")
    return post(
        act,
        fund=wrong.fund,
        kind=kind,
        subject=wrong.subject,
        entries=[Entry(row.credit.code, row.debit.code, row.amount_fen, row.reference) for row in transfers],
        on=day_to_book(wrong.fund_id, wrong.on_date, act.on),
        reason=reason,
        reverses=wrong,
    )


@within_act
def lock_month(act: Act, *, fund: Fund, month: Month, bank_balance_fen: int, statement_digest: str) -> LockedMonth:
    """Close a month after it was reconciled with the bank statement (payments does that).

    From then on the database refuses journals dated in it or before it. Raises MonthNotOver, MonthAlreadyLocked,
    EarlierMonthOpen.
    """
    if act.on <= month.last_day:
        raise MonthNotOver(field="month", month=month_words(month))
    if LockedMonth.objects.filter(fund=fund, first_date=month.first_day).exists():
        raise MonthAlreadyLocked(field="month", month=month_words(month))
    earlier = open_months([fund], act.on)[fund.pk][0]
    if earlier < month:
        raise EarlierMonthOpen(field="month", month=month_words(earlier))
    return LockedMonth.objects.create(
        fund=fund,
        first_date=month.first_day,
        until_date=month.plus(1).first_day,
        bank_balance_fen=bank_balance_fen,
        statement_digest=statement_digest,
        by_id=act.by.pk,
        at=act.at,
    )


def _check_shape(code: str, sources: Sequence[NewSource], lines: Sequence[NewLine]) -> None:
    for codes in ([code], [source.code for source in sources], [line.code for line in lines]):
        if not codes or len(set(codes)) < len(codes) or not all(map(_CODE.fullmatch, codes)):
            raise FundMalformed
    if any(source.planned_fen < 0 for source in sources) or any(line.amount_fen < 0 for line in lines):
        raise FundMalformed


def _add_sources(fund: Fund, sources: Sequence[NewSource]) -> list[FundingSource]:
    return FundingSource.objects.bulk_create(
        [
            FundingSource(
                fund=fund,
                code=source.code,
                kind=source.kind,
                name=source.name,
                planned_fen=source.planned_fen,
                restricted_to=list(source.restricted_to),
                position=position,
            )
            for position, source in enumerate(sources, start=1)
        ]
    )


def _add_lines(fund: Fund, lines: Sequence[NewLine]) -> list[BudgetLine]:
    return BudgetLine.objects.bulk_create(
        [
            BudgetLine(
                fund=fund,
                code=line.code,
                name=line.name,
                amount_fen=line.amount_fen,
                programmes=list(line.programmes),
                position=position,
            )
            for position, line in enumerate(lines, start=1)
        ]
    )


def _add_accounts(fund: Fund, sources: Sequence[FundingSource], lines: Sequence[BudgetLine]) -> None:
    accounts = [_account(fund, kind, source, None) for kind in PER_SOURCE for source in sources]
    accounts += [_account(fund, kind, None, line) for kind in PER_LINE for line in lines]
    accounts += [_account(fund, AccountKind.EXPENSE, source, line) for line in lines for source in sources]
    Account.objects.bulk_create(accounts)


def _account(fund: Fund, kind: AccountKind, source: FundingSource | None, line: BudgetLine | None) -> Account:
    owners = [owner.code for owner in (line, source) if owner is not None]
    return Account(
        code=account_code(fund.code, kind, *owners),
        fund=fund,
        kind=kind,
        source=source,
        line=line,
        debit_normal=kind in DEBIT_NORMAL,
        floored=kind not in UNFLOORED,
    )


def accounts_of(source: FundingSource) -> list[str]:
    """The codes of a source's money at the bank and what came in, and of what may be paid and promised from it."""
    kinds = (AccountKind.CASH, AccountKind.INCOME, AccountKind.CASH_CONTROL, AccountKind.SPENDABLE)
    return [account_code(source.fund.code, kind, source.code) for kind in kinds]
