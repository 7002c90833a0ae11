"""Nobody changes what is recorded of their own family, whichever act of the room it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest

from linli.foundation.data.scope import Scope
from linli.foundation.trail.acts import NotSure
from linli.ground.areas.queries import names as area_names
from linli.ground.users.queries import authority
from linli.kernel.act import Act
from linli.kernel.steps import OwnFamily
from linli.registry.residents import operations
from linli.registry.residents.codes import GuardianshipKind, IdentifiedHow, KinRelation, Relation
from linli.registry.residents.models import Household, Resident, ResidentAccount
from linli.registry.residents.operations import NewFact, NewIdentification
from linli.registry.residents.queries import own_family
from tests.architecture.test_sure_acts import acts
from tests.conftest import MONDAY, Community, Staff, at
from tests.layers import layer
from tests.residents.people import person, single

# What changes nothing that is recorded of anybody in the registry.
OF_NOBODY: Mapping[str, str] = {
    "residents.note_number": "it notes who asked for whose number",
    "residents.stop_numbers": "it notes who asked for too many",
    "residents.unmask": "it reads",
    "residents.state_print_sign": "a sign is nobody's",
    "residents.register_households": "whom it registers nobody is of the family of yet",
}
OWN, KIN = "the own household", "a household of kin"
SETTLES = ("keep_link", "end_link")
SURE = ("correct_departure", "correct_household_move")
WHY = "核实过的情况"


@dataclass(frozen=True)
class Home:
    """A household, somebody in it, and a link of that person's log-in, who is the clerk or nobody yet."""

    household: Household
    resident: Resident


@layer
def neighbours(clerk: Act, household: Household, community: Community, staff: Staff) -> dict[str, Home]:
    """The clerk is linked to 王强, the director to his brother 王刚; 王建国 is a brother of both; 赵芳 is nobody's."""
    alone, away, _third = operations.register_households(
        clerk,
        households=[
            single(community.grid.pk, person("王强", order=9)),
            single(community.grid.pk, person("赵芳", order=12, male=False)),
            single(community.grid.pk, person("王刚", order=14)),
        ],
    )
    man, me, other, third = (Resident.objects.get(name=name) for name in ("王建国", "王强", "赵芳", "王刚"))
    social = Act(staff.social_worker, at(MONDAY))
    for one, another in ((me, man), (third, me), (third, man)):
        operations.add_kinship(social, a_id=one.pk, b_id=another.pk, relation=KinRelation.SIBLING)
    for who, resident in ((staff.clerk, me), (staff.director, third)):
        operations.link_account(social, user_id=who.pk, resident_id=resident.pk)
    wife = Resident.objects.get(name="李秀英")
    return {OWN: Home(alone, me), KIN: Home(household, wife), "": Home(away, other)}


def _link(home: Home, staff: Staff) -> int:
    """A link of the resident's log-in; that of kin is made by another."""
    row = ResidentAccount.objects.filter(resident=home.resident).first()
    social = Act(staff.social_worker, at(MONDAY))
    made = row or operations.link_account(social, user_id=staff.volunteer.pk, resident_id=home.resident.pk)
    return made.pk


def _doubted(home: Home, staff: Staff) -> int:
    pk = _link(home, staff)
    operations.doubt_link(Act(staff.social_worker, at(MONDAY)), link_id=pk, note=WHY)
    return pk


def _guardianship(home: Home, staff: Staff) -> int:
    social = Act(staff.social_worker, at(MONDAY))
    return operations.add_guardian(social, **_guardian(home), guardian_name="钱进", valid_from=date(2026, 1, 5)).pk


def _guardian(home: Home) -> dict[str, Any]:
    return {"ward_id": home.resident.pk, "kind": GuardianshipKind.PROXY, "document": "委托书"}


def _fact(home: Home) -> dict[str, Any]:
    return {"facts": [NewFact("earned_monthly_fen", 0, "自报", MONDAY, resident_id=home.resident.pk)]}


