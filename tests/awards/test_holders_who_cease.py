"""Who left the family, or is guardian no more, receives for it no more: their account is held as that of the dead."""

from collections.abc import Callable
from datetime import date

import pytest

from linli.foundation.screens.work import waiting
from linli.ground.notifications.models import Letter
from linli.ground.notifications.queries import said_since
from linli.ground.users.queries import authority_of
from linli.kernel.period import Month
from linli.law.policies.operations import install_pack
from linli.money.awards import operations, queries
from linli.money.awards.codes import AccountState, HolderLoss, HolderRelation
from linli.money.awards.models import PayeeAccount
from linli.money.awards.operations import NewAccount
from linli.money.payments import refusals
from linli.money.payments.codes import StaleCode
from linli.money.payments.operations import reissue, release
from linli.money.payments.queries import invariants as payment_invariants
from linli.money.payments.queries import layouts, outlooks
from linli.registry.residents.codes import GuardianshipKind, Relation
from linli.registry.residents.models import Guardianship, Household, Resident
from linli.registry.residents.operations import (
    add_guardian,
    correct_departure,
    end_guardian,
    leave,
    move_resident,
    record_death,
    register_households,
)
from linli.registry.residents.queries import rows_behind
from tests.conftest import system_act
from tests.layers import layer
from tests.ledger.world import MARCH, OPENED, PAY_DAY, World, by
from tests.pack_variants import FOLDER
from tests.residents.people import couple

APRIL = date(2026, 4, 15)
GONE = date(2026, 3, 20)
NEXT = date(2026, 3, 21)
OUTSIDER = "李外人"
Ceases = Callable[[World, Household], None]


@layer
def home(world: World) -> Household:
    """A couple; the household has no account yet."""
    [home] = register_households(by(world.staff.clerk, OPENED), households=[couple(world.community.grid.pk, order=40)])
    world.families.append(home)
    return home


def people(home: Household) -> list[Resident]:
    return list(Resident.objects.filter(memberships__household=home).distinct().order_by("number"))


def new(world: World, unit: str, name: str, relation: str = "", number: str = "6222000011112222") -> NewAccount:
    return NewAccount(unit, world.fund.stamp, name, number, "江畔银行", relation)


def propose(world: World, unit: str, name: str, relation: str = "", on: date = OPENED) -> PayeeAccount:
    return operations.propose_account(by(world.staff.clerk, on, 10), accounts=[new(world, unit, name, relation)])[0]


def confirm(world: World, account: PayeeAccount, on: date = OPENED) -> None:
    operations.confirm_account(by(world.staff.director, on, 11), account_ids=[account.pk])


def guardian_of(world: World, ward: Resident, guardian: Resident | None = None) -> Guardianship:
    add_guardian(
        by(world.staff.clerk, OPENED),
        ward_id=ward.pk,
        kind=GuardianshipKind.GUARDIAN,
        valid_from=date(2025, 1, 1),
        document="判决书",
        guardian_id=guardian.pk if guardian else None,
        guardian_name="" if guardian else OUTSIDER,
    )
    return Guardianship.objects.get(ward=ward)


def moves(world: World, home: Household) -> None:
    """The woman joins another household of the community."""
    other = world.register()[0]
    move_resident(
        by(world.staff.clerk, NEXT),
        resident_id=people(home)[1].pk,
        household_id=other.pk,
        relation=Relation.OTHER_RELATIVE,
        moved_date=GONE,
    )


def leaves(world: World, home: Household) -> None:
    """The woman leaves the territory."""
    leave(by(world.staff.clerk, NEXT), resident_ids=[people(home)[1].pk], left_date=GONE)


def guardianship_ends(world: World, _home: Household) -> None:
    """The guardian of the man is guardian no more."""
    end_guardian(by(world.staff.clerk, NEXT), guardianship_id=Guardianship.objects.get().pk, valid_until=GONE)


@layer
def paid_to_her(world: World, home: Household) -> Household:
    """The couple gets a base award on the woman's account."""
    confirm(world, propose(world, home.number, people(home)[1].name))
    world.grant(world.base(home))
    return home


@layer
def paid_to_guardian(world: World, home: Household) -> Household:
    """The couple gets a base award on the account of the man's guardian, who is from outside."""
    guardian_of(world, people(home)[0])
    confirm(world, propose(world, home.number, OUTSIDER, "GUARDIAN"))
    world.grant(world.base(home))
    return home


def stop(day: date = NEXT) -> list[PayeeAccount]:
    return operations.stop_accounts(system_act(day), on=day)


