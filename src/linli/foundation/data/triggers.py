"""Rules that the database itself keeps, on SQLite and PostgreSQL.

SQLite silently drops the triggers of a table that a migration rebuilds, so all are installed again after each upgrade.
Whether they are still there, and say what the code says, is looked at when the product starts and by
``linli audit verify`` (``data/definitions.py``).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from linli.kernel.canonical import digest
from linli.kernel.steps import Workflow

_registered: dict[str, "Trigger"] = {}
# How pg_trigger.tgtype says when a trigger fires.
_BITS = {"ROW": 1, "BEFORE": 2, "INSERT": 4, "DELETE": 8, "UPDATE": 16}


@dataclass(frozen=True)
class Trigger:
    """One rule. ``event`` is "BEFORE UPDATE" and the like; bodies are the statements between BEGIN and END.

    ``sqlite_when`` is the optional WHEN condition there; the PostgreSQL body says it with IF. ``postgres_level`` is
    ROW or STATEMENT; ``postgres_referencing`` names transition tables.
    """

    name: str
    table: str
    event: str
    sqlite: str
    postgres: str
    sqlite_when: str = ""
    postgres_level: str = "ROW"
    postgres_referencing: str = ""

    def sqlite_sql(self) -> str:
        """CREATE TRIGGER for SQLite."""
        when = f" WHEN {self.sqlite_when}" if self.sqlite_when else ""
        return f'CREATE TRIGGER "{self.name}" {self.event} ON "{self.table}" FOR EACH ROW{when} BEGIN {self.sqlite} END'

    def postgres_sql(self) -> list[str]:
        """CREATE FUNCTION and CREATE TRIGGER for PostgreSQL."""
        return [
            f'CREATE OR REPLACE FUNCTION "{self.name}_fn"() RETURNS trigger LANGUAGE plpgsql '
            f"AS $body${self._body()}$body$",
            f'DROP TRIGGER IF EXISTS "{self.name}" ON "{self.table}"',
            f'CREATE TRIGGER "{self.name}" {self.event} ON "{self.table}" {self.postgres_referencing} '
            f'FOR EACH {self.postgres_level} EXECUTE FUNCTION "{self.name}_fn"()',
        ]

    def definition(self, vendor: str) -> str:
        """What the database's catalogue says of it once it is installed: there the text itself, here its parts."""
        if vendor == "sqlite":
            return self.sqlite_sql()
        bits = sum(bit for word, bit in _BITS.items() if word in f"{self.event} {self.postgres_level}".split())
        tables = dict(re.findall(r"(OLD|NEW) TABLE AS (\w+)", self.postgres_referencing))
        return " ".join([str(bits), tables.get("OLD", "-"), tables.get("NEW", "-"), f"{self.name}_fn", self._body()])

    def _body(self) -> str:
        return f" BEGIN {self.postgres} END "


def register(*triggers: Trigger) -> None:
    """Called at import of a room's models. A name is registered once."""
    for trigger in triggers:
        if _registered.get(trigger.name, trigger) != trigger:
            raise ValueError(f"two triggers named {trigger.name}")
        _registered[trigger.name] = trigger


def refuse(name: str, table: str, event: str, message: str, *, when: str = "") -> Trigger:
    """A trigger that refuses: always, or when the SQL condition (valid on both databases) holds."""
    condition = f"IF {when} THEN " if when else ""
    end = "END IF; " if when else ""
    result = "OLD" if "DELETE" in event else "NEW"
    return Trigger(
        name,
        table,
        event,
        sqlite=f"SELECT RAISE(ABORT, '{message}');",
        sqlite_when=when,
        postgres=f"{condition}RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'; {end}"
        f"RETURN {result};",
    )


def illegal(steps: Iterable[tuple[str, str]]) -> str:
    """The condition of a state that changes otherwise than by one of the steps (from, to)."""
    legal = " OR ".join(f"(OLD.state = '{before}' AND NEW.state = '{after}')" for before, after in steps)
    return f"OLD.state <> NEW.state AND NOT ({legal})"


