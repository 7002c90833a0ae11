"""What must always hold: each room puts its own checks on the shelf, here are those of every table."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db import connection

from linli.foundation.data import definitions
from linli.foundation.shelves import Shelf
from linli.foundation.trail import digests
from linli.foundation.trail.audit import verify


@dataclass(frozen=True)
class Violation:
    """An invariant that does not hold: its code, and the business key of the row or where else it is broken."""

    code: str
    subject: str


invariants: Shelf[Callable[[], Iterable[Violation]]] = Shelf()


def violations() -> list[Violation]:
    """Everything that does not hold, room by room; empty when all is well."""
    return [found for check in invariants.values() for found in check()]


def whole() -> Iterator[Violation]:
    """The trail with its seals, the rows that acts wrote, the database's definitions, and rows that point nowhere."""
    for problem in verify():
        yield Violation("audit.not_whole", f"area {problem.chain}, {problem.day.isoformat()}: {problem.what}")
    for entry in digests.loose_entries():
        yield Violation("audit.not_whole", f"entry {entry}: its digests of rows")
    yield from (Violation(f"row.{found.what}", f"{found.table} {found.row}") for found in digests.forged())
    yield from (Violation("definition.differs", name) for name in definitions.differences())
    if definitions.is_outdated():
        yield Violation("definition.outdated", "triggers")
    yield from _references()


def _references() -> Iterator[Violation]:
    """PostgreSQL refuses rows that point nowhere, wherever a foreign key was validated."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA foreign_key_check")
            for table, row, owner, _key in cursor.fetchall():
                yield Violation("reference.missing", f"{table} {row} -> {owner}")
        else:
            cursor.execute(
                "SELECT conrelid::regclass::text, conname FROM pg_constraint "
                "WHERE contype = 'f' AND NOT convalidated ORDER BY 1, 2"
            )
            for table, name in cursor.fetchall():
                yield Violation("reference.not_validated", f"{table} {name}")
