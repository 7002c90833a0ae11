from dataclasses import replace
from pathlib import Path

import pytest

from linli.planning.engine import Change, Plan, Severity, check, fatal, propose_variant, what_if
from linli.planning.engine.checker import CHECKS
from tests.planning.engine.plans import MUTATIONS, community_plan, mutation


def names_of(plan: Plan) -> list[str]:
    return sorted(f"{finding.code} {finding.subject}" for finding in check(plan))


class TestMutatedPlans:
    @pytest.mark.parametrize("file", MUTATIONS, ids=lambda file: file.stem)
    def test_give_exactly_the_written_list(self, file: Path):
        plan, expected = mutation(file)

        assert names_of(plan) == sorted(expected["findings"])

    @pytest.mark.parametrize("file", MUTATIONS, ids=lambda file: file.stem)
    def test_show_the_written_arithmetic(self, file: Path):
        plan, expected = mutation(file)
        shown = {f"{finding.code} {finding.subject}": finding.arithmetic for finding in check(plan)}

        assert {name: sums for name, sums in expected.get("arithmetic", {}).items() if sums not in shown[name]} == {}

    @pytest.mark.parametrize("file", MUTATIONS, ids=lambda file: file.stem)
    def test_have_a_variant_without_fatal_findings(self, file: Path):
        plan, _ = mutation(file)

        variant = propose_variant(plan)

        assert variant is not None
        assert fatal(check(variant.plan)) == ()

    @pytest.mark.parametrize("file", MUTATIONS, ids=lambda file: file.stem)
    def test_offer_a_way_out_of_every_finding_that_removes_it(self, file: Path):
        plan, _ = mutation(file)
        stuck = [finding.key for finding in check(plan) if not finding.remedies]
        useless = [
            (finding.key, way.label.en)
            for finding in check(plan)
            for way in finding.remedies
            if finding.key in {other.key for other in check(plan.with_changes(way.changes))}
        ]

        assert (stuck, useless) == ([], [])


class TestRanking:
    def test_puts_fatal_before_serious_before_notes(self):
        severities = [finding.severity for finding in check(community_plan())]

        assert severities == sorted(severities)

    def test_puts_what_fails_most_first_among_equals(self):
        fatal_ones = [f.magnitude for f in check(community_plan()) if f.severity is Severity.FATAL]

        assert fatal_ones == sorted(fatal_ones, reverse=True)

    def test_does_not_depend_on_the_order_of_the_checks(self, monkeypatch: pytest.MonkeyPatch):
        ranked = check(community_plan())

        monkeypatch.setattr("linli.planning.engine.checker.CHECKS", tuple(reversed(CHECKS)))

        assert check(community_plan()) == ranked


class TestFindings:
    def test_stand_on_figures_that_the_plan_has(self):
        plan = community_plan()
        unknown = [path for finding in check(plan) for path in finding.figures if not plan.has(path)]

        assert unknown == []

    def test_say_everything_in_both_languages(self):
        texts = [text for f in check(community_plan()) for text in (f.title, *(way.label for way in f.remedies))]

        assert [text for text in texts if not (text.zh and text.en)] == []

    def test_are_the_same_whenever_asked(self):
        assert check(community_plan()) == check(community_plan())

    def test_leave_the_plan_as_it_was(self):
        plan = community_plan()
        before = replace(plan).digest

        check(plan)

        assert replace(plan).digest == before


class TestWhatIf:
    def test_answers_with_the_changed_plan_checked_and_lived(self):
        answer = what_if(community_plan(), [Change("parameters.base_award_monthly_fen", 34_166)])

        assert (fatal(answer.findings)[0].code, answer.flows[-1].unpaid_fen) == ("VISITS_EXCEED_VOLUNTEERS", 0)
