"""Columns that are written once, by table: what the daily seal covers besides the tables that are only appended to."""

from linli.foundation.data import triggers

_columns: dict[str, tuple[str, ...]] = {}


def register(table: str, *columns: str) -> None:
    """Called at import of a room's models: these columns of a row never change once it is there.

    A data migration that rewrites one of them gives it another name: under the old one its seals would not agree.
    """
    if not columns or _columns.get(table, columns) != columns:
        raise ValueError(f"{table} is registered with other columns, or none")
    _columns[table] = columns


def tables() -> dict[str, tuple[str, ...]]:
    """The columns of each table that never change; none named: all of them, the table is only appended to.

    The trail itself has a chain of its own.
    """
    whole = {table for table in triggers.only_appended() if not table.startswith("foundation_")}
    return {table: _columns.get(table, ()) for table in sorted(whole | _columns.keys())}
