"""Residents, households, who lives in which since when."""

from django.db import models
from django.db.models import F, Q

from linli.foundation.data import sealed, tallies, triggers
from linli.foundation.data.scope import AreaStamped, indexes_by_place
from linli.foundation.data.tallies import Family
from linli.registry.residents.codes import ClosedReason, HukouKind, Relation, ResidenceKind, Sex


class Household(AreaStamped):
    """People who live together. ``number`` is the business key; the door is sealed, the building is public."""

    row_key = models.CharField(max_length=32, unique=True)
    number = models.CharField(max_length=16, unique=True)
    building = models.ForeignKey("areas.Area", on_delete=models.PROTECT, null=True, related_name="+")
    building_key = models.CharField(max_length=400, default="")  # search key of the building's name
    address_envelope = models.TextField(default="")
    opened_date = models.DateField()
    closed_date = models.DateField(null=True)
    closed_reason = models.CharField(max_length=12, choices=ClosedReason.choices, default="")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["community_id", "number"], name="household_community"),
            models.Index(fields=["street_id", "number"], name="household_street"),
            models.Index(fields=["district_id", "number"], name="household_district"),
            models.Index(fields=["grid_id", "number"], name="household_grid"),
            models.Index(fields=["building_key"], name="household_building"),
            *indexes_by_place("household_gone", "number", condition=Q(closed_date__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_date__isnull=True, closed_reason="")
                | Q(closed_date__isnull=False, closed_date__gte=F("opened_date")) & ~Q(closed_reason=""),
                name="household_closed",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def address_aad(self) -> str:
        """What binds the address envelope to this row."""
        return f"residents_household|{self.row_key}|address"


class Resident(AreaStamped):
    """A person. Identity number and telephone are envelopes; what search needs of them are keyed hashes: of the whole,
    and of the parts that the masks show.

    The ``*_key`` columns hold search texts as hex, so that a prefix is a plain range under any collation.
    """

    row_key = models.CharField(max_length=32, unique=True)
    number = models.CharField(max_length=16, unique=True)
    name = models.CharField(max_length=60)
    name_key = models.CharField(max_length=400)
    given_key = models.CharField(max_length=400)
    pinyin_key = models.CharField(max_length=600)
    initials_key = models.CharField(max_length=160)
    sex = models.CharField(max_length=8, choices=Sex.choices)
    birth_date = models.DateField()
    id_number_envelope = models.TextField(default="")
    id_number_index = models.CharField(max_length=64, null=True, unique=True)  # null: no number (yet), as newborns
    id_last4 = models.CharField(max_length=16, default="")
    phone_envelope = models.TextField(default="")
    phone_index = models.CharField(max_length=64, default="")
    phone_first3 = models.CharField(max_length=16, default="")
    phone_last4 = models.CharField(max_length=16, default="")
    hukou_kind = models.CharField(max_length=12, choices=HukouKind.choices, default=HukouKind.UNKNOWN)
    hukou_place = models.CharField(max_length=120, default="")
    residence_kind = models.CharField(max_length=12, choices=ResidenceKind.choices, default=ResidenceKind.PERMANENT)
    residence_place = models.CharField(max_length=120, default="")
    registered_date = models.DateField()
    died_date = models.DateField(null=True)
    left_date = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            # No index begins with an area: without statistics SQLite would take it and read a whole district to
            # find one name. The scope is checked on the few rows that the text leaves.
            models.Index(fields=["name_key", "community_id"], name="resident_name"),
            models.Index(fields=["given_key"], name="resident_given"),
            models.Index(fields=["pinyin_key"], name="resident_pinyin"),
            models.Index(fields=["initials_key"], name="resident_initials"),
            models.Index(fields=["id_last4"], name="resident_id4"),
            models.Index(fields=["phone_index"], name="resident_phone"),
            models.Index(fields=["phone_first3"], name="resident_phone3"),
            models.Index(fields=["phone_last4"], name="resident_phone4"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(died_date__isnull=True) | Q(died_date__gte=F("birth_date")),
                name="resident_death_after_birth",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def id_number_aad(self) -> str:
        """What binds the identity number's envelope to this row."""
        return f"residents_resident|{self.row_key}|id_number"

    @property
    def phone_aad(self) -> str:
        """What binds the telephone's envelope to this row."""
        return f"residents_resident|{self.row_key}|phone"


class Membership(AreaStamped):
    """A resident lives in a household for a time (half-open); one open membership per resident, one head.

    An ``annulled`` one was recorded by mistake: it is empty and counts for nothing. Of one with a
    ``presumed_date`` nobody has said the relation: it was worked out when the head changed on that day
    (``rules/succession.py``).
    """

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="memberships")
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="memberships")
    relation = models.CharField(max_length=16, choices=Relation.choices)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    annulled = models.BooleanField(default=False)
    presumed_date = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["household"],
                condition=Q(presumed_date__isnull=False, valid_until__isnull=True),
                name="membership_presumed",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["resident"], condition=Q(valid_until__isnull=True), name="membership_one_open"
            ),
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(valid_until__isnull=True, relation=Relation.HEAD),
                name="membership_one_head",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")), name="membership_period"
            ),
            models.CheckConstraint(
                condition=Q(annulled=False) | Q(valid_until__isnull=False, valid_until=F("valid_from")),
                name="membership_annulled_empty",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household_id} {self.resident_id} {self.relation}"


