"""Awards, whom they protect, what happened to them, where they are paid and what was paid too much."""

from datetime import date, timedelta

from django.db import models
from django.db.models import F, Q

from linli.foundation.data import sealed, tallies, triggers
from linli.foundation.data.locks import LockSpace, trigger_locks
from linli.foundation.data.scope import AreaStamped, indexes_by_place
from linli.foundation.data.tallies import Family
from linli.money.awards.codes import (
    WAITING_ADJUSTMENTS,
    AccountState,
    AdjustmentState,
    AwardState,
    Cause,
    ChangeKind,
    EndReason,
    HolderRelation,
    MonthState,
    OccasionKind,
    ReceivableState,
    Standing,
    Unit,
)
from linli.money.awards.rules.standing import standing
from linli.money.awards.steps import ACCOUNT, ADJUSTMENT, AWARD, RECEIVABLE
from linli.money.ledger.models import BudgetLine, FundingSource
from linli.registry.residents.models import TIES, Household, Resident


class Award(AreaStamped):
    """A monthly payment granted to a household or a person for whole months."""

    number = models.CharField(max_length=20, unique=True)
    programme = models.CharField(max_length=40)
    unit = models.CharField(max_length=10, choices=Unit.choices)
    unit_key = models.CharField(max_length=20)  # the household's or resident's number
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="awards")
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, null=True, related_name="awards")
    amount_fen = models.BigIntegerField()  # per month, as last granted or changed
    valid_from = models.DateField()
    valid_until = models.DateField()
    state = models.CharField(max_length=10, choices=AwardState.choices, default=AwardState.ACTIVE)
    line = models.ForeignKey(BudgetLine, on_delete=models.PROTECT, related_name="awards")
    application_number = models.CharField(max_length=20)
    determination_id = models.PositiveBigIntegerField(null=True)  # the determination stands in the room above
    # The award that this one goes on from, in the next year's fund: each is renewed once.
    renews = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="renewed_by")
    granted_date = models.DateField()
    review_due_date = models.DateField(null=True)
    review_opened_date = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            *indexes_by_place("award", "state", "id"),
            *indexes_by_place("awards", "id"),
            *indexes_by_place("award_programme", "programme", "id"),
            *indexes_by_place("award_opened", "id", condition=Q(review_opened_date__isnull=False)),
            *indexes_by_place("award_amount", "amount_fen", "id"),
            *indexes_by_place("award_from", "valid_from", "id"),
            *indexes_by_place("award_until", "valid_until", "id"),
            models.Index(fields=["line", "number"], name="award_line"),
            models.Index(fields=["unit_key"], name="award_unit"),
            models.Index(fields=["application_number"], name="award_application"),
            models.Index(fields=["state", "review_due_date"], name="award_review"),
            # The unique index counts the many without one as alike: with statistics SQLite would not enter it.
            models.Index(fields=["renews"], condition=Q(renews__isnull=False), name="award_renewed"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="award_amount"),
            models.CheckConstraint(condition=Q(valid_until__gte=F("valid_from")), name="award_period"),
            models.CheckConstraint(
                condition=Q(unit=Unit.HOUSEHOLD, resident__isnull=True) | Q(unit=Unit.PERSON, resident__isnull=False),
                name="award_unit_owner",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def last_date(self) -> date:
        """The last day covered, as people say it; before ``valid_from`` when nothing is covered."""
        return self.valid_until - timedelta(days=1)

    def standing_on(self, on: date) -> Standing:
        """How the award stands on a day: one whose last day is over has run out, recorded or not."""
        return Standing(standing(self.state, valid_from=self.valid_from, valid_until=self.valid_until, on=on))


class AwardMember(models.Model):
    """A person protected by an award. The database refuses a second protection by the programme on any day."""

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="members")
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="protections")
    programme = models.CharField(max_length=40)
    valid_from = models.DateField()
    valid_until = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["resident", "programme", "valid_from"], name="member_resident")]
        constraints = [
            models.CheckConstraint(condition=Q(valid_until__gte=F("valid_from")), name="member_period"),
        ]

    def __str__(self) -> str:
        return f"{self.award_id} {self.resident_id}"


