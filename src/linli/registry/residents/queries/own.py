"""What rooms above need to know of a household before they act; they check the place themselves."""

import hmac
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import BigIntegerField, Case, OuterRef, Q, QuerySet, Subquery, Value, When

from linli.foundation.data.crypto import open_sealed, seal
from linli.foundation.data.prepared import prepared
from linli.foundation.data.scope import Scope, Stamp
from linli.foundation.trail.behind import Behind
from linli.ground.notifications.queries import Addressee
from linli.registry.residents.codes import GuardianshipKind, LinkState, Relation
from linli.registry.residents.models import Guardianship, Household, Membership, Resident, ResidentAccount
from linli.registry.residents.queries.departing import unbroken
from linli.registry.residents.queries.facts import Member, members_on, on_day, resident_of

# What somebody outside shows to know of a person.
_SIGNS = 4
_NOBODY = "residents_resident||nobody"


class HouseholdPlace(NamedTuple):
    """A household's number and where it lies."""

    number: str
    stamp: Stamp


def household_places(household_ids: Collection[int]) -> Mapping[int, HouseholdPlace]:
    """Open households by id, in one statement; closed and unknown ones are left out."""
    return {row.pk: HouseholdPlace(row.number, row.stamp) for row in _open_households(household_ids)}


@prepared
def _open_households(household_ids: Collection[int]) -> QuerySet[Household]:
    return Household.objects.filter(pk__in=household_ids, closed_date__isnull=True)


def residents_exist(resident_ids: Collection[int]) -> bool:
    """Whether every id is a registered resident."""
    wanted = set(resident_ids)
    return Resident.objects.filter(pk__in=wanted).count() == len(wanted)


def ends_in(resident_id: int, digits: str) -> bool:
    """Whether a resident's identity number ends in the four signs; the telephone where there is no number.

    An id that nobody has (0) is No, after as much work: how long it takes tells nothing.
    """
    row = Resident.objects.filter(pk=resident_id).first()
    if row is None:
        plain = open_sealed(seal("0", aad=_NOBODY), aad=_NOBODY)
    elif row.id_number_envelope:
        plain = open_sealed(row.id_number_envelope, aad=row.id_number_aad)
    else:
        plain = open_sealed(row.phone_envelope, aad=row.phone_aad)
    return hmac.compare_digest(plain[-_SIGNS:].encode(), digits.encode()) and len(digits) == _SIGNS


def is_doubted(user_id: int) -> bool:
    """Whether it is looked into whose account this is: nothing of a family is shown on it meanwhile."""
    rows = ResidentAccount.objects.filter(user_id=user_id)
    return rows.filter(state=LinkState.DOUBTED).exists() and not rows.filter(state=LinkState.STANDING).exists()


def own_people(user_id: int, on: date) -> frozenset[int]:
    """The resident behind an account and the people they are guardian or proxy of; nobody while the link is doubted."""
    resident = resident_of(user_id)
    if resident is None:
        return frozenset()
    wards = Resident.objects.filter(
        Q(guardians__valid_until__isnull=True) | Q(guardians__valid_until__gt=on),
        guardians__guardian_id=resident,
        guardians__valid_from__lte=on,
    ).values_list("pk", flat=True)
    return frozenset([resident, *wards])


def numbers_of(resident_ids: Collection[int]) -> list[str]:
    """The numbers of residents, in order."""
    return sorted(Resident.objects.filter(pk__in=resident_ids).values_list("number", flat=True))


def own_homes(user_id: int, on: date) -> Mapping[int, date]:
    """The families (households) of :func:`own_people`, each with the day since which one of them belongs to it without
    a break, whatever they were to its heads. Who lodges with a family is not of it.
    """
    of_family = Membership.objects.filter(resident_id__in=own_people(user_id, on), annulled=False)
    of_family = of_family.exclude(relation=Relation.NON_RELATIVE).order_by("valid_from", "pk")
    stays = list(of_family.values_list("household_id", "resident_id", "valid_from", "valid_until"))
    since = unbroken(stays)
    homes: dict[int, date] = {}
    for home, person, begin, end in stays:
        if begin <= on and (end is None or end > on):
            homes[home] = min(since[home, person, begin], homes.get(home, date.max))
    return homes


