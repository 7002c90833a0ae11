"""Help for the rooms above: each step of a promise and a payment, booked on real and memo accounts together.

decision: AVAILABLE → COMMITTED · approval: EXPENSE ← PAYABLE, COMMITTED → SPENT, SPENDABLE down (the hard stop) ·
release: PAYABLE → IN_TRANSIT · paid: IN_TRANSIT → CASH · returned: IN_TRANSIT → PAYABLE ·
returned after it was paid: CASH ← PAYABLE.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.db.models import Case, F, QuerySet, When
from django.utils.translation import gettext_lazy as _

from linli.foundation.data.locks import locked
from linli.foundation.trail.acts import open_act, within_act
from linli.kernel.act import Act
from linli.kernel.errors import DomainError
from linli.money.ledger.codes import AccountKind, JournalKind
from linli.money.ledger.models import Account, BudgetLine, Fund, FundingSource, Journal
from linli.money.ledger.operations.posting import AccountUnknown, post
from linli.money.ledger.rules.allocation import serves
from linli.money.ledger.rules.digests import Entry, account_code


class RestrictedMoneyMisused(DomainError):
    """Donor-restricted money pays only what it was given for (慈善法; 专款专用)."""

    message = _("%(source)s 为限定用途资金，不能用于 %(programme)s")


class LineMisused(DomainError):
    """The budget line does not pay this programme."""

    message = _("预算科目 %(line)s 不支付 %(programme)s")


@dataclass(frozen=True)
class Promise:
    """A commitment of fen on a budget line; ``reference`` is the award's number."""

    line_id: int
    amount_fen: int
    reference: str = ""


@dataclass(frozen=True)
class Spending:
    """Fen spent on a line from a source for a programme."""

    line_id: int
    source_id: int
    programme: str
    amount_fen: int
    reference: str = ""


@dataclass(frozen=True)
class Flow:
    """Fen of one source on its way through the bank."""

    source_id: int
    amount_fen: int
    reference: str = ""


@dataclass(frozen=True)
class _Book:
    fund: Fund
    sources: dict[int, FundingSource]
    lines: dict[int, BudgetLine]

    def source(self, source_id: int, *kinds: AccountKind) -> list[str]:
        source = self.sources.get(source_id)
        if source is None:
            raise AccountUnknown
        return [account_code(self.fund.code, kind, source.code) for kind in kinds]

    def line(self, line_id: int, *kinds: AccountKind) -> list[str]:
        line = self.lines.get(line_id)
        if line is None:
            raise AccountUnknown
        return [account_code(self.fund.code, kind, line.code) for kind in kinds]

    def expense(self, spending: Spending) -> str:
        if spending.line_id not in self.lines or spending.source_id not in self.sources:
            raise AccountUnknown
        line, source = self.lines[spending.line_id], self.sources[spending.source_id]
        return account_code(self.fund.code, AccountKind.EXPENSE, line.code, source.code)


@within_act
def hold_fund(act: Act, *, fund_id: int | QuerySet[Any, Any]) -> Fund:
    """Lock the fund until the act ends: one batch step per fund at a time. Fund.DoesNotExist otherwise.

    The other funds of its community are locked with it, in one order: the bank account is the community's, and a slip
    that is compared with what stands in one fund is booked in no other meanwhile. ``fund_id`` is the key, or the query
    that finds it: then finding and locking are one statement.
    """
    keys = [fund_id] if isinstance(fund_id, int) else fund_id
    places = Fund.objects.filter(pk__in=keys).values("community_id")
    asked = Case(When(pk__in=keys, then=F("pk")))
    for fund in locked(Fund.objects.filter(community_id__in=places).annotate(asked=asked)):
        if fund.asked is not None:
            return cast("Fund", fund)
    raise Fund.DoesNotExist


@within_act
def commit(act: Act, *, fund_id: int, promises: Sequence[Promise], subject: str) -> Journal:
    """Promise money at the decision. Raises BudgetExhausted when a line has not enough left."""
    return _memo(act, fund_id, promises, subject, JournalKind.COMMITMENT)


