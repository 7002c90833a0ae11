"""What a family sees of its own money."""

from datetime import date

from linli.money.awards.codes import Standing
from linli.money.payments.codes import ItemState
from linli.money.payments.operations import reissue
from linli.money.payments.queries.own import OwnAward, own_awards
from tests.layers import layer
from tests.ledger.world import MARCH, PAY_DAY, World, by

APRIL_15 = date(2026, 4, 15)


@layer
def family(world: World) -> World:
    """Two families with a base award each."""
    world.register(2)
    world.grant(*(world.base(one) for one in world.families))
    return world


def own(family: World, on: date = PAY_DAY) -> OwnAward:
    [award] = own_awards([family.families[0].pk], on)
    return award


def test_before_the_first_payment_says_what_comes(family: World) -> None:
    award = own(family)

    assert (award.monthly_fen, award.payments, award.has_account) == (500_00, (), True)
    assert award.coming == (MARCH, 500_00)


def test_shows_what_was_paid_and_the_month_after(family: World) -> None:
    family.paid()

    award = own(family)

    assert [(one.month, one.fen, one.state, one.on) for one in award.payments] == [
        (MARCH, 500_00, ItemState.PAID, PAY_DAY)
    ]
    assert award.coming == (MARCH.plus(1), 500_00)
    assert not award.came_back


def test_says_that_the_bank_sent_it_back_until_it_is_sent_again(family: World) -> None:
    batch = family.paid(returned=[1])
    item = batch.items.get(seq=1)
    [back] = own_awards([item.award.household_id], PAY_DAY)
    reissue(by(family.staff.maker, APRIL_15), item_ids=[family.corrected(item).pk])
    [again] = own_awards([item.award.household_id], APRIL_15)

    assert (back.came_back, [one.state for one in back.payments]) == (True, [ItemState.RETURNED])
    assert (again.came_back, again.payments) == (False, ())


def test_a_month_is_told_from_the_first_hand_to_the_last(family: World) -> None:
    """It was in no list while its batch waited: the month seemed to be left out."""
    batch = family.propose()
    proposed = own(family)
    family.approve(batch)
    approved = own(family)

    assert (proposed.payments, proposed.coming) == ((), (MARCH, 500_00))
    assert [(one.month, one.state) for one in approved.payments] == [(MARCH, ItemState.APPROVED)]
    assert approved.coming == (MARCH.plus(1), 500_00)


def test_shows_nobody_elses_money_and_no_money_of_long_ago(family: World) -> None:
    assert {one.number for one in own_awards([family.families[0].pk], PAY_DAY)} == {own(family).number}
    assert own_awards([], PAY_DAY) == []
    assert own_awards([family.families[0].pk], date(2029, 1, 1)) == []


def test_an_award_that_ran_out_says_so(family: World) -> None:
    assert own(family, date(2027, 1, 2)).standing == Standing.EXPIRED
