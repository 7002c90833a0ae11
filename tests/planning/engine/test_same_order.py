"""The plan's cash flow and real payments pay the same people: both pure functions live the same invented months."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.kernel.period import Month
from linli.law.policies.engine.shortage import WITHIN, Claim, Order
from linli.money.ledger.rules.allocation import Purse
from linli.money.payments.rules import shortage as payments
from linli.overview.planning.engine import Change, MonthFlow, Plan, cash_flow
from tests.planning.engine.plans import community_plan

FIRST, NEW_YEAR = Month(2026, 1), date(2026, 1, 1)
PURPOSES: list[tuple[str, ...]] = [(), ("AID",), ("ELDER",), ("AID", "ELDER"), ("ELDER", "TRAINING")]
LINES = {"BASE_AWARD": "AID", "ELDER_SUPPLEMENT": "ELDER"}
PROGRAMMES = {"BASE_AWARD": "base_award", "ELDER_SUPPLEMENT": "elder_supplement"}
SOURCES = ("GOVERNMENT", "DONATION", "COMMUNITY")


@st.composite
def years(draw: st.DrawFn) -> Plan:
    """A small community: few recipients, small sums, three receipts somewhere in a year of two programmes.

    Whatever a pack may say of shortage: arrears first or last, either programme first, anybody first within one. Each
    programme has a line of its own and each source its purposes: free, one line, the other, services too.
    """
    changes = [Change("budget_lines.ECONOMIC_AID.amount", 0)]
    for code, name in PROGRAMMES.items():
        changes += [
            Change(f"programmes.{code}.recipients", draw(st.integers(0, 6))),
            Change(f"programmes.{code}.last_month", str(FIRST.plus(draw(st.integers(0, 5))))),
            Change(f"parameters.{name}_monthly_fen", draw(st.integers(1, 9))),
        ]
    for code in SOURCES:
        changes += [
            Change(f"sources.{code}.inflows.0.month", str(FIRST.plus(draw(st.integers(0, 5))))),
            Change(f"sources.{code}.inflows.0.amount", draw(st.integers(0, 120))),
        ]
    order = Order(
        programmes=draw(st.sampled_from([("BASE_AWARD", "ELDER_SUPPLEMENT"), ("ELDER_SUPPLEMENT", "BASE_AWARD")])),
        arrears_first=draw(st.booleans()),
        within=draw(st.sampled_from(sorted(WITHIN))),
    )
    plan = replace(community_plan().with_changes(changes), shortage=order)
    purposes = [
        draw(st.sampled_from([(), ("AID",), ("ELDER",), ("AID", "ELDER"), ("ELDER", "TRAINING")])) for _ in SOURCES
    ]
    return replace(
        plan,
        programmes=tuple(replace(p, line=LINES[p.code]) for p in plan.programmes),
        sources=tuple(replace(s, purposes=bound) for s, bound in zip(plan.sources, purposes, strict=True)),
    )


def dues_of(plan: Plan, month: Month) -> list[Claim]:
    """What falls due in a month, one by one, as the awards' room would hand it to payments."""
    return [
        Claim(
            number=f"{code}-{number}",
            programme=code,
            month=month,
            amount_fen=plan.number(f"parameters.{name}_monthly_fen"),
            since=NEW_YEAR - timedelta(days=number),
            applied=NEW_YEAR - timedelta(days=number % 4),
            heads=1 + number % 3,
            line=next(programme.line for programme in plan.programmes if programme.code == code),
        )
        for code, name in PROGRAMMES.items()
        if FIRST <= month <= plan.month(f"programmes.{code}.last_month")
        for number in range(plan.number(f"programmes.{code}.recipients"))
    ]


def lived(plan: Plan, months: list[Month]) -> list[tuple[int, int, int, dict[str, int]]]:
    """Paid, left and owed fen, and different units waiting, when payments spend the plan's money month by month."""
    owed, year = [], []
    left = dict.fromkeys((source.code for source in plan.sources), 0)
    for month in months:
        for code in SOURCES:
            if plan.month(f"sources.{code}.inflows.0.month") == month:
                left[code] += plan.number(f"sources.{code}.inflows.0.amount")
        purses = [
            Purse(place, place, left[source.code], frozenset(source.purposes))
            for place, source in enumerate(plan.sources)
        ]
        found = payments.plan([*owed, *dues_of(plan, month)], purses, plan.shortage, month)
        for due, place in found.paid:
            left[plan.sources[place].code] -= due.amount_fen
        owed = list(found.waiting)
        waiting = {code: len({due.number for due in owed if due.programme == code}) for code in PROGRAMMES}
        paid = sum(due.amount_fen for due, _ in found.paid)
        year.append((paid, sum(left.values()), sum(due.amount_fen for due in owed), waiting))
    return year


def told(flow: MonthFlow) -> tuple[int, int, int, dict[str, int]]:
    """The same of a month of the checker's cash flow."""
    units = {entry.programme: entry.units for entry in flow.waiting}
    return flow.paid_fen, flow.balance_fen, flow.unpaid_fen, {code: units.get(code, 0) for code in PROGRAMMES}


class TestWhenMoneyIsShort:
    @settings(max_examples=200, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(plan=years())
    def test_the_checker_pays_whom_payments_pay(self, plan: Plan):
        flows = cash_flow(plan)

        assert [told(flow) for flow in flows] == lived(plan, [flow.month for flow in flows])

    def test_money_that_comes_in_july_pays_the_oldest_months_first(self):
        plan = community_plan().with_changes(
            [Change(f"sources.{code}.inflows.0.month", "2026-12") for code in SOURCES[1:]]
            + [Change("sources.GOVERNMENT.inflows.0.month", "2026-07")]
        )
        months = [FIRST.plus(number) for number in range(7)]

        # Five months of 115,000 and 50 households of June: 205,000 are still owed, and everybody waits for July.
        expected = (60_000_000, 0, 20_500_000, {"BASE_AWARD": 200, "ELDER_SUPPLEMENT": 50})
        assert (lived(plan, months)[-1], told(cash_flow(plan)[6])) == (expected, expected)
