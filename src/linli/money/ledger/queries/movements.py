"""What moved: cash, statements, journals."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum

from linli.foundation.data.scope import Scope, within
from linli.kernel.canonical import digest
from linli.money.ledger.codes import PAID_KINDS, AccountKind, JournalKind
from linli.money.ledger.models import Account, BudgetLine, DaySum, Fund, FundingSource, Journal, Transfer
from linli.money.ledger.queries.funds import lines, sources


def cash_on(fund_id: int, until: date) -> int:
    """Fen in the bank by the books at the start of the day ``until``."""
    cash = Q(debit__kind=AccountKind.CASH) | Q(credit__kind=AccountKind.CASH)
    rows = DaySum.objects.filter(cash, fund_id=fund_id, on_date__lt=until)
    sums = rows.aggregate(
        debits=Sum("amount_fen", filter=Q(debit__kind=AccountKind.CASH), default=0),
        credits=Sum("amount_fen", filter=Q(credit__kind=AccountKind.CASH), default=0),
    )
    return int(sums["debits"] - sums["credits"])


@dataclass(frozen=True)
class CashMovement:
    """One booking on cash accounts: fen above zero in, below zero out."""

    on_date: date
    kind: JournalKind
    subject: str
    reference: str
    amount_fen: int
    journal: str


def cash_movements(fund_id: int, start: date, until: date) -> list[CashMovement]:
    """Bookings on cash from ``start`` to before ``until``, by day."""
    cash = Q(debit__kind=AccountKind.CASH) | Q(credit__kind=AccountKind.CASH)
    rows = Transfer.objects.filter(
        cash, journal__fund_id=fund_id, journal__on_date__gte=start, journal__on_date__lt=until
    ).select_related("journal", "debit")
    return [
        CashMovement(
            row.journal.on_date,
            JournalKind(row.journal.kind),
            row.journal.subject,
            row.reference,
            row.amount_fen if row.debit.kind == AccountKind.CASH else -row.amount_fen,
            row.journal.number,
        )
        for row in rows.order_by("journal__on_date", "journal_id", "seq")
    ]


def cash_by_day(fund_id: int, until: date) -> list[tuple[date, JournalKind, int]]:
    """Day, kind of booking and fen on cash, above zero in and below zero out, of the days before ``until``: of the sums
    that the database keeps.
    """
    cash = Q(debit__kind=AccountKind.CASH) | Q(credit__kind=AccountKind.CASH)
    rows = DaySum.objects.filter(cash, fund_id=fund_id, on_date__lt=until).order_by("on_date", "kind")
    return [
        (day, JournalKind(kind), fen if into == AccountKind.CASH else -fen)
        for day, kind, into, fen in rows.values_list("on_date", "kind", "debit__kind", "amount_fen")
    ]


@dataclass(frozen=True)
class SourceStatement:
    """One source between two days, in fen."""

    source: FundingSource
    opening_fen: int
    received_fen: int
    paid_fen: int
    recovered_fen: int
    closing_fen: int
    fees_fen: int  # taken by the bank, and already left out of what was received
    carried_fen: int  # carried over: in from the year before, below zero out to the next; in what was received


@dataclass(frozen=True)
class LineStatement:
    """One budget line on the closing day, in fen."""

    line: BudgetLine
    budget_fen: int
    available_fen: int
    committed_fen: int
    spent_fen: int


@dataclass(frozen=True)
class Statement:
    """What came in, went out and is left, between two days (half-open)."""

    fund: Fund
    start: date
    until: date
    sources: tuple[SourceStatement, ...]
    lines: tuple[LineStatement, ...]
    payable_fen: int
    in_transit_fen: int
    receivable_fen: int

    @property
    def closing_fen(self) -> int:
        """In the bank at the end."""
        return sum(row.closing_fen for row in self.sources)

    @property
    def spent_fen(self) -> int:
        """Approved for payment up to the end, less what was recovered."""
        return sum(row.spent_fen for row in self.lines)

    @property
    def paid_fen(self) -> int:
        """Paid by the bank between the two days."""
        return sum(row.paid_fen for row in self.sources)

    @property
    def fees_fen(self) -> int:
        """Taken by the bank between the two days."""
        return sum(row.fees_fen for row in self.sources)

    @property
    def carried_fen(self) -> int:
        """Carried over between the two days: in, or below zero out."""
        return sum(row.carried_fen for row in self.sources)

    @property
    def carried_out_fen(self) -> int:
        """Fen that went out by carry-overs, where more went out than came in."""
        return max(-self.carried_fen, 0)

    @property
    def recovered_fen(self) -> int:
        """Paid too much and given back between the two days."""
        return sum(row.recovered_fen for row in self.sources)

    @property
    def is_whole(self) -> bool:
        """Whether it begins with the fund's year: then spent = paid + payable + in transit - recovered."""
        return self.start <= date(self.fund.year, 1, 1)


