"""What must always hold: each room puts its own checks on the shelf, here are those of every table."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from django.conf import settings
from django.db import InternalError, connection, transaction

from linli.foundation.data import definitions, sealed, touched
from linli.foundation.shelves import Shelf
from linli.foundation.trail import digests
from linli.foundation.trail.verifying import Reached, verified


@dataclass(frozen=True)
class Violation:
    """An invariant that does not hold: its code, and the business key of the row or where else it is broken."""

    code: str
    subject: str
    chain: int = field(default=0, compare=False)  # the area in whose trail it is, where it is in one's


invariants: Shelf[Callable[[], Iterable[Violation]]] = Shelf()
# What a check since the last time asks of rooms as well: of what came on the day or later.
recent: Shelf[Callable[[date], Iterable[Violation]]] = Shelf()
# Under this name :func:`whole` lies there.
OWN = "foundation"


Part = Callable[[], Iterable[Violation]]


def violations() -> list[Violation]:
    """Everything that does not hold, room by room; empty when all is well."""
    return [found for check in invariants.values() for found in check()]


def whole() -> Iterator[Violation]:
    """The trail with its seals, the rows that acts wrote, the database's definitions, and rows that point nowhere."""
    for part in _whole():
        yield from part()


def parts(since: Reached | None = None) -> list[Part]:
    """What a check looks at, in parts: everything, or from the reached seal on - of what stood before only whether its
    seal and as many entries are there, and no room's own reckoning but of what came since.
    """
    if since is not None:
        return [
            partial(_trail, since),
            partial(_loose, since.day),
            partial(_since, since.day, since.keys),
            _definitions,
            *(partial(check, since.day) for check in recent.values()),
        ]
    rooms = (partial(_read_by, name, check) for name, check in invariants.items() if name != OWN)
    return [*_whole(), *rooms]


def _read_by(room: str, check: Part) -> Iterator[Violation]:
    """What a room finds; a value that no code of the room ever wrote, and that it cannot even read, is told as such."""
    try:
        yield from check()
    except (ArithmeticError, TypeError, ValueError) as error:
        yield Violation("check.unreadable", f"{room}: {error}")


def _whole() -> list[Part]:
    tables = (partial(_rows, table) for table in touched.evidence())
    return [_trail, _loose, *tables, _definitions, _references, _indexes, _keys]


def _trail(since: Reached | None = None) -> Iterator[Violation]:
    for problem in verified(since):
        told = f"area {problem.chain}, {problem.day.isoformat()}: {problem.what}"
        yield Violation("audit.not_whole", told, problem.chain)


def _loose(since: date | None = None) -> Iterator[Violation]:
    for entry in digests.loose_entries(since):
        yield Violation("audit.not_whole", f"entry {entry}: its digests of rows")


def _rows(table: str) -> Iterator[Violation]:
    return map(_forged, digests.forged_in(table))


def _since(day: date, keys: Mapping[str, int]) -> Iterator[Violation]:
    return map(_forged, digests.forged_since(day, keys))


def _forged(row: digests.ForgedRow) -> Violation:
    return Violation(f"row.{row.what}", f"{row.table} {row.row}")


def _definitions() -> Iterator[Violation]:
    yield from (Violation("definition.differs", name) for name in definitions.differences())
    if definitions.is_outdated():
        yield Violation("definition.outdated", "triggers")


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


# Rows by their index, rows by their table: one must not say what the other does not.
_INDEXES = (
    "SELECT c.oid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
    "JOIN pg_am a ON a.oid = c.relam WHERE a.amname = 'btree' "
    "AND i.indisvalid AND c.relnamespace = 'public'::regnamespace ORDER BY 1"
)


def _indexes() -> Iterator[Violation]:
    """An index that tells other rows than its table holds. PostgreSQL is asked where its extension amcheck is there."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA integrity_check")
            yield from (Violation("index.differs", told) for (told,) in cursor.fetchall() if told != "ok")
            return
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'amcheck'")
        if cursor.fetchone() is None:
            return
        cursor.execute(_INDEXES)
        for (index,) in cursor.fetchall():
            try:
                with transaction.atomic():
                    cursor.execute("SELECT bt_index_check(%s::regclass, true)", [index])
            except InternalError as error:
                yield Violation("index.differs", f"{index}: {str(error).splitlines()[0]}")


def _keys() -> Iterator[Violation]:
    """Each key that envelopes name and that is not here: nothing of them opens (any more)."""
    for key_id, columns in sealed.key_ids().items():
        if key_id not in settings.KEYS.envelope:
            yield Violation("key.missing", f"{key_id}: {', '.join(columns)}")