class AwardChange(models.Model):
    """One event in an award's life. What is due is computed from these alone. Append-only."""

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="changes")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=ChangeKind.choices)
    effective_date = models.DateField()
    until_date = models.DateField(null=True)  # GRANTED: the first day no longer covered
    amount_fen = models.BigIntegerField()  # per month from the effective date on; 0 when nothing is paid
    reason = models.CharField(max_length=10, choices=EndReason.choices)
    note = models.CharField(max_length=300)
    determination_id = models.PositiveBigIntegerField(null=True)  # what the rules said, where they were asked
    by_id = models.PositiveBigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["award", "seq"], name="change_seq"),
            models.CheckConstraint(condition=Q(amount_fen__gte=0), name="change_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.award_id} {self.kind} {self.effective_date}"


class ReviewOccasion(models.Model):
    """Why an award is reviewed before its day: somebody who counted in it died, left, or was recorded
    wrongly; somebody who did not count joined the household.

    ``planned_date`` is the day on which the review would have fallen due without it. Append-only.
    """

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="occasions")
    kind = models.CharField(max_length=12, choices=OccasionKind.choices)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="+")
    happened_date = models.DateField()
    opened_date = models.DateField()
    due_date = models.DateField()
    planned_date = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["award", "kind", "resident", "happened_date"], name="occasion_once"),
            models.CheckConstraint(condition=Q(due_date__gte=F("opened_date")), name="occasion_due_after_opened"),
        ]

    def __str__(self) -> str:
        return f"{self.award_id} {self.kind} {self.happened_date}"


