"""What turns out to be wrong about deaths: somebody else had died, or on another day. It is put right like on screen.

Households of which somebody moved away altogether are no longer this community's to correct.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from linli.ground.users.codes import Role
from linli.ground.users.queries import authority_of
from linli.kernel.act import Act
from linli.money.awards.codes import AwardState
from linli.money.awards.queries import awards_of_household
from linli.registry.residents.operations import correct_departure
from linli.simulator.case import living
from linli.simulator.chance import happens
from linli.simulator.fate import Fate
from linli.simulator.settle import Settled, World, at, within_budget

# Shares of households on the books a year of which somebody is taken for dead, and of deaths noted on a wrong day.
MISTAKEN = 0.06
WRONG_DAY = 0.25
_NOTICED_AFTER = (5, 30)  # days
_WRONG_BY = (1, 6)


@dataclass
class Slips:
    """The clerk who puts deaths right. ``mistaken`` and ``misdated``: by the day on which it is noticed."""

    world: World
    draw: Random
    fate: Fate
    mistaken: list[tuple[date, Settled, int]] = field(default_factory=list)
    misdated: list[tuple[date, Settled, int, date]] = field(default_factory=list)
    seen: int = 0  # deaths that were looked at
    excess_fen: int = 0  # what the street accepted above the budget lines

    def live(self, day: date, *, share: float) -> None:
        """One day that stands for ``share`` of a year."""
        self._look(day)
        self._come_back(day)
        self._date_again(day)
        for settled in self.world.homes:
            if (
                settled.home.groups
                and settled.household_id not in self.fate.gone
                and happens(self.draw, MISTAKEN * share)
            ):
                self._mistake(settled, day)

    def _look(self, day: date) -> None:
        for settled, place, died in self.fate.deaths[self.seen :]:
            if happens(self.draw, WRONG_DAY):
                right = died - timedelta(days=self.draw.randint(*_WRONG_BY))
                if right > settled.home.members[place].birth_date:
                    self.misdated.append((self._noticed(day), settled, place, right))
        self.seen = len(self.fate.deaths)

    def _noticed(self, day: date) -> date:
        return day + timedelta(days=self.draw.randint(*_NOTICED_AFTER))

    def _mistake(self, settled: Settled, day: date) -> None:
        """Somebody of the same name died: one of a family whose award runs is taken for dead."""
        scope = authority_of(self.world.who(Role.COMMUNITY_DIRECTOR), day).scope()
        running = any(one.state == AwardState.ACTIVE for one in awards_of_household(scope, settled.household_id))
        people = list(living(settled, self.fate.dead))
        if running and people:
            place = self.draw.choice(people)[0]
            self.fate.take_for_dead(settled, place, day)
            self.mistaken.append((self._noticed(day), settled, place))

    def _come_back(self, day: date) -> None:
        due = [one for one in self.mistaken if one[0] <= day]
        self.mistaken = [one for one in self.mistaken if one[0] > day]
        for _day, settled, place in due:
            if self._is_away(settled):
                continue
            self._correct(settled, place, day, None, "与同名者混淆，本人健在")
            self.fate.dead.discard(settled.resident_ids[place])
            self.fate.gone.discard(settled.household_id)
            self.fate.note("deaths that were none")

    def _date_again(self, day: date) -> None:
        due = [one for one in self.misdated if one[0] <= day]
        self.misdated = [one for one in self.misdated if one[0] > day]
        for _day, settled, place, right in due:
            if not self._is_away(settled):
                self._correct(settled, place, day, right, "死亡证明所载日期不同")
                self.fate.note("days of death corrected")

    def _correct(self, settled: Settled, place: int, day: date, right: date | None, reason: str) -> None:
        clerk = Act(self.world.who(Role.COMMUNITY_WORKER, day.toordinal()), at(day, 14))
        resident_id = settled.resident_ids[place]

        def deed() -> None:
            correct_departure(clerk, resident_id=resident_id, day=right, reason=reason)

        # Whoever lives is due what was promised: where the line has been used up since, the street says so first.
        self.excess_fen += within_budget(self.world, day, deed)

    def _is_away(self, settled: Settled) -> bool:
        """Moved to another community; where all died, the household is gone but still this community's."""
        all_dead = all(one in self.fate.dead for one in settled.resident_ids)
        return settled.household_id in self.fate.gone and not all_dead
