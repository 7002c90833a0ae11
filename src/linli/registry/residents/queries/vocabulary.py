"""What fact codes are called. The registry knows no meaning: rooms above tell it the words of their packs.

A room registers a provider once, at start; without one, codes are shown as they are and entered by hand.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from linli.foundation.screens.texts import pack_text
from linli.kernel.bilingual import Text

Unit = Literal["FEN", "BOOL", "INTEGER"]


@dataclass(frozen=True)
class FactWord:
    """A fact's name: its code, what it is called, the unit of its value, whose fact it is."""

    code: str
    name: Text
    unit: Unit
    of_household: bool = False

    @property
    def label(self) -> str:
        """The name in the reader's language, the code when there is none."""
        return pack_text(self.name) or self.code


_providers: list[Callable[[], Iterable[FactWord]]] = []


def register_words(provider: Callable[[], Iterable[FactWord]]) -> None:
    """Called at start by a room that knows facts; the provider is asked each time, since packs have versions."""
    if provider not in _providers:
        _providers.append(provider)


def words() -> Mapping[str, FactWord]:
    """All known words by code; the first provider wins."""
    found: dict[str, FactWord] = {}
    for provider in _providers:
        for word in provider():
            found.setdefault(word.code, word)
    return found
