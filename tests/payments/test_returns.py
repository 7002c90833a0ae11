"""The bank's answers: booked once, whole or not at all; what came back; the month closed."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from linli.foundation.data.crypto import open_sealed
from linli.foundation.trail.models import AuditEntry
from linli.ground.users.queries import NotPermitted, authority_of
from linli.kernel.errors import ReasonMissing
from linli.kernel.period import Month
from linli.kernel.steps import StepNotPossible
from linli.money.awards.operations import NewAccount, confirm_account, end_departed, propose_account
from linli.money.awards.queries import invariants as award_invariants
from linli.money.ledger.codes import AccountKind, JournalKind
from linli.money.ledger.models import Journal
from linli.money.ledger.operations import (
    MonthAlreadyLocked,
    MonthLocked,
    MonthNotOver,
    book_fee,
    correct,
)
from linli.money.ledger.queries import cash_on
from linli.money.ledger.queries import invariants as ledger_invariants
from linli.money.payments import operations, queries, refusals
from linli.money.payments.codes import BatchKind, BatchState, ItemState
from linli.money.payments.engine.statements import read_statement
from linli.money.payments.models import PaymentBatch, PaymentItem
from linli.registry.residents.operations import correct_departure, record_death
from tests.conftest import system_act
from tests.layers import layer
from tests.ledger.bank import answer, lock_before, rows_of, statement
from tests.ledger.world import MARCH, PAY_DAY, World, by

APRIL_1, APRIL_15 = date(2026, 4, 1), date(2026, 4, 15)


@layer
def families(world: World) -> World:
    """Three families with a base award, the first with a supplement too."""
    world.register(3)
    world.grant(*(world.base(one) for one in world.families), world.elder(world.families[0]))
    return world


@layer
def sent(families: World) -> PaymentBatch:
    return families.released()


@pytest.fixture
def take_in(families: World, sent: PaymentBatch) -> Callable[..., PaymentBatch]:
    def do(data: bytes | None = None, on: date = PAY_DAY, **changes: Any) -> PaymentBatch:
        return operations.import_return(
            by(families.staff.releaser, on, 15),
            batch_id=sent.pk,
            data=answer(sent, on=on, **changes) if data is None else data,
            layout=queries.layouts()[sent.layout_code],
        )

    return do


def whole() -> bool:
    return not [*ledger_invariants(), *award_invariants(), *queries.invariants()]


class TestImportReturn:
    def test_closes_a_batch_that_is_answered(self, take_in: Callable[..., PaymentBatch]) -> None:
        assert take_in().state == BatchState.CLOSED

    def test_takes_the_money_out_of_the_bank(self, families: World, take_in: Callable[..., PaymentBatch]) -> None:
        take_in()
        assert families.total(AccountKind.CASH) == 98_200_00

    def test_keeps_what_came_back_payable(self, families: World, take_in: Callable[..., PaymentBatch]) -> None:
        take_in(returned=[2])
        assert (families.total(AccountKind.CASH), families.total(AccountKind.PAYABLE)) == (98_700_00, 500_00)

    def test_may_return_everything(self, families: World, take_in: Callable[..., PaymentBatch]) -> None:
        take_in(returned=[1, 2, 3, 4])
        assert (families.total(AccountKind.PAYABLE), whole()) == (1_800_00, True)

    def test_keeps_the_banks_reason(self, sent: PaymentBatch, take_in: Callable[..., PaymentBatch]) -> None:
        take_in(returned=[2])
        item = sent.items.get(seq=2)
        assert (item.state, item.return_code, item.return_text, item.settled_date) == (
            ItemState.RETURNED, "1002", "户名", PAY_DAY,
        )  # fmt: skip

    def test_may_come_in_parts(self, sent: PaymentBatch, take_in: Callable[..., PaymentBatch]) -> None:
        states = [take_in(only=[1, 2]).state, take_in(only=[3, 4]).state]
        assert states == [BatchState.RELEASED, BatchState.CLOSED]

    def test_books_on_the_banks_day(self, sent: PaymentBatch, take_in: Callable[..., PaymentBatch]) -> None:
        take_in(answer(sent, on=PAY_DAY), on=PAY_DAY + timedelta(days=2))
        assert Journal.objects.get(kind=JournalKind.SETTLEMENT).on_date == PAY_DAY

    def test_leaves_every_invariant_whole(self, take_in: Callable[..., PaymentBatch]) -> None:
        take_in(returned=[2])
        assert whole()

    def test_works_with_the_other_bank(self, families: World) -> None:
        batch = families.released(bank="HILL_BANK")
        batch = operations.import_return(
            by(families.staff.releaser, PAY_DAY, 15),
            batch_id=batch.pk,
            data=answer(batch, returned=[1]),
            layout=queries.layouts()["HILL_BANK"],
        )
        assert (batch.state, families.total(AccountKind.PAYABLE)) == (BatchState.CLOSED, 500_00)

    def test_is_the_releasers(self, families: World, sent: PaymentBatch) -> None:
        with pytest.raises(NotPermitted):
            operations.import_return(
                by(families.staff.maker), batch_id=sent.pk, data=answer(sent), layout=queries.layouts()["RIVER_BANK"]
            )

    def test_costs_few_statements_whatever_its_size(
        self, take_in: Callable[..., PaymentBatch], django_assert_max_num_queries: object
    ) -> None:
        with django_assert_max_num_queries(35):  # type: ignore[operator]  # pytest-django's fixture
            take_in(returned=[2])


class TestRefusedReturns:
    """Nothing is half done: the batch stays as it was."""

    @pytest.fixture(autouse=True)
    def _nothing_changed(self, families: World, sent: PaymentBatch) -> Any:
        before = list(sent.items.order_by("seq").values_list("state", flat=True))
        yield
        assert list(sent.items.order_by("seq").values_list("state", flat=True)) == before
        assert whole()

    def test_a_row_nobody_sent(self, sent: PaymentBatch, take_in: Callable[..., PaymentBatch]) -> None:
        rows = [*rows_of(sent), {**rows_of(sent)[0], "reference": "FF-2026-03-1-0099"}]
        with pytest.raises(refusals.ReturnRowUnknown) as refusal:
            take_in(rows=rows)
        assert refusal.value.details == {"row": 6, "reference": "FF-2026-03-1-0099"}

    def test_a_row_twice(self, sent: PaymentBatch, take_in: Callable[..., PaymentBatch]) -> None:
        rows = rows_of(sent)
        with pytest.raises(refusals.ReturnRowTwice):
            take_in(rows=[*rows, rows[0]])

    @pytest.mark.parametrize(("key", "value"), [("fen", 1), ("account", "6222000000009999")])
    def test_another_amount_or_account(
        self, sent: PaymentBatch, take_in: Callable[..., PaymentBatch], key: str, value: object
    ) -> None:
        rows = rows_of(sent)
        rows[1] = {**rows[1], key: value}
        with pytest.raises(refusals.ReturnRowUnknown):
            take_in(rows=rows)

    def test_a_wrong_count(self, take_in: Callable[..., PaymentBatch]) -> None:
        with pytest.raises(refusals.ReturnTotalsDiffer):
            take_in(count=5)

    def test_another_batchs_file(self, take_in: Callable[..., PaymentBatch]) -> None:
        with pytest.raises(refusals.ReturnOfOtherBatch):
            take_in(number="FF-2026-02-1")

    def test_no_bank_file_at_all(self, take_in: Callable[..., PaymentBatch]) -> None:
        with pytest.raises(refusals.ReturnMalformed):
            take_in(b"%PDF-1.7 something else")

    @pytest.mark.parametrize("day", [PAY_DAY - timedelta(days=1), PAY_DAY + timedelta(days=1)])
    def test_a_day_before_the_release_or_to_come(
        self, sent: PaymentBatch, take_in: Callable[..., PaymentBatch], day: date
    ) -> None:
        with pytest.raises(refusals.ReturnDateWrong):
            take_in(answer(sent, on=day))


class TestReturnsTwice:
    def test_the_same_file(self, sent: PaymentBatch, take_in: Callable[..., PaymentBatch]) -> None:
        data = answer(sent, only=[1])
        take_in(data)
        with pytest.raises(refusals.ReturnRepeated):
            take_in(data)

    def test_a_line_answered_before(self, take_in: Callable[..., PaymentBatch]) -> None:
        take_in(only=[1, 2])
        with pytest.raises(refusals.ReturnRowSettled):
            take_in(only=[2, 3])

    def test_a_line_of_a_closed_batch(self, take_in: Callable[..., PaymentBatch]) -> None:
        take_in()
        with pytest.raises(refusals.ReturnRowSettled):
            take_in(only=[1])

    def test_another_batchs_file_that_was_booked_there(
        self, families: World, sent: PaymentBatch, take_in: Callable[..., PaymentBatch]
    ) -> None:
        """It is told as what it is, not as one that was booked here."""
        booked = answer(sent)
        take_in(booked)
        other = families.released(Month(2026, 4), APRIL_15)
        with pytest.raises(refusals.ReturnOfOtherBatch):
            operations.import_return(
                by(families.staff.releaser, APRIL_15, 15),
                batch_id=other.pk,
                data=booked,
                layout=queries.layouts()[other.layout_code],
            )


class TestReissue:
    @pytest.fixture
    def back(self, families: World, take_in: Callable[..., PaymentBatch], sent: PaymentBatch) -> PaymentItem:
        """The second line came back."""
        take_in(returned=[2])
        return sent.items.get(seq=2)

    def reissue(self, world: World, item: PaymentItem, on: date = PAY_DAY) -> PaymentBatch:
        return operations.reissue(by(world.staff.maker, on, 16), item_ids=[item.pk])

    @pytest.fixture
    def corrected(self, families: World, back: PaymentItem) -> PaymentItem:
        """The same, and the family brought another account."""
        return families.corrected(back)

    def test_is_refused_to_the_account_that_it_came_back_from(self, families: World, back: PaymentItem) -> None:
        with pytest.raises(refusals.AccountUncorrected, match=back.unit_key):
            self.reissue(families, back)

    def test_goes_where_somebody_found_the_account_right_and_another_confirmed_it(
        self, families: World, back: PaymentItem
    ) -> None:
        """The bank's fault: nothing is wrong with the number. That somebody asked stands in a version of its own."""
        sent_to, before = back.account, PAY_DAY - timedelta(days=7)
        number = open_sealed(sent_to.account_envelope, aad=sent_to.account_aad)
        same = NewAccount(back.unit_key, sent_to.stamp, "王某", number, "江畔银行", "PROXY", "银行故障，柜面核对无误")
        [row] = propose_account(by(families.staff.clerk, before, 10), accounts=[same])
        confirm_account(by(families.staff.director, before, 11), account_ids=[row.pk])
        assert self.reissue(families, back).items.get().account_id == row.pk

    def test_is_a_batch_of_its_own(self, families: World, corrected: PaymentItem) -> None:
        batch = self.reissue(families, corrected)
        assert (batch.number, batch.kind, batch.total_fen) == ("FF-2026-03-2", BatchKind.REISSUE, 500_00)

    def test_goes_to_the_account_confirmed_now(self, families: World, back: PaymentItem) -> None:
        families.account([back.unit_key], on=PAY_DAY)
        later = PAY_DAY + timedelta(days=7)
        item = self.reissue(families, back, later).items.get()
        assert item.account.version == back.account.version + 1

    def test_spends_nothing_again(self, families: World, corrected: PaymentItem) -> None:
        batch = families.approve(self.reissue(families, corrected))
        families.release(batch)
        assert (families.total(AccountKind.EXPENSE), families.total(AccountKind.IN_TRANSIT)) == (1_800_00, 500_00)

    def test_pays_the_month_in_the_end(self, families: World, corrected: PaymentItem) -> None:
        batch = families.release(families.approve(self.reissue(families, corrected)))
        operations.import_return(
            by(families.staff.releaser, PAY_DAY, 17),
            batch_id=batch.pk,
            data=answer(batch),
            layout=queries.layouts()["RIVER_BANK"],
        )
        assert (families.total(AccountKind.CASH), whole()) == (98_200_00, True)

    def test_happens_once(self, families: World, corrected: PaymentItem) -> None:
        self.reissue(families, corrected)
        with pytest.raises(refusals.AlreadyReissued):
            self.reissue(families, corrected)

    def test_happens_again_after_its_batch_was_cancelled(self, families: World, corrected: PaymentItem) -> None:
        batch = families.approve(self.reissue(families, corrected))
        operations.cancel(by(families.staff.maker), batch_id=batch.pk, reason="重做")
        assert (self.reissue(families, corrected).number, whole()) == ("FF-2026-03-3", True)

    def test_of_the_dead_is_voided_at_release(self, families: World, corrected: PaymentItem) -> None:
        batch = families.approve(self.reissue(families, corrected))
        resident = families.memberships([corrected.award.household])[0].resident_id
        record_death(by(families.staff.clerk), resident_ids=[resident], died_date=PAY_DAY)
        assert (families.release(batch).state, whole()) == (BatchState.VOIDED, True)

    def test_is_not_for_payments_that_arrived(self, families: World, back: PaymentItem, sent: PaymentBatch) -> None:
        with pytest.raises(StepNotPossible):
            self.reissue(families, sent.items.get(seq=1))

    def test_refuses_a_payment_that_is_not_there(self, families: World) -> None:
        with pytest.raises(refusals.ItemNotReturned):
            operations.reissue(by(families.staff.maker), item_ids=[999])

    def test_waits_for_a_held_account(self, families: World, back: PaymentItem) -> None:
        families.account([back.unit_key], on=PAY_DAY)
        with pytest.raises(refusals.AccountNotUsable):
            self.reissue(families, back)

    def test_is_the_makers(self, families: World, back: PaymentItem) -> None:
        with pytest.raises(NotPermitted):
            operations.reissue(by(families.staff.checker), item_ids=[back.pk])

    def test_takes_no_second_ordinary_line(self, families: World, back: PaymentItem) -> None:
        batch = families.propose(Month(2026, 4), date(2026, 4, 15))
        assert {item.month_date.month for item in queries.items(batch.pk)} == {4}


