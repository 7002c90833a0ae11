"""Batches of payments and their lines."""

from django.db import models
from django.db.models import F, Q

from linli.foundation.data import touched, triggers
from linli.foundation.data.scope import AreaStamped, Stamp
from linli.money.awards.models import Award, PayeeAccount
from linli.money.ledger.models import Fund, FundingSource
from linli.money.payments.codes import BatchKind, BatchState, ItemState
from linli.money.payments.steps import BATCH, ITEM


class PaymentBatch(AreaStamped):
    """A month's payments of a fund, passing through three different hands."""

    number = models.CharField(max_length=20, unique=True)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="batches")
    kind = models.CharField(max_length=10, choices=BatchKind.choices, default=BatchKind.REGULAR)
    month_date = models.DateField()  # first day of the month
    state = models.CharField(max_length=10, choices=BatchState.choices, default=BatchState.PROPOSED)
    items_count = models.PositiveIntegerField()
    total_fen = models.BigIntegerField()
    waiting_count = models.PositiveIntegerField(default=0)  # due but short of money or of a usable account
    waiting_fen = models.BigIntegerField(default=0)
    lines_digest = models.CharField(max_length=64)
    maker_id = models.PositiveBigIntegerField()
    made_at = models.DateTimeField()
    checker_id = models.PositiveBigIntegerField(null=True)
    approved_at = models.DateTimeField(null=True)
    releaser_id = models.PositiveBigIntegerField(null=True)
    released_at = models.DateTimeField(null=True)
    layout_code = models.CharField(max_length=40)
    file_name = models.CharField(max_length=80)
    file_digest = models.CharField(max_length=64)
    file_sealed = models.BinaryField(null=True)
    closed_date = models.DateField(null=True)
    voided_by_id = models.PositiveBigIntegerField(null=True)
    voided_at = models.DateTimeField(null=True)
    void_reason = models.CharField(max_length=300)

    class Meta:
        indexes = [
            models.Index(fields=["fund", "month_date"], name="batch_fund"),
            models.Index(fields=["community_id", "state"], name="batch_community"),
            models.Index(fields=["street_id", "state"], name="batch_street"),
            models.Index(fields=["district_id", "state"], name="batch_district"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["fund"],
                condition=Q(kind=BatchKind.REGULAR, state__in=[BatchState.PROPOSED, BatchState.APPROVED]),
                name="batch_one_open",
            ),
            models.CheckConstraint(
                condition=Q(checker_id__isnull=True) | ~Q(checker_id=F("maker_id")), name="batch_checker_not_maker"
            ),
            models.CheckConstraint(
                condition=Q(releaser_id__isnull=True)
                | (~Q(releaser_id=F("maker_id")) & ~Q(releaser_id=F("checker_id"))),
                name="batch_releaser_third",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[BatchState.PROPOSED, BatchState.VOIDED])
                | Q(state=BatchState.APPROVED, checker_id__isnull=False)
                | Q(checker_id__isnull=False, releaser_id__isnull=False),
                name="batch_hands",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def has_paid(self) -> bool:
        """Whether the bank paid a line of it."""
        return self.items.filter(state=ItemState.PAID).exists()

    @property
    def file_aad(self) -> str:
        """What binds the bank file to this row."""
        return f"payments_paymentbatch|{self.number}|file"


class PaymentItem(models.Model):
    """One month of one award, paid from one source to one account version.

    ``part`` 0 is the month's own payment; 1 and on are supplements, when the month's amount rose after it was paid.
    """

    batch = models.ForeignKey(PaymentBatch, on_delete=models.PROTECT, related_name="items")
    seq = models.PositiveIntegerField()
    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="payments")
    unit_key = models.CharField(max_length=20)
    programme = models.CharField(max_length=40)
    month_date = models.DateField()
    part = models.PositiveSmallIntegerField(default=0)
    amount_fen = models.BigIntegerField()
    source = models.ForeignKey(FundingSource, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(PayeeAccount, on_delete=models.PROTECT, related_name="payments")
    state = models.CharField(max_length=12, choices=ItemState.choices, default=ItemState.PROPOSED)
    reissue_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="reissues")
    settled_date = models.DateField(null=True)  # the bank's day: paid or returned
    paid_date = models.DateField(null=True)  # kept when what was paid came back later
    return_code = models.CharField(max_length=20)
    return_text = models.CharField(max_length=120)

    class Meta:
        indexes = [
            models.Index(fields=["award", "month_date"], name="item_award"),
            models.Index(fields=["state", "settled_date"], name="item_state"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["batch", "seq"], name="item_seq"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="item_amount"),
            models.CheckConstraint(
                condition=~Q(state=ItemState.PAID) | Q(paid_date__isnull=False), name="item_paid_on_a_day"
            ),
            models.UniqueConstraint(
                fields=["unit_key", "programme", "month_date", "part"],
                condition=~Q(state__in=[ItemState.RETURNED, ItemState.VOIDED, ItemState.WRITTEN_OFF]),
                name="item_one_live",
            ),
            # A returned month is paid again by its re-issue alone, never by a second ordinary line.
            models.UniqueConstraint(
                fields=["unit_key", "programme", "month_date", "part"],
                condition=Q(reissue_of__isnull=True) & ~Q(state=ItemState.VOIDED),
                name="item_one_original",
            ),
            models.UniqueConstraint(
                fields=["reissue_of"], condition=~Q(state=ItemState.VOIDED), name="item_reissued_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch.number}-{self.seq:04d}"

    @property
    def stamp(self) -> Stamp:
        """Where its batch lies."""
        return self.batch.stamp


class PaymentTally(models.Model):
    """How many lines, and how many spent months, an award ever had. Its key is the award's: whoever takes rows out
    would have to take this back too, and it is found by the award alone.
    """

    items = models.PositiveIntegerField(default=0)
    months = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.pk}: {self.items}, {self.months}"


class ReturnImport(models.Model):
    """A return file that was taken in, once."""

    batch = models.ForeignKey(PaymentBatch, on_delete=models.PROTECT, related_name="returns")
    file_digest = models.CharField(max_length=64)
    bank_date = models.DateField()
    paid_count = models.PositiveIntegerField()
    returned_count = models.PositiveIntegerField()
    by_id = models.PositiveBigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "file_digest"], name="return_once")]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.bank_date}"


