"""The packs themselves: their examples come out as written, and S2's figures are where they belong."""

import ast
import re
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from linli.law.policies.engine import (
    CaseFacts,
    determine,
    failed_expectations,
    load_pack,
    plan_figures,
    read_examples,
    replay,
)
from linli.law.policies.engine.evaluation import Evaluation
from linli.law.policies.engine.model import Pack

ROOT = Path(__file__).parents[2]
COMMUNITY = ROOT / "packs" / "community" / "assistance_plan"
HARBOUR = ROOT / "tests" / "packs" / "harbour_relief"
OTHERS = [ROOT / "tests" / "packs" / name for name in ("flood_once", "lamp_quarters", "orchard_purse")]
FOLDERS = (COMMUNITY, HARBOUR, *OTHERS)
PACKS = {path.name: load_pack(path) for path in FOLDERS}
EXAMPLES = {
    f"{path.name}/{name}": (PACKS[path.name], case)
    for path in FOLDERS
    for name, case in read_examples(path, PACKS[path.name]).items()
}
SOURCE = ROOT / "src" / "linli"
# Words that a scheme and the house share, with the files in which the house means its own: the register's ways of
# finding people, the ledger's kinds of sources, levels of areas, columns of a form, examples in a refusal.
OWN_MEANING = {
    "CENSUS": {"registry/residents/codes.py"},
    "COMMITTEE": {"registry/residents/codes.py", "simulator/counter.py"},
    "ORGANISATION": {"registry/residents/codes.py", "simulator/counter.py"},
    "SELF": {
        "money/awards/codes.py",
        "registry/residents/codes.py",
        "simulator/counter.py",
        "aid/assistance/web/applying.py",
    },
    "DONATION": {"money/ledger/codes.py"},
    "GOVERNMENT": {"money/ledger/codes.py"},
    "LOW_INCOME": {"law/policies/engine/schema.py"},
    "lives_alone": {"registry/residents/web/forms.py"},
    "payee_hold_days": {"money/awards/queries/__init__.py"},  # a function's name
}
# Whole powers of ten.
ROUND = {10**power for power in range(3, 14)}


@cache
def trees() -> dict[str, ast.Module]:
    """The code by file, without migrations, which only repeat what the models say."""
    files = [file for file in sorted(SOURCE.rglob("*.py")) if "migrations" not in file.parts]
    return {file.relative_to(SOURCE).as_posix(): ast.parse(file.read_text(encoding="utf-8")) for file in files}


@cache
def words() -> dict[str, set[str]]:
    """Words that the code and the pages know, each with its files: texts (but for docstrings), keys, addresses."""
    found: dict[str, set[str]] = {}
    for name, tree in trees().items():
        for text in texts_of(tree):
            for word in re.findall(r"\w+", text):
                found.setdefault(word, set()).add(name)
    for file in sorted(file for form in ("*.html", "*.js") for file in SOURCE.rglob(form)):
        for word in re.findall(r"\w+", file.read_text(encoding="utf-8")):
            found.setdefault(word, set()).add(file.relative_to(SOURCE).as_posix())
    return found


def texts_of(tree: ast.Module) -> list[str]:
    """Every text of a module that is not a docstring."""
    described = [node for node in ast.walk(tree) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)]
    docs = {id(node.body[0].value) for node in described if node.body and isinstance(node.body[0], ast.Expr)}
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in docs]
    return [node.value for node in constants if isinstance(node.value, str)]


@cache
def numbers() -> dict[int, set[str]]:
    """Whole numbers that the code writes down, each with its files."""
    found: dict[int, set[str]] = {}
    for name, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and type(node.value) is int:
                found.setdefault(node.value, set()).add(name)
    return found


def names_of(pack: Pack) -> set[str]:
    """A scheme's own codes and names; single ordinary words such as ``age`` and ``COMMUNITY`` betray no scheme."""
    tables = (pack.groups, pack.papers, pack.programmes, pack.services, pack.classes, pack.budget_lines)
    codes = {code for table in (*tables, pack.fund_sources, pack.identification) for code in table}
    return {pack.code, *codes, *pack.facts, *pack.parameters, *pack.graph.rules} - {"age", "disabled", "COMMUNITY"}


@pytest.fixture(scope="module")
def figures():
    plan = PACKS["assistance_plan"].plan
    return dict(plan_figures(plan)) if plan else {}


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
        assert (figures[address].value, figures[address].assumed) == (value, False)

    def test_marks_every_other_figure_as_an_assumption_with_its_reason(self, figures):
        assumed = {address: figure for address, figure in figures.items() if figure.assumed}

        assert {"population.residents", "sources.GOVERNMENT.inflows.0.month", "volunteers.registered"} <= set(assumed)
        assert all(figure.why.zh and figure.why.en for figure in assumed.values())

    def test_keeps_donations_for_their_purpose(self):
        source = PACKS["assistance_plan"].fund_sources["DONATION"]

        assert (source.donor_restricted, source.purposes) == (True, ("ECONOMIC_AID",))

    def test_publishes_four_columns_only(self):
        assert PACKS["assistance_plan"].publication.columns == ("MASKED_NAME", "HOUSEHOLD_SIZE", "AMOUNT", "COMMUNITY")

    def test_living_alone_decides_nothing(self):
        graph = PACKS["assistance_plan"].graph

        assert all("lives_alone" not in graph.facts_behind(rule) for rule in graph.rules)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_rules_behind_a_rule_are_enough_to_work_it_out(name: str):
    pack, case = EXAMPLES[name]
    evaluation = Evaluation(pack.graph, pack.parameters_on(case.on), case.facts)
    whole = evaluation.run().values

    for rule in pack.graph.rules:
        part = Evaluation(pack.graph, evaluation.parameters, case.facts).run(pack.graph.order_for([rule])).values
        assert part.items() <= whole.items()
        assert {key for key in whole if key[0] == rule} <= part.keys()


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


class TestCode:
    """Nothing of a scheme is in the code: neither its codes nor its names nor its sums."""

    @pytest.mark.parametrize("pack", PACKS)
    def test_holds_no_code_or_name_of_a_scheme(self, pack: str):
        found = {name: files for name in names_of(PACKS[pack]) if (files := words().get(name, set()))}
        elsewhere = {name: sorted(files - OWN_MEANING.get(name, set())) for name, files in found.items()}

        assert {name: files for name, files in elsewhere.items() if files} == {}

    @pytest.mark.parametrize("pack", PACKS)
    def test_holds_no_sum_of_a_scheme(self, pack: str):
        sums = {int(dated.value) for parameter in PACKS[pack].parameters.values() for dated in parameter.values}
        plan = PACKS[pack].plan
        sums |= {int(figure.value) for _, figure in plan_figures(plan) if figure.unit != "MONTH"} if plan else set()
        told = {number: sorted(files) for number, files in numbers().items() if number in sums and number > 1_000}

        # A hundred thousand fen and the like are bounds and units, not sums that anybody is paid.
        assert {number: files for number, files in told.items() if number not in ROUND} == {}

    def test_is_looked_at_everywhere(self):
        rooms = {step for files in words().values() for file in files for step in file.split("/")}

        assert {"assistance", "awards", "payments", "planning", "policies", "simulator", "config"} <= rooms
