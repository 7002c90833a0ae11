"""People and households move, leave and die. Periods end; nothing is removed."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Greatest

from linli.foundation.data.crypto import open_sealed, seal
from linli.foundation.data.locks import check_version
from linli.foundation.data.scope import Stamp
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.kernel.act import Act
from linli.registry.residents.codes import ClosedReason, LinkState, Relation
from linli.registry.residents.engine.names import key
from linli.registry.residents.models import Guardianship, Household, Membership, Relocation, Resident, ResidentAccount
from linli.registry.residents.operations.common import (
    check_day,
    common_chain,
    lock_homes,
    open_household,
    present_residents,
)
from linli.registry.residents.operations.refusals import HouseholdHeadRepeated, PlaceUnchanged, PlaceUnknown, SamePerson
from linli.registry.residents.permissions import check_change_records
from linli.registry.residents.queries.departing import lives_there_since
from linli.registry.residents.queries.places import Place, places
from linli.registry.residents.rules.succession import to_new_head

# --- what becomes of a household when people come and go: who is head, when it closes, where its people's rows lie ---


def open_memberships(household_ids: Iterable[int]) -> QuerySet[Membership, Membership]:
    """Who lives in the households now."""
    return Membership.objects.filter(household_id__in=list(household_ids), valid_until__isnull=True)


def end_memberships(ended: Sequence[Membership], day: date, reason: ClosedReason) -> None:
    """End them on the day (at their beginning when that is later), then put the households in order."""
    rows = Membership.objects.filter(pk__in=[membership.pk for membership in ended])
    rows.update(valid_until=Greatest(F("valid_from"), Value(day)))
    for membership in ended:
        if membership.valid_from > day:
            _cut_back(membership, day)
    put_in_order({membership.household_id for membership in ended}, day, reason)


def put_in_order(household_ids: Iterable[int], day: date, reason: ClosedReason) -> None:
    """Where nobody is left close the household, where the head is gone name the next one."""
    touched = sorted(set(household_ids))
    left: dict[int, list[Membership]] = {household: [] for household in touched}
    for membership in open_memberships(touched).select_related("resident"):
        left[membership.household_id].append(membership)
    empty = Household.objects.filter(pk__in=[household for household, members in left.items() if not members])
    empty.update(closed_date=Greatest(F("opened_date"), Value(day)), closed_reason=reason)
    for members in left.values():
        if members and not any(membership.relation == Relation.HEAD for membership in members):
            _succeed(members, day)


def _cut_back(ended: Membership, day: date) -> None:
    """Who lived there before as another relation did not live on after the day: what came later never was."""
    earlier = Membership.objects.filter(
        household=ended.household_id, resident=ended.resident_id, annulled=False, pk__lt=ended.pk
    )
    stay, begun = [ended], ended.valid_from
    for row in earlier.order_by("-valid_from", "-pk"):
        if row.valid_until == begun:
            stay, begun = [*stay, row], row.valid_from
    last = next((row for row in stay if row.valid_from <= day), stay[-1])
    Membership.objects.filter(pk=last.pk).update(valid_until=max(last.valid_from, day))
    never = Membership.objects.filter(pk__in=[row.pk for row in stay[: stay.index(last)]])
    never.update(valid_until=F("valid_from"), annulled=True)


def restamp(resident_ids: Sequence[int], stamp: Stamp) -> None:
    """People's rows lie where they live; append-only history keeps the place where it was recorded."""
    columns = stamp.columns()
    Resident.objects.filter(pk__in=resident_ids).update(**columns)
    Membership.objects.filter(resident_id__in=resident_ids, valid_until__isnull=True).update(**columns)
    Guardianship.objects.filter(ward_id__in=resident_ids).update(**columns)
    # A link that ended keeps the place where it did.
    links = ResidentAccount.objects.filter(resident_id__in=resident_ids).exclude(state=LinkState.ENDED)
    links.update(**columns)


def _succeed(members: Sequence[Membership], day: date) -> None:
    """The spouse becomes head, else the oldest. What the others were, they were to the head before: what they are now
    is worked out as far as it follows, and presumed until somebody says it (``relating.state_relations``).
    """
    spouse = Relation.SPOUSE
    heir = min(members, key=lambda m: (m.relation != spouse, m.resident.birth_date, m.resident_id))
    others = [member for member in members if member.pk != heir.pk]
    rows = Membership.objects.filter(pk__in=[member.pk for member in members])
    rows.update(valid_until=Greatest(F("valid_from"), Value(day)))
    became(heir, Relation.HEAD, day)
    for member in others:
        became(member, Relation(to_new_head(heir.relation, member.relation)), day, presumed=True)


def became(was: Membership, relation: Relation, day: date, *, presumed: bool = False) -> Membership:
    """From the day on (from the beginning of what was, where that is later) somebody is this to the head."""
    return Membership.objects.create(
        household_id=was.household_id,
        resident_id=was.resident_id,
        relation=relation,
        valid_from=max(day, was.valid_from),
        presumed_date=max(day, was.valid_from) if presumed else None,
        **was.stamp.columns(),
    )


