"""A bug planted behind the product's back, one per invariant, is named by the checks."""

import json
import re
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection, transaction

from linli.config.cli_audit import BROKEN, run_verify
from linli.foundation.data import triggers
from linli.foundation.trail.audit import verify
from linli.kernel.act import Act
from linli.kernel.period import Month
from linli.money.awards.codes import EndReason
from linli.money.awards.models import Receivable
from linli.money.awards.operations import Ending, end
from linli.money.awards.queries import invariants as award_invariants
from linli.money.ledger.codes import JournalKind
from linli.money.ledger.models import Journal
from linli.money.ledger.operations import correct, lock_month, reverse_carry_over
from linli.money.ledger.queries import invariants as ledger_invariants
from linli.money.payments.models import PaymentBatch
from linli.money.payments.operations import cancel
from linli.money.payments.queries import invariants as payment_invariants
from tests.conftest import at
from tests.layers import layer
from tests.ledger.carrying import JAN_12, approved, next_year
from tests.ledger.world import World, by, inside

Plant = Callable[..., None]


@layer
def world(world: World) -> World:
    """Three families paid for March, one line returned; April approved; May not begun."""
    world.register(3)
    world.grant(*(world.base(one) for one in world.families), world.elder(world.families[0]))
    world.paid(returned=[4])
    return world


@pytest.fixture
def plant() -> Plant:
    """Run statements with the database's own rules switched off: what somebody with its password could do."""

    def do(*statements: str) -> None:
        sqlite = connection.vendor == "sqlite"
        with connection.cursor() as cursor:
            for switch in SQLITE_OFF if sqlite else POSTGRES_OFF:
                cursor.execute(switch)
                for (statement,) in cursor.fetchall() if switch.startswith("SELECT") else ():
                    cursor.execute(statement)
            for statement in statements:
                cursor.execute(statement)
            cursor.execute(
                "PRAGMA ignore_check_constraints = OFF" if sqlite else "SET session_replication_role = DEFAULT"
            )

    return do


# A query's rows are statements to run too.
SQLITE_OFF = (
    "SELECT 'DROP TRIGGER \"' || name || '\"' FROM sqlite_master WHERE type = 'trigger'",
    "SELECT 'DROP INDEX \"' || name || '\"' FROM sqlite_master WHERE type = 'index' AND sql LIKE 'CREATE UNIQUE%'",
    "PRAGMA ignore_check_constraints = ON",
)
POSTGRES_OFF = (
    "SET CONSTRAINTS ALL IMMEDIATE",
    "SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) FROM pg_constraint "
    "JOIN pg_namespace n ON n.oid = connamespace WHERE contype = 'c' AND nspname = 'public' AND conrelid <> 0",
    "SELECT format('DROP INDEX %s', indexrelid::regclass) FROM pg_index WHERE indisunique AND indpred IS NOT NULL "
    "AND NOT indisprimary AND indrelid::regclass::text ~ '^(payments|awards)_'",
    "SET session_replication_role = replica",
)


def found() -> set[str]:
    """Codes of everything that does not hold."""
    return {one.code for one in (*ledger_invariants(), *award_invariants(), *payment_invariants())}


def test_nothing_is_found_before_anything_is_planted(world: World) -> None:
    assert (found(), verify()) == (set(), [])


FIRST_JOURNAL = "(SELECT min(id) FROM ledger_journal)"
LAST_JOURNAL = "(SELECT max(id) FROM ledger_journal)"
LAST_PAID = "(SELECT max(id) FROM payments_paymentitem WHERE state = 'PAID')"
SAME = "batch_id, award_id, unit_key, programme, month_date, part, amount_fen, source_id, account_id, state"
COPY_ITEM = (
    f"INSERT INTO payments_paymentitem ({SAME}, seq, return_code, return_text) "
    f"SELECT {SAME}, seq + 90, '', '' FROM payments_paymentitem WHERE id = {LAST_PAID}"
)


