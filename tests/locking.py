"""Which locks an act takes. SQLite has one writer and needs none: one left out would be seen by nobody there."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

from django.db.models import QuerySet

from linli.foundation.data import locks
from linli.foundation.data.locks import LockSpace


def named_locks(work: Callable[[], object]) -> set[tuple[LockSpace, int]]:
    """Space and key of every lock that the work takes, but for the trail's own."""
    taken: list[tuple[LockSpace, int]] = []
    take = locks.lock_name

    def told(space: LockSpace, key: int) -> None:
        taken.append((space, key))
        take(space, key)

    with _in_place_of("lock_name", told):
        work()
    return {one for one in taken if one[0] not in {LockSpace.AUDIT_CHAIN, LockSpace.AUDIT_SEAL}}


def locked_rows(work: Callable[[], object]) -> list[tuple[str, int]]:
    """Model and key of every row that the work locks, in the order in which it locks them."""
    taken: list[tuple[str, int]] = []
    lock = locks.locked

    def told(rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        ordered = lock(rows)
        taken.extend((rows.model.__name__, key) for key in ordered.values_list("pk", flat=True))
        return ordered

    with _in_place_of("locked", told):
        work()
    return taken


@contextmanager
def _in_place_of(name: str, told: Callable[..., Any]) -> Iterator[None]:
    """Every module of the product that takes the function by name finds the other one there."""
    with ExitStack() as patches:
        for module, users in list(sys.modules.items()):
            if module.startswith("linli.") and hasattr(users, name):
                patches.enter_context(mock.patch.object(users, name, told))
        yield
