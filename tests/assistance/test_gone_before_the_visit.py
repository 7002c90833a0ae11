"""Before anything was assessed a family moves away or its home is empty: the case says so, and is closed."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from linli.aid.assistance.codes import ApplicationState, Step
from linli.aid.assistance.models import Application, Assessment, Turn
from linli.aid.assistance.operations import accept, change_team, withdraw
from linli.aid.assistance.queries import invariants
from linli.aid.assistance.queries.assessor_sheet import sheet
from linli.aid.assistance.queries.detail import ApplicationDetail, application_detail
from linli.aid.assistance.queries.standing import changes_of
from linli.aid.assistance.queries.worklist import work_items
from linli.aid.assistance.refusals import HouseholdChanged
from linli.aid.assistance.steps import CASE
from linli.ground.users.codes import Role
from linli.ground.users.operations import assign
from linli.ground.users.queries import authority_of
from linli.registry.residents.codes import Relation
from linli.registry.residents.models import Household
from linli.registry.residents.operations import add_member, correct_household_move, leave, move_household
from tests.assistance.world import World, fresh
from tests.conftest import MONDAY, system_act
from tests.residents.people import person

TUESDAY = MONDAY + timedelta(days=1)
AWAY = "全户已迁往其他社区；请以“撤回申请”结束本案"
EMPTY = "家庭已没有成员；请以“撤回申请”结束本案"
Leads = Callable[[World], Application]


def moves_away(world: World, family: Household) -> None:
    move_household(
        world.act(world.staff.clerk, TUESDAY),
        household_id=family.pk,
        area_id=world.community.sibling.pk,
        moved_date=TUESDAY,
    )


def all_leave(world: World, family: Household) -> None:
    everybody = [one.pk for one in world.people(family)]
    leave(world.act(world.staff.clerk, TUESDAY), resident_ids=everybody, left_date=TUESDAY)


def received(world: World) -> Application:
    return world.received()


def accepted(world: World) -> Application:
    return world.accepted()


def formed(world: World) -> Application:
    application = world.accepted()
    world.formed(application)
    return application


def seen(world: World, application: Application) -> ApplicationDetail:
    case = application_detail(authority_of(world.staff.clerk, TUESDAY).scope(), application.number, TUESDAY)
    assert case is not None
    return case


@pytest.mark.parametrize("lead", [received, accepted, formed])
@pytest.mark.parametrize(("event", "told"), [(moves_away, AWAY), (all_leave, EMPTY)])
class TestAFamilyThatIsGone:
    def test_is_told_on_the_page_whose_main_step_closes_the_case(
        self, world: World, lead: Leads, event: Callable[[World, Household], None], told: str
    ) -> None:
        application = lead(world)
        event(world, application.household)
        case = seen(world, application)

        offered = CASE.offered(authority_of(world.staff.clerk, TUESDAY), case.standing, TUESDAY)
        assert case.change == f"{application.number} {told}"
        assert (offered[0].code, offered[0].is_main(case.standing), case.step) == ("withdraw", True, Step.CLOSE_CASE)
        assert not {"accept", "team", "change_team"} & {step.code for step in offered}

    def test_waits_in_the_work_list_to_be_closed_and_for_nothing_else(
        self, world: World, lead: Leads, event: Callable[[World, Household], None], told: str
    ) -> None:
        application = lead(world)
        event(world, application.household)

        waits = [
            [item.step for item in work_items(authority_of(who, TUESDAY), TUESDAY)]
            for who in (*world.assessors(), world.staff.director)
        ]
        assert waits == [[Step.CLOSE_CASE], [Step.CLOSE_CASE], [], [Step.CLOSE_CASE]]
        assert invariants() == []

    def test_is_closed_by_withdrawal(
        self, world: World, lead: Leads, event: Callable[[World, Household], None], told: str
    ) -> None:
        application = lead(world)
        event(world, application.household)
        withdraw(world.act(world.staff.clerk, TUESDAY), application_id=application.pk, reason="已迁出")

        assert fresh(application).state == ApplicationState.WITHDRAWN


class TestStepsOnAFamilyThatMovedAway:
    def test_it_is_not_accepted(self, world: World) -> None:
        application = world.received()
        moves_away(world, application.household)
        with pytest.raises(HouseholdChanged, match=AWAY):
            accept(world.act(world.staff.clerk, TUESDAY), application_ids=[application.pk])

    def test_no_team_is_formed(self, world: World) -> None:
        application = world.accepted()
        moves_away(world, application.household)
        with pytest.raises(HouseholdChanged, match=AWAY):
            world.formed(application, day=TUESDAY)

    def test_no_team_is_changed(self, world: World) -> None:
        application = formed(world)
        moves_away(world, application.household)
        with pytest.raises(HouseholdChanged, match=AWAY):
            change_team(world.act(world.staff.clerk, TUESDAY), application_id=application.pk, team=world.team())

    def test_no_visit_is_written_down_and_the_sheet_says_why(self, world: World) -> None:
        application = formed(world)
        assessment = Assessment.objects.get()
        moves_away(world, application.household)
        shown = sheet(world.staff.clerk.pk, assessment.pk, TUESDAY)

        assert shown is not None
        assert shown.over == f"{application.number} {AWAY}"
        with pytest.raises(HouseholdChanged, match=AWAY):
            world.visited(assessment, day=TUESDAY)

    def test_all_goes_on_once_the_move_is_put_right(self, world: World) -> None:
        application = world.accepted()
        moves_away(world, application.household)
        there = world.community.sibling.pk
        worker = Role.COMMUNITY_WORKER
        assign(system_act(), user_id=world.staff.outsider.pk, role=worker, area_id=there, valid_from=MONDAY)
        correct_household_move(
            world.act(world.staff.outsider, TUESDAY),
            household_id=application.household_id,
            moved_date=None,
            reason="误录",
        )
        assert seen(world, application).change == ""
        assert world.formed(application, day=TUESDAY)


def test_a_move_within_the_community_holds_nobody_up(world: World) -> None:
    application = world.accepted()
    move_household(
        world.act(world.staff.clerk, TUESDAY),
        household_id=application.household_id,
        area_id=world.community.other_grid.pk,
        moved_date=TUESDAY,
    )
    assert seen(world, application).change == ""
    assert world.formed(application, day=TUESDAY)


def test_whose_turn_it_is_is_kept_as_it_is_reckoned(world: World) -> None:
    application = formed(world)
    list(work_items(authority_of(world.staff.clerk, TUESDAY), TUESDAY))
    before = set(Turn.objects.values_list("code", flat=True))
    moves_away(world, application.household)
    list(work_items(authority_of(world.staff.clerk, TUESDAY), TUESDAY))
    assert (any(code.startswith("seat") for code in before), set(Turn.objects.values_list("code", flat=True))) == (
        True,
        {"withdraw"},
    )


def born_there(world: World, family: Household) -> None:
    """The family moves away, and somebody is born to it where it lives now."""
    moves_away(world, family)
    there = assign(
        system_act(),
        user_id=world.staff.outsider.pk,
        role=Role.COMMUNITY_WORKER,
        area_id=world.community.sibling.pk,
        valid_from=date(2025, 1, 1),
    )
    assert there.pk
    child = person("司马新来", Relation.GRANDCHILD, TUESDAY, order=77)
    add_member(world.act(world.staff.outsider, TUESDAY), household_id=family.pk, member=child, since=TUESDAY)


def test_the_page_tells_nothing_of_what_became_of_a_family_that_lives_elsewhere(world: World) -> None:
    application = world.accepted()
    world.assessed(application)
    born_there(world, application.household)

    change = changes_of([fresh(application)], TUESDAY)[application.pk]

    assert (change.moved_away, change.came, change.gone) == (True, (), ())


def test_the_sheet_names_nobody_of_a_family_that_lives_elsewhere(world: World) -> None:
    application = world.accepted()
    made = world.formed(application)
    before = sheet(world.staff.clerk.pk, made.pk, MONDAY)
    assert before is not None
    assert before.members
    born_there(world, application.household)

    seen_there = sheet(world.staff.clerk.pk, made.pk, TUESDAY)

    assert seen_there is not None
    assert (seen_there.members, seen_there.household_facts) == ((), ())
