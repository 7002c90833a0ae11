"""A row changed, added or taken out behind the product's back is named at once: no act answers for it."""

import json
from datetime import date, timedelta
from unittest.mock import patch

import pytest
from django.db import connection

from linli.config.cli_audit import BROKEN, run_verify
from linli.foundation.data import triggers
from linli.foundation.trail import acts, digests
from linli.foundation.trail.audit import verify
from linli.foundation.trail.models import RowDigests
from linli.ground.users.models import Assignment, User
from linli.ground.users.operations import end_assignment
from linli.ground.users.operations.passwords import store_password
from linli.kernel.period import Month
from linli.money.awards.models import Award, PayeeAccount
from linli.money.awards.operations import suspend
from linli.money.payments.models import PaymentBatch, PaymentItem
from linli.money.payments.operations import approving
from linli.money.payments.refusals import DigestDiffers, RowsForged
from tests.ledger.test_planted_bugs import Plant, plant, world
from tests.ledger.world import MARCH, World, by

__all__ = ["plant", "world"]  # fixtures


def named() -> set[str]:
    return {f"{one.table} {one.what}" for one in digests.forged()}


def test_nothing_is_found_before_anything_is_altered(world: World) -> None:
    assert (named(), verify(), list(digests.loose_entries())) == (set(), [], [])


@pytest.mark.parametrize(
    ("found", "statement"),
    [
        # Money for one purpose made free, a line that pays another programme, a larger budget.
        ("ledger_fundingsource altered", "UPDATE ledger_fundingsource SET restricted_to = '[]'"),
        ("ledger_budgetline altered", "UPDATE ledger_budgetline SET programmes = '[\"TRAINING\"]'"),
        ("ledger_budgetline altered", "UPDATE ledger_budgetline SET amount_fen = amount_fen + 1"),
        ("ledger_journal altered", "UPDATE ledger_journal SET reason = 'x'"),
        ("payments_paymentitem altered", "UPDATE payments_paymentitem SET account_id = account_id + 1"),
        ("awards_payeeaccount altered", "UPDATE awards_payeeaccount SET account_envelope = 'v1.t1.AAAA'"),
        ("awards_award altered", "UPDATE awards_award SET unit_key = 'x'"),
        ("users_assignment altered", "UPDATE users_assignment SET role = 'AUDITOR'"),
        ("users_user altered", "UPDATE users_user SET password = 'x'"),
        (
            "awards_awardchange removed",
            "DELETE FROM awards_awardchange WHERE id = (SELECT min(id) FROM awards_awardchange)",
        ),
    ],
)
def test_an_altered_row_is_named(world: World, plant: Plant, found: str, statement: str) -> None:
    plant(statement)
    assert named() == {found}


def test_the_command_says_so(world: World, plant: Plant, capsys: pytest.CaptureFixture[str]) -> None:
    plant("UPDATE ledger_fundingsource SET restricted_to = '[]'")
    code = run_verify(as_json=True)
    said = [one["subject"] for one in json.loads(capsys.readouterr().out)["problems"] if one["code"] == "row.altered"]
    assert (code, {one.split(" ")[0] for one in said}) == (BROKEN, {"ledger_fundingsource"})


def test_an_award_that_is_paid_to_another_account_is_told_before_it_is_paid(world: World, plant: Plant) -> None:
    """The forgery that the digests are for: one UPDATE, and the office pays the thief."""
    first = "(SELECT min(id) FROM awards_award)"
    plant(f"UPDATE awards_award SET unit_key = (SELECT max(unit_key) FROM awards_award) WHERE id = {first}")
    assert [(one.table, one.what) for one in digests.forged()] == [("awards_award", "altered")]


def test_an_older_state_put_back_is_no_state_that_the_trail_knows(world: World, plant: Plant) -> None:
    """Row and digest as they were in March: the act that came later still answers for the row."""
    april = world.paid(Month(2026, 4), date(2026, 4, 15))
    plant(f"UPDATE payments_paymentbatch SET state = 'PROPOSED' WHERE number = '{april.number}'")
    assert "payments_paymentbatch altered" in named()


def test_who_takes_out_the_digests_too_is_told_by_the_entry(world: World, plant: Plant) -> None:
    last = RowDigests.objects.filter(table="awards_award").latest("id")
    plant(f"DELETE FROM foundation_rowdigests WHERE id = {last.pk}")
    assert last.entry_id in set(digests.loose_entries())


def test_who_changes_what_the_entry_answers_for_is_told_by_the_chain(world: World, plant: Plant) -> None:
    plant("UPDATE foundation_auditentry SET rows_digest = '' WHERE id = (SELECT max(id) FROM foundation_auditentry)")
    assert verify() != []


