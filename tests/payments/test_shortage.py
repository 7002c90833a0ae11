"""Who is paid when money is short: pure."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.period import Month
from linli.law.policies.engine.shortage import Claim, Order
from linli.money.ledger.rules.allocation import Purse
from linli.money.payments.rules.shortage import plan

ORDER = ("BASE", "ELDER")


def due(number: str, programme: str = "BASE", month: int = 3, fen: int = 500, since: int = 1) -> Claim:
    return Claim(programme, Month(2026, month), fen, date(2026, since, 1), number=number, line=programme)


def numbers(dues: list[Claim], fen: int, order: tuple[str, ...] = ORDER) -> tuple[list[str], list[str]]:
    found = plan(dues, [Purse(1, 1, fen)], order)
    return [one.number for one, _source in found.paid], [one.number for one in found.waiting]


class TestPlan:
    def test_pays_arrears_first(self) -> None:
        assert numbers([due("new"), due("old", "ELDER", month=1)], 500) == (["old"], ["new"])

    def test_follows_the_packs_order_within_a_month(self) -> None:
        assert numbers([due("b", "ELDER"), due("a", "BASE")], 500) == (["a"], ["b"])

    def test_pays_the_older_award_first(self) -> None:
        assert numbers([due("b", since=2), due("a", since=1)], 500) == (["a"], ["b"])

    def test_breaks_ties_by_number(self) -> None:
        assert numbers([due("b"), due("a")], 500) == (["a"], ["b"])

    def test_puts_programmes_the_pack_does_not_name_last(self) -> None:
        assert numbers([due("x", "ANOTHER"), due("a", "ELDER")], 500) == (["a"], ["x"])

    def test_leaves_no_money_idle_that_still_helps(self) -> None:
        assert numbers([due("a"), due("b", "ELDER", fen=300)], 300) == (["b"], ["a"])

    def test_may_put_arrears_last(self) -> None:
        order = Order(ORDER, arrears_first=False)
        dues = [due("older", month=1), due("old", month=2), due("new", "ELDER")]
        found = plan(dues, [Purse(1, 1, 1500)], order, Month(2026, 3))
        assert [one.number for one, _source in found.paid] == ["new", "older", "old"]

    @pytest.mark.parametrize(
        ("within", "first"),
        [("OLDEST_AWARD", "a"), ("SMALLEST_AMOUNT", "b"), ("LARGEST_HOUSEHOLD", "c"), ("OLDEST_APPLICATION", "d")],
    )
    def test_follows_the_packs_order_within_a_programme(self, within: str, first: str) -> None:
        dues = [
            due("a", since=1),
            due("b", since=2, fen=400),
            replace(due("c", since=2), heads=3, applied=date(2026, 1, 9)),
            replace(due("d", since=2), applied=date(2025, 12, 1)),
        ]
        dues[:2] = [replace(one, applied=date(2026, 1, 9)) for one in dues[:2]]
        found = plan(dues, [Purse(1, 1, 2000)], Order(ORDER, within=within), Month(2026, 3))
        assert found.paid[0][0].number == first

    def test_names_the_source_of_each_line(self) -> None:
        found = plan([due("a"), due("b", "ELDER")], [Purse(1, 1, 500), Purse(2, 2, 500, frozenset({"BASE"}))], ORDER)
        assert [source for _one, source in found.paid] == [2, 1]

    def test_names_the_source_that_an_earlier_line_was_moved_to(self) -> None:
        purses = [Purse(1, 1, 500, frozenset({"BASE", "ELDER"})), Purse(2, 2, 500, frozenset({"BASE", "OTHER"}))]
        found = plan([due("a"), due("b", "ELDER")], purses, ORDER)
        assert [source for _one, source in found.paid] == [2, 1]

    @given(
        st.lists(st.tuples(st.integers(1, 6), st.sampled_from(ORDER), st.integers(1, 9)), max_size=12),
        st.integers(0, 40),
    )
    def test_loses_nobody_and_spends_no_more_than_there_is(self, wanted: list[tuple[int, str, int]], fen: int) -> None:
        dues = [due(str(place), programme, month, amount) for place, (month, programme, amount) in enumerate(wanted)]
        found = plan(dues, [Purse(1, 1, fen)], ORDER)
        paid = [one for one, _source in found.paid]
        assert sorted(one.number for one in (*paid, *found.waiting)) == sorted(one.number for one in dues)
        assert sum(one.amount_fen for one in paid) <= fen
