"""What happens to people: they are found, die, move away, earn more; and what staff typed wrongly is put right."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from linli.areas.queries import area_by_code
from linli.awards.codes import EndReason
from linli.awards.operations import Ending, end
from linli.awards.queries import awards_of_household
from linli.kernel.act import Act
from linli.kernel.calendar import WorkCalendar
from linli.kernel.period import Month, age_on
from linli.residents.operations import NewFact, correct_resident, move_household, record_circumstances, record_death
from linli.simulator.case import Case
from linli.simulator.settle import Settled, World, at
from linli.users.codes import Role
from linli.users.queries import authority_of

# Shares of people or households a year.
DEATHS_OF_OLD = 0.04
DEATHS_OF_OTHERS = 0.002
MOVES = 0.015
INCOME_RISES = 0.06
CORRECTIONS = 0.02
# People out of need who apply all the same.
HOPEFUL = 0.05
OLD = 70
MOVED_TO = "990101001002"
_OPENING_DAYS = 20


@dataclass
class Fate:
    """Draws each working day's events; ``gone`` homes play no further part."""

    world: World
    draw: Random
    gone: set[int] = field(default_factory=set)
    dead: set[int] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)

    def live(self, day: date, *, share: float) -> None:
        """One day that stands for ``share`` of a year."""
        for settled in self.world.homes:
            if settled.household_id in self.gone:
                continue
            if self.draw.random() < MOVES * share:
                self._move(settled, day)
                continue
            self._deaths(settled, day, share)
            if settled.home.groups and self.draw.random() < INCOME_RISES * share:
                self._earn(settled, day)
            if self.draw.random() < CORRECTIONS * share:
                self._correct(settled, day)

    def _note(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1

    def _clerk(self, day: date, hour: int) -> Act:
        return Act(self.world.who(Role.COMMUNITY_WORKER, day.toordinal()), at(day, hour))

    def _deaths(self, settled: Settled, day: date, share: float) -> None:
        for place, person in enumerate(settled.home.members):
            resident_id = settled.resident_ids[place]
            rate = DEATHS_OF_OLD if age_on(person.birth_date, day) >= OLD else DEATHS_OF_OTHERS
            if resident_id in self.dead or self.draw.random() >= rate * share:
                continue
            # A death is heard of a day or two later.
            record_death(self._clerk(day, 12), resident_ids=[resident_id], died_date=day - timedelta(days=1))
            self.dead.add(resident_id)
            self._note("deaths")
            if all(one in self.dead for one in settled.resident_ids):
                self.gone.add(settled.household_id)

    def _move(self, settled: Settled, day: date) -> None:
        target = area_by_code(MOVED_TO)
        move_household(
            self._clerk(day, 12),
            household_id=settled.household_id,
            area_id=target.pk,
            moved_date=day,
            address="迁往槐树街",
        )
        self.gone.add(settled.household_id)
        self._note("moves")

    def _earn(self, settled: Settled, day: date) -> None:
        """Income rises above every line: recorded with its source, and what was granted on it ends next month."""
        names = [spec.name for spec in self.world.pack.facts.values() if spec.unit == "FEN" and spec.level == "PERSON"]
        alive = [r for r in settled.resident_ids if r not in self.dead]
        if not names or not alive:
            return
        facts = [
            NewFact(name, self.world.pack.facts[name].high // 100, "就业核实", day, resident_id=alive[0])
            for name in names
        ]
        record_circumstances(self._clerk(day, 13), facts=facts)
        director = self.world.who(Role.COMMUNITY_DIRECTOR)
        awards = awards_of_household(authority_of(director, day).scope(), settled.household_id)
        first = Month.of(day).plus(1).first_day
        endings = [
            Ending(award.pk, first, EndReason.INCOME, "就业后收入超过标准")
            for award in awards
            if award.state == "ACTIVE" and award.unit == "HOUSEHOLD"
        ]
        if endings:
            end(Act(director, at(day, 15)), endings=endings)
            self._note("income ended")

    def _correct(self, settled: Settled, day: date) -> None:
        alive = [r for r in settled.resident_ids if r not in self.dead]
        if alive:
            correct_resident(
                self._clerk(day, 14),
                resident_id=alive[0],
                changes={"phone": f"101{self.draw.randrange(10**8):08d}"},
                reason="登记时电话录入有误",
            )
            self._note("corrections")


def arrivals(
    world: World, draw: Random, *, opening: tuple[date, date], year: tuple[date, date]
) -> dict[date, list[Case]]:
    """Who applies on which day: the opening caseload before the year, others through it, some in vain."""
    calendar = world.calendar
    days = {"opening": _working(calendar, *opening), "year": _working(calendar, *year)}
    # A scheme that begins with its first month of payment has nobody on its books: all apply when it opens.
    days["opening"] = days["opening"] or days["year"][:_OPENING_DAYS]
    plan: dict[date, list[Case]] = {}
    wanted = _opening_counts(world)
    homes = [settled for settled in world.homes if settled.home.groups]
    draw.shuffle(homes)
    for settled in homes:
        groups = tuple(code for code in world.pack.groups if code in settled.home.groups)
        is_opening = _takes_opening(world, settled, wanted)
        if not is_opening and draw.random() >= _uptake(world, groups):
            continue
        day = draw.choice(days["opening" if is_opening else "year"])
        plan.setdefault(day, []).append(Case(settled, groups, honest=True))
    for settled in world.homes:
        if not settled.home.groups and draw.random() < HOPEFUL:
            group = draw.choice([code for code, one in world.pack.groups.items() if one.unit == "HOUSEHOLD"] or [""])
            if group:
                plan.setdefault(draw.choice(days["year"]), []).append(Case(settled, (group,), honest=False))
    return plan


def _working(calendar: WorkCalendar, first: date, last: date) -> list[date]:
    span = (last - first).days + 1
    return [day for day in (first + timedelta(days=n) for n in range(span)) if calendar.is_working(day)]


def _opening_counts(world: World) -> dict[str, int]:
    """How many recipients of each programme are on the books when the year begins."""
    figures = world.plan.figures
    counts = {}
    for code, programme in world.pack.programmes.items():
        figure = figures.get(f"programmes.{code}.opening_caseload")
        if figure is not None:
            counts[programme.group] = int(figure.value)
    return counts


def _takes_opening(world: World, settled: Settled, wanted: dict[str, int]) -> bool:
    """Whether the home belongs to the opening caseload; it fills the programmes' counts as it does."""
    units = {group: sum(code == group for code, _member in settled.home.belongs) for group in settled.home.groups}
    takes = any(wanted.get(group, 0) >= count > 0 for group, count in units.items())
    if takes:
        for group, count in units.items():
            if group in wanted:
                wanted[group] -= count
    return takes


def _uptake(world: World, groups: tuple[str, ...]) -> float:
    figures = world.plan.figures
    shares = [
        int(figure.value)
        for code, programme in world.pack.programmes.items()
        if programme.group in groups and (figure := figures.get(f"programmes.{code}.uptake")) is not None
    ]
    return max(shares, default=90) / 100
