"""Plans that say less than others, and plans with absurd numbers."""

from dataclasses import replace

import pytest

from linli.overview.planning.engine import Change, Finding, Plan, Severity, check, propose_variant
from linli.overview.planning.engine.checks.hours import iso_weeks
from tests.planning.engine.plans import community_plan


def without(plan: Plan, *paths: str) -> Plan:
    return replace(plan, figures={path: figure for path, figure in plan.figures.items() if path not in paths})


def found(plan: Plan, code: str) -> Finding | None:
    return next((finding for finding in check(plan) if finding.code == code), None)


class TestPlansThatSayLess:
    def test_about_hours_are_not_asked_about_hours(self):
        plan = without(community_plan(), "visits.HOME_VISIT.hours_per_week", "visits.HOME_VISIT.hours_per_year")

        assert (found(plan, "HOURS_DIFFER_FROM_VISITS"), found(plan, "YEAR_HAS_53_WEEKS")) == (None, None)

    def test_about_weeks_are_held_to_the_calendar(self):
        plan = without(community_plan(), "visits.HOME_VISIT.weeks_per_year")
        changes = found(plan, "YEAR_HAS_53_WEEKS").remedies[0].changes

        assert changes == (Change("visits.HOME_VISIT.hours_per_year", 31_800),)

    def test_about_hours_a_year_get_only_their_hours_a_week_corrected(self):
        plan = without(community_plan(), "visits.HOME_VISIT.hours_per_year").with_changes(
            [Change("visits.HOME_VISIT.people", 60)]
        )

        assert found(plan, "HOURS_DIFFER_FROM_VISITS").remedies[0].changes == (
            Change("visits.HOME_VISIT.hours_per_week", 450),
        )

    def test_about_volunteers_are_not_asked_about_them(self):
        plan = without(community_plan(), "volunteers.registered")

        assert found(plan, "VISITS_EXCEED_VOLUNTEERS") is found(plan, "STANDARD_SHARE_TOO_SMALL") is None

    def test_about_the_population_let_everybody_come(self):
        plan = without(community_plan(), "population.residents").with_changes(
            [Change("events.COUNSELLING.attendance", 9_999)]
        )

        assert found(plan, "EVENT_EXCEEDS_PEOPLE") is None

    def test_about_fees_have_no_costs(self):
        plan = without(
            community_plan(), "events.COUNSELLING.fee_per_event", "classes.VOCATIONAL_TRAINING.fee_per_trainee"
        )

        assert found(plan, "NOTHING_BUDGETED") is None

    def test_about_the_group_of_a_class_let_anybody_come(self):
        course = replace(community_plan().classes[0], groups=("PASSERS_BY",))

        assert found(replace(community_plan(), classes=(course,)), "TRAINEES_EXCEED_GROUP") is None


class TestEventsForPersonsOnly:
    def test_are_limited_by_the_group(self):
        event = replace(community_plan().events[0], groups=("UNEMPLOYED",))

        assert found(replace(community_plan(), events=(event,)), "EVENT_EXCEEDS_PEOPLE").arithmetic == "240 > 100"


class TestPlansWithoutSources:
    def test_run_dry_in_the_first_month(self):
        finding = found(replace(community_plan(), sources=()), "FUND_RUNS_DRY")

        assert (finding.arithmetic, finding.remedies) == ("0 − 0 = 0 < 115,000 (2026-01)", ())

    def test_cannot_raise_a_line(self):
        finding = found(replace(community_plan(), sources=()), "NOTHING_BUDGETED")

        assert finding.remedies == ()


class TestAbsurdNumbers:
    @pytest.fixture
    def plan(self) -> Plan:
        return community_plan().with_changes([Change("programmes.BASE_AWARD.recipients", 10**10)])

    def test_get_no_way_out_that_is_itself_out_of_range(self, plan: Plan):
        ways = found(plan, "PROGRAMME_EXCEEDS_LINE").remedies

        fewer = ["programmes.BASE_AWARD.recipients", "programmes.BASE_AWARD.opening_caseload"]
        assert [change.path for way in ways for change in way.changes] == fewer

    def test_still_have_a_variant(self, plan: Plan):
        assert propose_variant(plan) is not None


class TestVisits:
    def test_without_any_availability_need_volunteers_who_serve(self):
        plan = community_plan().with_changes([Change("volunteers.services_per_month", 0)])
        ways = found(plan, "VISITS_EXCEED_VOLUNTEERS").remedies

        assert {change.path for change in ways[0].changes} == {
            "volunteers.registered",
            "volunteers.services_per_month",
        }

    def test_that_come_to_part_of_an_hour_are_made_a_length_that_does_not(self):
        plan = community_plan().with_changes(
            [Change("visits.HOME_VISIT.minutes_per_visit", 7), Change("visits.HOME_VISIT.people", 7)]
        )
        ways = found(plan, "HOURS_DIFFER_FROM_VISITS").remedies

        # An hour a visit makes 21 hours a week; a year of 53 weeks, which the plan forgot, then has 1,113.
        assert [change.value for way in ways for change in way.changes] == [60, 21, 1_113, 53]

    def test_keep_the_stated_hours_where_a_length_fits_them(self):
        plan = community_plan().with_changes(
            [Change("visits.HOME_VISIT.minutes_per_visit", 7), Change("visits.HOME_VISIT.people", 50)]
        )

        assert found(plan, "HOURS_DIFFER_FROM_VISITS").remedies[0].changes == (
            Change("visits.HOME_VISIT.minutes_per_visit", 240),
        )

    def test_are_fewer_where_the_volunteers_manage_fewer(self):
        plan = community_plan().with_changes([Change("volunteers.registered", 200)])

        assert found(plan, "VISITS_EXCEED_VOLUNTEERS").remedies[-1].changes == (
            Change("parameters.home_visits_per_week", 1),
        )


