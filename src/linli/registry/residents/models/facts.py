"""What is known: circumstances with source and date, how somebody in need was found."""

from django.db import models
from django.db.models import Q

from linli.foundation.data import tallies, triggers
from linli.foundation.data.scope import AreaStamped
from linli.foundation.data.tallies import Family
from linli.registry.residents.codes import IdentifiedHow
from linli.registry.residents.models.people import Household, Resident

_ONE_SUBJECT = Q(resident__isnull=True, household__isnull=False) | Q(resident__isnull=False, household__isnull=True)


class Circumstance(AreaStamped):
    """One fact of a resident or a household as of a day. Append-only: the newest ``as_of`` on a day counts.

    ``code`` belongs to whoever asks (a policy pack); the registry knows no meaning. ``value`` null: asked, not known.
    """

    resident = models.ForeignKey(
        Resident, on_delete=models.PROTECT, null=True, related_name="circumstances", db_index=False
    )
    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, null=True, related_name="circumstances", db_index=False
    )
    code = models.CharField(max_length=60)
    value = models.BigIntegerField(null=True)
    source = models.CharField(max_length=200)
    as_of = models.DateField()
    recorded_by_id = models.PositiveBigIntegerField()
    recorded_at = models.DateTimeField()

    class Meta:
        # Of the one subject or the other: with the empty ones in it an index of households looks useless to a database
        # that counted its rows, and every question about a family walks through the table.
        indexes = [
            models.Index(
                fields=[subject, "code", "-as_of", "-id"],
                name=f"circumstance_of_{subject}",
                condition=models.Q(**{f"{subject}__isnull": False}),
            )
            for subject in ("resident", "household")
        ]
        constraints = [models.CheckConstraint(condition=_ONE_SUBJECT, name="circumstance_subject")]

    def __str__(self) -> str:
        return f"{self.code} {self.as_of}"


class Identification(AreaStamped):
    """How and by whom a person or a household in need was found."""

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, null=True, related_name="identifications")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, null=True, related_name="identifications")
    how = models.CharField(max_length=12, choices=IdentifiedHow.choices)
    by_name = models.CharField(max_length=60, default="")
    identified_date = models.DateField()
    recorded_by_id = models.PositiveBigIntegerField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=_ONE_SUBJECT, name="identification_subject")]

    def __str__(self) -> str:
        return f"{self.how} {self.identified_date}"


tallies.count(
    Family(7, "residents_circumstance", "household_id"),
    Family(8, "residents_circumstance", "resident_id"),
)

triggers.register(
    *triggers.append_only("residents_circumstance"),
    *triggers.append_only("residents_identification"),
)
