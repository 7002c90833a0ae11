"""Whose turn a case is, written: what ``queries.turns`` reckons, kept where a list is entered by it."""

from collections.abc import Collection, Sequence
from datetime import date

from linli.aid.assistance.models import Turn
from linli.aid.assistance.queries.turns import Key, kept_turns, reckoned


def reckon_turns(ids: Sequence[int], on: date) -> Collection[int]:
    """Write the turns of the cases for the day; gives those of which another day may say otherwise.

    No act of its own: what it writes follows from acts and from the day (``foundation.trail.keeping``).
    """
    wanted, by_day = reckoned(ids, on)
    kept = {Key(*row[1:]): row[0] for row in kept_turns(ids)}
    Turn.objects.filter(pk__in=[pk for key, pk in kept.items() if key not in wanted]).delete()
    Turn.objects.bulk_create(Turn(**key._asdict(), **place) for key, place in wanted.items() if key not in kept)
    return by_day
