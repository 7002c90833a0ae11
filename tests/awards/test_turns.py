"""How what the rules say from some days on becomes the amounts of an award: written by hand, month by month."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from linli.kernel.period import Month
from linli.money.awards.rules.following import FACTS, MEMBERS, Piece, follow, turns

YEAR = [Month(2026, number) for number in range(1, 13)]
CURRENT = dict.fromkeys(YEAR, 500)
Found = list[tuple[int, int, int | None, str]]  # first month, fen before, fen said, why a person is needed


def says(fen: int | None, first: int, *, falls_from: int = 0, itself: bool = True, **more: object) -> Piece:
    """The rules say so because of the middle of the month before; a reduction may count from another month."""
    cause = Month(2026, first).plus(-1).first_day.replace(day=15)
    rising, falling = (Month(2026, first), itself), (Month(2026, falls_from or first), itself)
    return Piece("AGE", cause, fen, rising, falling, **more)  # type: ignore[arg-type]  # a test's free words


def followed(*pieces: Piece, current: Mapping[Month, int] = CURRENT) -> tuple[list[int], Found]:
    target, found = follow(current, pieces)
    assert list(target) == list(current)
    return list(target.values()), [(one.first.month, one.before_fen, one.fen, one.why) for one in found]


def test_nothing_said_changes_nothing() -> None:
    assert followed() == ([500] * 12, [])


def test_each_of_three_holds_until_the_next() -> None:
    assert followed(says(510, 3), says(530, 6), says(520, 9)) == (
        [500] * 2 + [510] * 3 + [530] * 3 + [520] * 4,
        [(3, 500, 510, ""), (6, 500, 530, ""), (9, 500, 520, "")],
    )


def test_they_may_be_told_in_any_order() -> None:
    assert followed(says(520, 9), says(510, 3), says(530, 6)) == followed(says(510, 3), says(530, 6), says(520, 9))


def test_what_waits_for_a_person_is_told_and_not_paid() -> None:
    assert followed(says(510, 3), says(530, 6, itself=False), says(520, 9)) == (
        [500] * 2 + [510] * 3 + [500] * 3 + [520] * 4,
        [(3, 500, 510, ""), (6, 500, 530, "REVIEW"), (9, 500, 520, "")],
    )


@pytest.mark.parametrize(("fen", "why"), [(None, FACTS), (530, MEMBERS)])
def test_what_lacks_facts_or_people_is_not_paid_though_it_would_count_by_itself(fen: int | None, why: str) -> None:
    assert followed(says(fen, 6, why=why)) == ([500] * 12, [(6, 500, fen, why)])


def test_of_two_for_one_month_the_later_cause_counts() -> None:
    earlier = replace(says(510, 6), cause_date=date(2026, 5, 2))
    assert followed(says(530, 6), earlier) == ([500] * 5 + [530] * 7, [(6, 500, 530, "")])


def test_a_reduction_counts_from_a_month_of_its_own() -> None:
    assert followed(says(450, 3, falls_from=5))[0] == [500] * 4 + [450] * 8
    assert followed(says(550, 3, falls_from=5))[0] == [500] * 2 + [550] * 10
    # Neither more nor less: nothing is told.
    assert followed(says(500, 3, falls_from=5)) == ([500] * 12, [])


def test_what_is_paid_already_from_some_month_on_is_told_for_the_others() -> None:
    paid = CURRENT | dict.fromkeys(YEAR[6:], 530)
    assert followed(says(530, 4), current=paid) == ([500] * 3 + [530] * 9, [(4, 500, 530, "")])
    paid = CURRENT | dict.fromkeys(YEAR[3:6], 530)
    assert followed(says(530, 4), current=paid) == ([500] * 3 + [530] * 9, [(7, 500, 530, "")])


def test_what_is_said_of_others_is_told_apart() -> None:
    assert followed(says(530, 4), says(530, 7, apart=True)) == (
        [500] * 3 + [530] * 9,
        [(4, 500, 530, ""), (7, 500, 530, "")],
    )


def test_a_difference_names_the_months_it_counts_for() -> None:
    _target, found = follow(CURRENT, [says(530, 4), says(530, 6), says(500, 9), says(510, 11, itself=False)])
    assert [[month.month for month in one.months] for one in found] == [[4, 5, 6, 7, 8], [11, 12]]


def test_the_same_said_twice_is_told_once() -> None:
    assert followed(says(530, 4), says(530, 7)) == ([500] * 3 + [530] * 9, [(4, 500, 530, "")])


class TestTheMonthsCovered:
    CURRENT = dict.fromkeys(YEAR[3:9], 500)  # April to September

    def test_what_came_before_counts_from_the_first(self) -> None:
        assert followed(says(530, 2), current=self.CURRENT) == ([530] * 6, [(4, 500, 530, "")])

    def test_what_comes_in_the_last_counts_for_it(self) -> None:
        assert followed(says(530, 9), current=self.CURRENT) == ([500] * 5 + [530], [(9, 500, 530, "")])

    def test_what_comes_after_the_last_is_nothing(self) -> None:
        assert followed(says(530, 10), current=self.CURRENT) == ([500] * 6, [])


class TestTheNewest:
    """Asked of what is registered today; the others are asked of what was known at the determination."""

    def test_holds_to_the_end_over_what_comes_later(self) -> None:
        assert followed(says(450, 4, newest=True), says(530, 7)) == (
            [500] * 3 + [450] * 9,
            [(4, 500, 450, "")],
        )

    def test_leaves_what_came_before_it(self) -> None:
        assert followed(says(530, 2), says(450, 4, newest=True))[0] == [500] + [530] * 2 + [450] * 9

    def test_that_waits_goes_on_waiting_and_the_others_are_followed(self) -> None:
        assert followed(says(450, 4, itself=False, newest=True), says(530, 7)) == (
            [500] * 6 + [530] * 6,
            [(4, 500, 450, "REVIEW"), (7, 500, 530, "")],
        )

    def test_that_waits_for_the_month_of_another_waits_for_the_next(self) -> None:
        assert followed(says(450, 7, itself=False, newest=True), says(530, 7)) == (
            [500] * 6 + [530] * 6,
            [(7, 500, 530, ""), (8, 530, 450, "REVIEW")],
        )

    def test_that_waits_for_what_the_others_give_is_settled(self) -> None:
        assert followed(says(530, 7, itself=False, newest=True), says(530, 7)) == (
            [500] * 6 + [530] * 6,
            [(7, 500, 530, "")],
        )


@pytest.mark.parametrize(
    ("target", "written"),
    [
        ([500] * 12, []),
        ([500] * 5 + [530] * 7, [(6, 530)]),
        ([530] + [500] * 11, [(1, 530), (2, 500)]),
        ([500] * 5 + [530] * 2 + [500] * 5, [(6, 530), (8, 500)]),
        ([500] * 11 + [0], [(12, 0)]),
    ],
)
def test_turns_are_the_changes_to_write_in_order(target: list[int], written: list[tuple[int, int]]) -> None:
    found = turns(CURRENT, dict(zip(YEAR, target, strict=True)))

    assert [(month.month, fen) for month, fen in found] == written