def statement(scope: Scope, fund_id: int, start: date, until: date) -> Statement:
    """The fund's statement; Fund.DoesNotExist out of scope."""
    found = within(Fund.objects.all(), scope).get(pk=fund_id)
    accounts = list(Account.objects.filter(fund=found).select_related("source", "line").order_by("id"))
    closing = _balances_before(found, accounts, until)
    opening = _balances_before(found, accounts, start)
    moved = _cash_by_kind(fund_id, start, until)
    by_source = {(row.source_id, row.kind): row.pk for row in accounts if row.line_id is None}
    by_line = {(row.line_id, row.kind): row.pk for row in accounts if row.source_id is None}

    def total(kind: AccountKind) -> int:
        return sum(closing[row.pk] for row in accounts if row.kind == kind)

    return Statement(
        found,
        start,
        until,
        tuple(
            SourceStatement(
                source,
                opening[by_source[source.pk, AccountKind.CASH]],
                moved[source.pk, "IN"] + moved[source.pk, "FEE"] + moved[source.pk, "CARRIED"],
                moved[source.pk, "OUT"],
                moved[source.pk, "BACK"],
                closing[by_source[source.pk, AccountKind.CASH]],
                -moved[source.pk, "FEE"],
                moved[source.pk, "CARRIED"],
            )
            for source in sources(fund_id)
        ),
        tuple(
            LineStatement(
                line,
                *(
                    closing[by_line[line.pk, kind]]
                    for kind in (
                        AccountKind.APPROPRIATED,
                        AccountKind.AVAILABLE,
                        AccountKind.COMMITTED,
                        AccountKind.SPENT,
                    )
                ),
            )
            for line in lines(fund_id)
        ),
        total(AccountKind.PAYABLE),
        total(AccountKind.IN_TRANSIT),
        total(AccountKind.RECEIVABLE),
    )


def _balances_before(found: Fund, accounts: Iterable[Account], until: date) -> dict[int, int]:
    rows = DaySum.objects.filter(fund=found, on_date__lt=until)
    debits = dict(rows.values_list("debit").annotate(fen=Sum("amount_fen")).order_by("debit"))
    credits = dict(rows.values_list("credit").annotate(fen=Sum("amount_fen")).order_by("credit"))
    result = {}
    for account in accounts:
        difference = debits.get(account.pk, 0) - credits.get(account.pk, 0)
        result[account.pk] = difference if account.debit_normal else -difference
    return result


def _cash_by_kind(fund_id: int, start: date, until: date) -> dict[tuple[int | None, str], int]:
    groups = {**dict.fromkeys(PAID_KINDS, "OUT"), JournalKind.BANK_FEE: "FEE"}
    groups |= {JournalKind.RECOVERY: "BACK", JournalKind.RECOVERY_UNDONE: "BACK"}
    groups |= {JournalKind.CARRY_OUT: "CARRIED", JournalKind.CARRY_IN: "CARRIED"}
    moved: dict[tuple[int | None, str], int] = defaultdict(int)
    cash = Q(debit__kind=AccountKind.CASH) | Q(credit__kind=AccountKind.CASH)
    rows = DaySum.objects.filter(cash, fund_id=fund_id, on_date__gte=start, on_date__lt=until)
    values = rows.values("kind", "debit__kind", "debit__source", "credit__source")
    for row in values.annotate(fen=Sum("amount_fen")).order_by("kind", "debit__source"):
        incoming = row["debit__kind"] == AccountKind.CASH
        group = groups.get(JournalKind(row["kind"]), "IN")
        sign = 1 if incoming is (group != "OUT") else -1
        moved[row["debit__source"] if incoming else row["credit__source"], group] += sign * row["fen"]
    return moved


