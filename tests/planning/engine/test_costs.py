"""What a way out costs, and whom; the cheapest first."""

import pytest

from linli.overview.planning.engine import Change, Plan, check, plan_from_pack
from linli.overview.planning.engine.costs import burdens, price, told
from tests.planning.engine.plans import FOLDERS, community_plan, pack_in


def orchard() -> Plan:
    return plan_from_pack(pack_in(FOLDERS["orchard_purse"]))


class TestBurdens:
    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ([Change("sources.GOVERNMENT.amount", 98_000_000)], ["“Government grant” gives 380,000 yuan more"]),
            (
                [Change("programmes.BASE_AWARD.last_month", "2026-11")],
                ["those on “Living allowance” get 100,000 yuan less a year"],
            ),
            ([Change("volunteers.registered", 61)], ["1 more volunteers to be found"]),
            ([Change("volunteers.services_per_month", 5)], ["each volunteer serves 3 times a month more"]),
            (
                [Change("classes.VOCATIONAL_TRAINING.trainees", 90)],
                ["“Vocational training class” shrinks from 120 to 90"],
            ),
            ([Change("ratios.LOW_INCOME.percent", 20)], []),
        ],
    )
    def test_are_told_by_who_bears_them(self, changes: list[Change], said: list[str]) -> None:
        plan = community_plan()
        assert [burden.text.en for burden in burdens(plan, plan.with_changes(changes))] == said

    def test_of_fewer_recipients_are_theirs(self) -> None:
        other = community_plan().with_changes([Change("programmes.ELDER_SUPPLEMENT.recipients", 40)])
        first = burdens(community_plan(), other)[0]
        assert (first.text.en.startswith("10 go without"), first.weight) == (True, 250)

    def test_of_money_that_comes_earlier_weigh_by_money_and_months(self) -> None:
        # 148,800 of 223,200 seven months earlier: 1,041,600 of 2,678,400 yuan-months.
        other = orchard().with_changes([Change("sources.TOWNSHIP.inflows.1.month", "2026-01")])
        assert [burden.weight for burden in burdens(orchard(), other)] == [388]

    def test_say_that_there_are_none(self) -> None:
        assert told(burdens(community_plan(), community_plan())).en == "costs nobody anything"


class TestWaysOut:
    @pytest.mark.parametrize("name", FOLDERS)
    def test_come_cheapest_first_and_say_what_they_cost(self, name: str) -> None:
        plan = plan_from_pack(pack_in(FOLDERS[name]))
        for finding in check(plan):
            prices = [price(burdens(plan, plan.with_changes(way.changes))) for way in finding.remedies]
            assert prices == sorted(prices)
            assert all(way.costs.zh and way.costs.en for way in finding.remedies)

    def test_of_money_that_comes_too_late_begin_with_the_same_money_earlier(self) -> None:
        way = check(orchard())[0].remedies[0]
        assert way.label.en == (
            "have 55,800 yuan that “Township” pays after 2026-07 received earlier, by 2026-05; the total stays"
        )
        assert way.costs.en == "“Township” has to pay earlier"

    def test_that_ask_for_more_move_no_other_receipt(self) -> None:
        changes = check(orchard())[0].remedies[1].changes
        assert changes == (
            Change("sources.TOWNSHIP.amount", 22_320_000 + 5_580_000),
            Change("sources.TOWNSHIP.inflows.0.amount", 7_440_000 + 5_580_000),
        )
