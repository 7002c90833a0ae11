"""Shelves: what a room adds stands in its module ``shelf``; who collects knows no room by name (docs/adr/0035)."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

from django.utils.module_loading import autodiscover_modules

T = TypeVar("T")


class Shelf(Mapping[str, T]):
    """Entries of one kind by key, in the order in which rooms are installed."""

    def __init__(self) -> None:
        self._entries: dict[str, T] = {}

    def put(self, entries: Mapping[str, T]) -> None:
        """Add entries. Raises ValueError when a key is taken: no room speaks for another."""
        taken = sorted(self._entries.keys() & entries)
        if taken:
            raise ValueError(f"on the shelf already: {taken}")
        self._entries.update(entries)

    def __getitem__(self, key: str) -> T:
        return self._entries[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def collect() -> None:
    """Let every installed room put what it adds on the shelves; called once, when the product starts."""
    autodiscover_modules("tasks", "shelf")
