"""Ties between people: guardians, kin, and the account somebody logs in with."""

from django.db import models
from django.db.models import F, Q

from linli.foundation.data import triggers
from linli.foundation.data.scope import AreaStamped
from linli.registry.residents.codes import GuardianshipKind, KinRelation
from linli.registry.residents.models.people import Resident


class Guardianship(AreaStamped):
    """Somebody acts for a resident: a resident too, or a person from outside known by name."""

    ward = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="guardians")
    guardian = models.ForeignKey(Resident, on_delete=models.PROTECT, null=True, related_name="wards")
    guardian_name = models.CharField(max_length=60, default="")
    kind = models.CharField(max_length=12, choices=GuardianshipKind.choices)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    document = models.CharField(max_length=200)
    recorded_by_id = models.PositiveBigIntegerField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(guardian__isnull=True) & ~Q(guardian_name="") | Q(guardian__isnull=False, guardian_name=""),
                name="guardianship_guardian",
            ),
            models.CheckConstraint(
                condition=Q(guardian__isnull=True) | ~Q(guardian=F("ward")), name="guardianship_not_self"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")), name="guardianship_period"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ward_id} {self.kind}"


class Kinship(AreaStamped):
    """``b`` is ``a``'s relation. Kept once per pair with the smaller id as ``a``; looked up from both sides."""

    a = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="kin_as_a")
    b = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="kin_as_b")
    relation = models.CharField(max_length=12, choices=KinRelation.choices)
    recorded_by_id = models.PositiveBigIntegerField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["a", "b"], name="kinship_pair"),
            models.CheckConstraint(condition=Q(a__lt=F("b")), name="kinship_order"),
        ]

    def __str__(self) -> str:
        return f"{self.a_id} {self.b_id} {self.relation}"


class ResidentAccount(AreaStamped):
    """The account a resident logs in with; staff and volunteers who live here have one too."""

    user = models.OneToOneField("users.User", on_delete=models.PROTECT, related_name="resident_account")
    resident = models.OneToOneField(Resident, on_delete=models.PROTECT, related_name="account")
    linked_by_id = models.PositiveBigIntegerField()
    linked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user_id} {self.resident_id}"


triggers.register(
    triggers.never_deleted("residents_guardianship"),
    *triggers.append_only("residents_kinship"),
    triggers.never_deleted("residents_residentaccount"),
)
