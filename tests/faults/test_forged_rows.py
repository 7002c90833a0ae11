"""A row changed, added or taken out behind the product's back is named at once: no act answers for it."""

import json
from datetime import date

import pytest

from linli.config.cli_audit import BROKEN, run_verify
from linli.foundation.trail import digests
from linli.foundation.trail.audit import verify
from linli.foundation.trail.models import RowDigests
from linli.kernel.period import Month
from linli.money.payments.refusals import RowsForged
from tests.ledger.test_planted_bugs import Plant, plant, world
from tests.ledger.world import World

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
}


@pytest.mark.parametrize("found", FORGERIES)
def test_a_batch_that_pays_by_a_forged_row_is_not_released(world: World, plant: Plant, found: str) -> None:
    approved = world.approve(world.propose(Month(2026, 4), date(2026, 4, 15)), date(2026, 4, 15))
    plant(FORGERIES[found])
    with pytest.raises(RowsForged, match=found.split(" ")[0]):
        world.release(approved, date(2026, 4, 15))
    approved.refresh_from_db()
    assert approved.state == "APPROVED"
