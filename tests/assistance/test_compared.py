"""What a family has already stands beside what a case would give it: found before the visit, not at the decision."""

from datetime import date

import pytest
from django.conf import LazySettings

from linli.aid.assistance.models import Application
from linli.aid.assistance.operations import refuse
from linli.aid.assistance.queries.compared import Compared, compared
from linli.aid.assistance.queries.detail import application_detail
from linli.ground.users.queries import authority_of
from linli.money.awards.models import Award
from tests.assistance.web.reading import address, main
from tests.assistance.world import World
from tests.browser import LogIn, live_on, log_in

__all__ = ["log_in"]
LOW_INCOME, LONE_ELDER = "LOW_INCOME", "LONE_ELDER"


def again(world: World, *groups: str) -> tuple[Application, date]:
    """A family that gets the living allowance applies for something, and is visited."""
    family = world.family()
    first, day = world.at_decision(LOW_INCOME, household=family)
    world.granted(first, day=day)
    application = world.accepted(family, *groups, day=day)
    world.assessed(application, day=day)
    return application, day


def beside(world: World, application: Application, day: date) -> list[Compared]:
    scope = authority_of(world.staff.clerk, day).scope()
    case = application_detail(scope, application.number, day)
    assert case is not None
    return compared(case, day)


class TestCompared:
    def test_says_what_cannot_be_granted_twice(self, world: World) -> None:
        application, day = again(world, LOW_INCOME)
        award = Award.objects.get()

        [row] = beside(world, application, day)

        assert (row.before_fen, row.now_fen, row.award, row.twice) == (award.amount_fen, award.amount_fen, award, True)

    @pytest.mark.parametrize(("claimed", "twice"), [(LOW_INCOME, True), (LONE_ELDER, False)])
    def test_what_runs_is_there_before_anybody_visits(self, world: World, claimed: str, *, twice: bool) -> None:
        family = world.family()
        first, day = world.at_decision(LOW_INCOME, household=family)
        world.granted(first, day=day)

        [row] = beside(world, world.accepted(family, claimed, day=day), day)

        assert (row.now_fen, row.award, row.twice) == (None, Award.objects.get(), twice)

    def test_a_first_application_is_beside_nothing(self, world: World) -> None:
        application, day = world.at_decision(LOW_INCOME)

        assert beside(world, application, day) == []

    def test_a_case_that_is_over_is_compared_no_more(self, world: World) -> None:
        application, day = again(world, LOW_INCOME)
        world.opined(application, day=day)
        world.reviewed(application, day=day)
        publication = world.published(application, day=day)
        assert publication.expires_date is not None
        officer = world.staff.second_officer
        refuse(world.act(officer, publication.expires_date), application_ids=[application.pk], reason="已在享受")

        assert beside(world, application, day) == []


def test_the_pages_say_so_from_the_form_to_the_decision(world: World, settings: LazySettings, log_in: LogIn) -> None:
    application, day = again(world, LOW_INCOME)
    live_on(settings, day)
    clerk, director = log_in(world.staff.clerk), log_in(world.staff.director)

    form = main(clerk.get(address("application_new"), {"household": application.household.number}))
    opinion = main(director.get(address("application_deed", application.number, "opinion")))

    assert "这户正在享受：低收入家庭生活补助（全户，至 2026年12月31日）" in form
    assert "已在享受，不能重复批准" in opinion
    assert "请撤回申请，只按其余类别重新登记" in opinion