@act
def move_household(
    act: Act, *, household_id: int, area_id: int, moved_date: date, address: str = "", version: int | None = None
) -> Household:
    """A household moves to another building, grid or community; its people go with it.

    Whoever registers at the old place records it; from then on the new place sees the household.
    Raises NotPermitted, OwnFamily, ResidentUnknown, HouseholdClosed, PlaceUnknown, PlaceUnchanged, DateInFuture,
    DateTooEarly, FormStale.
    """
    household = open_household(household_id)
    check_change_records(act, [household], act.on)
    check_version(household, version)
    place = places([area_id]).get(area_id)
    if place is None or not place.is_local:
        raise PlaceUnknown(field="area_id")
    if _is_here(household, place, address.strip()):
        raise PlaceUnchanged(field="area_id")
    moves = household.relocations.filter(annulment__isnull=True).order_by("-moved_date")
    last = moves.values_list("moved_date", flat=True).first()
    check_day(act, moved_date, field="moved_date", earliest=last or household.opened_date)
    old = household.stamp
    Relocation.objects.create(
        household=household,
        from_building_id=household.building_id,
        to_building_id=place.building_id,
        old_address_envelope=household.address_envelope,
        moved_date=moved_date,
        recorded_by_id=act.by.pk,
        recorded_at=act.at,
        **old.columns(),
        **{f"to_{column}": area for column, area in place.stamp.columns().items()},
    )
    household.building_id, household.building_key = place.building_id, key(place.building_name)
    household.address_envelope = seal(address.strip(), aad=household.address_aad)
    household.version += 1
    for column, area in place.stamp.columns().items():
        setattr(household, column, area)
    household.save()
    members = household.memberships.filter(valid_until__isnull=True).values_list("resident_id", flat=True)
    restamp(list(members), place.stamp)
    note = {"from": old.chain, "to": place.stamp.chain, "date": moved_date.isoformat()}
    audit.record(act, where=old, subject=f"household:{household.number}", note=note)
    if place.stamp.chain != old.chain:
        audit.record(act, where=place.stamp, subject=f"household:{household.number}", note=note)
    return household


def _is_here(household: Household, place: Place, address: str) -> bool:
    """Whether it is the place where the household lives. In the same building no door said is no other door; in a place
    without buildings it may be another house.
    """
    if (household.stamp, household.building_id) != (place.stamp, place.building_id):
        return False
    door = open_sealed(household.address_envelope, aad=household.address_aad)
    return address == door if address else place.building_id is not None


@act
def move_resident(
    act: Act, *, resident_id: int, household_id: int, relation: Relation, moved_date: date, version: int | None = None
) -> None:
    """A resident leaves one household and joins another: marriage, a child moving out.

    Raises NotPermitted (both households must lie where the actor registers), OwnFamily, ResidentUnknown, ResidentGone,
    HouseholdClosed, HouseholdHeadRepeated, SamePerson, DateInFuture, DateTooEarly, FormStale.
    """
    lock_homes([resident_id], household_id)
    household = open_household(household_id)
    check_change_records(act, [household], act.on)
    resident = present_residents(act, [resident_id])[0]
    check_version(resident, version)
    current = resident.memberships.get(valid_until__isnull=True)
    if current.household_id == household.pk:
        raise SamePerson(field="household")
    since = lives_there_since([resident.pk])[resident.pk]
    check_day(act, moved_date, field="moved_date", earliest=max(since, household.opened_date))
    if relation == Relation.HEAD and open_memberships([household.pk]).filter(relation=Relation.HEAD).exists():
        raise HouseholdHeadRepeated(field="relation")
    end_memberships([current], moved_date, ClosedReason.ALL_LEFT)
    Membership.objects.create(
        household=household,
        resident=resident,
        relation=relation,
        valid_from=moved_date,
        **household.stamp.columns(),
    )
    Resident.objects.filter(pk=resident.pk).update(version=resident.version + 1)
    restamp([resident.pk], household.stamp)
    audit.record(
        act,
        where=household.stamp,
        subject=f"resident:{resident.number}",
        note={"to": household.number, "date": moved_date.isoformat()},
    )


@act
def leave(act: Act, *, resident_ids: Sequence[int], left_date: date) -> None:
    """Residents leave the territory this registry covers; an emptied household is closed, a new head steps in.

    Raises NotPermitted, OwnFamily, ResidentUnknown, ResidentGone, DateInFuture, DateTooEarly.
    """
    people = _depart(act, resident_ids, left_date, field="left_date", reason=ClosedReason.ALL_LEFT)
    Resident.objects.filter(pk__in=[person.pk for person in people]).update(left_date=left_date)
    _departed(act, people, left_date)


@act
def record_death(act: Act, *, resident_ids: Sequence[int], died_date: date) -> None:
    """Residents died; memberships end on that day. An emptied household is closed.

    A death from before the household was formed, as of a spouse registered by mistake, is recorded too: such a member
    never lived there. Raises NotPermitted, OwnFamily, ResidentUnknown, ResidentGone, DateInFuture, DateTooEarly (before
    birth).
    """
    people = _depart(act, resident_ids, died_date, field="died_date", reason=ClosedReason.ALL_DIED)
    Resident.objects.filter(pk__in=[person.pk for person in people]).update(died_date=died_date)
    _departed(act, people, died_date)


def _depart(act: Act, resident_ids: Sequence[int], day: date, *, field: str, reason: ClosedReason) -> list[Resident]:
    lock_homes(resident_ids)
    people = present_residents(act, resident_ids)
    current = list(Membership.objects.filter(resident__in=people, valid_until__isnull=True).order_by("pk"))
    since = lives_there_since([person.pk for person in people])
    for person in people:
        earliest = person.birth_date if reason == ClosedReason.ALL_DIED else since[person.pk]
        check_day(act, day, field=field, earliest=earliest, name=person.name)
    end_memberships(current, day, reason)
    return people


def _departed(act: Act, people: list[Resident], day: date) -> None:
    audit.record(
        act,
        where=common_chain(person.stamp for person in people),
        subject=f"resident:{people[0].number}",
        lines=[person.number for person in people],
        note={"date": day.isoformat()},
    )
