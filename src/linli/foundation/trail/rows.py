"""What is written once is sealed with its day: whoever holds the database's password can rewrite a row, not the trail.

Once a day a digest of every column that never changes, over the rows that are new since the day before, goes into one
entry of the trail. Verification reads the rows again. A row is covered from the seal after it was written on.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from linli.foundation.data import written_once
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.foundation.trail.models import AuditEntry
from linli.kernel.act import Act

_ACT = "foundation.seal_new_rows"
# The column under which the keys of the rows themselves are sealed: none was taken out, none slipped in.
_KEYS = "id"
_HEX = 32


@dataclass(frozen=True)
class AlteredRows:
    """A column of sealed rows (ids ``first`` to ``last``) that is not what it was that day; "id": rows went or came."""

    table: str
    column: str
    first: int
    last: int
    day: date

    def __str__(self) -> str:
        return f"{self.table}.{self.column} {self.first}-{self.last} ({self.day.isoformat()})"


def seal_rows(now: Act) -> None:
    """Seal what was written since the last seal."""
    seal_new_rows(now, ends=_newest([model._meta.db_table for model, _columns in _sealed()]))


@act
def seal_new_rows(act: Act, *, ends: Mapping[str, int]) -> None:
    """Write the seal of the rows after the last one and up to ``ends`` (newest key by table)."""
    before = _sealed_up_to()
    ranges = {}
    for model, columns in _sealed():
        table = model._meta.db_table
        first, last = before.get(table, 0) + 1, ends.get(table, 0)
        if last >= first:
            ranges[table] = {"from": first, "to": last, "columns": _digests(model, columns, first, last)}
    note = {"rows": ranges, "ends": {**before, **{table: sealed["to"] for table, sealed in ranges.items()}}}
    audit.record(act, where=0, subject=f"seals:{act.on.isoformat()}", lines=sorted(ranges), note=note)


def altered_rows() -> list[AlteredRows]:
    """Every sealed column that reads otherwise now; empty when nothing was altered."""
    return [found for day, table, sealed in _seals() for found in _compared(day, table, sealed)]


def _compared(day: date, table: str, sealed: Mapping[str, Any]) -> Iterator[AlteredRows]:
    model = _models().get(table)
    if model is None:  # a table given up by a later version
        return
    first, last, said = int(sealed["from"]), int(sealed["to"]), dict(sealed["columns"])
    there = {field.attname for field in model._meta.concrete_fields}
    read = _digests(model, [column for column in said if column in there and column != _KEYS], first, last)
    if read[_KEYS] != said[_KEYS]:
        yield AlteredRows(table, _KEYS, first, last, day)
        return
    for column in sorted(read):
        if read[column] != said[column]:
            yield AlteredRows(table, column, first, last, day)


def _seals() -> Iterator[tuple[date, str, Mapping[str, Any]]]:
    """Day, table and what was sealed of it, the oldest first."""
    for entry in AuditEntry.objects.filter(act=_ACT).order_by("id").iterator(chunk_size=100):
        for table, sealed in json.loads(entry.note).get("rows", {}).items():
            yield entry.day, table, sealed


def _sealed_up_to() -> dict[str, int]:
    """The newest key that is sealed, by table: the last seal says it, older ones knew only what was new to them."""
    newest = AuditEntry.objects.filter(act=_ACT).order_by("-id").values_list("note", flat=True).first()
    ends = json.loads(newest or "{}").get("ends")
    if ends is None:
        return {table: int(sealed["to"]) for _day, table, sealed in _seals()}
    return {table: int(end) for table, end in ends.items()}


def _models() -> dict[str, type[models.Model]]:
    return {model._meta.db_table: model for model in apps.get_models()}


def _sealed() -> Iterator[tuple[type[models.Model], Sequence[str]]]:
    """Each table that is sealed, by its name, with its columns."""
    known = _models()
    for table, columns in written_once.tables().items():
        model = known[table]
        yield model, columns or [field.attname for field in model._meta.concrete_fields if not field.primary_key]


def _newest(tables: Sequence[str]) -> dict[str, int]:
    """The newest key of each table while nobody writes to it: one drawn before and still to come would be missed.

    On PostgreSQL table by table, so that no act waits long; where writers wait for each other all are read at once.
    """
    asked = [f"SELECT '{table}', COALESCE(MAX(id), 0) FROM \"{table}\"" for table in tables]
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.execute(" UNION ALL ".join(asked))
            return dict(cursor.fetchall())
        found = []
        for table, newest in zip(tables, asked, strict=True):
            with transaction.atomic():
                cursor.execute(f'LOCK TABLE "{table}" IN SHARE MODE')
                cursor.execute(newest)
                found += cursor.fetchall()
    return dict(found)


def _digests(model: type[models.Model], columns: Sequence[str], first: int, last: int) -> dict[str, str]:
    """A digest of each column over the rows in order of their keys, and one of the keys."""
    hashes = {column: hashlib.sha256() for column in (_KEYS, *columns)}
    rows = model._base_manager.filter(pk__gte=first, pk__lte=last).order_by("pk")
    for pk, *values in rows.values_list("pk", *columns).iterator(chunk_size=2000):
        hashes[_KEYS].update(f"{pk}\n".encode())
        for column, value in zip(columns, values, strict=True):
            hashes[column].update(f"{pk}:{_text(value)}\n".encode())
    return {column: one.hexdigest()[:_HEX] for column, one in hashes.items()}


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=_plain)


def _plain(value: Any) -> str:
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else str(value)
