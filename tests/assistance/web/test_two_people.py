"""An amount that is not the rules' is answered for by people who did not set it, on a page that says what it is."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from linli.aid.assistance.codes import Proposal
from linli.aid.assistance.models import Application, Assessor
from linli.aid.assistance.operations import give_opinion, grant, review
from linli.aid.assistance.rules.results import Departure
from linli.ground.users.codes import Role
from linli.ground.users.models import Assignment, User
from linli.kernel.act import Act
from linli.kernel.steps import SamePerson
from tests.assistance.world import LOW_INCOME, World
from tests.browser import LogIn
from tests.conftest import MONDAY, system_act
from tests.ledger.world import inside

LARGE = 5_000_000


@pytest.fixture
def departed(world: World) -> Application:
    """The rules give 500 yuan a month, the three who visited wrote 50,000."""
    family = world.family()
    world.accounts(family)
    application = world.accepted(family, LOW_INCOME)
    world.assessed(application, departures=[Departure("BASE_AWARD", family.number, LARGE, "特殊困难")])
    return application


def promoted(world: World, role: Role) -> User:
    """The community worker who signed the sheet holds an office besides."""
    clerk, holder = (
        world.staff.clerk,
        world.staff.director if role == Role.COMMUNITY_DIRECTOR else world.staff.street_officer,
    )
    post = holder.assignments.get()
    given = Assignment(user=clerk, role=role, area=post.area, valid_from=post.valid_from)
    inside(system_act(), step=lambda _act: given.save())
    return clerk


def opinion(act: Act, application: Application) -> object:
    return give_opinion(act, application_ids=[application.pk], proposal=Proposal.GRANT, text="情况属实")


def reviewed(act: Act, application: Application) -> object:
    return review(act, application_ids=[application.pk], agreed=True)


def granted(act: Act, application: Application) -> object:
    return grant(act, application_ids=[application.pk])


def nothing(_world: World, _case: Application) -> None:
    """It waits for the first of them."""


def up_to_review(world: World, case: Application) -> None:
    world.opined(case)


def up_to_decision(world: World, case: Application) -> None:
    world.opined(case)
    world.reviewed(case)
    world.published(case)


@pytest.mark.parametrize(
    ("role", "before", "step"),
    [
        (Role.COMMUNITY_DIRECTOR, nothing, opinion),
        (Role.STREET_OFFICER, up_to_review, reviewed),
        (Role.STREET_OFFICER, up_to_decision, granted),
    ],
)
def test_who_set_another_amount_answers_for_it_in_no_other_role(
    world: World, departed: Application, role: Role, before: Callable[..., None], step: Callable[..., Any]
) -> None:
    person = promoted(world, role)
    before(world, departed)
    with pytest.raises(SamePerson):
        step(world.act(person, MONDAY + timedelta(days=20), 17), departed)


def test_who_signed_what_the_rules_give_is_not_barred_by_it(world: World) -> None:
    family = world.family()
    application = world.accepted(family, LOW_INCOME)
    world.assessed(application)
    opinion(world.act(promoted(world, Role.COMMUNITY_DIRECTOR), MONDAY, 17), application)
    assert Assessor.objects.filter(assessment__application=application).count() == 3


@pytest.mark.parametrize("who", ["director", "street_officer"])
def test_the_page_says_what_the_rules_give_what_was_set_why_and_by_whom(
    world: World, departed: Application, log_in: LogIn, who: str
) -> None:
    if who == "street_officer":
        world.opined(departed)
    code = "opinion" if who == "director" else "review"
    text = log_in(getattr(world.staff, who)).get(f"/cases/{departed.number}/do/{code}/").text
    told = ("以下金额不是规则给出的", "¥500.00", "¥50,000.00", "多 ¥49,500.00", "特殊困难", "王丽、李明、赵芳")
    assert [words for words in told if words not in text] == []


def test_it_is_reviewed_on_its_page_and_not_among_many(world: World, departed: Application, log_in: LogIn) -> None:
    world.opined(departed)
    text = log_in(world.staff.street_officer).get("/cases/together/review/").text
    ticks = f'name="row" value="{departed.pk}"'
    assert ("金额与规则不一致" in text, ticks in text) == (True, False)
