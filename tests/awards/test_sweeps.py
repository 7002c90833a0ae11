"""What the product does every day by itself, and the reviews it opens."""

from datetime import date

import pytest

from linli.ground.users.queries import NotPermitted, authority_of
from linli.kernel.errors import ReasonMissing
from linli.money.awards import operations, queries
from linli.money.awards.codes import AwardState, EndReason
from linli.money.awards.models import Award, AwardChange
from linli.money.awards.operations import Ending
from linli.registry.residents.codes import Relation
from linli.registry.residents.operations import leave, move_household, move_resident, record_death
from tests.conftest import system_act
from tests.layers import layer
from tests.ledger.world import OPENED, World, by

MARCH_15, MARCH_16, MARCH_20 = date(2026, 3, 15), date(2026, 3, 16), date(2026, 3, 20)


@layer
def both(world: World) -> World:
    """Two families with a base award, the first with a supplement too."""
    world.register(2)
    world.grant(world.base(world.families[0]), world.elder(world.families[0]), world.base(world.families[1]))
    return world


def sweep(on: date = MARCH_20) -> list[tuple[str, str]]:
    ended = operations.end_departed(system_act(on), on=on)
    reasons = dict(AwardChange.objects.filter(kind="ENDED").values_list("award__number", "reason"))
    return sorted((award.number, reasons[award.number]) for award in ended)


class TestEndDeparted:
    def test_ends_nothing_when_nobody_left(self, both: World) -> None:
        assert sweep() == []

    def test_ends_the_awards_of_the_dead(self, both: World) -> None:
        resident = both.memberships([both.families[0]])[0].resident_id
        record_death(by(both.staff.clerk, MARCH_16), resident_ids=[resident], died_date=MARCH_15)
        assert sweep() == [("DY-2026-0001", EndReason.DIED), ("DY-2026-0002", EndReason.DIED)]

    def test_ends_them_on_the_day_it_happened(self, both: World) -> None:
        resident = both.memberships([both.families[0]])[0].resident_id
        record_death(by(both.staff.clerk, MARCH_16), resident_ids=[resident], died_date=MARCH_15)
        sweep()
        assert Award.objects.get(number="DY-2026-0002").valid_until == MARCH_15

    def test_ends_the_awards_of_those_who_left(self, both: World) -> None:
        resident = both.memberships([both.families[1]])[0].resident_id
        leave(by(both.staff.clerk, MARCH_16), resident_ids=[resident], left_date=MARCH_16)
        assert sweep() == [("DY-2026-0003", EndReason.MOVED)]

    def test_ends_the_award_of_a_household_that_moved_away(self, both: World) -> None:
        move_household(
            by(both.staff.clerk, MARCH_16),
            household_id=both.families[1].pk,
            area_id=both.community.sibling.pk,
            moved_date=MARCH_16,
        )
        assert sweep() == [("DY-2026-0003", EndReason.MOVED)]

    def test_keeps_a_personal_award_within_the_community(self, both: World) -> None:
        resident = both.memberships([both.families[0]])[0].resident_id
        move_resident(
            by(both.staff.clerk, MARCH_16),
            resident_id=resident,
            household_id=both.families[1].pk,
            relation=Relation.NON_RELATIVE,
            moved_date=MARCH_16,
        )
        assert ("DY-2026-0002", EndReason.MOVED) not in sweep()

    def test_does_nothing_twice(self, both: World) -> None:
        resident = both.memberships([both.families[1]])[0].resident_id
        leave(by(both.staff.clerk, MARCH_16), resident_ids=[resident], left_date=MARCH_16)
        sweep()
        assert sweep() == []

    def test_forgets_a_move_before_the_grant(self, world: World) -> None:
        family = world.register()[0]
        move_household(
            by(world.staff.clerk, date(2026, 1, 20)),
            household_id=family.pk,
            area_id=world.community.other_grid.pk,
            moved_date=date(2026, 1, 20),
        )
        world.grant(world.base(family))
        assert sweep() == []

    def test_is_the_products_own(self, world: World) -> None:
        with pytest.raises(NotPermitted):
            operations.end_departed(by(world.staff.director), on=MARCH_20)


class TestReviews:
    @pytest.fixture
    def award(self, world: World) -> Award:
        world.register()
        return world.grant(world.base(world.families[0], review_due_date=MARCH_20))[0]

    def test_fall_due_on_their_day(self, award: Award) -> None:
        before = operations.fall_due_reviews(system_act(MARCH_16), on=MARCH_16)
        assert (before, operations.fall_due_reviews(system_act(MARCH_20), on=MARCH_20)) == ([], [award])

    def test_fall_due_once(self, award: Award) -> None:
        operations.fall_due_reviews(system_act(MARCH_20), on=MARCH_20)
        assert operations.fall_due_reviews(system_act(MARCH_20), on=MARCH_20) == []

    def test_are_listed_where_one_may_look(self, world: World, award: Award) -> None:
        operations.fall_due_reviews(system_act(MARCH_20), on=MARCH_20)
        assert list(queries.reviews_due(authority_of(world.staff.director, OPENED).scope())) == [award]

    def test_are_completed_with_the_next_day_set(self, world: World, award: Award) -> None:
        operations.fall_due_reviews(system_act(MARCH_20), on=MARCH_20)
        row = operations.complete_review(
            by(world.staff.director, MARCH_20), award_id=award.pk, next_due_date=date(2026, 9, 20), note="情况未变"
        )
        assert (row.review_opened_date, row.review_due_date) == (None, date(2026, 9, 20))

    def test_are_not_completed_before_they_are_due(self, world: World, award: Award) -> None:
        with pytest.raises(operations.ReviewNotDue):
            operations.complete_review(by(world.staff.director), award_id=award.pk, next_due_date=None, note="x")

    def test_need_a_note(self, world: World, award: Award) -> None:
        with pytest.raises(ReasonMissing):
            operations.complete_review(by(world.staff.director), award_id=award.pk, next_due_date=None, note=" ")

    def test_of_ended_awards_do_not_fall_due(self, world: World, award: Award) -> None:
        operations.end(by(world.staff.director), endings=[Ending(award.pk, MARCH_16, EndReason.INCOME)])
        assert award.state == AwardState.ACTIVE
        assert operations.fall_due_reviews(system_act(MARCH_20), on=MARCH_20) == []

    def test_are_the_products_own(self, world: World) -> None:
        with pytest.raises(NotPermitted):
            operations.fall_due_reviews(by(world.staff.director), on=MARCH_20)