def own_household_ids(user_id: int, on: date) -> frozenset[int]:
    """The families of the resident behind an account, and of those whom they act for."""
    return frozenset(own_homes(user_id, on))


# --- who stands behind the number of a household or a resident, and who may receive for them -------


@dataclass(frozen=True)
class Guardian:
    """Somebody who acts for a resident: of the registry (id), or from outside, known by name alone."""

    resident_id: int | None
    name: str


@dataclass(frozen=True)
class UnitPeople:
    """The people of a unit on a day: the members of the household, the one person (None of a household), guardians."""

    members: tuple[Member, ...]
    person: Member | None
    guardians: tuple[Guardian, ...]


def people_of_units(numbers: Collection[str], on: date) -> Mapping[str, UnitPeople]:
    """Of each household or resident (by number) that exists; six statements for any number of them."""
    households = dict(Household.objects.filter(number__in=set(numbers)).values_list("number", "pk"))
    people = dict(Resident.objects.filter(number__in=set(numbers)).values_list("number", "pk"))
    homes = _homes(people.values(), on)
    members = members_on({*households.values(), *homes.values()}, on)
    found: dict[str, tuple[tuple[Member, ...], Member | None]] = {
        number: (members[pk], None) for number, pk in households.items()
    }
    for number, pk in people.items():
        family = members[homes[pk]] if pk in homes else ()
        found[number] = (family, next((one for one in family if one.resident_id == pk), None))
    wards = {one.resident_id for family, person in found.values() for one in ((person,) if person else family)}
    guardians = _guardians(wards, on)
    return {
        number: UnitPeople(
            family,
            person,
            tuple(one for ward in ((person,) if person else family) for one in guardians.get(ward.resident_id, ())),
        )
        for number, (family, person) in found.items()
    }


class Gone(NamedTuple):
    """When somebody died, or left where they lived."""

    died: bool
    day: date


def who_was_there(unit: str, name: str, on: date) -> Gone | None:
    """What became by the day of the one of that name who lived in the household of that number, or with the resident
    of that number; None where nobody of the name did, or does still.
    """
    lived = Q(household__number=unit) | Q(resident__number=unit)
    homes = Membership.objects.filter(lived, annulled=False).values("household_id")
    rows = Membership.objects.filter(household_id__in=homes, resident__name=name, annulled=False, valid_from__lte=on)
    newest = rows.order_by("-valid_from", "-pk").values_list("resident__died_date", "valid_until").first()
    died, left = newest or (None, None)
    day = _by(died, on) or _by(left, on)
    return Gone(day == died, day) if day else None


class Called(NamedTuple):
    """A person of a household as it is spoken of."""

    number: str
    name: str
    relation: Relation


def everybody_in(household_ids: Collection[int], on: date) -> Mapping[int, Sequence[Called]]:
    """Who lives in each household on the day, then those who ever did or were written down there by mistake, each
    once; one statement.
    """
    found: dict[int, dict[str, Called]] = {household: {} for household in household_ids}
    rows = Membership.objects.filter(household_id__in=found)
    there = Case(When(on_day(on), then=0), default=1)
    names = ("household_id", "resident__number", "resident__name", "relation")
    for household, number, name, relation in rows.order_by(there, "-valid_from", "-pk").values_list(*names):
        found[household].setdefault(number, Called(number, name, Relation(relation)))
    return {household: tuple(people.values()) for household, people in found.items()}


def resident_named(number: str, name: str) -> int | None:
    """The resident (id) who bears this number and this name; None otherwise, whichever of the two is wrong."""
    return Resident.objects.filter(number=number, name=name).values_list("pk", flat=True).first()


def last_homes(numbers: Collection[str]) -> Mapping[str, tuple[int, int]]:
    """Of each resident (by number): the id, and the household (id) where they live or lived last; one statement."""
    lived = Membership.objects.filter(resident=OuterRef("pk"), annulled=False).order_by("-valid_from", "-pk")
    rows = Resident.objects.filter(number__in=numbers).annotate(home=Subquery(lived.values("household_id")[:1]))
    return {number: (pk, home) for number, pk, home in rows.values_list("number", "pk", "home") if home is not None}


