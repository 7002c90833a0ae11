from dataclasses import replace

import pytest

from linli.kernel.money import yuan_short
from linli.kernel.period import Month
from linli.law.policies.engine.shortage import Order
from linli.overview.planning.engine import Change, MonthFlow, Plan, cash_flow, check, first_shortage
from linli.overview.planning.engine.cashflow import months_of, quarterly
from tests.planning.engine.plans import community_plan


def waiting(flow: MonthFlow) -> dict[str, int]:
    return {entry.programme: entry.units for entry in flow.waiting}


class TestPlansThatAgreeInTheirMoney:
    def test_live_their_year_once(self):
        plan = community_plan().with_changes([Change("programmes.BASE_AWARD.recipients", 199)])
        flows = cash_flow(plan)
        others = [
            plan.with_changes([Change("volunteers.registered", 70)]),
            plan.with_changes([Change("budget_lines.ECONOMIC_AID.amount", 1)]),
        ]

        assert [cash_flow(other) is flows for other in others] == [True, True]

    @pytest.mark.parametrize(
        "change",
        [
            Change("programmes.BASE_AWARD.recipients", 201),
            Change("programmes.BASE_AWARD.first_month", "2026-02"),
            Change("parameters.base_award_monthly_fen", 49_900),
            Change("budget_lines.TRAINING.amount", 1),
            Change("sources.GOVERNMENT.inflows.0.amount", 1),
            Change("sources.GOVERNMENT.inflows.0.month", "2026-05"),
        ],
    )
    def test_and_those_that_differ_do_not(self, change: Change):
        assert cash_flow(community_plan().with_changes([change])) != cash_flow(community_plan())

    def test_nor_do_those_whose_money_is_bound_or_whose_queue_is_another(self):
        plan = community_plan()
        bound = replace(plan, sources=tuple(replace(source, purposes=("COUNSELLING",)) for source in plan.sources))
        turned = replace(plan, shortage=Order(("ELDER_SUPPLEMENT", "BASE_AWARD")))

        assert cash_flow(plan) not in (cash_flow(bound), cash_flow(turned))


class TestTheCommunityYear:
    def test_pays_eight_months_whole(self):
        flows = cash_flow(community_plan())

        assert [yuan_short(flow.paid_fen) for flow in flows[:8]] == ["115,000"] * 8

    def test_has_eighty_thousand_left_for_the_ninth(self):
        assert yuan_short(cash_flow(community_plan())[7].balance_fen) == "80,000"

    def test_pays_base_awards_first_in_the_ninth(self):
        # 80,000 ÷ 500 = 160 of 200 households; no supplement.
        assert waiting(cash_flow(community_plan())[8]) == {"BASE_AWARD": 40, "ELDER_SUPPLEMENT": 50}

    def test_owes_what_the_year_is_short_of_at_its_end(self):
        assert yuan_short(cash_flow(community_plan())[-1].unpaid_fen) == "380,000"

    def test_counts_everybody_once_among_those_who_wait(self):
        assert cash_flow(community_plan())[-1].units_waiting == 250

    def test_runs_dry_in_march_when_money_comes_in_quarters(self):
        plan = community_plan()

        assert first_shortage(cash_flow(plan, quarterly(plan))).month == Month(2026, 3)

    def test_keeps_every_fen_in_every_month(self):
        received = paid = 0
        for flow in cash_flow(community_plan()):
            received += flow.inflow_fen
            paid += flow.paid_fen
            assert flow.balance_fen == received - paid


