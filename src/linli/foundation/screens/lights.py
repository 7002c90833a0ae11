"""What somebody answers for: figures by place with the records behind them, and what is set up or lacks (ADR 0048).

Rooms put both on shelves; the workbench shows them to whoever holds one of the roles.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from linli.foundation.measures import Measure, Shown
from linli.foundation.screens.listings import Column
from linli.foundation.shelves import Shelf
from linli.kernel.tones import Tone

_FIRST = (Tone.LATE, Tone.SOON, Tone.NONE)
# The column in which the records of a light say where each lies: the id of an area.
PLACE = "place"


@dataclass(frozen=True)
class Light:
    """A figure that holders of one of the roles answer for, in a tone where there is anything.

    The measure's records have a column :data:`PLACE`; those of a light that is not ``placed`` lie nowhere. ``of`` is
    what the figure is compared with (what is planned), ``note`` says of which time it is.
    """

    label: object
    measure: Measure
    roles: Collection[str]
    tone: Tone = Tone.NONE
    of: Measure | None = None
    placed: bool = True
    note: object = ""

    @property
    def order(self) -> tuple[bool, int]:
        """What stands in the way first, what waits next; money last."""
        return self.of is not None, _FIRST.index(self.tone)


@dataclass(frozen=True)
class Standing:
    """How one thing is set up: what it is, in words, how it stands, and the page where more is said."""

    title: object
    words: object
    state: tuple[object, Tone]
    page: str = ""
    arguments: tuple[object, ...] = ()


lights: Shelf[Light] = Shelf()
# Of whom (an Authority of users, which stands above) and on which day; nothing for whose business it is not.
standings: Shelf[Callable[[Any, date], Iterable[Standing]]] = Shelf()


def columns_of(shown: Sequence[Shown]) -> list[Column]:
    """The columns of the records behind a figure."""
    return [_column(place, one) for place, one in enumerate(shown)]


def _column(place: int, shown: Shown) -> Column:
    phone = "line" if place else "title"
    return Column(str(place), shown.label, shown.kind, of=lambda _listing, row: row[place], to=shown.page, phone=phone)
