"""Families that could be: who lives together, who is whose spouse and child, and how old they are to each other.

All figures are data (``families.toml``), each with its source and mark.
"""

import tomllib
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from linli.simulator.chance import happens

_TABLE = Path(__file__).with_name("families.toml")
_TRIES = 500
Span = tuple[int, int, int]  # lowest, highest, most common


@dataclass(frozen=True)
class Shape:
    """Who lives in a household, head first; ``head``: bands of the head's age (lowest, highest, weight)."""

    members: tuple[str, ...]
    weight: int
    head: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True)
class Customs:
    """What is usual, in full years; ``sizes``: households by their number of members, as weights."""

    sizes: dict[int, int]
    shapes: tuple[Shape, ...]
    husband_from: int
    wife_from: int
    works_from: int
    grown_from: int
    oldest: int
    husband_older: Span
    mother_older: Span
    father_older: Span
    sibling_apart: Span
    child_elsewhere: int
    child_elsewhere_from: int

    def married_from(self, *, male: bool) -> int:
        """The age from which somebody can be married."""
        return self.husband_from if male else self.wife_from

    def older(self, *, male: bool) -> Span:
        """By how much a father or a mother is older than a child."""
        return self.father_older if male else self.mother_older


@cache
def customs() -> Customs:
    """The table of this folder."""
    raw: dict[str, Any] = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    ages: dict[str, Any] = {
        name: tuple(one["value"]) if isinstance(one["value"], list) else one["value"]
        for name, one in raw["ages"].items()
    }
    shapes = tuple(
        Shape(tuple(one["members"]), one["weight"], tuple((low, high, weight) for low, high, weight in one["head"]))
        for one in raw["shapes"]
    )
    return Customs(sizes={int(size): weight for size, weight in raw["sizes"]["weights"].items()}, shapes=shapes, **ages)


@dataclass
class Family:
    """Relations, sexes and ages by place, and the ties between places: married pairs, (parent, child).

    ``elsewhere``: places of those whose child lives elsewhere while the grandchild is with them.
    """

    relations: list[str] = field(default_factory=list)
    male: list[bool] = field(default_factory=list)
    ages: list[int] = field(default_factory=list)
    couples: list[tuple[int, int]] = field(default_factory=list)
    parents: list[tuple[int, int]] = field(default_factory=list)
    elsewhere: set[int] = field(default_factory=set)

    def first(self, relation: str, number: int = 0) -> int | None:
        """The place of the first (or a further) member of a relation."""
        places = [place for place, one in enumerate(self.relations) if one == relation]
        return places[number] if number < len(places) else None

    def spouse_of(self, place: int) -> int | None:
        """The place of somebody's husband or wife."""
        return next((b if a == place else a for a, b in self.couples if place in (a, b)), None)

    def is_sensible(self, usual: Customs) -> bool:
        """Whether everybody's age fits everybody else's."""
        if not all(0 <= age <= usual.oldest for age in self.ages) or self.ages[0] < usual.grown_from:
            return False
        for pair in self.couples:
            if any(self.ages[one] < usual.married_from(male=self.male[one]) for one in pair):
                return False
        for parent, child in self.parents:
            low, high, _usual = usual.older(male=self.male[parent])
            if not low <= self.ages[parent] - self.ages[child] <= high:
                return False
        # Brothers and sisters have different birthdays: at least a year lies between two of them.
        children = sorted({child for _parent, child in self.parents})
        born = Counter((self.ages[child], tuple(p for p, c in self.parents if c == child)) for child in children)
        return max(born.values(), default=1) == 1


def size_drawn(draw: Random, usual: Customs) -> int:
    """The number of members of a household, as common as it is."""
    return draw.choices(list(usual.sizes), list(usual.sizes.values()))[0]


def family_drawn(draw: Random, size: int, usual: Customs) -> Family:
    """A family of that many members. Raises ValueError where the table has none of that size that could be."""
    shapes = [shape for shape in usual.shapes if len(shape.members) == size]
    for _ in range(_TRIES if shapes else 0):
        family = _Drawing(draw, usual).family(draw.choices(shapes, [shape.weight for shape in shapes])[0])
        if family.is_sensible(usual):
            return family
    raise ValueError(f"no family of {size}")


