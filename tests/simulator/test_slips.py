"""What turns out to be wrong about deaths is put right on its day, and only of those who are still this community's."""

from datetime import date

import pytest

from linli.registry.residents.codes import Sex
from linli.registry.residents.operations import register_households
from linli.registry.residents.queries import members_on
from linli.simulator.fate import Fate
from linli.simulator.population import Home, Person
from linli.simulator.settle import Settled
from linli.simulator.slips import Slips
from tests.conftest import Community, Staff
from tests.layers import layer
from tests.ledger.world import OPENED, World, by, make_world
from tests.residents.people import couple
from tests.simulator.support import Foretold, simulated, violations

MARCH_2, MARCH_3, MARCH_4 = (date(2026, 3, day) for day in (2, 3, 4))


@layer
def family(community: Community, staff: Staff) -> World:
    """An old man and his wife."""
    world = make_world(community, staff)
    world.families += register_households(by(staff.clerk, OPENED), households=[couple(community.grid.pk)])
    return world


@pytest.fixture
def home(family: World) -> Settled:
    people = [row.resident for row in family.memberships(family.families)]
    members = tuple(Person(one.name, "", one.sex == Sex.MALE, one.birth_date, "", "", {}) for one in people)
    [household] = family.families
    pks, numbers = tuple(one.pk for one in people), tuple(one.number for one in people)
    return Settled(Home(0, members, {}), household.pk, household.number, pks, numbers)


@pytest.fixture
def slips(family: World, home: Settled) -> Slips:
    """Nothing happens by chance but that, if anything is drawn, the family moves away."""
    world = simulated(family, home)
    return Slips(world, Foretold(), Fate(world, Foretold(0.0), Foretold()))


def living_on(home: Settled, day: date) -> int:
    return len(members_on([home.household_id], day).get(home.household_id, ()))


class TestADeathThatWasNone:
    def test_is_put_right_on_the_day_it_is_noticed(self, slips: Slips, home: Settled) -> None:
        slips.fate.take_for_dead(home, 0, MARCH_2)
        slips.mistaken = [(MARCH_3, home, 0), (MARCH_4, home, 1)]
        slips.live(MARCH_2, share=0)
        assert (living_on(home, MARCH_2), slips.fate.counts) == (1, {})

        slips.live(MARCH_3, share=0)
        assert (living_on(home, MARCH_3), slips.fate.dead) == (2, set())
        assert (slips.fate.counts, slips.mistaken) == ({"deaths that were none": 1}, [(MARCH_4, home, 1)])
        assert violations() == []

    def test_brings_back_a_household_of_which_all_were_dead(self, slips: Slips, home: Settled) -> None:
        for place in (0, 1):
            slips.fate.take_for_dead(home, place, MARCH_2)
        assert slips.fate.gone == {home.household_id}
        slips.mistaken = [(MARCH_3, home, 0)]
        slips.live(MARCH_3, share=0)

        assert (slips.fate.gone, slips.fate.dead) == (set(), {home.resident_ids[1]})
        assert living_on(home, MARCH_3) == 1

    def test_of_a_family_that_moved_away_is_not_ours_to_put_right(self, slips: Slips, home: Settled) -> None:
        slips.fate.take_for_dead(home, 0, MARCH_2)
        slips.fate.live(MARCH_3, share=1)
        slips.mistaken = [(MARCH_4, home, 0)]
        slips.live(MARCH_4, share=0)

        assert (slips.fate.counts, slips.fate.dead) == ({"moves": 1}, {home.resident_ids[0]})
        assert slips.mistaken == []


class TestAnotherDayOfDeath:
    def test_is_written_down_on_the_day_it_is_noticed(self, slips: Slips, home: Settled) -> None:
        slips.fate.take_for_dead(home, 0, MARCH_2)
        slips.misdated = [(MARCH_3, home, 0, date(2026, 2, 20))]
        slips.live(MARCH_2, share=0)
        assert living_on(home, date(2026, 2, 20)) == 2

        slips.live(MARCH_3, share=0)
        assert (living_on(home, date(2026, 2, 19)), living_on(home, date(2026, 2, 20))) == (2, 1)
        assert (slips.fate.counts, slips.misdated) == ({"days of death corrected": 1}, [])

    def test_of_a_family_that_moved_away_stays(self, slips: Slips, home: Settled) -> None:
        slips.fate.take_for_dead(home, 0, MARCH_2)
        slips.fate.live(MARCH_3, share=1)
        slips.misdated = [(MARCH_4, home, 0, date(2026, 2, 20))]
        slips.live(MARCH_4, share=0)

        assert (slips.fate.counts, slips.misdated) == ({"moves": 1}, [])

    # At the least a day is between the days, and five until it is noticed.
    @pytest.mark.parametrize(("number", "wrong"), [(0.249, [(date(2026, 3, 7), date(2026, 2, 28))]), (0.25, [])])
    def test_is_drawn_once_for_each_death(
        self, slips: Slips, home: Settled, number: float, wrong: list[tuple[date, date]]
    ) -> None:
        slips.draw = Foretold(number, 0.0, 0.0)
        slips.fate.deaths.append((home, 0, date(2026, 3, 1)))
        slips.live(MARCH_2, share=0)
        slips.live(MARCH_2, share=0)

        assert [(noticed, right) for noticed, _home, _place, right in slips.misdated] == wrong
