"""Whether somebody to be registered is somebody who is registered. Plain values in, a verdict out.

An identity number decides where both have one. Where one of the two has none, name and birth date are compared, and the
household decides: within one household they are one person, and two households have two people. What that does not
settle is asked, never guessed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto


class Verdict(Enum):
    """What can be said of somebody of the same name and birth date."""

    SAME = auto()
    ANOTHER = auto()
    UNSURE = auto()


@dataclass(frozen=True)
class Namesake:
    """Somebody registered with the name and the birth date, found under no number of the set."""

    resident_id: int
    has_number: bool
    household_id: int | None


def judge(
    namesakes: Sequence[Namesake], *, has_number: bool, home_id: int | None, family_is_new: bool
) -> tuple[Verdict, tuple[Namesake, ...]]:
    """The verdict on a person, and whom it speaks of.

    ``home_id`` is the registered household that the person's household is, None when it is none or not known.
    ``family_is_new`` says that a number in the person's household is registered nowhere: it is a family of its own, so
    a child without a number is its own child though another family has one of that name and day.
    """
    # Two numbers that differ are two people.
    possible = [one for one in namesakes if not (has_number and one.has_number)]
    at_home = tuple(one for one in possible if home_id is not None and one.household_id == home_id)
    if len(at_home) == 1:
        return Verdict.SAME, at_home
    if at_home:
        return Verdict.UNSURE, at_home
    if not possible or (family_is_new and home_id is None and not has_number):
        return Verdict.ANOTHER, ()
    return Verdict.UNSURE, tuple(possible)
