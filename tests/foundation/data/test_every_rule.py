"""Each rule of the database refuses one row that breaks it and nothing else.

The rules are listed from the database itself, so that one that is added without its failing statement fails here.
Rows are written past the models, with made-up keys (foreign keys are looked at at commit; these are rolled back).
"""

import itertools
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction

from linli.aid.assistance.models import TURNED_BY
from linli.foundation.data import tallies, touched, triggers
from linli.kernel.steps import workflows
from linli.money.awards.models import DUE_BY
from tests.unguarded import switch_off

pytestmark = pytest.mark.django_db
Row = Mapping[str, Any]
DAY = date(2026, 3, 9)
BEFORE = date(2026, 3, 8)
LATER = date(2026, 3, 10)
MOMENT = datetime(2026, 3, 9, tzinfo=UTC)
MODELS = {
    model._meta.db_table: model
    for model in apps.get_models(include_auto_created=True)
    if model.__module__.startswith("linli.")
}
FLOWS = {flow.table: flow for flow in workflows()}
# What a plain row says where any value would not do.
PLAIN: Mapping[str, Row] = {
    "users_accountnotice": {"settlement": ""},
    "foundation_demonstration": {"id": 1},
    "residents_household": {"closed_reason": ""},
    "residents_membership": {"relation": "SON"},
    "residents_circumstance": {"resident_id": 7},
    "residents_identification": {"resident_id": 7},
    "awards_award": {"unit": "HOUSEHOLD"},
    "awards_awardmonth": {"state": "DUE"},
    "awards_payeeaccount": {"relation": ""},
    "awards_adjustment": {"state": "REVIEW"},
    "payments_paymentbatch": {"kind": "REGULAR"},
    "partners_agreement": {"valid_from": DAY, "valid_until": LATER},
}
# Who doubts a link, when and why.
DOUBT: Row = {"doubted_by_id": 8, "doubted_at": MOMENT, "doubt": "x"}
# A row that the check named refuses, and that is plain otherwise.
CHECKS: Mapping[str, list[Row]] = {
    "print_sign_shown": [{"shown": ""}],
    "demonstration_once": [{"id": 2}],
    "agreement_lasts": [{"valid_from": DAY, "valid_until": DAY}],
    "access_two_people": [{"proposed_by_id": 7, "decided_by_id": 7}],
    "notice_settled": [
        {"denied": False, "settled_at": MOMENT, "settled_by_id": 7, "settlement": "x"},
        {"denied": True, "settled_at": MOMENT, "settled_by_id": 7, "settlement": ""},
        {"denied": True, "settled_at": MOMENT, "settled_by_id": None, "settlement": "x"},
        {"denied": True, "settled_at": None, "settled_by_id": 7, "settlement": "x"},
    ],
    "looks_two_people": [{"asked_by_id": 7, "decided_by_id": 7}],
    "looks_settled_by_another": [
        {"asked_by_id": 7, "decided_by_id": 8, "settled_by_id": 7},
        {"asked_by_id": 7, "decided_by_id": 8, "settled_by_id": 8},
    ],
    "link_ended_on_a_day": [
        {"state": "ENDED", "ended_by_id": 7, **DOUBT},
        {"state": "ENDED", "ended_date": DAY, **DOUBT},
        {"ended_by_id": 7},
        {"ended_date": DAY},
    ],
    "link_doubted_for_a_reason": [
        {"state": "DOUBTED", **DOUBT, "doubted_by_id": None},
        {"state": "DOUBTED", **DOUBT, "doubted_at": None},
        {"state": "DOUBTED", **DOUBT, "doubt": ""},
    ],
    "link_settled_by_another": [
        {**DOUBT, "kept_by_id": 8},
        {**DOUBT, "kept_by_id": 7, "user_id": 7},
        {"state": "ENDED", "ended_date": DAY, **DOUBT, "ended_by_id": 8},
        {"state": "ENDED", "ended_date": DAY, **DOUBT, "ended_by_id": 7, "user_id": 7},
    ],
    "agreement_two_people": [{"drafted_by_id": 7, "signed_by_id": 7}],
    "assignment_period": [{"valid_from": DAY, "valid_until": BEFORE}],
    "household_closed": [
        {"closed_date": DAY, "opened_date": LATER, "closed_reason": "MOVED"},
        {"closed_date": DAY},
        {"closed_reason": "MOVED"},
    ],
    "resident_death_after_birth": [{"birth_date": DAY, "died_date": BEFORE}],
    "membership_period": [{"valid_from": DAY, "valid_until": BEFORE}],
    "membership_annulled_empty": [
        {"annulled": True, "valid_from": DAY, "valid_until": LATER},
        {"annulled": True, "valid_from": DAY},
    ],
    "circumstance_subject": [{"household_id": 7}, {"resident_id": None}],
    "identification_subject": [{"household_id": 7}, {"resident_id": None}],
    "guardianship_guardian": [{"guardian_id": 7}, {"guardian_name": ""}],
    "guardianship_not_self": [{"guardian_id": 7, "ward_id": 7, "guardian_name": ""}],
    "guardianship_period": [{"valid_from": DAY, "valid_until": DAY}],
    "kinship_order": [{"a_id": 7, "b_id": 7}, {"a_id": 8, "b_id": 7}],
    "source_planned": [{"planned_fen": -1}],
    "line_amount": [{"amount_fen": -1}],
    "account_sums": [{"debit_fen": -1}, {"credit_fen": -1}],
    "account_floor": [
        {"floored": True, "debit_normal": True, "debit_fen": 1, "credit_fen": 2},
        {"floored": True, "debit_normal": False, "debit_fen": 2, "credit_fen": 1},
    ],
    "journal_not_empty": [{"transfers_count": 0}],
    "transfer_amount": [{"amount_fen": 0}],
    "transfer_two_accounts": [{"debit_id": 7, "credit_id": 7}],
    "carry_amount": [{"amount_fen": 0}],
    "carry_two_sources": [{"source_id": 7, "target_id": 7}],
    "carry_two_people": [
        {"state": "APPROVED", "out_journal_id": 7, "in_journal_id": 8},
        {"state": "APPROVED", "decided_by_id": 9, "in_journal_id": 8},
        {"state": "APPROVED", "decided_by_id": 9, "out_journal_id": 7},
        {"state": "REVERSED", "decided_by_id": 9, "proposed_by_id": 9, "out_journal_id": 7, "in_journal_id": 8},
    ],
    "proposal_amount": [{"amount_fen": -1}],
    "proposal_two_people": [
        {"decided_by_id": 9},
        {"state": "CONFIRMED"},
        {"state": "CONFIRMED", "proposed_by_id": 9, "decided_by_id": 9},
        {"state": "REFUSED", "proposed_by_id": 9, "decided_by_id": 9},
        {"state": "WITHDRAWN", "proposed_by_id": 9, "decided_by_id": 8},
    ],
    "award_amount": [{"amount_fen": 0}],
    "award_period": [{"valid_from": DAY, "valid_until": BEFORE}],
    "award_unit_owner": [{"unit": "PERSON"}, {"resident_id": 7}],
    "member_period": [{"valid_from": DAY, "valid_until": BEFORE}],
    "change_amount": [{"amount_fen": -1}],
    "occasion_due_after_opened": [{"opened_date": DAY, "due_date": BEFORE}],
    "month_amount": [{"amount_fen": 0}],
    "due_amount": [{"amount_fen": 0}],
    "payee_two_people": [
        {"state": "CONFIRMED", "relation": "UNKNOWN", "usable_date": DAY},
        {"state": "CONFIRMED", "relation": "UNKNOWN", "confirmed_by_id": 7},
        {"state": "CONFIRMED", "relation": "UNKNOWN", "usable_date": DAY, "confirmed_by_id": 7, "proposed_by_id": 7},
    ],
    "payee_holder": [
        {"relation": "SELF"},
        {"relation": "PROXY", "basis": ""},
        {"state": "CONFIRMED", "confirmed_by_id": 7, "usable_date": DAY},
    ],
    "payee_stopped_on_a_day": [
        {"state": "STOPPED", "relation": "UNKNOWN", "confirmed_by_id": 7, "usable_date": DAY},
    ],
    "receivable_amount": [{"amount_fen": 0}],
    "adjustment_decided": [{"decided_date": DAY}, {"state": "DISMISSED"}],
    "adjustment_amount": [{"state": "APPLIED", "decided_date": DAY}],
    "batch_checker_not_maker": [{"maker_id": 7, "checker_id": 7}],
    "batch_releaser_third": [
        {"maker_id": 7, "checker_id": 8, "releaser_id": 7},
        {"maker_id": 7, "checker_id": 8, "releaser_id": 8},
    ],
    "batch_hands": [{"state": "APPROVED"}, {"state": "RELEASED", "checker_id": 7}],
    "item_amount": [{"amount_fen": 0}],
    "opinion_two_people": [{"signed_by_id": 7, "reviewed_by_id": 7}],
    "publication_two_people": [{"prepared_by_id": 7, "posted_by_id": 7}],
    "decision_other_officer": [{"decided_by_id": 7, "reviewed_by_id": 7}],
    "renewal_two_people": [
        {"state": "RENEWED", "decided_by_id": 7},
        {"state": "RENEWED", "confirmed_by_id": 7},
        {"state": "RENEWED", "decided_by_id": 7, "confirmed_by_id": 7},
    ],
}
CONFIRMED = {"state": "CONFIRMED", "relation": "UNKNOWN", "usable_date": DAY, "confirmed_by_id": 7}
# Rules over some rows only: a second row that is inside, one that is outside; the first is inside too.
PARTIAL: Mapping[str, tuple[Row, Row]] = {
    "membership_one_open": ({"valid_until": None}, {"valid_until": LATER}),
    "membership_one_head": ({"relation": "HEAD"}, {"relation": "SON"}),
    "month_once": ({"state": "DUE"}, {"state": "VOIDED"}),
    "payee_one_confirmed": (CONFIRMED, {"state": "PROPOSED"}),
    "payee_one_proposed": ({}, CONFIRMED),
    "adjustment_one_waiting": ({"state": "AMOUNT"}, {"state": "DISMISSED", "decided_date": DAY}),
    "batch_one_open": ({"state": "PROPOSED"}, {"kind": "REISSUE"}),
    "item_one_live": ({"reissue_of_id": 7}, {}),
    "item_one_original": ({}, {"reissue_of_id": 7}),
    "item_reissued_once": ({}, {}),
    "carry_one_proposed": ({"state": "PROPOSED"}, {"state": "DECLINED"}),
    "proposal_one_waiting": ({"kind": "EXCESS"}, {"kind": "INFLOW"}),
    "adoption_one_first": ({"replaces_id": None}, {"replaces_id": 7}),
    "access_asked_once": ({"state": "PROPOSED"}, {"state": "WITHDRAWN"}),
    "link_one_of_user": ({}, {"state": "ENDED", "ended_by_id": 7, "ended_date": DAY, **DOUBT}),
    "link_one_of_resident": ({"of_post": False}, {"of_post": True}),
    "looks_asked_once": ({"state": "PROPOSED"}, {"state": "WITHDRAWN"}),
    "view_shown_by_itself": ({"is_default": True}, {"is_default": False}),
    "check_one_waits": ({"state": "WAITING"}, {"state": "DONE"}),
}
# What both rows say where another rule would refuse them too.
APART: Mapping[str, Row] = {"payee_version": {"state": "REPLACED"}}
# Steps that the first row has taken before the second comes.
STEPS: Mapping[str, list[str]] = {"item_one_original": ["APPROVED", "IN_TRANSIT", "RETURNED"]}
PLAIN_VALUES = {
    "BooleanField": False,
    "DateField": DAY,
    "DateTimeField": MOMENT,
    "JSONField": json.dumps([]),
    "BinaryField": b"x",
}
_numbers = itertools.count(1000)