@pytest.mark.parametrize(
    ("code", "statement"),
    [
        (
            "ledger.debits_differ_from_credits",
            "UPDATE ledger_account SET debit_fen = debit_fen + 1 WHERE kind = 'CASH'",
        ),
        (
            "ledger.balance_differs_from_lines",
            "UPDATE ledger_account SET debit_fen = debit_fen + 1 WHERE kind = 'CASH'",
        ),
        ("ledger.below_zero", "UPDATE ledger_account SET credit_fen = debit_fen + 1 WHERE kind = 'SPENDABLE'"),
        ("ledger.below_zero", "UPDATE ledger_account SET credit_fen = debit_fen + 1 WHERE kind = 'AVAILABLE'"),
        (
            "ledger.spendable_differs_from_cash",
            "UPDATE ledger_account SET debit_fen = debit_fen + 1 WHERE kind = 'CASH'",
        ),
        ("ledger.budget_does_not_add_up", "UPDATE ledger_account SET debit_fen = debit_fen + 1 WHERE kind = 'SPENT'"),
        (
            "ledger.spent_differs_from_expense",
            "UPDATE ledger_account SET debit_fen = debit_fen + 1 WHERE kind = 'SPENT'",
        ),
        ("ledger.journal_altered", f"UPDATE ledger_transfer SET amount_fen = 1 WHERE journal_id = {FIRST_JOURNAL}"),
        ("ledger.journal_altered", f"DELETE FROM ledger_transfer WHERE journal_id = {LAST_JOURNAL}"),
        ("ledger.journal_not_audited", "DELETE FROM foundation_auditentry WHERE note LIKE '%journals%'"),
        ("payments.paid_twice", COPY_ITEM),
        (
            "payments.amount_differs_from_award",
            f"UPDATE payments_paymentitem SET amount_fen = 1 WHERE id = {LAST_PAID}",
        ),
        ("payments.award_not_valid", "UPDATE awards_award SET valid_from = '2026-04-01'"),
        ("payments.batch_differs_from_lines", "UPDATE payments_paymentbatch SET total_fen = total_fen + 1"),
        ("payments.sums_differ_from_lines", "UPDATE payments_paymentsum SET amount_fen = amount_fen + 1"),
        ("payments.batch_differs_from_lines", f"DELETE FROM payments_paymentitem WHERE id = {LAST_PAID}"),
        ("payments.file_differs_from_lines", "UPDATE payments_paymentbatch SET file_digest = 'x'"),
        ("payments.file_differs_from_lines", "UPDATE awards_payeeaccount SET account_envelope = 'v1.t1.AAAA'"),
        ("payments.one_person_twice", "UPDATE payments_paymentbatch SET checker_id = maker_id"),
        ("payments.states_not_fitting", f"UPDATE payments_paymentitem SET state = 'APPROVED' WHERE id = {LAST_PAID}"),
        ("payments.month_differs_from_lines", "UPDATE awards_awardmonth SET state = 'PAID'"),
        ("payments.month_missing", "UPDATE awards_awardmonth SET state = 'VOIDED'"),
        ("payments.books_differ_from_lines", "UPDATE awards_awardmonth SET amount_fen = amount_fen + 1"),
        # An account of nobody, of somebody else, by no paper.
        ("awards.account_of_nobody", "UPDATE awards_payeeaccount SET relation = ''"),
        ("awards.account_of_nobody", "UPDATE awards_payeeaccount SET relation = 'MEMBER'"),
        ("awards.account_of_nobody", "UPDATE awards_payeeaccount SET relation = 'SELF'"),
        ("awards.account_of_nobody", "UPDATE awards_payeeaccount SET basis = ''"),
        ("awards.account_stopped_without_a_day", "UPDATE awards_payeeaccount SET state = 'STOPPED'"),
        (
            "payments.sent_to_stopped_account",
            "UPDATE awards_payeeaccount SET state = 'STOPPED', stopped_date = '2026-03-15'",
        ),
        # Money came back after it was paid and nobody booked it; or the other way round.
        (
            "payments.came_back_differs",
            f"UPDATE payments_paymentitem SET state = 'RETURNED' WHERE id = {LAST_PAID}",
        ),
        (
            "payments.came_back_differs",
            f"UPDATE ledger_journal SET kind = 'LATE_RETURN' WHERE id = {LAST_JOURNAL}",
        ),
        # Other people than did it; another day than the bank's.
        ("payments.hand_differs_from_trail", "UPDATE payments_paymentbatch SET maker_id = 990 + id"),
        ("payments.hand_differs_from_trail", "UPDATE payments_paymentbatch SET checker_id = 990 + id"),
        ("payments.hand_differs_from_trail", "UPDATE payments_paymentbatch SET releaser_id = NULL"),
        (
            "payments.paid_on_another_day",
            f"UPDATE payments_paymentitem SET paid_date = '2026-03-20' WHERE id = {LAST_PAID}",
        ),
        ("payments.paid_on_another_day", "UPDATE payments_paymentitem SET paid_date = NULL"),
        ("awards.state_differs_from_history", "UPDATE awards_award SET state = 'ENDED'"),
        ("awards.state_differs_from_history", "UPDATE awards_award SET amount_fen = 1"),
    ],
)
def test_an_altered_row_is_named(world: World, plant: Plant, code: str, statement: str) -> None:
    plant(statement)
    assert code in found()


