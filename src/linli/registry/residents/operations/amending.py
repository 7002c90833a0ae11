"""Nothing about a person is irreversible: a wrong death, departure or move is put right; who went away comes back.

Each is one act: the registry's rows, what followed from them in the rooms above (``followers``), the audit entry.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import F

from linli.foundation.data.locks import check_version, locked
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act, surely
from linli.ground.areas.queries import names as area_names
from linli.kernel.act import Act
from linli.kernel.errors import reason_of
from linli.registry.residents.codes import ClosedReason, DepartureKind, Relation
from linli.registry.residents.engine.names import key
from linli.registry.residents.models import Household, Membership, Relocation, RelocationAnnulment, Resident
from linli.registry.residents.operations.common import Amendment, check_day, follow, known_residents
from linli.registry.residents.operations.correcting import correction
from linli.registry.residents.operations.moving import (
    became,
    end_memberships,
    open_memberships,
    put_in_order,
    restamp,
)
from linli.registry.residents.operations.refusals import (
    DayUnchanged,
    HouseholdClosed,
    HouseholdHeadRepeated,
    NothingToCorrect,
    ResidentNotAway,
    ResidentUnknown,
)
from linli.registry.residents.operations.rows import insert
from linli.registry.residents.permissions import check_change_records
from linli.registry.residents.queries.departing import Departed, last_departure
from linli.registry.residents.queries.facts import on_day
from linli.registry.residents.rules.succession import inverse, to_new_head

_FIELDS = {DepartureKind.DIED: "died_date", DepartureKind.LEFT: "left_date", DepartureKind.REHOUSED: "moved_date"}
_CLOSED = {DepartureKind.DIED: ClosedReason.ALL_DIED}


@act
@surely
def correct_departure(act: Act, *, resident_id: int, day: date | None, reason: str, version: int | None = None) -> None:
    """Put right the last thing that took a resident away: a death, a departure, a move to another household.

    ``day`` is the right day; None: it did not happen, and the resident lives where they lived before, the household is
    open again and has the head it had. What followed from it in other rooms is put right in the same act: money that
    had stopped goes on, so it is done surely.
    Raises NotPermitted, OwnFamily, ResidentUnknown, ReasonMissing, NothingToCorrect, DayUnchanged, DateInFuture,
    DateTooEarly, FormStale.
    """
    departed = last_departure(resident_id)
    homes = [departed.household_id, departed.joined_id] if departed else []
    households = {row.pk: row for row in locked(Household.objects.filter(pk__in=[pk for pk in homes if pk]))}
    resident = known_residents([resident_id])[0]
    check_change_records(act, [resident, *households.values()], act.on)
    check_version(resident, version)
    reason = reason_of(reason)
    if departed is None or departed != last_departure(resident_id):
        raise NothingToCorrect(number=resident.number, name=resident.name)
    if day == departed.day:
        raise DayUnchanged(field="day")
    died = departed.kind == DepartureKind.DIED
    if day is not None:
        check_day(act, day, field="day", earliest=resident.birth_date if died else departed.since)
    home = households[departed.household_id]
    role = _put_back(resident, departed, home, keep_joined=day is not None)
    if day is not None:
        _depart_again(resident, departed, role, day)
    field = _FIELDS[departed.kind]
    if departed.kind != DepartureKind.REHOUSED:
        Resident.objects.filter(pk=resident.pk).update(**{field: day})
    Resident.objects.filter(pk=resident.pk).update(version=F("version") + 1)
    insert([correction(act, resident, field, departed.day, reason)])
    changed = tuple(pk for pk in homes if pk)
    follow(act, Amendment(departed.kind, departed.day, day, reason, resident.pk, changed))
    audit.record(
        act,
        where=home.stamp,
        subject=f"resident:{resident.number}",
        note={field: departed.day.isoformat(), "corrected": day and day.isoformat(), "reason": reason},
    )


@act
def return_resident(
    act: Act,
    *,
    resident_id: int,
    household_id: int,
    relation: Relation,
    returned_date: date,
    version: int | None = None,
) -> None:
    """Somebody who left the territory comes back, under the number they had.

    They join a household, or the one they left: when that was closed since nobody was left, it is open again with them
    as its head. Awards that ended stay ended: whoever comes back applies anew.
    Raises NotPermitted, OwnFamily, ResidentUnknown, ResidentNotAway, HouseholdClosed, HouseholdHeadRepeated,
    DateInFuture, DateTooEarly, FormStale.
    """
    household: Household | None = locked(Household.objects.filter(pk=household_id)).first()
    if household is None:
        raise ResidentUnknown(field="household")
    resident = known_residents([resident_id])[0]
    check_change_records(act, [resident, household], act.on)
    check_version(resident, version)
    left = resident.left_date
    if left is None or resident.died_date is not None:
        raise ResidentNotAway(number=resident.number, name=resident.name)
    reopened = household.closed_date is not None
    earliest = left if reopened else max(left, household.opened_date)
    check_day(act, returned_date, field="returned_date", earliest=earliest)
    if reopened:
        if not resident.memberships.filter(household=household, annulled=False).exists():
            raise HouseholdClosed(field="household", number=household.number)
        _reopen(household)
        relation = Relation.HEAD
    elif relation == Relation.HEAD and open_memberships([household.pk]).filter(relation=Relation.HEAD).exists():
        raise HouseholdHeadRepeated(field="relation")
    Resident.objects.filter(pk=resident.pk).update(left_date=None, version=F("version") + 1)
    _join(household, resident, relation, returned_date)
    restamp([resident.pk], household.stamp)
    audit.record(
        act,
        where=household.stamp,
        subject=f"resident:{resident.number}",
        note={"left": left.isoformat(), "returned": returned_date.isoformat(), "to": household.number},
    )


@act
@surely
def correct_household_move(
    act: Act, *, household_id: int, moved_date: date | None, reason: str, version: int | None = None
) -> None:
    """Put right a household's last move: it was another day, or (None) it did not happen and the household goes back.

    Whoever registers where the household lies by the wrong record does it. What followed in other rooms is put right
    in the same act, as of a departure. Raises NotPermitted, OwnFamily, ResidentUnknown, ReasonMissing,
    NothingToCorrect, DayUnchanged, DateInFuture, DateTooEarly, FormStale.
    """
    household: Household | None = locked(Household.objects.filter(pk=household_id)).first()
    if household is None:
        raise ResidentUnknown(field="household")
    check_change_records(act, [household], act.on)
    check_version(household, version)
    reason = reason_of(reason)
    moves = list(household.relocations.filter(annulment__isnull=True).order_by("moved_date", "pk"))
    if not moves:
        raise NothingToCorrect(number=household.number, name="")
    last = moves[-1]
    if moved_date == last.moved_date:
        raise DayUnchanged(field="moved_date")
    if moved_date is not None:
        earliest = moves[-2].moved_date if len(moves) > 1 else household.opened_date
        check_day(act, moved_date, field="moved_date", earliest=earliest)
    now = household.stamp
    RelocationAnnulment.objects.create(
        relocation=last, reason=reason, recorded_by_id=act.by.pk, recorded_at=act.at, **last.stamp.columns()
    )
    if moved_date is None:
        _take_home(household, last)
    else:
        _move_again(act, last, moved_date)
    amendment = Amendment(DepartureKind.MOVED, last.moved_date, moved_date, reason, None, (household.pk,))
    follow(act, amendment)
    note = {
        "moved": last.moved_date.isoformat(),
        "corrected": moved_date and moved_date.isoformat(),
        "reason": reason,
    }
    for chain in dict.fromkeys((now.chain, household.stamp.chain)):
        audit.record(act, where=chain, subject=f"household:{household.number}", note=note)


def _put_back(resident: Resident, departed: Departed, home: Household, *, keep_joined: bool) -> Membership | None:
    """Undo: the wrong memberships become empty, the ended one is open again, the household and its head as before.

    Returns the membership of the household that was joined, None when none was.
    """
    wrong = list(resident.memberships.filter(pk__gt=departed.membership_id, annulled=False).order_by("pk"))
    role = wrong[-1] if wrong else None
    Membership.objects.filter(pk__in=[row.pk for row in wrong]).update(valid_until=F("valid_from"), annulled=True)
    if wrong and not keep_joined and departed.joined_id is not None:
        put_in_order([departed.joined_id], departed.day, ClosedReason.ALL_LEFT)
    if home.closed_date is not None:
        _reopen(home)
    ended = Membership.objects.get(pk=departed.membership_id)
    if ended.relation == Relation.HEAD:
        _undo_succession(home, ended)
    taken = open_memberships([home.pk]).filter(relation=Relation.HEAD).first()
    if ended.relation == Relation.HEAD and taken is not None:
        # Somebody else was made head since, by name: that stands, and the relation to the new head is the registrar's.
        _join(home, resident, Relation.OTHER_RELATIVE, ended.valid_until or departed.day, presumed=True)
    else:
        _live_on(ended, taken)
    put_in_order([home.pk], departed.day, ClosedReason.ALL_LEFT)
    restamp([resident.pk], home.stamp)
    return role


def _live_on(ended: Membership, head: Membership | None) -> None:
    """The membership goes on; as what follows from it, where somebody else became head since."""
    last = max(ended.valid_from, (ended.valid_until or ended.valid_from) - timedelta(days=1))  # a day on which it held
    was = _relation_on(head, last) if head is not None else Relation.HEAD
    if head is None or was == Relation.HEAD:
        Membership.objects.filter(pk=ended.pk).update(valid_until=None)
        return
    since = max(head.valid_from, ended.valid_from)
    Membership.objects.filter(pk=ended.pk).update(valid_until=since)
    became(ended, Relation(to_new_head(was, ended.relation)), since, presumed=True)


def _relation_on(person: Membership, day: date) -> str:
    """What somebody was to the head of the household on another day; OTHER_RELATIVE who did not live there."""
    rows = Membership.objects.filter(on_day(day), household=person.household_id, resident=person.resident_id)
    return rows.filter(annulled=False).values_list("relation", flat=True).first() or Relation.OTHER_RELATIVE


def _depart_again(resident: Resident, departed: Departed, role: Membership | None, day: date) -> None:
    """The same departure on the right day."""
    membership = resident.memberships.get(valid_until__isnull=True)
    if departed.joined_id is None or role is None:
        end_memberships([membership], day, _CLOSED.get(departed.kind, ClosedReason.ALL_LEFT))
        return
    joined = Household.objects.get(pk=departed.joined_id)
    end_memberships([membership], day, ClosedReason.ALL_LEFT)
    _join(
        joined, resident, Relation(role.relation), max(day, joined.opened_date), presumed=role.presumed_date is not None
    )
    put_in_order([joined.pk], day, ClosedReason.ALL_LEFT)
    restamp([resident.pk], joined.stamp)


def _undo_succession(home: Household, ended: Membership) -> None:
    """Who became head because this one went is again what they were, if they still are head; so are the others.

    Who joined since is to the old head what follows from what they are to the new one.
    """
    there = Membership.objects.filter(household=home, annulled=False).exclude(resident=ended.resident_id)
    rows = list(there.order_by("-pk"))
    heads = [row for row in rows if row.relation == Relation.HEAD and row.pk > ended.pk]
    heir = next((row for row in heads if row.valid_until is None), None)
    since = heads[-1].pk if heads else 0  # the first who became head after this one
    was = _before(heir, rows, since)[0] if heir else None
    if was is None:
        return
    for row in [row for row in rows if row.valid_until is None]:
        if row.pk < since:  # from before relations were worked out anew
            Membership.objects.filter(pk=row.pk).update(presumed_date=None)
            continue
        before, wrong = _before(row, rows, since)
        never = Membership.objects.filter(pk__in=[one.pk for one in wrong])
        never.update(valid_until=F("valid_from"), annulled=True)
        if before is not None:
            Membership.objects.filter(pk=before.pk).update(valid_until=None, **home.stamp.columns())
        else:
            relation = to_new_head(inverse(was.relation), row.relation)
            became(row, Relation(relation), row.valid_from, presumed=True)


def _before(row: Membership, rows: Sequence[Membership], since: int) -> tuple[Membership | None, list[Membership]]:
    """What somebody was without a break before the membership of that id, and what they became from then on."""
    later = [row]
    for one in rows:  # the newest first
        if one.pk < row.pk and one.resident_id == row.resident_id and one.valid_until == later[-1].valid_from:
            if one.pk < since:
                return one, later
            later.append(one)
    return None, later


def _reopen(household: Household) -> None:
    household.closed_date, household.closed_reason = None, ""
    household.version += 1
    household.save(update_fields=["closed_date", "closed_reason", "version"])


def _join(
    household: Household, resident: Resident, relation: Relation, day: date, *, presumed: bool = False
) -> Membership:
    return Membership.objects.create(
        household=household,
        resident=resident,
        relation=relation,
        valid_from=day,
        presumed_date=day if presumed else None,
        **household.stamp.columns(),
    )


def _take_home(household: Household, wrong: Relocation) -> None:
    """The household lies again where the wrong move took it from, with its people."""
    place = wrong.stamp
    names = area_names([wrong.from_building_id])
    household.building_id = wrong.from_building_id
    household.building_key = key(names.get(wrong.from_building_id or 0, ""))
    household.address_envelope = wrong.old_address_envelope
    household.version += 1
    for column, area in place.columns().items():
        setattr(household, column, area)
    household.save()
    restamp(_members(household), place)


def _members(household: Household) -> Sequence[int]:
    return list(open_memberships([household.pk]).values_list("resident_id", flat=True))


def _move_again(act: Act, wrong: Relocation, moved_date: date) -> None:
    copied = ("from_building_id", "to_building_id", "old_address_envelope")
    areas = ("to_district_id", "to_street_id", "to_community_id", "to_grid_id")
    Relocation.objects.create(
        household_id=wrong.household_id,
        moved_date=moved_date,
        recorded_by_id=act.by.pk,
        recorded_at=act.at,
        **wrong.stamp.columns(),
        **{column: getattr(wrong, column) for column in (*copied, *areas)},
    )