# What would send money elsewhere, more of it, or from what may not pay it, once the checker has signed.
FORGERIES = {
    "payments_paymentitem altered": "UPDATE payments_paymentitem SET return_text = 'x'",
    "awards_payeeaccount altered": "UPDATE awards_payeeaccount SET holder_name = '张某'",
    "awards_award altered": "UPDATE awards_award SET amount_fen = amount_fen + 1",
    "awards_awardchange altered": "UPDATE awards_awardchange SET note = 'x'",
    "ledger_fundingsource altered": "UPDATE ledger_fundingsource SET restricted_to = '[]'",
    "payments_paymentbatch altered": "UPDATE payments_paymentbatch SET made_at = approved_at",
    # By a hand that has no such role, or is another's; to somebody who has died.
    "users_assignment altered": "UPDATE users_assignment SET valid_from = '2025-01-02' WHERE role = 'FINANCE_RELEASER'",
    "users_user altered": "UPDATE users_user SET password = 'x' WHERE username = 'checker'",
    "residents_resident altered": "UPDATE residents_resident SET birth_date = '1950-01-01'",
    "residents_membership altered": "UPDATE residents_membership SET valid_from = '2025-01-02'",
}


@pytest.mark.parametrize("found", FORGERIES)
def test_a_batch_that_pays_by_a_forged_row_is_not_released(world: World, plant: Plant, found: str) -> None:
    approved = world.approve(world.propose(Month(2026, 4), date(2026, 4, 15)), date(2026, 4, 15))
    plant(FORGERIES[found])
    with pytest.raises(RowsForged, match=found.split(" ")[0]):
        world.release(approved, date(2026, 4, 15))
    approved.refresh_from_db()
    assert approved.state == "APPROVED"


_OF_FIRST = "WHERE award_id = (SELECT min(id) FROM awards_award)"
_MONTHS_OUT = f"DELETE FROM awards_awardmonth {_OF_FIRST}"
_MONTHS_AWAY = f"UPDATE awards_awardmonth SET award_id = (SELECT max(id) FROM awards_award) {_OF_FIRST}"
_LINES_VOID = f"UPDATE payments_paymentitem SET state = 'VOIDED' {_OF_FIRST}"
_LINES_OUT = f"DELETE FROM payments_paymentitem {_OF_FIRST}"
_NOT_COUNTED = "DELETE FROM payments_paymenttally WHERE id = (SELECT min(id) FROM awards_award)"
# What makes a month that was paid due again.
PAID_AGAIN = {
    "lines voided": (_MONTHS_OUT, _LINES_VOID),
    "lines taken out": (_MONTHS_OUT, _LINES_OUT),
    "count taken out too": (_MONTHS_OUT, _LINES_OUT, _NOT_COUNTED),
    "months given to another award": (_MONTHS_AWAY, _LINES_OUT),
}


@pytest.mark.parametrize("how", PAID_AGAIN)
def test_a_month_whose_rows_were_taken_out_is_not_paid_again(world: World, plant: Plant, how: str) -> None:
    """The release asked the rows of its own batch alone; of those that are gone nothing told it."""
    plant(*PAID_AGAIN[how])
    put_back()
    with pytest.raises((RowsForged, acts.RowsForged)):
        world.released(MARCH, date(2026, 3, 20))
    assert not PaymentBatch.objects.filter(month_date=MARCH.first_day, state="APPROVED").exists()


@pytest.mark.parametrize("how", PAID_AGAIN)
def test_nor_is_anything_released_when_they_were_taken_out_after_the_approval(
    world: World, plant: Plant, how: str
) -> None:
    approved = world.approve(world.propose(APRIL, PAY), PAY)
    plant(*(one.replace(_OF_FIRST, f"{_OF_FIRST} AND month_date = '2026-03-01'") for one in PAID_AGAIN[how]))
    put_back()
    with pytest.raises(RowsForged):
        world.release(approved, PAY)


APRIL, PAY = Month(2026, 4), date(2026, 4, 15)


def put_back() -> None:
    """The rules are there again, as if they had never been away."""
    triggers.install(connection)


def another(table: str, column: str, row: object) -> str:
    """The value of another row of the table, as SQL."""
    own = f"(SELECT {column} FROM {table} WHERE id = {row})"
    return f"(SELECT max({column}) FROM {table} WHERE id <> {row} AND {column} <> {own})"


def honest_suspension(world: World) -> object:
    first = Award.objects.earliest("pk")
    return suspend(by(world.staff.director, PAY), award_ids=[first.pk], effective_date=date(2026, 6, 1), note="核查")


def honest_end_of_a_role(world: World) -> object:
    row = Assignment.objects.get(user=world.staff.outsider)
    return end_assignment(by(world.staff.administrator, PAY), assignment_id=row.pk, valid_until=PAY + timedelta(days=9))


def honest_change_of_a_password(world: World) -> object:
    clerk = world.staff.clerk
    known = User.objects.values_list("password", flat=True).get(pk=clerk.pk)
    return store_password(by(clerk, PAY), user_id=clerk.pk, encoded="argon2$x", known=known)


