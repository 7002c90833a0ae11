"""A late return written down of a wrong line, of a month that was claimed back: undone, everything stands as before."""

from collections.abc import Callable
from datetime import date

import pytest

from linli.ground.users.codes import Role
from linli.ground.users.operations import assign, create_user
from linli.ground.users.queries import NotPermitted, authority_of
from linli.kernel.period import Month
from linli.kernel.steps import OwnFamily
from linli.money.awards.codes import EndReason, ReceivableState
from linli.money.awards.models import Receivable
from linli.money.awards.operations import Ending, end
from linli.money.ledger.codes import AccountKind, JournalKind
from linli.money.ledger.models import Journal
from linli.money.ledger.operations import JournalNotCorrectable, correct, may_undo
from linli.money.ledger.queries import statement as fund_statement
from linli.money.payments import operations
from linli.money.payments.codes import ItemState
from linli.money.payments.engine.statements import read_statement
from linli.money.payments.models import PaymentBatch, PaymentItem
from linli.registry.residents.models import Membership
from linli.registry.residents.operations import link_account
from tests.conftest import system_act
from tests.layers import layer
from tests.ledger.bank import lock_before, statement
from tests.ledger.world import World, by
from tests.payments.test_late_returns import APRIL, LATE, whole

YEAR = (date(2026, 1, 1), date(2026, 5, 1))


@layer
def families(world: World) -> World:
    world.register(3)
    world.grant(*(world.base(one) for one in world.families))
    return world


@layer
def paid(families: World) -> PaymentBatch:
    return families.paid()


@layer
def owed(families: World, paid: PaymentBatch) -> Receivable:
    """The award ended before the month that was paid."""
    award = paid.items.get(seq=2).award
    end(by(families.staff.director, LATE), endings=[Ending(award.pk, date(2026, 3, 1), EndReason.INCOME)])
    return Receivable.objects.get()


@pytest.fixture
def back(families: World, paid: PaymentBatch) -> Callable[..., list[PaymentItem]]:
    return lambda seq, on: families.came_back(paid, [seq], on, on, "账户已销户")


class TestAClaim:
    def undo(self, world: World, hand: str = "checker") -> Journal:
        wrong = Journal.objects.filter(kind=JournalKind.RECOVERY).latest("pk")
        act = by(getattr(world.staff, hand), APRIL, 20)
        return correct(act, journal_id=wrong.pk, reason="登记错了一笔")

    def test_of_a_wrong_line_is_undone_and_the_claim_is_open_again(
        self, families: World, owed: Receivable, paid: PaymentBatch, back: Callable[..., object]
    ) -> None:
        cash = families.total(AccountKind.CASH)
        back(2, on=APRIL)
        with pytest.raises(NotPermitted):
            self.undo(families, "releaser")
        assert (self.undo(families).kind, families.total(AccountKind.CASH)) == (JournalKind.RECOVERY_UNDONE, cash)
        owed.refresh_from_db()
        assert (owed.state, owed.closed_date, owed.note) == (ReceivableState.OPEN, None, "")
        assert (paid.items.get(seq=2).state, whole()) == (ItemState.PAID, True)

    def test_is_not_undone_by_whose_own_family_it_is(
        self, families: World, owed: Receivable, back: Callable[..., object]
    ) -> None:
        back(2, on=APRIL)
        member = Membership.objects.filter(household_id=owed.award.household_id).earliest("pk")
        link_account(by(families.staff.clerk, APRIL), user_id=families.staff.checker.pk, resident_id=member.resident_id)
        journal = Journal.objects.select_related("fund").filter(kind=JournalKind.RECOVERY).latest("pk")
        assert not may_undo(authority_of(families.staff.checker, APRIL), journal, APRIL)
        with pytest.raises(OwnFamily):
            self.undo(families)

    def test_that_was_undone_may_come_back_after_all_and_be_paid_back_as_well(
        self, families: World, owed: Receivable, back: Callable[..., object]
    ) -> None:
        back(2, on=APRIL)
        self.undo(families)
        back(2, on=APRIL)
        self.undo(families)
        families.recovered(owed.pk, APRIL)
        owed.refresh_from_db()
        assert (owed.state, whole()) == (ReceivableState.RECOVERED, True)

    def test_that_was_undone_is_recovered_in_no_report(
        self, families: World, owed: Receivable, back: Callable[..., object]
    ) -> None:
        scope = authority_of(families.staff.auditor, APRIL).scope()
        before, april = fund_statement(scope, families.fund.pk, *YEAR), Month(2026, 4)
        known, on = statement(families.fund, april), date(2026, 5, 4)
        back(2, on=APRIL)
        self.undo(families)
        assert fund_statement(scope, families.fund.pk, *YEAR) == before
        lock_before(families, april, on)
        told = {"fund_id": families.fund.pk, "month": april, "statement": read_statement(known)}
        assert operations.reconcile_month(by(families.staff.checker, on), **told)

    def test_is_offered_to_be_undone_while_it_can_be(
        self, families: World, owed: Receivable, back: Callable[..., object]
    ) -> None:
        back(2, on=APRIL)
        journal = Journal.objects.select_related("fund").get(kind=JournalKind.RECOVERY)
        checker, maker = (authority_of(one, APRIL) for one in (families.staff.checker, families.staff.maker))
        assert [may_undo(person, journal, APRIL) for person in (checker, maker)] == [True, False]

    def test_what_a_family_paid_back_is_not_undone_as_a_line(self, families: World, owed: Receivable) -> None:
        families.recovered(owed.pk, APRIL)
        other = create_user(system_act(), username="checker2", name="复核二")
        place = families.staff.checker.assignments.get().area_id
        told = {"role": Role.FINANCE_CHECKER, "area_id": place, "valid_from": date(2026, 1, 1)}
        assign(system_act(), user_id=other.pk, **told)
        wrong = Journal.objects.get(kind=JournalKind.RECOVERY)
        with pytest.raises(JournalNotCorrectable):
            correct(by(other, APRIL, 20), journal_id=wrong.pk, reason="登记错了一笔")

    def test_given_up_by_two_stands_given_up_when_the_return_is_undone(
        self, families: World, owed: Receivable, back: Callable[..., object]
    ) -> None:
        """The attack: one hand undoes a wrong return, and what two gave up is claimed from the family."""
        families.waived(owed.pk, APRIL)
        owed.refresh_from_db()
        for _time in "once", "again":
            back(2, on=APRIL)
            wrong = Journal.objects.filter(kind=JournalKind.LATE_RETURN).latest("pk")
            correct(by(families.staff.checker, APRIL, 20), journal_id=wrong.pk, reason="登记错了一笔")
            [now] = Receivable.objects.exclude(state=ReceivableState.WITHDRAWN)
            assert (now.state, now.amount_fen, now.note) == (ReceivableState.WAIVED, owed.amount_fen, owed.note)
            assert whole()
