"""What happens to people: they die, move away, and what was typed wrongly is put right."""

from collections.abc import Collection, MutableMapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from linli.ground.areas.queries import area_by_code
from linli.ground.users.codes import Role
from linli.kernel.act import Act
from linli.kernel.period import age_on
from linli.registry.residents.operations import correct_resident, move_household, record_death
from linli.simulator.case import living
from linli.simulator.chance import happens
from linli.simulator.settle import Settled, World, at

# Shares of people or households a year.
DEATHS_OF_OLD = 0.04
DEATHS_OF_OTHERS = 0.002
MOVES = 0.015
CORRECTIONS = 0.02
OLD = 70
MOVED_TO = "990101001002"
# A family on its own is not always heard of at once: this share of deaths becomes known after weeks.
HEARD_LATE = 0.2
_LATE_DAYS = (12, 45)
# When money is about to go out, neighbours say who has died: the chance of it in one month's payment.
TOLD_AT_PAYMENT = 0.12


@dataclass
class Fate:
    """Draws each working day's events; ``gone`` homes play no further part.

    ``news`` draws how and when deaths are heard of; ``met``: the day on which somebody last saw a household.
    """

    world: World
    draw: Random
    news: Random
    met: MutableMapping[int, date] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    dead: set[int] = field(default_factory=set)
    deaths: list[tuple[Settled, int, date]] = field(default_factory=list)  # home, place, day that was recorded
    counts: dict[str, int] = field(default_factory=dict)

    def live(self, day: date, *, share: float) -> None:
        """One day that stands for ``share`` of a year."""
        for settled in self.world.homes:
            if settled.household_id in self.gone:
                continue
            if happens(self.draw, MOVES * share):
                self._move(settled, day)
                continue
            self._deaths(settled, day, share)
            if happens(self.draw, CORRECTIONS * share):
                self._correct(settled, day)

    def between(self, day: date, paid: Collection[str]) -> None:
        """The list of payees (numbers of households and residents) is approved: now and then somebody on it has died.

        It counts only where it stops a payment: of the person paid, or of the last one of a household.
        """
        if not happens(self.news, TOLD_AT_PAYMENT):
            return
        names: list[tuple[Settled, int]] = []
        weights = []
        for settled in self.world.homes:
            if settled.household_id in self.gone:
                continue
            people = list(living(settled, self.dead))
            for place, person, _pk, number in people:
                if number in paid or (settled.number in paid and len(people) == 1):
                    names.append((settled, place))
                    weights.append(_rate(person.birth_date, day))
        if names:
            [(settled, place)] = self.news.choices(names, weights)
            self._die(settled, place, day, day - timedelta(days=1), hour=13)

    def note(self, what: str) -> None:
        """Count something that happened."""
        self.counts[what] = self.counts.get(what, 0) + 1

    def _clerk(self, day: date, hour: int) -> Act:
        return Act(self.world.who(Role.COMMUNITY_WORKER, day.toordinal()), at(day, hour))

    def _deaths(self, settled: Settled, day: date, share: float) -> None:
        for place, person in enumerate(settled.home.members):
            if settled.resident_ids[place] in self.dead:
                continue
            if happens(self.draw, _rate(person.birth_date, day) * share):
                self._die(settled, place, day, self._day_of_death(settled, day), hour=12)

    def _day_of_death(self, settled: Settled, day: date) -> date:
        """Mostly the day before; where nobody asked, weeks ago, but after the family was seen last."""
        if not happens(self.news, HEARD_LATE):
            return day - timedelta(days=1)
        died = day - timedelta(days=self.news.randint(*_LATE_DAYS))
        return min(max(died, self.met.get(settled.household_id, died) + timedelta(days=1)), day - timedelta(days=1))

    def take_for_dead(self, settled: Settled, place: int, day: date) -> None:
        """Somebody who lives is recorded as having died the day before."""
        self._record(settled, place, day, day - timedelta(days=1), hour=11)

    def _die(self, settled: Settled, place: int, day: date, died: date, *, hour: int) -> None:
        self._record(settled, place, day, died, hour=hour)
        self.deaths.append((settled, place, died))
        self.note("deaths")

    def _record(self, settled: Settled, place: int, day: date, died: date, *, hour: int) -> None:
        record_death(self._clerk(day, hour), resident_ids=[settled.resident_ids[place]], died_date=died)
        self.dead.add(settled.resident_ids[place])
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
        self.note("moves")

    def _correct(self, settled: Settled, day: date) -> None:
        alive = [r for r in settled.resident_ids if r not in self.dead]
        if alive:
            correct_resident(
                self._clerk(day, 14),
                resident_id=alive[0],
                changes={"phone": f"101{self.draw.randrange(10**8):08d}"},
                reason="登记时电话录入有误",
            )
            self.note("corrections")


def _rate(birth_date: date, day: date) -> float:
    return DEATHS_OF_OLD if age_on(birth_date, day) >= OLD else DEATHS_OF_OTHERS
