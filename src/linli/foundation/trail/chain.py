"""How an entry comes into its chain: numbered and coded after the last one of its area and day."""

import hashlib
import json
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _

from linli.foundation.data.locks import LockSpace, lock_below
from linli.foundation.trail.models import AuditEntry, AuditSeal
from linli.kernel.canonical import canonical_json
from linli.kernel.errors import DomainError


class DaySealed(DomainError):
    """A day that is sealed, or has a later one sealed, takes no more entries: the clock must have gone back."""

    code = "audit.day_sealed"
    message = _("%(day)s 已经封存，不能再办理；请检查系统时间")


def append(entries: Iterable[AuditEntry]) -> None:
    """Write an act's entries, chain by chain: no two acts hold what the other waits for. Raises DaySealed.

    Who seals is waited for, and waits until all have ended that add entries: of a day that is sealed none comes late.
    """
    for entry in sorted(entries, key=lambda entry: entry.chain):
        lock_below(LockSpace.AUDIT_SEAL, LockSpace.AUDIT_CHAIN, entry.chain)
        entry.seq, previous = _end_of(entry.chain, entry.day)
        entry.mac = entry_mac(entry, previous)
        _insert(entry)


# Every act passes here: the two statements are written out, since building them anew cost more than running them. That
# a number is none below nought leads SQLite into the index that ends with it, whatever it counted of the others.
_LAST = (
    "SELECT EXISTS (SELECT 1 FROM foundation_auditseal WHERE day >= %s), seq, mac FROM (SELECT 1) one LEFT JOIN "
    "(SELECT seq, mac FROM foundation_auditentry WHERE chain = %s AND day = %s AND seq >= 0 ORDER BY seq DESC LIMIT 1) "
    "last ON 1 = 1"
)
_BLOCK: Final = 64  # bytes of SHA-256
# As canonical_json writes a list of numbers and texts, which is what every entry of the trail is verified by.
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_COLUMNS = [field for field in AuditEntry._meta.concrete_fields if not field.primary_key]
_INSERT = (
    f"INSERT INTO foundation_auditentry ({', '.join(str(field.column) for field in _COLUMNS)}) "
    f"VALUES ({', '.join(['%s'] * len(_COLUMNS))}) RETURNING id"
)


def _end_of(chain: int, on: date) -> tuple[int, str]:
    """The number of the day's next entry and the code it continues from. Raises DaySealed."""
    day = connection.ops.adapt_datefield_value(on)
    with connection.cursor() as cursor:
        cursor.execute(_LAST, [day, chain, day])
        sealed, seq, mac = cursor.fetchone()
    if sealed:
        raise DaySealed(day=on)
    return (1, genesis(chain, on)) if seq is None else (seq + 1, mac)


def _insert(entry: AuditEntry) -> None:
    values = [field.get_db_prep_save(getattr(entry, field.attname), connection) for field in _COLUMNS]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)
        entry.pk = cursor.fetchone()[0]


def genesis(chain: int, day: date) -> str:
    """What the first entry of an area's day continues from."""
    return mac(f"genesis|{chain}|{day.isoformat()}")


def entry_mac(entry: AuditEntry, previous: str) -> str:
    """The code of an entry after the one before."""
    said = (entry.act, entry.subject, entry.lines_count, entry.lines_digest, entry.note)
    place = (entry.chain, entry.day.isoformat(), entry.seq, utc(entry.at), entry.actor_id)
    return entry_code((previous, *place, *said), entry.rows_digest)


def entry_code(said: tuple[object, ...], rows_digest: str) -> str:
    """The same of what the entry says: the code before, area, ISO day, number, microseconds, actor, act, subject, count
    and digest of its lines, note.
    """
    # Entries of before there were digests of rows keep their codes.
    return mac(_encode((*said, rows_digest) if rows_digest else said))


def seal_mac(seal: AuditSeal, previous: str) -> str:
    """The code of a seal after the one before."""
    parts = [previous, seal.seq, seal.chain, seal.day, seal.count, seal.head, utc(seal.sealed_at)]
    return mac(canonical_json(parts))


def seal_text(seal: AuditSeal) -> str:
    """What the signature of a seal signs."""
    return f"seal|{seal.seq}|{seal.mac}"


def utc(moment: datetime) -> int:
    """Microseconds since 1970: the databases return other zones than they were given."""
    return round(moment.timestamp() * 1_000_000)


def mac(text: str) -> str:
    """HMAC-SHA-256 under the audit key, 64 hex digits."""
    inner, outer = (half.copy() for half in _keyed(settings.KEYS.audit))
    inner.update(text.encode())
    outer.update(inner.digest())
    code: str = outer.hexdigest()
    return code


@cache
def _keyed(key: bytes) -> tuple[Any, Any]:
    """Both halves of the HMAC as the key alone leaves them: a trail is verified by millions of codes under one key."""
    whole = (key if len(key) <= _BLOCK else hashlib.sha256(key).digest()).ljust(_BLOCK, b"\0")
    inner, outer = (hashlib.sha256(bytes(one ^ pad for one in whole)) for pad in (0x36, 0x5C))
    return inner, outer
