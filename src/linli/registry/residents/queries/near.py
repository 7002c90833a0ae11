"""Whose family is one's own: what the registry knows of the person behind an account."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from linli.foundation.shelves import Shelf
from linli.foundation.trail.acts import build_on
from linli.foundation.trail.behind import Behind
from linli.ground.users.queries.persons import Somebody
from linli.kernel.steps import Hands
from linli.registry.residents.codes import Relation
from linli.registry.residents.models import Guardianship, Household, Kinship, Membership, Resident
from linli.registry.residents.queries.bonds import accounts_barred_by, residents_behind
from linli.registry.residents.queries.facts import bars_on, on_day
from linli.registry.residents.steps import FAMILY_OF_A_LINK


@dataclass(frozen=True)
class OwnFamily:
    """The person's own household and those of their kin, wards and guardians, and of whom they lived with as relatives;
    and every household whose money goes to an account of one of these people (``entrusted``).

    ``people`` are the residents behind the account: one, and besides those to whom it was linked till lately. ``near``
    are they and all whose money is the family's: kin, wards, guardians, and who lives with any of them. ``units`` are
    the numbers of the households and of everybody in them, to whom money goes under them.
    """

    people: frozenset[int] = frozenset()
    near: frozenset[int] = frozenset()
    households: frozenset[int] = frozenset()
    units: frozenset[str] = frozenset()

    def has(self, household_id: int | None, *residents: int | None) -> bool:
        """Whether the household is one of them, or one of the residents (who holds an account) of the family."""
        return household_id in self.households or not self.near.isdisjoint(residents)


_NOBODYS = OwnFamily()
# To whom money goes is known by rooms above: each names the units (numbers of households and residents) whose money
# goes, or may soon go, to an account of one of the residents (ids).
entrusted: Shelf[Callable[[Collection[int]], Collection[str]]] = Shelf()


@dataclass(frozen=True)
class Whose:
    """How the rows of a workflow concern a family, said once: asked of rows at hand, and put to a query.

    ``household`` leads to the id of a household, ``people`` to ids of residents who are of the family (a proxy, who
    holds an account), ``unit`` to the number of a household or a resident, ``number`` to what a refusal names; as
    queries spell it.
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
        found: dict[str, Collection[object]] = {f"{one}__in": own.near for one in self.people}
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
    key, mine = f"own family {on.isoformat()}", _behind(person, on)
    if key not in person.memory:
        person.memory[key] = _family(mine, on) if mine else _NOBODYS
    found = person.memory[key]
    assert isinstance(found, OwnFamily)  # nobody else remembers under this key
    if mine:
        build_on(Behind(families=_ties(mine) | {_TIES: sorted(found.near)}))
    return found


def accounts_of_one_resident(somebody: Somebody, on: date) -> frozenset[int]:
    """All accounts of the residents behind an account: doubted links and those that ended lately count, as they do for
    the family. One statement, the one that :func:`own_family` asks too, for whoever is linked to no resident.
    """
    mine = _behind(somebody, on)
    if not mine:
        return frozenset()
    build_on(Behind(families={_TIES: sorted(mine)}))
    return frozenset(user for user, _resident in accounts_barred_by(mine, on))


def _behind(somebody: Somebody, on: date) -> frozenset[int]:
    """The residents behind an account; asked once a person and day. An act builds on the rows that say so."""
    key = f"residents behind {on.isoformat()}"
    if key not in somebody.memory:
        somebody.memory[key] = _Behind(*residents_behind(somebody.user_id, on))
    found = somebody.memory[key]
    assert isinstance(found, _Behind)  # nobody else remembers under this key
    build_on(found.rows)
    return found.people


class _Behind(NamedTuple):
    """Who is behind an account, and the rows that say so: a page asks too, so that an act names them again."""

    people: frozenset[int]
    rows: Behind


# All ties of a resident are counted together, and found by one of them.
_TIES = "residents_residentaccount.resident_id"


def _ties(mine: frozenset[int]) -> dict[str, list[int]]:
    """Where these people live, or lived, and who acts for them."""
    return dict.fromkeys(("residents_membership.resident_id", "residents_guardianship.ward_id"), sorted(mine))


def _family(mine: frozenset[int], on: date) -> OwnFamily:
    near = {*mine, *_tied(mine, on), *_lived_with(mine)}
    # A home where nobody is left is still theirs who lived there last: its money may not be over.
    there = on_day(on) | Q(household__closed_date__lte=on, annulled=False)
    rows = Membership.objects.filter(there, resident_id__in=near)
    homes = dict(rows.values_list("household_id", "household__number"))
    members = dict(_members(homes, on))
    everybody = Resident.objects.filter(pk__in=near).values_list("number", flat=True)
    family = frozenset({*near, *members})
    numbers = {*homes.values(), *members.values(), *everybody}
    trusting = {unit for asked in entrusted.values() for unit in asked(family)} - numbers
    if trusting:
        theirs = _homes_of(trusting, on)
        numbers |= {*trusting, *theirs.values(), *dict(_members(theirs, on)).values()}
        homes |= theirs
    return OwnFamily(mine, family, frozenset(homes), frozenset(numbers))


def _homes_of(units: Collection[str], on: date) -> dict[int, str]:
    """The households of these numbers, and where residents of these numbers live."""
    lives = Membership.objects.filter(on_day(on), resident__number__in=units).values("household_id")
    rows = Household.objects.filter(Q(number__in=units) | Q(pk__in=lives))
    return dict(rows.values_list("pk", "number"))


def _members(household_ids: Collection[int], on: date) -> QuerySet[Membership, Any]:
    rows = Membership.objects.filter(on_day(on), household_id__in=household_ids)
    return rows.values_list("resident_id", "resident__number")


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
