"""Run the same work in several threads, each on its own connection to the private database."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection, connections
from django.db.utils import load_backend

T = TypeVar("T")


def in_threads(count: int, work: Callable[[int], T]) -> list[T]:
    """What ``work(number)`` returned in each of ``count`` threads that start together."""
    settings = dict(connection.settings_dict)
    backend = load_backend(str(settings["ENGINE"]))
    start = Barrier(count)

    def run(number: int) -> T:
        # A thread would otherwise open the suite's own database, which is not this test's.
        connections["default"] = backend.DatabaseWrapper(settings, "default")
        try:
            start.wait(timeout=30)
            return work(number)
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(run, range(count)))