def test_a_journal_taken_out_whole_is_missed(world: World, plant: Plant) -> None:
    plant(
        f"DELETE FROM ledger_transfer WHERE journal_id = {LAST_JOURNAL}",
        f"DELETE FROM ledger_journal WHERE id = {LAST_JOURNAL}",
    )
    assert "ledger.journal_missing" in found()


def test_an_account_of_another_fund_is_named(world: World, plant: Plant) -> None:
    columns = "name, year, district_id, street_id, community_id, grid_id"
    plant(
        f"INSERT INTO ledger_fund (code, {columns}) SELECT 'OTHER', {columns} FROM ledger_fund",
        "UPDATE ledger_account SET fund_id = (SELECT max(id) FROM ledger_fund) WHERE kind = 'INCOME'",
    )
    assert "ledger.foreign_account" in found()


def test_a_correction_that_is_no_opposite_is_named(world: World, plant: Plant) -> None:
    wrong = Journal.objects.filter(kind=JournalKind.INFLOW).latest("pk")
    journal = correct(by(world.staff.checker), journal_id=wrong.pk, reason="x")
    plant(f"UPDATE ledger_transfer SET amount_fen = 1 WHERE journal_id = {journal.pk}")
    assert "ledger.correction_not_opposite" in found()


def test_an_entry_in_a_locked_month_is_named(world: World, plant: Plant) -> None:
    def step(act: Act) -> None:
        lock_month(act, fund=world.fund, month=Month(2026, 1), bank_balance_fen=0, statement_digest="x")

    inside(Act(world.staff.checker, at(date(2026, 2, 1))), step=step)
    plant(f"UPDATE ledger_journal SET on_date = '2026-01-31' WHERE id = {LAST_JOURNAL}")
    assert "ledger.booked_into_locked_month" in found()


def test_a_person_protected_twice_is_named(world: World, plant: Plant) -> None:
    columns = "award_id, resident_id, programme, valid_from, valid_until"
    plant(f"INSERT INTO awards_awardmember ({columns}) SELECT {columns} FROM awards_awardmember")
    assert "awards.protected_twice" in found()


def test_an_overpayment_that_nobody_owes_is_named(world: World, plant: Plant) -> None:
    award = world.fund.lines.get(code="AID").awards.earliest("number")
    end(by(world.staff.director), endings=[Ending(award.pk, date(2026, 3, 1), EndReason.INCOME)])
    assert (Receivable.objects.count(), found()) == (1, set())
    plant("DELETE FROM awards_receivable")
    assert "awards.overpayment_not_owed" in found()


def test_a_number_of_several_that_nobody_was_shown_is_named(world: World, plant: Plant) -> None:
    world.account([world.families[0].number], on=date(2026, 3, 2))
    assert found() == set()
    plant("UPDATE awards_payeeaccount SET account_index = 'x'")
    assert "awards.account_shared_unseen" in found()


def test_a_reversal_that_is_not_whole_is_named(world: World, plant: Plant) -> None:
    batch = world.approve(world.propose(Month(2026, 4), date(2026, 4, 15)), date(2026, 4, 15))
    cancel(by(world.staff.maker, date(2026, 4, 15), 12), batch_id=batch.pk, reason="x")
    plant(f"DELETE FROM ledger_transfer WHERE journal_id = {LAST_JOURNAL}")
    assert "payments.not_reversed" in found()


def test_an_altered_trail_is_named(world: World, plant: Plant) -> None:
    plant("UPDATE foundation_auditentry SET actor_id = 1")
    assert re.search("altered", verify()[0].what)


def test_a_dropped_trigger_is_named(world: World) -> None:
    with connection.cursor() as cursor:
        table = "" if connection.vendor == "sqlite" else " ON ledger_transfer"
        cursor.execute(f"DROP TRIGGER ledger_transfer_balances{table}")
    assert triggers.missing(connection) == ["ledger_transfer_balances"]


# What leaves a row behind that points nowhere; PostgreSQL only lets that happen where it was told not to look.
ORPHANED = {
    "sqlite": ("DELETE FROM awards_award WHERE id = (SELECT min(id) FROM awards_award)",),
    "postgresql": (
        "ALTER TABLE awards_awardmonth ADD CONSTRAINT planted FOREIGN KEY (award_id) REFERENCES awards_award (id) "
        "NOT VALID",
    ),
}


def test_a_row_that_points_at_a_deleted_one_is_named(
    world: World, plant: Plant, capsys: pytest.CaptureFixture[str]
) -> None:
    plant(*ORPHANED[connection.vendor])
    code = run_verify(as_json=True)
    # The database would not keep such rows when the test ends.
    transaction.set_rollback(True)
    said = json.loads(capsys.readouterr().out)
    named = {one["subject"].split(" ")[0] for one in said["problems"] if one["code"].startswith("reference.")}
    assert (code, "awards_awardmonth" in named) == (BROKEN, True)


