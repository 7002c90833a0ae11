"""An account belongs to somebody: whose it is, who shares it, and what happens when the holder dies."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from linli.foundation.screens.work import waiting
from linli.ground.notifications.models import Letter
from linli.ground.users.queries import NotPermitted, authority_of
from linli.kernel.period import Month
from linli.law.policies.operations import install_pack
from linli.money.awards import operations, queries
from linli.money.awards.codes import AccountState, EndReason, HolderRelation
from linli.money.awards.models import PayeeAccount
from linli.money.awards.operations import Ending, NewAccount, end
from linli.money.payments import refusals
from linli.money.payments.codes import BatchState, StaleCode
from linli.money.payments.models import PaymentItem
from linli.money.payments.operations import reissue, release
from linli.money.payments.queries import invariants as payment_invariants
from linli.money.payments.queries import layouts
from linli.registry.residents.codes import GuardianshipKind, Relation
from linli.registry.residents.models import Household, Membership, Resident
from linli.registry.residents.operations import add_guardian, correct_departure, record_death, register_households
from tests.conftest import system_act
from tests.layers import layer
from tests.ledger.world import MARCH, OPENED, PAY_DAY, World, by, inside
from tests.pack_variants import FOLDER
from tests.residents.people import couple, person, single
from tests.unguarded import switch_off

APRIL = date(2026, 4, 15)
DIED = date(2026, 3, 20)
NUMBER = "6222000011112222"


@layer
def home(world: World) -> Household:
    """A couple; the household has no account yet."""
    [home] = register_households(by(world.staff.clerk, OPENED), households=[couple(world.community.grid.pk, order=40)])
    world.families.append(home)
    return home


def people(home: Household) -> list[Resident]:
    return list(Resident.objects.filter(memberships__household=home).distinct().order_by("number"))


def propose(world: World, unit: str, name: str, relation: str = "", **more: str) -> PayeeAccount:
    new = NewAccount(unit, world.fund.stamp, name, more.pop("number", NUMBER), "江畔银行", relation, **more)
    return operations.propose_account(by(world.staff.clerk, OPENED, 10), accounts=[new])[0]


def confirm(world: World, *accounts: PayeeAccount, on: date = OPENED, shared: int = 0) -> list[PayeeAccount]:
    ids = [account.pk for account in accounts]
    return operations.confirm_account(
        by(world.staff.director, on, 11), account_ids=ids, shared=dict.fromkeys(ids, shared)
    )


def die(world: World, resident: Resident, on: date = DIED) -> None:
    record_death(by(world.staff.clerk, max(on, date(2026, 3, 21))), resident_ids=[resident.pk], died_date=on)


class TestWhose:
    def test_is_read_from_the_name_of_a_member(self, world: World, home: Household) -> None:
        man = people(home)[0]
        account = propose(world, home.number, man.name)
        assert (account.relation, account.holder) == (HolderRelation.MEMBER, man)

    def test_is_the_beneficiary_in_person(self, world: World, home: Household) -> None:
        man = people(home)[0]
        account = propose(world, man.number, man.name, "MEMBER")
        assert (account.relation, account.holder) == (HolderRelation.SELF, man)

    def test_may_be_another_member_for_a_person(self, world: World, home: Household) -> None:
        man, woman = people(home)
        account = propose(world, man.number, woman.name)
        assert (account.relation, account.holder) == (HolderRelation.MEMBER, woman)

    def test_is_not_oneself_when_it_is_another(self, world: World, home: Household) -> None:
        man, woman = people(home)
        with pytest.raises(operations.HolderUnknown) as refusal:
            propose(world, man.number, woman.name, "SELF")
        assert refusal.value.field == "holder_name"

    @pytest.mark.parametrize("relation", ["MEMBER", "GUARDIAN", "SELF"])
    def test_is_known_to_the_registry(self, world: World, home: Household, relation: str) -> None:
        with pytest.raises(operations.HolderUnknown):
            propose(world, home.number, "王某", relation)

    def test_may_be_a_guardian_on_that_day(self, world: World, home: Household) -> None:
        ward = people(home)[0]
        add_guardian(
            by(world.staff.clerk, OPENED),
            ward_id=ward.pk,
            kind=GuardianshipKind.GUARDIAN,
            valid_from=date(2025, 1, 1),
            valid_until=date(2026, 2, 1),
            document="判决书",
            guardian_name="李外人",
        )
        account = propose(world, ward.number, "李外人", "GUARDIAN")
        assert (account.relation, account.holder) == (HolderRelation.GUARDIAN, None)
        late = NewAccount(ward.number, world.fund.stamp, "李外人", "62220000999", "江畔银行", "GUARDIAN")
        with pytest.raises(operations.HolderUnknown):
            operations.propose_account(by(world.staff.clerk, date(2026, 2, 1)), accounts=[late])

    def test_a_proxy_in_the_registry_is_no_guardian(self, world: World, home: Household) -> None:
        ward = people(home)[0]
        add_guardian(
            by(world.staff.clerk, OPENED),
            ward_id=ward.pk,
            kind=GuardianshipKind.PROXY,
            valid_from=date(2025, 1, 1),
            document="委托书",
            guardian_name="李外人",
        )

        with pytest.raises(operations.HolderUnknown):
            propose(world, ward.number, "李外人", "GUARDIAN")

    def test_a_proxy_needs_a_paper(self, world: World, home: Household) -> None:
        with pytest.raises(operations.ProxyPaperMissing) as refusal:
            propose(world, home.number, "王某", "PROXY", basis=" ")
        assert refusal.value.field == "basis"

    def test_a_proxy_of_the_registry_is_known_by_number_and_name(self, world: World, home: Household) -> None:
        neighbour = world.memberships(world.register())[0].resident
        account = propose(
            world, home.number, neighbour.name, "PROXY", basis="委托书", holder_number=neighbour.number.lower()
        )
        assert account.holder == neighbour

    def test_a_number_of_somebody_else_is_refused_as_one_of_nobody(self, world: World, home: Household) -> None:
        neighbour = world.memberships(world.register())[0].resident
        said = []
        for number in (neighbour.number, "R-999999"):
            with pytest.raises(operations.HolderUnknown) as refusal:
                propose(world, home.number, "王某", "PROXY", basis="委托书", holder_number=number)
            said.append(str(refusal.value))
        assert said[0] == said[1]

    def test_two_members_of_one_name_are_told_apart_by_number(self, world: World) -> None:
        same = [person("王同名", birth=date(1990, 1, 1), order=71), person("王同名", birth=date(2015, 1, 1), order=72)]
        new = single(world.community.grid.pk, same[0])
        new = type(new)(new.area_id, (same[0], type(same[1])(**{**vars(same[1]), "relation": Relation.CHILD})))
        [home] = register_households(by(world.staff.clerk, OPENED), households=[new])
        younger = people(home)[1]
        assert propose(world, home.number, "王同名").relation == ""
        assert propose(world, home.number, "王同名", "MEMBER", holder_number=younger.number).holder == younger

    def test_nobody_confirms_an_account_of_nobody(self, world: World, home: Household) -> None:
        account = propose(world, home.number, "王某")
        with pytest.raises(operations.HolderUnstated):
            confirm(world, account)

    def test_nobody_confirms_an_account_of_the_dead(self, world: World, home: Household) -> None:
        man = people(home)[0]
        account = propose(world, home.number, man.name)
        die(world, man)
        with pytest.raises(operations.HolderDead):
            confirm(world, account, on=APRIL)


class TestShared:
    def test_is_confirmed_only_by_whoever_was_shown_it(self, world: World, home: Household) -> None:
        man, woman = people(home)
        confirm(world, propose(world, home.number, man.name))
        other = propose(world, woman.number, woman.name)
        with pytest.raises(operations.AccountShared) as refusal:
            confirm(world, other)
        assert refusal.value.details == {"last": "2222", "count": 1}
        [confirmed] = confirm(world, other, shared=1)
        assert (confirmed.shared_units, queries.invariants()) == (1, [])

    def test_counts_what_only_waits_for_confirmation(self, world: World, home: Household) -> None:
        man, woman = people(home)
        propose(world, home.number, man.name)
        with pytest.raises(operations.AccountShared):
            confirm(world, propose(world, woman.number, woman.name))

    def test_counts_what_is_confirmed_in_one_act(self, world: World, home: Household) -> None:
        man, woman = people(home)
        both = propose(world, home.number, man.name), propose(world, woman.number, woman.name)
        with pytest.raises(operations.AccountShared):
            confirm(world, *both)
        assert [row.shared_units for row in confirm(world, *both, shared=1)] == [1, 1]

    def test_forgets_versions_that_were_replaced(self, world: World, home: Household) -> None:
        man, woman = people(home)
        propose(world, home.number, man.name)
        propose(world, home.number, man.name, number="6222000055556666")
        assert confirm(world, propose(world, woman.number, woman.name))

    def test_names_who_is_in_reach_and_counts_the_rest(self, world: World, home: Household) -> None:
        man, woman = people(home)
        rows = [propose(world, home.number, man.name), propose(world, woman.number, woman.name)]
        PayeeAccount.objects.filter(pk=rows[1].pk).update(community_id=world.community.sibling.pk)
        near = queries.sharings(authority_of(world.staff.director, OPENED).scope(), rows[:1])[rows[0].pk]
        above = queries.sharings(authority_of(world.staff.street_officer, OPENED).scope(), rows[:1])[rows[0].pk]
        assert (near.units, near.seen, near.elsewhere) == (1, (), 1)
        assert (above.units, above.seen, above.elsewhere) == (1, (rows[1],), 0)


@layer
def paid_home(world: World, home: Household) -> Household:
    """The couple gets a base award on the man's account."""
    confirm(world, propose(world, home.number, people(home)[0].name))
    world.grant(world.base(home))
    return home


