"""Where households may lie."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# The territory's queries answer one area at a time; a census needs its places as a set.
from linli.areas.codes import AreaKind
from linli.areas.models import Area
from linli.foundation.data.scope import Scope, Stamp, within

_LOCAL = (AreaKind.COMMUNITY, AreaKind.GRID, AreaKind.BUILDING)


@dataclass(frozen=True)
class Place:
    """An area a household can be put in: a community, a grid or a building."""

    area_id: int
    name: str
    kind: AreaKind
    stamp: Stamp
    code: str

    @property
    def building_id(self) -> int | None:
        """The area when it is a building."""
        return self.area_id if self.kind == AreaKind.BUILDING else None

    @property
    def building_name(self) -> str:
        """The building's name, empty for a grid or a community."""
        return self.name if self.kind == AreaKind.BUILDING else ""

    @property
    def is_local(self) -> bool:
        """Whether it is small enough to live in: at least a community."""
        return self.kind in _LOCAL


def places(area_ids: Iterable[int]) -> Mapping[int, Place]:
    """The areas by id, in one query; ids of areas that do not exist are left out."""
    rows = Area.objects.filter(pk__in=set(area_ids))
    return {area.pk: Place(area.pk, area.name, AreaKind(area.kind), area.stamp, area.code) for area in rows}


def local_places(scope: Scope) -> list[Place]:
    """Communities, grids and buildings within the scope, in order of code: one query."""
    rows = within(Area.objects.filter(kind__in=_LOCAL), scope).order_by("code")
    return [Place(area.pk, area.name, AreaKind(area.kind), area.stamp, area.code) for area in rows]