def test_a_missing_balance_trigger_shows_with_the_next_entry(world: World) -> None:
    with connection.cursor() as cursor:
        table = "" if connection.vendor == "sqlite" else " ON ledger_transfer"
        cursor.execute(f"DROP TRIGGER ledger_transfer_balances{table}")
    world.receive("GOV", 1_00)
    assert "ledger.balance_differs_from_lines" in found()


CARRIED = "UPDATE ledger_carryover SET "
SOURCE_GOV = "(SELECT min(id) FROM ledger_fundingsource WHERE code = 'GOV')"


@pytest.mark.parametrize(
    ("code", "statement"),
    [
        ("ledger.carry_over_differs_from_books", f"{CARRIED} amount_fen = 1"),
        ("ledger.carry_over_differs_from_books", f"{CARRIED} state = 'REVERSED'"),
        ("ledger.carry_over_differs_from_books", "UPDATE ledger_journal SET kind = 'INFLOW' WHERE kind = 'CARRY_IN'"),
        # In the books of a fund that it did not leave; said to be of another source.
        (
            "ledger.carry_over_differs_from_books",
            "UPDATE ledger_journal SET fund_id = (SELECT max(id) FROM ledger_fund) WHERE kind = 'CARRY_OUT'",
        ),
        ("ledger.carry_over_differs_from_books", f"{CARRIED} source_id = {SOURCE_GOV}"),
        ("ledger.carry_over_elsewhere", f"{CARRIED} source_id = {SOURCE_GOV}"),
        ("ledger.carry_over_half_booked", f"{CARRIED} state = 'PROPOSED'"),
        ("ledger.carry_over_half_booked", f"{CARRIED} out_journal_id = NULL"),
        ("ledger.carry_over_half_booked", f"{CARRIED} in_journal_id = NULL"),
        ("ledger.carry_over_by_one_person", f"{CARRIED} decided_by_id = proposed_by_id"),
        ("ledger.carry_over_by_one_person", f"{CARRIED} decided_by_id = NULL"),
        ("ledger.carry_over_elsewhere", f"{CARRIED} target_id = source_id"),
        ("ledger.carry_over_elsewhere", "UPDATE ledger_fund SET year = 2028 WHERE code = 'XFL-2027'"),
        ("ledger.carry_over_unknown", f"{CARRIED} out_journal_id = NULL, state = 'PROPOSED'"),
    ],
)
def test_a_forged_carry_over_is_found(world: World, plant: Plant, code: str, statement: str) -> None:
    next_year(world)
    approved(world, 1_000_00)
    assert found() == set()
    plant(statement)
    assert code in found()


BOOKED = "UPDATE ledger_proposal SET "


@pytest.mark.parametrize(
    ("code", "statement"),
    [
        ("ledger.proposal_by_one_person", f"{BOOKED} decided_by_id = proposed_by_id"),
        ("ledger.proposal_by_one_person", f"{BOOKED} decided_by_id = NULL"),
        ("ledger.proposal_differs_from_books", f"{BOOKED} amount_fen = amount_fen + 1"),
        ("ledger.proposal_differs_from_books", f"{BOOKED} state = 'PROPOSED'"),
        ("ledger.proposal_differs_from_books", f"{BOOKED} journal_id = NULL"),
        ("ledger.proposal_differs_from_books", f"{BOOKED} subject = 'source:XFL-2026:OWN'"),
        ("ledger.booked_by_one_person", f"{BOOKED} journal_id = NULL, state = 'REFUSED'"),
    ],
)
def test_money_of_one_person_is_found(world: World, plant: Plant, code: str, statement: str) -> None:
    world.excess(7_00)
    assert found() == set()
    plant(statement)
    assert code in found()


def test_a_carry_over_that_was_undone_and_is_said_to_stand_is_found(world: World, plant: Plant) -> None:
    next_year(world)
    row = approved(world, 1_000_00)
    reverse_carry_over(by(world.staff.checker, JAN_12), carry_over_id=row.pk, reason="金额有误")
    assert found() == set()
    plant(f"{CARRIED} state = 'APPROVED'")
    assert found() == {"ledger.carry_over_differs_from_books"}


def test_a_late_return_that_was_proposed_with_another_amount_is_named(world: World, plant: Plant) -> None:
    batch = PaymentBatch.objects.filter(items__state="PAID").order_by("pk")[0]
    seq = batch.items.filter(state="PAID").order_by("seq")[0].seq
    world.came_back(batch, [seq], date(2026, 4, 20))
    plant("UPDATE ledger_proposal SET amount_fen = 1 WHERE kind = 'CAME_BACK'")
    assert "ledger.proposal_differs_from_books" in found()