class TestWeeks:
    @pytest.mark.parametrize(
        ("year", "weeks"), [(2020, 53), (2024, 52), (2025, 52), (2026, 53), (2027, 52), (2032, 53)]
    )
    def test_are_those_of_the_calendar(self, year: int, weeks: int):
        assert iso_weeks(year) == weeks


class TestWaysOut:
    def test_leave_volunteers_alone_who_only_have_to_come(self):
        plan = community_plan().with_changes(
            [Change("volunteers.services_per_month", 0), Change("volunteers.registered", 2_000)]
        )

        assert found(plan, "VISITS_EXCEED_VOLUNTEERS").remedies[0].changes == (
            Change("volunteers.services_per_month", 1),
        )

    def test_never_call_a_group_larger_than_the_community(self):
        plan = community_plan().with_changes([Change("population.residents", 100)])
        low_income = next(f for f in check(plan) if f.key == ("SHARE_AND_TARGET_DIFFER", "LOW_INCOME"))

        assert low_income.remedies[0].changes[0] == Change("ratios.LOW_INCOME.of", "HOUSEHOLDS")

    def test_of_a_fund_that_pays_services_only_leave_awards_alone(self):
        plan = replace(community_plan(), programmes=()).with_changes(
            [Change("budget_lines.TRAINING.amount", 120_000_000), Change("budget_lines.ECONOMIC_AID.amount", 0)]
        )

        # Donations are for awards: 700,000 of other money last for seven months of 100,000.
        assert [way.label.en for way in found(plan, "FUND_RUNS_DRY").remedies] == [
            "500,000 yuan more from “Government grant”, received by 2026-08"
        ]

    def test_end_only_the_programmes_that_last_too_long(self):
        plan = community_plan().with_changes([Change("programmes.ELDER_SUPPLEMENT.last_month", "2026-03")])
        shorter = [way for way in found(plan, "LINE_OVERCOMMITTED").remedies if "months only" in way.label.en]

        # 200 × 500 × 9 + 50 × 300 × 3 = 945,000.
        assert shorter[0].changes == (Change("programmes.BASE_AWARD.last_month", "2026-09"),)


def share_of(group: str, *, percent: int, base: int, target: int) -> Severity | None:
    """What is said of a group's share of so many residents, if anything."""
    plan = community_plan().with_changes(
        [
            Change("population.residents", base),
            Change(f"ratios.{group}.percent", percent),
            Change(f"groups.{group}.target", target),
        ]
    )
    said = [one.severity for one in check(plan) if one.key == ("SHARE_AND_TARGET_DIFFER", group)]
    return said[0] if said else None


class TestShares:
    """Right is what rounds to the stated percent, and in small communities the whole numbers next to the share."""

    @pytest.mark.parametrize(
        ("base", "target", "said"),
        [
            # 3% of ten thousand: from 250 to 349 people are 3 in a hundred.
            (10_000, 249, Severity.NOTE),
            (10_000, 250, None),
            (10_000, 349, None),
            (10_000, 350, Severity.SERIOUS),
            # 3% of forty are 1.2 people: one or two.
            (40, 0, Severity.NOTE),
            (40, 1, None),
            (40, 2, None),
            (40, 3, Severity.SERIOUS),
            # 3% of a hundred are three people, not four.
            (100, 2, Severity.NOTE),
            (100, 3, None),
            (100, 4, Severity.SERIOUS),
            # 3% of 101 are a little more than three.
            (101, 4, None),
            (101, 5, Severity.SERIOUS),
            # 3% of 130 are 3.9 people: three or four.
            (130, 2, Severity.NOTE),
            (130, 3, None),
            (130, 4, None),
            (130, 5, Severity.SERIOUS),
        ],
    )
    def test_are_right_when_the_target_rounds_to_them(self, base: int, target: int, said: Severity | None) -> None:
        assert share_of("DISABLED", percent=3, base=base, target=target) is said

    @pytest.mark.parametrize(("target", "said"), [(0, None), (1, None), (154, None), (155, Severity.SERIOUS)])
    def test_of_residents_hold_no_more_households_and_may_hold_fewer(self, target: int, said: Severity | None) -> None:
        assert share_of("LOW_INCOME", percent=15, base=1_000, target=target) is said


def populations_differ(*shares: tuple[str, int, int]) -> bool:
    """Whether no one number of residents gives all these shares (group, percent, people)."""
    # Households are a share of residents here: one of them says least of how many residents there are.
    changes = [Change("groups.LOW_INCOME.target", 1)]
    for group, percent, target in shares:
        changes += [Change(f"ratios.{group}.percent", percent), Change(f"groups.{group}.target", target)]
    return found(community_plan().with_changes(changes), "POPULATIONS_DIFFER") is not None


class TestPopulations:
    # 30 people are 3% of 858 to 1,200 residents; 5% of so many are 39 to 65 people.
    @pytest.mark.parametrize(("elders", "differ"), [(38, True), (39, False), (65, False), (66, True)])
    def test_agree_where_one_number_gives_every_share(self, elders: int, differ: bool) -> None:
        assert populations_differ(("DISABLED", 3, 30), ("LONE_ELDER", 5, elders)) is differ

    # 12 people are 4% of 267 to 342 residents, 29 are 8% of 342 to 386.
    @pytest.mark.parametrize(("people", "differ"), [(29, False), (30, True)])
    def test_agree_in_one_number_alone(self, people: int, differ: bool) -> None:
        assert populations_differ(("DISABLED", 4, 12), ("LONE_ELDER", 8, people)) is differ
