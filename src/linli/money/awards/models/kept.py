"""What of awards is kept beside them: what a place's come to, what is due and not taken up (docs/adr/0044)."""

from django.db import models
from django.db.models import Q

from linli.foundation.data import touched, triggers
from linli.foundation.data.marks import Mark, marked
from linli.foundation.data.scope import AreaStamped, indexes_by_place
from linli.foundation.data.sums import PLACE, Summed
from linli.money.awards.codes import AwardState, DueState
from linli.money.awards.models.awards import Award
from linli.money.ledger.models import Fund

_SUMMED_BY = ("programme", "state", "valid_from", "valid_until")


class AwardSum(AreaStamped):
    """Awards of a place by programme, state and period: kept by the database, as balances are (docs/adr/0044)."""

    programme = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=AwardState.choices)
    valid_from = models.DateField()
    valid_until = models.DateField()
    number = models.BigIntegerField()
    amount_fen = models.BigIntegerField()  # per month

    class Meta:
        indexes = indexes_by_place("award_sum", "programme")
        constraints = [
            models.UniqueConstraint(
                fields=["grid_id", "community_id", "street_id", "district_id", *_SUMMED_BY], name="award_sum"
            )
        ]

    def __str__(self) -> str:
        return f"{self.programme} {self.state}: {self.number}"


AWARD_SUMS = Summed("awards_award_sums", "awards_award", "awards_awardsum", (*PLACE, *_SUMMED_BY))


class Due(AreaStamped):
    """What no batch took up yet of a month of an award, of its fund's year: kept where lists are entered by it.

    ``queries.dues`` says what is due and whether it could be paid; ``part`` above 0 would be a supplement.
    """

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="dues", db_index=False)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+", db_index=False)
    programme = models.CharField(max_length=40)
    month_date = models.DateField()
    part = models.PositiveSmallIntegerField()
    amount_fen = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=DueState.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["award", "month_date"], name="due_once"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="due_amount"),
        ]
        indexes = [
            *indexes_by_place("due", "month_date", "award"),
            *indexes_by_place("due_programme", "programme", "month_date", "award"),
        ]

    def __str__(self) -> str:
        return f"{self.award_id} {self.month_date:%Y-%m}"


class DueSum(AreaStamped):
    """What is due of a fund by place, programme, month and whether it could be paid: summed by the database."""

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+", db_index=False)
    programme = models.CharField(max_length=40)
    month_date = models.DateField()
    state = models.CharField(max_length=10, choices=DueState.choices)
    number = models.BigIntegerField()
    amount_fen = models.BigIntegerField()

    class Meta:
        indexes = indexes_by_place("due_sum", "month_date")
        constraints = [
            models.UniqueConstraint(
                fields=["fund", "month_date", "programme", "state", *reversed(PLACE)], name="due_sum"
            )
        ]

    def __str__(self) -> str:
        return f"{self.fund_id} {self.month_date:%Y-%m} {self.programme} {self.state}: {self.number}"


class DueMark(Mark):
    """An award of which what is due does not hold for good."""

    award = models.OneToOneField(Award, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.award_id} {self.day}"


DUE_SUMS = Summed(
    "awards_due_sums", "awards_due", "awards_duesum", ("fund_id", "month_date", "programme", "state", *PLACE)
)
_OF = "SELECT a.id FROM awards_award a WHERE a."
_WHO_LIVED = "SELECT m.resident_id FROM residents_membership m WHERE m.household_id = "
_RECEIVES = f"{_OF}unit_key IN (SELECT p.unit_key FROM awards_payeeaccount p WHERE p.holder_id = "
_MOVED = "(SELECT r.household_id FROM residents_relocation r WHERE r.id = NEW.relocation_id)"
# What says what is due of which awards, by table: their history, what was taken up, where it is paid and to whom, who
# is gone.
DUE_BY = {
    "awards_award": (f"{_OF}id = NEW.id", "INSERT UPDATE"),
    "awards_awardchange": (f"{_OF}id = NEW.award_id", "INSERT"),
    "awards_awardmonth": (f"{_OF}id = NEW.award_id", "INSERT UPDATE"),
    "awards_receivable": (f"{_OF}id = NEW.award_id", "INSERT UPDATE"),
    "awards_payeeaccount": (f"{_OF}unit_key = NEW.unit_key", "INSERT UPDATE"),
    "residents_resident": (
        f"{_OF}resident_id = NEW.id UNION {_RECEIVES}NEW.id)",
        "UPDATE",
    ),
    "residents_household": (f"{_OF}household_id = NEW.id", "UPDATE"),
    "residents_membership": (
        f"{_OF}resident_id = NEW.resident_id UNION {_OF}household_id = NEW.household_id "
        f"UNION {_RECEIVES}NEW.resident_id)",
        "INSERT UPDATE",
    ),
    "residents_guardianship": (
        f"{_OF}resident_id = NEW.ward_id UNION {_OF}household_id IN "
        "(SELECT m.household_id FROM residents_membership m WHERE m.resident_id = NEW.ward_id)",
        "INSERT UPDATE",
    ),
    "residents_relocation": (
        f"{_OF}household_id = NEW.household_id UNION {_OF}resident_id IN ({_WHO_LIVED}NEW.household_id)",
        "INSERT",
    ),
    "residents_relocationannulment": (
        f"{_OF}household_id = {_MOVED} UNION {_OF}resident_id IN ({_WHO_LIVED}{_MOVED})",
        "INSERT",
    ),
    # Which moves end an award is the law's.
    "policies_packversion": ("SELECT d.award_id AS id FROM awards_duemark d", "INSERT"),
}


def _marked(table: str, awards: str, events: str) -> list[triggers.Trigger]:
    """Whatever is written into the table, what is due of the awards that are selected by NEW is reckoned anew."""
    return marked(table, awards, marks="awards_duemark", column="award_id", name="due", events=events)


for _table in ("awardsum", "due", "duesum", "duemark"):
    touched.excuse(f"awards_{_table}", "kept out of awards and their months; the invariants reckon it anew")
triggers.register(
    triggers.never_deleted("awards_awardsum"),
    triggers.never_deleted("awards_duesum"),
    *AWARD_SUMS.triggers(),
    *DUE_SUMS.triggers(deleted=True),
    *(one for table, (awards, events) in DUE_BY.items() for one in _marked(table, awards, events)),
)
