"""What several acts of the registry share."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from linli.foundation.data.locks import locked
from linli.foundation.data.scope import Scope, Stamp
from linli.ground.users.queries import authority
from linli.kernel.act import Act
from linli.kernel.masking import mask_name
from linli.registry.residents.codes import DepartureKind
from linli.registry.residents.models import Household, Membership, Resident
from linli.registry.residents.operations.refusals import (
    DateInFuture,
    DateTooEarly,
    DateTooEarlyFor,
    HouseholdClosed,
    ResidentGone,
    ResidentUnknown,
)
from linli.registry.residents.permissions import Recorded, check_change_records, of_own_family, registering_scope


def common_chain(stamps: Iterable[Stamp]) -> int:
    """The smallest area whose audit chain covers every place: a community, else their street, else their district."""
    places = list(stamps)
    for level in ("community_id", "street_id", "district_id"):
        areas = {getattr(stamp, level) for stamp in places}
        if len(areas) == 1 and (area := areas.pop()) is not None:
            return int(area)
    return 0


def check_day(act: Act, day: date, *, field: str, earliest: date | None = None, name: str = "") -> None:
    """Raises DateInFuture, or DateTooEarly when the day lies before ``earliest``; ``name`` where several are meant."""
    if day > act.on:
        raise DateInFuture(field=field)
    if earliest is not None and day < earliest:
        raise (
            DateTooEarlyFor(field=field, earliest=earliest, name=name)
            if name
            else DateTooEarly(field=field, earliest=earliest)
        )


def lock_homes(resident_ids: Iterable[int], *household_ids: int) -> None:
    """Lock the households that people live in, and others, before the people: every act locks in this order.

    Two members who die in two acts at once would otherwise each leave the other behind as head.
    """
    homes = Membership.objects.filter(resident_id__in=set(resident_ids), valid_until__isnull=True)
    wanted = {*homes.values_list("household_id", flat=True), *household_ids}
    list(locked(Household.objects.filter(pk__in=wanted)).values_list("pk"))


def known_residents(ids: Iterable[int], *, field: str = "resident") -> list[Resident]:
    """The residents, locked, wherever they are now. Raises ResidentUnknown."""
    wanted = set(ids)
    found = list(locked(Resident.objects.filter(pk__in=wanted)))
    if len(found) < len(wanted) or not found:
        raise ResidentUnknown(field=field)
    return found


def present_residents(act: Act, ids: Iterable[int], *, field: str = "resident") -> list[Resident]:
    """The residents, locked, all here and alive, where the actor registers.

    Who may not change their records is told nothing of them. Raises ResidentUnknown, NotPermitted, OwnFamily,
    ResidentGone.
    """
    found = known_residents(ids, field=field)
    check_change_records(act, found, act.on)
    scope = registering_scope(act)
    check_here(found, scope, field=field)
    return found


def check_here(residents: Iterable[Resident], scope: Scope, *, field: str = "resident") -> None:
    """Raises ResidentGone for the first who died or left; outside the scope the name is masked."""
    for resident in residents:
        if resident.died_date is not None or resident.left_date is not None:
            name = resident.name if scope.covers(resident.stamp) else mask_name(resident.name)
            raise ResidentGone(field=field, number=resident.number, name=name)


def check_of_others(act: Act, rows: Iterable[Recorded]) -> None:
    """Nobody says what is recorded of their own family, or who is of it. Raises OwnFamily."""
    refusal = of_own_family(authority(act), rows, act.on)
    if refusal is not None:
        raise refusal


def open_household(household_id: int, *, field: str = "household") -> Household:
    """The household, locked and not closed. Raises ResidentUnknown, HouseholdClosed."""
    household: Household | None = locked(Household.objects.filter(pk=household_id)).first()
    if household is None:
        raise ResidentUnknown(field=field)
    if household.closed_date is not None:
        raise HouseholdClosed(field=field, number=household.number)
    return household


# --- what follows from a correction: rooms above register theirs ------------------------------------


@dataclass(frozen=True)
class Amendment:
    """A departure of a resident or of a household that reads otherwise now; ``now`` None: it did not happen.

    ``household_ids`` are the households whose members or place read otherwise, the one with the move first.
    """

    kind: DepartureKind
    was: date
    now: date | None
    reason: str
    resident_id: int | None
    household_ids: tuple[int, ...]


Follower = Callable[[Act, Amendment], None]
_followers: list[Follower] = []


def register_follower(follower: Follower) -> None:
    """Called at start by a room whose records follow from departures; it runs inside the correction's act."""
    if follower not in _followers:
        _followers.append(follower)


def follow(act: Act, amendment: Amendment) -> None:
    """Let every room put right what followed, in the order in which they registered."""
    for follower in _followers:
        follower(act, amendment)