class AwardMonth(models.Model):
    """A month of an award that a batch took up: spent from a source, then paid or voided.

    ``part`` 0 is the month's own payment; 1 and on are supplements, paid when the month's amount rose afterwards.
    """

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="months")
    month_date = models.DateField()  # first day of the month
    part = models.PositiveSmallIntegerField(default=0)
    amount_fen = models.BigIntegerField()
    source = models.ForeignKey(FundingSource, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=MonthState.choices, default=MonthState.ACCRUED)
    batch_number = models.CharField(max_length=20)

    class Meta:
        indexes = [models.Index(fields=["batch_number", "state"], name="month_batch")]
        constraints = [
            models.UniqueConstraint(
                fields=["award", "month_date", "part"], condition=~Q(state=MonthState.VOIDED), name="month_once"
            ),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="month_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.award_id} {self.month_date:%Y-%m}"


class PayeeAccount(AreaStamped):
    """A version of a beneficiary's bank account. A changed one is used only from ``usable_date`` on."""

    row_key = models.CharField(max_length=32, unique=True)
    unit_key = models.CharField(max_length=20)
    version = models.PositiveIntegerField()
    holder_name = models.CharField(max_length=60)
    relation = models.CharField(max_length=10, choices=HolderRelation.choices, default="")
    holder = models.ForeignKey(Resident, on_delete=models.PROTECT, null=True, related_name="+")  # of the registry
    basis = models.CharField(max_length=200, default="")  # by which paper a proxy receives
    bank_name = models.CharField(max_length=80)
    account_envelope = models.TextField()
    account_index = models.CharField(max_length=64)
    account_last4 = models.CharField(max_length=4)
    state = models.CharField(max_length=10, choices=AccountState.choices, default=AccountState.PROPOSED)
    proposed_by_id = models.PositiveBigIntegerField()
    proposed_at = models.DateTimeField()
    confirmed_by_id = models.PositiveBigIntegerField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    usable_date = models.DateField(null=True)
    shared_units = models.PositiveIntegerField(default=0)  # others with the number, as who confirmed was shown
    stopped_date = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["account_index"], name="payee_index"),
            models.Index(fields=["account_last4"], name="payee_last4"),
            # Whose holder is of the registry: where few are, SQLite would rather read all than look them up.
            models.Index(fields=["holder"], condition=Q(holder__isnull=False), name="payee_held"),
            # Of whom there is the name alone.
            models.Index(fields=["holder_name"], condition=Q(holder__isnull=True), name="payee_unnumbered"),
            *indexes_by_place("payee", "state", "id"),
            *indexes_by_place("payees", "id"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["unit_key", "version"], name="payee_version"),
            models.UniqueConstraint(
                fields=["unit_key"], condition=Q(state=AccountState.CONFIRMED), name="payee_one_confirmed"
            ),
            models.UniqueConstraint(
                fields=["unit_key"], condition=Q(state=AccountState.PROPOSED), name="payee_one_proposed"
            ),
            models.CheckConstraint(
                condition=Q(state=AccountState.PROPOSED)
                | (
                    Q(confirmed_by_id__isnull=False, usable_date__isnull=False)
                    & ~Q(confirmed_by_id=F("proposed_by_id"))
                )
                | Q(state=AccountState.REPLACED, confirmed_by_id__isnull=True),
                name="payee_two_people",
            ),
            models.CheckConstraint(
                condition=Q(relation="", state__in=[AccountState.PROPOSED, AccountState.REPLACED])
                | Q(relation__in=[HolderRelation.SELF, HolderRelation.MEMBER], holder__isnull=False)
                | Q(relation__in=[HolderRelation.GUARDIAN, HolderRelation.UNKNOWN])
                | (Q(relation=HolderRelation.PROXY) & ~Q(basis="")),
                name="payee_holder",
            ),
            models.CheckConstraint(
                condition=~Q(state=AccountState.STOPPED) | Q(stopped_date__isnull=False),
                name="payee_stopped_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_key} v{self.version}"

    @property
    def account_aad(self) -> str:
        """What binds the envelope to this row."""
        return f"awards_payeeaccount|{self.row_key}|account"


class Receivable(AreaStamped):
    """What was paid for a month though the award had ended before it, or gives less for it: owed to the fund."""

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="receivables")
    month = models.ForeignKey(AwardMonth, on_delete=models.PROTECT, related_name="receivables")
    amount_fen = models.BigIntegerField()
    reason = models.CharField(max_length=10, choices=EndReason.choices)
    state = models.CharField(max_length=10, choices=ReceivableState.choices, default=ReceivableState.OPEN)
    raised_date = models.DateField()
    raised_by_id = models.PositiveBigIntegerField(
        null=True
    )  # who ended or lowered it, 0 the product; null: not kept then
    closed_date = models.DateField(null=True)
    note = models.CharField(max_length=300)

    class Meta:
        indexes = [
            *indexes_by_place("receivable", "state", "id"),
            *indexes_by_place("receivable_amount", "state", "amount_fen", "id"),
        ]
        constraints = [models.CheckConstraint(condition=Q(amount_fen__gt=0), name="receivable_amount")]

    def __str__(self) -> str:
        return f"{self.award_id} {self.amount_fen}"


class Adjustment(AreaStamped):
    """Where the rules say another amount than an award gives, from a month on: followed, or waiting for somebody.

    ``fen_back``: for months that batches took up already, to be paid besides (below 0: paid too much).
    """

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="adjustments")
    cause = models.CharField(max_length=10, choices=Cause.choices)
    cause_date = models.DateField()
    effective_date = models.DateField()
    before_fen = models.BigIntegerField()
    after_fen = models.BigIntegerField(null=True)  # null: facts are missing
    back_fen = models.BigIntegerField(default=0)
    missing = models.CharField(max_length=300, blank=True)  # labels of the missing facts
    determination_id = models.PositiveBigIntegerField(null=True)
    state = models.CharField(max_length=10, choices=AdjustmentState.choices)
    found_date = models.DateField()
    decided_date = models.DateField(null=True)
    decided_by_id = models.PositiveBigIntegerField(null=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["community_id", "state"], name="adjustment_community"),
            models.Index(fields=["found_date", "id"], name="adjustment_found"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["award", "effective_date"],
                condition=Q(state__in=WAITING_ADJUSTMENTS),
                name="adjustment_one_waiting",
            ),
            models.CheckConstraint(
                condition=Q(state__in=WAITING_ADJUSTMENTS, decided_date__isnull=True)
                | Q(state__in=(AdjustmentState.APPLIED, AdjustmentState.DISMISSED), decided_date__isnull=False),
                name="adjustment_decided",
            ),
            models.CheckConstraint(
                condition=~Q(state=AdjustmentState.APPLIED) | Q(after_fen__isnull=False), name="adjustment_amount"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.award_id} {self.effective_date} {self.state}"

    @property
    def number(self) -> str:
        """It is called by its award."""
        return self.award.number


