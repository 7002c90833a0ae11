"""Locks that mean the same on both databases, and the version that a form was opened on.

Every lock of the product is taken here, and in one order, so that no two acts wait for each other: names first, in the
order of :data:`ORDER` and within a space by number; then rows, those of one question in the order of their keys; then
what triggers lock; the trail last, when an act has done everything else. The tests hold every act to the order of the
names (``tests/one_order.py``).
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import IntEnum, unique
from typing import Any, Final, Protocol, TypeVar

from django.db import connection, models, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from linli.kernel.canonical import digest
from linli.kernel.errors import DomainError

M = TypeVar("M", bound=models.Model)

# As many names as the keys of a space that has many are gathered under: each lock takes a place in memory that all
# connections share, and an act on fifteen thousand people must not use it up. Two that meet by chance wait a moment.
_GATHERED: Final = 512
_ADVISORY: Final = "pg_advisory_xact_lock"
_WORDS_DIGITS: Final = 14  # 56 bits: seventeen decimal digits
_SHARED: Final = f"{_ADVISORY}_shared"


@unique
class LockSpace(IntEnum):
    """Every name space of advisory locks: a number used twice would make two rooms wait for each other, or worse.

    The numbers are seen in the database's lock table and stand in triggers, so a number given up is not used again.
    """

    AUDIT_CHAIN = 7001  # an area's chain of entries
    AUDIT_SEAL = 7002  # the chain of sealed days: shared by all who add to a chain, alone who seals
    PROTECTION = 7101  # a resident's periods of protection
    APPLICATIONS = 7201  # a household's applications
    ADOPTION = 7301  # a community's year plan
    REGISTRY = 7401  # a community's people, while somebody without a number is looked for among them
    FACTS = 7402  # shared by all who record facts; alone, whoever asks up to where they are all there
    LAW = 7501  # packs and working days: how far they go is known by their ids, which are seen in their order
    SET_UP = 4107  # the first account, and the names of all others
    ADMINISTRATORS = 4108  # who is left to administer, while one of them goes


# In which an act takes its names.
ORDER: Final = (
    LockSpace.SET_UP,
    LockSpace.ADMINISTRATORS,
    LockSpace.LAW,
    LockSpace.ADOPTION,
    LockSpace.REGISTRY,
    LockSpace.APPLICATIONS,
    LockSpace.FACTS,
    LockSpace.PROTECTION,
    LockSpace.AUDIT_SEAL,
    LockSpace.AUDIT_CHAIN,
)


def locked(rows: QuerySet[M, Any]) -> QuerySet[M, Any]:
    """The rows, locked in the order of their keys until the act ends.

    PostgreSQL locks the rows; SQLite's acts begin IMMEDIATE and already hold the one write lock. A fixed order keeps
    two acts from waiting for each other. Keys never change, so whoever refers to a row (its foreign keys are looked at
    when an act ends) need not wait for who changes something else in it.
    """
    return _held(rows.order_by("pk"))


def locked_if_free(rows: QuerySet[M, Any]) -> QuerySet[M, Any]:
    """Those of the rows, in their order, that nobody else has locked, locked until the transaction ends."""
    return _held(rows, skip_locked=True)


def _held(rows: QuerySet[M, Any], *, skip_locked: bool = False) -> QuerySet[M, Any]:
    if connection.vendor != "postgresql":
        return rows
    return rows.select_for_update(of=("self",), no_key=True, skip_locked=skip_locked)


class FormStale(DomainError):
    """Somebody changed what a form shows after it was opened; what was typed stays in it."""

    code = "locks.form_stale"
    message = _("打开表单后，这一项已被他人修改；您填写的内容仍在，请核对最新情况后重新提交")


class Versioned(Protocol):
    """A row whose version is another with every change."""

    @property
    def version(self) -> int:
        """A number that grows, or one of what the row says (``version_of_words``)."""


def check_version(row: Versioned, seen: int | None) -> None:
    """Raises FormStale when a form was opened on another version than the row's; None does not ask."""
    check_seen(row.version, seen)


def check_seen(present: int, seen: int | None) -> None:
    """The same of what is no row."""
    if seen is not None and present != seen:
        raise FormStale


def version_of_words(*said: str) -> int:
    """The version of a row that counts its changes nowhere: of what it says. It goes into the field of a form."""
    return int(digest(said)[:_WORDS_DIGITS], 16)


def lock_name(space: LockSpace, key: int) -> None:
    """Hold a named lock until the act ends; nothing to do on SQLite, which has one writer."""
    _take((_ADVISORY, space, key))


def lock_below(above: LockSpace, space: LockSpace, key: int) -> None:
    """Hold a named lock, and before it a whole space together with others, by one question, until the act ends."""
    _take((_SHARED, above, 0), (_ADVISORY, space, key))


def lock_each(space: LockSpace, keys: Iterable[int]) -> None:
    """Hold a named lock for each key, however many there are, until the act ends."""
    for one in sorted({key % _GATHERED for key in keys}):
        lock_name(space, one)


def share_name(space: LockSpace, key: int) -> None:
    """Hold a named lock together with others until the act ends; nothing to do on SQLite, which has one writer."""
    _take((_SHARED, space, key))


@contextmanager
def alone(space: LockSpace, key: int) -> Iterator[None]:
    """While nobody shares the name: who does is waited for. For a look at what they write, outside of acts.

    On SQLite what is seen is committed, in the order of its ids.
    """
    if connection.vendor != "postgresql":
        yield
        return
    with transaction.atomic():
        _take((_ADVISORY, space, key))
        yield


def _take(*names: tuple[str, LockSpace, int]) -> None:
    """Take names by one question, in the order in which they are given."""
    if connection.vendor == "postgresql":
        asked = ", ".join(f"{function}(%s, %s)" for function, _space, _key in names)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {asked}", [part for _f, space, key in names for part in (int(space), key % 2**31)])


def trigger_locks(space: LockSpace, column: str, rows: str) -> str:
    """How a PostgreSQL trigger of a statement holds a named lock for each row until the act ends; ``rows`` is the name
    of its transition table, ``column`` what the lock is about.
    """
    names = f"SELECT DISTINCT ({column} % {_GATHERED})::int AS name FROM {rows} ORDER BY name"
    return f"PERFORM {_ADVISORY}({int(space)}, held.name) FROM ({names}) held; "
