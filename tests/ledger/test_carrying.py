"""Unspent restricted money goes into the next year: really unspent, same purpose, two people, both books."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from linli.foundation.trail.audit import verify
from linli.ground.users.codes import Role
from linli.ground.users.models import Assignment, User
from linli.ground.users.operations import assign, end_assignment
from linli.ground.users.queries import NotPermitted, authority_of
from linli.kernel.errors import ReasonMissing
from linli.kernel.steps import SamePerson, StepNotPossible
from linli.money.ledger.codes import AccountKind, CarryOverState, JournalKind
from linli.money.ledger.models import Account, CarryOver, Journal
from linli.money.ledger.operations import (
    AmountNotPositive,
    CarryOverNotFound,
    CarryOverWaiting,
    FundsExhausted,
    JournalNotCorrectable,
    MoneyNotRestricted,
    MoreThanUnspent,
    NextFundMissing,
    Promise,
    PurposeDiffers,
    ReferenceMissing,
    Spending,
    YearNotOver,
    accrue,
    approve_carry_over,
    commit,
    correct,
    decline_carry_over,
    propose_carry_over,
    reverse_carry_over,
    send,
)
from linli.money.ledger.operations.flows import Flow
from linli.money.ledger.queries import invariants, statement, unspent
from tests.conftest import system_act
from tests.layers import layer
from tests.ledger.carrying import JAN_12, JAN_13, LEFT, approved, into, next_year, proposed
from tests.ledger.world import BASE, World, by, inside
from tests.locking import locked_rows


@layer
def turned(world: World) -> World:
    """30,000 yuan of donations left, and the next fund open."""
    next_year(world)
    return world


def cash(source_code: str, fund: str) -> int:
    return Account.objects.get(code=f"{fund}:{AccountKind.CASH}:{source_code}").balance_fen


def promise(world: World, fen: int) -> None:
    one = Promise(world.line().pk, fen)
    inside(
        by(world.staff.maker),
        step=lambda act: commit(act, fund_id=world.fund.pk, promises=[one], subject="test:promise"),
    )


def spend(world: World, fen: int, *, sent: bool) -> None:
    """Promise and approve a payment from the donations; and send it to the bank."""
    promise(world, fen)
    source = world.source("DON").pk
    spending = Spending(world.line().pk, source, BASE, fen)

    def step(act: object) -> None:
        accrue(act, fund_id=world.fund.pk, spendings=[spending], subject="test:spend")  # type: ignore[arg-type]  # an Act
        if sent:
            send(act, fund_id=world.fund.pk, flows=[Flow(source, fen)], subject="test:spend")  # type: ignore[arg-type]  # an Act

    inside(by(world.staff.maker), step=step)


class TestUnspent:
    def test_is_the_money_of_restricted_sources_alone(self, turned: World) -> None:
        assert [(one.source.code, one.free_fen) for one in unspent(turned.fund)] == [("DON", LEFT)]

    def test_is_less_by_what_is_promised_since_the_narrowest_money_pays_first(self, turned: World) -> None:
        promise(turned, 12_000_00)
        [one] = unspent(turned.fund)
        assert (one.promised_fen, one.free_fen) == (12_000_00, LEFT - 12_000_00)

    def test_is_nothing_where_the_promises_are_higher(self, turned: World) -> None:
        promise(turned, LEFT + 1)
        [one] = unspent(turned.fund)
        assert (one.promised_fen, one.free_fen) == (LEFT, 0)

    @pytest.mark.parametrize("sent", [False, True])
    def test_is_less_by_what_is_payable_or_with_the_bank(self, turned: World, sent: bool) -> None:
        spend(turned, 5_000_00, sent=sent)
        [one] = unspent(turned.fund)
        assert (one.payable_fen, one.in_transit_fen) == ((0, 5_000_00) if sent else (5_000_00, 0))
        assert (one.cash_fen, one.free_fen) == (LEFT, LEFT - 5_000_00)


class TestProposing:
    def test_moves_nothing(self, turned: World) -> None:
        row = proposed(turned)
        assert (row.number, row.state, row.out_journal_id) == ("JY-2027-001", CarryOverState.PROPOSED, None)
        assert (cash("DON", "XFL-2026"), cash("DON", "XFL-2027")) == (LEFT, 0)

    def test_no_fen_more_than_is_unspent(self, turned: World) -> None:
        promise(turned, 1_00)
        with pytest.raises(MoreThanUnspent) as refusal:
            proposed(turned)
        assert "29,999.00" in str(refusal.value)
        assert proposed(turned, LEFT - 1_00).amount_fen == LEFT - 1_00

    @pytest.mark.parametrize("fen", [0, -1])
    def test_something(self, turned: World, fen: int) -> None:
        with pytest.raises(AmountNotPositive):
            proposed(turned, fen)
        assert proposed(turned, 1).amount_fen == 1

    def test_not_of_free_money(self, turned: World) -> None:
        with pytest.raises(MoneyNotRestricted):
            proposed(turned, 1_00, code="GOV")

    def test_not_before_the_year_is_over(self, turned: World) -> None:
        with pytest.raises(YearNotOver):
            proposed(turned, on=date(2026, 12, 31))
        assert proposed(turned, on=date(2027, 1, 1)).amount_fen == LEFT

    def test_not_without_a_next_fund(self, world: World) -> None:
        with pytest.raises(NextFundMissing):
            proposed(world)

    @pytest.mark.parametrize(
        ("restricted_to", "lines"), [((), ("AID",)), (("AID", "OTHER"), ("AID", "OTHER")), (("AID",), ("OTHER",))]
    )
    def test_not_to_another_purpose(self, world: World, restricted_to: tuple[str, ...], lines: tuple[str, ...]) -> None:
        next_year(world, restricted_to=restricted_to, lines=lines)
        with pytest.raises(PurposeDiffers):
            proposed(world)

    def test_one_at_a_time(self, turned: World) -> None:
        proposed(turned, 1_00)
        with pytest.raises(CarryOverWaiting):
            proposed(turned, 1_00)

    @pytest.mark.parametrize(("field", "refusal"), [("reference", ReferenceMissing), ("reason", ReasonMissing)])
    def test_says_why_and_how_the_bank_names_it(self, turned: World, field: str, refusal: type[Exception]) -> None:
        words = {"reference": "JZ-1", "reason": "余额", field: " "}
        with pytest.raises(refusal):
            propose_carry_over(
                by(turned.staff.maker, JAN_12), source_id=turned.source("DON").pk, amount_fen=1_00, **words
            )

    @pytest.mark.parametrize("who", ["checker", "releaser", "director", "street_officer", "auditor"])
    def test_is_the_makers(self, turned: World, who: str) -> None:
        person: User = getattr(turned.staff, who)
        with pytest.raises(NotPermitted):
            propose_carry_over(
                by(person, JAN_12), source_id=turned.source("DON").pk, amount_fen=1_00, reference="JZ", reason="余额"
            )


class TestApproving:
    def test_books_both_funds(self, turned: World) -> None:
        row = approved(turned)
        assert (row.state, row.decided_by_id) == (CarryOverState.APPROVED, turned.staff.street_officer.pk)
        assert (cash("DON", "XFL-2026"), cash("DON", "XFL-2027")) == (0, LEFT)
        kinds = [
            (one.kind, one.fund.code, one.on_date) for one in Journal.objects.filter(subject=f"carry:{row.number}")
        ]
        assert kinds == [(JournalKind.CARRY_OUT, "XFL-2026", JAN_12), (JournalKind.CARRY_IN, "XFL-2027", JAN_12)]
        assert [*invariants(), *verify()] == []

    def test_the_money_can_be_paid_for_its_purpose_in_the_new_year(self, turned: World) -> None:
        approved(turned)
        assert Account.objects.get(code=f"XFL-2027:{AccountKind.SPENDABLE}:DON").balance_fen == LEFT
        assert into().restricted_to == ["AID"]

    def test_raises_no_budget(self, turned: World) -> None:
        line = Account.objects.get(code=f"XFL-2027:{AccountKind.AVAILABLE}:AID")
        approved(turned)
        assert Account.objects.get(pk=line.pk).balance_fen == line.balance_fen

    def test_asks_again_what_is_unspent(self, turned: World) -> None:
        row = proposed(turned)
        promise(turned, 1_00)
        with pytest.raises(MoreThanUnspent):
            approve_carry_over(by(turned.staff.street_officer, JAN_12), carry_over_id=row.pk)
        assert not Journal.objects.filter(kind=JournalKind.CARRY_OUT).exists()

    def test_not_by_who_proposed(self, turned: World) -> None:
        row = proposed(turned)
        officer, street = turned.staff.street_officer, turned.community.street.pk
        assign(
            system_act(JAN_12),
            user_id=turned.staff.maker.pk,
            role=Role.STREET_OFFICER,
            area_id=street,
            valid_from=JAN_12,
        )
        with pytest.raises(SamePerson):
            approve_carry_over(by(turned.staff.maker, JAN_12), carry_over_id=row.pk)
        assert approve_carry_over(by(officer, JAN_12), carry_over_id=row.pk).state == CarryOverState.APPROVED

    def test_the_database_wants_two_people_too(self, turned: World) -> None:
        row = approved(turned)
        other = proposed_again(turned, row)
        with pytest.raises(IntegrityError), transaction.atomic():
            CarryOver.objects.filter(pk=other.pk).update(
                state=CarryOverState.APPROVED,
                decided_by_id=other.proposed_by_id,
                out_journal=Journal.objects.order_by("pk")[0],
                in_journal=Journal.objects.order_by("pk")[1],
            )

    @pytest.mark.parametrize("who", ["checker", "releaser", "director", "auditor", "clerk"])
    def test_is_for_whoever_may_open_the_fund(self, turned: World, who: str) -> None:
        row = proposed(turned)
        person: User = getattr(turned.staff, who)
        with pytest.raises(NotPermitted):
            approve_carry_over(by(person, JAN_12), carry_over_id=row.pk)

    def test_once(self, turned: World) -> None:
        row = approved(turned)
        with pytest.raises(StepNotPossible):
            approve_carry_over(by(turned.staff.street_officer, JAN_12), carry_over_id=row.pk)

    def test_what_is_not_there(self, turned: World) -> None:
        with pytest.raises(CarryOverNotFound):
            approve_carry_over(by(turned.staff.street_officer, JAN_12), carry_over_id=4711)

    def test_is_said_in_both_statements(self, turned: World) -> None:
        approved(turned)
        days = date(2027, 1, 1), date(2027, 2, 1)
        funds = (turned.fund.pk, into().fund_id)
        scope = authority_of(turned.staff.maker, JAN_12).scope()
        assert [statement(scope, fund, *days).carried_fen for fund in funds] == [-LEFT, LEFT]


def proposed_again(world: World, row: CarryOver) -> CarryOver:
    """A second proposal, after the first was undone."""
    reverse_carry_over(by(world.staff.checker, JAN_12), carry_over_id=row.pk, reason="金额有误")
    return proposed(world)


class TestDeclining:
    @pytest.mark.parametrize("who", ["street_officer", "maker"])
    def test_by_the_second_person_or_taken_back(self, turned: World, who: str) -> None:
        row = proposed(turned)
        decline_carry_over(by(getattr(turned.staff, who), JAN_12), carry_over_id=row.pk, reason="另行安排")
        assert CarryOver.objects.get().state == CarryOverState.DECLINED
        assert proposed(turned).number == "JY-2027-002"

    def test_not_without_a_reason_and_not_by_others(self, turned: World) -> None:
        row = proposed(turned)
        with pytest.raises(ReasonMissing):
            decline_carry_over(by(turned.staff.maker, JAN_12), carry_over_id=row.pk, reason=" ")
        with pytest.raises(NotPermitted):
            decline_carry_over(by(turned.staff.checker, JAN_12), carry_over_id=row.pk, reason="不同意")

    def test_nothing_that_was_approved(self, turned: World) -> None:
        row = approved(turned)
        with pytest.raises(StepNotPossible):
            decline_carry_over(by(turned.staff.street_officer, JAN_12), carry_over_id=row.pk, reason="不同意")


class TestWhoMayNotReverse:
    @pytest.mark.parametrize("who", ["maker", "street_officer"])
    def test_neither_who_proposed_it_nor_who_approved_it(self, turned: World, who: str) -> None:
        """They have become the checker since: it stays their own act."""
        row, one = approved(turned), getattr(turned.staff, who)
        for held in Assignment.objects.filter(user=one):
            end_assignment(system_act(JAN_12), assignment_id=held.pk, valid_until=JAN_12)
        street = turned.community.street.pk
        assign(system_act(JAN_12), user_id=one.pk, role=Role.FINANCE_CHECKER, area_id=street, valid_from=JAN_13)

        with pytest.raises(SamePerson):
            reverse_carry_over(by(one, JAN_13), carry_over_id=row.pk, reason="金额有误")
        assert CarryOver.objects.get().state == CarryOverState.APPROVED


class TestReversing:
    def test_is_the_opposite_in_both_funds(self, turned: World) -> None:
        row = approved(turned)
        reverse_carry_over(by(turned.staff.checker, JAN_12), carry_over_id=row.pk, reason="金额有误")
        assert (cash("DON", "XFL-2026"), cash("DON", "XFL-2027")) == (LEFT, 0)
        assert CarryOver.objects.get().state == CarryOverState.REVERSED
        assert [*invariants(), *verify()] == []

    def test_not_once_the_money_is_used(self, turned: World) -> None:
        row, target = approved(turned), into()
        fund, line = target.fund, target.fund.lines.get()
        use = Spending(line.pk, target.pk, BASE, 1_00)

        def step(act: object) -> None:
            commit(act, fund_id=fund.pk, promises=[Promise(line.pk, 1_00)], subject="test:use")  # type: ignore[arg-type]  # an Act
            accrue(act, fund_id=fund.pk, spendings=[use], subject="test:use")  # type: ignore[arg-type]  # an Act

        inside(by(turned.staff.maker, JAN_12), step=step)
        with pytest.raises(FundsExhausted):
            reverse_carry_over(by(turned.staff.checker, JAN_12), carry_over_id=row.pk, reason="金额有误")
        assert CarryOver.objects.get().state == CarryOverState.APPROVED

    def test_once_with_a_reason_and_by_the_checker(self, turned: World) -> None:
        row = approved(turned)
        with pytest.raises(NotPermitted):
            reverse_carry_over(by(turned.staff.street_officer, JAN_12), carry_over_id=row.pk, reason="金额有误")
        with pytest.raises(ReasonMissing):
            reverse_carry_over(by(turned.staff.checker, JAN_12), carry_over_id=row.pk, reason="")
        reverse_carry_over(by(turned.staff.checker, JAN_12), carry_over_id=row.pk, reason="金额有误")
        with pytest.raises(StepNotPossible):
            reverse_carry_over(by(turned.staff.checker, JAN_12), carry_over_id=row.pk, reason="金额有误")

    def test_a_journal_of_it_is_not_corrected_alone(self, turned: World) -> None:
        row = approved(turned)
        with pytest.raises(JournalNotCorrectable):
            correct(by(turned.staff.checker, JAN_12), journal_id=row.out_journal_id or 0, reason="金额有误")


class TestLocks:
    """Both funds first, then what says how much is unspent: the earlier fund before the later, in every act."""

    @pytest.mark.parametrize("deed", ["propose", "approve", "decline", "reverse"])
    def test_both_funds_then_their_accounts(self, turned: World, deed: str) -> None:
        row = approved(turned) if deed == "reverse" else None if deed == "propose" else proposed(turned)
        officer, checker = by(turned.staff.street_officer, JAN_12), by(turned.staff.checker, JAN_12)
        deeds: dict[str, Callable[[int], object]] = {
            "propose": lambda _pk: proposed(turned),
            "approve": lambda pk: approve_carry_over(officer, carry_over_id=pk),
            "decline": lambda pk: decline_carry_over(officer, carry_over_id=pk, reason="重算"),
            "reverse": lambda pk: reverse_carry_over(checker, carry_over_id=pk, reason="重算"),
        }
        taken = locked_rows(lambda: deeds[deed](row.pk if row else 0))

        funds = [turned.fund.pk, into().fund_id]
        kinds = (AccountKind.CASH, AccountKind.COMMITTED, AccountKind.SPENDABLE)
        accounts = [
            pk
            for fund in funds
            for pk in Account.objects.filter(fund_id=fund, kind__in=kinds).order_by("pk").values_list("pk", flat=True)
        ]
        wanted = [*(("Fund", pk) for pk in funds), *(("Account", pk) for pk in accounts)]
        assert taken[: len(wanted)] == wanted
