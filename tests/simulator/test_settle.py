"""The community before its first day: everybody registered, accounts, the plan in force, the fund as the plan says."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from linli.ground.users.codes import NoticeKind, Role
from linli.ground.users.models import AccountNotice
from linli.law.policies.engine import load_pack
from linli.money.ledger.models import BudgetLine, Fund, FundingSource
from linli.overview.planning.engine import Severity, check, plan_from_pack
from linli.overview.planning.models import Adoption
from linli.registry.residents.queries import members_on, resident_of
from linli.simulator.fitting import invent
from linli.simulator.settle import World, settle
from tests.simulator.support import CALENDAR


@pytest.fixture
def world(db: None, small_pack: Path) -> World:
    pack = load_pack(small_pack)
    plan = plan_from_pack(pack)
    on = pack.valid_from
    population = invent(pack, plan, seed=3, on=on)
    return settle(pack, plan, population, pack_folder=small_pack, calendar_file=CALENDAR, on=on, password="")


def test_some_in_need_and_a_volunteer_log_in_as_who_they_are(world: World) -> None:
    in_need = [home.resident_ids[0] for home in world.homes if home.home.groups]
    neighbours = [home.resident_ids[0] for home in world.homes if not home.home.groups]

    assert [resident_of(user.pk) for user in world.people[Role.RESIDENT]] == in_need[:3]
    assert [user.name for user in world.people[Role.RESIDENT]] == [
        home.home.members[0].name for home in world.homes if home.home.groups
    ][:3]
    first, *others = world.people[Role.VOLUNTEER]
    assert resident_of(first.pk) == neighbours[-1]
    assert [resident_of(user.pk) for user in others] == [None, None]


def test_they_have_read_whose_log_in_it_is(world: World) -> None:
    """Who tries the demonstration begins with the day's work, and not with what was told in the year before."""
    told = {notice.user for notice in AccountNotice.objects.filter(kind=NoticeKind.LINKED)}

    assert told == {*world.people[Role.RESIDENT], world.people[Role.VOLUNTEER][0]}
    assert not AccountNotice.objects.filter(answered_at=None).exists()


def test_everybody_is_registered_in_their_home_and_known_by_their_place(world: World) -> None:
    members = members_on([home.household_id for home in world.homes], world.pack.valid_from)

    assert len(world.homes) == len(members) == 40
    for home in world.homes:
        registered = {one.resident_id: (one.name, one.birth_date, one.number) for one in members[home.household_id]}
        invented = [(one.name, one.birth_date) for one in home.home.members]
        assert [registered.pop(pk)[:2] for pk in home.resident_ids] == invented
        assert registered == {}
        known = {one.resident_id: one.number for one in members[home.household_id]}
        assert [known[pk] for pk in home.resident_ids] == list(home.resident_numbers)


def test_the_fund_is_the_plans(world: World) -> None:
    fund = Fund.objects.get()
    figures = world.plan.figures

    assert (fund.pk, fund.year, fund.community_id) == (world.fund_id, world.plan.year, world.community.pk)
    sources = {one.code: one for one in FundingSource.objects.all()}
    assert {code: one.pk for code, one in sources.items()} == world.source_ids
    assert {code: one.planned_fen for code, one in sources.items()} == {
        code: figures[f"sources.{code}.amount"].value for code in world.pack.fund_sources
    }
    assert {code: tuple(one.restricted_to) for code, one in sources.items()} == {
        code: world.pack.bound_to(code) for code in sources
    }
    lines = {one.code: one for one in BudgetLine.objects.all()}
    assert {code: one.pk for code, one in lines.items()} == world.line_ids
    assert {code: one.amount_fen for code, one in lines.items()} == {
        code: figures[f"budget_lines.{code}.amount"].value for code in world.pack.budget_lines
    }
    assert {code: set(one.programmes) for code, one in lines.items()} == {
        line: {code for code, one in world.pack.programmes.items() if one.budget_line == line} for line in lines
    }


def test_the_directors_plan_is_in_force_with_all_that_was_found_accepted(world: World) -> None:
    adoption = Adoption.objects.get()

    assert adoption.adopted_by_id == world.people[Role.COMMUNITY_DIRECTOR][0].pk
    assert (adoption.community_id, adoption.year, adoption.version.changes) == (world.community.pk, 2026, "[]")
    found = {finding.key for finding in check(world.plan) if finding.severity is not Severity.NOTE}
    assert {tuple(key) for key in json.loads(adoption.accepted)} == found


def test_holders_of_a_role_take_turns_and_the_newest_law_of_a_day_holds(world: World) -> None:
    assert [world.who(Role.VOLUNTEER, turn) for turn in range(4)] == [
        *world.people[Role.VOLUNTEER],
        world.people[Role.VOLUNTEER][0],
    ]
    april, june = (replace(world.pack, version=name) for name in ("april", "june"))
    world.later.extend([(date(2026, 4, 1), april), (date(2026, 6, 1), june)])
    days = (date(2026, 3, 31), date(2026, 4, 1), date(2026, 5, 31), date(2026, 6, 1))

    assert [world.law(day).version for day in days] == [world.pack.version, "april", "april", "june"]
