"""Aims that our packs do not have but another's may: money received, aims in words, figures without a measure."""

from dataclasses import replace
from datetime import date

from linli.aid.assistance.queries.measures import application_counts
from linli.kernel.bilingual import Text
from linli.overview.planning.engine.plan import Target
from tests.planning.conftest import Lived


class TestOtherAims:
    def test_money_received_from_a_source_is_measured_on_its_receipts(self, lived: Lived):
        target = Target("RECEIVED", Text("拨款到账", "Grants received"), "sources.GOVERNMENT.amount")
        row = lived.rows(plan=replace(lived.plan, targets=(target,)))["RECEIVED"]

        assert (row.target, row.actual, row.source_count) == (60_000_000, 500_000, 1)

    def test_without_a_fund_nothing_was_received(self, lived: Lived):
        target = Target("RECEIVED", Text("拨款到账", "Grants received"), "sources.GOVERNMENT.amount")
        row = lived.rows(plan=replace(lived.plan, targets=(target,)), fund_id=None)["RECEIVED"]

        assert row.actual == 0

    def test_a_line_that_pays_no_programme_is_not_recorded_yet(self, lived: Lived):
        target = Target("TRAINING_PAID", Text("培训支出", "Training paid"), "budget_lines.TRAINING.amount")
        row = lived.rows(plan=replace(lived.plan, targets=(target,)))["TRAINING_PAID"]

        assert (row.built, row.actual) == (False, None)

    def test_an_aim_in_words_has_a_row_without_numbers(self, lived: Lived):
        assert lived.pack.plan is not None
        noted = replace(lived.pack.plan, notes=(Text("生活质量提升", "Quality of life improves"),))
        row = lived.rows(pack=replace(lived.pack, plan=noted))["NOTE_1"]

        assert (row.label.en, row.target, row.actual, row.built) == ("Quality of life improves", None, None, False)


class TestCounts:
    def test_without_a_scheme_all_are_counted(self, lived: Lived):
        day = date(2026, 4, 30)

        assert sum(application_counts(lived.scope, lived.community_id, day).values()) == 3
