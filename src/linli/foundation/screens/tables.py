"""What lists drawn by hand share: pages cut at n + 1 so that their cost does not grow with the table."""

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def cut(rows: Sequence[T], size: int) -> tuple[list[T], bool]:
    """Of ``size`` + 1 rows that were asked for, those to show and whether more follow."""
    return list(rows[:size]), len(rows) > size
