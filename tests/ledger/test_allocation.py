"""Which source pays: pure. What the allocator does is compared with every other way to lay the money out."""

from collections.abc import Iterator
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from linli.money.ledger.rules.allocation import Allocator, Purse

DONATION = Purse(1, 2, 1000, frozenset({"AID"}))
FREE = Purse(2, 1, 500)
LINES = ("A", "B", "C")
PURPOSES = st.sampled_from(["", "A", "B", "AB", "BC", "AC", "ABC"]).map(frozenset)


def paid_by(purses: list[Purse], claims: list[tuple[str, int]]) -> list[bool]:
    """Who of these claims, in their order, is paid."""
    allocator = Allocator(purses)
    return [allocator.take(line, fen) == 1 for line, fen in claims]


def best(purses: list[Purse], claims: list[tuple[str, int]]) -> list[bool]:
    """Everybody in turn is paid if all before him and he can be, tried out over every way to choose the sources."""
    kept: list[int] = []
    for place in range(len(claims)):
        if any(fits(purses, [claims[n] for n in (*kept, place)], way) for way in ways(purses, len(kept) + 1)):
            kept.append(place)
    return [place in kept for place in range(len(claims))]


def ways(purses: list[Purse], claims: int) -> Iterator[tuple[int, ...]]:
    yield from product(range(len(purses)), repeat=claims)


def fits(purses: list[Purse], claims: list[tuple[str, int]], way: tuple[int, ...]) -> bool:
    spent = [0] * len(purses)
    for (line, fen), place in zip(claims, way, strict=True):
        if not purses[place].may_pay(line):
            return False
        spent[place] += fen
    return all(fen <= purse.spendable_fen for fen, purse in zip(spent, purses, strict=True))


@st.composite
def funds(draw: st.DrawFn, most: int = 3) -> list[Purse]:
    """Up to three purses with purposes that may lie within each other, apart, or cross."""
    return [Purse(n, n, draw(st.integers(0, most)), draw(PURPOSES)) for n in range(draw(st.integers(1, 3)))]


class TestAllocator:
    def test_uses_restricted_money_first_for_its_purpose(self) -> None:
        allocator = Allocator([FREE, DONATION])
        allocator.take("AID", 500)
        assert allocator.sources("AID", 500) == [1]

    def test_keeps_restricted_money_from_other_purposes(self) -> None:
        allocator = Allocator([FREE, DONATION])
        assert (allocator.take("TRAINING", 500), allocator.take("TRAINING", 500)) == (1, 0)

    def test_uses_the_narrower_purpose_before_the_wider(self) -> None:
        wide, narrow = Purse(1, 1, 500, frozenset({"A", "B"})), Purse(2, 2, 500, frozenset({"A"}))
        assert paid_by([wide, narrow], [("A", 500), ("B", 500)]) == [True, True]

    def test_follows_the_funds_order_among_free_sources(self) -> None:
        allocator = Allocator([Purse(7, 2, 500), FREE])
        allocator.take("AID", 500)
        assert allocator.sources("AID", 500) == [2]

    def test_pays_from_one_source_whole(self) -> None:
        assert Allocator([FREE, Purse(7, 2, 499)]).take("AID", 501) == 0

    def test_moves_what_is_placed_where_nobody_else_could_be_paid(self) -> None:
        crossing = [Purse(1, 1, 500, frozenset({"A", "B"})), Purse(2, 2, 500, frozenset({"B", "C"}))]
        assert paid_by(crossing, [("B", 500), ("A", 500)]) == [True, True]

    def test_moves_through_a_third_source(self) -> None:
        chain = [
            Purse(1, 1, 500, frozenset({"A", "B"})),
            Purse(2, 2, 500, frozenset({"B", "C"})),
            Purse(3, 3, 500, frozenset({"C", "D"})),
        ]
        assert paid_by(chain, [("B", 500), ("C", 500), ("A", 500)]) == [True, True, True]

    def test_leaves_what_was_moved_in_vain_where_it_was(self) -> None:
        allocator = Allocator([DONATION, Purse(2, 1, 700)])
        allocator.take("AID", 600)
        assert (allocator.take("AID", 1100), allocator.sources("AID", 600)) == (0, [1])

    def test_shows_what_is_left(self) -> None:
        allocator = Allocator([FREE, DONATION])
        allocator.take("AID", 300)
        assert allocator.left() == {1: 700, 2: 500}

    def test_tells_what_each_source_pays_on_each_line(self) -> None:
        allocator = Allocator([FREE, DONATION])
        allocator.take("AID", 300, 4)
        assert allocator.placed() == {1: {"AID": 900}, 2: {"AID": 300}}

    def test_pays_amounts_of_nothing(self) -> None:
        assert Allocator([FREE]).take("AID", 0, 3) == 3

    @given(funds(), st.lists(st.sampled_from(LINES), max_size=6))
    def test_is_the_best_there_is_for_equal_amounts(self, purses: list[Purse], lines: list[str]) -> None:
        claims = [(line, 1) for line in lines]
        assert paid_by(purses, claims) == best(purses, claims)

    @given(funds(most=12), st.lists(st.tuples(st.sampled_from(LINES), st.integers(1, 6)), max_size=8))
    def test_many_at_once_are_paid_like_one_by_one(self, purses: list[Purse], wanted: list[tuple[str, int]]) -> None:
        together, alone = Allocator(purses), Allocator(purses)
        counted = [together.take(line, 2, units) for line, units in wanted]
        assert counted == [sum(alone.take(line, 2) for _ in range(units)) for line, units in wanted]

    @settings(max_examples=200)
    @given(funds(most=40), st.lists(st.tuples(st.sampled_from(LINES), st.integers(1, 30)), max_size=20))
    def test_never_pays_more_than_there_is_nor_for_another_purpose(
        self, purses: list[Purse], wanted: list[tuple[str, int]]
    ) -> None:
        allocator = Allocator(purses)
        paid = sum(fen for line, fen in wanted if allocator.take(line, fen))
        placed = allocator.placed()
        assert sum(sum(lines.values()) for lines in placed.values()) == paid
        for purse in purses:
            assert all(purse.may_pay(line) for line, fen in placed[purse.source_id].items() if fen)
            own = sum(placed[purse.source_id].values())
            assert own + allocator.left()[purse.source_id] == purse.spendable_fen

    @given(funds(most=40), st.lists(st.tuples(st.sampled_from(LINES), st.integers(1, 30)), max_size=20))
    def test_refuses_nobody_whom_one_source_could_pay(self, purses: list[Purse], wanted: list[tuple[str, int]]) -> None:
        allocator = Allocator(purses)
        for line, fen in wanted:
            if not allocator.take(line, fen):
                left = allocator.left()
                assert all(left[purse.source_id] < fen for purse in purses if purse.may_pay(line))
