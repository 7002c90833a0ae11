"""What stands behind an act: rows that it builds on without writing them (docs/adr/0073).

An act answers for what it writes (``digests.forged_before``). What it reads it names: rows by their keys, or families
of rows by their owner (``data/tallies.py``), of which none may be missing. All that one act named is looked at
together, at its end.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from linli.foundation.data import tallies
from linli.foundation.trail import digests


@dataclass(frozen=True)
class Behind:
    """Rows by table and key; and by the name of a family the owners (keys) whose rows there are all meant."""

    rows: Mapping[str, Collection[int]] = field(default_factory=dict)
    families: Mapping[str, Collection[int]] = field(default_factory=dict)

    def __or__(self, other: "Behind") -> "Behind":
        return Behind(joined(self.rows, other.rows), joined(self.families, other.families))


def beside(behind: Behind, *, but: Mapping[str, Collection[int]]) -> tuple[dict[str, list[int]], list[str]]:
    """The keys of all rows that are meant, by table, without ``but``; and where some of a family are gone, or too many:
    one statement where families are meant.
    """
    counted = tallies.counted(behind.families)
    named = joined(behind.rows, counted.rows)
    rest = {table: sorted(set(keys).difference(but.get(table, ()))) for table, keys in sorted(named.items())}
    return rest, [f"{family} {owner} {what}" for family, owner, what in counted.lost]


def forged_behind(behind: Behind, *, but: Mapping[str, Collection[int]] | None = None) -> list[str]:
    """What of it is not as acts left it, in the words in which verification names a row: three statements at most.

    An act of somebody else may end between two of them: what looks forged is asked once more.
    """
    return _forged(behind, but or {}) and _forged(behind, but or {})


def joined(one: Mapping[str, Collection[int]], other: Mapping[str, Collection[int]]) -> dict[str, Collection[int]]:
    """Both: the keys of each table together."""
    return {name: {*one.get(name, ()), *other.get(name, ())} for name in {**one, **other}}


def _forged(behind: Behind, but: Mapping[str, Collection[int]]) -> list[str]:
    rest, lost = beside(behind, but=but)
    return [*map(str, digests.forged_among(rest)), *lost]
