"""People of one name and birth date are asked about before somebody is registered."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from linli.foundation.data.locks import LockSpace, lock_name
from linli.foundation.data.scope import Scope, Stamp
from linli.foundation.screens.texts import joined
from linli.kernel.errors import DomainError
from linli.kernel.masking import mask_name
from linli.registry.residents.engine.names import key
from linli.registry.residents.models import Household, Membership, Resident
from linli.registry.residents.operations.refusals import (
    MemberRegistered,
    NamesakeRegistered,
    NewbornRenamed,
    RegistrationFault,
)
from linli.registry.residents.operations.rows import NewMember
from linli.registry.residents.rules.sameness import Namesake, Verdict, judge

_NAMED = 3  # people named in one question


@dataclass(frozen=True)
class Entry:
    """Somebody to be registered: where in the set, into which registered household or with which new family."""

    household: int
    member: int
    new: NewMember
    stamp: Stamp
    home: Household | None = None
    family_is_new: bool = False


def lock_registry(stamps: Iterable[Stamp]) -> None:
    """Let nobody else register there until the act ends: no database rule knows who is who without a number."""
    for area in sorted({stamp.chain for stamp in stamps}):
        lock_name(LockSpace.REGISTRY, area)


def namesake_faults(entries: Sequence[Entry], scope: Scope) -> Iterator[RegistrationFault]:
    """Why people may be registered already, though not under their number; two statements, three with homes."""
    alike = _alike(entries)
    homes = homes_of(one.pk for several in alike.values() for one in several)
    newborns = numberless_members(entry.home.pk for entry in entries if entry.home is not None and entry.new.id_number)
    for entry in entries:
        error = _error(entry, alike, homes, newborns, scope)
        if error is not None:
            yield RegistrationFault(entry.household, entry.member, error)


def homes_of(resident_ids: Iterable[int]) -> dict[int, Membership]:
    """Where people live now, with the household, by resident."""
    lives = Membership.objects.filter(resident_id__in=set(resident_ids), valid_until__isnull=True)
    return {membership.resident_id: membership for membership in lives.select_related("household")}


def numberless_members(household_ids: Iterable[int]) -> dict[int, list[Resident]]:
    """Members without an identity number, by household."""
    wanted = set(household_ids)
    found: dict[int, list[Resident]] = {}
    if wanted:
        rows = Membership.objects.filter(
            household_id__in=wanted, valid_until__isnull=True, resident__id_number_index__isnull=True
        )
        for membership in rows.select_related("resident").order_by("pk"):
            found.setdefault(membership.household_id, []).append(membership.resident)
    return found


def renamed(new: NewMember, members: Iterable[Resident]) -> Resident | None:
    """The member without a number who was born on the day under another name: a newborn may have been named since."""
    same = (one for one in members if one.birth_date == new.birth_date and one.sex == new.sex)
    return next((one for one in same if one.name_key != key(new.name)), None)


def whom(people: Sequence[Resident], homes: dict[int, Membership], scope: Scope) -> str:
    """R-000012（H-000003）、… as a sentence names people; those out of reach by their masked name alone."""
    return joined(_whom(one, homes.get(one.pk), scope) for one in people[:_NAMED])


def _whom(one: Resident, home: Membership | None, scope: Scope) -> str:
    if not scope.covers(one.stamp):
        return mask_name(one.name)
    return f"{one.number}（{home.household.number}）" if home is not None else one.number


def _alike(entries: Sequence[Entry]) -> dict[tuple[str, date], list[Resident]]:
    """Residents of the communities with a name and birth date of the set: those that could be meant."""
    numbered = {key(entry.new.name) for entry in entries if entry.new.id_number}
    numberless = {key(entry.new.name) for entry in entries if not entry.new.id_number}
    names = Q(name_key__in=numbered, id_number_index__isnull=True) | Q(name_key__in=numberless)
    rows = Resident.objects.filter(names, community_id__in={entry.stamp.community_id for entry in entries})
    found: dict[tuple[str, date], list[Resident]] = {}
    for resident in rows.order_by("pk"):
        found.setdefault((resident.name_key, resident.birth_date), []).append(resident)
    return found


def _error(
    entry: Entry,
    alike: dict[tuple[str, date], list[Resident]],
    homes: dict[int, Membership],
    newborns: dict[int, list[Resident]],
    scope: Scope,
) -> DomainError | None:
    new, home_id = entry.new, entry.home.pk if entry.home is not None else None
    people = {one.pk: one for one in alike.get((key(new.name), new.birth_date), [])}
    verdict, about = judge(
        [
            Namesake(pk, one.id_number_index is not None, homes[pk].household_id if pk in homes else None)
            for pk, one in people.items()
        ],
        has_number=bool(new.id_number),
        home_id=home_id,
        family_is_new=entry.family_is_new,
    )
    meant = [people[one.resident_id] for one in about]
    if meant and home_id is not None and all(one.household_id == home_id for one in about):
        return MemberRegistered(field="name", name=new.name, number=meant[0].number)
    if new.is_another:
        return None
    if verdict == Verdict.UNSURE:
        return NamesakeRegistered(field="name", name=new.name, whom=whom(meant, homes, scope))
    other = renamed(new, newborns.get(home_id or 0, [])) if new.id_number else None
    if other is not None:
        return NewbornRenamed(field="name", name=new.name, other=other.name, number=other.number)
    return None
