"""What is written once and was altered behind the product's back is named from the next day's seal on."""

import json
from datetime import date

import pytest
from django.apps import apps

from linli.config.cli_audit import BROKEN, run_verify
from linli.foundation.data import written_once
from linli.foundation.trail.audit import verify
from linli.foundation.trail.models import AuditEntry
from linli.foundation.trail.rows import altered_rows, seal_rows
from tests.conftest import system_act
from tests.layers import layer
from tests.ledger.test_planted_bugs import Plant, plant, world
from tests.ledger.world import World

__all__ = ["plant", "world"]  # fixtures
TUESDAY, WEDNESDAY = date(2026, 3, 17), date(2026, 3, 18)


@layer
def sealed(world: World) -> World:
    """Tuesday morning: Monday's rows are sealed."""
    seal_rows(system_act(TUESDAY))
    return world


def named() -> set[str]:
    return {f"{one.table}.{one.column}" for one in altered_rows()}


def test_nothing_is_found_before_anything_is_altered(sealed: World) -> None:
    assert (altered_rows(), verify()) == ([], [])


@pytest.mark.parametrize(
    ("column", "statement"),
    [
        # Money for one purpose made free, a line that pays another programme, a larger budget.
        ("ledger_fundingsource.restricted_to", "UPDATE ledger_fundingsource SET restricted_to = '[]'"),
        ("ledger_budgetline.programmes", "UPDATE ledger_budgetline SET programmes = '[\"TRAINING\"]'"),
        ("ledger_budgetline.amount_fen", "UPDATE ledger_budgetline SET amount_fen = amount_fen + 1"),
        ("ledger_journal.reason", "UPDATE ledger_journal SET reason = 'x'"),
        ("ledger_journal.by_id", "UPDATE ledger_journal SET by_id = by_id + 1"),
        ("payments_paymentbatch.made_at", "UPDATE payments_paymentbatch SET made_at = '2026-03-01 01:02:03+00'"),
        ("payments_paymentitem.account_id", "UPDATE payments_paymentitem SET account_id = account_id + 1"),
        ("payments_returnimport.by_id", "UPDATE payments_returnimport SET by_id = by_id + 1"),
        ("awards_payeeaccount.holder_name", "UPDATE awards_payeeaccount SET holder_name = 'x'"),
        ("awards_payeeaccount.account_envelope", "UPDATE awards_payeeaccount SET account_envelope = 'v1.t1.AAAA'"),
        ("awards_award.line_id", "UPDATE awards_award SET line_id = line_id + 1"),
        ("awards_awardchange.note", "UPDATE awards_awardchange SET note = 'x'"),
        ("awards_awardmonth.batch_number", "UPDATE awards_awardmonth SET batch_number = 'x'"),
        ("users_assignment.role", "UPDATE users_assignment SET role = 'AUDITOR'"),
        # Taken out, and slipped in.
        ("awards_awardchange.id", "DELETE FROM awards_awardchange WHERE id = (SELECT min(id) FROM awards_awardchange)"),
        (
            "payments_returnimport.id",
            "UPDATE payments_returnimport SET id = -id",
        ),
    ],
)
def test_an_altered_column_is_named(sealed: World, plant: Plant, column: str, statement: str) -> None:
    plant(statement)
    assert named() == {column}


def test_the_command_says_so(sealed: World, plant: Plant, capsys: pytest.CaptureFixture[str]) -> None:
    plant("UPDATE ledger_fundingsource SET restricted_to = '[]'")
    code = run_verify(as_json=True)
    said = [one["subject"] for one in json.loads(capsys.readouterr().out)["problems"] if one["code"] == "rows.altered"]
    assert (code, [one.split(" ")[0] for one in said]) == (BROKEN, ["ledger_fundingsource.restricted_to"])


def test_the_next_seal_covers_what_is_new_alone(sealed: World, plant: Plant) -> None:
    sealed.receive("GOV", 1_00, on=TUESDAY)
    seal_rows(system_act(WEDNESDAY))
    rows = json.loads(AuditEntry.objects.filter(act="foundation.seal_new_rows").latest("id").note)["rows"]
    assert sorted(rows) == ["ledger_journal", "ledger_transfer"]
    plant("UPDATE ledger_journal SET reason = 'x' WHERE id = (SELECT max(id) FROM ledger_journal)")
    assert [(one.table, one.column, one.day) for one in altered_rows()] == [("ledger_journal", "reason", WEDNESDAY)]


def test_what_changes_by_its_nature_is_no_finding(sealed: World) -> None:
    sealed.families[0].awards.update(version=9, state="ENDED")
    assert altered_rows() == []


def test_every_column_that_is_named_is_there() -> None:
    known = {model._meta.db_table: {f.attname for f in model._meta.concrete_fields} for model in apps.get_models()}
    assert [table for table, columns in written_once.tables().items() if not set(columns) <= known[table]] == []