class TestHolderDies:
    def test_nothing_more_is_paid_there(self, world: World, paid_home: Household) -> None:
        world.paid(MARCH, PAY_DAY)
        die(world, people(paid_home)[0])
        with pytest.raises(refusals.NothingDue) as refusal:
            world.propose(Month(2026, 4), APRIL)
        assert refusal.value.details["waiting"] == 1

    def test_a_proposal_is_not_approved(self, world: World, paid_home: Household) -> None:
        batch = world.propose()
        die(world, people(paid_home)[0], on=PAY_DAY)
        with pytest.raises(refusals.BatchStale, match="收款账户户名人已死亡"):
            world.approve(batch, date(2026, 3, 21))

    def test_an_approval_is_voided_at_release(self, world: World, paid_home: Household) -> None:
        batch = world.approve(world.propose())
        die(world, people(paid_home)[0], on=PAY_DAY)
        result = release(by(world.staff.releaser, date(2026, 3, 21)), batch_id=batch.pk, layout=layouts()["RIVER_BANK"])
        assert [line.code for line in result.voided] == [StaleCode.HOLDER]
        assert (result.batch.state, payment_invariants()) == (BatchState.VOIDED, [])

    def test_what_came_back_waits_for_another_account(self, world: World, paid_home: Household) -> None:
        item = world.paid(returned=[1]).items.get()
        die(world, people(paid_home)[0])
        with pytest.raises(refusals.AccountNotUsable):
            reissue(by(world.staff.maker, APRIL), item_ids=[item.pk])

    def test_nothing_is_granted_to_it(self, world: World, home: Household) -> None:
        confirm(world, propose(world, home.number, people(home)[0].name))
        die(world, people(home)[0])
        with pytest.raises(operations.PayeeAccountMissing):
            world.grant(world.base(home), on=APRIL)

    def test_the_office_is_told_at_once(self, world: World, paid_home: Household) -> None:
        die(world, people(paid_home)[0])
        told = [one for one in waiting(authority_of(world.staff.clerk, APRIL), APRIL) if one.kind == "ACCOUNT.REPLACE"]
        assert [(str(one.title), one.subject, one.place, one.page, one.query) for one in told] == [
            ("更换收款账户", paid_home.number, "", "account_new", f"?unit={paid_home.number}")
        ]

    def test_the_office_is_told_no_longer_once_another_account_waits(self, world: World, paid_home: Household) -> None:
        _man, woman = people(paid_home)
        die(world, people(paid_home)[0])
        new = NewAccount(paid_home.number, world.fund.stamp, woman.name, "6222000077778888", "江畔银行")
        operations.propose_account(by(world.staff.clerk, APRIL), accounts=[new])
        assert not queries.to_replace(authority_of(world.staff.clerk, APRIL).scope(), APRIL).exists()

    def test_of_another_account_whose_holder_died_while_it_waits_nobody_is_asked_yet(
        self, world: World, paid_home: Household
    ) -> None:
        _man, woman = people(paid_home)
        new = NewAccount(paid_home.number, world.fund.stamp, woman.name, "6222000077778888", "江畔银行")
        operations.propose_account(by(world.staff.clerk, DIED), accounts=[new])
        die(world, woman)
        assert not queries.to_replace(authority_of(world.staff.clerk, APRIL).scope(), APRIL).exists()

    def test_of_an_award_that_ended_nobody_is_asked(self, world: World, paid_home: Household) -> None:
        die(world, people(paid_home)[0])
        award = paid_home.awards.get()
        end(by(world.staff.director), endings=[Ending(award.pk, date(2026, 3, 1), EndReason.INCOME)])
        assert not queries.to_replace(authority_of(world.staff.clerk, APRIL).scope(), APRIL).exists()

    def test_another_account_is_paid_with_the_arrears(self, world: World, paid_home: Household) -> None:
        world.paid(MARCH, PAY_DAY)
        die(world, people(paid_home)[0])
        operations.stop_accounts(system_act(date(2026, 3, 22)), on=date(2026, 3, 22))
        woman = people(paid_home)[1]
        new = NewAccount(paid_home.number, world.fund.stamp, woman.name, "6222000077778888", "江畔银行")
        rows = operations.propose_account(by(world.staff.clerk, date(2026, 4, 1)), accounts=[new])
        confirm(world, *rows, on=date(2026, 4, 1))
        batch = world.propose(Month(2026, 4), APRIL)
        assert [item.account.holder_name for item in batch.items.select_related("account")] == [woman.name]