class Relocation(AreaStamped):
    """A household moved: from where, to where, when. Stamped with the place it left."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="relocations")
    from_building = models.ForeignKey("areas.Area", on_delete=models.PROTECT, null=True, related_name="+")
    to_building = models.ForeignKey("areas.Area", on_delete=models.PROTECT, null=True, related_name="+")
    to_district_id = models.PositiveBigIntegerField()
    to_street_id = models.PositiveBigIntegerField(null=True)
    to_community_id = models.PositiveBigIntegerField(null=True)
    to_grid_id = models.PositiveBigIntegerField(null=True)
    old_address_envelope = models.TextField(default="")  # bound to the household's row
    moved_date = models.DateField()
    recorded_by_id = models.PositiveBigIntegerField()
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["household", "moved_date"], name="relocation_household")]

    def __str__(self) -> str:
        return f"{self.household_id} {self.moved_date}"


class RelocationAnnulment(AreaStamped):
    """A move that was recorded wrongly does not count: it never happened, or a corrected one stands beside it."""

    relocation = models.OneToOneField(Relocation, on_delete=models.PROTECT, related_name="annulment")
    reason = models.CharField(max_length=200)
    recorded_by_id = models.PositiveBigIntegerField()
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.relocation_id}"


class Correction(AreaStamped):
    """A field that was wrong: its old value (sealed), the reason, who put it right."""

    row_key = models.CharField(max_length=32, unique=True)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="corrections")
    field = models.CharField(max_length=24)
    old_envelope = models.TextField(default="")
    reason = models.CharField(max_length=200)
    recorded_by_id = models.PositiveBigIntegerField()
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.resident_id} {self.field}"


tallies.count(
    Family(3, "residents_membership", "household_id"),
    Family(4, "residents_membership", "resident_id"),
    Family(5, "residents_relocation", "household_id"),
    Family(6, "residents_relocationannulment", "household_id", through="residents_relocation", key="relocation_id"),
)

triggers.register(
    triggers.never_deleted("residents_household"),
    triggers.never_deleted("residents_resident"),
    triggers.never_deleted("residents_membership"),
    *triggers.append_only("residents_relocation"),
    *triggers.append_only("residents_relocationannulment"),
    *triggers.append_only("residents_correction"),
)

sealed.holds_envelopes("residents_household", "address_envelope")
sealed.holds_envelopes("residents_resident", "id_number_envelope", "phone_envelope")
sealed.holds_envelopes("residents_relocation", "old_address_envelope")
sealed.holds_envelopes("residents_correction", "old_envelope")
