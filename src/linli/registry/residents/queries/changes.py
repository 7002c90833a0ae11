"""What happened to a household since a day: what was said before of whom somebody lives with may hold no more."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from linli.registry.residents.codes import DepartureKind, EventKind
from linli.registry.residents.models import Relocation, Resident
from linli.registry.residents.queries.departing import who_joined, who_left

_GONE = {
    DepartureKind.DIED: EventKind.DIED,
    DepartureKind.LEFT: EventKind.DEPARTED,
    DepartureKind.REHOUSED: EventKind.DEPARTED,
}


@dataclass(frozen=True)
class Change:
    """Somebody died, left or joined, or all moved (``name`` empty), on a day."""

    day: date
    kind: EventKind
    name: str


def changes_since(household_id: int, *, after: date, on: date) -> list[Change]:
    """Who died, left or joined the household and when it moved, after a day and up to another, in order of the days.

    Five statements at most.
    """
    found = [Change(one.day, _GONE[one.kind], one.name) for one in who_left([household_id], on=on) if one.day > after]
    came = who_joined([household_id], after=after, on=on)
    names: Mapping[int, str] = dict(
        Resident.objects.filter(pk__in=[one.resident_id for one in came]).values_list("pk", "name")
    )
    found += [Change(one.day, EventKind.JOINED, names[one.resident_id]) for one in came]
    moves = Relocation.objects.filter(
        household_id=household_id, annulment__isnull=True, moved_date__gt=after, moved_date__lte=on
    )
    found += [Change(day, EventKind.MOVED, "") for day in moves.values_list("moved_date", flat=True)]
    return sorted(found, key=lambda one: (one.day, one.name))
