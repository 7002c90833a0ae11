"""Reads of the territory. Names and codes of areas are public, so these take no scope."""

from collections.abc import Iterable, Mapping

from linli.areas.codes import AreaKind
from linli.areas.models import Area
from linli.foundation.data.scope import Scope, Stamp, within

__all__ = [
    "Area",
    "area_by_code",
    "area_by_id",
    "by_codes",
    "children",
    "ids_within",
    "names",
    "of_kind",
    "stamp_of",
    "tree",
]


def area_by_code(code: str) -> Area:
    """The area with the code; Area.DoesNotExist otherwise."""
    return Area.objects.get(code=code)


def by_codes(codes: Iterable[str]) -> Mapping[str, Area]:
    """Areas by code; codes that nobody has are left out."""
    return {area.code: area for area in Area.objects.filter(code__in=set(codes))}


def area_by_id(area_id: int) -> Area:
    """The area with the id; Area.DoesNotExist otherwise."""
    return Area.objects.get(pk=area_id)


def stamp_of(area_id: int) -> Stamp:
    """Where rows of the area lie."""
    return Area.objects.get(pk=area_id).stamp


def names(area_ids: Iterable[int | None]) -> Mapping[int, str]:
    """Names by id, in one query."""
    wanted = {area_id for area_id in area_ids if area_id is not None}
    return dict(Area.objects.filter(pk__in=wanted).values_list("pk", "name"))


def ids_within(scope: Scope) -> list[int]:
    """Ids of every area the scope covers, itself included."""
    return list(within(Area.objects.all(), scope).order_by("pk").values_list("pk", flat=True))


def children(area_id: int, kind: AreaKind) -> list[Area]:
    """Areas of the kind anywhere below a community, in order of code."""
    return list(Area.objects.filter(community_id=area_id, kind=kind).order_by("code"))


def of_kind(kind: AreaKind) -> list[Area]:
    """All areas of one kind, in order of code."""
    return list(Area.objects.filter(kind=kind).order_by("code"))


def tree(scope: Scope) -> list[Area]:
    """Every area the scope covers with its parent, each after the one it lies in, siblings in order of code."""
    rows = list(within(Area.objects.select_related("parent"), scope).order_by("code"))
    below: dict[int | None, list[Area]] = {}
    there = {area.pk for area in rows}
    for area in rows:
        below.setdefault(area.parent_id if area.parent_id in there else None, []).append(area)
    ordered: list[Area] = []
    waiting = below.get(None, [])[::-1]
    while waiting:
        area = waiting.pop()
        ordered.append(area)
        waiting += below.get(area.pk, [])[::-1]
    return ordered
