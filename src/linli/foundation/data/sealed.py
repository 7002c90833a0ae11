"""Which columns hold envelopes, and which keys these name: what cannot be opened is asked for set by set.

Rooms declare their columns beside the model, as they excuse tables.
"""

from typing import Final

from django.db import connection

_columns: Final[dict[tuple[str, str], None]] = {}
# What stands between the first two dots of ``v1.<key id>.<...>``.
_KEY_ID: Final = {
    "postgresql": "split_part({0}, '.', 2)",
    "sqlite": "substr({0}, 4, instr(substr({0}, 4), '.') - 1)",
}


def holds_envelopes(table: str, *columns: str) -> None:
    """Say that each text of these columns is an envelope, or empty."""
    _columns.update(((table, column), None) for column in columns)


def columns() -> list[tuple[str, str]]:
    """Table and column of all that are declared."""
    return list(_columns)


def key_ids() -> dict[str, list[str]]:
    """The ids of keys that envelopes name, each with the columns ("table.column") where they lie; one statement each
    column.
    """
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        for table, column in columns():
            name = connection.ops.quote_name(column)
            key_id = _KEY_ID[connection.vendor].format(name)
            cursor.execute(f"SELECT DISTINCT {key_id} FROM {connection.ops.quote_name(table)} WHERE {name} LIKE 'v1.%'")
            for (one,) in cursor.fetchall():
                found.setdefault(one, []).append(f"{table}.{column}")
    return dict(sorted(found.items()))
