"""Which rows an act wrote, and what they were before: the database itself notes each, whoever wrote it and however many
at once.

Every table of ours holds evidence unless it is excused here or by its room, with the reason. Beside it stand triggers
that note the rows written; at the end of an act its notes are taken, and the rows as they are then are digested into
the trail (``trail/digests.py``). What was written outside of an act is noted by nobody and belongs to none.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Final

from django.apps import apps
from django.db import connection, models

from linli.foundation.data import triggers
from linli.foundation.data.triggers import Trigger

_TABLE: Final = "foundation_touched"
# Set for one transaction of PostgreSQL: nobody else's notes can carry it, since nobody else knows it.
_SETTING: Final = "linli.act"
_excused: dict[str, str] = {}
_excused_columns: dict[str, dict[str, str]] = {}


class Touched(models.Model):
    """A row that the running act wrote; empty between acts."""

    act = models.CharField(max_length=32, default="", db_default="")
    table = models.CharField(max_length=63)
    row = models.BigIntegerField()
    # The row as it was before, spelled; empty where it was not there; none where nobody compares it.
    was = models.TextField(null=True)

    class Meta:
        indexes = [models.Index(fields=["act"], name="touched_act")]

    def __str__(self) -> str:
        return f"{self.table} {self.row}"


def excuse(table: str, reason: str) -> None:
    """Called at import of a room's models: the table holds no evidence. ``reason`` says why its rows may change."""
    _excused[table] = reason


def excuse_column(table: str, column: str, reason: str) -> None:
    """The same of one column of a table that holds evidence otherwise."""
    _excused_columns.setdefault(table, {})[column] = reason


def excused() -> dict[str, str]:
    """Why no act answers for the rows of a table ("table"), or for a column ("table.column")."""
    columns = {f"{table}.{column}": why for table, of in _excused_columns.items() for column, why in of.items()}
    return {**_excused, **columns}


def evidence() -> dict[str, tuple[str, ...]]:
    """Each table whose rows acts answer for, with the columns that are digested, both in the order of their names."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        if model.__module__.startswith("linli.") and table not in _excused:
            free = _excused_columns.get(table, {})
            columns = (str(field.column) for field in model._meta.concrete_fields if not field.primary_key)
            found[table] = tuple(sorted(column for column in columns if column not in free))
    return dict(sorted(found.items()))


def register_all() -> None:
    """Register the triggers of every table that holds evidence; once all rooms' models are there."""
    refused = triggers.refused_events()
    for table in evidence():
        for event in ("INSERT", "UPDATE", "DELETE"):
            if (table, event) not in refused:
                triggers.register(_note(table, event))


def spelled(table: str, vendor: str, row: str = "") -> str:
    """The SQL of all digested columns of a row as one text; ``row`` is what the row is called ("OLD.").

    SQLite's own quoting ends at a character NUL, behind which anything could stand: such a text is spelled in bytes.
    """
    if vendor == "postgresql":
        return "ROW({})::text".format(", ".join(f'{row}"{column}"' for column in evidence()[table]))
    texts = _texts(table)
    quoted = [
        f'CASE WHEN instr(CAST({row}"{one}" AS BLOB), X\'00\') THEN hex(CAST({row}"{one}" AS BLOB)) '
        f'ELSE quote({row}"{one}") END'
        if one in texts
        else f'quote({row}"{one}")'
        for one in evidence()[table]
    ]
    return " || ',' || ".join(quoted)


@cache
def _texts(table: str) -> frozenset[str]:
    """The columns of a table that SQLite keeps as text: of words, JSON, days and moments."""
    model = next(one for one in apps.get_models(include_auto_created=True) if one._meta.db_table == table)
    others = (models.IntegerField, models.BooleanField, models.FloatField, models.BinaryField, models.ForeignKey)
    return frozenset(str(one.column) for one in model._meta.concrete_fields if not isinstance(one, others))


def _note(table: str, event: str) -> Trigger:
    side = "NEW" if event == "INSERT" else "OLD"
    lite, own = (spelled(table, "sqlite", "OLD."), spelled(table, "postgresql")) if side == "OLD" else ("''", "''")
    return Trigger(
        f"{table}_touched_{event.lower()}",
        table,
        f"AFTER {event}",
        sqlite=f"INSERT INTO {_TABLE} (\"table\", row, was) VALUES ('{table}', {side}.id, {lite});",
        postgres=(
            f"IF COALESCE(current_setting('{_SETTING}', true), '') <> '' THEN "
            f'INSERT INTO {_TABLE} (act, "table", "row", was) '
            f"SELECT current_setting('{_SETTING}', true), '{table}', id, {own} FROM written; END IF; RETURN NULL;"
        ),
        postgres_level="STATEMENT",
        postgres_referencing=f"REFERENCING {side} TABLE AS written",
    )


def begin() -> str:
    """From here on what is written in this transaction is the running act's: under this name.

    SQLite has one writer: what was noted before belongs to nobody and is thrown away.
    """
    name = secrets.token_hex(16)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT set_config(%s, %s, true)", [_SETTING, name])
        else:
            cursor.execute(f"DELETE FROM {_TABLE}")
    return name


def note_all(table: str) -> int:
    """Note every row of the table as written by the running act; how many there are."""
    postgres = connection.vendor == "postgresql"
    act = f"current_setting('{_SETTING}')" if postgres else "''"
    with connection.cursor() as cursor:
        cursor.execute(f'INSERT INTO {_TABLE} (act, "table", "row") SELECT {act}, %s, id FROM "{table}"', [table])
        return int(cursor.rowcount)


def note(table: str, rows: Sequence[int]) -> int:
    """Note some rows of the table as written by the running act; how many they are."""
    with connection.cursor() as cursor:
        act = "current_setting(%s)" if connection.vendor == "postgresql" else "substr(%s, 1, 0)"
        cursor.executemany(
            f'INSERT INTO {_TABLE} (act, "table", "row") VALUES ({act}, %s, %s)',
            [(_SETTING, table, row) for row in rows],
        )
    return len(rows)


@dataclass(frozen=True)
class Written:
    """The rows that an act wrote, by table: their keys in order, each with the number of the last note of it; and what
    each was ``before``, where that is known. Notes are numbered as they are made: of two acts that wrote one row the
    later waited for the first, so that all its notes of the row have greater numbers.
    """

    rows: dict[str, dict[int, int]]
    before: dict[str, dict[int, str]]


def take(name: str) -> Written:
    """What was written since :func:`begin`."""
    postgres = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute(
            f'DELETE FROM {_TABLE}{" WHERE act = %s" if postgres else ""} RETURNING "table", "row", id, was',
            [name] if postgres else [],
        )
        found = sorted(cursor.fetchall(), key=itemgetter(0, 1, 2))
    written = Written({}, {})
    for (table, row), notes in groupby(found, key=itemgetter(0, 1)):
        (_table, _row, number, was), *later = notes
        written.rows.setdefault(table, {})[row] = later[-1][2] if later else number
        if was is not None:
            written.before.setdefault(table, {})[row] = was
    return written