def value(field: models.Field[Any, Any]) -> Any:
    """A value of the field's type; a new one each time, where the type has many."""
    number = next(_numbers)
    kind = field.get_internal_type()
    if isinstance(field, models.ForeignKey) or "Integer" in kind or "AutoField" in kind:
        return number
    return PLAIN_VALUES.get(kind, f"x{number}"[-(field.max_length or 99) :])


def row(table: str, given: Row) -> dict[str, Any]:
    """A plain row of the table, saying what is given."""
    made = {
        field.column: None if field.null else value(field)  # type: ignore[attr-defined]
        for field in MODELS[table]._meta.local_fields
    }
    begun = {"state": FLOWS[table].begins[0]} if table in FLOWS else {}
    return {**made, **begun, **PLAIN.get(table, {}), **given}


def begin_anywhere(table: str) -> None:
    """Rows of another rule are written in any state: where they begin is a rule of its own, switched off here."""
    if table in FLOWS:
        switch_off(f"{table}_begins", table)


def write(table: str, values: Row) -> Row:
    """Insert the row past the model."""
    columns = ", ".join(f'"{name}"' for name in values)
    holes = ", ".join(["%s"] * len(values))
    run(f'INSERT INTO "{table}" ({columns}) VALUES ({holes})', list(values.values()))
    return values


