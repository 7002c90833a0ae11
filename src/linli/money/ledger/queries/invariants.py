"""What must always hold of money. Checked after every fault, by ``linli audit verify`` and in tests."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q, Sum

from linli.foundation.trail.invariants import Violation
from linli.foundation.trail.models import AuditEntry
from linli.money.ledger.codes import (
    PER_LINE,
    AccountKind,
    CarryOverState,
    JournalKind,
    ProposalKind,
    ProposalState,
)
from linli.money.ledger.models import Account, CarryOver, DaySum, Journal, LockedMonth, Proposal, Transfer
from linli.money.ledger.queries.movements import cash_on
from linli.money.ledger.rules.digests import Entry, journal_digest


def invariants() -> list[Violation]:
    """Everything that does not hold, by code and business key; empty when all is well."""
    return [
        *_sums(),
        *_balances(),
        *_days(),
        *_controls(),
        *_journals(),
        *_audited(),
        *_corrections(),
        *_locked(),
        *_carried(),
        *_proposed(),
    ]


def _sums() -> Iterator[Violation]:
    rows = Account.objects.values_list("fund__code").annotate(left=Sum("debit_fen"), right=Sum("credit_fen"))
    for code, debits, credited in rows.order_by("fund__code"):
        if debits != credited:
            yield Violation("ledger.debits_differ_from_credits", code)


def _balances() -> Iterator[Violation]:
    debits = dict(Transfer.objects.values_list("debit").annotate(fen=Sum("amount_fen")).order_by("debit"))
    credits = dict(Transfer.objects.values_list("credit").annotate(fen=Sum("amount_fen")).order_by("credit"))
    for account in Account.objects.order_by("code"):
        if (account.debit_fen, account.credit_fen) != (debits.get(account.pk, 0), credits.get(account.pk, 0)):
            yield Violation("ledger.balance_differs_from_lines", account.code)
        if account.floored and account.balance_fen < 0:
            yield Violation("ledger.below_zero", account.code)


def _days() -> Iterator[Violation]:
    """What the database keeps of each day is what its lines come to."""
    by = ("on_date", "kind", "debit", "credit")
    kept = dict(_by_key(DaySum.objects.values_list("fund__code", *by, "amount_fen")))
    of_lines = Transfer.objects.values_list("journal__fund__code", "journal__on_date", "journal__kind", *by[2:])
    lines = dict(_by_key(of_lines.annotate(fen=Sum("amount_fen")).order_by()))
    for key in sorted(key for key in kept.keys() | lines.keys() if kept.get(key) != lines.get(key)):
        yield Violation("ledger.day_differs_from_lines", f"{key[0]} {key[1]}")


def _by_key(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[tuple[Any, ...], int]]:
    return ((tuple(row[:-1]), row[-1]) for row in rows)


def _controls() -> Iterator[Violation]:
    """Memo accounts say the same as real ones."""
    of: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for account in Account.objects.select_related("fund").order_by("code"):
        fund, _kind, *owners = account.code.split(":")
        of[fund][account.kind] += account.balance_fen
        if len(owners) == 1:
            of[f"{fund}:{'LINE' if account.kind in PER_LINE else 'SOURCE'}:{owners[0]}"][account.kind] = (
                account.balance_fen
            )
    for key, fen in of.items():
        yield from _control(key, fen)


def _control(key: str, fen: dict[str, int]) -> Iterator[Violation]:
    kinds = AccountKind
    cash = fen[kinds.CASH] - fen[kinds.PAYABLE] - fen[kinds.IN_TRANSIT]
    if not fen[kinds.SPENDABLE] == fen[kinds.CASH_CONTROL] == cash:
        yield Violation("ledger.spendable_differs_from_cash", key)
    if fen[kinds.APPROPRIATED] != fen[kinds.AVAILABLE] + fen[kinds.COMMITTED] + fen[kinds.SPENT]:
        yield Violation("ledger.budget_does_not_add_up", key)
    if ":" not in key and fen[kinds.SPENT] != fen[kinds.EXPENSE] + fen[kinds.RECEIVABLE]:
        yield Violation("ledger.spent_differs_from_expense", key)


def _journals() -> Iterator[Violation]:
    """Every journal still has the transfers its digest covers, all within its fund."""
    transfers: dict[int, list[Entry]] = defaultdict(list)
    strangers = set()
    rows = Transfer.objects.select_related("debit", "credit", "journal").order_by("journal_id", "seq")
    for row in rows.iterator(chunk_size=2000):
        transfers[row.journal_id].append(Entry(row.debit.code, row.credit.code, row.amount_fen, row.reference))
        if not row.debit.fund_id == row.credit.fund_id == row.journal.fund_id:
            strangers.add(row.journal_id)
    for journal in Journal.objects.select_related("fund").order_by("pk").iterator(chunk_size=2000):
        lines = transfers[journal.pk]
        expected = journal_digest(
            journal.number, journal.fund.code, journal.on_date, journal.kind, journal.subject, lines
        )
        if journal.digest != expected or journal.transfers_count != len(lines):
            yield Violation("ledger.journal_altered", journal.number)
        if journal.pk in strangers:
            yield Violation("ledger.foreign_account", journal.number)


def _audited() -> Iterator[Violation]:
    """Every journal stands in exactly one audit entry with its digest, and no entry names another."""
    proven: dict[str, list[str]] = defaultdict(list)
    notes = AuditEntry.objects.filter(note__contains='"journals"').order_by("id").values_list("note", flat=True)
    for note in notes.iterator(chunk_size=2000):
        for number, code in json.loads(note).get("journals", []):
            proven[number].append(code)
    for number, code in Journal.objects.order_by("pk").values_list("number", "digest"):
        if proven.pop(number, []) != [code]:
            yield Violation("ledger.journal_not_audited", number)
    for number in sorted(proven):
        yield Violation("ledger.journal_missing", number)


def _corrections() -> Iterator[Violation]:
    """A correction is the exact opposite of what it corrects."""
    for journal in Journal.objects.filter(reverses__isnull=False).order_by("pk"):
        was = list(
            Transfer.objects.filter(journal__reversed_by=journal)
            .order_by("seq")
            .values_list("debit", "credit", "amount_fen")
        )
        now = list(journal.transfers.order_by("seq").values_list("credit", "debit", "amount_fen"))
        if was != now:
            yield Violation("ledger.correction_not_opposite", journal.number)


def _locked() -> Iterator[Violation]:
    for month in LockedMonth.objects.select_related("fund").order_by("fund__code", "first_date"):
        late = Journal.objects.filter(
            Q(on_date__gte=month.first_date) & Q(on_date__lt=month.until_date), fund=month.fund, at__gt=month.at
        )
        for number in late.order_by("pk").values_list("number", flat=True):
            yield Violation("ledger.booked_into_locked_month", number)
        if cash_on(month.fund_id, month.until_date) != month.bank_balance_fen:
            yield Violation("ledger.locked_month_moved", f"{month.fund.code} {month.first_date:%Y-%m}")


def _carried() -> Iterator[Violation]:
    """What left one fund came into the next, fen by fen, by two people; what was undone is undone in both."""
    rows = CarryOver.objects.select_related("source__fund", "target__fund", "out_journal", "in_journal")
    known: set[int] = set()
    for row in rows.order_by("pk"):
        known |= {pk for pk in (row.out_journal_id, row.in_journal_id) if pk is not None}
        booked = row.state in (CarryOverState.APPROVED, CarryOverState.REVERSED)
        if booked is not (row.out_journal is not None and row.in_journal is not None):
            yield Violation("ledger.carry_over_half_booked", row.number)
        elif booked and not _booked_right(row):
            yield Violation("ledger.carry_over_differs_from_books", row.number)
        if booked and row.decided_by_id in (None, row.proposed_by_id):
            yield Violation("ledger.carry_over_by_one_person", row.number)
        if row.source.code != row.target.code or row.source.fund.year + 1 != row.target.fund.year:
            yield Violation("ledger.carry_over_elsewhere", row.number)
    journals = Journal.objects.filter(kind__in=(JournalKind.CARRY_OUT, JournalKind.CARRY_IN)).exclude(pk__in=known)
    for number in journals.order_by("pk").values_list("number", flat=True):
        yield Violation("ledger.carry_over_unknown", number)


_TWO_PEOPLE = {JournalKind.INFLOW: ProposalKind.INFLOW, JournalKind.EXCESS: ProposalKind.EXCESS}
# Fees take two above a bound: of those that one person booked nothing is asked here. What came back the bank's file
# may say too; of a claim that was settled the claim's journal stands instead.
_BOOKS = {**_TWO_PEOPLE, JournalKind.BANK_FEE: ProposalKind.FEE, JournalKind.LATE_RETURN: ProposalKind.CAME_BACK}


def _proposed() -> Iterator[Violation]:
    """What came in, and what a line may promise above its budget, is what a second person confirmed."""
    first = Proposal.objects.order_by("pk").values_list("proposed_at", flat=True).first()
    for row in Proposal.objects.select_related("journal").order_by("pk"):
        if row.state == ProposalState.CONFIRMED and row.decided_by_id in (None, row.proposed_by_id):
            yield Violation("ledger.proposal_by_one_person", row.number)
        if row.kind in _BOOKS.values() and not _booked_as_proposed(row):
            yield Violation("ledger.proposal_differs_from_books", row.number)
    if first is not None:  # what was booked before is of an older release
        rows = Journal.objects.filter(kind__in=_TWO_PEOPLE, at__gte=first, proposal__isnull=True).exclude(by_id=0)
        for number in rows.order_by("pk").values_list("number", flat=True):
            yield Violation("ledger.booked_by_one_person", number)


def _booked_as_proposed(row: Proposal) -> bool:
    journal = row.journal
    if row.state != ProposalState.CONFIRMED or journal is None:
        settled = row.kind == ProposalKind.CAME_BACK
        return journal is None and (settled or row.state != ProposalState.CONFIRMED)
    if (journal.kind, row.kind) == (JournalKind.RECOVERY, ProposalKind.CAME_BACK):  # it settled a claim, or part of it
        booked = Transfer.objects.filter(journal=journal).values_list("reference", "amount_fen")
        return all(name == row.reference and fen <= row.amount_fen for name, fen in booked)
    fen = row.amount_fen - (row.before_fen or 0)
    moved = set(Transfer.objects.filter(journal=journal).values_list("amount_fen", flat=True))
    return _BOOKS.get(JournalKind(journal.kind)) == row.kind and moved == {fen} and journal.subject == row.subject


def _booked_right(row: CarryOver) -> bool:
    undone = row.state == CarryOverState.REVERSED
    for journal, source, kind in (
        (row.out_journal, row.source, JournalKind.CARRY_OUT),
        (row.in_journal, row.target, JournalKind.CARRY_IN),
    ):
        moved = Transfer.objects.filter(journal=journal).values_list("debit__kind", "debit__source", "amount_fen")
        expected = {AccountKind.INCOME, AccountKind.CASH_CONTROL}
        if kind == JournalKind.CARRY_IN:
            expected = {AccountKind.CASH, AccountKind.SPENDABLE}
        if journal is None or journal.kind != kind or journal.fund_id != source.fund_id:
            return False
        if set(moved) != {(debited, source.pk, row.amount_fen) for debited in expected}:
            return False
        if Journal.objects.filter(reverses=journal).exists() is not undone:
            return False
    return True