def steps(flow: Workflow) -> tuple[Trigger, Trigger]:
    """A row begins where its workflow begins, and its state changes by the workflow's steps alone."""
    begins = ", ".join(f"'{state}'" for state in flow.begins)
    return (
        refuse(
            f"{flow.table}_begins",
            flow.table,
            "BEFORE INSERT",
            f"no such beginning of {flow.table}",
            when=f"NEW.state NOT IN ({begins})",
        ),
        refuse(
            f"{flow.table}_steps",
            flow.table,
            "BEFORE UPDATE",
            f"no such step of {flow.table}",
            when=illegal(flow.edges),
        ),
    )


def append_only(table: str) -> tuple[Trigger, Trigger]:
    """Rows of the table are never changed and never removed."""
    return (
        refuse(f"{table}_no_update", table, "BEFORE UPDATE", f"{table} is append-only"),
        refuse(f"{table}_no_delete", table, "BEFORE DELETE", f"{table} is append-only"),
    )


def refused_events() -> set[tuple[str, str]]:
    """Table and event ("UPDATE", "DELETE") that the registered rules refuse whatever the row says."""
    return {
        (trigger.table, event)
        for trigger in _registered.values()
        for event in ("UPDATE", "DELETE")
        if trigger.name == f"{trigger.table}_no_{event.lower()}"
    }


def never_deleted(table: str) -> Trigger:
    """Rows of the table may change but are never removed."""
    return refuse(f"{table}_no_delete", table, "BEFORE DELETE", f"rows of {table} are never deleted")


def install(database: BaseDatabaseWrapper) -> None:
    """Install all registered triggers that are missing or different and whose table exists, and take away those that
    the code no longer has; safe to repeat. ``data/definitions.py`` says when.
    """
    tables = set(database.introspection.table_names())
    with database.cursor() as cursor:
        for name, table, _text in _present(database):
            if name not in _registered:
                _drop(cursor, database, name, table)
        for name in missing(database):
            trigger = _registered[name]
            if trigger.table not in tables:
                continue
            if database.vendor == "sqlite":
                cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"')
                cursor.execute(trigger.sqlite_sql())
            else:
                for statement in trigger.postgres_sql():
                    cursor.execute(statement)


def stand_aside(database: BaseDatabaseWrapper) -> None:
    """Take all triggers away while migrations run, on SQLite: it rebuilds a table by dropping it, and then stumbles
    over every trigger of another table that speaks of it. ``install`` brings them back afterwards.
    """
    if database.vendor == "sqlite":
        with database.cursor() as cursor:
            for name, table, _text in _present(database):
                _drop(cursor, database, name, table)


def remove(database: BaseDatabaseWrapper, ending: str) -> None:
    """Remove the triggers whose names end so: for a migration that takes back the table which they write."""
    with database.cursor() as cursor:
        for name, table, _text in _present(database):
            if name.endswith(ending):
                _drop(cursor, database, name, table)


def missing(database: BaseDatabaseWrapper) -> list[str]:
    """Names of registered triggers that the database lacks or holds with another definition, sorted."""
    present = {name: (table, text) for name, table, text in _present(database)}
    return sorted(
        name
        for name, trigger in _registered.items()
        if present.get(name) != (trigger.table, trigger.definition(database.vendor))
    )


def registered_digest(database: BaseDatabaseWrapper) -> str:
    """A digest of all registered triggers as the database would have them."""
    return digest(sorted([name, one.table, one.definition(database.vendor)] for name, one in _registered.items()))


def _drop(cursor: Any, database: BaseDatabaseWrapper, name: str, table: str) -> None:
    if database.vendor == "sqlite":
        cursor.execute(f'DROP TRIGGER "{name}"')
    else:
        cursor.execute(f'DROP TRIGGER "{name}" ON "{table}"')
        cursor.execute(f'DROP FUNCTION IF EXISTS "{name}_fn"()')


def _present(database: BaseDatabaseWrapper) -> list[tuple[str, str, str]]:
    """Name, table and definition of every trigger; one that is switched off has none."""
    with database.cursor() as cursor:
        if database.vendor == "sqlite":
            cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute(
                "SELECT tgname, tgrelid::regclass::text, CASE WHEN tgenabled = 'O' AND tgqual IS NULL "
                "THEN concat_ws(' ', tgtype, COALESCE(tgoldtable, '-'), COALESCE(tgnewtable, '-'), proname, prosrc) "
                "ELSE '' END FROM pg_trigger JOIN pg_proc p ON p.oid = tgfoid WHERE NOT tgisinternal"
            )
        rows: list[tuple[str, str, str]] = cursor.fetchall()
    return rows