class PaymentSum(models.Model):
    """Lines of a fund by month, state, and whether they were sent again: kept by the database as lines come and change.

    As balances are of an account: a page sums a few rows of a fund instead of every line (docs/adr/0044).
    """

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+")
    month_date = models.DateField()
    state = models.CharField(max_length=12, choices=ItemState.choices)
    again = models.BooleanField()  # re-issues of what came back
    number = models.BigIntegerField()
    amount_fen = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["fund", "month_date", "state", "again"], name="payment_sum")]

    def __str__(self) -> str:
        return f"{self.fund_id} {self.month_date:%Y-%m} {self.state}: {self.number}"


_ADD = (
    "ON CONFLICT (fund_id, month_date, state, again) DO UPDATE SET number = payments_paymentsum.number "
    "+ excluded.number, amount_fen = payments_paymentsum.amount_fen + excluded.amount_fen; "
)
_INTO = "INSERT INTO payments_paymentsum (fund_id, month_date, state, again, number, amount_fen) "


def _row(row: str, sign: str) -> str:
    """One line more or less, row by row on SQLite."""
    return (
        f"{_INTO}SELECT b.fund_id, {row}.month_date, {row}.state, {row}.reissue_of_id IS NOT NULL, {sign}1, "
        f"{sign}{row}.amount_fen FROM payments_paymentbatch b WHERE b.id = {row}.batch_id {_ADD}"
    )


