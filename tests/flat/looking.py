"""How much a page asks of its database, statement by statement: counted where the database works, not by a clock.

On PostgreSQL the plan is read as it was run (EXPLAIN ANALYZE): rows that a scan looked at or a sort took in, those
thrown away included. SQLite's plans say nothing of rows, so its engine's own steps are counted; the plan is shown.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection

# What one statement may do for one page of fifty rows: a few dozen rows for each. A scan of a big table is more.
MOST = 30 if connection.vendor == "sqlite" else 4_000  # thousands of steps, or rows
# A table of fewer rows PostgreSQL rightly reads rather than its index.
_BIG = 10_000
_THOUSAND = 1000
# The platform's own: who asks and where they work, the points to go back to, the page's line in the trail.
_PLATFORM = (
    "SAVEPOINT",
    "INSERT",
    "pg_advisory",
    "set_config",
    "foundation_touched",
    'FROM "users_session"',
    'UPDATE "users_session"',
    'FROM "users_user" WHERE "users_user"."id" = ',
    "FROM users_assignment held",
    'FROM "foundation_rowtally" WHERE "foundation_rowtally"."id" = ',  # with the links of the account
    "foundation_auditseal WHERE",
)


@dataclass
class Statement:
    """One statement of a page, and the rows (PostgreSQL) or thousands of steps (SQLite) that it took."""

    sql: str
    params: Any
    work: int = 0

    @property
    def is_content(self) -> bool:
        return not any(mark in self.sql for mark in _PLATFORM)

    @property
    def short(self) -> str:
        """What it reads, without the names of its columns."""
        return f"{self.work}: {self.sql[:60]} … {self.sql[self.sql.find(' FROM ') :][:200]}"


class Look:
    """Counts the statements between :meth:`begin` and the end of the request."""

    def __init__(self) -> None:
        self.seen: list[Statement] = []
        self._known: dict[tuple[str, str], int] = {}

    @contextmanager
    def counted(self, *, with_work: bool) -> Iterator[list[Statement]]:
        """The statements sent meanwhile; ``with_work``: and what each took."""
        self.seen = []
        ask = self._explained if with_work and connection.vendor == "postgresql" else self._noted
        if with_work and connection.vendor == "sqlite":
            connection.connection.set_progress_handler(self._step, _THOUSAND)
        with connection.execute_wrapper(ask):
            yield self.seen
        if connection.vendor == "sqlite":
            connection.connection.set_progress_handler(None, 0)

    def _step(self) -> None:
        if self.seen:
            self.seen[-1].work += 1

    def _noted(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.seen.append(Statement(sql, params))
        return execute(sql, params, many, context)

    def _explained(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        statement = Statement(sql, params)
        self.seen.append(statement)
        if sql.startswith(("SELECT", "WITH")) and "FOR UPDATE" not in sql and statement.is_content:
            key = (sql, repr(params))
            if key not in self._known:
                self._known[key] = _rows_touched(sql, params)
            statement.work = self._known[key]
        return execute(sql, params, many, context)


def _rows_touched(sql: str, params: Any) -> int:
    with connection.connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", params)
        [[found]] = cursor.fetchall()
    plan = found if isinstance(found, list) else json.loads(found)
    big = [node for node in _nodes(plan[0]["Plan"]) if node.get("Relation Name") not in _small()]
    return max(map(_work, big), default=0)


@cache
def _small() -> frozenset[str]:
    """Tables that a plan may read whole."""
    # Past Django's cursor, whose statements are looked at themselves.
    with connection.connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples < %s", [_BIG])
        return frozenset(name for (name,) in cursor.fetchall())


def _nodes(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield node
    for below in node.get("Plans", ()):
        yield from _nodes(below)


def _work(node: Mapping[str, Any]) -> int:
    """Rows that one node of a plan looked at."""
    if "Scan" in node["Node Type"]:
        rows = sum(node.get(one, 0) for one in _LOOKED_AT)
    elif "Sort" in node["Node Type"]:
        rows = sum(below["Actual Rows"] for below in node["Plans"])
    else:
        return 0
    return int(rows * node["Actual Loops"])


_LOOKED_AT: Sequence[str] = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")