class TestReturnedList:
    def test_shows_what_waits_oldest_first(self, families: World, take_in: Callable[..., PaymentBatch]) -> None:
        take_in(returned=[3], only=[3])
        take_in(returned=[1], only=[1])
        scope = authority_of(families.staff.auditor, PAY_DAY).scope()
        assert [item.seq for item in queries.returned(scope)] == [1, 3]

    def test_forgets_what_was_reissued(
        self, families: World, take_in: Callable[..., PaymentBatch], sent: PaymentBatch
    ) -> None:
        take_in(returned=[2])
        operations.reissue(by(families.staff.maker), item_ids=[families.corrected(sent.items.get(seq=2)).pk])
        assert not queries.returned(authority_of(families.staff.auditor, PAY_DAY).scope()).exists()


class TestWriteOff:
    @pytest.fixture
    def back(self, take_in: Callable[..., PaymentBatch], sent: PaymentBatch) -> PaymentItem:
        take_in(returned=[2])
        return sent.items.get(seq=2)

    def test_reverses_the_spending(self, families: World, back: PaymentItem) -> None:
        operations.write_off(by(families.staff.checker), item_ids=[back.pk], reason="领取人去世，无继承人")
        assert (families.total(AccountKind.PAYABLE), families.total(AccountKind.SPENDABLE)) == (0, 98_700_00)

    def test_never_makes_the_month_due_again(self, families: World, back: PaymentItem) -> None:
        operations.write_off(by(families.staff.checker), item_ids=[back.pk], reason="x")
        with pytest.raises(refusals.NothingDue):
            families.propose()

    def test_leaves_every_invariant_whole(self, families: World, back: PaymentItem) -> None:
        operations.write_off(by(families.staff.checker), item_ids=[back.pk], reason="x")
        assert whole()

    def test_is_void_when_whoever_was_thought_dead_lives(self, families: World, back: PaymentItem) -> None:
        resident_id = families.memberships([back.award.household])[0].resident_id
        record_death(by(families.staff.clerk), resident_ids=[resident_id], died_date=PAY_DAY)
        end_departed(system_act(APRIL_1), on=APRIL_1)
        operations.write_off(by(families.staff.checker, APRIL_1), item_ids=[back.pk], reason="已去世")
        clerk = by(families.staff.clerk, APRIL_1, 17)
        correct_departure(clerk, resident_id=resident_id, day=None, reason="同名同姓")

        back.refresh_from_db()
        assert (back.state, whole()) == (ItemState.VOIDED, True)
        anew = families.propose(on=APRIL_1).items.filter(month_date=MARCH.first_day)
        assert [row.award_id for row in anew] == [back.award_id]
        assert whole()

    def test_needs_a_reason(self, families: World, back: PaymentItem) -> None:
        with pytest.raises(ReasonMissing):
            operations.write_off(by(families.staff.checker), item_ids=[back.pk], reason="")

    def test_is_not_for_payments_that_arrived(self, families: World, back: PaymentItem, sent: PaymentBatch) -> None:
        with pytest.raises(StepNotPossible):
            operations.write_off(by(families.staff.checker), item_ids=[sent.items.get(seq=1).pk], reason="x")

    def test_is_not_for_what_is_on_its_way_again(self, families: World, back: PaymentItem) -> None:
        operations.reissue(by(families.staff.maker), item_ids=[families.corrected(back).pk])
        with pytest.raises(refusals.AlreadyReissued):
            operations.write_off(by(families.staff.checker), item_ids=[back.pk], reason="x")

    def test_is_the_checkers(self, families: World, back: PaymentItem) -> None:
        with pytest.raises(NotPermitted):
            operations.write_off(by(families.staff.maker), item_ids=[back.pk], reason="x")


