"""How many rows each of a family of rows had: of one that somebody took out nothing else would tell (docs/adr/0073).

A digest says that a row is as an act left it; whose row it was that is gone, it cannot say. So the database counts the
rows of each owner (an award's changes, a household's moves) as they are added, under a key that follows from the
owner's: the count is asked by that, whatever became of the rows, and is itself a row that acts answer for.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, models

from linli.foundation.data import triggers
from linli.foundation.data.triggers import Trigger

# So many families there may be: the counts of one owner are neighbours, so that one record of digests has them all.
_FAMILIES: Final = 16
_TABLE: Final = "foundation_rowtally"
_families: dict[str, "Family"] = {}


class RowTally(models.Model):
    """How many rows of a family an owner ever had; the key is the owner's, times sixteen, and the family's number."""

    rows = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.pk}: {self.rows}"


@dataclass(frozen=True)
class Family:
    """Rows of ``table`` that have one owner, by their ``column``; where ``through`` names a table it is a row of that
    which ``key`` leads to, and which has the column. Rows are only added, and never change their owner. The number 0
    is that of rows that are found by their owner and not counted. Families of one number that are ``together`` have
    owners of one kind and are counted as one: whoever asks for one asks for all of them.
    """

    number: int
    table: str
    column: str
    through: str = ""
    key: str = ""
    together: str = ""

    @property
    def name(self) -> str:
        """What it is asked by: "awards_awardchange.award_id"."""
        return f"{self.table}.{self.column}"

    def _one_more(self) -> str:
        """SQL that counts the row that was added, on SQLite."""
        owner = f"{'p' if self.through else 'NEW'}.{self.column}"
        found = f"{self.through} p WHERE p.id = NEW.{self.key}" if self.through else "(SELECT 1) WHERE true"
        return self._into(f"SELECT {self._key(owner)}, 1 FROM {found} AND {owner} IS NOT NULL")

    def _more(self, rows: str) -> str:
        """SQL that counts all rows of a table of this shape with their owners, in the order of these."""
        owner = f"{'p' if self.through else 'r'}.{self.column}"
        joined = f" JOIN {self.through} p ON p.id = r.{self.key}" if self.through else ""
        return self._into(
            f"SELECT {self._key(owner)}, count(*) FROM {rows} r{joined} WHERE {owner} IS NOT NULL "
            f"GROUP BY {owner} ORDER BY {owner}"
        )

    def _key(self, owner: str) -> str:
        return f"{owner} * {_FAMILIES} + {self.number}"

    def _into(self, rows: str) -> str:
        return (
            f'INSERT INTO {_TABLE} (id, "rows") {rows} '
            f'ON CONFLICT (id) DO UPDATE SET "rows" = {_TABLE}."rows" + excluded."rows"'
        )

    def trigger(self) -> Trigger:
        """Counts what is added; on PostgreSQL once for each statement and in one order, lest acts wait crosswise."""
        return Trigger(
            f"{self.table}_{f'{self.column}_' if self.together else ''}counted_{self.number}",
            self.table,
            "AFTER INSERT",
            sqlite=f"{self._one_more()};",
            postgres=f"{self._more('added')}; RETURN NULL;",
            postgres_level="STATEMENT",
            postgres_referencing="REFERENCING NEW TABLE AS added",
        )

    def selected(self, place: int) -> str:
        """SQL of the place, the owner and the key of each row whose owner is among those given."""
        joined = f"JOIN {self.through} o ON o.id = r.{self.key}" if self.through else ""
        owner = f"{'o' if self.through else 'r'}.{self.column}"
        return f"SELECT {place}, {owner}, r.id FROM {self.table} r {joined} WHERE {owner} {_within()}"


def count(*families: Family) -> None:
    """Called at import of a room's models. Raises ValueError where a number is used twice or out of its bounds."""
    for family in families:
        taken = {one.number: one for one in _families.values()}
        other = taken.get(family.number, family)
        if not 0 < family.number < _FAMILIES or (other != family and not family.together == other.together != ""):
            raise ValueError(f"{family.name} cannot have the number {family.number}")
        _families[family.name] = family
        triggers.register(family.trigger())


def find(*families: Family) -> None:
    """The same of families that are not counted: their rows are found with the others, in the one statement."""
    _families.update({family.name: family for family in families})


def families() -> Mapping[str, Family]:
    """Every family that is counted, by its name."""
    return {name: family for name, family in _families.items() if family.number}


@dataclass(frozen=True)
class Counted:
    """The rows of some owners: their keys and those of their counts by table, and where rows are gone or too many."""

    rows: Mapping[str, list[int]]
    lost: tuple[tuple[str, int, str], ...]  # family, owner, "removed" or "added"


def counted(owners: Mapping[str, Collection[int]]) -> Counted:
    """All rows of the owners (by the family's name) and whether there are as many as were counted: one statement."""
    wanted = _wanted(owners)
    if not wanted:
        return Counted({}, ())
    tallies = sorted({_tally(family, owner) for family, keys in wanted if family.number for owner in keys})
    asked = [family.selected(place) for place, (family, _keys) in enumerate(wanted)]
    given = [_given(keys) for _family, keys in wanted]
    if tallies:
        asked, given = [*asked, f'SELECT -1, id, "rows" FROM {_TABLE} WHERE id {_within()}'], [*given, _given(tallies)]
    found, said = Counter[int](), dict[int, int]()
    rows: dict[str, set[int]] = {_TABLE: set(tallies)} if tallies else {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked), given)
        for place, owner, key in cursor.fetchall():
            if place < 0:
                said[owner] = key
                continue
            family = wanted[place][0]
            found[_tally(family, owner)] += 1
            rows.setdefault(family.table, set()).add(key)
    lost = [
        (family.together or family.name, owner, "removed" if found[tally] < known else "added")
        for family, keys in {one.number: (one, keys) for one, keys in wanted if one.number}.values()
        for owner in keys
        if found[tally := _tally(family, owner)] != (known := said.get(tally, 0))
    ]
    return Counted({table: sorted(keys) for table, keys in rows.items()}, tuple(lost))


def tally(name: str, owner: int) -> tuple[str, int]:
    """The table and the key of the count of an owner's rows, for who reads it with them in a statement of their own."""
    return _TABLE, _tally(_families[name], owner)


def _tally(family: Family, owner: int) -> int:
    return owner * _FAMILIES + family.number


def _wanted(owners: Mapping[str, Collection[int]]) -> list[tuple[Family, list[int]]]:
    """What is asked, by family; of families that are counted together all."""
    asked: dict[str, set[int]] = {}
    for name, keys in owners.items():
        group = _families[name].together
        alike = [one for one, family in _families.items() if family.together == group] if group else [name]
        for one in alike:
            asked.setdefault(one, set()).update(keys)
    return [(_families[name], sorted(keys)) for name, keys in sorted(asked.items()) if keys]


def _within() -> str:
    return "= ANY(%s)" if connection.vendor == "postgresql" else "IN (SELECT value FROM json_each(%s))"


def _given(keys: Collection[int]) -> Any:
    return list(keys) if connection.vendor == "postgresql" else f"[{','.join(map(str, keys))}]"


triggers.register(
    triggers.never_deleted(_TABLE),
    triggers.refuse(
        f"{_TABLE}_grows",
        _TABLE,
        "BEFORE UPDATE",
        "what was counted is never counted back",
        when='NEW."rows" < OLD."rows"',
    ),
)
