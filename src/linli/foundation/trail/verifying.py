"""Whether the trail is whole: every code recomputed, from its beginning or from the last checked seal on."""

import hmac
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from django.db import connection

from linli.foundation.trail import signing
from linli.foundation.trail.chain import entry_code, genesis, seal_mac, seal_text
from linli.foundation.trail.models import AuditEntry, AuditSeal


@dataclass(frozen=True)
class AuditProblem:
    """A place where the trail is not whole."""

    chain: int
    day: date
    what: str


@dataclass(frozen=True)
class Reached:
    """How far a check came that found nothing: the newest seal by then, how many entries lie in the days up to its day,
    and the newest key of each table by the digests of rows.
    """

    seal: int
    mac: str
    day: date
    entries: int
    keys: Mapping[str, int] = field(default_factory=dict)

    @property
    def stands(self) -> bool:
        """Whether the seal is still there: only from it on can be gone on."""
        return AuditSeal.objects.filter(seq=self.seal, mac=self.mac, day=self.day).exists()


# What an entry says, in the order of its code, spelled by the database: a million rows are no objects first. The day is
# ISO, the moment microseconds since 1970. SQLite rounds a moment's last half millisecond up to the next second: it is
# asked for the second alone. A moment written in any other way (with a zone, which Django would read) is none.
_SECOND: Final = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9] [0-9][0-9]:[0-9][0-9]:[0-9][0-9]"
_SPELLED: Final = {
    "sqlite": (
        "CAST(day AS text)",
        f"CASE WHEN at GLOB '{_SECOND}' OR at GLOB '{_SECOND}.[0-9][0-9][0-9][0-9][0-9][0-9]' "
        "THEN strftime('%%s', substr(at, 1, 19)) * 1000000 + substr(at, 21, 6) END",
    ),
    "postgresql": ("to_char(day, 'YYYY-MM-DD')", "(extract(epoch FROM at) * 1000000)::bigint"),
}
_ENTRIES: Final = (
    "SELECT chain, {}, seq, {}, actor_id, act, subject, lines_count, lines_digest, note, rows_digest, mac "
    "FROM foundation_auditentry{} ORDER BY chain, day, seq"
)


def verified(since: Reached | None = None) -> Iterator[AuditProblem]:
    """Recompute every chain and every seal, or those of the days from the reached one on; each place that is not whole.

    Of the days before the reached one only the number of entries is asked.
    """
    if since is not None and AuditEntry.objects.filter(day__lte=since.day).count() != since.entries:
        yield AuditProblem(0, since.day, "entries of sealed days were added or removed")
    counted: dict[tuple[int, str], tuple[int, str]] = {}
    for (chain, day), rows in groupby(_entries(since), key=itemgetter(0, 1)):
        yield from _chain(chain, day, rows, counted)
    yield from _seals(counted, since)


def _entries(since: Reached | None) -> Iterator[tuple[Any, ...]]:
    asked = _ENTRIES.format(*_SPELLED[connection.vendor], " WHERE day >= %s" if since else "")
    with connection.chunked_cursor() as cursor:
        cursor.execute(asked, [connection.ops.adapt_datefield_value(since.day)] if since else [])
        while slice_ := cursor.fetchmany(2000):
            yield from slice_


def _chain(
    chain: int, day: str, rows: Iterable[tuple[Any, ...]], counted: dict[tuple[int, str], tuple[int, str]]
) -> Iterator[AuditProblem]:
    try:
        on = date.fromisoformat(day)
    except (TypeError, ValueError):
        yield AuditProblem(chain, date.min, "entries of no day")
        return
    previous, expected = genesis(chain, on), 0
    for row in rows:
        expected += 1
        if row[2] != expected:
            yield AuditProblem(chain, on, f"entry {expected} is missing")
            return
        if not _is_coded(row, previous):
            yield AuditProblem(chain, on, f"entry {expected} was altered")
            return
        previous = row[-1]
    counted[(chain, day)] = (expected, previous)


def _is_coded(row: tuple[Any, ...], previous: str) -> bool:
    try:
        return hmac.compare_digest(row[-1], entry_code((previous, *row[:-2]), row[-2]))
    except TypeError:  # SQLite takes anything into any column
        return False


def _seals(counted: Mapping[tuple[int, str], tuple[int, str]], since: Reached | None) -> Iterator[AuditProblem]:
    seals, previous = AuditSeal.objects.order_by("seq"), genesis(0, date.min)
    before = AuditSeal.objects.filter(day__lt=since.day).order_by("-seq").first() if since else None
    if before is not None:
        # The seal that the last check ended with answers for the code it begins with.
        seals, previous = seals.filter(seq__gt=before.seq), before.mac
    start = 1 if before is None else before.seq + 1
    for expected, seal in enumerate(seals.iterator(chunk_size=2000), start=start):
        if seal.seq != expected or not hmac.compare_digest(seal.mac, seal_mac(seal, previous)):
            yield AuditProblem(seal.chain, seal.day, f"seal {expected} was altered or removed")
            break
        if counted.get((seal.chain, seal.day.isoformat()), (0, "")) != (seal.count, seal.head):
            yield AuditProblem(seal.chain, seal.day, "entries differ from the sealed count or head")
        previous = seal.mac
    yield from _signature()


def _signature() -> Iterator[AuditProblem]:
    newest = AuditSeal.objects.order_by("-seq").first()
    # Seals of before they were signed stand until this installation signs its first.
    signs = bool(signing.public_keys()) or AuditSeal.objects.exclude(signature="").exists()
    if newest is not None and signs and not signing.is_signed(seal_text(newest), newest.signature):
        yield AuditProblem(newest.chain, newest.day, "the newest seal is not signed by this installation")
