"""Draw homes: families come from ``families``, facts by their unit and bounds and by what a register knows of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from linli.law.policies.engine.evaluation import Evaluation
from linli.law.policies.engine.model import FactSpec, Pack
from linli.law.policies.engine.rulebook import Scalar
from linli.simulator import names
from linli.simulator.chance import happens
from linli.simulator.families import Customs, Family, family_drawn, size_drawn
from linli.simulator.population import Home, Person, true_facts

# Shares of one, for facts that the plan counts nobody by: of yes-or-no facts that are so, of counts at their lowest.
_SO = 0.1
_LOWEST = 0.92
# People state and earn whole tens of yuan, up to this many of them a month.
_TEN_YUAN_FEN = 1000
_USUAL_TENS = 900


class Maker:
    """Draws households and the facts of their people.

    ``tests``: the rule that counts for each group and programme; ``offers``: for each class and service.
    """

    def __init__(self, pack: Pack, on: date, draw: Random, usual: Customs) -> None:
        self.pack, self.on, self.draw, self.usual = pack, on, draw, usual
        self.parameters = pack.parameters_on(on)
        self.tests = {
            **{f"groups.{code}": group.rule for code, group in pack.groups.items()},
            **{f"programmes.{code}": programme.amount_rule for code, programme in pack.programmes.items()},
        }
        self.offers = {
            **{f"classes.{code}": course.due_rule for code, course in pack.classes.items()},
            **{f"services.{code}": service.due_rule for code, service in pack.services.items()},
        }
        self._orders: dict[frozenset[str], Sequence[str]] = {}
        self.lines: dict[str, list[int]] = {}
        for name, value in sorted(self.parameters.items()):
            if int(value) > 0:
                self.lines.setdefault(pack.parameters[name].unit, []).append(int(value))
        self.serial = 0
        self.numbers: set[str] = set()

    def homes(self, households: int, residents: int) -> list[Home]:
        """That many households; sizes are drawn until the number of residents comes as close as it can."""
        sizes = [size_drawn(self.draw, self.usual) for _ in range(households)]
        for _ in range(20 * households):
            excess = sum(sizes) - residents
            if excess == 0:
                break
            place = self.draw.randrange(households)
            other = size_drawn(self.draw, self.usual)
            if abs(excess + other - sizes[place]) < abs(excess):
                sizes[place] = other
        return [self.home(index, size) for index, size in enumerate(sizes)]

    def home(self, index: int, size: int) -> Home:
        """A new family with its facts."""
        return self.judged(self._unjudged(index, size))

    def _unjudged(self, index: int, size: int) -> Home:
        family = family_drawn(self.draw, size, self.usual)
        surnames = self._surnames(family)
        members: list[Person] = []
        for place in range(size):
            person = self._person(family, place, surnames[place])
            # Nobody names a child like somebody of the family: an account would not say whose it is.
            while person.name in {one.name for one in members}:
                given = names.given_name(self.draw, male=person.male, born=person.birth_date.year)
                person = replace(person, name=surnames[place] + given)
            members.append(person)
        return Home(index, tuple(members), self._household_facts(), family=family)

    def _surnames(self, family: Family) -> list[str]:
        """Children bear their father's name, or their mother's where no father lives here; others have their own."""
        found: list[str] = [names.surname(self.draw) for _ in family.relations]
        heads_father = next((p for p, child in family.parents if child == 0 and family.male[p]), 0)
        found[heads_father] = found[0]
        for place, relation in enumerate(family.relations):
            above = [parent for parent, child in family.parents if child == place]
            father = next((one for one in above if family.male[one]), above[0] if above else None)
            if father is not None and relation in ("CHILD", "GRANDCHILD"):
                found[place] = found[father]
            elif relation in ("SIBLING", "GRANDCHILD"):
                found[place] = found[0]
        return found

    def _person(self, family: Family, place: int, surname: str) -> Person:
        male, age = family.male[place], family.ages[place]
        birth = self._born(age)
        number = ""
        while not number or number in self.numbers:
            self.serial += 1
            number = names.identity_number(birth, self.serial, male=male)
        self.numbers.add(number)
        return Person(
            surname + names.given_name(self.draw, male=male, born=birth.year),
            family.relations[place],
            male,
            birth,
            number,
            names.phone(self.serial) if age >= self.usual.grown_from else "",
            self.person_facts(family, place),
        )

    def _born(self, age: int) -> date:
        """A birthday of somebody who is exactly that old, in full years, on the day."""
        latest = _years_before(self.on, age)
        earliest = _years_before(self.on, age + 1) + timedelta(days=1)
        return earliest + timedelta(days=self.draw.randrange((latest - earliest).days + 1))

    # --- facts --------------------------------------------------------------------------------------------

    def person_facts(self, family: Family, place: int, wild: Collection[str] = ()) -> dict[str, Scalar]:
        """What is true of a member: first what the register knows; ``wild``: facts drawn from all that may be."""
        specs = [spec for spec in self.pack.facts.values() if spec.level == "PERSON" and spec.unit != "AGE"]
        return {spec.name: self._of_person(spec, family, place, wild=spec.name in wild) for spec in specs}

    def _household_facts(self, wild: Collection[str] = ()) -> dict[str, Scalar]:
        specs = [spec for spec in self.pack.facts.values() if spec.level == "HOUSEHOLD"]
        return {spec.name: self._value(spec, wild=spec.name in wild) for spec in specs}

    def _of_person(self, spec: FactSpec, family: Family, place: int, *, wild: bool) -> Scalar:
        age = family.ages[place]
        if spec.register == "SPOUSE":
            return family.spouse_of(place) is not None
        if spec.register == "ALONE":
            return len(family.ages) == 1
        if spec.register == "CHILD":
            return self._has_child(family, place, wild=wild)
        from_age = self.usual.works_from if spec.from_age is None and spec.unit == "FEN" else spec.from_age or 0
        if age < from_age or (spec.to_age is not None and age > spec.to_age):
            return False if spec.unit == "BOOL" else spec.low
        return self._value(spec, wild=wild)

    def _has_child(self, family: Family, place: int, *, wild: bool) -> bool:
        """A child in the household is one; of those elsewhere the register of this household says nothing."""
        if place in family.elsewhere or any(parent == place for parent, _child in family.parents):
            return True
        may_have = family.ages[place] >= self.usual.child_elsewhere_from
        return may_have and happens(self.draw, 0.5 if wild else self.usual.child_elsewhere / 100)

    def _value(self, spec: FactSpec, *, wild: bool) -> Scalar:
        if spec.unit == "BOOL":
            return happens(self.draw, 0.5 if wild else _SO)
        if wild:
            return self._around_a_line(spec)
        if spec.unit == "FEN":
            return min(max(self.draw.randrange(0, _USUAL_TENS) * _TEN_YUAN_FEN, spec.low), spec.high)
        if happens(self.draw, _LOWEST):
            return spec.low
        return self.draw.randint(spec.low, min(spec.high, spec.low + 10))

    def _around_a_line(self, spec: FactSpec) -> int:
        """Below, at or above one of the pack's own lines in this unit: rules are decided there."""
        line = self.draw.choice(self.lines.get(spec.unit) or [spec.high])
        kind = self.draw.randrange(4)
        if kind == 0:
            drawn = spec.low
        elif kind == 1:
            drawn = self.draw.randint(0, line)
        elif kind == 2:
            drawn = self.draw.randint(line, 3 * line)
        else:
            drawn = self.draw.randint(spec.low, min(spec.high, spec.low + 10))
        if spec.unit == "FEN":
            drawn -= drawn % _TEN_YUAN_FEN
        return min(max(drawn, spec.low), spec.high)

    # --- changes ------------------------------------------------------------------------------------------

    def redrawn(self, home: Home, places: Sequence[int], wild: Collection[str]) -> Home:
        """The home with some facts drawn again: of the members at the places, and the household's own."""
        members = list(home.members)
        for place in places:
            drawn = self.person_facts(home.family, place, wild)
            kept = {name: value for name, value in members[place].facts.items() if name not in wild}
            members[place] = replace(members[place], facts={**drawn, **kept})
        own = {name: value for name, value in self._household_facts(wild).items() if name in wild}
        return self.judged(replace(home, members=tuple(members), facts={**home.facts, **own}))

    def replaced(self, home: Home, wild: Collection[str]) -> Home:
        """Another family of the same size in its place, with these facts drawn from all that may be."""
        fresh = self._unjudged(home.index, len(home.members))
        return self.redrawn(fresh, range(len(fresh.members)), wild)

    def judged(self, home: Home) -> Home:
        """The home with what the rules say of it."""
        return replace(home, counted=frozenset(self._counted(home, self.tests)))

    def offered(self, home: Home) -> Home:
        """The home with the classes and services, too, that its people may take."""
        return replace(home, counted=home.counted | self._counted(home, self.offers))

    def _counted(self, home: Home, tests: Mapping[str, str]) -> set[tuple[str, int | None]]:
        graph, rules = self.pack.graph, frozenset(tests.values())
        if rules not in self._orders:
            self._orders[rules] = graph.order_for(sorted(rules))
        run = Evaluation(graph, self.parameters, true_facts(self.pack, home, self.on)).run(self._orders[rules])
        return {
            (part, None if key is None else int(key))
            for part, rule in tests.items()
            for key in run.keys_of(graph.nodes[rule])
            if run.get(rule, key).value
        }


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)
