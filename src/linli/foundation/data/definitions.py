"""What the database itself is told to keep - tables, checks, unique and foreign keys, triggers, functions - and whether
it still is what our own migrations and triggers made of it.

After every upgrade the definitions are read back from the database's catalogue and kept as digests under a code that
only the audit key gives. From then on a difference is told and refused: at each start, and by ``linli audit verify``.
Nothing that went missing is put back in silence.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db import connection, models
from django.db.migrations.recorder import MigrationRecorder

from linli.foundation.data import touched, triggers
from linli.kernel.canonical import canonical_json, digest


class Definitions(models.Model):
    """The catalogue as an upgrade left it. Append-only."""

    content = models.TextField()  # canonical JSON: digests by name, the migrations applied, the code's own triggers
    mac = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.mac


triggers.register(*triggers.append_only("foundation_definitions"))
touched.excuse("foundation_definitions", "carries a code of its own, and is compared with the catalogue at each start")


class DefinitionsDiffer(Exception):
    """The database's definitions are not what the last upgrade left; ``names`` say which."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(", ".join(names))
        self.names = list(names)


@dataclass(frozen=True)
class _Kept:
    objects: dict[str, str]
    migrations: str
    code: str


def differences() -> list[str]:
    """Names of what was added, taken away or changed since the last upgrade, sorted; empty when all is as it was."""
    kept = _kept()
    if kept is None:
        return ["definitions"]
    now = _objects()
    found = {name for name in {*kept.objects, *now} if kept.objects.get(name) != now.get(name)}
    if kept.migrations != _migrations():
        found.add("django_migrations")
    return sorted(found)


def check_before_migrate(*, using: str = "default", plan: Sequence[object] = (), **_signal: Any) -> None:
    """Signal receiver: an upgrade begins on what the last one left. Raises DefinitionsDiffer."""
    if using != "default":
        return
    if _is_there() and (found := differences()):
        raise DefinitionsDiffer(found)
    if plan:
        triggers.stand_aside(connection)


def keep_after_migrate(*, using: str = "default", plan: Sequence[object] = (), **_signal: Any) -> None:
    """Signal receiver: when something was migrated, or the triggers of the code are others than at the last upgrade,
    install them and keep what the database is now told. A start that upgrades nothing installs nothing.
    """
    if using == "default" and _is_there():
        kept = _kept()
        if plan or kept is None or kept.code != _code():
            keep()


def is_outdated() -> bool:
    """Whether the code has other triggers than at the last upgrade: the next start brings them in."""
    kept = _kept()
    return kept is not None and kept.code != _code()


def keep() -> None:
    """Install the triggers of the code and keep the definitions as they are then."""
    triggers.install(connection)
    content = canonical_json({"objects": _objects(), "migrations": _migrations(), "code": _code()})
    Definitions.objects.create(content=content, mac=_mac(content))


def _kept() -> _Kept | None:
    newest = Definitions.objects.order_by("-id").first()
    if newest is None or not hmac.compare_digest(newest.mac, _mac(newest.content)):
        return None
    return _Kept(**json.loads(newest.content))


def _is_there() -> bool:
    return Definitions._meta.db_table in connection.introspection.table_names()


def _mac(content: str) -> str:
    text = f"definitions|{connection.vendor}|{content}"
    return hmac.new(settings.KEYS.audit, text.encode(), hashlib.sha256).hexdigest()


def _migrations() -> str:
    return digest(sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()))


def _code() -> str:
    return triggers.registered_digest(connection)


def _objects() -> dict[str, str]:
    """A digest of each definition, by kind and name."""
    found = {}
    with connection.cursor() as cursor:
        for kind, asked in (_POSTGRES if connection.vendor == "postgresql" else _SQLITE).items():
            cursor.execute(asked)
            found.update({f"{kind} {name}": digest(_plain(text))[:32] for name, text in cursor.fetchall()})
        if connection.vendor == "sqlite":
            cursor.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
            found.update(
                {f"hidden {name}": digest(sql)[:32] for kind, name, sql in cursor if _is_hidden(kind, name, sql)}
            )
    return found


# What SQLite writes of each object. It makes whatever the text says, of a row under any kind and name: one that says
# another kind or name than its row would be looked for in vain.
_MADE: Final = re.compile(
    r'CREATE (?:UNIQUE (?=INDEX)|VIRTUAL (?=TABLE))?(TABLE|INDEX|TRIGGER|VIEW) ("(?:[^"]|"")+"|\w+)'
)


def _is_hidden(kind: str, name: str, sql: str) -> bool:
    made = _MADE.match(sql)
    return made is None or (made[1].lower(), made[2].strip('"').replace('""', '"')) != (kind, name)


# PostgreSQL writes a list of texts in one way when it is first told it, and in another once it was dumped and restored:
# (ARRAY['A'::character varying])::text[] and ARRAY[('A'::character varying)::text] are one.
_ELEMENT: Final = re.compile(r"\(('(?:[^']|'')*'::character varying)\)::text(?!\[)")
_ARRAY: Final = re.compile(r"\((ARRAY\[(?:'(?:[^']|'')*'::character varying(?:, )?)+\])\)::text\[\]")


