"""Reads of the territory. Names and codes of areas are public, so these take no scope."""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from django.db.models import Count, QuerySet

from linli.foundation.data.scope import Scope, Stamp, within
from linli.foundation.screens.lookups import OFFERED, Find, Offer
from linli.foundation.screens.texts import joined_by_dot
from linli.ground.areas.codes import OFFICES, AreaKind
from linli.ground.areas.models import Area

__all__ = [
    "NO_OFFICE",
    "Area",
    "Office",
    "area_by_code",
    "area_by_id",
    "areas",
    "by_codes",
    "children",
    "counts_below",
    "ids_within",
    "named",
    "names",
    "of_kind",
    "offers",
    "offices",
    "offices_within",
    "public_offices",
    "roots",
    "stamp_of",
    "told",
    "tree",
    "unreached",
    "way_to",
    "without_office",
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


class Office(NamedTuple):
    """Where an office is reached; both empty while nobody has entered it."""

    telephone: str
    address: str


NO_OFFICE = Office("", "")


def offices(stamps: Iterable[Stamp]) -> Mapping[Stamp, Office]:
    """Where the office in charge of each place is reached: the community's, or the street's where it has none.

    In one query; a place of which neither is known is left out.
    """
    wanted = set(stamps)
    ids = {pk for stamp in wanted for pk in (stamp.community_id, stamp.street_id) if pk is not None}
    rows = Area.objects.filter(pk__in=ids).exclude(telephone="").values_list("pk", "telephone", "address")
    known = {pk: Office(telephone, address) for pk, telephone, address in rows}
    found = {stamp: known.get(stamp.community_id or 0) or known.get(stamp.street_id or 0) for stamp in wanted}
    return {stamp: office for stamp, office in found.items() if office is not None}


def public_offices(limit: int) -> list[Area]:
    """Streets and communities that entered where they are reached, in order of code, at most so many."""
    kinds = (AreaKind.STREET, AreaKind.COMMUNITY)
    return list(Area.objects.filter(kind__in=kinds).exclude(telephone="").order_by("code")[:limit])


def without_office(scope: Scope) -> list[Area]:
    """Communities in the scope whose letters can name no office, neither theirs nor their street's, by code."""
    return unreached(within(Area.objects.filter(kind=AreaKind.COMMUNITY, telephone=""), scope).order_by("code"))


def unreached(rows: Iterable[Area]) -> list[Area]:
    """Those of the areas that are communities whose letters can name no office; in one query."""
    silent = [row for row in rows if row.kind == AreaKind.COMMUNITY and not row.telephone]
    streets = Area.objects.filter(pk__in={row.street_id for row in silent}).exclude(telephone="")
    reached = set(streets.values_list("pk", flat=True)) if silent else set()
    return [row for row in silent if row.street_id not in reached]


def names(area_ids: Iterable[int | None]) -> Mapping[int, str]:
    """Names by id, in one query."""
    wanted = {area_id for area_id in area_ids if area_id is not None}
    return dict(Area.objects.filter(pk__in=wanted).values_list("pk", "name"))


def ids_within(scope: Scope) -> list[int]:
    """Ids of every area the scope covers, itself included."""
    return list(within(Area.objects.all(), scope).order_by("pk").values_list("pk", flat=True))


def named(scope: Scope, text: str, kinds: Iterable[AreaKind], *, limit: int) -> list[Area]:
    """Areas of the kinds in the scope: the one with the code, else at most ``limit`` with the text in their name."""
    rows = within(Area.objects.filter(kind__in=list(kinds)), scope).order_by("code")
    return list(rows.filter(code=text)) or list(rows.filter(name__contains=text)[:limit])


def told(found: Iterable[Area]) -> list[tuple[Area, str]]:
    """Areas, each with the names of the community and the grid in which it lies and its own; one query."""
    rows = list(found)
    known = names(area for row in rows for area in (row.community_id, row.grid_id))
    around = [(row, known.get(row.community_id or 0, ""), known.get(row.grid_id or 0, "")) for row in rows]
    return [(row, joined_by_dot(*dict.fromkeys([*above, row.name]))) for row, *above in around]


def offers(scope: Scope, kinds: Collection[AreaKind]) -> Find:
    """What a field that is a place looks in: areas of the kinds in the scope."""

    def find(text: str) -> list[Offer]:
        rows = named(scope, text, kinds, limit=OFFERED)
        return [Offer(area.pk, area.code, area.name, words) for area, words in told(rows)]

    return find


def children(area_id: int, kind: AreaKind) -> list[Area]:
    """Areas of the kind anywhere below a community, in order of code."""
    return list(Area.objects.filter(community_id=area_id, kind=kind).order_by("code"))


def of_kind(kind: AreaKind) -> list[Area]:
    """All areas of one kind, in order of code."""
    return list(Area.objects.filter(kind=kind).order_by("code"))


def areas(scope: Scope) -> QuerySet[Area]:
    """Every area the scope covers."""
    return within(Area.objects.all(), scope)


def offices_within(scope: Scope) -> list[Area]:
    """Districts, streets and communities that the scope covers, each with what it lies in, in order of code."""
    kinds = (AreaKind.DISTRICT, *OFFICES)
    return list(areas(scope).filter(kind__in=kinds).select_related("parent").order_by("code"))


def roots(scope: Scope) -> list[Area]:
    """Where the scope begins: the areas it covers that lie in none that it covers, in order of code."""
    named = {*scope.districts, *scope.streets, *scope.communities, *scope.grids}
    rows = list(areas(scope).filter(pk__in=named).select_related("parent").order_by("code"))
    return [row for row in rows if row.parent is None or not scope.covers(row.parent.stamp)]


def way_to(area: Area) -> list[Area]:
    """The areas in which the area lies, the largest first."""
    above = {area.district_id, area.street_id, area.community_id, area.grid_id} - {area.pk}
    rows = Area.objects.filter(pk__in=[pk for pk in above if pk])
    return sorted(rows, key=lambda one: list(AreaKind).index(AreaKind(one.kind)))


def counts_below(area_ids: Iterable[int]) -> Mapping[int, int]:
    """How many areas lie directly in each; those in which none lies are left out."""
    rows = Area.objects.filter(parent_id__in=set(area_ids)).values_list("parent_id").annotate(Count("pk"))
    return {parent: count for parent, count in rows if parent is not None}


def tree(scope: Scope) -> list[Area]:
    """Every area the scope covers with its parent, each after the one it lies in, siblings in order of code."""
    found = list(areas(scope).select_related("parent").order_by("code"))
    below: dict[int | None, list[Area]] = {}
    there = {area.pk for area in found}
    for area in found:
        below.setdefault(area.parent_id if area.parent_id in there else None, []).append(area)
    ordered: list[Area] = []
    waiting = below.get(None, [])[::-1]
    while waiting:
        area = waiting.pop()
        ordered.append(area)
        waiting += below.get(area.pk, [])[::-1]
    return ordered