def all_journals(scope: Scope) -> QuerySet[Journal]:
    """Every journal of the funds in the scope."""
    return within(Journal.objects.all(), scope, prefix="fund__")


def journals(
    scope: Scope,
    fund_id: int,
    *,
    kind: str = "",
    source: str = "",
    line: str = "",
    text: str = "",
    start: date | None = None,
    until: date | None = None,
) -> QuerySet[Journal]:
    """Journals newest first, the records behind a figure.

    ``text`` is the number of the journal, of a batch or of an award.
    """
    rows = all_journals(scope).filter(fund_id=fund_id)
    if kind:
        rows = rows.filter(kind=kind)
    for field, code in (("source", source), ("line", line)):
        if code:
            rows = _touching(rows, fund_id, Account.objects.filter(**{f"{field}__code": code}, fund_id=fund_id))
    if text:
        named = Transfer.objects.filter(reference=text, journal__fund_id=fund_id).values("journal_id")
        rows = rows.filter(Q(number=text) | Q(subject__endswith=text) | Q(pk__in=named))
    if start:
        rows = rows.filter(on_date__gte=start)
    if until:
        rows = rows.filter(on_date__lt=until)
    return rows.order_by("-pk")


def _touching(rows: QuerySet[Journal], fund_id: int, accounts: QuerySet[Account]) -> QuerySet[Journal]:
    """The journals that moved one of the accounts. The sums of days, which are few, say when and by which kind that
    was: so neither what moves often nor what never moved is looked for among all transfers of the fund.
    """
    ids = list(accounts.values_list("pk", flat=True))
    either = Q(debit_id__in=ids) | Q(credit_id__in=ids)
    moved = set(DaySum.objects.filter(either, fund_id=fund_id).values_list("on_date", "kind").distinct())
    # As a value, not as a set: PostgreSQL would put the transfers of the accounts together first.
    first = Transfer.objects.filter(either, journal=OuterRef("pk")).order_by("seq").values("pk")[:1]
    when = {"on_date__in": {day for day, _kind in moved}, "kind__in": {kind for _day, kind in moved}}
    return rows.filter(**when).alias(touches=Subquery(first)).filter(touches__isnull=False)


def amounts(rows: Iterable[Journal]) -> dict[int, int]:
    """The fen of each journal's first transfer's kind: what a person calls its amount. One query."""
    found: dict[int, int] = defaultdict(int)
    leading: dict[int, str] = {}
    transfers = Transfer.objects.filter(journal__in=[row.pk for row in rows]).select_related("debit")
    for transfer in transfers.order_by("journal_id", "seq"):
        # Memo accounts move along with real ones: only the first kind counts.
        kind = leading.setdefault(transfer.journal_id, transfer.debit.kind)
        found[transfer.journal_id] += transfer.amount_fen if transfer.debit.kind == kind else 0
    return found


def journal(scope: Scope, number: str) -> tuple[Journal, list[Transfer]]:
    """One journal with its transfers; Journal.DoesNotExist out of scope."""
    found = all_journals(scope).select_related("fund", "reverses", "reversed_by").get(number=number)
    rows = found.transfers.select_related("debit__source", "debit__line", "credit__source", "credit__line")
    return found, list(rows.order_by("seq"))


def ledger_digest(fund_id: int) -> str:
    """One digest of all journals of a fund in order: the same on any machine and database for the same deeds."""
    rows = Journal.objects.filter(fund_id=fund_id).order_by("pk")
    return digest([list(pair) for pair in rows.values_list("number", "digest")])
