"""Ways out are tried: clean ones stay, others take a cure with them or go; the last resort says what it brings."""

from collections.abc import Mapping

import pytest

from linli.kernel.bilingual import Text
from linli.overview.planning.engine import (
    Change,
    Finding,
    Plan,
    Remedy,
    Severity,
    check,
)
from linli.overview.planning.engine.trying import Trial, offered
from tests.planning.engine.plans import community_plan, harbour_plan

REGISTERED, SERVICES, YEAR = "volunteers.registered", "volunteers.services_per_month", "year"


def way(label: str, **changes: int) -> Remedy:
    paths = {"registered": REGISTERED, "services": SERVICES, "year": YEAR}
    return Remedy(Text(label, label), tuple(Change(paths[name], value) for name, value in changes.items()))


def finding(code: str, *ways: Remedy, severity: Severity = Severity.SERIOUS) -> Finding:
    return Finding(code, "x", severity, Text(code, code), "", (), ways)


def labels(found: Finding, worlds: Mapping[tuple[int, int], tuple[Finding, ...]]) -> list[str]:
    """Labels of what is offered where a plan's findings hang on its volunteers and their services alone."""

    def findings(plan: Plan) -> tuple[Finding, ...]:
        return worlds[plan.number(REGISTERED), plan.number(SERVICES)]

    before = {other.key: other.severity for other in findings(community_plan())}
    return [one.label.en for one in offered(Trial(community_plan(), before, findings), found)]


MORE, OFTEN = way("more", registered=70), way("often", services=3)


class TestTrial:
    def test_tries_a_way_once_whichever_finding_offers_it(self):
        asked: list[Plan] = []
        trial = Trial(community_plan(), {}, lambda plan: asked.append(plan) or ())
        for code in ("A", "B"):
            assert offered(trial, finding(code, MORE, OFTEN))

        assert len(asked) == 2


class TestOffered:
    def test_a_clean_way_is_offered_as_it_is(self):
        found = finding("A", MORE)

        assert labels(found, {(60, 2): (found,), (70, 2): ()}) == ["more"]

    def test_a_way_that_leaves_the_finding_is_not_offered(self):
        found = finding("A", MORE)

        assert labels(found, {(60, 2): (found,), (70, 2): (found,)}) == []

    def test_a_way_out_of_range_is_not_offered(self):
        found = finding("A", way("fewer than none", registered=-1))

        assert labels(found, {(60, 2): (found,)}) == []

    def test_a_way_that_brings_something_as_bad_takes_its_cure_along(self):
        found, brought = finding("A", MORE), finding("B", OFTEN)

        assert labels(found, {(60, 2): (found,), (70, 2): (brought,), (70, 3): ()}) == ["more; also: often"]

    def test_a_way_that_brings_something_lighter_goes_alone(self):
        found, lighter = finding("A", MORE), finding("B", OFTEN, severity=Severity.NOTE)

        assert labels(found, {(60, 2): (found,), (70, 2): (lighter,)}) == ["more"]

    def test_what_was_there_before_is_not_brought(self):
        found, old = finding("A", MORE), finding("B")

        assert labels(found, {(60, 2): (found, old), (70, 2): (old,)}) == ["more"]

    def test_what_was_a_note_before_and_is_serious_now_is_brought(self):
        found, note = finding("A", MORE), finding("B", severity=Severity.NOTE)

        assert labels(found, {(60, 2): (found, note), (70, 2): (finding("B"),)}) == ["more (but brings: B)"]

    def test_a_way_without_a_cure_goes_where_there_is_a_clean_one(self):
        found, brought = finding("A", MORE, OFTEN), finding("B")

        assert labels(found, {(60, 2): (found,), (70, 2): (brought,), (60, 3): ()}) == ["often"]

    def test_the_last_resort_says_what_it_brings(self):
        found, brought = finding("A", MORE), finding("B")

        assert labels(found, {(60, 2): (found,), (70, 2): (brought,)}) == ["more (but brings: B)"]

    def test_a_cure_that_takes_the_way_back_is_none(self):
        found, brought = finding("A", MORE), finding("B", way("fewer", registered=60))

        assert labels(found, {(60, 2): (found,), (70, 2): (brought,)}) == ["more (but brings: B)"]

    def test_the_same_changes_are_offered_once(self):
        found, brought = finding("A", MORE, way("both", registered=70, services=3)), finding("B", OFTEN)

        assert labels(found, {(60, 2): (found,), (70, 2): (brought,), (70, 3): ()}) == ["more; also: often"]

    def test_cures_of_cures_have_an_end(self):
        found, brought = finding("A", MORE), finding("B", OFTEN)
        third, fourth = finding("C", way("later", year=2027)), finding("D", way("never", year=2028))
        worlds = {(60, 2): (found,), (70, 2): (brought,), (70, 3): (third, fourth)}

        assert labels(found, worlds) == ["more (but brings: B)"]


class TestOurPlans:
    @pytest.mark.parametrize(
        ("plan", "key", "label"),
        [
            (
                community_plan(),
                ("STANDARD_SHARE_TOO_SMALL", "volunteers"),
                "Aim at 52% of the residents as volunteers; also: Recruit up to 520 volunteers",
            ),
            (
                harbour_plan(),
                ("LINES_EXCEED_SOURCES", "fund"),
                "Shrink every line in proportion; also: Pay less a month (250 → 242 yuan), "
                "to the same people for as long",
            ),
        ],
        ids=["assistance_plan", "harbour_relief"],
    )
    def test_ways_that_brought_something_as_bad_now_cure_it_too(self, plan: Plan, key: tuple[str, str], label: str):
        found = next(finding for finding in check(plan) if finding.key == key)

        assert label in [one.label.en for one in found.remedies]

    def test_an_uncounted_sum_stays_an_assumption(self):
        found = next(f for f in check(community_plan()) if f.key == ("OVERLAPPING_GROUPS_SUMMED", "HOME_VISIT"))
        after = community_plan().with_changes(found.remedies[0].changes)

        assert [one.changes for one in found.remedies] == [(Change("visits.HOME_VISIT.counting", "UPPER_BOUND"),)]
        assert (after.number("visits.HOME_VISIT.people"), after.assumed("visits.HOME_VISIT.people")) == (80, True)

    def test_months_that_the_givers_confirm_are_not_asked_about_again(self):
        after = community_plan().with_changes([Change("receipts.dates", "CONFIRMED")])

        assert "FUND_DRY_IF_QUARTERLY" not in {found.code for found in check(after)}
