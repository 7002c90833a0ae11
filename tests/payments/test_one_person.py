"""Whoever has several accounts is one hand, and whoever holds an account, or is kin of who does, decides nothing."""

from datetime import date

import pytest

from linli.foundation.screens.work import waiting
from linli.ground.users.models import User
from linli.ground.users.queries import authority_of
from linli.kernel.steps import OwnFamily, SamePerson
from linli.money.awards.models import Award, PayeeAccount
from linli.money.awards.operations import (
    NewAccount,
    confirm_account,
    propose_account,
    propose_amount,
    resume,
    suspend,
)
from linli.money.awards.steps import AWARD
from linli.money.ledger.models import Journal
from linli.money.ledger.operations import confirm_proposal
from linli.money.ledger.permissions import can_correct
from linli.money.ledger.queries import written_by
from linli.money.payments.models import PaymentItem
from linli.registry.residents.models import Membership, Resident, ResidentAccount
from linli.registry.residents.operations import (
    link_account,
    register_households,
)
from linli.registry.residents.operations.refusals import PostLinked
from linli.registry.residents.queries import own_family
from tests.conftest import at
from tests.layers import layer
from tests.ledger.world import MARCH, OPENED, PAY_DAY, World, by, inside
from tests.residents.people import couple, person, single

FIRST, SECOND, THIRD = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)


@layer
def families(world: World) -> World:
    world.register(3)
    world.grant(*(world.base(one) for one in world.families))
    return world


def settled(world: World, name: str, order: int) -> Resident:
    """Somebody who lives here alone, and gets nothing."""
    home = single(world.community.grid.pk, person(name, birth=date(1970, 1, 1), order=order))
    [household] = register_households(by(world.staff.clerk, OPENED), households=[home])
    return Membership.objects.get(household=household).resident


def is_one(world: World, *accounts: User) -> Resident:
    """The accounts are one resident's, past the act that links them, which would refuse the second."""
    resident = settled(world, "孙一人", 92)
    for account in accounts:
        told = {"number": f"GL-X-{account.pk}", "linked_by_id": 1, "linked_at": at(OPENED), "of_post": True}
        row = ResidentAccount(user=account, resident=resident, **told, **resident.stamp.columns())
        _written(world, row)
    return resident


def _written(world: World, row: ResidentAccount) -> None:
    """By an act: on what none wrote no act builds."""
    inside(by(world.staff.clerk, OPENED), step=lambda _act: row.save())


def held_by(world: World, holder: Resident) -> PayeeAccount:
    """The account of a stranger's family, confirmed, which somebody holds for them."""
    unit = world.families[0]
    new = NewAccount(
        unit.number, unit.stamp, holder.name, "6222021234567890123", "江畔银行", "PROXY", "委托书", holder.number
    )
    [row] = propose_account(by(world.staff.clerk, FIRST), accounts=[new])
    [row] = confirm_account(by(world.staff.second_officer, SECOND), account_ids=[row.pk])
    assert row.holder_id == holder.pk
    return row


