"""Rules that the database itself keeps, on SQLite and PostgreSQL.

SQLite silently drops the triggers of a table that a migration rebuilds, so all are installed again after every
migrate and their texts are verified when the product starts and by ``linli audit verify``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from linli.kernel.canonical import digest
from linli.kernel.steps import Workflow

_registered: dict[str, "Trigger"] = {}


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
        """CREATE FUNCTION and CREATE TRIGGER for PostgreSQL; the digest in the comment is what start-up compares."""
        text = digest([self.event, self.postgres, self.postgres_level, self.postgres_referencing])
        return [
            f'CREATE OR REPLACE FUNCTION "{self.name}_fn"() RETURNS trigger LANGUAGE plpgsql AS $body$ '
            f"BEGIN {self.postgres} END $body$",
            f'DROP TRIGGER IF EXISTS "{self.name}" ON "{self.table}"',
            f'CREATE TRIGGER "{self.name}" {self.event} ON "{self.table}" {self.postgres_referencing} '
            f'FOR EACH {self.postgres_level} EXECUTE FUNCTION "{self.name}_fn"()',
            f'COMMENT ON TRIGGER "{self.name}" ON "{self.table}" IS \'{text}\'',
        ]


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


def install_after_migrate(*, using: str = "default", **_signal: Any) -> None:
    """Signal receiver: install every registered trigger whose table exists."""
    if using == "default":
        install(connection)


def install(database: BaseDatabaseWrapper) -> None:
    """Install all registered triggers that are missing or different; safe to repeat."""
    tables = set(database.introspection.table_names())
    wanted = {name: trigger for name, trigger in _registered.items() if trigger.table in tables}
    with database.cursor() as cursor:
        for name in missing(database):
            if name not in wanted:
                continue
            trigger = wanted[name]
            if database.vendor == "sqlite":
                cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"')
                cursor.execute(trigger.sqlite_sql())
            else:
                for statement in trigger.postgres_sql():
                    cursor.execute(statement)


def remove(database: BaseDatabaseWrapper, ending: str) -> None:
    """Remove the triggers whose names end so: for a migration that takes back the table which they write."""
    with database.cursor() as cursor:
        for name, _text in list(_present(database)):
            if name.endswith(ending):
                postgres = database.vendor == "postgresql"
                cursor.execute(f'DROP FUNCTION "{name}_fn"() CASCADE' if postgres else f'DROP TRIGGER "{name}"')


def missing(database: BaseDatabaseWrapper) -> list[str]:
    """Names of registered triggers that the database lacks or holds with another text, sorted."""
    present = dict(_present(database))
    return sorted(name for name, trigger in _registered.items() if present.get(name) != _fingerprint(database, trigger))


def _fingerprint(database: BaseDatabaseWrapper, trigger: Trigger) -> str:
    return (
        trigger.sqlite_sql() if database.vendor == "sqlite" else trigger.postgres_sql()[-1].rpartition("IS ")[2][1:-1]
    )


def _present(database: BaseDatabaseWrapper) -> Iterable[tuple[str, str]]:
    with database.cursor() as cursor:
        if database.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute(
                "SELECT tgname, obj_description(oid, 'pg_trigger') FROM pg_trigger "
                "WHERE NOT tgisinternal AND tgenabled = 'O'"
            )
        rows: list[tuple[str, str]] = cursor.fetchall()
    return rows
