"""Which named locks an act takes. SQLite has one writer and needs none: one left out would be seen by nobody there."""

import sys
from collections.abc import Callable
from unittest import mock

from linli.foundation.data import locks
from linli.foundation.data.locks import LockSpace


def named_locks(work: Callable[[], object]) -> set[tuple[LockSpace, int]]:
    """Space and key of every lock that the work takes, but for the trail's own."""
    taken: list[tuple[LockSpace, int]] = []
    take = locks.lock_name

    def told(space: LockSpace, key: int) -> None:
        taken.append((space, key))
        take(space, key)

    users = [one for name, one in sys.modules.items() if name.startswith("linli.") and hasattr(one, "lock_name")]
    patches = [mock.patch.object(one, "lock_name", told) for one in users]
    for patch in patches:
        patch.start()
    try:
        work()
    finally:
        for patch in patches:
            patch.stop()
    return {one for one in taken if one[0] not in {LockSpace.AUDIT_CHAIN, LockSpace.AUDIT_SEAL}}
