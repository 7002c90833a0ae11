"""Invent a community that fits a plan: its households and residents, and as many in each group as it aims at.

The generator knows no group and no fact: it draws facts by their unit and bounds and asks the pack's own rules who
belongs where, until the numbers are right.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from linli.kernel.period import age_on
from linli.planning.engine import Plan
from linli.policies.engine.evaluation import Evaluation
from linli.policies.engine.facts import CaseFacts, Fact, Member
from linli.policies.engine.model import FactSpec, Pack
from linli.policies.engine.rulebook import Scalar
from linli.simulator import names

_TRIES = 150
# A group that this many homes in a row could not be turned to is left short; the report says so.
_GIVE_UP = 12
# Shapes of households and how common they are: ages of the members, head first.
_SHAPES: tuple[tuple[int, tuple[tuple[str, int, int], ...]], ...] = (
    (26, (("HEAD", 25, 88),)),
    (27, (("HEAD", 26, 84), ("SPOUSE", 26, 84))),
    (25, (("HEAD", 27, 52), ("SPOUSE", 27, 52), ("CHILD", 1, 22))),
    (12, (("HEAD", 28, 50), ("SPOUSE", 28, 50), ("CHILD", 1, 18), ("CHILD", 1, 16))),
    (10, (("HEAD", 28, 50), ("SPOUSE", 28, 50), ("CHILD", 1, 18), ("PARENT", 58, 86))),
)


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
    """An invented household. ``belongs``: groups it (member None) or its members (index) truly belong to."""

    index: int
    members: tuple[Person, ...]
    facts: Mapping[str, Scalar]
    belongs: frozenset[tuple[str, int | None]] = frozenset()

    @property
    def groups(self) -> frozenset[str]:
        """The groups somebody here belongs to."""
        return frozenset(group for group, _member in self.belongs)


@dataclass(frozen=True)
class Population:
    """All homes, and which numbers of the plan they were made from."""

    homes: tuple[Home, ...]
    residents: int
    households: int
    reached: Mapping[str, int] = field(default_factory=dict)


def invent(pack: Pack, plan: Plan, *, seed: int, on: date) -> Population:
    """People for a plan's population, with each group as large as its target, as far as the rules allow.

    Denominators are the plan's ``population.residents`` and ``population.households``; shares that contradict the
    targets (S2: 15 % against 200) are not used.
    """
    draw = Random(f"population:{seed}")
    residents, households = _size(plan)
    maker = _Maker(pack, on, draw)
    homes = _reach_targets(maker, plan, maker.homes(households, residents))
    reached = {code: _count(homes, code) for code in pack.groups}
    return Population(tuple(homes), sum(len(home.members) for home in homes), len(homes), reached)


def _size(plan: Plan) -> tuple[int, int]:
    residents = int(plan.figures["population.residents"].value)
    figure = plan.figures.get("population.households")
    return residents, int(figure.value) if figure else max(residents * 2 // 5, 1)


class _Maker:
    """Draws households and the facts of their people."""

    def __init__(self, pack: Pack, on: date, draw: Random) -> None:
        self.pack, self.on, self.draw = pack, on, draw
        self.parameters = pack.parameters_on(on)
        self.order = pack.graph.order_for(group.rule for group in pack.groups.values())
        self.serial = 0
        self.numbers: set[str] = set()

    def homes(self, households: int, residents: int) -> list[Home]:
        """That many households; shapes are drawn until the number of residents comes as close as it can."""
        shapes = [shape for weight, shape in _SHAPES for _ in range(weight)]
        chosen = [self.draw.choice(shapes) for _ in range(households)]
        for _ in range(20 * households):
            excess = sum(map(len, chosen)) - residents
            if excess == 0:
                break
            place = self.draw.randrange(households)
            other = self.draw.choice(shapes)
            if abs(excess + len(other) - len(chosen[place])) < abs(excess):
                chosen[place] = other
        return [self._home(index, shape) for index, shape in enumerate(chosen)]

    def _home(self, index: int, shape: tuple[tuple[str, int, int], ...]) -> Home:
        family = names.surname(self.draw)
        head_male = self.draw.random() < 0.6
        members = tuple(self._person(family, relation, low, high, head_male=head_male) for relation, low, high in shape)
        return self.judged(Home(index, members, self._facts("HOUSEHOLD")))

    def _person(self, family: str, relation: str, low: int, high: int, *, head_male: bool) -> Person:
        male = {"HEAD": head_male, "SPOUSE": not head_male}.get(relation, self.draw.random() < 0.5)
        own = names.surname(self.draw) if relation == "SPOUSE" else family
        self.serial += 1
        return self._aged(
            Person(
                own + names.given_name(self.draw, male=male),
                relation,
                male,
                self.on,
                "",
                names.phone(self.serial) if low >= 18 else "",
                self._facts("PERSON"),
            ),
            self.draw.randint(low, high),
        )

    def _aged(self, person: Person, age: int) -> Person:
        birth = date(self.on.year - age - 1, 1, 1) + timedelta(days=self.draw.randrange(364))
        number = ""
        while not number or number in self.numbers:
            self.serial += 1
            number = names.identity_number(birth, self.serial, male=person.male)
        self.numbers.add(number)
        return replace(person, birth_date=birth, id_number=number)

    def _facts(self, level: str, *, wild: bool = False) -> dict[str, Scalar]:
        specs = [spec for spec in self.pack.facts.values() if spec.level == level and spec.unit != "AGE"]
        return {spec.name: self._anything(spec) if wild else self._value(spec) for spec in specs}

    def _anything(self, spec: FactSpec) -> Scalar:
        """Half the time the usual, half the time anything the pack allows: rare groups are found this way."""
        if spec.unit in ("BOOL", "FEN"):
            return self.draw.random() < 0.5 if spec.unit == "BOOL" else self._value(spec)
        return self._value(spec) if self.draw.random() < 0.5 else self.draw.randint(spec.low, spec.high)

    def _value(self, spec: FactSpec) -> Scalar:
        if spec.unit == "BOOL":
            return self.draw.random() < 0.25
        if spec.unit == "FEN":
            # Whole tens of yuan up to 9,000 a month: what people say at a counter.
            return min(max(self.draw.randrange(0, 900) * 1000, spec.low), spec.high)
        if self.draw.random() < 0.92:
            return spec.low
        return self.draw.randint(spec.low, min(spec.high, spec.low + 10))

    def redraw(self, home: Home, member: int | None) -> Home:
        """The home with the facts of one member (or of all, and of the household) drawn again."""
        members = list(home.members)
        for place, person in enumerate(members):
            if member is None or place == member:
                members[place] = replace(person, facts=self._facts("PERSON", wild=member is not None))
                if member is not None and person.relation in ("HEAD", "PARENT"):
                    members[place] = self._aged(members[place], self.draw.randint(20, 90))
        household = self._facts("HOUSEHOLD") if member is None else home.facts
        return self.judged(replace(home, members=tuple(members), facts=household))

    def judged(self, home: Home) -> Home:
        """The home with the groups that the rules say."""
        run = Evaluation(self.pack.graph, self.parameters, true_facts(self.pack, home, self.on)).run(self.order)
        belongs = {
            (group.code, None if key is None else int(key))
            for group in self.pack.groups.values()
            for key in run.keys_of(self.pack.graph.nodes[group.rule])
            if run.get(group.rule, key).value
        }
        return replace(home, belongs=frozenset(belongs))


def true_facts(pack: Pack, home: Home, on: date) -> CaseFacts:
    """The truth about a home as the rules take it; member keys are places in the home."""
    members = []
    for place, person in enumerate(home.members):
        facts = {name: Fact(value) for name, value in person.facts.items()}
        if "age" in pack.facts:
            facts["age"] = Fact(age_on(person.birth_date, on))
        members.append(Member(str(place), person.relation, facts))
    return CaseFacts(tuple(members), {name: Fact(value) for name, value in home.facts.items()})


def _reach_targets(maker: _Maker, plan: Plan, homes: list[Home]) -> list[Home]:
    # People first: a person's facts move the household's sums, so households are settled last and keep their people.
    order = sorted(maker.pack.groups.values(), key=lambda group: (group.unit != "PERSON", group.code))
    settled: set[str] = set()
    for group in order:
        figure = plan.figures.get(f"groups.{group.code}.target")
        if figure is None:
            continue
        _raise_or_lower(maker, homes, group.code, group.unit, int(figure.value), _keeps(settled))
        settled.add(group.code)
    return homes


def _keeps(settled: set[str]) -> Callable[[Home, Home], bool]:
    fixed = frozenset(settled)

    def is_kept(before: Home, after: Home) -> bool:
        return {b for b in before.belongs if b[0] in fixed} == {b for b in after.belongs if b[0] in fixed}

    return is_kept


def _raise_or_lower(
    maker: _Maker, homes: list[Home], group: str, unit: str, target: int, is_kept: Callable[[Home, Home], bool]
) -> None:
    places = list(range(len(homes)))
    maker.draw.shuffle(places)
    # Small households first: people on their own are easier to make anything of.
    places.sort(key=lambda place: len(homes[place].members))
    count = _count(homes, group)
    rising = count < target
    failed = 0
    for place in places:
        if count == target or failed == _GIVE_UP:
            return
        if rising == (_members(homes[place], group) > 0):
            continue
        changed = _turned(maker, homes[place], group, unit, is_kept, rising=rising)
        failed = failed + 1 if changed is None else 0
        if changed is not None:
            count += _members(changed, group) - _members(homes[place], group)
            homes[place] = changed


def _turned(
    maker: _Maker, home: Home, group: str, unit: str, is_kept: Callable[[Home, Home], bool], *, rising: bool
) -> Home | None:
    """The home with one more (or one fewer) unit in the group, all settled groups as before; None if not found."""
    wanted = _members(home, group) + (1 if rising else -1)
    for _ in range(_TRIES):
        member = maker.draw.randrange(len(home.members)) if unit == "PERSON" else None
        other = maker.redraw(home, member)
        if _members(other, group) == wanted and is_kept(home, other):
            return other
    return None


def _members(home: Home, group: str) -> int:
    return sum(code == group for code, _member in home.belongs)


def _count(homes: list[Home], group: str) -> int:
    return sum(_members(home, group) for home in homes)
