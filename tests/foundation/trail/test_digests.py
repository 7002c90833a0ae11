"""Every table and every column: what is written behind the product's back is found, or stands excused with a reason."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, models, transaction

from linli.foundation.data import touched
from linli.foundation.trail import digests
from linli.foundation.trail.acts import RowsForged, act, rehearsal
from linli.foundation.trail.audit import record
from linli.kernel.act import SYSTEM, Act
from tests.conftest import MONDAY, at
from tests.foundation.data.test_every_rule import MODELS, begin_anywhere, row, write
from tests.foundation.trail.forging import TALLY

pytestmark = pytest.mark.django_db
EVIDENCE = touched.evidence()


@act
def doing(act: Act, *, work: Callable[[], Any]) -> None:
    """An act that writes whatever the test says."""
    work()
    record(act, where=3, subject="rows")


def done(work: Callable[[], Any]) -> None:
    doing(Act(SYSTEM, at(MONDAY)), work=work)


@pytest.fixture(params=sorted(EVIDENCE))
def table(request: pytest.FixtureRequest) -> Any:
    """One row of the table, written by an act; the database's rules are off, and nothing stays."""
    name: str = request.param
    with rehearsal():
        begin_anywhere(name)
        look_away()
        done(lambda: write(name, row(name, {"id": 5})))
        switch_all_off(name)
        yield name


def look_away() -> None:
    """Made-up keys are rolled back before PostgreSQL looks at them: here it does not even plan to."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT conrelid::regclass, conname FROM pg_constraint WHERE contype = 'f' "
                "AND conrelid::regclass::text !~ '^(auth|django|axes)_'"
            )
            for table, name in cursor.fetchall():
                cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')


def switch_all_off(table: str) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = %s::regclass", [table])
            for (name,) in cursor.fetchall():
                cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
            return
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')


@pytest.fixture(autouse=True)
def _checks_again() -> Any:
    yield
    if connection.vendor == "sqlite":
        connection.cursor().execute("PRAGMA ignore_check_constraints = OFF")


def found(table: str) -> list[str]:
    return [str(one) for one in digests.forged_in(table)]


def other(column: str, kind: type[models.Field[Any, Any]]) -> str:
    """Another value than the row's, in SQL of both databases."""
    if issubclass(kind, models.BooleanField):
        return f'NOT COALESCE("{column}", {"false" if connection.vendor == "postgresql" else "0"})'
    if issubclass(kind, models.DateTimeField):
        return "'2031-01-02 03:04:05+00'"
    if issubclass(kind, models.DateField):
        return "'2031-01-02'"
    if issubclass(kind, models.JSONField):
        return "'[\"x\"]'"
    if issubclass(kind, models.TextField | models.CharField):
        return f"CASE WHEN \"{column}\" = 'x' THEN 'y' ELSE 'x' END"
    if issubclass(kind, models.BinaryField):
        return "'\\x01'"
    return f'COALESCE("{column}", 0) + 1'


def test_each_column_is_covered(table: str) -> None:
    fields = {field.column: type(field) for field in MODELS[table]._meta.local_fields if not field.primary_key}
    assert found(table) == []
    unseen = []
    for column, kind in fields.items():
        if issubclass(kind, models.ForeignKey):
            kind = models.BigIntegerField
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f'UPDATE "{table}" SET "{column}" = {other(column, kind)}')
            TALLY.forged[table] += 1
            if found(table) == [f"{table} 5 altered"]:
                TALLY.found[table] += 1
            else:
                unseen.append(f"{table}.{column}")
            transaction.set_rollback(True)
    assert unseen == [one for one in touched.excused() if one.startswith(f"{table}.")]


def test_a_row_slipped_in_is_found(table: str) -> None:
    write(table, row(table, {"id": 6}))
    assert found(table) == [f"{table} 6 added"]


def test_a_row_taken_out_is_found(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'DELETE FROM "{table}"')
    assert found(table) == [f"{table} 5 removed"]


@pytest.mark.skipif(connection.vendor == "postgresql", reason="it takes no NUL")
def test_what_reads_the_same_and_is_written_otherwise_is_found(table: str) -> None:
    """A NUL behind a day or a word: SQLite's own quoting ends there, and a page would show no day at all."""
    unseen = []
    for field in MODELS[table]._meta.local_concrete_fields:
        if field.primary_key or f"{table}.{field.column}" in touched.excused() or field.get_internal_type() in WHOLE:
            continue
        with transaction.atomic(), connection.cursor() as cursor:
            value = other(field.column, type(field))
            done(lambda of=(field.column, value): set_to(table, *of))
            cursor.execute(f'UPDATE "{table}" SET "{field.column}" = "{field.column}" || char(0)')
            if found(table) != [f"{table} 5 altered"]:
                unseen.append(field.column)
            transaction.set_rollback(True)
    assert unseen == []


# Whole numbers and bytes: with a NUL behind they are a text, which is spelled otherwise.
WHOLE = {"ForeignKey", "OneToOneField", "BooleanField", "BinaryField"}


def set_to(table: str, column: str, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'UPDATE "{table}" SET "{column}" = {value}')


@pytest.mark.parametrize("name", ["users_user", "users_assignment", "areas_area"])
def test_what_a_later_act_left_is_not_made_older_than_what_was_before(name: str) -> None:
    """Whoever turns the counter of notes back could put the row back that an act has changed."""
    with rehearsal():
        begin_anywhere(name)
        look_away()
        done(lambda: write(name, row(name, {"id": 5})))
        turn_back()
        with pytest.raises(RowsForged, match=f"{name} 5 turned back"):
            done(lambda: set_to(name, MODELS[name]._meta.concrete_fields[1].column, '"id"'))


def turn_back() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER SEQUENCE foundation_touched_id_seq RESTART WITH 1")
        else:
            cursor.execute("UPDATE sqlite_sequence SET seq = 0 WHERE name = 'foundation_touched'")