class _Drawing:
    """Draws one family, member by member; the result may have ages that cannot be."""

    def __init__(self, draw: Random, usual: Customs) -> None:
        self.draw, self.usual, self.made = draw, usual, Family()

    def family(self, shape: Shape) -> Family:
        """Everybody of the shape, in its order."""
        [(low, high, _weight)] = self.draw.choices(shape.head, [weight for *_band, weight in shape.head])
        self._add("HEAD", self.draw.randint(low, high), male=happens(self.draw, 0.6))
        for relation in shape.members[1:]:
            getattr(self, f"_{relation.lower()}")()
        return self.made

    def _add(self, relation: str, age: int, *, male: bool) -> int:
        self.made.relations.append(relation)
        self.made.ages.append(age)
        self.made.male.append(male)
        return len(self.made.ages) - 1

    def _span(self, span: Span) -> int:
        low, high, usual = span
        return round(self.draw.triangular(low, high, usual))

    def _marry(self, relation: str, to: int) -> int:
        """Somebody of the other sex and a similar age."""
        older = self._span(self.usual.husband_older)
        is_husband = self.made.male[to]
        place = self._add(relation, self.made.ages[to] + (-older if is_husband else older), male=not is_husband)
        self.made.couples.append((to, place))
        return place

    def _descend(self, relation: str, parent: int) -> int:
        """A child of somebody and of whom that one is married to."""
        pair = [one for one in (parent, self.made.spouse_of(parent)) if one is not None]
        mother = next((one for one in pair if not self.made.male[one]), pair[0])
        older = self._span(self.usual.older(male=self.made.male[mother]))
        place = self._add(relation, self.made.ages[mother] - older, male=happens(self.draw, 0.5))
        self.made.parents += [(one, place) for one in pair]
        return place

    def _ascend(self, relation: str, child: int) -> int:
        """The first parent of somebody, a mother more often; of brothers and sisters too."""
        male = happens(self.draw, 0.35)
        place = self._add(relation, self.made.ages[child] + self._span(self.usual.older(male=male)), male=male)
        self.made.parents.append((place, child))
        return place

    def _spouse(self) -> None:
        self._marry("SPOUSE", 0)

    def _child(self) -> None:
        self._descend("CHILD", 0)

    def _child_in_law(self) -> None:
        self._marry("CHILD_IN_LAW", self._place("CHILD"))

    def _grandchild(self) -> None:
        """Of the child in the household; where the generation between lives elsewhere, of two spans."""
        child = self.made.first("CHILD")
        if child is not None:
            self._descend("GRANDCHILD", child)
            return
        younger = self._span(self.usual.mother_older) + self._span(self.usual.father_older)
        self._add("GRANDCHILD", self.made.ages[0] - younger, male=happens(self.draw, 0.5))
        self.made.elsewhere |= {0} | {one for pair in self.made.couples for one in pair}

    def _parent(self) -> None:
        self._elder("PARENT", 0)

    def _parent_in_law(self) -> None:
        self._elder("PARENT_IN_LAW", self._place("SPOUSE"))

    def _elder(self, relation: str, child: int) -> None:
        """A parent of somebody; the second one is married to the first."""
        first = self.made.first(relation)
        if first is None:
            self._ascend(relation, child)
        else:
            self.made.parents.append((self._marry(relation, first), child))

    def _grandparent(self) -> None:
        self._ascend("GRANDPARENT", self._place("PARENT"))

    def _sibling(self) -> None:
        apart = self._span(self.usual.sibling_apart) * self.draw.choice((-1, 1))
        self._add("SIBLING", self.made.ages[0] + apart, male=happens(self.draw, 0.5))

    def _place(self, relation: str) -> int:
        place = self.made.first(relation)
        if place is None:
            raise ValueError(f"a shape names {relation} too late")
        return place
