"""Change invented homes until each part of a plan counts as many units as it plans, as far as the rules allow.

A search that never makes the sum of all differences larger: a home takes other facts, or another family moves in; where
a change that one part needs spoils another, a second home makes up for it or the change is taken back.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from random import Random

from linli.law.policies.engine.model import Pack
from linli.overview.planning.engine import Plan
from linli.simulator.chance import happens
from linli.simulator.families import customs
from linli.simulator.maker import Maker
from linli.simulator.population import Home, Population

_ROUNDS = 4
_HOMES_TRIED = 48
_TRIES_A_HOME = 6
# What a group aims at weighs more than how many of it are paid, where a plan has both and they differ.
_GROUP, _PROGRAMME = 2, 1


@dataclass(frozen=True)
class Aim:
    """How many units should count for a part of the plan, and the facts that decide it."""

    part: str
    wanted: int
    weight: int
    is_household: bool
    facts: frozenset[str]
    moves_family: bool  # ages, or what the register knows, decide it too


def aims_of(maker: Maker, plan: Plan) -> list[Aim]:
    """What the plan wants: of groups their target, or else their share of the population; of programmes recipients.

    People come first: a person's facts move the household's sums, and households keep their people.
    """
    wanted = {**_of_shares(maker, plan)}
    for part in maker.tests:
        figure = plan.figures.get(f"{part}.target") or plan.figures.get(f"{part}.recipients")
        if figure is not None:
            wanted[part] = int(figure.value)
    aims = [_aim(maker, part, number) for part, number in wanted.items()]
    return sorted(aims, key=lambda aim: (aim.is_household, -aim.weight, aim.part))


def _of_shares(maker: Maker, plan: Plan) -> Mapping[str, int]:
    found = {}
    for code in maker.pack.groups:
        share = share_of(plan, code)
        if share is not None:
            found[f"groups.{code}"] = share
    return found


def share_of(plan: Plan, group: str) -> int | None:
    """Units that a group's share of the population comes to, rounded down; None where the plan states no share."""
    percent, of = plan.figures.get(f"ratios.{group}.percent"), plan.figures.get(f"ratios.{group}.of")
    base = plan.figures.get(f"population.{str(of.value).lower()}") if of else None
    return int(base.value) * int(percent.value) // 100 if percent and base else None


def _aim(maker: Maker, part: str, wanted: int) -> Aim:
    pack, rule = maker.pack, maker.tests[part]
    facts = frozenset(pack.graph.facts_behind(rule))
    moves = any(name in pack.facts and (pack.facts[name].register or pack.facts[name].unit == "AGE") for name in facts)
    is_household = pack.graph.nodes[rule].level != "PERSON"
    weight = _GROUP if part.startswith("groups.") else _PROGRAMME
    return Aim(part, wanted, weight, is_household, facts, moves)


def fit(maker: Maker, plan: Plan, homes: list[Home]) -> list[Home]:
    """The homes, changed until each aim is met or nothing that was tried brings it nearer."""
    aims = aims_of(maker, plan)
    work = _Fitting(maker, aims, homes)
    for _ in range(_ROUNDS):
        before = work.distance(work.totals)
        for aim in aims:
            while work.off(aim) and work.improve(aim):
                pass
        if work.distance(work.totals) in (0, before):
            break
    return work.homes


