from dataclasses import replace

import pytest

from linli.overview.planning.engine import Change, cash_flow, check, fatal, first_shortage, propose_variant
from linli.overview.planning.engine.adoption import WarningsNotAccepted, adoption_of
from linli.overview.planning.engine.variant import distance
from tests.planning.engine.plans import community_plan, harbour_plan


class TestVariant:
    def test_of_the_community_plan_has_nothing_fatal(self):
        assert fatal(check(propose_variant(community_plan()).plan)) == ()

    def test_of_the_community_plan_lasts_the_whole_year(self):
        assert first_shortage(cash_flow(propose_variant(community_plan()).plan)) is None

    def test_keeps_everybody_and_every_month(self):
        changed = {change.path for change in propose_variant(community_plan()).changes}

        assert changed == {
            "parameters.base_award_monthly_fen",
            "parameters.elder_supplement_monthly_fen",
            "volunteers.registered",
            "volunteers.services_per_month",
        }

    def test_says_why_for_every_way_taken(self):
        assert len(propose_variant(community_plan()).why) == 2

    def test_of_a_foreign_plan_lasts_as_long_as_its_fund(self):
        assert first_shortage(cash_flow(propose_variant(harbour_plan()).plan)) is None

    def test_of_a_plan_that_can_be_lived_is_the_plan(self):
        plan = propose_variant(community_plan()).plan

        assert propose_variant(plan).changes == ()

    def test_is_none_when_the_search_finds_none(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr("linli.overview.planning.engine.variant._MOST_STEPS", 1)

        assert propose_variant(community_plan()) is None

    def test_is_none_when_a_fatal_finding_has_no_way_out(self):
        # Nobody gives money, nothing can be set aside, and awards of one fen cannot shrink.
        plan = replace(community_plan(), sources=(), visits=()).with_changes(
            [
                Change("budget_lines.ECONOMIC_AID.amount", 0),
                Change("parameters.base_award_monthly_fen", 1),
                Change("parameters.elder_supplement_monthly_fen", 1),
            ]
        )

        assert propose_variant(plan) is None


class TestDistance:
    def test_is_nothing_between_the_same_figures(self):
        assert distance(community_plan(), community_plan()) == 0

    def test_counts_a_doubled_figure_as_a_thousand_squared(self):
        doubled = community_plan().with_changes([Change("volunteers.registered", 120)])

        assert distance(community_plan(), doubled) == 1_000_000

    def test_counts_a_code_as_much_as_a_doubled_figure(self):
        other = community_plan().with_changes([Change("ratios.LOW_INCOME.of", "HOUSEHOLDS")])

        assert distance(community_plan(), other) == 1_000_000

    def test_counts_half_a_year_of_months_as_much_as_a_doubled_figure(self):
        other = community_plan().with_changes([Change("programmes.BASE_AWARD.last_month", "2026-06")])

        assert distance(community_plan(), other) == 1_000_000


class TestAdoption:
    def test_is_refused_while_a_serious_finding_is_not_accepted(self):
        keys = [finding.key for finding in check(community_plan()) if finding.code != "TRAINEES_EXCEED_GROUP"]

        with pytest.raises(WarningsNotAccepted) as refusal:
            adoption_of(community_plan(), accepted=keys)

        assert refusal.value.details["missing"] == (("TRAINEES_EXCEED_GROUP", "VOCATIONAL_TRAINING"),)

    def test_records_the_text_and_every_finding_as_it_stood(self):
        plan = community_plan()
        findings = check(plan)

        adoption = adoption_of(plan, accepted=[finding.key for finding in findings])

        assert (adoption.plan_digest, [entry.arithmetic for entry in adoption.accepted]) == (
            plan.digest,
            [finding.arithmetic for finding in findings],
        )