def addressees_among(homes: Mapping[int, int], delivers: Scope, on: date) -> Mapping[int, Addressee]:
    """To whom and where to write to each resident (id; with the household (id) that is asked where they live in none):
    doors are opened within the scope alone, for who brings the letter.
    """
    newest = _lived_in(on).filter(resident=OuterRef("pk")).order_by("-valid_from", "-pk").values("household_id")
    people = list(Resident.objects.filter(pk__in=homes).annotate(home=Subquery(newest[:1])))
    known = {one.pk: one.home or homes[one.pk] for one in people}
    households = Household.objects.select_related("building").in_bulk(set(known.values()))
    return {
        one.pk: Addressee(one.number, one.name, *_door(households[known[one.pk]], delivers), _by(one.died_date, on))
        for one in people
    }


def _door(home: Household, delivers: Scope) -> tuple[Stamp, str, str]:
    door = open_sealed(home.address_envelope, aad=home.address_aad) if delivers.covers(home.stamp) else ""
    return home.stamp, home.building.name if home.building else "", door


def _by(day: date | None, on: date) -> date | None:
    return day if day and day <= on else None


def _homes(resident_ids: Collection[int], on: date) -> dict[int, int]:
    rows = _lived_in(on).filter(resident_id__in=set(resident_ids)).order_by("valid_from", "pk")
    return dict(rows.values_list("resident_id", "household_id"))


def _lived_in(on: date) -> QuerySet[Membership, Membership]:
    return Membership.objects.filter(valid_from__lte=on).exclude(valid_until__lte=on)


def _guardians(ward_ids: Collection[int], on: date) -> dict[int, list[Guardian]]:
    rows = Guardianship.objects.filter(ward_id__in=set(ward_ids), kind=GuardianshipKind.GUARDIAN, valid_from__lte=on)
    rows = rows.exclude(valid_until__lte=on)
    found: dict[int, list[Guardian]] = {}
    for ward, guardian, name, outside in rows.order_by("pk").values_list(
        "ward_id", "guardian_id", "guardian__name", "guardian_name"
    ):
        found.setdefault(ward, []).append(Guardian(guardian, name or outside))
    return found


def rows_behind(units: Collection[str] = (), *, household_ids: Collection[int] = (), facts: bool = False) -> Behind:
    """The rows that say who is behind the numbers of households and residents, or behind households, where they live
    and moved, who acts for them; with ``facts`` also what is known of them. For an act that must not trust what it
    reads: one query.
    """
    homes, people = set(household_ids), set[int]()
    members = Membership.objects.order_by().values_list("household_id", "resident_id")
    found = members.filter(household_id__in=homes)
    if units:
        # Without a member, or a home, they are found by themselves: who lived there may be what is gone. Each way by an
        # index of its own.
        nobody = Value(None, output_field=BigIntegerField())
        numbered = Household.objects.filter(number__in=units).order_by().values_list("pk", nobody)
        named = Resident.objects.filter(number__in=units).order_by().values_list(nobody, "pk")
        ways = (members.filter(household__number__in=units), members.filter(resident__number__in=units))
        found = ways[0].union(ways[1], *([found] if homes else []), numbered, named, all=True)
    for home, resident in found:
        homes.update([home] if home is not None else ())
        people.update([resident] if resident is not None else ())
    families = dict.fromkeys((f"residents_{one}.household_id" for one in _OF_HOMES), sorted(homes))
    families |= dict.fromkeys(_OF_PEOPLE, sorted(people))
    if facts:
        families["residents_circumstance.household_id"] = sorted(homes)
        families["residents_circumstance.resident_id"] = sorted(people)
    return Behind({_HOME: sorted(homes), _PERSON: sorted(people)}, families)


_HOME, _PERSON = "residents_household", "residents_resident"
_OF_HOMES = ("membership", "relocation", "relocationannulment")
_OF_PEOPLE = ("residents_membership.resident_id", "residents_guardianship.ward_id")
