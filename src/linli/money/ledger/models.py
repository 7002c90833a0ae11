"""Funds, accounts and journals. A transfer moves fen from a credit to a debit account: balanced by construction."""

from django.db import models
from django.db.models import F, Q

from linli.foundation.data import touched, triggers
from linli.foundation.data.scope import AreaStamped, Stamp, indexes_by_place
from linli.money.ledger.codes import (
    SEVERAL_WAIT,
    AccountKind,
    CarryOverState,
    JournalKind,
    ProposalKind,
    ProposalState,
    SourceKind,
)
from linli.money.ledger.steps import CARRY_OVER, INFLOW


class Fund(AreaStamped):
    """The money of one community for one calendar year."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    year = models.PositiveSmallIntegerField()

    class Meta:
        indexes = [models.Index(fields=["community_id", "year"], name="fund_community")]

    def __str__(self) -> str:
        return self.code


class FundingSource(models.Model):
    """Where money comes from. ``restricted_to`` holds the codes of the only lines it may pay; empty: any."""

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="sources")
    code = models.CharField(max_length=40)
    kind = models.CharField(max_length=20, choices=SourceKind.choices)
    name = models.CharField(max_length=120)
    planned_fen = models.BigIntegerField(default=0)
    restricted_to = models.JSONField(default=list)
    position = models.PositiveSmallIntegerField()  # the fund's order of use

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fund", "code"], name="source_code"),
            models.CheckConstraint(condition=Q(planned_fen__gte=0), name="source_planned"),
        ]

    def __str__(self) -> str:
        return self.code


class BudgetLine(models.Model):
    """What money may be promised for. ``programmes`` are the programmes it pays."""

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="lines")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    programmes = models.JSONField(default=list)
    amount_fen = models.BigIntegerField()
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fund", "code"], name="line_code"),
            models.CheckConstraint(condition=Q(amount_fen__gte=0), name="line_amount"),
        ]

    def __str__(self) -> str:
        return self.code


class Account(models.Model):
    """One account. Its two sums are kept by the database, never by code."""

    code = models.CharField(max_length=140, unique=True)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="accounts")
    kind = models.CharField(max_length=20, choices=AccountKind.choices)
    source = models.ForeignKey(FundingSource, on_delete=models.PROTECT, null=True, related_name="accounts")
    line = models.ForeignKey(BudgetLine, on_delete=models.PROTECT, null=True, related_name="accounts")
    debit_normal = models.BooleanField()
    floored = models.BooleanField()  # never below zero
    debit_fen = models.BigIntegerField(default=0)
    credit_fen = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(debit_fen__gte=0, credit_fen__gte=0), name="account_sums"),
            models.CheckConstraint(
                condition=Q(floored=False)
                | Q(debit_normal=True, debit_fen__gte=F("credit_fen"))
                | Q(debit_normal=False, credit_fen__gte=F("debit_fen")),
                name="account_floor",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def balance_fen(self) -> int:
        """The balance on the account's normal side."""
        difference = self.debit_fen - self.credit_fen
        return difference if self.debit_normal else -difference


class Journal(models.Model):
    """What one act did to the money of one fund; ``digest`` covers its transfers and stands in the audit entry."""

    number = models.CharField(max_length=20, unique=True)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="journals")
    on_date = models.DateField()
    kind = models.CharField(max_length=20, choices=JournalKind.choices)
    subject = models.CharField(max_length=120)
    reason = models.CharField(max_length=200)
    by_id = models.PositiveBigIntegerField()  # the product itself is 0, which is no user
    at = models.DateTimeField()
    transfers_count = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")

    class Meta:
        indexes = [
            models.Index(fields=["fund", "on_date", "id"], name="journal_date"),
            models.Index(fields=["fund", "-id"], name="journal_fund"),
            models.Index(fields=["subject"], name="journal_subject"),
            # The unique index counts the many that reverse nothing as alike: with statistics SQLite would not enter it.
            models.Index(fields=["reverses"], condition=Q(reverses__isnull=False), name="journal_reversed"),
        ]
        constraints = [models.CheckConstraint(condition=Q(transfers_count__gt=0), name="journal_not_empty")]

    def __str__(self) -> str:
        return self.number