def _plain(text: str) -> str:
    return _ARRAY.sub(r"\1", _ELEMENT.sub(r"\1", text))


# Our own tables and the libraries'; what SQLite keeps for itself (counts, sequences) is left out. An index that is not
# unique makes nothing true or false: whoever looks after the database may add one.
_SQLITE: Final = {
    "table": "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'",
    "unique": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql LIKE 'CREATE UNIQUE%'",
    "trigger": "SELECT tbl_name || '.' || name, sql FROM sqlite_master WHERE type = 'trigger'",
    "view": "SELECT name, sql FROM sqlite_master WHERE type = 'view'",
}
_OURS: Final = "'public'::regnamespace"
_LOOKING_AWAY: Final = (
    *("session_replication_role", "search_path", "row_security"),
    *("session_preload_libraries", "local_preload_libraries"),
)
_POSTGRES: Final = {
    "column": "SELECT attrelid::regclass || '.' || attname, "
    "concat_ws(' ', format_type(atttypid, atttypmod), attnotnull, attgenerated, "
    "attidentity, pg_get_expr(adbin, adrelid)) FROM pg_attribute JOIN pg_class c ON c.oid = attrelid "
    "LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum "
    f"WHERE c.relnamespace = {_OURS} AND c.relkind = 'r' AND attnum > 0 AND NOT attisdropped",
    "constraint": "SELECT conrelid::regclass || '.' || conname, concat_ws(' ', contype, convalidated, condeferrable, "
    f"condeferred, pg_get_constraintdef(oid)) FROM pg_constraint WHERE connamespace = {_OURS} AND conrelid <> 0 "
    "AND contype IN ('c', 'f', 'p', 'u', 'x')",
    "unique": "SELECT indexrelid::regclass::text, "
    f"concat_ws(' ', indisvalid, indimmediate, pg_get_indexdef(indexrelid)) "
    f"FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE indisunique AND c.relnamespace = {_OURS}",
    "trigger": "SELECT tgrelid::regclass || '.' || tgname, concat_ws(' ', tgenabled, pg_get_triggerdef(t.oid)) "
    f"FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid WHERE NOT tgisinternal AND c.relnamespace = {_OURS}",
    # How PostgreSQL keeps foreign keys: switched off, their names stay.
    "foreign keys of": "SELECT tgrelid::regclass::text, count(*)::text FROM pg_trigger t "
    "JOIN pg_class c ON c.oid = tgrelid WHERE tgisinternal AND tgenabled <> 'O' "
    f"AND c.relnamespace = {_OURS} GROUP BY 1",
    "function": "SELECT proname || '(' || pg_get_function_identity_arguments(oid) || ')', pg_get_functiondef(oid) "
    f"FROM pg_proc WHERE pronamespace = {_OURS} AND prokind IN ('f', 'p')",
    "table": "SELECT oid::regclass::text, concat_ws(' ', relkind, relrowsecurity, relforcerowsecurity) "
    f"FROM pg_class WHERE relnamespace = {_OURS} AND relkind IN ('r', 'v', 'm', 'f', 'p')",
    "rule": "SELECT schemaname || '.' || tablename || '.' || rulename, definition FROM pg_rules "
    "WHERE schemaname = 'public'",
    "policy": "SELECT tablename || '.' || policyname, concat_ws(' ', permissive, roles::text, cmd, qual, with_check) "
    "FROM pg_policies WHERE schemaname = 'public'",
    # Whoever logs in could be told to look away from triggers, or elsewhere for tables and functions.
    "setting": "SELECT setrole::text || ' ' || ordinality, setting FROM pg_db_role_setting, "
    "unnest(setconfig) WITH ORDINALITY AS s (setting, ordinality) "
    f"WHERE split_part(setting, '=', 1) IN ({', '.join(map(repr, _LOOKING_AWAY))}) "
    "AND setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))",
    # Only constraints have triggers of PostgreSQL's own, and only of its own functions.
    "hidden trigger": "SELECT tgrelid::regclass || '.' || tgname, pg_get_triggerdef(t.oid) FROM pg_trigger t "
    "JOIN pg_class c ON c.oid = tgrelid JOIN pg_proc p ON p.oid = tgfoid "
    f"WHERE tgisinternal AND c.relnamespace = {_OURS} AND (p.pronamespace <> 'pg_catalog'::regnamespace "
    "OR NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.oid = tgconstraint))",
    # What is looked for by its name alone is found there first.
    "shadow": "SELECT n.nspname || '.' || o.name, '' FROM (SELECT relnamespace AS space, relname AS name FROM pg_class "
    "UNION ALL SELECT pronamespace, proname FROM pg_proc) o JOIN pg_namespace n ON n.oid = o.space "
    "WHERE n.nspname = ANY(current_schemas(false)) AND n.nspname <> 'public'",
    "event trigger": "SELECT evtname, concat_ws(' ', evtevent, evtenabled, evtfoid::regproc) FROM pg_event_trigger",
}
