"""Plan against actual: every number stands on records, and what has none says so."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection

from linli.foundation.data.scope import NOWHERE, Scope
from linli.foundation.measures import Figure, measures
from linli.kernel.period import Month
from linli.law.policies.engine import load_pack
from linli.overview.planning.engine import plan_from_pack
from linli.overview.planning.queries import plan_versus_actual
from linli.overview.planning.queries.actual import Taken, Year, taken_by
from linli.overview.planning.queries.aims import aims
from tests.planning.conftest import Lived
from tests.policies.engine.support import HARBOUR

NOT_YET = {
    "LONE_ELDERS_SERVED",  # recognised, and paid where they are poor; but nobody keeps records of services
    "DISABLED_SERVED",
    "UNEMPLOYED_SERVED",
    "FREQUENCY_HOME_VISIT",  # three visits a week
    "FREQUENCY_COUNSELLING",  # two events a month
    "SEATS_VOCATIONAL_TRAINING",  # classes of 30
    "SHARE_VOCATIONAL_TRAINING",  # 80 % borne
    "VOLUNTEER_HOURS_WEEK",
    "VOLUNTEER_HOURS_YEAR",
    "COUNSELLING_ATTENDANCE",
    "COUNSELLING_SATISFACTION",
    "TRAINEES",
    "EMPLOYED_AFTER_TRAINING",
    "NOTE_1",  # quality of life, well-being and satisfaction (S2 四): an aim without a number
}


def tear_out(statements: list[str]) -> None:
    """Remove rows as nobody may: without triggers and without foreign keys."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')
            cursor.execute("PRAGMA foreign_keys = OFF")
        else:
            cursor.execute("SET session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement)


class TestEveryMeasure:
    """A figure and its list are one set: what the lines come to is the number."""

    def taken(self, lived: Lived) -> list[tuple[Figure, Taken]]:
        year = Year(lived.scope, lived.community_id, lived.pack, lived.plan, date(2026, 4, 30), lived.fund_id)
        found = [taken_by(year, aim) for aim in aims(lived.pack, lived.plan)]
        return [(year.figure(one), one) for one in found if one]

    def test_of_money_adds_up_to_its_lines(self, lived: Lived):
        sums = {
            one.code: [figure.value, sum(line[-1] for line in lines_of(one))]
            for figure, one in self.taken(lived)
            if one.measure.fen
        }

        assert set(sums) == {"payments.fen_paid", "ledger.fen_received"}
        assert [value for value, lines in sums.values()] == [lines for value, lines in sums.values()]

    def test_of_people_counts_its_lines(self, lived: Lived):
        counted = [
            (one.code, one.of, figure.value, len(lines_of(one)))
            for figure, one in self.taken(lived)
            if not one.measure.fen and one.measure.counts is None
        ]

        assert sum(value for _code, _of, value, _lines in counted) > 10
        assert [row for row in counted if row[2] != row[3]] == []

    def test_is_taken_for_something(self, lived: Lived):
        assert {one.code for _figure, one in self.taken(lived)} == set(measures)


def lines_of(taken: Taken) -> tuple[tuple[Any, ...], ...]:
    return taken.measure.lines(taken.window, taken.by, taken.of).rows


class TestRows:
    def test_counts_households_paid_once_each(self, lived: Lived):
        row = lived.rows()["HOUSEHOLDS_AIDED"]

        assert (row.target, row.actual, row.unit, row.source_count) == (200, 2, "HOUSEHOLDS", 2)

    def test_a_household_paid_twice_is_still_one(self, lived: Lived):
        lived.pay(Month(2026, 5), date(2026, 5, 11))

        row = lived.rows(on=date(2026, 5, 31))["HOUSEHOLDS_AIDED"]

        assert (row.actual, row.source_count) == (2, 4)

    def test_sums_what_the_bank_paid(self, lived: Lived):
        row = lived.rows()["AID_PAID"]

        assert (row.target, row.actual, row.unit, row.source_count) == (100_000_000, 160_000, "FEN", 4)

    def test_a_returned_payment_is_not_paid(self, lived: Lived):
        lived.pay(Month(2026, 5), date(2026, 5, 11), returned=(1,))

        row = lived.rows(on=date(2026, 5, 31))["AID_PAID"]

        assert row.source_count == 7

    def test_counts_recognised_people_where_the_target_counts_people(self, lived: Lived):
        row = lived.rows()["GROUP_LONE_ELDER"]

        assert (row.target, row.actual, row.unit, "2 households" in row.note.en) == (50, 2, "PERSONS", True)

    def test_says_of_people_recognised_that_they_are_recognised_not_served(self, lived: Lived):
        rows = lived.rows()

        assert (rows["GROUP_LONE_ELDER"].label.en, rows["LONE_ELDERS_SERVED"].built) == (
            "Lone elder: recognised",
            False,
        )

    def test_counts_recognised_households_where_the_target_counts_households(self, lived: Lived):
        row = lived.rows()["GROUP_LOW_INCOME"]

        assert (row.target, row.actual, row.unit) == (200, 2, "HOUSEHOLDS")

    def test_a_group_nobody_was_recognised_for_is_zero_not_unknown(self, lived: Lived):
        row = lived.rows()["GROUP_DISABLED"]

        assert (row.actual, row.built) == (0, True)

    def test_recognitions_made_later_do_not_count(self, lived: Lived):
        assert lived.rows(on=date(2026, 3, 10))["GROUP_LONE_ELDER"].actual == 0

    def test_counts_who_was_on_the_books_when_the_year_began(self, lived: Lived):
        row = lived.rows()["OPENING_CASELOAD_BASE_AWARD"]

        # All were granted in March.
        assert (row.target, row.actual) == (180, 0)

    def test_counts_applications_with_those_granted(self, lived: Lived):
        row = lived.rows()["APPLICATIONS"]

        assert (row.target, row.actual, "2 of them granted" in row.note.en) == (None, 3, True)

    def test_what_is_not_recorded_has_no_number(self, lived: Lived):
        rows = lived.rows().values()

        unbuilt = {row.code: (row.actual, row.source_count, row.drill) for row in rows if not row.built}
        assert unbuilt == dict.fromkeys(NOT_YET, (None, 0, None))

    def test_every_target_of_the_plan_has_a_row_and_none_appears_twice(self, lived: Lived):
        rows = plan_versus_actual(
            lived.scope,
            community_id=lived.community_id,
            pack=lived.pack,
            plan=lived.plan,
            on=date(2026, 4, 30),
            fund_id=lived.fund_id,
        )

        codes = [row.code for row in rows]
        assert {target.code for target in lived.plan.targets} <= set(codes)
        assert len(codes) == len(set(codes))

    def test_pace_is_the_share_of_the_plan_that_is_over(self, lived: Lived):
        paces = [
            lived.rows(on=day)["AID_PAID"].pace
            for day in (date(2025, 12, 1), date(2026, 7, 2), date(2026, 12, 31), date(2027, 2, 1))
        ]

        assert paces == [0, 501, 1000, 1000]

    def test_without_a_fund_nothing_was_paid(self, lived: Lived):
        rows = lived.rows(fund_id=None)

        figures = [rows[code].actual for code in ("HOUSEHOLDS_AIDED", "AID_PAID", "OPENING_CASELOAD_BASE_AWARD")]
        assert figures == [0, 0, 0]

    def test_a_fund_out_of_scope_is_not_there(self, lived: Lived):
        with pytest.raises(ObjectDoesNotExist):
            plan_versus_actual(
                NOWHERE,
                community_id=lived.community_id,
                pack=lived.pack,
                plan=lived.plan,
                on=date(2026, 4, 30),
                fund_id=lived.fund_id,
            )

    def test_recognitions_out_of_scope_do_not_count(self, lived: Lived):
        rows = plan_versus_actual(
            Scope(communities=frozenset([lived.community.sibling.pk])),
            community_id=lived.community_id,
            pack=lived.pack,
            plan=lived.plan,
            on=date(2026, 4, 30),
            fund_id=None,
        )

        assert {row.code: row.actual for row in rows}["GROUP_LONE_ELDER"] == 0


class TestAnotherScheme:
    def test_its_targets_are_measured_by_the_same_functions(self, lived: Lived):
        pack = load_pack(HARBOUR)

        rows = lived.rows(pack=pack, plan=plan_from_pack(pack), fund_id=None)

        assert {code: (row.built, row.actual) for code, row in rows.items()} == {
            "HOMES_WARMED": (True, 0),
            "CALL_HOURS": (False, None),
            "WORKSHOP": (False, None),
            "GROUP_STORM_HIT": (True, 0),
            "GROUP_RETIRED_CREW": (True, 0),
            "GROUP_APPRENTICE": (True, 0),
            "RECIPIENTS_STIPEND": (True, 0),
            "OPENING_CASELOAD_HEATING": (True, 0),
            "OPENING_CASELOAD_STIPEND": (True, 0),
            "SOURCE_PORT_DUES": (True, 0),
            "SOURCE_SHIPOWNERS": (True, 0),
            "FREQUENCY_HARBOUR_CALL": (False, None),
            "FREQUENCY_NET_TALK": (False, None),
            "SEATS_BOAT_WORKSHOP": (False, None),
            "SHARE_BOAT_WORKSHOP": (False, None),
            "INTAKE_ANSWERS": (True, 0),
            "APPLICATIONS": (True, 0),
        }


class TestStandsOnRecords:
    def changed(self, lived: Lived, *statements: str) -> dict[str, tuple[int | None, int | None]]:
        before = lived.rows()
        tear_out(list(statements))
        after = lived.rows()
        return {
            code: (before[code].actual, row.actual) for code, row in after.items() if row.actual != before[code].actual
        }

    def test_without_one_payment_the_figures_on_it_change_and_no_other(self, committed: Lived):
        statement = (
            "DELETE FROM payments_paymentitem WHERE id = "
            "(SELECT min(id) FROM payments_paymentitem WHERE programme = 'ELDER_SUPPLEMENT')"
        )

        assert self.changed(committed, statement) == {
            "AID_PAID": (160_000, 130_000),
            "RECIPIENTS_ELDER_SUPPLEMENT": (2, 1),
        }

    def test_without_one_open_application_only_their_number_changes(self, committed: Lived):
        statement = "DELETE FROM assistance_application WHERE id = (SELECT max(id) FROM assistance_application)"

        assert self.changed(committed, statement) == {"APPLICATIONS": (3, 2)}

    def test_without_a_granted_application_its_recognitions_are_gone_too(self, committed: Lived):
        statement = "DELETE FROM assistance_application WHERE id = (SELECT min(id) FROM assistance_application)"

        assert self.changed(committed, statement) == {
            "APPLICATIONS": (3, 2),
            "GROUP_LONE_ELDER": (2, 1),
            "GROUP_LOW_INCOME": (2, 1),
            "INTAKE_ANSWERS": (2, 1),
        }
