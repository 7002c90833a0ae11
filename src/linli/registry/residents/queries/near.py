"""Whose family is one's own: what the registry knows of the person behind an account."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from linli.kernel.steps import Hands
from linli.registry.residents.codes import Relation
from linli.registry.residents.models import Guardianship, Kinship, Membership, Resident
from linli.registry.residents.queries.facts import on_day, resident_of


@dataclass(frozen=True)
class OwnFamily:
    """The person's own household and those of their kin, wards and guardians, and of whom they lived with as relatives.

    ``units`` are the numbers of these households and of everybody in them, to whom money goes under them.
    """

    resident_id: int = 0
    households: frozenset[int] = frozenset()
    units: frozenset[str] = frozenset()

    def has(self, household_id: int | None, *residents: int | None) -> bool:
        """Whether the household is one of them, or one of the residents (a proxy, who holds an account) the person."""
        return household_id in self.households or (bool(self.resident_id) and self.resident_id in residents)


_NOBODYS = OwnFamily()


def own_family(person: Hands, on: date) -> OwnFamily:
    """The families that are the person's own on a day, as :func:`kin_of` tells it of one; asked once a person and day.

    One statement for whoever is not linked to a resident.
    """
    key = f"own family {on.isoformat()}"
    if key not in person.memory:
        mine = resident_of(person.user_id)
        person.memory[key] = _NOBODYS if mine is None else _family(mine, on)
    found = person.memory[key]
    assert isinstance(found, OwnFamily)  # nobody else remembers under this key
    return found


def _family(mine: int, on: date) -> OwnFamily:
    near = {mine, *_tied(mine, on), *_lived_with(mine)}
    homes = Membership.objects.filter(on_day(on), resident_id__in=near).values_list("household_id", flat=True)
    households = frozenset(homes)
    members = Membership.objects.filter(on_day(on), household_id__in=households)
    numbers = members.values_list("household__number", "resident__number")
    everybody = Resident.objects.filter(pk__in=near).values_list("number", flat=True)
    return OwnFamily(mine, households, frozenset({*_flat(numbers), *everybody}))


def _tied(mine: int, on: date) -> set[int]:
    kin = Kinship.objects.filter(Q(a_id=mine) | Q(b_id=mine)).values_list("a_id", "b_id")
    ties = Guardianship.objects.filter(Q(guardian_id=mine) | Q(ward_id=mine)).filter(on_day(on))
    return {one for one in (*_flat(kin), *_flat(ties.values_list("guardian_id", "ward_id"))) if one is not None}


def _lived_with(mine: int) -> Collection[int]:
    relatives = Membership.objects.filter(annulled=False).exclude(relation=Relation.NON_RELATIVE)
    homes = relatives.filter(resident_id=mine).values("household_id")
    return set(relatives.filter(household_id__in=homes).values_list("resident_id", flat=True))


def _flat(pairs: Iterable[tuple[object, ...]]) -> list[Any]:
    return [one for pair in pairs for one in pair]