FIRST = "(SELECT min(id) FROM awards_award)"
# What somebody changes, and an ordinary act that writes the same row afterwards and would answer for it.
LAUNDERED = {
    "awards_award": (
        f"UPDATE awards_award SET unit_key = {another('awards_award', 'unit_key', FIRST)} WHERE id = {FIRST}",
        honest_suspension,
    ),
    "users_assignment": (
        "UPDATE users_assignment SET role = 'FINANCE_RELEASER' "
        "WHERE user_id = (SELECT id FROM users_user WHERE username = 'outsider')",
        honest_end_of_a_role,
    ),
    "users_user": (
        "UPDATE users_user SET password = 'argon2$mine' WHERE username = 'clerk'",
        honest_change_of_a_password,
    ),
}


@pytest.mark.parametrize("table", LAUNDERED)
def test_an_act_does_not_answer_for_what_was_forged_before_it(world: World, plant: Plant, table: str) -> None:
    statement, honest = LAUNDERED[table]
    plant(statement)
    put_back()

    with pytest.raises(acts.RowsForged, match=f"{table} [0-9]+ altered"):
        honest(world)
    assert {one.partition(" ")[0] for one in named()} == {table}


def test_a_line_that_pays_another_account_is_not_approved(world: World, plant: Plant) -> None:
    batch = world.propose(APRIL, PAY)
    line = batch.items.earliest("pk").pk
    plant(
        f"UPDATE payments_paymentitem SET account_id = {another('payments_paymentitem', 'account_id', line)} "
        f"WHERE id = {line}"
    )
    put_back()

    with pytest.raises(DigestDiffers):
        world.approve(batch, PAY)


def test_a_line_whose_month_is_another_is_not_approved(world: World, plant: Plant) -> None:
    """What the signed digest does not say of it is told by the line itself, which the approval writes."""
    batch = world.propose(APRIL, PAY)
    line = batch.items.earliest("pk").pk
    plant(f"UPDATE payments_paymentitem SET return_text = 'x' WHERE id = {line}")
    put_back()

    with pytest.raises(acts.RowsForged, match=f"payments_paymentitem {line} altered"):
        world.approve(batch, PAY)


def test_a_row_that_no_act_added_is_not_written_on(world: World, plant: Plant) -> None:
    columns = ", ".join(f'"{one.column}"' for one in Assignment._meta.concrete_fields if not one.primary_key)
    plant(
        f"INSERT INTO users_assignment ({columns}) SELECT {columns} FROM users_assignment "
        "WHERE user_id = (SELECT id FROM users_user WHERE username = 'outsider')"
    )
    put_back()
    added = Assignment.objects.latest("pk")

    with pytest.raises(acts.RowsForged, match=f"users_assignment {added.pk} added"):
        end_assignment(by(world.staff.administrator, PAY), assignment_id=added.pk, valid_until=PAY + timedelta(days=9))


def test_an_older_state_is_none_though_its_digest_is_made_the_newest(world: World, plant: Plant) -> None:
    """The order of digests is told by the entries that answer for them."""
    row = Assignment.objects.get(user=world.staff.outsider)
    end_assignment(by(world.staff.administrator, PAY), assignment_id=row.pk, valid_until=PAY + timedelta(days=9))
    said = [one for one in RowDigests.objects.filter(table="users_assignment") if one.first <= row.pk <= one.last]
    older, newest = min(said, key=lambda one: one.pk), max(said, key=lambda one: one.pk)
    plant(
        f"UPDATE users_assignment SET valid_until = NULL WHERE id = {row.pk}",
        f"UPDATE foundation_rowdigests SET id = {newest.pk + 1000} WHERE id = {older.pk}",
    )

    assert older.entry_id in set(digests.loose_entries())


@pytest.mark.parametrize("part", ["NULL", "part + 1"])
def test_a_digest_that_is_put_where_nobody_looks_is_told_by_its_entry(world: World, plant: Plant, part: str) -> None:
    last = RowDigests.objects.filter(table="awards_award").latest("id")
    plant(f"UPDATE foundation_rowdigests SET part = {part} WHERE id = {last.pk}")

    assert last.entry_id in set(digests.loose_entries())


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL keeps no text with NUL")
def test_what_stands_behind_a_nul_is_part_of_the_row(world: World, plant: Plant) -> None:
    plant("UPDATE awards_payeeaccount SET holder_name = holder_name || char(0) || '贼某' WHERE id = 1")

    assert [str(one) for one in digests.forged()] == ["awards_payeeaccount 1 altered"]


def test_a_line_pays_an_account_of_whom_it_is_for(world: World) -> None:
    """Whatever the rows say of themselves: the digest that the checker signs knows an account by its version."""
    batch = world.propose(APRIL, PAY)
    first, second = batch.items.order_by("pk")[:2]
    assert (first.unit_key != second.unit_key, first.account.version) == (True, second.account.version)
    lines = [_paid_to(first, second.account), second]
    with patch.object(approving, "batch_lines", lambda _batch: lines), pytest.raises(DigestDiffers):
        world.approve(batch, PAY)


def _paid_to(line: PaymentItem, account: PayeeAccount) -> PaymentItem:
    line.account = account
    return line