def _rows(*tables: tuple[str, str]) -> str:
    """Lines more or less, once per statement on PostgreSQL; in one order, so that no two acts wait for each other."""
    lines = " UNION ALL ".join(
        f"SELECT batch_id, month_date, state, reissue_of_id IS NOT NULL AS again, {sign}1 AS n, "
        f"{sign}amount_fen AS fen FROM {table}"
        for table, sign in tables
    )
    return (
        f"{_INTO}SELECT b.fund_id, l.month_date, l.state, l.again, sum(l.n), sum(l.fen) FROM ({lines}) l "
        "JOIN payments_paymentbatch b ON b.id = l.batch_id GROUP BY 1, 2, 3, 4 HAVING sum(l.n) <> 0 "
        f"ORDER BY 1, 2, 3, 4 {_ADD}RETURN NULL;"
    )


_KEEP_SUMS = (
    triggers.Trigger(
        "payments_paymentitem_sums",
        "payments_paymentitem",
        "AFTER INSERT",
        sqlite=_row("NEW", ""),
        postgres=_rows(("added", "")),
        postgres_level="STATEMENT",
        postgres_referencing="REFERENCING NEW TABLE AS added",
    ),
    triggers.Trigger(
        "payments_paymentitem_sums_move",
        "payments_paymentitem",
        "AFTER UPDATE",
        sqlite=_row("OLD", "-") + _row("NEW", ""),
        sqlite_when="NEW.state <> OLD.state",
        postgres=_rows(("gone", "-"), ("added", "")),
        postgres_level="STATEMENT",
        postgres_referencing="REFERENCING OLD TABLE AS gone NEW TABLE AS added",
    ),
)

touched.excuse("payments_paymentsum", "kept by triggers out of payment lines; the invariants reckon it anew")

triggers.register(
    triggers.never_deleted("payments_paymentbatch"),
    triggers.never_deleted("payments_paymentitem"),
    triggers.never_deleted("payments_paymentsum"),
    triggers.never_deleted("payments_paymenttally"),
    triggers.refuse(
        "payments_paymenttally_grows",
        "payments_paymenttally",
        "BEFORE UPDATE",
        "what was counted of an award is never counted back",
        when="NEW.items < OLD.items OR NEW.months < OLD.months",
    ),
    *_KEEP_SUMS,
    *triggers.append_only("payments_returnimport"),
    *triggers.steps(BATCH),
    *triggers.steps(ITEM),
    triggers.refuse(
        "payments_paymentitem_fixed",
        "payments_paymentitem",
        "BEFORE UPDATE",
        "a payment line is never rewritten",
        when="NEW.amount_fen <> OLD.amount_fen OR NEW.account_id <> OLD.account_id OR NEW.award_id <> OLD.award_id "
        "OR NEW.unit_key <> OLD.unit_key OR NEW.programme <> OLD.programme OR NEW.month_date <> OLD.month_date "
        "OR NEW.part <> OLD.part OR NEW.source_id <> OLD.source_id OR NEW.batch_id <> OLD.batch_id "
        "OR NEW.seq <> OLD.seq OR COALESCE(NEW.reissue_of_id, 0) <> COALESCE(OLD.reissue_of_id, 0)",
    ),
    triggers.refuse(
        "payments_paymentitem_paid_once",
        "payments_paymentitem",
        "BEFORE UPDATE",
        "the day of a payment is never rewritten",
        when="OLD.paid_date IS NOT NULL AND (NEW.paid_date IS NULL OR NEW.paid_date <> OLD.paid_date)",
    ),
    triggers.refuse(
        "payments_paymentbatch_fixed",
        "payments_paymentbatch",
        "BEFORE UPDATE",
        "who made a batch and what it pays is never rewritten",
        when="NEW.maker_id <> OLD.maker_id OR NEW.lines_digest <> OLD.lines_digest OR NEW.total_fen <> OLD.total_fen "
        "OR NEW.number <> OLD.number OR NEW.fund_id <> OLD.fund_id OR NEW.kind <> OLD.kind "
        "OR NEW.month_date <> OLD.month_date "
        "OR (OLD.checker_id IS NOT NULL AND COALESCE(NEW.checker_id, 0) <> OLD.checker_id) "
        "OR (OLD.releaser_id IS NOT NULL AND COALESCE(NEW.releaser_id, 0) <> OLD.releaser_id)",
    ),
)
