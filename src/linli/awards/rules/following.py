"""How what the rules say from some days on becomes the amounts of an award that runs: pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from linli.kernel.period import Month

# Why a person is needed; a piece with none of these is followed as the pack says.
FACTS, MEMBERS, AMOUNT = "FACTS", "MEMBERS", "AMOUNT"


@dataclass(frozen=True)
class Piece:
    """What the rules say because of something on ``cause_date``: fen a month (None: facts are missing).

    ``rising`` and ``falling`` are the first month for which it counts and whether it counts by itself. ``why`` names
    what a person must look at first: missing FACTS, other MEMBERS than determined upon, an AMOUNT set by hand.
    """

    cause: str
    cause_date: date
    fen: int | None
    rising: tuple[Month, bool]
    falling: tuple[Month, bool]
    why: str = ""
    reference: int = 0  # which determination says so, to the caller


@dataclass(frozen=True)
class Finding:
    """One difference: from ``first`` on ``fen`` (None: unknown) instead of ``before_fen``; ``why`` a person is needed.

    ``followed``: it counts by itself.
    """

    first: Month
    before_fen: int
    fen: int | None
    piece: Piece
    followed: bool

    def goes_on(self, before: "Finding") -> bool:
        """Whether it says the same as the one before, only later."""
        return (self.before_fen, self.fen, self.why) == (before.before_fen, before.fen, before.why)

    @property
    def why(self) -> str:
        """FACTS, MEMBERS, AMOUNT; REVIEW when the pack leaves it to a person; empty when it counts by itself."""
        return "" if self.followed else self.piece.why or "REVIEW"


def follow(current: Mapping[Month, int], pieces: Sequence[Piece]) -> tuple[dict[Month, int], list[Finding]]:
    """Amounts by month as they should be, and where they differ from ``current`` (fen by covered month, in order).

    Each piece holds until the next one's month. Where a piece does not count by itself the present amount stays, and
    so does what an earlier piece would otherwise overwrite.
    """
    placed: list[tuple[Month, bool, Piece]] = []
    for piece in sorted(pieces, key=lambda piece: piece.cause_date):
        # Direction is seen against what is paid in the first month it could count for.
        present = _at(current, min(piece.rising[0], piece.falling[0]))
        if present is None:
            continue
        first, by_itself = piece.falling if piece.fen is not None and piece.fen < present else piece.rising
        first = max(first, next(iter(current)))
        placed = [one for one in placed if one[0] != first]
        placed.append((first, by_itself and not piece.why and piece.fen is not None, piece))
    placed.sort(key=lambda one: (one[0], one[2].cause_date))
    target = dict(current)
    found: list[Finding] = []
    for place, (first, followed, piece) in enumerate(placed):
        until = placed[place + 1][0] if place + 1 < len(placed) else None
        months = [month for month in current if month >= first and (until is None or month < until)]
        if not months or all(current[month] == piece.fen for month in months):
            continue
        differing = next(month for month in months if current[month] != piece.fen)
        one = Finding(differing, current[differing], piece.fen, piece, followed)
        if not found or not one.goes_on(found[-1]):
            found.append(one)
        if followed and piece.fen is not None:
            target.update(dict.fromkeys(months, piece.fen))
    return target, found


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