class TestSeveralAccountsOfOneResident:
    """The attack: maker, checker and releaser are linked to one resident, who pays alone."""

    def test_are_not_linked_to_a_second_post(self, families: World) -> None:
        staff, resident = families.staff, settled(families, "孙一人", 92)
        link_account(by(staff.clerk, OPENED), user_id=staff.maker.pk, resident_id=resident.pk)
        with pytest.raises(PostLinked) as told:
            link_account(by(staff.clerk, OPENED), user_id=staff.checker.pk, resident_id=resident.pk)
        assert told.value.field == "user"

    def test_are_not_the_maker_and_the_checker_of_a_batch(self, families: World) -> None:
        is_one(families, families.staff.maker, families.staff.checker)
        batch = families.propose(MARCH, PAY_DAY)
        with pytest.raises(SamePerson):
            families.approve(batch, PAY_DAY)

    @pytest.mark.parametrize("other", ["maker", "checker"])
    def test_nor_one_of_them_and_the_releaser(self, families: World, other: str) -> None:
        is_one(families, getattr(families.staff, other), families.staff.releaser)
        batch = families.approve(families.propose(MARCH, PAY_DAY), PAY_DAY)
        with pytest.raises(SamePerson):
            families.release(batch, PAY_DAY)

    def test_do_not_propose_an_account_and_confirm_it(self, families: World) -> None:
        staff, unit = families.staff, families.families[0]
        is_one(families, staff.clerk, staff.director)
        new = NewAccount(unit.number, unit.stamp, "某人", "6222021234567890123", "江畔银行", "PROXY", "委托书")
        [row] = propose_account(by(staff.clerk, FIRST), accounts=[new])
        with pytest.raises(SamePerson):
            confirm_account(by(staff.director, SECOND), account_ids=[row.pk])

    def test_do_not_correct_what_one_of_them_wrote_down(self, families: World) -> None:
        staff, journal = families.staff, Journal.objects.filter(kind="INFLOW").earliest("pk")
        person = authority_of(staff.checker, PAY_DAY)
        assert can_correct(person, families.fund.stamp, written_by(journal), PAY_DAY)
        is_one(families, staff.maker, staff.checker)
        person = authority_of(staff.checker, PAY_DAY)
        assert not can_correct(person, families.fund.stamp, written_by(journal), PAY_DAY)

    def test_are_offered_no_batch_that_they_may_not_approve(self, families: World) -> None:
        staff, day = families.staff, PAY_DAY
        is_one(families, staff.maker, staff.checker)
        batch = families.propose(MARCH, day)
        shown = [one.kind for one in waiting(authority_of(staff.checker, day), day) if one.subject == batch.number]
        assert shown == []

    def test_of_a_link_that_ended_lately_are_one_still(self, families: World) -> None:
        """As it bars from the family: nobody frees a hand by having the link ended."""
        staff, resident = families.staff, is_one(families, families.staff.maker, families.staff.checker)
        ended = {"state": "ENDED", "ended_date": PAY_DAY, "doubted_by_id": 1, "doubted_at": at(PAY_DAY), "doubt": "x"}
        row = ResidentAccount.objects.get(user=staff.checker, resident=resident)
        for state in ("DOUBTED", "ENDED"):
            for name, value in {**ended, "state": state, "ended_by_id": 2}.items():
                setattr(row, name, value if state == "ENDED" or name not in ("ended_date", "ended_by_id") else None)
            _written(families, row)
        with pytest.raises(SamePerson):
            families.approve(families.propose(MARCH, PAY_DAY), PAY_DAY)


@layer
def officer(families: World) -> User:
    """An officer of the street, who holds the account of the first family."""
    me = settled(families, "钱代领", 91)
    held_by(families, me)
    link_account(by(families.staff.clerk, SECOND), user_id=families.staff.street_officer.pk, resident_id=me.pk)
    return families.staff.street_officer


class TestWhoeverHoldsTheAccount:
    """The attack: an officer is proxy holder of a stranger's account, and raises the award that is paid to it."""

    @pytest.fixture
    def award(self, families: World, officer: User) -> Award:
        return Award.objects.get(unit_key=families.families[0].number)

    def test_does_not_set_its_amount(self, families: World, officer: User, award: Award) -> None:
        told = {"award_id": award.pk, "amount_fen": 5_000_00, "effective_date": date(2026, 4, 1), "note": "困难"}
        with pytest.raises(OwnFamily):
            propose_amount(by(officer, SECOND), **told)
        row = propose_amount(by(families.staff.director, SECOND), **told)
        with pytest.raises(OwnFamily):
            confirm_proposal(by(officer, THIRD), proposal_id=row.pk)

    @pytest.mark.parametrize("step", [suspend, resume])
    def test_does_not_suspend_or_resume_it(self, families: World, officer: User, award: Award, step: object) -> None:
        told = {"award_ids": [award.pk], "effective_date": date(2026, 4, 1), "note": "x"}
        if step is resume:
            suspend(by(families.staff.director, THIRD), **told)
        with pytest.raises(OwnFamily):
            step(by(officer, THIRD, 10), **told)  # type: ignore[operator]  # one of two acts

    @pytest.mark.parametrize("who", ["the officer", "the officer's wife"])
    def test_does_not_though_no_number_was_written_down(self, families: World, who: str) -> None:
        """A clerk leaves out the holder's number, which need not be said: the name is there."""
        pair = couple(families.community.grid.pk, order=66)
        [home] = register_households(by(families.staff.clerk, OPENED), households=[pair])
        man, woman = (row.resident for row in Membership.objects.filter(household=home).order_by("pk"))
        unit, holder = families.families[0], man if who == "the officer" else woman
        new = NewAccount(unit.number, unit.stamp, holder.name, "6222021234567890123", "江畔银行", "PROXY", "委托书")
        [row] = propose_account(by(families.staff.clerk, FIRST), accounts=[new])
        link_account(by(families.staff.clerk, FIRST), user_id=families.staff.second_officer.pk, resident_id=man.pk)
        with pytest.raises(OwnFamily):
            confirm_account(by(families.staff.second_officer, SECOND), account_ids=[row.pk])
        confirm_account(by(families.staff.director, SECOND), account_ids=[row.pk])

        award = Award.objects.get(unit_key=unit.number)
        told = {"award_id": award.pk, "amount_fen": 5_000_00, "effective_date": date(2026, 4, 1), "note": "困难"}
        raised = propose_amount(by(families.staff.director, SECOND), **told)
        with pytest.raises(OwnFamily):
            confirm_proposal(by(families.staff.second_officer, THIRD), proposal_id=raised.pk)

    def test_sees_it_on_no_list_for_many(self, families: World, officer: User, award: Award) -> None:
        rows = AWARD.of_others(Award.objects.all(), authority_of(officer, THIRD), THIRD)
        assert award not in rows
        assert rows.count() == 2

    def test_records_nothing_of_the_family_either(self, families: World, award: Award) -> None:
        """What is recorded decides what is paid."""
        me = settled(families, "钱代办", 95)
        held_by_worker = families.families[1]
        new = NewAccount(
            held_by_worker.number,
            held_by_worker.stamp,
            me.name,
            "6222021234567890555",
            "江畔银行",
            "PROXY",
            "委托书",
            me.number,
        )
        [row] = propose_account(by(families.staff.director, FIRST), accounts=[new])
        confirm_account(by(families.staff.second_officer, SECOND), account_ids=[row.pk])
        link_account(by(families.staff.social_worker, SECOND), user_id=families.staff.clerk.pk, resident_id=me.pk)
        own = own_family(authority_of(families.staff.clerk, THIRD), THIRD)
        assert own.has(held_by_worker.pk)
        assert own.people == {me.pk}

    def test_of_an_account_that_was_replaced_holds_nothing_any_more(
        self, families: World, officer: User, award: Award
    ) -> None:
        unit = families.families[0]
        new = NewAccount(unit.number, unit.stamp, "王一0", "6222021234567890999", "江畔银行", "PROXY", "委托书")
        [row] = propose_account(by(families.staff.clerk, THIRD), accounts=[new])
        confirm_account(by(families.staff.second_officer, THIRD), account_ids=[row.pk])
        assert not own_family(authority_of(officer, THIRD), THIRD).has(unit.pk)


