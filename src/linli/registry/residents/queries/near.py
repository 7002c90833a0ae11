"""Whose family is one's own: what the registry knows of the person behind an account."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from linli.kernel.steps import Hands
from linli.registry.residents.codes import Relation
from linli.registry.residents.models import Guardianship, Kinship, Membership, Resident
from linli.registry.residents.queries.facts import bars_on, on_day, residents_barring
from linli.registry.residents.steps import FAMILY_OF_A_LINK


@dataclass(frozen=True)
class OwnFamily:
    """The person's own household and those of their kin, wards and guardians, and of whom they lived with as relatives.

    ``people`` are the residents behind the account: one, and besides those to whom it was linked till lately.
    ``units`` are the numbers of these households and of everybody in them, to whom money goes under them.
    """

    people: frozenset[int] = frozenset()
    households: frozenset[int] = frozenset()
    units: frozenset[str] = frozenset()

    def has(self, household_id: int | None, *residents: int | None) -> bool:
        """Whether the household is one of them, or one of the residents (a proxy, who holds an account) the person."""
        return household_id in self.households or bool(self.people.intersection(residents))


_NOBODYS = OwnFamily()


@dataclass(frozen=True)
class Whose:
    """How the rows of a workflow concern a family, said once: asked of rows at hand, and put to a query.

    ``household`` leads to the id of a household, ``people`` to ids of residents who are the person themselves, ``unit``
    to the number of a household or a resident, ``number`` to what a refusal names; as queries spell it.
    """

    household: str = ""
    people: tuple[str, ...] = ()
    unit: str = ""
    number: str = "number"

    def __call__(self, person: Hands, rows: Sequence[Any], on: date) -> str | None:
        """The number of the first row that concerns the person's own family; of whoever has none nothing is asked."""
        own = own_family(person, on)
        if not own.people:
            return None
        return next((str(_at(row, self.number)) for row in rows if self._concerns(own, row)), None)

    def others(self, rows: QuerySet[Any, Any], person: Hands, on: date, through: str = "") -> QuerySet[Any, Any]:
        """The query without those rows; the very query for whoever is linked to no resident."""
        own = own_family(person, on)
        if not own.people:
            return rows
        found: dict[str, Collection[object]] = {f"{one}__in": own.people for one in self.people}
        found |= {f"{self.household}__in": own.households} if self.household else {}
        found |= {f"{self.unit}__in": own.units} if self.unit else {}
        for path, values in found.items():
            rows = rows.exclude(**{f"{through}__{path}" if through else path: values})
        return rows

    def _concerns(self, own: OwnFamily, row: Any) -> bool:
        people = (_at(row, one) for one in self.people)
        home = _at(row, self.household) if self.household else None
        return own.has(home, *people) or (bool(self.unit) and _at(row, self.unit) in own.units)


@dataclass(frozen=True)
class WhoseAmong:
    """The same of rows that hold many, each of them somebody's: ``parts`` leads to those. Told by the row's own number,
    since who else is in it is nobody's news.
    """

    parts: str
    whose: Whose

    def __call__(self, person: Hands, rows: Sequence[Any], on: date) -> str | None:
        """The number of the first row that holds one of the family's; a proposal holds none yet."""
        if not own_family(person, on).people:
            return None
        return next((str(row.number) for row in rows if self._holds(person, row, on)), None)

    def _holds(self, person: Hands, row: Any, on: date) -> bool:
        if not hasattr(row, self.parts):
            return False
        parts = getattr(row, self.parts).all()
        return bool(parts.exclude(pk__in=self.whose.others(parts, person, on).order_by().values("pk")).exists())

    def others(self, rows: QuerySet[Any, Any], person: Hands, on: date, through: str = "") -> QuerySet[Any, Any]:
        """The query without the rows that hold one of the family's."""
        return self.whose.others(rows, person, on, f"{through}__{self.parts}" if through else self.parts)


FAMILY_OF_A_LINK.told = Whose(people=("resident_id",), unit="resident__number")


def _at(row: Any, path: str) -> Any:
    """What a row says there; None where it says nothing of the kind (a proposal that is no account yet)."""
    for name in path.split("__"):
        row = getattr(row, name, None)
    return row


def own_family(person: Hands, on: date) -> OwnFamily:
    """The families that are the person's own on a day, as :func:`kin_of` tells it of one; asked once a person and day.

    One statement for whoever is not linked to a resident.
    """
    key = f"own family {on.isoformat()}"
    if key not in person.memory:
        mine = frozenset(resident for _user, resident in residents_barring([person.user_id], on))
        person.memory[key] = _family(mine, on) if mine else _NOBODYS
    found = person.memory[key]
    assert isinstance(found, OwnFamily)  # nobody else remembers under this key
    return found


def _family(mine: frozenset[int], on: date) -> OwnFamily:
    near = {*mine, *_tied(mine, on), *_lived_with(mine)}
    # A home where nobody is left is still theirs who lived there last: its money may not be over.
    there = on_day(on) | Q(household__closed_date__lte=on, annulled=False)
    rows = Membership.objects.filter(there, resident_id__in=near)
    homes = dict(rows.values_list("household_id", "household__number"))
    members = Membership.objects.filter(on_day(on), household_id__in=homes)
    numbers = {*homes.values(), *members.values_list("resident__number", flat=True)}
    everybody = Resident.objects.filter(pk__in=near).values_list("number", flat=True)
    return OwnFamily(mine, frozenset(homes), frozenset({*numbers, *everybody}))


def _tied(mine: frozenset[int], on: date) -> set[int]:
    kin = Kinship.objects.filter(Q(a_id__in=mine) | Q(b_id__in=mine)).values_list("a_id", "b_id")
    ties = Guardianship.objects.filter(Q(guardian_id__in=mine) | Q(ward_id__in=mine)).filter(bars_on(on))
    return {one for one in (*_flat(kin), *_flat(ties.values_list("guardian_id", "ward_id"))) if one is not None}


def _lived_with(mine: frozenset[int]) -> Collection[int]:
    relatives = Membership.objects.filter(annulled=False).exclude(relation=Relation.NON_RELATIVE)
    homes = relatives.filter(resident_id__in=mine).values("household_id")
    return set(relatives.filter(household_id__in=homes).values_list("resident_id", flat=True))


def _flat(pairs: Iterable[tuple[object, ...]]) -> list[Any]:
    return [one for pair in pairs for one in pair]