@within_act
def release_commitment(act: Act, *, fund_id: int, promises: Sequence[Promise], subject: str) -> Journal:
    """Take promises back: an award ended, was suspended or lowered."""
    return _memo(act, fund_id, promises, subject, JournalKind.COMMITMENT_RELEASE)


@within_act
def accrue(act: Act, *, fund_id: int, spendings: Sequence[Spending], subject: str) -> Journal:
    """Book approved payments as spent and payable.

    Raises FundsExhausted (the hard stop), RestrictedMoneyMisused, LineMisused, AccountOverdrawn (not committed).
    """
    book = _book(fund_id)
    for spending in spendings:
        _check_purpose(book, spending)
    return _post(act, book, spendings, subject, JournalKind.ACCRUAL, _accrual)


@within_act
def reverse_accrual(act: Act, *, fund_id: int, spendings: Sequence[Spending], subject: str) -> Journal:
    """The opposite of :func:`accrue`: the promise stands again. Raises AccountOverdrawn when nothing is payable."""
    return _post(
        act, _book(fund_id), spendings, subject, JournalKind.ACCRUAL_REVERSAL, lambda b, s: _opposite(_accrual(b, s))
    )


@within_act
def send(act: Act, *, fund_id: int, flows: Sequence[Flow], subject: str) -> Journal:
    """The bank file leaves: payable → in transit."""
    return _flow(act, fund_id, flows, subject, JournalKind.SENDING, AccountKind.PAYABLE, AccountKind.IN_TRANSIT)


@within_act
def settle(act: Act, *, fund_id: int, flows: Sequence[Flow], subject: str, on: date | None = None) -> Journal:
    """The bank paid on the day ``on``: in transit → cash."""
    return _flow(act, fund_id, flows, subject, JournalKind.SETTLEMENT, AccountKind.IN_TRANSIT, AccountKind.CASH, on)


@within_act
def return_(act: Act, *, fund_id: int, flows: Sequence[Flow], subject: str, on: date | None = None) -> Journal:
    """The bank could not pay: in transit → back to payable."""
    return _flow(act, fund_id, flows, subject, JournalKind.RETURN, AccountKind.IN_TRANSIT, AccountKind.PAYABLE, on)


@within_act
def take_back(
    act: Act, *, fund_id: int, flows: Sequence[Flow], subject: str, on: date | None = None, said: str = ""
) -> Journal:
    """The bank had paid and the money came back: cash again, and payable again. ``said``: what the bank says of it, by
    which its slip is known again.
    """
    sides = AccountKind.CASH, AccountKind.PAYABLE
    return _flow(act, fund_id, flows, subject, JournalKind.LATE_RETURN, *sides, on, said)


@within_act
def raise_receivable(act: Act, *, fund_id: int, spendings: Sequence[Spending], subject: str) -> Journal:
    """What was paid too much is no expense but owed to the fund; the budget stays used until it comes back."""
    return _post(
        act,
        _book(fund_id),
        spendings,
        subject,
        JournalKind.RECEIVABLE,
        lambda book, s: [(book.source(s.source_id, AccountKind.RECEIVABLE)[0], book.expense(s))],
    )


@within_act
def recover_receivable(
    act: Act, *, fund_id: int, spendings: Sequence[Spending], subject: str, on: date | None = None, said: str = ""
) -> Journal:
    """Money paid too much came back: it can be paid and promised again. ``said``: its paper, or what the bank says."""
    return _post(act, _book(fund_id), spendings, subject, JournalKind.RECOVERY, _recovery, on, said)


@within_act
def waive_receivable(act: Act, *, fund_id: int, spendings: Sequence[Spending], subject: str) -> Journal:
    """The fund gives up the claim: it is an expense after all."""
    return _post(
        act,
        _book(fund_id),
        spendings,
        subject,
        JournalKind.WAIVER,
        lambda book, s: [(book.expense(s), book.source(s.source_id, AccountKind.RECEIVABLE)[0])],
    )