class TestReconcile:
    def reconcile(self, world: World, data: bytes | None = None, on: date = APRIL_1) -> object:
        lock_before(world, MARCH, on)
        return operations.reconcile_month(
            by(world.staff.checker, on),
            fund_id=world.fund.pk,
            month=MARCH,
            statement=read_statement(statement(world.fund, MARCH) if data is None else data),
        )

    def test_locks_a_month_that_agrees(self, families: World, take_in: Callable[..., PaymentBatch]) -> None:
        take_in(returned=[2])
        families.receive("OWN", 7_00, on=date(2026, 3, 2), reference="IN-7")
        assert str(self.reconcile(families)) == f"{families.fund.pk} 2026-03"

    def debited(self, world: World, text: str, *, with_returned: bool = False, day: date = PAY_DAY) -> bytes:
        """March of a bank that shows a batch as one debit, newest first; what came back is left out or credited."""
        batch = PaymentBatch.objects.get()
        back = [(f"{batch.number}-{row.seq:04}", row.amount_fen) for row in batch.items.filter(paid_date=None)]
        credits = back if with_returned else []
        paid = sum(row.amount_fen for row in batch.items.exclude(paid_date=None))
        balance, rows = cash_on(world.fund.pk, MARCH.first_day), []
        for name, fen in [(text.format(batch=batch.number), -paid - sum(fen for _name, fen in credits)), *credits]:
            balance += fen
            amounts = f"{fen / 100:.2f}," if fen > 0 else f",{-fen / 100:.2f}"
            rows.append(f"{day},{name},{amounts},{balance / 100:.2f}")
        return "\n".join(["日期,摘要,收入,支出,余额", *reversed(rows)]).encode()

    @pytest.mark.parametrize("text", ["{batch}", "代发工资"])
    @pytest.mark.parametrize("with_returned", [False, True])
    def test_takes_one_debit_for_a_whole_batch(
        self, families: World, take_in: Callable[..., PaymentBatch], text: str, with_returned: bool
    ) -> None:
        batch = take_in(returned=[2])
        self.reconcile(families, self.debited(families, text, with_returned=with_returned))
        note = json.loads(AuditEntry.objects.latest("pk").note)
        assert note["debits"] == {batch.number: text.format(batch=batch.number)}

    def test_takes_no_debit_of_another_day_that_names_no_batch(
        self, families: World, take_in: Callable[..., PaymentBatch]
    ) -> None:
        take_in(returned=[2])
        with pytest.raises(refusals.StatementDiffers):
            self.reconcile(families, self.debited(families, "代发工资", day=date(2026, 3, 30)))

    def test_takes_no_debit_of_another_amount(self, families: World, take_in: Callable[..., PaymentBatch]) -> None:
        batch = take_in()
        wrong = self.debited(families, "{batch}").replace(b",,", b",,1")
        assert batch.number in wrong.decode()
        with pytest.raises((refusals.StatementDiffers, refusals.StatementMalformed)):
            self.reconcile(families, wrong)

    def test_takes_a_fee_that_was_booked(self, families: World, take_in: Callable[..., PaymentBatch]) -> None:
        take_in()
        book_fee(
            by(families.staff.maker),
            source_id=families.source("OWN").pk,
            amount_fen=15_00,
            on=PAY_DAY,
            reference="手续费",
        )
        balance = cash_on(families.fund.pk, APRIL_1)
        data = statement(families.fund, MARCH) + f"\n2026-03-31,手续费,,15.00,{balance / 100:.2f}\n".encode()
        assert self.reconcile(families, data)

    def test_forgets_a_slip_and_its_correction(self, families: World, take_in: Callable[..., PaymentBatch]) -> None:
        take_in()
        right = statement(families.fund, MARCH)
        families.receive("OWN", 7_00, on=date(2026, 3, 2), reference="IN-7")
        wrong = Journal.objects.filter(kind=JournalKind.INFLOW).latest("pk")
        correct(by(families.staff.checker), journal_id=wrong.pk, reason="x")
        assert self.reconcile(families, right)

    def test_names_every_difference(self, families: World, take_in: Callable[..., PaymentBatch]) -> None:
        take_in()
        right = statement(families.fund, MARCH)
        families.receive("OWN", 7_00, on=date(2026, 3, 2), reference="IN-7")
        with pytest.raises(refusals.StatementDiffers) as refusal:
            self.reconcile(families, right)
        assert refusal.value.details["differences"] == (
            "银行对账单缺少：IN-7 7.00；期末余额账面 98,207.00 元，银行 98,200.00 元"
        )

    def test_waits_for_the_banks_answer(self, families: World, sent: PaymentBatch) -> None:
        with pytest.raises(refusals.StillInTransit) as refusal:
            self.reconcile(families, b"date,reference,in,out,balance\n2026-03-31,,,,100000\n")
        assert str(refusal.value.details["numbers"]) == sent.number

    def test_waits_for_the_end_of_the_month(self, families: World, take_in: Callable[..., PaymentBatch]) -> None:
        take_in()
        with pytest.raises(MonthNotOver):
            self.reconcile(families, on=date(2026, 3, 31))

    def test_happens_once(self, families: World, take_in: Callable[..., PaymentBatch]) -> None:
        take_in()
        self.reconcile(families)
        with pytest.raises(MonthAlreadyLocked):
            self.reconcile(families)

    def test_lets_no_late_answer_in(self, families: World, take_in: Callable[..., PaymentBatch]) -> None:
        take_in()
        self.reconcile(families)
        with pytest.raises(MonthLocked):
            families.receive("GOV", 1, on=date(2026, 3, 31))

    def test_is_the_checkers(self, families: World) -> None:
        with pytest.raises(NotPermitted):
            operations.reconcile_month(
                by(families.staff.maker, APRIL_1),
                fund_id=families.fund.pk,
                month=MARCH,
                statement=read_statement(statement(families.fund, MARCH)),
            )