class TestShortage:
    def test_pays_arrears_before_the_months_own_claims(self):
        # Nothing until July, then 600,000: January to May are paid whole (5 × 115,000), and 25,000 of June.
        plan = community_plan().with_changes(
            [
                Change("sources.GOVERNMENT.inflows.0.month", "2026-07"),
                Change("sources.DONATION.inflows.0.month", "2026-12"),
                Change("sources.COMMUNITY.inflows.0.month", "2026-12"),
            ]
        )
        july = cash_flow(plan)[6]

        # Of June 50 households of 200 are paid; nobody of July.
        assert (yuan_short(july.paid_fen), yuan_short(july.unpaid_fen)) == ("600,000", "205,000")
        assert waiting(july) == {"BASE_AWARD": 200, "ELDER_SUPPLEMENT": 50}

    def test_pays_the_months_own_claims_first_where_the_pack_says_so(self):
        # 115,000 in July and nothing else: July is paid whole, the six months before it wait on.
        plan = replace(community_plan(), shortage=Order(("BASE_AWARD",), arrears_first=False)).with_changes(
            [
                Change("sources.GOVERNMENT.inflows.0.month", "2026-07"),
                Change("sources.GOVERNMENT.inflows.0.amount", 11_500_000),
                Change("sources.DONATION.inflows.0.month", "2026-12"),
                Change("sources.COMMUNITY.inflows.0.month", "2026-12"),
            ]
        )
        july, august = cash_flow(plan)[6:8]

        assert (yuan_short(july.unpaid_fen), yuan_short(august.unpaid_fen)) == ("690,000", "805,000")

    def test_counts_those_who_wait_for_two_months_once(self):
        # 95,000 in August and again in September, which pays its own first: the same ten households wait twice.
        plan = replace(community_plan(), shortage=Order(("BASE_AWARD",), arrears_first=False)).with_changes(
            [
                Change("sources.COMMUNITY.inflows.0.month", "2026-09"),
                Change("sources.COMMUNITY.inflows.0.amount", 9_500_000),
            ]
        )

        assert [waiting(flow) for flow in cash_flow(plan)[7:9]] == [{"BASE_AWARD": 10, "ELDER_SUPPLEMENT": 50}] * 2

    def test_pays_nobody_a_part_of_an_amount(self):
        plan = community_plan().with_changes([Change("sources.COMMUNITY.inflows.0.amount", 10_049_900)])
        september = cash_flow(plan)[8]

        # 80,499 yuan: 160 households, and one supplement of the remaining 499.
        assert (waiting(september)["BASE_AWARD"], waiting(september)["ELDER_SUPPLEMENT"]) == (40, 49)

    def test_owes_nothing_for_an_amount_of_nothing(self):
        plan = community_plan().with_changes(
            [Change("parameters.base_award_monthly_fen", 0), Change("parameters.elder_supplement_monthly_fen", 0)]
        )

        assert first_shortage(cash_flow(plan)) is None

    def test_spends_money_set_aside_for_services_in_even_parts_after_the_awards(self):
        plan = community_plan().with_changes([Change("budget_lines.TRAINING.amount", 1_200_000)])

        assert [flow.due_fen for flow in cash_flow(plan)] == [11_600_000] * 12

    def test_lets_programmes_without_a_rank_wait_until_the_others_are_paid(self):
        plan = replace(community_plan(), shortage=Order(("ELDER_SUPPLEMENT",)))

        # 80,000 − 50 × 300 = 65,000 = 130 × 500.
        assert waiting(cash_flow(plan)[8]) == {"BASE_AWARD": 70}


class TestMonths:
    def test_reach_from_the_first_receipt_to_the_last_payment(self):
        plan = community_plan().with_changes([Change("sources.DONATION.inflows.0.month", "2025-12")])

        assert (months_of(plan)[0], months_of(plan)[-1]) == (Month(2025, 12), Month(2026, 12))

    def test_are_the_calendar_year_when_nothing_is_paid_or_received(self):
        plan = Plan(
            code="EMPTY",
            version="1",
            label=community_plan().label,
            figures={"year": community_plan().figures["year"]},
        )

        assert (months_of(plan)[0], len(months_of(plan))) == (Month(2026, 1), 12)

    def test_in_quarters_put_what_does_not_divide_into_the_last(self):
        plan = community_plan().with_changes([Change("sources.COMMUNITY.inflows.0.amount", 10_000_003)])

        own = [fen for source, _, fen in quarterly(plan) if source == "COMMUNITY"]

        assert own == [2_500_000] * 3 + [2_500_003]


class TestPayingFewer:
    """The way out that leaves people out leaves out no more than the money needs."""

    def test_cuts_every_programme_alike_and_by_the_least(self):
        (dry,) = (found for found in check(community_plan()) if found.code == "FUND_RUNS_DRY")
        cut = {change.path: change.value for way in dry.remedies for change in way.changes}
        family, elder = "programmes.BASE_AWARD", "programmes.ELDER_SUPPLEMENT"
        assert (cut[f"{family}.recipients"], cut[f"{elder}.recipients"]) == (145, 50 * 145 // 200)
        for families, lasts in ((145, True), (146, False)):
            fewer = {family: families, elder: 50 * families // 200}
            paths = [(f"{code}.{what}", n) for code, n in fewer.items() for what in ("recipients", "opening_caseload")]
            plan = community_plan().with_changes([Change(path, number) for path, number in paths])
            assert (first_shortage(cash_flow(plan)) is None) == lasts
