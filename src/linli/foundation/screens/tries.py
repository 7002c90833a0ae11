"""How often something was tried from outside, so that guessing ends: counted in memory, window by window.

Kept in the process that serves (``linli serve`` has one): a restart begins anew, the trail does not forget.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from threading import Lock
from weakref import WeakSet

_all: "WeakSet[Tries]" = WeakSet()


class Tries:
    """At most ``most`` tries of one key within each window of so many ``minutes``."""

    def __init__(self, most: int, *, minutes: int) -> None:
        self._most = most
        self._seconds = minutes * 60
        self._window = 0
        self._counted: Counter[str] = Counter()
        self._lock = Lock()
        _all.add(self)

    def count(self, key: str, at: datetime) -> bool:
        """Count a try; whether it is still one of those that are answered."""
        window = int(at.timestamp()) // self._seconds
        with self._lock:
            if window != self._window:
                self._window, self._counted = window, Counter()
            self._counted[key] += 1
            return self._counted[key] <= self._most

    def forget(self) -> None:
        """Begin anew."""
        with self._lock:
            self._counted.clear()


def counters() -> Iterator[Tries]:
    """Every counter there is."""
    yield from list(_all)
