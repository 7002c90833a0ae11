"""Agreements with partners: what is promised, for how long."""

from django.db import models

from linli.foundation.data import triggers
from linli.foundation.data.scope import AreaStamped, indexes_by_place
from linli.registry.partners.codes import AgreementState, PartnerKind, PromiseKind
from linli.registry.partners.steps import AGREEMENT


class Agreement(AreaStamped):
    """One agreement for one term; ``valid_until`` is the first day without it."""

    number = models.CharField(max_length=20, unique=True)
    partner = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=PartnerKind.choices)
    purpose = models.CharField(max_length=300)
    contact = models.CharField(max_length=80)  # the organisation's office and telephone, no private person
    valid_from = models.DateField()
    valid_until = models.DateField()
    review_date = models.DateField()
    state = models.CharField(max_length=8, choices=AgreementState.choices, default=AgreementState.DRAFT)
    drafted_by_id = models.PositiveBigIntegerField()
    signed_by_id = models.PositiveBigIntegerField(null=True)
    renews = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="renewed_by")

    class Meta:
        indexes = [
            models.Index(fields=["community_id", "state", "review_date"], name="agreement_waiting"),
            *indexes_by_place("agreement_partner", "partner", "id"),
            *indexes_by_place("agreement_until", "valid_until", "id"),
            *indexes_by_place("agreement_review", "review_date", "id"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(valid_until__gt=models.F("valid_from")), name="agreement_lasts"),
            models.CheckConstraint(
                condition=models.Q(signed_by_id__isnull=True) | ~models.Q(signed_by_id=models.F("drafted_by_id")),
                name="agreement_two_people",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Promise(models.Model):
    """One thing that the partner promises, counted in the unit of its kind. Never rewritten."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="promises")
    kind = models.CharField(max_length=8, choices=PromiseKind.choices)
    quantity = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agreement", "kind"], name="promise_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.quantity}"


triggers.register(
    *triggers.steps(AGREEMENT),
    triggers.never_deleted("partners_agreement"),
    *triggers.append_only("partners_promise"),
)
