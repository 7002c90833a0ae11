"""Where households may lie."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from django.core.exceptions import ObjectDoesNotExist

from linli.foundation.data.scope import Scope, Stamp
from linli.ground.areas.codes import AreaKind
from linli.ground.areas.queries import area_by_id, children, named, of_kind

LOCAL = (AreaKind.COMMUNITY, AreaKind.GRID, AreaKind.BUILDING)
# The territory answers by id or by kind: up to so many areas are asked for one by one.
_ONE_BY_ONE = 6


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
        return self.kind in LOCAL


def places(area_ids: Iterable[int]) -> Mapping[int, Place]:
    """The areas by id; ids of areas that do not exist are left out. A few statements for any number of areas."""
    wanted = set(area_ids)
    if len(wanted) <= _ONE_BY_ONE:
        found = [place for area_id in sorted(wanted) if (place := _place_by_id(area_id)) is not None]
    else:
        found = [_place(area) for kind in AreaKind for area in of_kind(kind) if area.pk in wanted]
    return {place.area_id: place for place in found}


def local_places(scope: Scope) -> list[Place]:
    """Communities, grids and buildings within the scope, in order of code; three statements for each community."""
    if scope.districts or scope.streets or scope.grids:
        found = [area for kind in LOCAL for area in of_kind(kind) if scope.covers(area.stamp)]
    else:
        found = [
            area
            for community in sorted(scope.communities)
            for area in (
                area_by_id(community),
                *children(community, AreaKind.GRID),
                *children(community, AreaKind.BUILDING),
            )
        ]
    return sorted((_place(area) for area in found), key=lambda place: place.code)


def places_named(scope: Scope, text: str, *, limit: int = 20) -> list[Place]:
    """Grids and buildings within the scope: the one with the code, else those with the text in their name, by code."""
    return [_place(area) for area in named(scope, text, (AreaKind.GRID, AreaKind.BUILDING), limit=limit)]


class _Area(Protocol):
    """What a place needs of an area."""

    pk: int
    name: str
    kind: str
    code: str

    @property
    def stamp(self) -> Stamp: ...


def _place_by_id(area_id: int) -> Place | None:
    try:
        return _place(area_by_id(area_id))
    except ObjectDoesNotExist:
        return None


def _place(area: _Area) -> Place:
    return Place(area.pk, area.name, AreaKind(area.kind), area.stamp, area.code)