def run(statement: str, values: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def set_to(table: str, before: Row, changes: Row) -> None:
    """Update the one row."""
    key = MODELS[table]._meta.pk.column
    names = ", ".join(f'"{name}" = %s' for name in changes)
    run(f'UPDATE "{table}" SET {names} WHERE "{key}" = %s', [*changes.values(), before[key]])


@pytest.fixture(autouse=True)
def _nothing_stays(db: None) -> Iterator[None]:
    """Made-up keys are rolled back before anybody looks at them."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def refused(text: str) -> Iterator[None]:
    """The statement fails by the rule that has this text, and no other."""
    with pytest.raises(DatabaseError, match=re.escape(text)), transaction.atomic():
        yield


def checks() -> Iterator[tuple[str, str, Row]]:
    for table, model in MODELS.items():
        for rule in model._meta.constraints:
            if isinstance(rule, models.CheckConstraint):
                for given in CHECKS.get(rule.name, ()):
                    yield table, rule.name, given


def uniques() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Table, name of the rule (the column's where it has none), columns."""
    for table, model in MODELS.items():
        for rule in model._meta.constraints:
            if isinstance(rule, models.UniqueConstraint):
                yield table, rule.name, tuple(model._meta.get_field(name).column for name in rule.fields)
        for field in model._meta.local_fields:
            if field.unique and not field.primary_key:
                yield table, field.column, (field.column,)


def plain_refusals() -> list[triggers.Trigger]:
    return [t for t in triggers._registered.values() if t.name in {f"{t.table}_no_update", f"{t.table}_no_delete"}]


@pytest.mark.parametrize("table", sorted(MODELS))
def test_a_plain_row_is_taken(table: str) -> None:
    write(table, row(table, {}))


@pytest.mark.parametrize(("table", "rule", "given"), list(checks()))
def test_a_row_that_breaks_the_check_is_refused(table: str, rule: str, given: Row) -> None:
    begin_anywhere(table)
    with refused(rule):
        write(table, row(table, given))


def first_and_second(table: str, rule: str, columns: tuple[str, ...]) -> tuple[Row, dict[str, Any]]:
    """A row in place and another one with the same key inside the rule."""
    begin_anywhere(table)
    inside, _outside = PARTIAL.get(rule, (APART.get(rule, {}), {}))
    start = {} if rule == "item_one_live" else inside
    first = row(
        table, {name: value(MODELS[table]._meta.get_field(name)) for name in columns} | PLAIN.get(table, {}) | start
    )
    write(table, first)
    for state in STEPS.get(rule, ()):
        set_to(table, first, {"state": state})
    return first, row(table, {name: first[name] for name in columns} | inside)


@pytest.mark.parametrize(("table", "rule", "columns"), list(uniques()))
def test_a_second_row_of_the_same_key_is_refused(table: str, rule: str, columns: tuple[str, ...]) -> None:
    _first, second = first_and_second(table, rule, columns)

    if connection.vendor == "sqlite":  # which names the columns
        text = ", ".join(f"{table}.{name}" for name in columns)
    else:
        text = f"Key ({rule})=" if columns == (rule,) else f'"{rule}"'
    with refused(text):
        write(table, second)


@pytest.mark.parametrize(
    ("table", "rule", "columns", "other"),
    [(table, rule, columns, name) for table, rule, columns in uniques() for name in columns if len(columns) > 1],
)
def test_a_row_that_differs_in_one_column_of_the_key_is_taken(
    table: str, rule: str, columns: tuple[str, ...], other: str
) -> None:
    first, second = first_and_second(table, rule, columns)
    field = next(field for field in MODELS[table]._meta.local_fields if field.column == other)
    if other == "a_id":  # the smaller of a pair
        another: Any = 1
    elif isinstance(field, models.BooleanField):
        another = not first[other]
    else:
        another = LATER if first[other] == DAY else value(field)

    write(table, {**second, other: another})


@pytest.mark.parametrize(("table", "rule", "columns"), [one for one in uniques() if one[1] in PARTIAL])
def test_a_row_outside_the_rule_is_taken(table: str, rule: str, columns: tuple[str, ...]) -> None:
    first, second = first_and_second(table, rule, columns)
    if rule in {"item_one_live", "item_reissued_once"}:  # outside means voided: a payment gets there by steps
        set_to(table, first, {"state": "VOIDED"})
        write(table, second)
    else:
        write(table, {**second, **PARTIAL[rule][1]})


@pytest.mark.parametrize("trigger", plain_refusals(), ids=lambda trigger: trigger.name)
def test_what_is_kept_for_ever_is_not_changed_or_removed(trigger: triggers.Trigger) -> None:
    kept = write(trigger.table, row(trigger.table, {}))
    key = MODELS[trigger.table]._meta.pk.column

    with refused(said_by(trigger)):
        if trigger.event == "BEFORE UPDATE":
            set_to(trigger.table, kept, {key: kept[key]})
        else:
            run(f'DELETE FROM "{trigger.table}" WHERE "{key}" = %s', [kept[key]])


def said_by(trigger: triggers.Trigger) -> str:
    """The message with which it refuses."""
    found = re.search(r"RAISE\(ABORT, '(.+?)'\)", trigger.sqlite)
    assert found, trigger.name
    return found[1]


# One change of a row, or one row more, that the trigger named refuses.
FIXED: Mapping[str, list[Row]] = {
    "awards_payeeaccount_fixed": [
        {"account_envelope": "y"},
        {"account_index": "y"},
        {"holder_name": "y"},
        {"relation": "UNKNOWN"},
        {"basis": "y"},
        {"holder_id": 7},
        {"bank_name": "y"},
        {"unit_key": "y"},
        {"row_key": "y"},
        {"version": 7},
    ],
    "ledger_carryover_fixed": [
        {"number": "y"},
        {"source_id": 7},
        {"target_id": 7},
        {"amount_fen": 7},
        {"reference": "y"},
        {"reason": "y"},
        {"proposed_by_id": 7},
    ],
    "ledger_proposal_fixed": [
        {"number": "y"},
        {"kind": "WAIVER"},
        {"subject": "y"},
        {"target_id": 7},
        {"household_id": 7},
        {"caused_by_id": 7},
        {"amount_fen": 7},
        {"rules_fen": 7},
        {"before_fen": 7},
        {"on_date": LATER},
        {"reference": "y"},
        {"paper": "y"},
        {"reason": "y"},
        {"proposed_by_id": 7},
    ],
    "residents_residentaccount_fixed": [
        {"number": "y"},
        {"user_id": 7},
        {"resident_id": 7},
        {"linked_by_id": 7},
        {"linked_at": datetime(2026, 3, 10, tzinfo=UTC)},
    ],
    "payments_paymentitem_fixed": [
        {"amount_fen": 7},
        {"account_id": 7},
        {"award_id": 7},
        {"unit_key": "y"},
        {"programme": "y"},
        {"month_date": LATER},
        {"part": 7},
        {"source_id": 7},
        {"batch_id": 7},
        {"seq": 7},
        {"reissue_of_id": 7},
    ],
    "foundation_rowtally_grows": [
        {"rows": 0},
    ],
    "payments_paymenttally_grows": [
        {"items": 0},
        {"months": 0},
    ],
    "payments_paymentbatch_fixed": [
        {"maker_id": 7},
        {"lines_digest": "y"},
        {"total_fen": 7},
        {"number": "y"},
        {"fund_id": 7},
        {"kind": "REISSUE"},
        {"month_date": LATER},
    ],
}


@pytest.mark.parametrize(("name", "changes"), [(name, one) for name, many in FIXED.items() for one in many])
def test_what_is_fixed_does_not_change(name: str, changes: Row) -> None:
    trigger = triggers._registered[name]
    before = write(trigger.table, row(trigger.table, {}))

    with refused(said_by(trigger)):
        set_to(trigger.table, before, changes)


@pytest.mark.parametrize("column", ["checker_id", "releaser_id"])
@pytest.mark.parametrize("after", [9, None])
def test_who_approved_and_released_stays(column: str, after: int | None) -> None:
    batch = write("payments_paymentbatch", row("payments_paymentbatch", {}))
    set_to("payments_paymentbatch", batch, {"state": "APPROVED", "checker_id": 7})
    set_to("payments_paymentbatch", batch, {"state": "RELEASED", "releaser_id": 8})

    with refused("who made a batch and what it pays is never rewritten"):
        set_to("payments_paymentbatch", batch, {column: after})


@pytest.mark.parametrize("changes", [{"ended_by_id": 9}, {"ended_date": LATER}, {"doubt": "y"}, {"community_id": 9}])
def test_a_link_that_ended_stays_as_it_is(changes: Row) -> None:
    link = write("residents_residentaccount", row("residents_residentaccount", {}))
    set_to("residents_residentaccount", link, {"state": "DOUBTED", **DOUBT})
    set_to("residents_residentaccount", link, {"state": "ENDED", "ended_by_id": 7, "ended_date": DAY})

    with refused("whose account was linked to whom is never rewritten"):
        set_to("residents_residentaccount", link, changes)


@pytest.mark.parametrize("column", ["decided_by_id", "out_journal_id", "in_journal_id"])
@pytest.mark.parametrize("after", [11, None])
def test_who_approved_a_carry_over_and_its_vouchers_stay(column: str, after: int | None) -> None:
    carried = write("ledger_carryover", row("ledger_carryover", {}))
    approved = {"state": "APPROVED", "decided_by_id": 7, "out_journal_id": 8, "in_journal_id": 9}
    set_to("ledger_carryover", carried, approved)

    with refused("what was proposed to be carried over is never rewritten"):
        set_to("ledger_carryover", carried, {column: after})


@pytest.mark.parametrize("day", [LATER, None])
def test_the_day_of_a_payment_stays(day: date | None) -> None:
    item = write("payments_paymentitem", row("payments_paymentitem", {}))
    set_to("payments_paymentitem", item, {"state": "APPROVED"})
    set_to("payments_paymentitem", item, {"state": "IN_TRANSIT"})
    set_to("payments_paymentitem", item, {"state": "PAID", "paid_date": DAY})
    set_to("payments_paymentitem", item, {"state": "RETURNED"})

    with refused("the day of a payment is never rewritten"):
        set_to("payments_paymentitem", item, {"paid_date": day})


def test_a_payment_is_paid_on_a_day() -> None:
    item = write("payments_paymentitem", row("payments_paymentitem", {}))
    set_to("payments_paymentitem", item, {"state": "APPROVED"})
    set_to("payments_paymentitem", item, {"state": "IN_TRANSIT"})

    with refused("item_paid_on_a_day"):
        set_to("payments_paymentitem", item, {"state": "PAID"})


@pytest.mark.parametrize("table", sorted(FLOWS))
def test_a_row_begins_where_its_workflow_does(table: str) -> None:
    wrong = next(str(state) for state in FLOWS[table].states if state not in FLOWS[table].begins)

    with refused(f"no such beginning of {table}"):
        write(table, row(table, {"state": wrong}))


# What other rules ask of a row in the state, so that they let it pass.
ELSE: Mapping[tuple[str, str], Row] = {
    ("awards_payeeaccount", "STOPPED"): {
        "confirmed_by_id": 7,
        "proposed_by_id": 8,
        "usable_date": DAY,
        "stopped_date": DAY,
    },
    ("ledger_carryover", "REVERSED"): {"decided_by_id": 7, "out_journal_id": 8, "in_journal_id": 9},
    ("payments_paymentbatch", "CLOSED"): {"checker_id": 7, "releaser_id": 8},
    ("payments_paymentbatch", "RELEASED"): {"checker_id": 7, "releaser_id": 8},
    ("payments_paymentitem", "PAID"): {"paid_date": DAY},
}

# What a row must have said from its beginning, since nobody may say it later.
WHOLE: Mapping[str, Row] = {"awards_payeeaccount": {"relation": "UNKNOWN"}}


@pytest.mark.parametrize("table", sorted(FLOWS))
def test_a_state_changes_by_the_steps_of_its_workflow_alone(table: str) -> None:
    before, flow = write(table, row(table, WHOLE.get(table, {}))), FLOWS[table]
    for state in map(str, flow.states):
        if state != before["state"] and (before["state"], state) not in flow.edges:
            with refused(f"no such step of {table}"):
                set_to(table, before, {"state": state, **ELSE.get((table, state), {})})


@pytest.mark.parametrize(("day", "locked"), [(BEFORE, True), (DAY, True), (LATER, False)])
def test_a_locked_month_takes_no_journal(day: date, locked: bool) -> None:
    write("ledger_lockedmonth", row("ledger_lockedmonth", {"fund_id": 7, "first_date": DAY, "until_date": LATER}))
    journal = row("ledger_journal", {"fund_id": 7, "on_date": day})

    if not locked:
        write("ledger_journal", journal)
        return
    with refused("the month is locked"):
        write("ledger_journal", journal)


def test_a_locked_month_is_that_of_its_fund() -> None:
    write("ledger_lockedmonth", row("ledger_lockedmonth", {"fund_id": 7, "first_date": DAY, "until_date": LATER}))

    write("ledger_journal", row("ledger_journal", {"fund_id": 8, "on_date": DAY}))


def test_a_transfer_moves_the_sums_of_its_two_accounts() -> None:
    for key in (7, 8, 9):
        write("ledger_account", row("ledger_account", {"id": key, "debit_fen": 0, "credit_fen": 0}))
    write("ledger_transfer", row("ledger_transfer", {"debit_id": 7, "credit_id": 8, "amount_fen": 5}))

    with connection.cursor() as cursor:
        cursor.execute("SELECT debit_fen, credit_fen FROM ledger_account WHERE id IN (7, 8, 9) ORDER BY id")
        assert cursor.fetchall() == [(5, 0), (0, 5), (0, 0)]


SPAN = {"resident_id": 7, "programme": "x", "valid_from": date(2026, 3, 1), "valid_until": date(2026, 4, 1)}
TOUCHING = [
    ({"valid_until": date(2026, 3, 1), "valid_from": date(2026, 2, 1)}, False),
    ({"valid_until": date(2026, 3, 2), "valid_from": date(2026, 2, 1)}, True),
    ({"valid_from": date(2026, 3, 31), "valid_until": date(2026, 5, 1)}, True),
    ({"valid_from": date(2026, 4, 1), "valid_until": date(2026, 5, 1)}, False),
    ({"valid_from": date(2026, 3, 10), "valid_until": date(2026, 3, 10)}, False),
    ({"resident_id": 8}, False),
    ({"programme": "y"}, False),
]


@pytest.mark.parametrize(("given", "twice"), TOUCHING)
@pytest.mark.parametrize("later", [False, True], ids=["insert", "update"])
def test_a_person_is_protected_once(given: Row, twice: bool, later: bool) -> None:
    write("awards_awardmember", row("awards_awardmember", SPAN))
    other = row("awards_awardmember", {**SPAN, **given})

    def second() -> None:
        if later:
            set_to("awards_awardmember", apart, {name: other[name] for name in SPAN})
        else:
            write("awards_awardmember", other)

    apart = write("awards_awardmember", row("awards_awardmember", {})) if later else {}
    if not twice:
        second()
        return
    with refused("a person is protected once by a programme on any day"):
        second()


def test_fifteen_thousand_people_are_protected_in_one_act() -> None:
    """A lock for each of them used up the memory that all connections share: nobody could be granted anything."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer and takes no locks")
    given = row("awards_awardmember", SPAN)
    columns = ", ".join(f'"{name}"' for name in given)
    values = ", ".join("person" if name == "resident_id" else "%s" for name in given)
    told = [value for name, value in given.items() if name != "resident_id"]
    if "id" in given:
        values = values.replace("%s", "1000000 + person", 1) if next(iter(given)) == "id" else values
        told = told[1:]

    run(f"INSERT INTO awards_awardmember ({columns}) SELECT {values} FROM generate_series(1, 15000) person", told)

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
        assert cursor.fetchone()[0] == 512
    with refused("a person is protected once by a programme on any day"):
        write("awards_awardmember", {**row("awards_awardmember", SPAN), "resident_id": 14_999})


def test_every_rule_of_the_database_has_its_failing_statement() -> None:
    tried = {rule for _table, rule, _columns in uniques()} | {rule for _table, rule, _given in checks()}
    tried |= {"item_paid_on_a_day"}
    keys = {(table, columns) for table, _rule, columns in uniques()}
    fired = {trigger.name for trigger in plain_refusals()} | set(FIXED)
    fired |= {f"{table}_{rule}" for table in FLOWS for rule in ("begins", "steps")}
    fired |= {"foundation_demonstration_begins"}  # tests/config/test_guard.py
    fired |= {"payments_paymentitem_paid_once", "ledger_journal_month_open"}
    fired |= {"ledger_transfer_balances", "awards_member_no_overlap_insert", "awards_member_no_overlap_update"}
    # These refuse nothing, they keep sums: what they kept is summed anew by the room's invariants and their tests.
    fired |= {"payments_paymentitem_sums", "payments_paymentitem_sums_move"}
    fired |= {"awards_award_sums", "awards_award_sums_move", "ledger_transfer_days"}
    # These refuse nothing either: they note what is reckoned anew (tests/assistance/test_turns.py).
    fired |= {f"{table}_turn_{word}" for table in TURNED_BY for word in ("new", "else")}
    # Nor do these: they note what an act wrote (tests/foundation/trail/test_digests.py).
    fired |= {f"{table}_touched_{event}" for table in touched.evidence() for event in ("insert", "update", "delete")}
    # Nor these: they count rows with their owner (tests/foundation/data/test_tallies.py).
    fired |= {family.trigger().name for family in tallies.families().values()}
    fired |= {f"{table}_due_{word}" for table in DUE_BY for word in ("new", "else")}  # tests/awards/test_dues.py
    sums = (
        "awards_due_sums",
        "assistance_application_sums",
        "assistance_running_sums",
        "notifications_undelivered_sums",
    )
    fired |= {f"{name}{ending}" for name in sums for ending in ("", "_move", "_gone")}
    # These neither: rows that an index is entered by (tests/assistance/test_kept.py, tests/notifications).
    fired |= {f"assistance_clock_runs_{word}" for word in ("new", "else")} | {"assistance_application_runs_else"}
    fired |= {f"assistance_application_claims_{word}" for word in ("new", "else")}
    fired |= {f"notifications_{one}_waits" for one in ("letter", "delivery", "deliveryundone")}
    open_rules = []
    with connection.cursor() as cursor:
        for table in MODELS:
            for name, rule in connection.introspection.get_constraints(cursor, table).items():
                if rule["primary_key"] or not (rule["unique"] or rule["check"]):
                    continue
                if rule["check"] and of_the_type(table, name, rule["columns"]):
                    continue
                if name not in tried and (table, tuple(rule["columns"])) not in keys:
                    open_rules.append((table, name))
    open_rules += [("trigger", name) for name, _table, _text in triggers._present(connection) if name not in fired]

    assert open_rules == []
    assert all(one in PARTIAL for one in conditional()), "say what is inside and outside"


def conditional() -> set[str]:
    """Names of the rules that hold for some rows only."""
    rules = [rule for model in MODELS.values() for rule in model._meta.constraints]
    return {rule.name for rule in rules if isinstance(rule, models.UniqueConstraint) and rule.condition is not None}


def of_the_type(table: str, name: str, columns: list[str]) -> bool:
    """A check that Django writes for the type of one column (whole numbers from nought, JSON)."""
    if name in {rule.name for rule in MODELS[table]._meta.constraints}:
        return False
    fields = {field.column: field for field in MODELS[table]._meta.local_fields}
    return len(set(columns)) == 1 and fields[columns[0]].db_check(connection) is not None
