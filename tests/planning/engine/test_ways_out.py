"""For whatever numbers a plan holds: ways out work, variants hold, checking is pure and quick to repeat."""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.overview.planning.engine import Change, Plan, check, fatal, propose_variant
from linli.overview.planning.engine.checker import findings_of
from tests.planning.engine.plans import community_plan

MONEY = st.integers(0, 3_000_000).map(lambda yuan: yuan * 100)
FIGURES = {
    "year": st.integers(2020, 2035),
    "population.residents": st.integers(1, 20_000),
    "population.households": st.integers(1, 8_000),
    "population.helped": st.integers(0, 500),
    "ratios.LOW_INCOME.percent": st.integers(0, 130),
    "ratios.LONE_ELDER.percent": st.integers(0, 100),
    "ratios.DISABLED.of": st.sampled_from(["RESIDENTS", "HOUSEHOLDS"]),
    "ratios.LOW_INCOME.of": st.sampled_from(["RESIDENTS", "HOUSEHOLDS"]),
    "groups.LOW_INCOME.target": st.integers(0, 600),
    "groups.LONE_ELDER.target": st.integers(0, 300),
    "groups.UNEMPLOYED.target": st.integers(0, 300),
    "programmes.BASE_AWARD.recipients": st.integers(0, 400),
    "programmes.BASE_AWARD.first_month": st.integers(1, 12).map(lambda m: f"2026-{m:02d}"),
    "programmes.BASE_AWARD.last_month": st.integers(1, 12).map(lambda m: f"2026-{m:02d}"),
    "programmes.ELDER_SUPPLEMENT.recipients": st.integers(0, 200),
    "parameters.base_award_monthly_fen": st.integers(0, 100_000),
    "parameters.elder_supplement_monthly_fen": st.integers(0, 100_000),
    "parameters.home_visits_per_week": st.integers(0, 21),
    "parameters.counselling_events_per_month": st.integers(0, 20),
    "parameters.class_seats": st.integers(1, 60),
    "parameters.training_share_percent": st.integers(0, 100),
    "budget_lines.ECONOMIC_AID.amount": MONEY,
    "budget_lines.TRAINING.amount": MONEY,
    "budget_lines.COUNSELLING.amount": MONEY,
    "sources.GOVERNMENT.amount": MONEY,
    "sources.GOVERNMENT.inflows.0.amount": MONEY,
    "sources.GOVERNMENT.inflows.0.month": st.integers(1, 12).map(lambda m: f"2026-{m:02d}"),
    "sources.DONATION.inflows.0.month": st.integers(1, 12).map(lambda m: f"2026-{m:02d}"),
    "visits.HOME_VISIT.minutes_per_visit": st.integers(1, 480),
    "visits.HOME_VISIT.people": st.integers(0, 200),
    "visits.HOME_VISIT.hours_per_week": st.integers(0, 2_000),
    "visits.HOME_VISIT.hours_per_year": st.integers(0, 100_000),
    "events.COUNSELLING.attendance": st.integers(0, 3_000),
    "classes.VOCATIONAL_TRAINING.trainees": st.integers(0, 400),
    "classes.VOCATIONAL_TRAINING.fee_per_trainee": st.integers(0, 300_000),
    "volunteers.registered": st.integers(0, 800),
    "volunteers.services_per_month": st.integers(0, 30),
}


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """The community plan with up to a dozen figures drawn anew."""
    paths = draw(st.lists(st.sampled_from(sorted(FIGURES)), max_size=12, unique=True))
    return community_plan().with_changes([Change(path, draw(FIGURES[path])) for path in paths])


FEW = settings(
    max_examples=40, deadline=None, database=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


class TestWhateverTheNumbers:
    @FEW
    @given(plan=plans())
    def test_every_finding_has_ways_out_that_remove_it(self, plan: Plan):
        for finding in check(plan):
            assert finding.remedies, finding
            for way in finding.remedies:
                assert finding.key not in {other.key for other in findings_of(plan.with_changes(way.changes))}

    @FEW
    @given(plan=plans())
    def test_a_way_out_that_brings_something_as_bad_is_the_last_resort_and_says_so(self, plan: Plan):
        before = {finding.key: finding.severity for finding in findings_of(plan)}
        for finding in check(plan):
            warned = ["but brings" in way.label.en for way in finding.remedies]
            assert all(warned) or not any(warned)
            for way in finding.remedies:
                after = findings_of(plan.with_changes(way.changes))
                new = [f for f in after if f.severity <= finding.severity and f.severity < before.get(f.key, 9)]
                assert [other.key for other in new if other.title.en not in way.label.en] == []

    @FEW
    @given(plan=plans())
    def test_the_variant_has_nothing_fatal(self, plan: Plan):
        variant = propose_variant(plan)

        assert variant is not None
        assert fatal(check(variant.plan)) == ()

    @FEW
    @given(plan=plans())
    def test_checking_alters_nothing_and_asks_no_order_of_the_figures(self, plan: Plan):
        figures = dict(plan.figures)

        turned = replace(plan, figures=dict(reversed(figures.items())))

        assert check(turned) == check(plan)
        assert plan.figures == figures