def told(world: World, on: date) -> list[tuple[str, str]]:
    """What the director's work says of accounts: the kind and why."""
    rows = waiting(authority_of(world.staff.director, on), on)
    return [(one.kind, str(one.because)) for one in rows if one.kind.startswith("ACCOUNT.")]


CASES = [
    pytest.param("paid_to_her", moves, id="member-moves"),
    pytest.param("paid_to_her", leaves, id="member-leaves"),
    pytest.param("paid_to_guardian", guardianship_ends, id="guardian"),
]


@pytest.fixture
def received(request: pytest.FixtureRequest) -> Household:
    """A household whose money goes to somebody who may cease to receive for it."""
    return request.getfixturevalue(request.param)  # type: ignore[no-any-return]  # one of two layers


ceasing = pytest.mark.parametrize(("received", "ceases"), CASES, indirect=["received"])


class TestWhoCeases:
    @ceasing
    def test_is_paid_nothing_more(self, world: World, received: Household, ceases: Ceases) -> None:
        world.paid(MARCH, PAY_DAY)
        ceases(world, received)
        with pytest.raises(refusals.NothingDue) as refusal:
            world.propose(Month(2026, 4), APRIL)
        [outlook] = outlooks([world.fund], APRIL)
        assert (refusal.value.details["waiting"], outlook.ready, outlook.blocked) == (1, 0, 1)
        assert (queries.invariants(), payment_invariants()) == ([], [])

    @ceasing
    def test_stands_in_no_batch_that_is_approved(self, world: World, received: Household, ceases: Ceases) -> None:
        batch = world.propose()
        ceases(world, received)
        with pytest.raises(refusals.BatchStale, match="已不是家庭成员"):
            world.approve(batch, NEXT)

    @ceasing
    def test_is_left_out_at_release(self, world: World, received: Household, ceases: Ceases) -> None:
        batch = world.approve(world.propose())
        ceases(world, received)
        result = release(by(world.staff.releaser, NEXT), batch_id=batch.pk, layout=layouts()["RIVER_BANK"])
        assert [line.code for line in result.voided] == [StaleCode.HOLDER]

    @ceasing
    def test_gets_nothing_again_that_came_back(self, world: World, received: Household, ceases: Ceases) -> None:
        item = world.paid(returned=[1]).items.get()
        ceases(world, received)
        with pytest.raises(refusals.AccountNotUsable):
            reissue(by(world.staff.maker, APRIL), item_ids=[item.pk])

    @ceasing
    def test_is_to_be_replaced_and_the_office_reads_why(
        self, world: World, received: Household, ceases: Ceases
    ) -> None:
        ceases(world, received)
        told = [one for one in waiting(authority_of(world.staff.clerk, APRIL), APRIL) if one.kind == "ACCOUNT.REPLACE"]
        relation = PayeeAccount.objects.get(unit_key=received.number).relation
        why = "户名人已不是监护人" if relation == HolderRelation.GUARDIAN else "户名人已不是家庭成员"
        assert [(one.subject, str(one.because)) for one in told] == [(received.number, f"{why}，原账户不再付款")]

    @ceasing
    def test_has_the_account_stopped_and_the_family_is_written_to(
        self, world: World, received: Household, ceases: Ceases
    ) -> None:
        install_pack(system_act(), folder=FOLDER)
        ceases(world, received)
        [row] = stop()
        row.refresh_from_db()
        letter = Letter.objects.get(kind="ACCOUNT_CEASED")
        assert (row.state, row.stopped_date, stop()) == (AccountState.STOPPED, NEXT, [])
        assert row.holder_name in letter.content["zh"]["body"]
        assert letter in queries.letters_of_award(authority_of(world.staff.clerk, NEXT).scope(), received.awards.get())

    @ceasing
    def test_has_what_the_letter_asks_for_told_beside_it_once_it_is_done(
        self, world: World, received: Household, ceases: Ceases
    ) -> None:
        install_pack(system_act(), folder=FOLDER)
        ceases(world, received)
        stop()
        [letter] = Letter.objects.filter(kind="ACCOUNT_CEASED")
        said = [dict(said_since([letter], APRIL))]
        account = propose(world, received.number, people(received)[0].name, on=APRIL)
        said.append(dict(said_since([letter], APRIL)))
        confirm(world, account, on=APRIL)
        said.append(dict(said_since([letter], APRIL)))
        words = [str(one.get(letter.pk, "")) for one in said]
        assert words == ["", "新的收款账户已登记，等待确认", "新的收款账户已确认，家庭不用再办"]

    @ceasing
    def test_is_granted_nothing(self, world: World, received: Household, ceases: Ceases) -> None:
        ceases(world, received)
        assert received.number not in queries.has_confirmed_account([received.number], APRIL)

    @ceasing
    def test_may_still_receive_the_day_before(self, world: World, received: Household, ceases: Ceases) -> None:
        ceases(world, received)
        assert received.number in queries.usable_accounts([received.number], date(2026, 3, 19))


