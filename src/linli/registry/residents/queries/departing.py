"""What last took somebody away, as the records stand: what a correction puts right."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from linli.foundation.data.prepared import prepared
from linli.foundation.data.scope import Stamp
from linli.kernel.text import in_order
from linli.registry.residents.codes import DepartureKind, Relation
from linli.registry.residents.models import Membership, Relocation, Resident
from linli.registry.residents.queries.facts import among


@dataclass(frozen=True)
class Departed:
    """A death, a departure, or a move to another household (REHOUSED, wherever that one lies).

    ``membership_id`` is the membership that ended, in ``household_id`` since ``since``; ``joined_id`` where they went.
    """

    kind: DepartureKind
    day: date
    membership_id: int
    household_id: int
    since: date
    joined_id: int | None = None


def last_departure(resident_id: int) -> Departed | None:
    """The last departure of a resident; None for one who has always lived where they live. Two statements."""
    resident = Resident.objects.filter(pk=resident_id).first()
    rows = list(Membership.objects.filter(resident_id=resident_id, annulled=False).order_by("pk"))
    if resident is None or not rows:
        return None
    last = rows[-1]
    stays = unbroken((row.household_id, resident_id, row.valid_from, row.valid_until) for row in rows)
    since = stays[last.household_id, resident_id, last.valid_from]
    if resident.died_date is not None:
        return Departed(DepartureKind.DIED, resident.died_date, last.pk, last.household_id, since)
    if resident.left_date is not None:
        return Departed(DepartureKind.LEFT, resident.left_date, last.pk, last.household_id, since)
    for before, after in zip(reversed(rows[:-1]), reversed(rows), strict=False):
        if before.household_id != after.household_id:
            if before.valid_until != after.valid_from:
                return None  # away in between: nobody moved from the one to the other
            return Departed(
                DepartureKind.REHOUSED,
                after.valid_from,
                before.pk,
                before.household_id,
                stays[before.household_id, resident_id, before.valid_from],
                after.household_id,
            )
    return None


@dataclass(frozen=True)
class Left:
    """Somebody who lived in a household and does no longer: died, left, or joined another one."""

    household_id: int
    resident_id: int
    number: str
    name: str
    kind: DepartureKind
    day: date


def who_left(household_ids: Collection[int], *, on: date) -> list[Left]:
    """Everybody who ever left one of the households by the day and does not live there on it, by day and number.

    Two statements for any number of households; members recorded by mistake count for nothing.
    """
    wanted = set(household_ids)
    if not wanted:
        return []
    gone: dict[tuple[int, int], Left] = {}
    for household, resident, until, number, name, died, left in _ended_memberships(wanted, on):
        if household not in wanted or until is None:
            continue
        # Whoever went to another household first and died there left this one alive.
        here = until == died or (died is not None and died < until)
        kind = DepartureKind.DIED if here else DepartureKind.LEFT if until == left else DepartureKind.REHOUSED
        day = died if here and died is not None else until
        gone[household, resident] = Left(household, resident, number, name, kind, day)
    if not gone:
        return []
    staying = Membership.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=on),
        household_id__in={household for household, _resident in gone},
        valid_from__lte=on,
    )
    for key in staying.values_list("household_id", "resident_id"):
        gone.pop(key, None)
    return sorted(gone.values(), key=lambda one: (one.day, in_order(one.number)))


@prepared
def _ended_memberships(household_ids: Collection[int], on: date) -> QuerySet[Membership, Any]:
    rows = Membership.objects.filter(among("household_id", household_ids), annulled=False, valid_until__lte=on)
    names = ("resident__number", "resident__name", "resident__died_date", "resident__left_date")
    return rows.order_by("pk").values_list("household_id", "resident_id", "valid_until", *names)


@dataclass(frozen=True)
class Joined:
    """Somebody who lives in a household on a day, and since when."""

    household_id: int
    resident_id: int
    number: str
    day: date


def who_joined(household_ids: Collection[int], *, after: date, on: date) -> list[Joined]:
    """Who came to live in one of the households after a day and lives there on another, by day and number.

    Who became another relation to the head lived there before. One statement for any number of households, two where
    relations changed; members recorded by mistake count for nothing.
    """
    wanted = set(household_ids)
    rows = [row for row in _begun_memberships(wanted, after, on) if row[0] in wanted]
    since = _since([row[1] for row in rows if row[4]])
    found = [
        Joined(home, person, number, since.get((home, person, begin), begin))
        for home, person, number, begin, _goes_on in rows
    ]
    return sorted((one for one in found if one.day > after), key=lambda one: (one.day, one.resident_id))


@prepared
def _begun_memberships(household_ids: Collection[int], after: date, on: date) -> QuerySet[Membership, Any]:
    rows = Membership.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=on),
        among("household_id", household_ids),
        annulled=False,
        valid_from__gt=after,
        valid_from__lte=on,
    ).order_by("valid_from", "resident_id")
    goes_on = Membership.objects.filter(
        household=OuterRef("household"), resident=OuterRef("resident"), valid_until=OuterRef("valid_from")
    ).filter(annulled=False, pk__lt=OuterRef("pk"))
    names = ("household_id", "resident_id", "resident__number", "valid_from", "goes_on")
    return rows.annotate(goes_on=Exists(goes_on)).values_list(*names)


def _since(resident_ids: Collection[int]) -> Mapping[tuple[int, int, date], date]:
    if not resident_ids:
        return {}
    rows = Membership.objects.filter(resident_id__in=set(resident_ids), annulled=False).order_by("valid_from", "pk")
    return unbroken(rows.values_list("household_id", "resident_id", "valid_from", "valid_until"))


def unbroken(rows: Iterable[tuple[int, int, date, date | None]]) -> Mapping[tuple[int, int, date], date]:
    """By household, resident and the day on which a membership begins: since when they live there without a break."""
    since: dict[tuple[int, int, date], date] = {}
    ended: dict[tuple[int, int], tuple[date, date | None]] = {}  # the last membership there: since when, until when
    for home, person, begin, end in rows:
        first, last = ended.get((home, person), (begin, None))
        since[home, person, begin] = first = first if last == begin else begin
        ended[home, person] = first, end
    return since


def lives_there_since(resident_ids: Collection[int]) -> Mapping[int, date]:
    """Since when each of the residents lives in their household, whatever they were to its heads; two statements."""
    rows = Membership.objects.filter(resident_id__in=set(resident_ids), valid_until__isnull=True)
    since = _since(resident_ids)
    found = rows.values_list("resident_id", "household_id", "valid_from")
    return {person: since.get((home, person, begin), begin) for person, home, begin in found}


class Home(NamedTuple):
    """Where somebody lives: the household and its place."""

    household_id: int
    stamp: Stamp


def homes_of(resident_ids: Collection[int], on: date) -> Mapping[int, Home]:
    """The household each of the residents lives in on the day; who lives in none is left out. One statement."""
    if not resident_ids:
        return {}
    rows = Membership.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=on), resident_id__in=set(resident_ids), valid_from__lte=on
    )
    return {row.resident_id: Home(row.household_id, row.household.stamp) for row in rows.select_related("household")}


def last_household(resident_id: int) -> str:
    """The number of the household a resident lives or last lived in; one statement."""
    rows = Membership.objects.filter(resident_id=resident_id, annulled=False).order_by("-pk")
    return rows.values_list("household__number", flat=True).first() or ""


def relation_on_return(resident_id: int) -> Relation:
    """What somebody who comes back most likely is to the head: what they were, where the head is who it was then.

    Under another head it is not known and OTHER_RELATIVE is said; who headed a household that closed heads it again.
    Two statements.
    """
    rows = Membership.objects.filter(resident_id=resident_id, annulled=False).order_by("-pk")
    last = rows.first()
    if last is None:
        return Relation.OTHER_RELATIVE
    heads = Membership.objects.filter(household_id=last.household_id, valid_until__isnull=True, relation=Relation.HEAD)
    since = heads.values_list("valid_from", flat=True).first()
    alone = since is None and last.relation == Relation.HEAD
    same = since is not None and last.valid_until is not None and since < last.valid_until
    return Relation(last.relation) if alone or same else Relation.OTHER_RELATIVE


def last_move(household_id: int) -> date | None:
    """The day of the last move of a household as a whole; None when it never moved. One statement."""
    moves = Relocation.objects.filter(household_id=household_id, annulment__isnull=True)
    return moves.order_by("-moved_date", "-pk").values_list("moved_date", flat=True).first()


def corrigible(resident_ids: Iterable[int]) -> frozenset[int]:
    """Those of the residents who moved here from another household: a wrong move can be corrected. One statement."""
    homes: dict[int, set[int]] = {}
    rows = Membership.objects.filter(resident_id__in=set(resident_ids), annulled=False)
    for resident, household in rows.values_list("resident_id", "household_id"):
        homes.setdefault(resident, set()).add(household)
    return frozenset(resident for resident, households in homes.items() if len(households) > 1)
