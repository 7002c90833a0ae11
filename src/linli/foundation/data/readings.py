"""Long readings: what is read in many statements is read as it was at one moment, and nobody waits for it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction

# A cursor whose writes are seen by others at once.
Aside = Callable[[], AbstractContextManager[Any]]


@contextmanager
def one_reading() -> Iterator[Aside]:
    """Until the end every statement sees the database as it was at the first one, and none writes. What is handed over
    gives a cursor beside the reading, for what others shall see meanwhile.

    Within an open transaction both are left to it.
    """
    if connection.in_atomic_block:
        yield connection.cursor
        return
    beside = connections[DEFAULT_DB_ALIAS].copy()
    try:
        with _reader(), transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield beside.cursor
    finally:
        beside.close()


@contextmanager
def _reader() -> Iterator[None]:
    """A transaction of SQLite's begins as a writer's here; a reader's keeps nobody waiting."""
    kept: Any = connection
    mode = getattr(kept, "transaction_mode", None)
    kept.transaction_mode = "DEFERRED"
    try:
        yield
    finally:
        kept.transaction_mode = mode
