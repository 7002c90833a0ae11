"""Several small questions in one statement: what each of them enters by an index of its own, no "or" would."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet


def rows_together(parts: Sequence[QuerySet[Any, Any]]) -> list[tuple[Any, ...]]:
    """The rows of queries that give the same columns (``values_list``), as the database hands them out."""
    return _asked("SELECT * FROM ({}) part", [], parts)


def numbers_together(
    parts: Sequence[QuerySet[Any, Any]], reckoned: str = "count(*)", params: Sequence[object] = ()
) -> list[tuple[Any, ...]]:
    """One row for each query: what its rows come to. ``reckoned`` are aggregates in SQL over its columns.

    A query without rows that can be told beforehand (nobody's scope) has none.
    """
    return _asked(f"SELECT {reckoned} FROM ({{}}) part", params, parts)


def _asked(frame: str, params: Sequence[object], parts: Sequence[QuerySet[Any, Any]]) -> list[tuple[Any, ...]]:
    texts, values = [], []
    for part in parts:
        try:
            sql, own = part.query.sql_with_params()
        except EmptyResultSet:
            continue
        texts.append(frame.format(sql))
        values += [*params, *own]
    if not texts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(texts), values)
        return list(cursor.fetchall())
