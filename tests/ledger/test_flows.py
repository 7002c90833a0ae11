"""Each step of a promise and a payment."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from linli.kernel.act import Act
from linli.money.ledger import operations, queries
from linli.money.ledger.codes import AccountKind as Kind
from linli.money.ledger.codes import JournalKind
from linli.money.ledger.models import Account, Journal, Transfer
from linli.money.ledger.operations import Entry, Flow, Promise, Spending
from tests.ledger.test_funds import spend
from tests.ledger.world import World, by, inside


@pytest.fixture
def run(world: World) -> Callable[..., None]:
    """Run helps of the ledger inside an act."""

    def do(help_: Callable[..., object], **arguments: object) -> None:
        inside(
            by(world.staff.maker),
            step=lambda act: help_(act, fund_id=world.fund.pk, subject="test", **arguments),
        )

    return do


def spending(world: World, fen: int, programme: str = "BASE_AWARD", source: str = "GOV") -> Spending:
    return Spending(world.line().pk, world.source(source).pk, programme, fen)


class TestCommit:
    def test_moves_what_is_available(self, world: World, run: Callable[..., None]) -> None:
        run(operations.commit, promises=[Promise(world.line().pk, 6_00)])
        assert (world.balance(Kind.COMMITTED, "AID"), world.balance(Kind.AVAILABLE, "AID")) == (6_00, 999_994_00)

    def test_names_the_line_that_is_exhausted(self, world: World, run: Callable[..., None]) -> None:
        with pytest.raises(operations.BudgetExhausted) as refusal:
            run(operations.commit, promises=[Promise(world.line("TRAINING").pk, 1)])
        assert (
            str(refusal.value) == "预算科目 职业培训 余额不足：可用 0.00 元，需要 0.01 元。可由街道认可超预算后再办理"
        )

    def test_sums_the_promises_of_one_act(self, world: World, run: Callable[..., None]) -> None:
        half = Promise(world.line().pk, 500_000_01)
        with pytest.raises(operations.BudgetExhausted):
            run(operations.commit, promises=[half, half])

    def test_can_be_taken_back(self, world: World, run: Callable[..., None]) -> None:
        run(operations.commit, promises=[Promise(world.line().pk, 6_00)])
        run(operations.release_commitment, promises=[Promise(world.line().pk, 6_00)])
        assert world.balance(Kind.COMMITTED, "AID") == 0

    def test_cannot_be_taken_back_twice(self, world: World, run: Callable[..., None]) -> None:
        with pytest.raises(operations.AccountOverdrawn):
            run(operations.release_commitment, promises=[Promise(world.line().pk, 1)])

    def test_refuses_an_empty_set(self, run: Callable[..., None]) -> None:
        with pytest.raises(operations.AmountNotPositive):
            run(operations.commit, promises=[])

    def test_refuses_a_line_of_another_fund(self, run: Callable[..., None]) -> None:
        with pytest.raises(operations.AccountUnknown):
            run(operations.commit, promises=[Promise(999, 1)])


class TestAccrue:
    def test_books_expense_payable_and_both_memos(self, world: World) -> None:
        spend(world, 6_00)
        balances = [world.total(kind) for kind in (Kind.EXPENSE, Kind.PAYABLE, Kind.SPENT, Kind.COMMITTED)]
        assert balances == [6_00, 6_00, 6_00, 0]

    def test_stops_when_the_source_is_empty(self, world: World) -> None:
        with pytest.raises(operations.FundsExhausted) as refusal:
            spend(world, 60_000_01)
        assert refusal.value.details["available"] == "60,000.00"

    def test_keeps_donations_for_their_purpose(self, world: World, run: Callable[..., None]) -> None:
        training = Spending(world.line("TRAINING").pk, world.source("DON").pk, "TRAINING", 1_00)
        with pytest.raises(operations.RestrictedMoneyMisused):
            run(operations.accrue, spendings=[training])

    def test_keeps_lines_for_their_programmes(self, world: World) -> None:
        with pytest.raises(operations.LineMisused):
            spend(world, 1_00, programme="TRAINING")

    def test_needs_a_promise(self, world: World, run: Callable[..., None]) -> None:
        with pytest.raises(operations.AccountOverdrawn):
            run(operations.accrue, spendings=[spending(world, 1_00)])

    def test_refuses_a_source_that_is_not_there(self, world: World, run: Callable[..., None]) -> None:
        with pytest.raises(operations.AccountUnknown):
            run(operations.accrue, spendings=[Spending(world.line().pk, 999, "BASE_AWARD", 1)])

    def test_is_undone_by_the_opposite(self, world: World, run: Callable[..., None]) -> None:
        spend(world, 6_00)
        run(operations.reverse_accrual, spendings=[spending(world, 6_00)])
        assert (world.total(Kind.SPENDABLE), world.balance(Kind.COMMITTED, "AID")) == (100_000_00, 6_00)


class TestBank:
    def test_sent_is_in_transit(self, world: World, run: Callable[..., None]) -> None:
        spend(world, 6_00)
        run(operations.send, flows=[Flow(world.source("GOV").pk, 6_00)])
        assert (world.total(Kind.PAYABLE), world.total(Kind.IN_TRANSIT)) == (0, 6_00)

    def test_paid_leaves_the_bank(self, world: World, run: Callable[..., None]) -> None:
        spend(world, 6_00)
        run(operations.send, flows=[Flow(world.source("GOV").pk, 6_00)])
        run(operations.settle, flows=[Flow(world.source("GOV").pk, 6_00)])
        assert (world.total(Kind.IN_TRANSIT), world.total(Kind.CASH)) == (0, 99_994_00)

    def test_returned_is_payable_again(self, world: World, run: Callable[..., None]) -> None:
        spend(world, 6_00)
        run(operations.send, flows=[Flow(world.source("GOV").pk, 6_00)])
        run(operations.return_, flows=[Flow(world.source("GOV").pk, 6_00)])
        assert (world.total(Kind.PAYABLE), world.total(Kind.CASH)) == (6_00, 100_000_00)

    def test_refuses_what_is_not_payable(self, world: World, run: Callable[..., None]) -> None:
        with pytest.raises(operations.AccountOverdrawn):
            run(operations.send, flows=[Flow(world.source("GOV").pk, 6_00)])

    def test_refuses_a_source_that_is_not_there(self, run: Callable[..., None]) -> None:
        with pytest.raises(operations.AccountUnknown):
            run(operations.send, flows=[Flow(999, 6_00)])


class TestReceivables:
    @pytest.fixture
    def paid(self, world: World, run: Callable[..., None]) -> None:
        spend(world, 6_00)
        run(operations.send, flows=[Flow(world.source("GOV").pk, 6_00)])
        run(operations.settle, flows=[Flow(world.source("GOV").pk, 6_00)])
        run(operations.raise_receivable, spendings=[spending(world, 6_00)])

    @pytest.mark.usefixtures("paid")
    def test_what_is_owed_is_no_expense(self, world: World) -> None:
        assert (world.total(Kind.EXPENSE), world.total(Kind.RECEIVABLE), world.total(Kind.SPENT)) == (0, 6_00, 6_00)

    @pytest.mark.usefixtures("paid")
    def test_what_comes_back_can_be_paid_and_promised_again(self, world: World, run: Callable[..., None]) -> None:
        run(operations.recover_receivable, spendings=[spending(world, 6_00)])
        assert (world.total(Kind.SPENDABLE), world.total(Kind.SPENT)) == (100_000_00, 0)

    @pytest.mark.usefixtures("paid")
    def test_what_is_given_up_is_an_expense(self, world: World, run: Callable[..., None]) -> None:
        run(operations.waive_receivable, spendings=[spending(world, 6_00)])
        assert (world.total(Kind.EXPENSE), world.total(Kind.RECEIVABLE)) == (6_00, 0)

    @pytest.mark.usefixtures("paid")
    def test_every_step_keeps_the_invariants(self) -> None:
        assert queries.invariants() == []

    def test_refuses_a_line_that_is_not_there(self, world: World, run: Callable[..., None]) -> None:
        with pytest.raises(operations.AccountUnknown):
            run(operations.raise_receivable, spendings=[Spending(999, world.source("GOV").pk, "BASE_AWARD", 1)])


class TestPost:
    def test_refuses_accounts_of_another_fund(self, world: World) -> None:
        def step(act: Act) -> None:
            operations.post(
                act, fund=world.fund, kind=JournalKind.INFLOW, subject="t", entries=[Entry("OTHER:CASH:GOV", "X", 1)]
            )

        with pytest.raises(operations.AccountUnknown):
            inside(by(world.staff.maker), step=step)

    def test_leaves_its_digest_in_the_audit_entry(self, world: World) -> None:
        assert queries.invariants() == []


class TestDatabase:
    """What the database refuses whatever the code does."""

    def refused(self, sql: str) -> str:
        with pytest.raises(IntegrityError) as refusal, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
        return str(refusal.value)

    def test_an_account_below_zero(self, world: World) -> None:
        assert "account_floor" in self.refused("UPDATE ledger_account SET credit_fen = 1 WHERE kind = 'COMMITTED'")

    def test_a_transfer_of_nothing(self, world: World) -> None:
        row = Transfer.objects.earliest("pk")
        assert "transfer_amount" in self.refused(
            "INSERT INTO ledger_transfer (journal_id, seq, debit_id, credit_id, amount_fen, reference) "
            f"VALUES ({row.journal_id}, 99, {row.debit_id}, {row.credit_id}, 0, '')"
        )

    def test_a_transfer_to_itself(self, world: World) -> None:
        row = Transfer.objects.earliest("pk")
        assert "transfer_two_accounts" in self.refused(
            "INSERT INTO ledger_transfer (journal_id, seq, debit_id, credit_id, amount_fen, reference) "
            f"VALUES ({row.journal_id}, 99, {row.debit_id}, {row.debit_id}, 1, '')"
        )

    @pytest.mark.parametrize("table", ["ledger_journal", "ledger_transfer"])
    def test_a_changed_entry(self, world: World, table: str) -> None:
        assert "append-only" in self.refused(f"UPDATE {table} SET id = id")

    @pytest.mark.parametrize("table", ["ledger_journal", "ledger_transfer", "ledger_account", "ledger_fund"])
    def test_a_deleted_row(self, world: World, table: str) -> None:
        assert self.refused(f"DELETE FROM {table}")

    def test_balances_follow_the_lines(self, world: World) -> None:
        accounts = Account.objects.filter(kind=Kind.CASH)
        assert sum(row.debit_fen for row in accounts) == 100_000_00

    def test_journals_are_numbered_without_gaps(self, world: World) -> None:
        numbers = list(Journal.objects.order_by("pk").values_list("number", flat=True))
        assert numbers == [f"LZ-2026-{place:06d}" for place in range(1, len(numbers) + 1)]