class TestConfirming:
    @pytest.mark.parametrize("ceases", [moves, leaves])
    def test_asks_again_whether_somebody_is_a_member(self, world: World, home: Household, ceases: Ceases) -> None:
        account = propose(world, home.number, people(home)[1].name)
        ceases(world, home)
        with pytest.raises(operations.HolderGone) as refusal:
            confirm(world, account, on=APRIL)
        assert home.number in str(refusal.value)

    @pytest.mark.parametrize("ceases", [moves, leaves])
    def test_is_not_offered_once_it_is_refused_and_another_account_is_asked_for(
        self, world: World, home: Household, ceases: Ceases
    ) -> None:
        """My work led to a button that was always refused, and nobody was asked for another account."""
        propose(world, home.number, people(home)[1].name)
        before = told(world, APRIL)
        ceases(world, home)
        why = "户名人已不是家庭成员，登记的账户不能确认"
        assert before == [("ACCOUNT.CONFIRM", "由另一人登记，确认后才能发放")]
        assert told(world, APRIL) == [("ACCOUNT.REPLACE", why)]

    def test_is_not_offered_of_an_account_that_says_of_nobody_whose_it_is(self, world: World, home: Household) -> None:
        assert propose(world, home.number, OUTSIDER).relation == ""
        assert told(world, APRIL) == [("ACCOUNT.REPLACE", "没有注明户名人与领取人的关系，登记的账户不能确认")]

    def test_asks_nobody_for_an_account_of_whom_nobody_is_left(self, world: World, home: Household) -> None:
        propose(world, home.number, people(home)[1].name)
        record_death(
            by(world.staff.clerk, NEXT), resident_ids=[one.pk for one in people(home)], died_date=date(2026, 3, 20)
        )
        assert told(world, APRIL) == []

    def test_asks_again_whether_somebody_lives_with_a_person(self, world: World, home: Household) -> None:
        man, woman = people(home)
        account = propose(world, man.number, woman.name)
        moves(world, home)
        with pytest.raises(operations.HolderGone):
            confirm(world, account, on=APRIL)

    @pytest.mark.parametrize("unit", ["household", "person"])
    def test_asks_again_whether_somebody_is_guardian(self, world: World, home: Household, unit: str) -> None:
        ward = people(home)[0]
        guardian_of(world, ward, world.memberships(world.register())[0].resident)
        name = Guardianship.objects.get().guardian.name  # type: ignore[union-attr]  # it has one
        account = propose(world, home.number if unit == "household" else ward.number, name, "GUARDIAN")
        guardianship_ends(world, home)
        with pytest.raises(operations.HolderGone):
            confirm(world, account, on=APRIL)

    @pytest.mark.parametrize("unit", ["household", "person"])
    def test_lets_pass_who_is_what_they_were(self, world: World, home: Household, unit: str) -> None:
        ward = people(home)[0]
        guardian_of(world, ward)
        account = propose(world, home.number if unit == "household" else ward.number, OUTSIDER, "GUARDIAN")
        confirm(world, account, on=APRIL)
        account.refresh_from_db()
        assert account.state == AccountState.CONFIRMED

    def test_does_not_ask_who_receives_by_a_paper_where_they_live(self, world: World, home: Household) -> None:
        woman = people(home)[1]
        account = NewAccount(
            home.number, world.fund.stamp, woman.name, "6222000011112222", "江畔银行", "PROXY", "委托书", woman.number
        )
        [row] = operations.propose_account(by(world.staff.clerk, OPENED), accounts=[account])
        moves(world, home)
        confirm(world, row, on=APRIL)
        assert home.number in queries.usable_accounts([home.number], APRIL)

    def test_does_not_ask_with_whom_somebody_lives_who_receives_in_person(self, world: World, home: Household) -> None:
        woman = people(home)[1]
        account = propose(world, woman.number, woman.name)
        moves(world, home)
        confirm(world, account, on=APRIL)
        assert woman.number in queries.usable_accounts([woman.number], APRIL)