class Following(models.Model):
    """A day up to which the causes of change were looked at, and the newest law known then. Append-only."""

    on = models.DateField()
    pack_version_id = models.PositiveBigIntegerField()
    circumstance_id = models.PositiveBigIntegerField()  # the newest fact known
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.on}"


_OVERLAP = (
    "EXISTS (SELECT 1 FROM awards_awardmember m WHERE m.resident_id = NEW.resident_id AND m.programme = NEW.programme "
    "AND m.id <> NEW.id AND m.valid_from < m.valid_until AND NEW.valid_from < NEW.valid_until "
    "AND m.valid_from < NEW.valid_until AND NEW.valid_from < m.valid_until)"
)
_OVERLAPPING = (
    "EXISTS (SELECT 1 FROM written w JOIN awards_awardmember m ON m.resident_id = w.resident_id "
    "AND m.programme = w.programme AND m.id <> w.id WHERE m.valid_from < m.valid_until "
    "AND w.valid_from < w.valid_until AND m.valid_from < w.valid_until AND w.valid_from < m.valid_until)"
)
_OVERLAP_MESSAGE = "a person is protected once by a programme on any day"


def _no_overlap(event: str, name: str) -> triggers.Trigger:
    # The locks make two grants at the same moment see each other: each statement of the function has its own snapshot.
    return triggers.Trigger(
        name,
        "awards_awardmember",
        event,
        sqlite=f"SELECT RAISE(ABORT, '{_OVERLAP_MESSAGE}');",
        sqlite_when=_OVERLAP,
        postgres=trigger_locks(LockSpace.PROTECTION, "resident_id", "written")
        + f"IF {_OVERLAPPING} THEN RAISE EXCEPTION '{_OVERLAP_MESSAGE}' "
        "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NULL;",
        postgres_level="STATEMENT",
        postgres_referencing="REFERENCING NEW TABLE AS written",
    )


tallies.count(
    Family(1, "awards_awardchange", "award_id"),
    Family(2, "awards_awardmember", "resident_id"),
    Family(15, "awards_payeeaccount", "holder_id", together=TIES),
)

triggers.register(
    *triggers.steps(AWARD),
    *triggers.steps(ACCOUNT),
    *triggers.steps(RECEIVABLE),
    *triggers.steps(ADJUSTMENT),
    triggers.never_deleted("awards_award"),
    triggers.never_deleted("awards_awardmember"),
    *triggers.append_only("awards_awardchange"),
    *triggers.append_only("awards_reviewoccasion"),
    triggers.never_deleted("awards_awardmonth"),
    triggers.never_deleted("awards_payeeaccount"),
    triggers.never_deleted("awards_receivable"),
    triggers.never_deleted("awards_adjustment"),
    *triggers.append_only("awards_following"),
    _no_overlap("AFTER INSERT", "awards_member_no_overlap_insert"),
    _no_overlap("AFTER UPDATE", "awards_member_no_overlap_update"),
    triggers.refuse(
        "awards_payeeaccount_fixed",
        "awards_payeeaccount",
        "BEFORE UPDATE",
        "an account version is never rewritten",
        when="NEW.account_envelope <> OLD.account_envelope OR NEW.account_index <> OLD.account_index "
        "OR NEW.holder_name <> OLD.holder_name OR NEW.relation <> OLD.relation OR NEW.basis <> OLD.basis "
        "OR COALESCE(NEW.holder_id, 0) <> COALESCE(OLD.holder_id, 0) OR NEW.bank_name <> OLD.bank_name "
        "OR NEW.unit_key <> OLD.unit_key OR NEW.row_key <> OLD.row_key OR NEW.version <> OLD.version",
    ),
)

sealed.holds_envelopes("awards_payeeaccount", "account_envelope")
