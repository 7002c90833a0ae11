"""What is only for those who receive something else: both costs, with bounds where nobody knows how many overlap."""

from dataclasses import replace

import pytest

from linli.overview.planning.engine import Change, Figure, Finding, Plan, Severity, check, plan_from_pack
from linli.overview.planning.engine.checks.conditions import both
from linli.overview.planning.engine.plan import HOUSEHOLDS, PERSONS
from tests.planning.engine.plans import COMMUNITY, community_plan, harbour_plan, pack_in

ELDER, BASE = "ELDER_SUPPLEMENT", "BASE_AWARD"
PATH, OVERLAP = f"programmes.{ELDER}.condition", f"programmes.{ELDER}.overlap"


def found(plan: Plan) -> Finding | None:
    return next((finding for finding in check(plan) if finding.code == "CONDITION_OPEN"), None)


def with_overlap(number: int) -> Plan:
    plan = community_plan()
    return replace(plan, figures={**plan.figures, OVERLAP: Figure(number, PERSONS)})


def with_parameter(*, assumed: bool, value: int) -> Plan:
    pack = pack_in(COMMUNITY)
    old = pack.parameters["supplement_needs_base"]
    dated = replace(old.values[0], value=value)
    new = replace(old, basis=replace(old.basis, assumption=assumed), values=(dated,))
    return plan_from_pack(replace(pack, parameters={**pack.parameters, "supplement_needs_base": new}))


class TestBothCosts:
    def test_are_shown_with_bounds_where_the_overlap_is_unknown(self):
        # 50 × 300 × 12 if every lone elder is paid; from none to all of them if the base award is needed.
        assert found(community_plan()).arithmetic == (
            "50 × 300 × 12 = 180,000, 1,200,000 + 180,000 = 1,380,000; "
            "0 ≤ n ≤ 50: 0 ≤ n × 300 × 12 ≤ 180,000, 1,200,000 ≤ 1,200,000 + n × 300 × 12 ≤ 1,380,000"
        )

    def test_are_exact_where_the_plan_says_how_many_receive_both(self):
        assert found(with_overlap(20)).arithmetic == (
            "50 × 300 × 12 = 180,000, 1,200,000 + 180,000 = 1,380,000; "
            "20 × 300 × 12 = 72,000, 1,200,000 + 72,000 = 1,272,000"
        )

    def test_are_told_in_words_as_a_note(self):
        finding = found(community_plan())

        assert finding.severity is Severity.NOTE
        assert ("180,000 yuan a year if not, 0 to 180,000 if so" in finding.title.en) is True
        assert ("不以其为前提，全年 180,000 元；以其为前提，全年 0 至 180,000 元" in finding.title.zh) is True

    @pytest.mark.parametrize("decided", ["NEEDED", "NOT_NEEDED"])
    def test_are_settled_by_a_decision_either_way(self, decided: str):
        assert found(community_plan().with_changes([Change(PATH, decided)])) is None

    def test_lead_to_fewer_recipients_where_not_all_receive_both(self):
        needed = found(with_overlap(20)).remedies[1]

        assert needed.changes == (
            Change(PATH, "NEEDED"),
            Change(f"programmes.{ELDER}.recipients", 20),
            Change(f"programmes.{ELDER}.opening_caseload", 20),
        )

    def test_are_no_matter_where_nothing_needs_another(self):
        assert found(harbour_plan()) is None


class TestTheParameter:
    def test_leaves_it_open_while_it_is_assumed(self):
        figure = community_plan().figures[PATH]

        assert (figure.value, figure.assumed, figure.why.en.endswith("the plan check shows both costs")) == (
            "OPEN",
            True,
            True,
        )

    @pytest.mark.parametrize(("value", "word"), [(1, "NEEDED"), (0, "NOT_NEEDED")])
    def test_decides_it_once_it_is_stated(self, value: int, word: str):
        plan = with_parameter(assumed=False, value=value)

        assert (plan.word(PATH), found(plan)) == (word, None)


class TestHowManyReceiveBoth:
    def bounds(self, *, here: int, there: int, unit: str, other: str, said: bool = True) -> tuple[int, int]:
        plan = community_plan().with_changes(
            [Change(f"programmes.{ELDER}.recipients", here), Change(f"programmes.{BASE}.recipients", there)]
        )
        if not said:
            left = {path: figure for path, figure in plan.figures.items() if not path.startswith("population.")}
            plan = replace(plan, figures=left)
        base, elder = plan.programmes
        return both(plan, replace(elder, unit=unit), replace(base, unit=other))

    def test_more_than_fit_beside_each_other_overlap(self):
        # 900 people and 200 households of at least one do not fit into 1,000 residents.
        assert self.bounds(here=900, there=200, unit=PERSONS, other=HOUSEHOLDS) == (100, 900)

    def test_households_are_held_against_households(self):
        assert self.bounds(here=300, there=200, unit=HOUSEHOLDS, other=HOUSEHOLDS) == (100, 200)

    def test_people_may_all_live_in_one_household(self):
        assert self.bounds(here=300, there=200, unit=HOUSEHOLDS, other=PERSONS) == (0, 200)

    def test_nobody_receives_both_where_nobody_receives_the_other(self):
        assert self.bounds(here=50, there=0, unit=PERSONS, other=HOUSEHOLDS) == (0, 0)

    def test_without_a_population_nobody_has_to(self):
        assert self.bounds(here=900, there=200, unit=PERSONS, other=HOUSEHOLDS, said=False) == (0, 900)
