"""The packs themselves: their examples come out as written, and S2's figures are where they belong."""

from datetime import date
from pathlib import Path

import pytest

from linli.policies.engine import (
    CaseFacts,
    determine,
    failed_expectations,
    load_pack,
    plan_figures,
    read_examples,
    replay,
)

ROOT = Path(__file__).parents[2]
COMMUNITY = ROOT / "packs" / "community" / "assistance_plan"
HARBOUR = ROOT / "tests" / "packs" / "harbour_relief"
PACKS = {path.name: load_pack(path) for path in (COMMUNITY, HARBOUR)}
EXAMPLES = {
    f"{path.name}/{name}": (PACKS[path.name], case)
    for path in (COMMUNITY, HARBOUR)
    for name, case in read_examples(path, PACKS[path.name]).items()
}
ENGINE = ROOT / "src" / "linli" / "policies" / "engine"


@pytest.fixture(scope="module")
def figures():
    return dict(plan_figures(PACKS["assistance_plan"].plan or {}))


class TestExamples:
    @pytest.mark.parametrize("name", EXAMPLES)
    def test_come_out_as_written(self, name):
        pack, case = EXAMPLES[name]

        assert failed_expectations(case, pack, date(2026, 3, 1)) == ()

    @pytest.mark.parametrize("name", EXAMPLES)
    def test_expect_something_and_name_an_article(self, name):
        _, case = EXAMPLES[name]

        assert case.expected
        assert case.article

    @pytest.mark.parametrize("name", EXAMPLES)
    def test_replay_to_the_byte(self, name):
        pack, case = EXAMPLES[name]
        recorded = determine(pack, case.facts, case.on or date(2026, 3, 1), overrides=case.overrides).to_json()

        assert replay(pack, recorded) == recorded


class TestAssistancePlan:
    @pytest.mark.parametrize(
        ("parameter", "value", "unit"),
        [
            ("base_award_monthly_fen", 50_000, "FEN"),
            ("elder_supplement_monthly_fen", 30_000, "FEN"),
            ("home_visits_per_week", 3, "PER_WEEK"),
            ("counselling_events_per_month", 2, "PER_MONTH"),
            ("class_seats", 30, "PERSONS"),
            ("training_share_percent", 80, "PERCENT"),
            ("intake_answer_days", 5, "WORKING_DAYS"),
            ("decision_days", 30, "WORKING_DAYS"),
            ("decision_special_days", 45, "WORKING_DAYS"),
        ],
    )
    def test_says_what_the_seed_says(self, parameter, value, unit):
        pack = PACKS["assistance_plan"]

        assert (pack.parameters_on(date(2026, 3, 1))[parameter], pack.parameters[parameter].unit) == (value, unit)

    @pytest.mark.parametrize(
        ("address", "value"),
        [
            ("groups.LOW_INCOME.target", 200),
            ("groups.LONE_ELDER.target", 50),
            ("groups.DISABLED.target", 30),
            ("groups.UNEMPLOYED.target", 100),
            ("ratios.LOW_INCOME.percent", 15),
            ("ratios.LONE_ELDER.percent", 5),
            ("ratios.DISABLED.percent", 3),
            ("budget_lines.ECONOMIC_AID.amount", 100_000_000),
            ("sources.GOVERNMENT.amount", 60_000_000),
            ("sources.DONATION.amount", 30_000_000),
            ("sources.COMMUNITY.amount", 10_000_000),
            ("visits.HOME_VISIT.hours_per_week", 600),
            ("visits.HOME_VISIT.hours_per_year", 31_200),
            ("events.COUNSELLING.attendance", 240),
            ("events.COUNSELLING.satisfaction", 90),
            ("classes.VOCATIONAL_TRAINING.trainees", 120),
            ("classes.VOCATIONAL_TRAINING.employed", 70),
        ],
    )
    def test_states_the_plan_as_written(self, figures, address, value):
        assert (figures[address]["value"], figures[address].get("stated")) == (value, True)

    def test_marks_every_other_figure_as_an_assumption_with_its_reason(self, figures):
        assumed = {address: figure for address, figure in figures.items() if not figure.get("stated")}

        assert {"population.residents", "sources.GOVERNMENT.inflows.0.month", "volunteers.registered"} <= set(assumed)
        assert all(figure["assumed"] and figure["why"]["zh"] and figure["why"]["en"] for figure in assumed.values())

    def test_keeps_donations_for_their_purpose(self):
        source = PACKS["assistance_plan"].fund_sources["DONATION"]

        assert (source.donor_restricted, source.purposes) == (True, ("ECONOMIC_AID",))

    def test_publishes_four_columns_only(self):
        assert PACKS["assistance_plan"].publication.columns == ("MASKED_NAME", "HOUSEHOLD_SIZE", "AMOUNT", "COMMUNITY")

    def test_living_alone_decides_nothing(self):
        graph = PACKS["assistance_plan"].graph

        assert all("lives_alone" not in graph.facts_behind(rule) for rule in graph.rules)


class TestHarbourRelief:
    def test_shares_no_code_with_the_other_pack(self):
        one, two = PACKS["assistance_plan"], PACKS["harbour_relief"]

        for section in ("groups", "papers", "programmes", "services", "classes", "budget_lines", "fund_sources"):
            assert not set(getattr(one, section)) & set(getattr(two, section))

    def test_pays_nine_months(self):
        programmes = PACKS["harbour_relief"].programmes.values()

        assert [p.first_month.months_until(p.last_month) + 1 for p in programmes] == [9, 9]

    def test_knows_every_fact_a_rule_rests_on(self):
        graph = PACKS["harbour_relief"].graph

        assert graph.facts_behind("crew_family") == {"years_at_sea", "still_sailing"}

    def test_refuses_the_facts_of_the_other_pack(self):
        pack, case = EXAMPLES["assistance_plan/05_sixty_years"]

        assert pack is PACKS["assistance_plan"]
        with pytest.raises(Exception, match="政策包中没有事实"):
            determine(PACKS["harbour_relief"], CaseFacts(case.facts.members), date(2026, 5, 1))


class TestEngine:
    def test_holds_no_name_or_sum_of_a_scheme(self):
        code = "\n".join(path.read_text(encoding="utf-8") for path in sorted(ENGINE.glob("*.py")))
        pack = PACKS["assistance_plan"]
        names = [*pack.facts, *pack.parameters, *pack.programmes, *pack.services, *pack.classes, *pack.graph.rules]
        sums = ["50_000", "50000", "30_000", "30000"]

        # "disabled", "age" and the like are ordinary words: only names of two words and more can betray a scheme
        assert [name for name in [*names, *sums] if ("_" in name or name.isdigit()) and name in code] == []
