"""An invented community: its households, its people and what is true of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from linli.kernel.period import age_on
from linli.law.policies.engine.facts import CaseFacts, Fact, Member
from linli.law.policies.engine.model import Pack
from linli.law.policies.engine.rulebook import Scalar
from linli.simulator.families import Family


@dataclass(frozen=True)
class Person:
    """An invented person and the truth about them, fact by fact."""

    name: str
    relation: str
    male: bool
    birth_date: date
    id_number: str
    phone: str
    facts: Mapping[str, Scalar]


@dataclass(frozen=True)
class Home:
    """An invented household.

    ``counted``: for which of the plan's parts ("groups.CODE", "programmes.CODE", "classes.CODE", "services.CODE") it
    (None) or its members (places) truly count. ``family`` holds who is whose spouse and child.
    """

    index: int
    members: tuple[Person, ...]
    facts: Mapping[str, Scalar]
    counted: frozenset[tuple[str, int | None]] = frozenset()
    family: Family = field(default_factory=Family, compare=False)

    @property
    def groups(self) -> frozenset[str]:
        """The groups somebody here belongs to."""
        return frozenset(part.removeprefix("groups.") for part, _place in self.counted if part.startswith("groups."))

    def units(self, part: str) -> int:
        """How many units, households or people, count for a part of the plan here."""
        return sum(one == part for one, _place in self.counted)


@dataclass(frozen=True)
class Population:
    """All homes, and how many units there are for each part of the plan."""

    homes: tuple[Home, ...]
    residents: int
    households: int
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def reached(self) -> Mapping[str, int]:
        """How many units belong to each group."""
        groups = {part: count for part, count in self.counts.items() if part.startswith("groups.")}
        return {part.removeprefix("groups."): count for part, count in groups.items()}


def true_facts(pack: Pack, home: Home, on: date) -> CaseFacts:
    """The truth about a home as the rules take it; member keys are places in the home."""
    members = []
    for place, person in enumerate(home.members):
        facts = {name: Fact(value) for name, value in person.facts.items()}
        if "age" in pack.facts:
            facts["age"] = Fact(age_on(person.birth_date, on))
        members.append(Member(str(place), person.relation, facts))
    return CaseFacts(tuple(members), {name: Fact(value) for name, value in home.facts.items()})