class TestWhoIsAgainWhatTheyWere:
    @pytest.mark.parametrize("ceases", [moves, leaves])
    def test_has_the_account_back_in_the_act_that_puts_it_right(
        self, world: World, paid_to_her: Household, ceases: Ceases
    ) -> None:
        ceases(world, paid_to_her)
        [row] = stop()
        woman = Resident.objects.get(number=row.holder.number)  # type: ignore[union-attr]  # it has one
        correct_departure(by(world.staff.clerk, NEXT), resident_id=woman.pk, day=None, reason="误录")
        row.refresh_from_db()
        assert (row.state, row.stopped_date) == (AccountState.CONFIRMED, None)

    def test_has_the_account_back_once_another_guardianship_is_recorded(
        self, world: World, paid_to_guardian: Household
    ) -> None:
        guardianship_ends(world, paid_to_guardian)
        [row] = stop()
        add_guardian(
            by(world.staff.clerk, NEXT),
            ward_id=people(paid_to_guardian)[0].pk,
            kind=GuardianshipKind.GUARDIAN,
            valid_from=NEXT,
            document="判决书",
            guardian_name=OUTSIDER,
        )
        stop(date(2026, 3, 22))
        row.refresh_from_db()
        assert row.state == AccountState.CONFIRMED

    def test_does_not_get_it_back_by_a_guardian_from_outside_of_the_same_name(
        self, world: World, home: Household
    ) -> None:
        """Who has an id is known by that alone."""
        ward = people(home)[0]
        guardian = world.memberships(world.register())[0].resident
        ended = guardian_of(world, ward, guardian)
        account = propose(world, ward.number, guardian.name, "GUARDIAN")
        confirm(world, account)
        end_guardian(by(world.staff.clerk, NEXT), guardianship_id=ended.pk, valid_until=GONE)
        add_guardian(
            by(world.staff.clerk, NEXT),
            ward_id=ward.pk,
            kind=GuardianshipKind.GUARDIAN,
            valid_from=GONE,
            document="判决书",
            guardian_name=guardian.name,
        )

        assert account.holder == guardian
        assert queries.lost_holders([account.pk], NEXT) == {account.pk: HolderLoss.NO_GUARDIAN}


class TestWhatIsStillDue:
    """When a unit comes to its end the rest goes to who stood so then."""

    def test_of_a_household_that_closed_goes_to_who_lived_there_to_the_last(
        self, world: World, paid_to_her: Household
    ) -> None:
        leave(by(world.staff.clerk, NEXT), resident_ids=[one.pk for one in people(paid_to_her)], left_date=GONE)
        assert paid_to_her.number in queries.usable_accounts([paid_to_her.number], APRIL)

    def test_of_a_household_that_closed_goes_to_nobody_who_left_before(
        self, world: World, paid_to_her: Household
    ) -> None:
        leaves(world, paid_to_her)
        record_death(by(world.staff.clerk, APRIL), resident_ids=[people(paid_to_her)[0].pk], died_date=APRIL)
        assert paid_to_her.number not in queries.usable_accounts([paid_to_her.number], APRIL)

    @pytest.mark.parametrize("relation", ["MEMBER", "GUARDIAN"])
    def test_of_a_person_who_died_goes_to_who_received_then(self, world: World, home: Household, relation: str) -> None:
        man, woman = people(home)
        guardian_of(world, man, woman)
        confirm(world, propose(world, man.number, woman.name, relation))
        record_death(by(world.staff.clerk, NEXT), resident_ids=[man.pk], died_date=GONE)
        end_guardian(by(world.staff.clerk, NEXT), guardianship_id=Guardianship.objects.get().pk, valid_until=NEXT)
        assert man.number in queries.usable_accounts([man.number], APRIL)

    def test_of_a_person_who_died_goes_to_nobody_who_had_left(self, world: World, home: Household) -> None:
        man, woman = people(home)
        confirm(world, propose(world, man.number, woman.name))
        moves(world, home)
        record_death(by(world.staff.clerk, APRIL), resident_ids=[man.pk], died_date=APRIL)
        account = PayeeAccount.objects.get(unit_key=man.number)
        assert queries.lost_holders([account.pk], APRIL) == {account.pk: HolderLoss.LEFT}


def test_a_guardian_until_a_day_to_come_is_asked_about_when_it_has_come(
    world: World, paid_to_guardian: Household
) -> None:
    Guardianship.objects.update(valid_until=date(2026, 4, 10))
    ready = [outlooks([world.fund], day)[0].ready for day in (date(2026, 4, 9), date(2026, 4, 10))]
    assert ready[0] > 0
    assert ready[1] == 0


def test_the_guardianships_stand_among_what_a_release_asks_of_forgery(world: World, home: Household) -> None:
    ward = people(home)[0]
    guardian_of(world, ward)
    assert ward.pk in rows_behind({home.number}).families["residents_guardianship.ward_id"]
