"""The one door by which rows that are kept, and not said by an act, are brought up to a day (docs/adr/0042).

What is kept follows from many tables and from the day: no act could keep it. The database marks what something was
written about (:mod:`linli.foundation.data.marks`); whoever asks next has that reckoned here, by the operation that the
room put on the shelf.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from linli.foundation.data.locks import locked_if_free
from linli.foundation.data.marks import Mark
from linli.foundation.data.together import rows_together
from linli.foundation.shelves import Shelf
from linli.foundation.trail.acts import no_act


@dataclass(frozen=True)
class Kept:
    """Rows kept of something: ``marks`` says by ``column`` what does not hold for good, ``reckon`` writes them for a
    day and tells which of the ids another day may say otherwise.
    """

    marks: type[Mark]
    column: str
    reckon: Callable[[Sequence[int], date], Collection[int]]
    at_once: int = 100


kept: Shelf[Kept] = Shelf()


@no_act
def bring_up(name: str, on: date) -> None:
    """Have what was written about since, or depends on the day, reckoned for the day: it holds then."""
    one = kept[name]
    others = ({"day__lt": on}, {"day__gt": on})
    found = rows_together([_marks(one).filter(**other).values_list(one.column) for other in others])
    ids = [pk for (pk,) in found]
    for start in range(0, len(ids), one.at_once):
        with transaction.atomic():
            _reckon(one, ids[start : start + one.at_once], on)


def _reckon(one: Kept, ids: Sequence[int], on: date) -> None:
    rows = _marks(one).filter(**{f"{one.column}__in": ids}).order_by(one.column)
    # Who asks at the same time reckons the others; an act that runs comes back to its own.
    held = list(locked_if_free(rows).values_list(one.column, flat=True))
    by_day = one.reckon(held, on) if held else ()
    marks = _marks(one).filter(**{f"{one.column}__in": held})
    marks.exclude(**{f"{one.column}__in": by_day}).delete()
    if by_day:
        marks.update(day=on)


def _marks(one: Kept) -> Any:
    return one.marks._default_manager