class Transfer(models.Model):
    """Fen from the credit account to the debit account."""

    journal = models.ForeignKey(Journal, on_delete=models.PROTECT, related_name="transfers")
    seq = models.PositiveIntegerField()
    debit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="debits")
    credit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="credits")
    amount_fen = models.BigIntegerField()
    reference = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["journal", "seq"], name="transfer_seq"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="transfer_amount"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="transfer_two_accounts"),
        ]

    def __str__(self) -> str:
        return f"{self.journal_id}/{self.seq}"


class DaySum(models.Model):
    """What went from one account of a fund to another on a day by bookings of a kind: kept by the database, as balances
    are (docs/adr/0044).
    """

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+", db_index=False)
    on_date = models.DateField()
    kind = models.CharField(max_length=20, choices=JournalKind.choices)
    debit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    credit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    amount_fen = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["fund", "on_date", "kind", "debit", "credit"], name="day_sum")]

    def __str__(self) -> str:
        return f"{self.fund_id} {self.on_date} {self.kind}: {self.amount_fen}"


class CarryOver(models.Model):
    """Unspent restricted money that goes from a year's fund into the next, to the same purpose: one proposes, another
    approves. The journals of both funds are written together at the approval; undone, each has its opposite.
    """

    number = models.CharField(max_length=20, unique=True)
    source = models.ForeignKey(FundingSource, on_delete=models.PROTECT, related_name="carried_out")
    target = models.ForeignKey(FundingSource, on_delete=models.PROTECT, related_name="carried_in")
    amount_fen = models.BigIntegerField()
    reference = models.CharField(max_length=60)  # the bank's text, by which both funds are reconciled
    reason = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=CarryOverState.choices, default=CarryOverState.PROPOSED)
    proposed_by_id = models.PositiveBigIntegerField()
    proposed_at = models.DateTimeField()
    decided_by_id = models.PositiveBigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=200, blank=True)  # why it was declined or undone
    out_journal = models.OneToOneField(Journal, on_delete=models.PROTECT, null=True, related_name="carry_out")
    in_journal = models.OneToOneField(Journal, on_delete=models.PROTECT, null=True, related_name="carry_in")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="carry_amount"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="carry_two_sources"),
            models.CheckConstraint(
                condition=Q(state__in=(CarryOverState.PROPOSED, CarryOverState.DECLINED))
                | (
                    Q(decided_by_id__isnull=False, out_journal__isnull=False, in_journal__isnull=False)
                    & ~Q(decided_by_id=F("proposed_by_id"))
                ),
                name="carry_two_people",
            ),
            models.UniqueConstraint(
                fields=["source"], condition=Q(state=CarryOverState.PROPOSED), name="carry_one_proposed"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def stamp(self) -> Stamp:
        """Where the fund lies that the money leaves."""
        return self.source.fund.stamp


class Proposal(AreaStamped):
    """What no rule gives, asked for by one person and without effect until another confirms it (docs/adr/0059).

    ``target_id`` is the row that it is about, of a table that its kind knows; ``subject`` names it as journals do.
    ``household_id``: whose family it is of, None for nobody's. Amounts are in fen: what is asked, what the rules give,
    what holds today; None where there is none.
    """

    number = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=10, choices=ProposalKind.choices)
    subject = models.CharField(max_length=120)
    target_id = models.PositiveBigIntegerField()
    household_id = models.PositiveBigIntegerField(null=True)
    amount_fen = models.BigIntegerField()
    rules_fen = models.BigIntegerField(null=True)
    before_fen = models.BigIntegerField(null=True)
    on_date = models.DateField(null=True)  # an inflow's day at the bank, an amount's first month
    reference = models.CharField(max_length=60, blank=True)  # the bank's text
    paper = models.CharField(max_length=120, blank=True)  # which paper shows it, and where that lies
    reason = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=ProposalState.choices, default=ProposalState.PROPOSED)
    caused_by_id = models.PositiveBigIntegerField(null=True)  # whose act it follows from: no second hand either
    proposed_by_id = models.PositiveBigIntegerField()
    proposed_at = models.DateTimeField()
    decided_by_id = models.PositiveBigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=300, blank=True)  # why it was refused or withdrawn
    journal = models.OneToOneField(Journal, on_delete=models.PROTECT, null=True, related_name="proposal")

    class Meta:
        indexes = [
            *indexes_by_place("proposal", "state", "id"),
            *indexes_by_place("proposal_kind", "kind", "state", "id"),
            models.Index(fields=["subject"], name="proposal_subject"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ProposalState.PROPOSED, decided_by_id__isnull=True)
                | Q(state=ProposalState.WITHDRAWN, decided_by_id=F("proposed_by_id"))
                | (
                    Q(state__in=(ProposalState.CONFIRMED, ProposalState.REFUSED), decided_by_id__isnull=False)
                    & ~Q(decided_by_id=F("proposed_by_id"))
                ),
                name="proposal_two_people",
            ),
            models.CheckConstraint(condition=Q(amount_fen__gte=0), name="proposal_amount"),
            models.UniqueConstraint(
                fields=["kind", "target_id"],
                condition=Q(state=ProposalState.PROPOSED) & ~Q(kind__in=SEVERAL_WAIT),
                name="proposal_one_waiting",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def difference_fen(self) -> int | None:
        """What is asked less what the rules give or, where they give nothing, less what holds today."""
        held = self.rules_fen if self.rules_fen is not None else self.before_fen
        return None if held is None else self.amount_fen - held


class LockedMonth(models.Model):
    """A month that was reconciled with the bank: no journal can be dated in it any more."""

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="locked_months")
    first_date = models.DateField()
    until_date = models.DateField()
    bank_balance_fen = models.BigIntegerField()
    statement_digest = models.CharField(max_length=64)
    by_id = models.PositiveBigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["fund", "first_date"], name="locked_month")]

    def __str__(self) -> str:
        return f"{self.fund_id} {self.first_date:%Y-%m}"