@dataclass
class _Fitting:
    """The homes as they are now and what they sum up to."""

    maker: Maker
    aims: list[Aim]
    homes: list[Home]
    totals: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        for home in self.homes:
            self.totals.update(part for part, _place in home.counted)

    def off(self, aim: Aim) -> int:
        """By how many units more there are than wanted."""
        return self.totals[aim.part] - aim.wanted

    def distance(self, totals: Mapping[str, int]) -> int:
        """How far the whole is from the plan."""
        return sum(aim.weight * abs(totals.get(aim.part, 0) - aim.wanted) for aim in self.aims)

    def improve(self, aim: Aim, *, alone: bool = False) -> bool:
        """Change a home (or two) so that the whole comes nearer to the plan; whether one was found."""
        rising = self.off(aim) < 0
        start = self.distance(self.totals)
        aside: tuple[int, int, Home] | None = None
        for place in self._candidates(aim, rising=rising):
            for _ in range(_TRIES_A_HOME):
                other = self._changed(aim, self.homes[place], rising=rising)
                gain = other.units(aim.part) - self.homes[place].units(aim.part)
                if gain == 0 or (gain > 0) != rising:
                    continue
                distance = self.distance(self._with(place, other))
                if distance < start:
                    self._put(place, other)
                    return True
                if aside is None or distance < aside[0]:
                    aside = (distance, place, other)
        return not alone and aside is not None and self._together(aim, aside[1], aside[2], start)

    def _together(self, aim: Aim, place: int, other: Home, start: int) -> bool:
        """Make the change, and others that undo what it spoiled; all are taken back unless the whole is nearer."""
        homes, totals = list(self.homes), Counter(self.totals)
        off_before = {one.part: abs(self.off(one)) for one in self.aims}
        self._put(place, other)
        for one in self.aims:
            while one is not aim and abs(self.off(one)) > off_before[one.part] and self.improve(one, alone=True):
                pass
        if self.distance(self.totals) < start:
            return True
        self.homes, self.totals = homes, totals
        return False

    def _candidates(self, aim: Aim, *, rising: bool) -> list[int]:
        """Homes in which one unit more, or one fewer, may count."""

        def fits(home: Home) -> bool:
            units = home.units(aim.part)
            return units < (1 if aim.is_household else len(home.members)) if rising else units > 0

        places = [place for place, home in enumerate(self.homes) if fits(home)]
        return self.maker.draw.sample(places, min(_HOMES_TRIED, len(places)))

    def _changed(self, aim: Aim, home: Home, *, rising: bool) -> Home:
        draw = self.maker.draw
        if aim.moves_family and happens(draw, 0.5):
            return self.maker.replaced(home, aim.facts)
        everybody = range(len(home.members))
        if happens(draw, 0.3):
            return self.maker.redrawn(home, everybody, aim.facts)
        counted = {place for part, place in home.counted if part == aim.part}
        places = [place for place in everybody if aim.is_household or (place in counted) != rising]
        return self.maker.redrawn(home, [draw.choice(places or everybody)], aim.facts)

    def _with(self, place: int, other: Home) -> Counter[str]:
        totals = Counter(self.totals)
        totals.subtract(part for part, _place in self.homes[place].counted)
        totals.update(part for part, _place in other.counted)
        return totals

    def _put(self, place: int, other: Home) -> None:
        self.totals = self._with(place, other)
        self.homes[place] = other


# --- invent a community that fits a plan: its households and residents, and as many in each group as it aims at ---


def invent(pack: Pack, plan: Plan, *, seed: int, on: date) -> Population:
    """People for a plan's population, with each group and programme as large as planned, as far as the rules allow.

    Denominators are the plan's ``population.residents`` and ``population.households``. What could not be reached, or
    contradicts itself in the plan, is told by ``census``.
    """
    draw = Random(f"population:{seed}")
    maker = Maker(pack, on, draw, customs())
    homes = [maker.offered(home) for home in fit(maker, plan, maker.homes(*_size(plan)))]
    counts = Counter(part for home in homes for part, _place in home.counted)
    return Population(
        tuple(homes),
        sum(len(home.members) for home in homes),
        len(homes),
        {part: counts[part] for part in (*maker.tests, *maker.offers)},
    )


def _size(plan: Plan) -> tuple[int, int]:
    """Households and residents of the plan; where it names no households, two people and a half live in each."""
    residents = int(plan.figures["population.residents"].value)
    figure = plan.figures.get("population.households")
    return max(int(figure.value) if figure else residents * 2 // 5, 1), residents
