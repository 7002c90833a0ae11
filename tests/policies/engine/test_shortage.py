"""The order of payment in shortage: arrears, programmes, and who comes first within one."""

from datetime import date

import pytest

from linli.kernel.period import Month
from linli.law.policies.engine.shortage import Claim, Order, turn

NOW = Month(2026, 3)


def queue(*claims: Claim, arrears_first: bool = True, within: str = "OLDEST_AWARD") -> list[str]:
    """Numbers of the claims in the order in which they are paid in March."""
    order = Order(arrears_first=arrears_first, programmes=("MEAL", "FUEL"), within=within)
    return [claim.number for claim in sorted(claims, key=lambda claim: turn(order, claim, NOW))]


def claim(number: str, programme: str = "MEAL", month: int = 3, **more: object) -> Claim:
    return Claim(programme, Month(2026, month), number=number, **more)  # type: ignore[arg-type]  # as above


class TestArrears:
    def test_come_before_the_months_own_claims(self):
        assert queue(claim("own"), claim("late", "FUEL", 2)) == ["late", "own"]

    def test_come_after_them_where_the_pack_says_so(self):
        assert queue(claim("own", "FUEL"), claim("late", month=2), arrears_first=False) == ["own", "late"]

    @pytest.mark.parametrize("arrears_first", [True, False])
    def test_are_paid_oldest_month_first(self, arrears_first: bool):
        assert queue(claim("feb", month=2), claim("jan", "FUEL", 1), arrears_first=arrears_first) == ["jan", "feb"]


class TestProgrammes:
    def test_follow_the_packs_order(self):
        assert queue(claim("second", "FUEL"), claim("first", "MEAL")) == ["first", "second"]

    def test_that_the_pack_does_not_name_come_last_by_code(self):
        assert queue(claim("z", "ZINC"), claim("a", "ALMS"), claim("f", "FUEL")) == ["f", "a", "z"]


class TestWithinAProgramme:
    one = claim("one", since=date(2026, 1, 1), applied=date(2025, 12, 2), amount_fen=500, heads=2)
    two = claim("two", since=date(2026, 2, 1), applied=date(2025, 12, 1), amount_fen=300, heads=3)

    @pytest.mark.parametrize(
        ("within", "first"),
        [
            ("OLDEST_AWARD", "one"),
            ("OLDEST_APPLICATION", "two"),
            ("SMALLEST_AMOUNT", "two"),
            ("LARGEST_HOUSEHOLD", "two"),
        ],
    )
    def test_the_pack_says_who_is_first(self, within: str, first: str):
        assert queue(self.one, self.two, within=within)[0] == first

    def test_what_is_even_goes_by_the_older_award_then_by_number(self):
        young = claim("a", since=date(2026, 2, 1))
        old = [claim("c", since=date(2026, 1, 1)), claim("b", since=date(2026, 1, 1))]

        assert queue(young, *old, within="SMALLEST_AMOUNT") == ["b", "c", "a"]
