"""Which source pays what: restricted money first for its purpose, then the fund's order.

A payment comes from one source whole, so that donor money can be followed to the person.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Purse:
    """What a source can still pay, in fen; ``restricted_to`` empty means any programme."""

    source_id: int
    position: int
    spendable_fen: int
    restricted_to: frozenset[str] = frozenset()

    def may_pay(self, programme: str) -> bool:
        """Whether the source's purpose includes the programme."""
        return not self.restricted_to or programme in self.restricted_to


class Allocator:
    """Hands out the purses' money; its state is what is left."""

    def __init__(self, purses: Iterable[Purse]) -> None:
        # Restricted purses serve their purpose before free money is touched.
        self._purses = sorted(purses, key=lambda purse: (not purse.restricted_to, purse.position))
        self._left = {purse.source_id: purse.spendable_fen for purse in self._purses}

    def take(self, programme: str, amount_fen: int) -> int | None:
        """The id of the source that pays the amount, or None when no single one can."""
        for purse in self._purses:
            if purse.may_pay(programme) and self._left[purse.source_id] >= amount_fen:
                self._left[purse.source_id] -= amount_fen
                return purse.source_id
        return None

    def left(self) -> dict[int, int]:
        """Fen left by source id."""
        return dict(self._left)
