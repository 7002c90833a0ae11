"""An act takes its named locks in the one order of ``locks.ORDER``, within a space by number, on either database.

Two acts that took two names each the other way round would wait for each other: PostgreSQL ends one of them, and the
next try may meet the same again. SQLite has one writer and would never show it.
"""

from linli.foundation.data import locks
from linli.foundation.data.locks import ORDER, LockSpace
from linli.foundation.trail.acts import _open

_RANKS = {space: rank for rank, space in enumerate(ORDER)}


class OutOfOrder(AssertionError):
    """An act took a name after one that comes later."""


def demand_one_order() -> None:
    """From now on every act of this process that takes its names otherwise fails."""
    take = locks._take

    def taken(*names: tuple[str, LockSpace, int]) -> None:
        running = _open.get()
        for _function, space, key in names if running is not None else ():
            held = running.memory.setdefault("names held", [])
            assert isinstance(held, list)
            mine = _RANKS[space], key
            if held and mine < held[-1] and mine not in held:
                raise OutOfOrder(f"{running.name} takes {space.name} {key} after {held[-1]}")
            held.append(max(mine, held[-1]) if held else mine)
        take(*names)

    locks._take = taken
