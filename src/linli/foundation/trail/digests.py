"""Every row that matters is bound to the act that wrote it: by a keyed digest of all its columns.

At its end an act digests the rows that it wrote, as they are then (``data/touched.py`` knows which). Its entry in the
trail carries a digest of those digests. Verification reads every row again: each must be as the last act that wrote it
left it. Whoever holds the database can write a row, take one out or put an older one back; without the audit key he
cannot write what the trail would have to say of it.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.db.models import Max, OuterRef, QuerySet, Subquery

from linli.foundation.data import touched
from linli.foundation.trail.models import AuditEntry, RowDigests

_KEY, _DIGEST = 8, 16  # bytes
_RECORD: Final = _KEY + _DIGEST
_GONE: Final = bytes(_DIGEST)
# Rows looked at in one statement at most, and keys in one go: 64 MB.
_LONGEST: Final = 5_000
# A record of ours holds neighbours alone, so many keys at most: the last that was said of a row is found by its part.
_PART: Final = 16
_WINDOW: Final = 1 << 22
# Rows whose digests are held by their keys: beyond that a table is read from its beginning.
_MANY: Final = 1 << 18
# The spelling of a row by the database itself, faster than any of ours. It is no text that another database would give.
_SPELLING: Final = {"sqlite": "sqlite-1", "postgresql": "postgresql-1"}


@dataclass(frozen=True)
class Digests:
    """What an act left of one table: rows from the key ``first`` to ``last``; the others as RowDigests keeps them."""

    table: str
    shape: str
    first: int
    last: int
    digests: bytes


@dataclass(frozen=True)
class ForgedRow:
    """A row that is not what the last act that wrote it left: ``what`` is "altered", "added" or "removed".

    It is "turned back" where what is written of it now would count as older than what was written before.
    """

    table: str
    row: int
    what: str

    def __str__(self) -> str:
        return f"{self.table} {self.row} {self.what}"


Now = Mapping[tuple[str, int], bytes]


def looked_at(rows: Mapping[str, Collection[int]]) -> tuple[Now, "Said"]:
    """How rows are now, by table and key (those that are not there are not in it), and what the last act that wrote
    each of them left, with the number under which that is kept. One statement.
    """
    wanted = {table: sorted(keys) for table, keys in sorted(rows.items()) if keys}
    if not wanted:
        return {}, {}
    postgres = connection.vendor == "postgresql"
    asked = [_PLAIN[connection.vendor].format(*_spelled(table, connection.vendor)) for table in wanted]
    given: list[Any] = [keys if postgres else f"[{','.join(map(str, keys))}]" for keys in wanted.values()]
    for table, keys in wanted.items():
        parts = sorted({key // _PART for key in keys})
        asked.append(_OF_PARTS[connection.vendor])
        given += [table, parts if postgres else f"[{','.join(map(str, parts))}]", table, keys[-1], keys[0]]
    there: dict[tuple[str, int], bytes] = {}
    kept: list[tuple[int, str, bytes]] = []
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked), given)
        for is_now, table, number, content in _fetched(cursor):
            if is_now:
                there[table, number] = _digest(table, number, bytes(content))
            else:
                kept.append((number, table, bytes(content)))
    return there, _last_said(wanted, kept)


def _last_said(wanted: Mapping[str, Sequence[int]], kept: list[tuple[int, str, bytes]]) -> "Said":
    of = {table: set(keys) for table, keys in wanted.items()}
    said: dict[tuple[str, int], tuple[int, bytes]] = {}
    for number, table, records in sorted(kept):
        said.update(((table, row), (number, digest)) for row, digest in _records(records) if row in of[table])
    return said


def of_rows(rows: Mapping[str, Collection[int]], there: Now) -> list[Digests]:
    """The digests of rows as they are now, by table; a key without a row is of one taken out."""
    return [
        _of_slice(table, list(part), there)
        for table, keys in sorted(rows.items())
        for _number, part in groupby(keys, key=lambda key: key // _PART)
    ]


def numbers_of(taken: Iterable[Digests], rows: Mapping[str, Mapping[int, int]]) -> list[int]:
    """The ids under which they are kept: the last note of their rows (``touched.Written``), so that of two acts on one
    row the later has the greater.
    """
    return [max(rows[one.table][row] for row, _digest in _records(one.digests)) for one in taken]


def together(taken: Sequence[Digests], ids: Sequence[int]) -> str:
    """One digest of all that an act left, with the ids that say what came after what; empty when it wrote no row."""
    parts = [f"{number}|{_told(one)}" for number, one in sorted(zip(ids, taken, strict=True), key=itemgetter(0))]
    return _sum("\n".join(parts).encode()) if parts else ""


def _without_ids(taken: Iterable[Digests]) -> str:
    """The same as entries had it before the order of digests was told."""
    return _sum("\n".join(map(_told, taken)).encode())


def _told(one: Digests) -> str:
    return f"{one.table}|{one.shape}|{one.first}|{one.last}|{_sum(one.digests)}"


def keep(entry: AuditEntry, taken: Sequence[Digests], ids: Sequence[int]) -> None:
    """Write them beside the entry that answers for them."""
    if taken:
        with connection.cursor() as cursor:
            cursor.executemany(
                'INSERT INTO foundation_rowdigests (id, entry_id, "table", shape, "first", "last", digests, part) '
                "VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
                [
                    (number, entry.pk, one.table, one.shape, one.first, one.last, one.digests, one.first // _PART)
                    for number, one in zip(ids, taken, strict=True)
                ],
            )


def are_there() -> bool:
    """Whether the database has digests at all: one of before they were, or an empty one, has none."""
    return RowDigests._meta.db_table in connection.introspection.table_names()


def of_this_shape() -> list[str]:
    """Tables that have digests of the columns which they have now."""
    newest = RowDigests.objects.filter(table=OuterRef("table")).order_by("-id").values("shape")[:1]
    shapes = RowDigests.objects.order_by().values_list("table", Subquery(newest)).distinct()
    evident = touched.evidence()
    return [table for table, shape in shapes if table in evident and shape == _shape(table)]


def of_older_shape() -> list[str]:
    """Tables with rows whose columns have changed since they were digested, or that are older than digests."""
    found = []
    for table in touched.evidence():
        shape = RowDigests.objects.filter(table=table).order_by("-id").values_list("shape", flat=True).first()
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT 1 FROM "{table}" LIMIT 1')
            if shape != _shape(table) and cursor.fetchone():
                found.append(table)
    return found


def forged() -> Iterator[ForgedRow]:
    """Every row that is not as the trail has it. The trail itself is ``audit.verify``'s, and ``loose_entries``'."""
    for table in touched.evidence():
        yield from forged_in(table)


def forged_in(table: str) -> Iterator[ForgedRow]:
    """The same of one table, in the order of its keys."""
    newest = RowDigests.objects.filter(table=table).aggregate(last=Max("last"))["last"] or 0
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT min(id), max(id) FROM "{table}"')
        first, last = cursor.fetchone()
    if first is not None and first < 0:
        yield from _unknown(table, first, 0)
    for start in range(0, newest + 1, _WINDOW):
        yield from _forged_between(table, start, start + _WINDOW)
    end = -(-(newest + 1) // _WINDOW) * _WINDOW
    if last is not None and last >= end:
        yield from _unknown(table, end, last + 1)


def forged_among(rows: Mapping[str, Sequence[int]]) -> list[ForgedRow]:
    """The same of some rows by table and key, for an act that must not trust what it reads."""
    there, said = looked_at(rows)
    return _differing({table: sorted(keys) for table, keys in rows.items()}, there, said)


def forged_before(
    before: Mapping[str, Mapping[int, str]],
    notes: Mapping[str, Mapping[int, int]],
    beside: Mapping[str, Collection[int]],
    there_now: Now,
    said: "Said",
) -> list[ForgedRow]:
    """Of rows that an act wrote those that were, before it, not as the last act left them (``said``). ``before`` is how
    each was spelled, by table and key; empty where it was not there. An act that wrote them would answer for the
    forger. ``beside`` are rows that it did not write and builds on: they are as they are now.

    Of two acts the later one has the greater note: whoever turned the counter of notes back (a sequence of the
    database) would make what this act leaves older than what was before it, and could put that back.
    """
    there = {
        (table, row): _digest_of(table, row, text) if text else _GONE
        for table, rows in before.items()
        for row, text in rows.items()
    }
    rows = {
        table: sorted({*before.get(table, ()), *beside.get(table, ())})
        for table in {**before, **beside}
        if before.get(table) or beside.get(table)
    }
    there |= {(table, row): there_now.get((table, row), _GONE) for table, keys in beside.items() for row in keys}
    wrote = {(table, row): note for table, of in notes.items() for row, note in of.items()}
    late = [key for key, (number, _digest) in said.items() if key in wrote and wrote[key] <= number]
    return _differing(rows, there, said) + [ForgedRow(table, row, "turned back") for table, row in late]


Said = Mapping[tuple[str, int], tuple[int, bytes]]


def _differing(rows: Mapping[str, Sequence[int]], there: Now, said: Said) -> list[ForgedRow]:
    return [
        ForgedRow(table, key, _what(expected, digest))
        for table, keys in rows.items()
        for key in keys
        if (digest := there.get((table, key), _GONE)) != (expected := said.get((table, key), (0, _GONE))[1])
    ]


def loose_entries(since: date | None = None) -> Iterator[int]:
    """Keys of entries that no longer have the digests of rows which they answer for; ``since``: of the days from it on.

    Digests that no entry answers for are asked without ``since`` alone.
    """
    with connection.chunked_cursor() as cursor:
        cursor.execute(_ANSWERING.format(" AND e.day >= %s" if since else ""), [_day(since)] if since else [])
        for (entry, digest), rows in groupby(_fetched(cursor), key=lambda row: row[:2]):
            kept = [row for row in rows if row[2] is not None]
            said = [Digests(row[2], row[3], row[4], row[5], bytes(row[6])) for row in kept]
            # Those of before have no part; whoever takes it from new ones gives them an order that was not told.
            before = all(row[8] is None for row in kept)
            told = _without_ids(said) if kept and before else together(said, [row[7] for row in kept])
            if digest != told or not (before or all(row[4] // _PART == row[5] // _PART == row[8] for row in kept)):
                yield entry
    if since is None:
        with connection.chunked_cursor() as cursor:
            cursor.execute(_ANSWERED_BY_NOBODY)
            yield from dict.fromkeys(entry for (entry,) in _fetched(cursor))


_ANSWERING: Final = (
    'SELECT e.id, e.rows_digest, d."table", d.shape, d."first", d."last", d.digests, d.id, d.part '
    "FROM foundation_auditentry e "
    "LEFT JOIN foundation_rowdigests d ON d.entry_id = e.id WHERE e.rows_digest <> ''{} ORDER BY e.id, d.id"
)
_ANSWERED_BY_NOBODY: Final = (
    "SELECT d.entry_id FROM foundation_rowdigests d LEFT JOIN foundation_auditentry e ON e.id = d.entry_id "
    "WHERE e.id IS NULL OR e.rows_digest = '' ORDER BY d.entry_id"
)


def newest_keys(day: date | None = None) -> dict[str, int]:
    """The newest key of each table by the digests of its rows, of those written from the day on where one is given."""
    kept = RowDigests.objects.filter(entry_id__in=_entries_from(day)) if day else RowDigests.objects.all()
    return dict(kept.order_by().values_list("table").annotate(newest=Max("last")))


def forged_since(day: date, keys: Mapping[str, int]) -> Iterator[ForgedRow]:
    """Of the rows that acts wrote from the day on, and of those with newer keys than ``keys`` by table: each that is
    not as the trail has it. A table of which very many were written is read whole.
    """
    written = RowDigests.objects.filter(entry_id__in=_entries_from(day))
    tables = set(written.order_by().values_list("table", flat=True).distinct())
    for table in touched.evidence():
        said = _newest_said(written.filter(table=table)) if table in tables else {}
        if said is None:
            yield from forged_in(table)
        else:
            yield from _forged_of(table, said)
            yield from _forged_beyond(table, keys.get(table, 0), said)


def _entries_from(day: date) -> QuerySet[AuditEntry, Any]:
    return AuditEntry.objects.filter(day__gte=day).exclude(rows_digest="").values("pk")


def _newest_said(kept: QuerySet[RowDigests]) -> dict[int, bytes] | None:
    """What the last act left of each row; None for more than are held at once."""
    said: dict[int, bytes] = {}
    for (records,) in kept.order_by("id").values_list("digests").iterator(chunk_size=200):
        said.update(_records(bytes(records)))
        if len(said) > _MANY:
            return None
    return said


def _forged_of(table: str, said: Mapping[int, bytes]) -> Iterator[ForgedRow]:
    keys = sorted(said)
    for start in range(0, len(keys), _LONGEST):
        slice_ = keys[start : start + _LONGEST]
        there = _read(table, slice_)
        for row in slice_:
            digest = there.get(row, _GONE)
            if digest != said[row]:
                yield ForgedRow(table, row, _what(said[row], digest))


def _forged_beyond(table: str, newest: int, said: Mapping[int, bytes]) -> Iterator[ForgedRow]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(f'SELECT id FROM "{table}" WHERE id > %s ORDER BY id', [newest])
        yield from (ForgedRow(table, row, "added") for (row,) in _fetched(cursor) if row not in said)


def _what(expected: bytes, digest: bytes) -> str:
    if digest == _GONE:
        return "removed"
    return "added" if expected == _GONE else "altered"


def _records(content: bytes) -> Iterator[tuple[int, bytes]]:
    for at in range(0, len(content), _RECORD):
        yield int.from_bytes(content[at : at + _KEY], "big"), content[at + _KEY : at + _RECORD]


def _fetched(cursor: Any) -> Iterator[tuple[Any, ...]]:
    while slice_ := cursor.fetchmany(2000):
        yield from slice_


def _day(day: date) -> Any:
    return connection.ops.adapt_datefield_value(day)


def _of_slice(table: str, keys: Sequence[int], there: Now) -> Digests:
    records = b"".join(key.to_bytes(_KEY, "big") + there.get((table, key), _GONE) for key in keys)
    return Digests(table, _shape(table), keys[0], keys[-1], records)


def _forged_between(table: str, start: int, end: int) -> Iterator[ForgedRow]:
    said = _said(table, start, end)
    for row, digest in _read_between(table, start, end):
        place = (row - start) * _DIGEST
        expected = bytes(said[place : place + _DIGEST])
        if expected != digest:
            yield ForgedRow(table, row, "added" if expected in {_GONE, b""} else "altered")
        said[place : place + _DIGEST] = _GONE[: len(expected)]
    for place in range(0, len(said), _DIGEST) if any(said) else ():
        if any(said[place : place + _DIGEST]):
            yield ForgedRow(table, start + place // _DIGEST, "removed")


def _unknown(table: str, start: int, end: int) -> Iterator[ForgedRow]:
    """No act ever wrote a row with such a key."""
    return (ForgedRow(table, row, "added") for row, _digest in _read_between(table, start, end))


def _said(table: str, start: int, end: int) -> bytearray:
    """What the last act that wrote each row left, by its key from ``start`` on."""
    kept = RowDigests.objects.filter(table=table, first__lt=end, last__gte=start).order_by("id")
    newest = kept.aggregate(last=Max("last"))["last"]
    said = bytearray(0 if newest is None else (min(newest + 1, end) - start) * _DIGEST)
    for (records,) in kept.values_list("digests").iterator(chunk_size=200):
        for row, digest in _records(bytes(records)):
            if start <= row < end:
                place = (row - start) * _DIGEST
                said[place : place + _DIGEST] = digest
    return said


# Records of before have no part; each of them may hold far more than what is asked for.
_OF_PARTS: Final = {
    vendor: f'SELECT 0, "table", id, digests FROM foundation_rowdigests WHERE "table" = %s AND part {within} '
    'UNION ALL SELECT 0, "table", id, digests FROM foundation_rowdigests '
    'WHERE part IS NULL AND "table" = %s AND "first" <= %s AND "last" >= %s'
    for vendor, within in {
        "postgresql": "= ANY(%s)",
        "sqlite": "IN (SELECT value FROM json_each(%s))",
    }.items()
}


# Rows as they are: their table, key and all columns as one text, in bytes.
_PLAIN: Final = {
    "postgresql": "SELECT 1, '{0}'::text, id, convert_to({1}, 'UTF8') FROM \"{0}\" WHERE id = ANY(%s)",
    "sqlite": "SELECT 1, '{0}', id, CAST({1} AS BLOB) FROM \"{0}\" WHERE id IN (SELECT value FROM json_each(%s))",
}


@cache
def _spelled(table: str, vendor: str) -> tuple[str, str]:
    return table, touched.spelled(table, vendor)


def _read(table: str, keys: Sequence[int]) -> dict[int, bytes]:
    """The digests of rows of a table, by key."""
    postgres = connection.vendor == "postgresql"
    given = list(keys) if postgres else f"[{','.join(map(str, keys))}]"
    with connection.cursor() as cursor:
        cursor.execute(_PLAIN[connection.vendor].format(*_spelled(table, connection.vendor)), [given])
        return {row: _digest(table, row, bytes(content)) for _now, _table, row, content in _fetched(cursor)}


def _read_between(table: str, start: int, end: int) -> Iterator[tuple[int, bytes]]:
    """Key and digest of the rows of a table, read in slices."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"{_selected(table, connection.vendor)}id >= %s AND id < %s", [start, end])
        for _table, row, digest in _digested(cursor):
            yield row, digest


def _digested(cursor: Any) -> Iterator[tuple[str, int, bytes]]:
    for table, row, text in _fetched(cursor):
        yield table, row, _digest_of(table, row, text)


def _digest_of(table: str, row: int, text: str) -> bytes:
    return _digest(table, row, text.encode())


def _digest(table: str, row: int, content: bytes) -> bytes:
    key = settings.KEYS.audit
    return hashlib.blake2b(f"{table}|{row}|".encode() + content, digest_size=_DIGEST, key=key).digest()


@cache
def _selected(table: str, vendor: str) -> str:
    """The SQL of rows: their table, key and all columns as one text."""
    return f"SELECT '{table}', id, {touched.spelled(table, vendor)} FROM \"{table}\" WHERE "


def _shape(table: str) -> str:
    return _shape_of(table, connection.vendor)


@cache
def _shape_of(table: str, vendor: str) -> str:
    return _sum(f"{_SPELLING[vendor]}|{','.join(touched.evidence()[table])}".encode())[:32]


def _sum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
