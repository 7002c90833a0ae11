"""Versions of a community's year plan, and which of them was adopted by whom with what accepted."""

from django.db import models
from django.db.models import Q

from linli.foundation.data import triggers
from linli.foundation.data.scope import AreaStamped


class PlanVersion(AreaStamped):
    """A plan as somebody saved it: a pack by its digest, and the figures changed from it. Never rewritten."""

    number = models.CharField(max_length=20, unique=True)
    scheme = models.CharField(max_length=60)
    pack_digest = models.CharField(max_length=64)
    year = models.PositiveSmallIntegerField()
    changes = models.TextField()  # canonical JSON list of {"path", "value"}, by path
    plan_digest = models.CharField(max_length=64)
    note = models.CharField(max_length=300)
    created_by_id = models.PositiveBigIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["community_id", "year", "-id"], name="plan_version_community"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["community_id", "plan_digest"], name="plan_version_once"),
        ]

    def __str__(self) -> str:
        return self.number


class Adoption(models.Model):
    """A plan version put in force, with the findings as they stood and those accepted with open eyes.

    Append-only: the next adoption names the one it replaces, so that a community has one plan a year, and its history.
    """

    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="adoptions")
    community_id = models.PositiveBigIntegerField()
    year = models.PositiveSmallIntegerField()
    scheme = models.CharField(max_length=60)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    accepted = models.TextField()  # canonical JSON list of [code, subject]
    findings = models.TextField()  # canonical JSON list of engine AcceptedFinding: all findings of that day
    adopted_by_id = models.PositiveBigIntegerField()
    adopted_at = models.DateTimeField()

    class Meta:
        constraints = [
            # Each adoption is replaced once and only the first replaces none: exactly one is current.
            models.UniqueConstraint(
                fields=["community_id", "year", "scheme"],
                condition=Q(replaces__isnull=True),
                name="adoption_one_first",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.adopted_at:%Y-%m-%d}"


triggers.register(
    *triggers.append_only("planning_planversion"),
    *triggers.append_only("planning_adoption"),
)
