"""What follows from a correction, within the same act. The registry knows no consequence: rooms above register theirs.

An award that ended because of a death that did not happen, a claim for what was paid after it, an account that was
stopped: each is put right by the room that keeps it, in the act that puts the death right, or nothing is (ADR 0015).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from linli.kernel.act import Act
from linli.registry.residents.codes import DepartureKind


@dataclass(frozen=True)
class Amendment:
    """A departure of a resident or of a household that reads otherwise now; ``now`` None: it did not happen.

    ``household_ids`` are the households whose members or place read otherwise, the one with the move first.
    """

    kind: DepartureKind
    was: date
    now: date | None
    reason: str
    resident_id: int | None
    household_ids: tuple[int, ...]


Follower = Callable[[Act, Amendment], None]
_followers: list[Follower] = []


def register_follower(follower: Follower) -> None:
    """Called at start by a room whose records follow from departures; it runs inside the correction's act."""
    if follower not in _followers:
        _followers.append(follower)


def follow(act: Act, amendment: Amendment) -> None:
    """Let every room put right what followed, in the order in which they registered."""
    for follower in _followers:
        follower(act, amendment)
