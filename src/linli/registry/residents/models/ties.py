"""Ties between people: guardians, kin, and the account somebody logs in with."""

from django.db import models
from django.db.models import F, Q

from linli.foundation.data import tallies, triggers
from linli.foundation.data.scope import AreaStamped
from linli.foundation.data.tallies import Family
from linli.registry.residents.codes import GuardianshipKind, KinRelation, LinkState
from linli.registry.residents.models.people import Resident
from linli.registry.residents.steps import LINKS

TIES = "ties of a resident"  # what counts them together


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
    """The account a resident logs in with; staff and volunteers who live here have one too.

    A link that is not ended is the only one of its account, and the only one of its resident whose account had no post
    when it was linked: a log-in of one's own at home does not keep the one at work from being barred. One that is
    ended is never rewritten.
    ``doubt`` and ``settlement`` are reasons, of the last time that somebody doubted it; earlier ones are in the trail.
    """

    number = models.CharField(max_length=20, unique=True)
    user = models.ForeignKey("users.User", on_delete=models.PROTECT, related_name="resident_accounts")
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="accounts")
    linked_by_id = models.PositiveBigIntegerField()
    linked_at = models.DateTimeField()
    of_post = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=LinkState.choices, default=LinkState.STANDING)
    doubted_by_id = models.PositiveBigIntegerField(null=True)
    doubted_at = models.DateTimeField(null=True)
    doubt = models.CharField(max_length=200, default="")
    kept_by_id = models.PositiveBigIntegerField(null=True)
    kept_at = models.DateTimeField(null=True)
    ended_by_id = models.PositiveBigIntegerField(null=True)
    ended_date = models.DateField(null=True)
    settlement = models.CharField(max_length=200, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=~Q(state=LinkState.ENDED), name="link_one_of_user"),
            models.UniqueConstraint(
                fields=["resident"],
                condition=~Q(state=LinkState.ENDED) & Q(of_post=False),
                name="link_one_of_resident",
            ),
            models.CheckConstraint(
                condition=Q(state=LinkState.ENDED, ended_by_id__isnull=False, ended_date__isnull=False)
                | ~Q(state=LinkState.ENDED) & Q(ended_by_id__isnull=True, ended_date__isnull=True),
                name="link_ended_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(state=LinkState.STANDING)
                | Q(doubted_by_id__isnull=False, doubted_at__isnull=False) & ~Q(doubt=""),
                name="link_doubted_for_a_reason",
            ),
            models.CheckConstraint(
                condition=(Q(kept_by_id__isnull=True) | ~Q(kept_by_id=F("doubted_by_id")) & ~Q(kept_by_id=F("user")))
                & (Q(ended_by_id__isnull=True) | ~Q(ended_by_id=F("doubted_by_id")) & ~Q(ended_by_id=F("user"))),
                name="link_settled_by_another",
            ),
        ]

    def __str__(self) -> str:
        return self.number


_LINK_CHANGED = " OR ".join(
    [
        "(OLD.state = 'ENDED' AND NEW.state = 'ENDED')",  # another state is refused by the steps
        *(
            f"NEW.{column} <> OLD.{column}"
            for column in ("number", "user_id", "resident_id", "linked_by_id", "linked_at", "of_post")
        ),
    ]
)


tallies.count(
    Family(9, "residents_guardianship", "ward_id"),
    Family(14, "residents_residentaccount", "user_id"),
    # All that says what somebody is to others is one count; accounts that they hold are besides (``awards``).
    *(
        Family(15, f"residents_{table}", column, together=TIES)
        for table, column in (
            ("residentaccount", "resident_id"),
            ("kinship", "a_id"),
            ("kinship", "b_id"),
            ("guardianship", "guardian_id"),
        )
    ),
)

triggers.register(
    triggers.never_deleted("residents_guardianship"),
    *triggers.append_only("residents_kinship"),
    triggers.never_deleted("residents_residentaccount"),
    *triggers.steps(LINKS),
    triggers.refuse(
        "residents_residentaccount_fixed",
        "residents_residentaccount",
        "BEFORE UPDATE",
        "whose account was linked to whom is never rewritten",
        when=_LINK_CHANGED,
    ),
)
