"""What is due and not taken up, written: what ``queries.dues`` reckons, kept where lists are entered by it."""

from collections.abc import Collection, Sequence
from datetime import date

from linli.money.awards.models import Due
from linli.money.awards.queries.dues import DueKey, kept_dues, reckoned_dues


def reckon_dues(ids: Sequence[int], on: date) -> Collection[int]:
    """Write what is due of the awards for the day; gives those of which another day may say otherwise.

    No act of its own: what it writes follows from acts and from the day (``foundation.trail.keeping``).
    """
    wanted, by_day = reckoned_dues(ids, on)
    said, kept = set(wanted), {DueKey(*row[1:]): row[0] for row in kept_dues(ids)}
    Due.objects.filter(pk__in=[pk for key, pk in kept.items() if key not in said]).delete()
    Due.objects.bulk_create(Due(**key._asdict()) for key in wanted if key not in kept)
    return by_day
