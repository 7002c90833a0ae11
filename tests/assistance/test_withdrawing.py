"""Who takes no step on a case as their own sits in no team for it either, whatever binds them to the family."""

from collections.abc import Callable
from datetime import date

import pytest

from linli.aid.assistance.codes import AssessorCapacity
from linli.aid.assistance.models import Application, Assessor
from linli.aid.assistance.operations import accept, change_team, complete, declare_no_kinship, receive, sign
from linli.aid.assistance.operations.team import AssessorKin
from linli.aid.assistance.queries.people import candidates
from linli.ground.users.codes import Role
from linli.ground.users.operations import assign
from linli.money.awards.operations import NewAccount, confirm_account, propose_account
from linli.registry.residents.models import Household, Resident
from linli.registry.residents.operations import link_account, register_households
from tests.assistance.world import LONE_ELDER, LOW_INCOME, SCHEME, World
from tests.conftest import MONDAY, system_act
from tests.residents.people import couple


def linked(world: World, resident: Resident) -> None:
    """The volunteer is the resident."""
    link_account(world.act(world.staff.clerk), user_id=world.staff.volunteer.pk, resident_id=resident.pk)


def paid_to(world: World, home: Household, holder: Resident) -> None:
    """The family's money goes to somebody of another household."""
    told = ("6222021234567890123", "江畔银行", "PROXY", "委托书", holder.number)
    new = NewAccount(home.number, home.stamp, holder.name, *told)
    [row] = propose_account(world.act(world.staff.director), accounts=[new])
    confirm_account(world.act(world.staff.second_officer), account_ids=[row.pk])


def holder(world: World) -> tuple[Application, Resident]:
    """The one who holds the family's account."""
    home, me = world.family(), world.people(world.family())[0]
    paid_to(world, home, me)
    return world.accepted(home), me


def spouse(world: World) -> tuple[Application, Resident]:
    """The husband of whoever holds it."""
    pair = couple(world.community.grid.pk, order=77)
    [theirs] = register_households(world.act(world.staff.clerk), households=[pair])
    man, wife = world.people(theirs)
    home = world.family()
    paid_to(world, home, wife)
    return world.accepted(home), man


def proxy(world: World) -> tuple[Application, Resident]:
    """The one who applied for the family."""
    home, me = world.family(), world.people(world.family())[0]
    papers = tuple(world.papers((LOW_INCOME, LONE_ELDER), proxy=True))
    new = world.new(home, proxy_id=me.pk, papers=papers)
    [case] = receive(world.act(world.staff.clerk), scheme=SCHEME, applications=[new])
    return accept(world.act(world.staff.clerk, hour=10), application_ids=[case.pk])[0], me


@pytest.mark.parametrize("who", [holder, spouse, proxy])
class TestWhoeverIsPaidOrAppliesForTheFamily:
    def test_is_put_in_no_team(self, world: World, who: Callable[[World], tuple[Application, Resident]]) -> None:
        case, me = who(world)
        linked(world, me)

        with pytest.raises(AssessorKin) as refusal:
            world.formed(case)

        assert refusal.value.field == "VOLUNTEER"

    def test_is_marked_before_a_team_is_chosen(
        self, world: World, who: Callable[[World], tuple[Application, Resident]]
    ) -> None:
        case, me = who(world)
        linked(world, me)

        marked = {one.user_id for people in candidates(case.pk, MONDAY).values() for one in people if one.is_own}

        assert marked == {world.staff.volunteer.pk}

    def test_stays_in_no_team_that_is_changed(
        self, world: World, who: Callable[[World], tuple[Application, Resident]]
    ) -> None:
        case, me = who(world)
        world.formed(case)
        other = world.second_volunteer()
        link_account(world.act(world.staff.clerk), user_id=other.pk, resident_id=me.pk)

        with pytest.raises(AssessorKin):
            change_team(
                world.act(world.staff.clerk, hour=13),
                application_id=case.pk,
                team={**world.team(), AssessorCapacity.VOLUNTEER: other.pk},
            )

    def test_neither_declares_nor_signs_nor_closes_a_sheet_signed(
        self, world: World, who: Callable[[World], tuple[Application, Resident]]
    ) -> None:
        case, me = who(world)
        sheet = world.formed(case)
        world.visited(sheet)
        world.signed(sheet)
        linked(world, me)

        with pytest.raises(AssessorKin):
            declare_no_kinship(world.act(world.staff.volunteer, hour=17), assessment_id=sheet.pk)
        with pytest.raises(AssessorKin):
            sign(world.act(world.staff.volunteer, hour=17), assessment_id=sheet.pk, version=sheet.version)
        with pytest.raises(AssessorKin):
            complete(world.act(world.staff.clerk, hour=17), assessment_id=sheet.pk)


def test_the_same_three_in_other_seats_are_another_team(world: World) -> None:
    case = world.accepted()
    world.formed(case)
    clerk, social = world.staff.clerk, world.staff.social_worker
    for user, role in ((clerk, Role.SOCIAL_WORKER), (social, Role.COMMUNITY_WORKER)):
        area = world.community.community.pk
        assign(system_act(), user_id=user.pk, role=role, area_id=area, valid_from=date(2025, 1, 1))
    seats = {AssessorCapacity.COMMUNITY_WORKER: social.pk, AssessorCapacity.SOCIAL_WORKER: clerk.pk}

    sheet = change_team(world.act(clerk, hour=13), application_id=case.pk, team={**world.team(), **seats})

    seated = dict(Assessor.objects.filter(assessment=sheet).values_list("capacity", "user_id"))
    assert seated == {**world.team(), **seats}
