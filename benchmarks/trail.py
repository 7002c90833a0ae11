"""What verifying a trail costs: seconds and megabytes for entries of the trail, and for rows with their digests.

Run in a process and a database of its own (`python -m benchmarks.trail 1000000`): so many entries over a year, forty
areas and a seal for each day, and as many rows of transfers, each written by one of the entries. First since a check of
the last day but one, as each night does it, then the whole.
"""

import logging
import resource
import sys
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.databases import run

if TYPE_CHECKING:
    from linli.kernel.act import Act

USUAL = (100_000, 1_000_000)
_AREAS, _DAYS, _FIRST = 40, 365, date(2026, 1, 1)


def measured(size: int, _folder: Path) -> Iterator[str]:
    """Fill a trail of about so many entries and verify it."""
    from django.core.management import call_command
    from django.db import connection

    from linli.foundation.trail import checks

    logging.disable(logging.INFO)
    call_command("migrate", verbosity=0)
    begun = time.perf_counter()
    each = max(1, size // (_AREAS * _DAYS))
    for day in range(_DAYS - 1):
        _fill(day, each)
    far = checks.how_far()
    _fill(_DAYS - 1, each)
    yield f"{connection.vendor}: {size} entries and rows written in {time.perf_counter() - begun:.0f} s"
    for what, since in (("since the last day but one", far), ("the whole", None)):
        yield from _verified(what, since)


def _verified(what: str, since: Any) -> Iterator[str]:
    from linli.foundation.data.readings import one_reading
    from linli.foundation.trail import digests
    from linli.foundation.trail.verifying import verified

    day: date | None = None
    rows = digests.forged_in("ledger_transfer")
    if since:
        day = since.day
        rows = digests.forged_since(since.day, since.keys)
    total = 0.0
    with one_reading():
        parts = {"entries and seals": verified(since), "digests of entries": digests.loose_entries(day), "rows": rows}
        for name, work in parts.items():
            begun, cpu = time.perf_counter(), time.process_time()
            found = sum(1 for _problem in work)
            seconds, own = time.perf_counter() - begun, time.process_time() - cpu
            total += seconds
            yield f"{what}: {name} verified in {seconds:.1f} s ({own:.1f} s CPU), {found} problems"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    yield f"{what}: {total:.1f} s together, peak {peak} MB"


def _fill(number: int, each: int) -> None:
    """Write one day of the year, and seal it."""
    from django.db import connection, transaction

    from linli.foundation.trail import audit
    from linli.kernel.act import CHINA_TIME, SYSTEM, Act

    if number == 0:
        _no_triggers("ledger_transfer")
    day, key = _FIRST + timedelta(days=number), number * (_AREAS * each + 1)  # one key is the sealing's
    at = datetime(day.year, day.month, day.day, 12, tzinfo=CHINA_TIME)
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA defer_foreign_keys = ON")
        for area in range(1, _AREAS + 1):
            _write(cursor, Act(SYSTEM, at), area, range(key + 1, key + each + 1))
            key += each
        if connection.vendor == "postgresql":  # its keys go on by themselves, whatever was written
            cursor.execute("SELECT setval(pg_get_serial_sequence('foundation_auditentry', 'id'), %s)", [key])
    audit.seal_days(Act(SYSTEM, at + timedelta(days=1)), before=day + timedelta(days=1))


def _write(cursor: Any, act: "Act", area: int, keys: range) -> None:
    """A transfer for each key, an entry for each, and the digest that answers for it."""
    from linli.foundation.trail import chain, digests
    from linli.foundation.trail.models import AuditEntry, RowDigests

    cursor.executemany(
        "INSERT INTO ledger_transfer (id, journal_id, seq, debit_id, credit_id, amount_fen, reference) "
        "VALUES (%s, %s, 1, 1, 2, %s, 'JZ-2026-0001')",
        [(key, key, key + 1) for key in keys],
    )
    rows = {"ledger_transfer": keys}
    there, _said = digests.looked_at(rows)
    taken = digests.of_rows(rows, there)
    shape, records = taken[0].shape, b"".join(one.digests for one in taken)
    size = len(records) // len(keys)
    previous, entries, kept = chain.genesis(area, act.on), [], []
    for number, key in enumerate(keys, 1):
        own = digests.Digests("ledger_transfer", shape, key, key, records[(number - 1) * size : number * size])
        entry = AuditEntry(
            pk=key,
            chain=area,
            day=act.on,
            seq=number,
            at=act.at,
            actor_id=7,
            act="benchmarks.write",
            subject=f"application:JZ-2026-{key}",
            note='{"state":"DUE","why":"a line"}',
            rows_digest=digests.together([own], [key]),
        )
        previous = entry.mac = chain.entry_mac(entry, previous)
        entries.append(entry)
        kept.append(
            RowDigests(
                id=key,
                entry_id=key,
                table=own.table,
                shape=shape,
                first=key,
                last=key,
                digests=own.digests,
                part=key // 16,
            )
        )
    AuditEntry.objects.bulk_create(entries, batch_size=2000)
    RowDigests.objects.bulk_create(kept, batch_size=2000)


def _no_triggers(table: str) -> None:
    """Rules stand aside: the rows point nowhere, and nobody looks at them but their digests."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            return
        cursor.execute("PRAGMA foreign_keys = OFF")
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')


if __name__ == "__main__":
    run(partial(measured, int(sys.argv[1])))
