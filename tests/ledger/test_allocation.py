"""Which source pays: pure."""

from hypothesis import given
from hypothesis import strategies as st

from linli.ledger.rules.allocation import Allocator, Purse

DONATION = Purse(1, 2, 1000, frozenset({"BASE"}))
FREE = Purse(2, 1, 500)


class TestAllocator:
    def test_uses_restricted_money_first_for_its_purpose(self) -> None:
        assert Allocator([FREE, DONATION]).take("BASE", 500) == 1

    def test_keeps_restricted_money_from_other_purposes(self) -> None:
        assert Allocator([FREE, DONATION]).take("ELDER", 500) == 2

    def test_follows_the_funds_order_among_free_sources(self) -> None:
        assert Allocator([Purse(7, 2, 500), FREE]).take("ELDER", 500) == 2

    def test_pays_from_one_source_whole(self) -> None:
        assert Allocator([FREE, Purse(7, 2, 499)]).take("ELDER", 501) is None

    def test_shows_what_is_left(self) -> None:
        allocator = Allocator([FREE, DONATION])
        allocator.take("BASE", 300)
        assert allocator.left() == {1: 700, 2: 500}

    @given(
        st.lists(st.tuples(st.integers(0, 50), st.booleans()), max_size=5),
        st.lists(st.tuples(st.sampled_from(["BASE", "ELDER"]), st.integers(1, 30)), max_size=20),
    )
    def test_never_pays_more_than_there_is_nor_for_another_purpose(
        self, money: list[tuple[int, bool]], wanted: list[tuple[str, int]]
    ) -> None:
        purses = [
            Purse(place, place, fen, frozenset({"BASE"}) if bound else frozenset())
            for place, (fen, bound) in enumerate(money)
        ]
        allocator = Allocator(purses)
        paid = dict.fromkeys(range(len(purses)), 0)
        for programme, fen in wanted:
            source = allocator.take(programme, fen)
            if source is None:
                assert all(left < fen or not purses[key].may_pay(programme) for key, left in allocator.left().items())
            else:
                assert purses[source].may_pay(programme)
                paid[source] += fen
        assert all(paid[key] + left == purses[key].spendable_fen for key, left in allocator.left().items())
