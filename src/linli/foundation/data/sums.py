"""Sums that the database keeps beside a table, in the statement that changes what is summed (docs/adr/0044).

Row by row on SQLite, once per statement on PostgreSQL, in one order: so no two acts wait for each other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from linli.foundation.data.triggers import Trigger

PLACE = ("district_id", "street_id", "community_id", "grid_id")


@dataclass(frozen=True)
class Summed:
    """What is kept in ``into``: how many rows of ``table`` there are, ``by`` some of its columns, and what ``fen``
    comes to (empty: nothing is added up).

    A place that is not known is 0 there, since nothing equals what is empty. ``name`` begins the triggers' names.
    ``none_goes``: what has no rows any more is taken away; an index of ``number`` where it is 0 finds it.
    """

    name: str
    table: str
    into: str
    by: Sequence[str]
    fen: str = "amount_fen"
    none_goes: bool = False

    def triggers(self, *, deleted: bool = False) -> tuple[Trigger, ...]:
        """What keeps the sums up; ``deleted``: rows of the table may go."""
        counted = [*self.by, self.fen] if self.fen else self.by
        moved = " OR ".join(f"NEW.{one} IS NOT OLD.{one}" for one in counted)
        goes = [self._trigger("_gone", "DELETE", [("OLD", "gone", "-")])] if deleted else []
        return (
            self._trigger("", "INSERT", [("NEW", "added", "")]),
            self._trigger("_move", "UPDATE", [("OLD", "gone", "-"), ("NEW", "added", "")], moved),
            *goes,
        )

    def differing(self, rows: type[Model], sums: type[Model]) -> list[dict[str, Any]]:
        """The places of sums (values of ``by``) that are not what the rows come to, in order."""
        kept = {row[: len(self.by)]: row[len(self.by) :] for row in self._read(sums, *self._sums)}
        summed: dict[tuple[Any, ...], tuple[int, ...]] = {}
        for row in self._read(rows, *([self.fen] if self.fen else [])):
            by = zip(self.by, row, strict=False)
            key = tuple((value or 0) if name in PLACE else value for name, value in by)
            before = summed.get(key, (0,) * len(self._sums))
            summed[key] = tuple(a + b for a, b in zip(before, (1, *row[len(self.by) :]), strict=True))
        nothing = (0,) * len(self._sums)
        wrong = [key for key in kept.keys() | summed.keys() if kept.get(key, nothing) != summed.get(key, nothing)]
        return [dict(zip(self.by, key, strict=True)) for key in sorted(wrong)]

    def _read(self, model: type[Model], *more: str) -> Iterable[tuple[Any, ...]]:
        return model._default_manager.values_list(*self.by, *more).iterator(chunk_size=2000)

    def _trigger(self, ending: str, event: str, rows: Sequence[tuple[str, str, str]], moved: str = "") -> Trigger:
        tables = " ".join(f"{row} TABLE AS {table}" for row, table, _sign in rows)
        none = f"DELETE FROM {self.into} WHERE number = 0; " if self.none_goes and event != "INSERT" else ""
        each = "".join(f"{self._into} {self._row(row, sign)} WHERE true {self._add}" for row, _table, sign in rows)
        return Trigger(
            f"{self.name}{ending}",
            self.table,
            f"AFTER {event}",
            sqlite=f"{each}{none}",
            sqlite_when=moved,
            postgres=f"{self._all([(table, sign) for _row, table, sign in rows])}{none}RETURN NULL;",
            postgres_level="STATEMENT",
            postgres_referencing=f"REFERENCING {tables}",
        )

    @property
    def _columns(self) -> str:
        return ",".join(self.by)

    @property
    def _sums(self) -> Sequence[str]:
        return ("number", "amount_fen") if self.fen else ("number",)

    @property
    def _into(self) -> str:
        return f"INSERT INTO {self.into} ({self._columns},{','.join(self._sums)})"

    @property
    def _add(self) -> str:
        added = ", ".join(f"{one} = {self.into}.{one} + excluded.{one}" for one in self._sums)
        return f"ON CONFLICT ({self._columns}) DO UPDATE SET {added}; "

    def _row(self, row: str, sign: str) -> str:
        by = [f"COALESCE({row}.{one}, 0)" if one in PLACE else f"{row}.{one}" for one in self.by]
        fen = [f"{sign}{row}.{self.fen}"] if self.fen else []
        return f"SELECT {','.join([*by, f'{sign}1', *fen])}"

    def _all(self, tables: Sequence[tuple[str, str]]) -> str:
        rows = " UNION ALL ".join(f"{self._row('w', sign)} FROM {table} w" for table, sign in tables)
        totals = [f"sum({one})" for one in self._sums]
        return (
            f"{self._into} SELECT {self._columns},{','.join(totals)} FROM ({rows}) l "
            f"({self._columns},{','.join(self._sums)}) GROUP BY {self._columns} "
            f"HAVING {' OR '.join(f'{one} <> 0' for one in totals)} ORDER BY {self._columns} {self._add}"
        )
