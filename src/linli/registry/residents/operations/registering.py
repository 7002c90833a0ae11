"""Households and people enter the registry."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from django.db import IntegrityError

from linli.foundation.data.crypto import blind_index, seal
from linli.foundation.data.numbering import take
from linli.foundation.data.scope import Scope, Stamp
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.kernel.act import Act
from linli.kernel.errors import DomainError
from linli.kernel.text import plain_number
from linli.registry.residents.codes import Relation
from linli.registry.residents.engine.names import key
from linli.registry.residents.models import Household, Membership, Resident
from linli.registry.residents.operations.common import check_day, common_chain, open_household
from linli.registry.residents.operations.namesakes import Entry, lock_registry, namesake_faults
from linli.registry.residents.operations.printing import print_faults, state_print
from linli.registry.residents.operations.refusals import (
    BY_RULE,
    DateInFuture,
    HouseholdEmpty,
    HouseholdHeadRepeated,
    IdentityJustRegistered,
    IdentityOfSomebodyAway,
    IdentityOfTheDead,
    IdentityRegistered,
    IdentityRegisteredElsewhere,
    IdentityRepeated,
    PlaceUnknown,
    RegistrationFault,
    RegistrationRefused,
)
from linli.registry.residents.operations.rows import (
    NewHousehold,
    NewMember,
    insert,
    new_row_key,
    set_id_number,
    set_name,
    set_phone,
)
from linli.registry.residents.operations.seeking import asks_for_numbers, holders_of_numbers
from linli.registry.residents.permissions import check_change_records, check_register, registering_scope
from linli.registry.residents.queries.places import Place, places
from linli.registry.residents.rules.registration import Fault, household_faults, person_faults


@asks_for_numbers()
@act
def register_households(act: Act, *, households: Sequence[NewHousehold]) -> list[Household]:
    """Register households with their members, all or none, in a number of statements that does not grow with them.

    Raises RegistrationRefused with every fault at once, NotPermitted.
    """
    registered = enter(act, households=households)
    audit.record(
        act,
        where=common_chain(household.stamp for household in registered),
        subject=f"household:{registered[0].number}",
        lines=[household.number for household in registered],
    )
    return registered


def enter(act: Act, *, households: Sequence[NewHousehold]) -> list[Household]:
    """The registering itself, inside an open act that writes its own audit entry."""
    where = places(new.area_id for new in households)
    stamps = [where[new.area_id].stamp for new in households if new.area_id in where]
    check_register(act, stamps)
    scope = registering_scope(act)
    lock_registry(stamps)
    faults = list(_faults(households, where, act.on)) or list(_registered(act, households, where, scope))
    if faults or not households:
        raise RegistrationRefused(tuple(faults) or (RegistrationFault(0, None, HouseholdEmpty(field="members")),))
    made = _insert_households(households, where, act.on)
    enter_members([(household, new, household.opened_date) for new, household in _members(households, made)])
    state_print(act, [member for new in households for member in new.members])
    return made


def enter_members(people: Sequence[tuple[Household, NewMember, date]]) -> list[Resident]:
    """Insert checked people into their households from a day on, inside an open act."""
    made = _insert_residents([(new, household.stamp, since) for household, new, since in people])
    insert(
        [
            Membership(
                household=household,
                resident=resident,
                relation=new.relation,
                valid_from=max(since, new.birth_date),
                **household.stamp.columns(),
            )
            for (household, new, since), resident in zip(people, made, strict=True)
        ]
    )
    return made


@asks_for_numbers()
@act
def add_member(act: Act, *, household_id: int, member: NewMember, since: date) -> Resident:
    """A person not yet registered joins a household: a birth, somebody moving in.

    Raises RegistrationRefused, DateInFuture, HouseholdClosed, ResidentUnknown, NotPermitted, OwnFamily.
    """
    household = open_household(household_id)
    check_change_records(act, [household], act.on)
    scope = registering_scope(act)
    check_day(act, since, field="since", earliest=household.opened_date)
    lock_registry([household.stamp])
    people = [(0, 0, member)]
    faults = joining_faults([member], on=act.on) + print_faults(people)
    faults = faults or registered_faults(act, people, scope)
    if not faults:
        faults = list(namesake_faults([Entry(0, 0, member, household.stamp, home=household)], scope))
    if faults:
        raise RegistrationRefused(tuple(faults))
    resident = enter_members([(household, member, since)])[0]
    state_print(act, [member])
    audit.record(act, where=household.stamp, subject=f"household:{household.number}", lines=[resident.number])
    return resident


def joining_faults(members: Sequence[NewMember], *, on: date) -> list[RegistrationFault]:
    """What is wrong with people who are to join a household that has its head."""
    faults = [
        RegistrationFault(0, fault.member, _refusal(fault))
        for index, member in enumerate(members)
        for fault in person_faults(member, on=on, index=index)
    ]
    return faults + [
        RegistrationFault(0, index, HouseholdHeadRepeated(field="relation"))
        for index, member in enumerate(members)
        if member.relation == Relation.HEAD
    ]


def _make_resident(new: NewMember, *, number: str, stamp: Stamp, since: date) -> Resident:
    """An unsaved resident with sealed fields and search keys."""
    resident = Resident(
        row_key=new_row_key(),
        number=number,
        sex=new.sex,
        birth_date=new.birth_date,
        hukou_kind=new.hukou_kind,
        hukou_place=new.hukou_place.strip(),
        residence_kind=new.residence_kind,
        residence_place=new.residence_place.strip(),
        registered_date=since,
        **stamp.columns(),
    )
    set_name(resident, new.name)
    set_id_number(resident, new.id_number)
    set_phone(resident, new.phone)
    return resident


def _faults(households: Sequence[NewHousehold], where: Mapping[int, Place], on: date) -> Iterator[RegistrationFault]:
    """What is wrong with a set by itself."""
    for index, new in enumerate(households):
        if new.area_id not in where or not where[new.area_id].is_local:
            yield RegistrationFault(index, None, PlaceUnknown(field="area_id"))
        if new.opened_date is not None and new.opened_date > on:
            yield RegistrationFault(index, None, DateInFuture(field="opened_date"))
        if not new.members:
            yield RegistrationFault(index, None, HouseholdEmpty(field="members"))
            continue
        for fault in household_faults(new.members, on=on):
            yield RegistrationFault(index, fault.member, _refusal(fault))
    everyone = [(h, m, member) for h, new in enumerate(households) for m, member in enumerate(new.members)]
    yield from repeated_faults(everyone)
    yield from print_faults(everyone)


def _registered(
    act: Act, households: Sequence[NewHousehold], where: Mapping[int, Place], scope: Scope
) -> Iterator[RegistrationFault]:
    """Who is registered. Asked when nothing else is wrong: a form that is refused anyway would be a free question."""
    everyone = [(h, m, member) for h, new in enumerate(households) for m, member in enumerate(new.members)]
    taken = registered_faults(act, everyone, scope)
    yield from taken
    yield from namesake_faults(_entries(households, where, {(fault.household, fault.member) for fault in taken}), scope)


def _entries(
    households: Sequence[NewHousehold], where: Mapping[int, Place], taken: set[tuple[int, int | None]]
) -> list[Entry]:
    """Everybody whose number is not registered, each with whether the family has such a number."""
    return [
        Entry(h, m, member, where[new.area_id].stamp, family_is_new=any(m.id_number for m in new.members))
        for h, new in enumerate(households)
        if new.area_id in where
        for m, member in enumerate(new.members)
        if (h, m) not in taken
    ]


def repeated_faults(everyone: Sequence[tuple[int, int, NewMember]]) -> Iterator[RegistrationFault]:
    """The same number in two households of the set; within one household the rules say it already."""
    seen = Counter(
        number for number, _household in {(plain_number(new.id_number), h) for h, _m, new in everyone if new.id_number}
    )
    for household, index, new in everyone:
        if seen[plain_number(new.id_number)] > 1:
            yield RegistrationFault(household, index, IdentityRepeated(field="id_number"))


def registered_faults(
    act: Act, everyone: Iterable[tuple[int, int, NewMember]], scope: Scope
) -> list[RegistrationFault]:
    """Numbers that the registry has already, for people at (household, member); one statement."""
    numbered = [(h, m, plain_number(new.id_number)) for h, m, new in everyone if new.id_number]
    taken = holders_of_numbers(act, (number for _h, _m, number in numbered))
    indexed = [(h, m, blind_index("id_number", number)) for h, m, number in numbered]
    return [
        RegistrationFault(household, member, identity_taken(taken[index], scope))
        for household, member, index in indexed
        if index in taken
    ]


def identity_taken(holder: Resident, scope: Scope) -> DomainError:
    """The refusal for a number that somebody has: whose and what to do, only to those who may know."""
    if not scope.covers(holder.stamp):
        return IdentityRegisteredElsewhere(field="id_number")
    who = {"field": "id_number", "number": holder.number, "name": holder.name}
    if holder.died_date is not None:
        return IdentityOfTheDead(**who, day=holder.died_date)
    if holder.left_date is not None:
        return IdentityOfSomebodyAway(**who, day=holder.left_date)
    return IdentityRegistered(**who)


def _refusal(fault: Fault) -> DomainError:
    return fault.refusal or BY_RULE[fault.code](field=fault.field)


def _members(households: Sequence[NewHousehold], made: Sequence[Household]) -> Iterator[tuple[NewMember, Household]]:
    for new, household in zip(households, made, strict=True):
        for member in new.members:
            yield member, household


def _insert_households(households: Sequence[NewHousehold], where: Mapping[int, Place], on: date) -> list[Household]:
    made = []
    for new, number in zip(households, take("household", len(households)), strict=True):
        place = where[new.area_id]
        household = Household(
            row_key=new_row_key(),
            number=f"H-{number:06d}",
            building_id=place.building_id,
            building_key=key(place.building_name),
            opened_date=new.opened_date or on,
            **place.stamp.columns(),
        )
        household.address_envelope = seal(new.address.strip(), aad=household.address_aad)
        made.append(household)
    insert(made)
    ids = dict(Household.objects.filter(number__in=[row.number for row in made]).values_list("number", "pk"))
    for household in made:
        household.pk = ids[household.number]
        household._state.adding = False
    return made


def _insert_residents(people: Sequence[tuple[NewMember, Stamp, date]]) -> list[Resident]:
    made = [
        _make_resident(new, number=f"R-{number:06d}", stamp=stamp, since=since)
        for (new, stamp, since), number in zip(people, take("resident", len(people)), strict=True)
    ]
    try:
        insert(made)
    except IntegrityError as error:
        raise RegistrationRefused((RegistrationFault(0, None, IdentityJustRegistered()),)) from error
    ids = dict(Resident.objects.filter(number__in=[row.number for row in made]).values_list("number", "pk"))
    for resident in made:
        resident.pk = ids[resident.number]
        resident._state.adding = False
    return made
