"""The tree of territory: district, street, community, grid, building."""

from django.db import models

from linli.foundation.data.locks import version_of_words
from linli.foundation.data.scope import Stamp
from linli.ground.areas.codes import AreaKind


class Area(models.Model):
    """One territory. ``code`` is its business key (GB/T 2260 and its extensions for the official levels)."""

    code = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=12, choices=AreaKind.choices)
    name = models.CharField(max_length=60)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    # Where the office of a street or community is reached: under its letters and on its posters. Empty until entered.
    telephone = models.CharField(max_length=30, default="", blank=True)
    address = models.CharField(max_length=120, default="", blank=True)
    # The ancestors at each level, itself included: what stamps copy. Set by the one operation that adds areas.
    district_id = models.PositiveBigIntegerField(null=True)
    street_id = models.PositiveBigIntegerField(null=True)
    community_id = models.PositiveBigIntegerField(null=True)
    grid_id = models.PositiveBigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["kind", "code"], name="area_kind"),
            models.Index(fields=["community_id", "kind"], name="area_community"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def version(self) -> int:
        """Another one whenever what its forms show is another."""
        return version_of_words(self.name, self.telephone, self.address)

    @property
    def stamp(self) -> Stamp:
        """Where rows of this area lie."""
        if self.district_id is None:
            raise ValueError(f"area {self.code} is not placed")
        return Stamp(self.district_id, self.street_id, self.community_id, self.grid_id)
