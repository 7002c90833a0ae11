"""The money by month: planned beside what the bank and the batches tell."""

from datetime import date

import pytest
from django.core.exceptions import ObjectDoesNotExist

from linli.foundation.data.scope import NOWHERE
from linli.kernel.period import Month
from linli.law.policies.engine import load_pack
from linli.overview.planning.engine import plan_from_pack
from linli.overview.planning.queries import MonthMoney, money_by_month
from tests.planning.conftest import Lived
from tests.policies.engine.support import HARBOUR

APRIL, MAY, JUNE = Month(2026, 4), Month(2026, 5), Month(2026, 6)


def by_month(lived: Lived, on: date) -> dict[Month, MonthMoney]:
    rows = money_by_month(lived.scope, fund_id=lived.fund_id, plan=lived.plan, on=on)
    return {row.month: row for row in rows}


class TestMoneyByMonth:
    def test_tells_what_came_in_what_was_paid_and_what_is_left(self, lived: Lived):
        rows = by_month(lived, date(2026, 4, 30))

        assert (rows[Month(2026, 1)].inflow_fen, rows[APRIL].paid_fen, rows[APRIL].balance_fen) == (
            500_000,
            160_000,
            340_000,
        )

    def test_months_to_come_have_no_actual_numbers(self, lived: Lived):
        row = by_month(lived, date(2026, 4, 30))[MAY]

        assert (row.inflow_fen, row.paid_fen, row.balance_fen, row.arrears_fen, row.waiting) == (None,) * 5

    def test_the_plan_stands_beside_every_month(self, lived: Lived):
        row = by_month(lived, date(2026, 4, 30))[MAY]

        assert row.planned is not None
        assert row.planned.paid_fen == 11_500_000

    def test_what_a_batch_could_not_pay_is_owed(self, lived: Lived):
        lived.pay(MAY, date(2026, 5, 11))
        lived.pay(JUNE, date(2026, 6, 10))

        row = by_month(lived, date(2026, 6, 30))[JUNE]

        # 340,000 less May's 160,000 leaves 180,000: June is paid in full and 20,000 are left.
        assert (row.balance_fen, row.waiting, row.arrears_fen) == (20_000, 0, 0)

    def test_short_money_leaves_the_rest_waiting(self, lived: Lived):
        for month, day in ((MAY, 11), (JUNE, 10)):
            lived.pay(month, date(2026, month.month, day))
        lived.receive(60_000, on=date(2026, 7, 1))
        lived.pay(Month(2026, 7), date(2026, 7, 10))

        row = by_month(lived, date(2026, 7, 31))[Month(2026, 7)]

        # 80,000 are there for 160,000: a household and an elder are paid, as many wait.
        assert (row.waiting, row.arrears_fen, row.balance_fen) == (2, 80_000, 0)

    def test_a_month_without_a_batch_owes_what_fell_due(self, lived: Lived):
        rows = by_month(lived, date(2026, 6, 30))

        assert [(rows[month].waiting, rows[month].arrears_fen) for month in (APRIL, MAY, JUNE)] == [
            (0, 0),
            (4, 160_000),
            (8, 320_000),
        ]

    def test_money_before_the_plans_first_month_counts_to_it(self, lived: Lived):
        plan = plan_from_pack(load_pack(HARBOUR))

        first = money_by_month(lived.scope, fund_id=lived.fund_id, plan=plan, on=date(2026, 4, 30))[0]

        # The money came in January, this plan begins in April.
        assert (first.month, first.inflow_fen) == (APRIL, 500_000)

    def test_a_fund_out_of_scope_is_not_there(self, lived: Lived):
        with pytest.raises(ObjectDoesNotExist):
            money_by_month(NOWHERE, fund_id=lived.fund_id, plan=lived.plan, on=date(2026, 4, 30))
