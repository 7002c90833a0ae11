"""What must always hold of money. Checked after every fault, by ``linli audit verify`` and in tests."""

import json
from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Q, Sum

from linli.foundation.trail.models import AuditEntry
from linli.ledger.codes import PER_LINE, AccountKind
from linli.ledger.models import Account, Journal, LockedMonth, Transfer
from linli.ledger.queries.funds import Violation
from linli.ledger.rules.digests import Entry, journal_digest


def invariants() -> list[Violation]:
    """Everything that does not hold, by code and business key; empty when all is well."""
    return [*_sums(), *_balances(), *_controls(), *_journals(), *_audited(), *_corrections(), *_locked()]


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
    for journal in Journal.objects.select_related("fund").order_by("number").iterator(chunk_size=2000):
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
    for number, code in Journal.objects.order_by("number").values_list("number", "digest"):
        if proven.pop(number, []) != [code]:
            yield Violation("ledger.journal_not_audited", number)
    for number in sorted(proven):
        yield Violation("ledger.journal_missing", number)


def _corrections() -> Iterator[Violation]:
    """A correction is the exact opposite of what it corrects."""
    for journal in Journal.objects.filter(reverses__isnull=False).order_by("number"):
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
        for number in late.order_by("number").values_list("number", flat=True):
            yield Violation("ledger.booked_into_locked_month", number)
