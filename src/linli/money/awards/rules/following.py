"""How what the rules say from some days on becomes the amounts of an award that runs: pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias

from linli.kernel.period import Month

# Why a person is needed; a piece with none of these is followed as the pack says.
FACTS, MEMBERS, AMOUNT = "FACTS", "MEMBERS", "AMOUNT"


@dataclass(frozen=True)
class Piece:
    """What the rules say because of something on ``cause_date``: fen a month (None: facts are missing).

    ``rising`` and ``falling`` are the first month for which it counts and whether it counts by itself. ``why`` names
    what a person must look at first: missing FACTS, other MEMBERS than determined upon, an AMOUNT set by hand.
    ``newest``: it was asked of what is registered today, the others of what was known at the determination.
    """

    cause: str
    cause_date: date
    fen: int | None
    rising: tuple[Month, bool]
    falling: tuple[Month, bool]
    why: str = ""
    reference: int = 0  # which determination says so, to the caller
    newest: bool = False
    apart: bool = False  # of other people or beside another decision than the piece before: told apart from it


@dataclass(frozen=True)
class Finding:
    """One difference: in ``months`` ``fen`` (None: unknown) instead of ``before_fen``, which the first of them gives;
    ``why`` a person is needed.

    ``followed``: it counts by itself.
    """

    months: tuple[Month, ...]
    before_fen: int
    fen: int | None
    piece: Piece
    followed: bool

    @property
    def first(self) -> Month:
        """The first month for which it counts."""
        return self.months[0]

    def goes_on(self, before: "Finding") -> bool:
        """Whether it says the same as the one before, only later."""
        same = (self.before_fen, self.fen, self.why) == (before.before_fen, before.fen, before.why)
        return same and not self.piece.apart

    @property
    def why(self) -> str:
        """FACTS, MEMBERS, AMOUNT; REVIEW when the pack leaves it to a person; empty when it counts by itself."""
        return "" if self.followed else self.piece.why or "REVIEW"


def follow(current: Mapping[Month, int], pieces: Sequence[Piece]) -> tuple[dict[Month, int], list[Finding]]:
    """Amounts by month as they should be, and where they differ from ``current`` (fen by covered month, in order).

    Each piece holds until the next one's month. Where a piece does not count by itself the present amount stays, and
    so does what an earlier piece would otherwise overwrite.

    The newest piece is not overwritten by a birthday or a standard after it, which were asked of older facts: from its
    month on it holds to the end. Where it waits for a person the others are followed meanwhile, and it goes on waiting.
    """
    placed = _placed(current, pieces)
    waiting = next((one for one in placed if one[2].newest and not one[1]), None)
    if waiting is not None:
        placed = _placed(current, [piece for piece in pieces if not piece.newest])
    target, found = _walk(current, placed)
    return target, _beside(found, target, waiting) if waiting is not None else found


_Placed: TypeAlias = tuple[Month, bool, Piece]  # from which month, whether it counts by itself


def _placed(current: Mapping[Month, int], pieces: Sequence[Piece]) -> list[_Placed]:
    placed: list[_Placed] = []
    for piece in sorted(pieces, key=lambda piece: (piece.newest, piece.cause_date)):
        # Direction is seen against what is paid in the first month it could count for.
        present = _at(current, min(piece.rising[0], piece.falling[0]))
        if present is None:
            continue
        first, by_itself = piece.falling if piece.fen is not None and piece.fen < present else piece.rising
        first = max(first, next(iter(current)))
        placed = [one for one in placed if one[0] != first and (one[0] < first or not piece.newest)]
        placed.append((first, by_itself and not piece.why and piece.fen is not None, piece))
    return sorted(placed, key=lambda one: (one[0], one[2].cause_date))


def _walk(current: Mapping[Month, int], placed: Sequence[_Placed]) -> tuple[dict[Month, int], list[Finding]]:
    target = dict(current)
    found: list[Finding] = []
    for place, (first, followed, piece) in enumerate(placed):
        until = placed[place + 1][0] if place + 1 < len(placed) else None
        months = [month for month in current if month >= first and (until is None or month < until)]
        if not months or all(current[month] == piece.fen for month in months):
            continue
        differing = next(month for month in months if current[month] != piece.fen)
        held = tuple(month for month in months if month >= differing)
        one = Finding(held, current[differing], piece.fen, piece, followed)
        if found and one.goes_on(found[-1]):
            found[-1] = replace(found[-1], months=(*found[-1].months, *held))
        else:
            found.append(one)
        if followed and piece.fen is not None:
            target.update(dict.fromkeys(months, piece.fen))
    return target, found


def _beside(found: Sequence[Finding], target: Mapping[Month, int], waiting: _Placed) -> list[Finding]:
    """The findings with the newest that waits for a person, held against what is due once the others are followed.

    One month has one finding: of two that wait the newest, and it stands in the month after one that is followed.
    """
    first, _by_itself, piece = waiting
    taken = {one.first for one in found if one.followed}
    differing = next(
        (month for month in target if month >= first and target[month] != piece.fen and month not in taken), None
    )
    if differing is None:
        return list(found)
    held = tuple(month for month in target if month >= differing)
    newest = Finding(held, target[differing], piece.fen, piece, followed=False)
    return sorted([*(one for one in found if one.first != differing), newest], key=lambda one: one.first)


def turns(current: Mapping[Month, int], target: Mapping[Month, int]) -> list[tuple[Month, int]]:
    """The changes to write, in order, so that amounts which each holds on make ``target`` of ``current``."""
    amounts, found = dict(current), []
    for month, fen in target.items():
        if amounts[month] != fen:
            found.append((month, fen))
            amounts.update({later: fen for later in amounts if later >= month})
    return found


def _at(current: Mapping[Month, int], month: Month) -> int | None:
    """What is paid for the month, or for the first one covered when it lies before; None when none is covered then."""
    return next((fen for covered, fen in current.items() if covered >= month), None)