# Row by row on SQLite; once per statement on PostgreSQL, where row triggers cost ten times as much.
_KEEP_BALANCES = triggers.Trigger(
    "ledger_transfer_balances",
    "ledger_transfer",
    "AFTER INSERT",
    sqlite="UPDATE ledger_account SET debit_fen = debit_fen + NEW.amount_fen WHERE id = NEW.debit_id; "
    "UPDATE ledger_account SET credit_fen = credit_fen + NEW.amount_fen WHERE id = NEW.credit_id;",
    postgres="UPDATE ledger_account a SET debit_fen = a.debit_fen + s.debit, credit_fen = a.credit_fen + s.credit "
    "FROM (SELECT id, sum(debit) AS debit, sum(credit) AS credit FROM ("
    "SELECT debit_id AS id, amount_fen AS debit, 0 AS credit FROM added UNION ALL "
    "SELECT credit_id, 0, amount_fen FROM added) sides GROUP BY id ORDER BY id) s WHERE a.id = s.id; RETURN NULL;",
    postgres_level="STATEMENT",
    postgres_referencing="REFERENCING NEW TABLE AS added",
)

_ADD = (
    "ON CONFLICT (fund_id, on_date, kind, debit_id, credit_id) "
    "DO UPDATE SET amount_fen = ledger_daysum.amount_fen + excluded.amount_fen;"
)
_INTO = "INSERT INTO ledger_daysum (fund_id, on_date, kind, debit_id, credit_id, amount_fen) "
_KEEP_DAYS = triggers.Trigger(
    "ledger_transfer_days",
    "ledger_transfer",
    "AFTER INSERT",
    sqlite=f"{_INTO}SELECT j.fund_id, j.on_date, j.kind, NEW.debit_id, NEW.credit_id, NEW.amount_fen "
    f"FROM ledger_journal j WHERE j.id = NEW.journal_id {_ADD}",
    postgres=f"{_INTO}SELECT j.fund_id, j.on_date, j.kind, t.debit_id, t.credit_id, sum(t.amount_fen) "
    "FROM added t JOIN ledger_journal j ON j.id = t.journal_id GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5 "
    f"{_ADD} RETURN NULL;",
    postgres_level="STATEMENT",
    postgres_referencing="REFERENCING NEW TABLE AS added",
)

