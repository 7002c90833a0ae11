"""Who may see which rows: scope is an argument of every query, never a thread-local, and it fails closed."""

from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import models
from django.db.models import Q, QuerySet

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True)
class Stamp:
    """Where a row lies: ids of its district, street, community and grid; deeper ones may be unknown."""

    district_id: int
    street_id: int | None = None
    community_id: int | None = None
    grid_id: int | None = None

    def columns(self) -> dict[str, int | None]:
        """The four columns of :class:`AreaStamped`."""
        return {
            "district_id": self.district_id,
            "street_id": self.street_id,
            "community_id": self.community_id,
            "grid_id": self.grid_id,
        }

    @property
    def chain(self) -> int:
        """The area whose audit chain records what happens here: community, else street, else district."""
        return self.community_id or self.street_id or self.district_id


class AreaStamped(models.Model):
    """A row that lies somewhere. Plain indexed integers: a path LIKE scans (see docs/adr)."""

    district_id = models.PositiveBigIntegerField()
    street_id = models.PositiveBigIntegerField(null=True)
    community_id = models.PositiveBigIntegerField(null=True)
    grid_id = models.PositiveBigIntegerField(null=True)

    class Meta:
        abstract = True

    @property
    def stamp(self) -> Stamp:
        """The four columns as one value."""
        return Stamp(self.district_id, self.street_id, self.community_id, self.grid_id)


def indexes_by_place(name: str, *order: str, condition: Q | None = None) -> list[models.Index]:
    """What a list in an order is entered by, wherever its reader works: the index of each level, then the order; of the
    few rows of a condition alone.
    """
    return [
        models.Index(fields=[f"{level}_id", *order], name=f"{name}_{level}", condition=condition)
        for level in ("community", "street", "district")
    ]


@dataclass(frozen=True)
class Scope:
    """The areas a person may look into. Empty means nothing; ``unbounded`` is nobody's (see EVERYWHERE)."""

    districts: frozenset[int] = frozenset()
    streets: frozenset[int] = frozenset()
    communities: frozenset[int] = frozenset()
    grids: frozenset[int] = frozenset()
    unbounded: bool = False

    def __bool__(self) -> bool:
        return bool(self.unbounded or self.districts or self.streets or self.communities or self.grids)

    def covers(self, stamp: Stamp) -> bool:
        """Whether a row with this stamp is visible. The same rule as :meth:`condition`, row by row."""
        return (
            self.unbounded
            or stamp.district_id in self.districts
            or stamp.street_id in self.streets
            or stamp.community_id in self.communities
            or stamp.grid_id in self.grids
        )

    def condition(self, prefix: str = "") -> Q:
        """The rule as a filter; ``prefix`` leads to the stamped row ("household__")."""
        if self.unbounded:
            return ~Q(pk__in=[])
        levels = {
            "district_id": self.districts,
            "street_id": self.streets,
            "community_id": self.communities,
            "grid_id": self.grids,
        }
        condition = Q(pk__in=[])
        for column, areas in levels.items():
            if areas:
                condition |= Q(**{f"{prefix}{column}__in": sorted(areas)})
        return condition

    def __or__(self, other: "Scope") -> "Scope":
        return Scope(
            self.districts | other.districts,
            self.streets | other.streets,
            self.communities | other.communities,
            self.grids | other.grids,
            self.unbounded or other.unbounded,
        )


NOWHERE = Scope()
# For the trail alone, which asks whether what somebody did not find is there all the same (``screens.pages``).
EVERYWHERE = Scope(unbounded=True)


def within(rows: QuerySet[M, Any], scope: Scope, *, prefix: str = "") -> QuerySet[M, Any]:
    """The rows that the scope covers; none for an empty scope."""
    return rows.filter(scope.condition(prefix)) if scope else rows.none()
