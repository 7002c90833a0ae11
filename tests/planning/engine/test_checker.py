import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from linli.kernel.bilingual import Text
from linli.overview.planning.engine import (
    Change,
    Finding,
    Plan,
    Severity,
    check,
    checker,
    fatal,
    propose_variant,
    what_if,
)
from linli.overview.planning.engine.checker import CHECKS, findings_of
from tests.planning.engine.plans import MUTATIONS, community_plan, mutation

ROOT = Path(__file__).resolve().parents[3]
TOLD = """
from linli.overview.planning.engine import check, propose_variant
from tests.planning.engine.plans import community_plan, harbour_plan
for plan in (community_plan(), harbour_plan()):
    print(check(plan), propose_variant(plan))
"""


def names_of(plan: Plan) -> list[str]:
    return [f"{finding.code} {finding.subject}" for finding in check(plan)]


def faults_of(plan: Plan, finding: Finding) -> list[str]:
    """What is wrong with the ways out of a finding: there is none, it stays, or something as bad is new or worse."""
    before = {other.key: other.severity for other in findings_of(plan)}
    faults = [] if finding.remedies else ["no way out"]
    for way in finding.remedies:
        after = {other.key: other.severity for other in findings_of(plan.with_changes(way.changes))}
        bad = [key for key, weight in after.items() if weight <= finding.severity and weight < before.get(key, 9)]
        faults += [f"{way.label.en} brings {key}" for key in bad if "but brings" not in way.label.en]
        faults += [f"{way.label.en} leaves it"] if finding.key in after else []
    return faults


class TestMutatedPlans:
    @pytest.mark.parametrize("file", MUTATIONS, ids=lambda file: file.stem)
    def test_give_exactly_the_written_list_worst_first(self, file: Path):
        plan, expected = mutation(file)

        assert names_of(plan) == expected["findings"]

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
    def test_offer_ways_out_that_remove_the_finding_and_bring_nothing_as_bad(self, file: Path):
        plan, _ = mutation(file)

        assert {finding.key: faults for finding in check(plan) if (faults := faults_of(plan, finding))} == {}


class TestRanking:
    def test_puts_fatal_before_serious_before_notes(self):
        severities = [finding.severity for finding in check(community_plan())]

        assert severities == sorted(severities)

    def test_puts_what_fails_most_first_among_equals(self):
        fatal_ones = [f.magnitude for f in check(community_plan()) if f.severity is Severity.FATAL]

        assert fatal_ones == sorted(fatal_ones, reverse=True)

    def test_does_not_depend_on_the_order_of_the_checks(self, monkeypatch: pytest.MonkeyPatch):
        ranked = check(community_plan())

        monkeypatch.setattr("linli.overview.planning.engine.checker.CHECKS", tuple(reversed(CHECKS)))

        assert check(community_plan()) == ranked


class TestFindings:
    def test_stand_on_figures_that_the_plan_has(self):
        plan = community_plan()
        unknown = [path for finding in check(plan) for path in finding.figures if not plan.has(path)]

        assert unknown == []

    def test_say_everything_in_both_languages(self):
        texts = [text for f in check(community_plan()) for text in (f.title, *(way.label for way in f.remedies))]

        assert [text for text in texts if not (text.zh and text.en)] == []

    def test_are_the_same_in_every_process(self):
        """Sets and hashes fall out differently in another process; what is said, and in what order, may not."""
        told = [
            subprocess.run(
                [sys.executable, "-c", TOLD],
                env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(("src", "."))},
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            for seed in ("1", "2")
        ]

        assert told[0] == told[1]
        assert told[0].count("Finding") > 5

    def test_leave_the_plan_as_it_was(self):
        plan = community_plan()
        before = replace(plan).digest

        check(plan)

        assert replace(plan).digest == before


class TestTheSamePlan:
    @pytest.fixture
    def asked(self, monkeypatch: pytest.MonkeyPatch) -> list[Plan]:
        """The plans whose findings are made."""
        plans: list[Plan] = []

        def findings(plan: Plan) -> tuple[Finding, ...]:
            plans.append(plan)
            return findings_of(plan)

        monkeypatch.setattr(checker, "findings_of", findings)
        return plans

    def test_is_tried_once_however_often_it_is_asked(self, asked: list[Plan]):
        plan = replace(community_plan(), version="asked for the first time")
        found = check(plan)
        tried = len(asked)

        assert (check(replace(plan)), tried > len(found), len(asked)) == (found, True, tried)

    def test_is_another_one_when_a_label_an_assumption_or_the_order_of_its_figures_differs(self, asked: list[Plan]):
        plan = replace(community_plan(), version="asked for the second time")
        path, figure = next((path, figure) for path, figure in plan.figures.items() if figure.assumed)
        others = [
            replace(plan, label=Text("另一个", "another one")),
            replace(plan, figures=dict(reversed(plan.figures.items()))),
            replace(plan, figures={**plan.figures, path: replace(figure, assumed=False)}),
            replace(plan, names={}),
        ]
        for other in (plan, *others):
            check(other)

        assert [sum(one is other for one in asked) for other in others] == [1, 1, 1, 1]


class TestWhatIf:
    def test_answers_with_the_changed_plan_checked_and_lived(self):
        answer = what_if(community_plan(), [Change("parameters.base_award_monthly_fen", 34_100)])

        assert (fatal(answer.findings)[0].code, answer.flows[-1].unpaid_fen) == ("VISITS_EXCEED_VOLUNTEERS", 0)