class TestStopAccounts:
    def test_a_death_put_right_restarts_them_in_the_same_act(self, world: World, paid_home: Household) -> None:
        who = people(paid_home)[0]
        die(world, who)
        [row] = self.stop()
        clerk = by(world.staff.clerk, date(2026, 3, 22))
        correct_departure(clerk, resident_id=who.pk, day=None, reason="同名同姓")

        row.refresh_from_db()
        assert (row.state, row.stopped_date) == (AccountState.CONFIRMED, None)

    def test_another_day_of_death_restarts_nothing(self, world: World, paid_home: Household) -> None:
        who = people(paid_home)[0]
        die(world, who)
        [row] = self.stop()
        clerk = by(world.staff.clerk, date(2026, 3, 22))
        correct_departure(clerk, resident_id=who.pk, day=date(2026, 3, 1), reason="死亡证明")

        row.refresh_from_db()
        assert row.state == AccountState.STOPPED

    def stop(self, day: date = date(2026, 3, 22)) -> list[PayeeAccount]:
        return operations.stop_accounts(system_act(day), on=day)

    def test_stops_the_accounts_of_the_dead(self, world: World, paid_home: Household) -> None:
        die(world, people(paid_home)[0])
        [row] = self.stop()
        row.refresh_from_db()
        assert (row.state, row.stopped_date) == (AccountState.STOPPED, date(2026, 3, 22))
        assert (queries.invariants(), payment_invariants()) == ([], [])

    def test_does_so_once(self, world: World, paid_home: Household) -> None:
        die(world, people(paid_home)[0])
        self.stop()
        assert self.stop() == []

    def test_writes_to_the_family(self, world: World, paid_home: Household) -> None:
        install_pack(system_act(), folder=FOLDER)
        die(world, people(paid_home)[0])
        self.stop()
        letter = Letter.objects.get(kind="ACCOUNT_STOPPED")
        dead, living = (one.name for one in people(paid_home))
        assert letter.content["zh"]["body"].startswith(f"{living}：")
        assert dead in letter.content["zh"]["body"]

    def test_lets_an_account_go_on_whose_holder_lives(self, world: World, paid_home: Household) -> None:
        man = people(paid_home)[0]
        die(world, man)
        self.stop()

        def lives(_act: object) -> None:
            Resident.objects.filter(pk=man.pk).update(died_date=None)
            Membership.objects.filter(resident=man).update(valid_until=None, relation=Relation.OTHER_RELATIVE)

        inside(by(world.staff.clerk, date(2026, 3, 22)), step=lives)
        [row] = self.stop(date(2026, 3, 23))
        assert (row.state, row.stopped_date, queries.invariants()) == (AccountState.CONFIRMED, None, [])

    def test_is_the_products_own(self, world: World) -> None:
        with pytest.raises(NotPermitted):
            operations.stop_accounts(by(world.staff.director), on=PAY_DAY)


