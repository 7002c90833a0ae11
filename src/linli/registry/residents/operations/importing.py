"""Households from a table: all or none.

Importing the same file again changes nothing; who a person is, ``matching`` finds. A file that says otherwise than the
registry, or leaves open whom it means, is refused by row and column.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from linli.foundation.data.scope import Scope
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.kernel.act import Act
from linli.registry.residents.codes import Relation
from linli.registry.residents.models import Household, Membership, Resident
from linli.registry.residents.operations.common import check_of_others, common_chain
from linli.registry.residents.operations.correcting import add_numbers
from linli.registry.residents.operations.matching import Known, match
from linli.registry.residents.operations.namesakes import lock_registry
from linli.registry.residents.operations.printing import print_faults, state_print
from linli.registry.residents.operations.reading import (
    HouseholdProblem,
    HouseholdTable,
    ImportedHousehold,
    ImportedMember,
    ImportRefused,
)
from linli.registry.residents.operations.refusals import (
    HouseholdClosed,
    HouseholdDiffers,
    HouseholdHeadRepeated,
    IdentityRegisteredElsewhere,
    RecordDiffers,
    RegistrationRefused,
    ResidentGone,
)
from linli.registry.residents.operations.registering import enter, enter_members
from linli.registry.residents.operations.rows import NewHousehold, NewMember
from linli.registry.residents.operations.seeking import asks_for_numbers, has_phone, lives_at
from linli.registry.residents.permissions import check_register, registering_scope
from linli.registry.residents.queries.places import Place, places


@dataclass(frozen=True)
class ImportResult:
    """What an import did."""

    households_added: tuple[str, ...]
    people_added: int
    people_unchanged: int
    numbers_added: int = 0  # people who were registered without an identity number and have one now


@asks_for_numbers(as_one=True)
@act
def import_households(act: Act, *, table: HouseholdTable) -> ImportResult:
    """Take a whole file or nothing of it. The same file again changes nothing.

    Raises ImportRefused with ``problems`` by row and column, NotPermitted, OwnFamily.
    """
    where = places(household.area_id for household in table.households)
    check_register(act, [place.stamp for place in where.values()])
    scope = registering_scope(act)
    if table.problems or not table.households:
        raise ImportRefused(table.problems, table.names)
    lock_registry(place.stamp for place in where.values())
    matches = match(act, table, where, scope)
    known = matches.known
    fresh: list[ImportedHousehold] = []
    joining: list[tuple[ImportedHousehold, Mapping[int, Known]]] = []
    problems = matches.problems
    for household in table.households:
        members = {member.row: known[member.row] for member in household.members if member.row in known}
        if not members:
            fresh.append(household)
            continue
        problems += _differences(act, household, members, scope, where[household.area_id])
        joining.append((household, members))
    new = [member for household in table.households for member in household.members if member.row not in known]
    problems += [
        HouseholdProblem(new[fault.member or 0].row, fault.error)
        for fault in print_faults((0, at, one.member) for at, one in enumerate(new))
    ]
    if problems:
        raise ImportRefused(problems, table.names)
    late, joiners = _late(table, known), _joiners(joining, act.on)
    # A file that says of one's own family what is recorded already changes nothing: that much may be.
    check_of_others(act, [*(resident for resident, _number in late), *(home for home, _member, _day in joiners)])
    state_print(act, [one.member for one in new])
    add_numbers(act, late)
    added = _enter(act, fresh, table.names)
    if joiners:
        enter_members(joiners)
    numbered, joined = len(late), len(joiners)
    stamps = [household.stamp for household in added] + [match.resident.stamp for match in known.values()]
    audit.record(
        act,
        where=common_chain(stamps),
        subject=f"import:{act.on.isoformat()}",
        lines=[household.number for household in added],
        note={"joined": joined, "unchanged": len(known) - numbered, "numbered": numbered},
    )
    people = sum(len(household.members) for household in fresh) + joined
    return ImportResult(tuple(household.number for household in added), people, len(known) - numbered, numbered)


def _differences(
    act: Act, household: ImportedHousehold, known: Mapping[int, Known], scope: Scope, place: Place
) -> Iterator[HouseholdProblem]:
    homes: dict[int, Household] = {}
    for member in household.members:
        match = known.get(member.row)
        if match is None:
            if member.member.relation == Relation.HEAD:
                yield HouseholdProblem(member.row, HouseholdHeadRepeated(field="relation"))
        elif not scope.covers(match.resident.stamp):
            yield HouseholdProblem(member.row, IdentityRegisteredElsewhere(field="id_number"))
        elif match.membership is None:
            yield HouseholdProblem(member.row, ResidentGone(field="name", number=match.resident.number))
        else:
            homes[match.membership.household_id] = match.membership.household
            yield from _changed(act, member, match.resident, match.membership)
    if len(homes) > 1:
        yield HouseholdProblem(household.members[0].row, HouseholdDiffers(field="household"))
    for home in homes.values():
        yield from _elsewhere(act, household, home, place)


def _changed(
    act: Act, member: ImportedMember, resident: Resident, membership: Membership
) -> Iterator[HouseholdProblem]:
    new = member.member
    same = {
        "name": new.name.strip() == resident.name,
        "relation": new.relation == membership.relation,
        "sex": new.sex == resident.sex,
        "birth_date": new.birth_date == resident.birth_date,
        "phone": "phone" not in member.given or has_phone(act, resident, new.phone),
        "hukou_kind": new.hukou_kind == resident.hukou_kind,
        "hukou_place": new.hukou_place == resident.hukou_place,
        "residence_kind": new.residence_kind == resident.residence_kind,
        "residence_place": new.residence_place == resident.residence_place,
    }
    for field, unchanged in same.items():
        if field in member.given and not unchanged:
            yield HouseholdProblem(member.row, RecordDiffers(field=field, number=resident.number))


def _elsewhere(act: Act, household: ImportedHousehold, home: Household, place: Place) -> Iterator[HouseholdProblem]:
    row = household.members[0].row
    if home.closed_date is not None:
        yield HouseholdProblem(row, HouseholdClosed(field="household", number=home.number))
    at_home = place.building_id == home.building_id and place.stamp == home.stamp
    if not at_home or not lives_at(act, home, household.address):
        yield HouseholdProblem(row, HouseholdDiffers(field="place"))


def _enter(act: Act, fresh: Sequence[ImportedHousehold], names: Mapping[int, str]) -> list[Household]:
    if not fresh:
        return []
    # Who they are was asked of the whole file: in a set of new people alone the question would come again.
    new = [NewHousehold(h.area_id, tuple(_asked(m.member) for m in h.members), h.address) for h in fresh]
    try:
        return enter(act, households=new)
    except RegistrationRefused as refused:
        rows = [(fresh[f.household].members[f.member or 0].row, f.error) for f in refused.faults]
        raise ImportRefused((HouseholdProblem(row, error) for row, error in rows), names) from refused


def _asked(member: NewMember) -> NewMember:
    return replace(member, is_another=True, print_as="")


def _late(table: HouseholdTable, known: Mapping[int, Known]) -> list[tuple[Resident, str]]:
    """Numbers that came later, of people who are there. The correction is kept like any other."""
    return [
        (known[member.row].resident, member.member.id_number)
        for household in table.households
        for member in household.members
        if member.member.id_number and member.row in known and known[member.row].resident.id_number_index is None
    ]


def _joiners(
    joining: Sequence[tuple[ImportedHousehold, Mapping[int, Known]]], on: date
) -> list[tuple[Household, NewMember, date]]:
    """New people of households that are registered."""
    people = []
    for household, known in joining:
        home = next(match.membership.household for match in known.values() if match.membership is not None)
        people += [(home, member.member, on) for member in household.members if member.row not in known]
    return people