# What was proposed stays, and who decided it with what came of it.
_CARRY_OVER_CHANGED = " OR ".join(
    [
        *(
            f"NEW.{column} <> OLD.{column}"
            for column in ("number", "source_id", "target_id", "amount_fen", "reference", "reason", "proposed_by_id")
        ),
        *(
            f"(OLD.{column} IS NOT NULL AND COALESCE(NEW.{column}, 0) <> OLD.{column})"
            for column in ("decided_by_id", "out_journal_id", "in_journal_id")
        ),
    ]
)

# What was proposed is what is confirmed.
_PROPOSAL_CHANGED = " OR ".join(
    [
        *(
            f"NEW.{column} <> OLD.{column}"
            for column in (
                "number",
                "kind",
                "subject",
                "target_id",
                "amount_fen",
                "reference",
                "paper",
                "reason",
                "proposed_by_id",
            )
        ),
        *(
            f"COALESCE(NEW.{column}, -1) <> COALESCE(OLD.{column}, -1)"
            for column in ("rules_fen", "before_fen", "household_id", "caused_by_id")
        ),
        "(NEW.on_date IS NULL) <> (OLD.on_date IS NULL)",
        "NEW.on_date <> OLD.on_date",
        *(
            f"(OLD.{column} IS NOT NULL AND COALESCE(NEW.{column}, 0) <> OLD.{column})"
            for column in ("decided_by_id", "journal_id")
        ),
    ]
)

touched.excuse("ledger_daysum", "kept by triggers out of transfers; the invariants reckon it anew")

triggers.register(
    *triggers.append_only("ledger_journal"),
    *triggers.append_only("ledger_transfer"),
    *triggers.append_only("ledger_lockedmonth"),
    triggers.never_deleted("ledger_fund"),
    triggers.never_deleted("ledger_fundingsource"),
    triggers.never_deleted("ledger_budgetline"),
    triggers.never_deleted("ledger_account"),
    triggers.never_deleted("ledger_carryover"),
    *triggers.steps(CARRY_OVER),
    # All kinds have the same states and steps.
    *triggers.steps(INFLOW),
    triggers.never_deleted("ledger_proposal"),
    triggers.refuse(
        "ledger_proposal_fixed",
        "ledger_proposal",
        "BEFORE UPDATE",
        "what was proposed is never rewritten",
        when=_PROPOSAL_CHANGED,
    ),
    triggers.refuse(
        "ledger_carryover_fixed",
        "ledger_carryover",
        "BEFORE UPDATE",
        "what was proposed to be carried over is never rewritten",
        when=_CARRY_OVER_CHANGED,
    ),
    _KEEP_BALANCES,
    _KEEP_DAYS,
    triggers.never_deleted("ledger_daysum"),
    triggers.refuse(
        "ledger_journal_month_open",
        "ledger_journal",
        "BEFORE INSERT",
        "the month is locked",
        when="EXISTS (SELECT 1 FROM ledger_lockedmonth m WHERE m.fund_id = NEW.fund_id AND NEW.on_date < m.until_date)",
    ),
)