_Sides = list[tuple[str, str]]  # (debit, credit) account codes


def _accrual(book: _Book, spending: Spending) -> _Sides:
    payable, control, spendable = book.source(
        spending.source_id, AccountKind.PAYABLE, AccountKind.CASH_CONTROL, AccountKind.SPENDABLE
    )
    committed, spent = book.line(spending.line_id, AccountKind.COMMITTED, AccountKind.SPENT)
    return [(book.expense(spending), payable), (spent, committed), (control, spendable)]


def _recovery(book: _Book, spending: Spending) -> _Sides:
    cash, receivable, control, spendable = book.source(
        spending.source_id,
        AccountKind.CASH,
        AccountKind.RECEIVABLE,
        AccountKind.CASH_CONTROL,
        AccountKind.SPENDABLE,
    )
    available, spent = book.line(spending.line_id, AccountKind.AVAILABLE, AccountKind.SPENT)
    return [(cash, receivable), (spendable, control), (available, spent)]


def _opposite(sides: _Sides) -> _Sides:
    return [(credit, debit) for debit, credit in sides]


def _check_purpose(book: _Book, spending: Spending) -> None:
    source, line = book.sources.get(spending.source_id), book.lines.get(spending.line_id)
    if source is None or line is None:
        raise AccountUnknown
    if not serves(source.restricted_to, line.code):
        raise RestrictedMoneyMisused(source=source.name, programme=spending.programme)
    if spending.programme not in line.programmes:
        raise LineMisused(line=line.name, programme=spending.programme)


def _book(fund_id: int) -> _Book:
    """Fund, sources and lines, which no payment changes: asked once per act."""
    memory = open_act().memory
    key = f"ledger.book:{fund_id}"
    if key not in memory:
        memory[key] = _read_book(fund_id)
    # Nobody else writes under this room's key.
    return cast("_Book", memory[key])


def _read_book(fund_id: int) -> _Book:
    """One statement: each source and line has an account of its own."""
    rows = list(Account.objects.filter(fund_id=fund_id).select_related("fund", "source", "line"))
    return _Book(
        rows[0].fund,
        {row.source.pk: row.source for row in rows if row.source},
        {row.line.pk: row.line for row in rows if row.line},
    )


def _post(
    act: Act,
    book: _Book,
    spendings: Iterable[Spending],
    subject: str,
    kind: JournalKind,
    sides: Callable[[_Book, Spending], _Sides],
    on: date | None = None,
    said: str = "",
) -> Journal:
    entries = [
        Entry(debit, credit, spending.amount_fen, spending.reference)
        for spending in spendings
        for debit, credit in sides(book, spending)
    ]
    return post(act, fund=book.fund, kind=kind, subject=subject, entries=entries, on=on, reason=said[:200])


def _memo(act: Act, fund_id: int, promises: Sequence[Promise], subject: str, kind: JournalKind) -> Journal:
    book = _book(fund_id)
    entries = []
    for promise in promises:
        available, committed = book.line(promise.line_id, AccountKind.AVAILABLE, AccountKind.COMMITTED)
        debit, credit = (committed, available) if kind == JournalKind.COMMITMENT else (available, committed)
        entries.append(Entry(debit, credit, promise.amount_fen, promise.reference))
    return post(act, fund=book.fund, kind=kind, subject=subject, entries=entries)


def _flow(
    act: Act,
    fund_id: int,
    flows: Sequence[Flow],
    subject: str,
    kind: JournalKind,
    debit: AccountKind,
    credit: AccountKind,
    on: date | None = None,
    said: str = "",
) -> Journal:
    book = _book(fund_id)
    entries = []
    for flow in flows:
        debit_code, credit_code = book.source(flow.source_id, debit, credit)
        entries.append(Entry(debit_code, credit_code, flow.amount_fen, flow.reference))
    return post(act, fund=book.fund, kind=kind, subject=subject, entries=entries, on=on, reason=said[:200])
