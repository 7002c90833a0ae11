"""Which money pays what: the one allocation that plan check, variant, payments and a lived year share (ADR 0017).

Money has owners. A source pays the budget lines it was given for and no others. Claims stand in the pack's order
(``policies.engine.shortage``) and each is paid

1. from one source whole, so that money can be followed to the person;
2. from the narrowest money that may pay it: the source with the fewest purposes, then the fund's order of use, so that
   flexible money is kept for what nothing else may pay;
3. and where no source has enough left, payments placed before in the same month go over to other money that may pay
   them, if that makes room: nobody waits while the month's money could be laid out so that he is paid.

Who was paid stays paid whatever follows. Within a month of equal amounts this is the best there is; with different
amounts a rest smaller than one amount may stay in each source. No month looks ahead to the next: where purposes cross
(neither within the other), the order of use decides. Pure; all amounts in fen.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TypeAlias

# Equal payments on one line: its code and the amount of each.
Kind: TypeAlias = tuple[str, int]
_ANY_LINE = 10**9


def serves(purposes: Collection[str], line: str) -> bool:
    """Whether money with these purposes (budget lines; none: any) may pay a line."""
    return not purposes or line in purposes


@dataclass(frozen=True)
class Purse:
    """What a source can still pay, in fen; ``restricted_to`` are the budget lines it may pay, empty for any."""

    source_id: int
    position: int
    spendable_fen: int
    restricted_to: frozenset[str] = frozenset()

    def may_pay(self, line: str) -> bool:
        """Whether the source's purpose includes the budget line."""
        return serves(self.restricted_to, line)

    @property
    def rank(self) -> tuple[int, int]:
        """Smaller is used first."""
        return len(self.restricted_to) or _ANY_LINE, self.position


class Allocator:
    """Lays one month's money out over its claims, taken in their order; its state is what is placed and left."""

    def __init__(self, purses: Iterable[Purse]) -> None:
        self._purses = sorted(purses, key=lambda purse: purse.rank)
        self._left = {purse.source_id: purse.spendable_fen for purse in self._purses}
        self._placed: dict[int, dict[Kind, int]] = {purse.source_id: {} for purse in self._purses}
        # Line → the smallest amount that was refused: room only shrinks, so it need not be looked for again.
        self._refused: dict[str, int] = {}

    def take(self, line: str, amount_fen: int, units: int = 1) -> int:
        """Pay so many equal amounts on a line, as many as can be; how many were paid."""
        kind = (line, amount_fen)
        fitting = [purse for purse in self._purses if purse.may_pay(line)]
        if not fitting or (line in self._refused and amount_fen >= self._refused[line]):
            return 0
        paid = 0
        for purse in fitting:
            paid += self._place(purse, kind, units - paid)
        while paid < units:
            more = self._by_moving(fitting, kind, units - paid)
            if not more:
                self._refused[line] = amount_fen
                break
            paid += more
        return paid

    def sources(self, line: str, amount_fen: int) -> list[int]:
        """The sources that pay the equal amounts placed on a line, one entry for each payment, in order of use."""
        kind = (line, amount_fen)
        return [key for purse in self._purses for key in [purse.source_id] * self._placed[purse.source_id].get(kind, 0)]

    def placed(self) -> dict[int, dict[str, int]]:
        """Fen paid by source id and line."""
        found: dict[int, dict[str, int]] = {key: {} for key in self._placed}
        for key, kinds in self._placed.items():
            for (line, amount), units in kinds.items():
                found[key][line] = found[key].get(line, 0) + amount * units
        return found

    def left(self) -> dict[int, int]:
        """Fen left by source id."""
        return dict(self._left)

    def _place(self, purse: Purse, kind: Kind, units: int) -> int:
        """Pay as many of the units from the source as it has money for; how many."""
        _, amount = kind
        key = purse.source_id
        paid = min(units, self._left[key] // amount) if amount else units
        if paid:
            self._left[key] -= paid * amount
            self._placed[key][kind] = self._placed[key].get(kind, 0) + paid
        return paid

    def _by_moving(self, fitting: Iterable[Purse], kind: Kind, units: int) -> int:
        """Pay units from a source that other payments have made room in; how many, 0 where none could."""
        _, amount = kind
        for purse in fitting:
            left, placed = dict(self._left), {key: dict(kinds) for key, kinds in self._placed.items()}
            self._free(purse, amount * units - self._left[purse.source_id], {purse.source_id})
            paid = self._place(purse, kind, units)
            if paid:
                return paid
            # What was moved in vain goes back: narrow money stays in use before flexible money.
            self._left, self._placed = left, placed
        return 0

    def _free(self, purse: Purse, need: int, seen: set[int]) -> None:
        """Move payments from a source to others that may make them until so much is free, or as much as can be."""
        here = self._placed[purse.source_id]
        for kind in sorted(kind for kind in here if kind[1]):
            line, amount = kind
            for other in self._purses:
                key = other.source_id
                wanted = min(here[kind], -(-need // amount))
                if wanted <= 0 or key in seen or not other.may_pay(line):
                    continue
                if wanted * amount > self._left[key]:
                    seen.add(key)
                    self._free(other, wanted * amount - self._left[key], seen)
                moved = self._place(other, kind, wanted)
                here[kind] -= moved
                self._left[purse.source_id] += moved * amount
                need -= moved * amount