# What each act is asked with, of a home; ``other`` is of somebody else's.
Asked = Callable[[Home, Home, Staff], dict[str, Any]]
ASKED: Mapping[str, Asked] = {
    "record_circumstances": lambda home, _other, _staff: _fact(home),
    "identify": lambda home, _other, _staff: {
        "identifications": [NewIdentification(IdentifiedHow.CENSUS, MONDAY, household_id=home.household.pk)]
    },
    "correct_resident": lambda home, _other, _staff: {
        "resident_id": home.resident.pk,
        "changes": {"phone": "13900139000"},
        "reason": WHY,
    },
    "correct_departure": lambda home, _other, _staff: {"resident_id": home.resident.pk, "day": None, "reason": WHY},
    "correct_household_move": lambda home, _other, _staff: {
        "household_id": home.household.pk,
        "moved_date": None,
        "reason": WHY,
    },
    "return_resident": lambda home, other, _staff: {
        "resident_id": home.resident.pk,
        "household_id": other.household.pk,
        "relation": Relation.CHILD,
        "returned_date": MONDAY,
    },
    "add_member": lambda home, _other, _staff: {
        "household_id": home.household.pk,
        "member": person("王小", Relation.CHILD, date(2020, 1, 1), order=30),
        "since": MONDAY,
    },
    "move_household": lambda home, _other, _staff: {
        "household_id": home.household.pk,
        "area_id": home.household.grid_id,
        "moved_date": MONDAY,
    },
    "move_resident": lambda home, other, _staff: {
        "resident_id": home.resident.pk,
        "household_id": other.household.pk,
        "relation": Relation.CHILD,
        "moved_date": MONDAY,
    },
    "state_relations": lambda home, _other, _staff: {
        "household_id": home.household.pk,
        "relations": {
            one.resident_id: Relation(one.relation) for one in home.household.memberships.filter(valid_until=None)
        },
    },
    "leave": lambda home, _other, _staff: {"resident_ids": [home.resident.pk], "left_date": MONDAY},
    "record_death": lambda home, _other, _staff: {"resident_ids": [home.resident.pk], "died_date": MONDAY},
    "add_guardian": lambda home, _other, _staff: {**_guardian(home), "guardian_name": "钱进", "valid_from": MONDAY},
    "end_guardian": lambda home, _other, staff: {
        "guardianship_id": _guardianship(home, staff),
        "valid_until": MONDAY,
    },
    "add_kinship": lambda home, other, _staff: {
        "a_id": home.resident.pk,
        "b_id": other.resident.pk,
        "relation": KinRelation.SIBLING,
    },
    "link_account": lambda home, _other, staff: {"user_id": staff.maker.pk, "resident_id": home.resident.pk},
    "doubt_link": lambda home, _other, staff: {"link_id": _link(home, staff), "note": WHY},
    "keep_link": lambda home, _other, staff: {"link_id": _doubted(home, staff), "note": WHY},
    "end_link": lambda home, _other, staff: {"link_id": _doubted(home, staff), "note": WHY},
    "import_households": lambda home, _other, _staff: {"table": _joining(home)},
}


def _joining(home: Home) -> operations.HouseholdTable:
    """A file with the household as it is registered, and a child who joins it."""
    return _table([*_rows(home.household), f"1,{_place(home.household)},王小,子,男,2020-01-01,"])


def _rows(household: Household) -> list[str]:
    there = household.memberships.select_related("resident").order_by("pk")
    people = [(one.resident, one.get_relation_display()) for one in there]
    return [
        f"1,{_place(household)},{one.name},{relation},{one.get_sex_display()},{one.birth_date},{one.number}"
        for one, relation in people
    ]


def _place(household: Household) -> str:
    area = household.building_id or household.grid_id or 0
    return area_names([area])[area]


def _table(rows: list[str]) -> operations.HouseholdTable:
    data = "\n".join(["户序号,楼栋或网格,姓名,与户主关系,性别,出生日期,居民编号", *rows]).encode()
    scope = Scope(communities=frozenset(Household.objects.values_list("community_id", flat=True)))
    return operations.read_households(data, filename="households.csv", scope=scope, on=MONDAY)


def test_every_act_of_the_room_is_asked() -> None:
    room = {name for name in acts().values() if name.startswith("residents.")}

    assert room == {f"residents.{name}" for name in ASKED} | set(OF_NOBODY)


@pytest.mark.parametrize("whose", [OWN, KIN])
@pytest.mark.parametrize("name", sorted(ASKED))
def test_nobody_changes_what_is_recorded_of_their_own_family(
    clerk: Act, neighbours: dict[str, Home], staff: Staff, name: str, whose: str
) -> None:
    said = ASKED[name](neighbours[whose], neighbours[""], staff)

    with pytest.raises(OwnFamily):
        getattr(operations, name)(replace(clerk, by=staff.director) if name in SETTLES else clerk, **said)


def test_what_is_registered_already_may_be_said_of_them(clerk: Act, neighbours: dict[str, Home]) -> None:
    rows = [row for whose in (OWN, KIN) for row in _rows(neighbours[whose].household)]
    done = operations.import_households(
        clerk, table=_table([f"{1 + (at > 0)}{row[1:]}" for at, row in enumerate(rows)])
    )

    assert (done.people_added, done.people_unchanged) == (0, 3)


def test_a_home_where_the_last_of_them_died_is_still_of_the_family(
    clerk: Act, neighbours: dict[str, Home], staff: Staff
) -> None:
    home = neighbours[KIN]
    everybody = list(Resident.objects.filter(memberships__household=home.household).values_list("pk", flat=True))
    operations.record_death(Act(staff.social_worker, at(MONDAY)), resident_ids=everybody, died_date=MONDAY)
    fact = NewFact("rent_monthly_fen", 0, "自报", MONDAY, household_id=home.household.pk)

    assert own_family(authority(clerk), MONDAY).has(home.household.pk)
    with pytest.raises(OwnFamily):
        operations.record_circumstances(clerk, facts=[fact])


@pytest.mark.parametrize("name", SURE)
def test_what_may_let_money_go_on_is_done_surely(
    clerk: Act, neighbours: dict[str, Home], staff: Staff, name: str
) -> None:
    """Taking back a death or a move begins again what it ended."""
    said = ASKED[name](neighbours[""], neighbours[""], staff)

    with pytest.raises(NotSure):
        getattr(operations, name)(replace(clerk, sure=False), **said)