class TestKinOfWhoeverHoldsTheAccount:
    """The attack: the wife holds a stranger's account, the husband confirms it or approves the batch that pays it."""

    @pytest.fixture
    def pair(self, families: World) -> list[Resident]:
        home = couple(families.community.grid.pk, order=77)
        [household] = register_households(by(families.staff.clerk, OPENED), households=[home])
        return [one.resident for one in Membership.objects.filter(household=household).order_by("pk")]

    def test_does_not_confirm_the_account(self, families: World, pair: list[Resident]) -> None:
        staff, unit, (man, wife) = families.staff, families.families[0], pair
        link_account(by(staff.clerk, OPENED), user_id=staff.director.pk, resident_id=man.pk)
        new = NewAccount(
            unit.number, unit.stamp, wife.name, "6222021234567890123", "江畔银行", "PROXY", "委托书", wife.number
        )
        [row] = propose_account(by(staff.clerk, FIRST), accounts=[new])
        with pytest.raises(OwnFamily):
            confirm_account(by(staff.director, SECOND), account_ids=[row.pk])

    @pytest.mark.parametrize("who", ["maker", "checker", "releaser"])
    def test_is_no_hand_of_a_batch_that_pays_it(self, families: World, pair: list[Resident], who: str) -> None:
        staff, (man, wife) = families.staff, pair
        held_by(families, wife)
        link_account(by(staff.clerk, OPENED), user_id=getattr(staff, who).pk, resident_id=man.pk)
        with pytest.raises(OwnFamily):
            families.release(families.approve(families.propose(MARCH, PAY_DAY), PAY_DAY), PAY_DAY)

    def test_confirms_no_return_of_what_it_was_paid_though_another_account_is_the_familys_now(
        self, families: World, pair: list[Resident]
    ) -> None:
        staff, unit, (man, wife) = families.staff, families.families[0], pair
        held = held_by(families, wife)
        paid = families.paid()
        new = NewAccount(unit.number, unit.stamp, "王一0", "6222021234567890999", "江畔银行", "PROXY", "委托书")
        [row] = propose_account(by(staff.clerk, PAY_DAY), accounts=[new])
        confirm_account(by(staff.second_officer, PAY_DAY), account_ids=[row.pk])
        link_account(by(staff.clerk, PAY_DAY), user_id=staff.checker.pk, resident_id=man.pk)
        seqs = PaymentItem.objects.filter(batch=paid, account=held).values_list("seq", flat=True)
        with pytest.raises(OwnFamily):
            families.came_back(paid, list(seqs))