class TestDatabase:
    def refused(self, sql: str, message: str) -> bool:
        with pytest.raises(IntegrityError, match=message), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE awards_payeeaccount SET {sql}")
        return True

    @pytest.mark.parametrize(
        ("sql", "message"),
        [
            ("relation = 'PROXY', basis = 'x'", "never rewritten"),
            ("basis = 'x'", "never rewritten"),
            ("holder_id = NULL", "never rewritten"),
            ("state = 'STOPPED'", "payee_stopped_on_a_day"),
        ],
    )
    def test_keeps_what_was_written(self, world: World, paid_home: Household, sql: str, message: str) -> None:
        assert self.refused(sql, message)

    @pytest.mark.parametrize(
        "fields",
        [
            {"relation": "MEMBER", "holder": None},
            {"relation": "SELF", "holder": None},
            {"relation": "PROXY", "holder": None},
            {"relation": "", "holder": None, "state": "CONFIRMED"},
        ],
    )
    def test_knows_whose_it_is(self, world: World, paid_home: Household, fields: dict[str, object]) -> None:
        switch_off("awards_payeeaccount_begins", "awards_payeeaccount")
        row = PayeeAccount.objects.get()
        row.pk, row.row_key, row.unit_key = None, "x" * 32, "H-OTHER"
        for name, value in fields.items():
            setattr(row, name, value)
        with pytest.raises(IntegrityError, match="payee_holder"), transaction.atomic():
            row.save()

    @pytest.mark.parametrize(
        ("relation", "basis"), [("SELF", ""), ("MEMBER", ""), ("GUARDIAN", ""), ("PROXY", "委托书"), ("UNKNOWN", "")]
    )
    def test_an_account_whose_holder_may_be_somebody_breaks_nothing(
        self, world: World, paid_home: Household, relation: str, basis: str
    ) -> None:
        switch_off("awards_payeeaccount_begins", "awards_payeeaccount")
        man = people(paid_home)[0]
        row = PayeeAccount.objects.get()
        row.pk, row.row_key, row.unit_key = None, "x" * 32, man.number
        row.relation, row.basis = relation, basis
        row.holder = man if relation in ("SELF", "MEMBER") else None
        row.account_index, row.account_last4 = "y" * 64, "4444"
        row.save()
        assert queries.invariants() == []


def test_payments_of_the_whole_story_hold_every_invariant(world: World, paid_home: Household) -> None:
    world.paid(MARCH, PAY_DAY)
    die(world, people(paid_home)[0])
    operations.stop_accounts(system_act(APRIL), on=APRIL)
    assert PaymentItem.objects.count() == 1
    assert (queries.invariants(), payment_invariants()) == ([], [])
