"""On a phone, in English, without scripts: a family applies from home, a volunteer fills the sheet."""

import re

import pytest

from linli.aid.assistance.models import Application, Paper
from linli.aid.assistance.operations import accept
from linli.ground.users.models import User
from linli.ground.users.operations import create_user
from linli.registry.residents.operations import link_account
from tests.assistance.world import LONE_ELDER, LOW_INCOME, World, make_world
from tests.conftest import Community, Staff, system_act
from tests.foundation.files.builders import jpeg
from tests.journeys.conftest import PHONE, OpenVisit
from tests.journeys.world import Desk
from tests.residents.people import person

pytestmark = pytest.mark.browser

CHINESE = re.compile(r"[\u4e00-\u9fff]+")
# Laws and the plan's sections are cited by their names.
SOURCE = re.compile(r"最低生活保障审核确认办法（民发〔2021〕57号）|《方案》三\.\d")
# What stays Chinese in an English page: names of people and places, and the switch back.
NAMES = {"王建军", "王", "赵芳", "赵", "李明", "王丽", "幸福里社区", "和平里", "号楼", "中文"}


@pytest.fixture
def world(places: Community, people: Staff) -> World:
    return make_world(places, people)


@pytest.fixture
def wang(world: World) -> User:
    """The head of a family, with an account for its phone."""
    family = world.family(person("王建军"))
    user = create_user(system_act(), username="wang", name="王建军")
    link_account(world.act(world.staff.clerk), user_id=user.pk, resident_id=world.people(family)[0].pk)
    return user


def phone(visit: OpenVisit, user: User) -> Desk:
    """A phone without scripts, turned to English by its own switch."""
    desk = Desk(visit(user, width=PHONE, scripts=False))
    desk.go("/")
    desk.page.locator("details.person summary").click()
    with desk.page.expect_navigation(wait_until="load"):
        desk.page.locator("details.person").get_by_role("button", name="English").click()
    assert desk.page.locator("html").get_attribute("lang") == "en"
    return desk


def main_button(desk: Desk) -> Desk:
    """Press the one main button or link of the page; the page after it is English and fits the screen."""
    with desk.page.expect_navigation(wait_until="load"):
        desk.page.locator("main .btn.primary").first.click()
    return fits(desk)


def fits(desk: Desk) -> Desk:
    """The page is English throughout, and nothing of it is off the screen."""
    text = SOURCE.sub("", desk.page.locator("main").inner_text())
    assert set(CHINESE.findall(text)) - NAMES == set(), desk.page.url
    assert desk.window.overflow() <= 0, desk.page.url
    return desk


def test_a_family_applies_from_home_with_its_papers(visit: OpenVisit, world: World, wang: User) -> None:
    desk = phone(visit, wang)
    main_button(desk)  # the guide: who may apply, what to bring
    main_button(desk)  # begin: who applies
    main_button(desk).tick("groups", LOW_INCOME, LONE_ELDER)
    main_button(desk).fill(statement="I live alone.")
    desk.picture("phone_01_statement")
    main_button(desk)
    photo = {"name": "paper.jpg", "mimeType": "image/jpeg", "buffer": jpeg()}
    for _page in range(6):
        desk.tick("state", "PRESENT").page.locator('main [name="file"]').set_input_files(photo)
        main_button(desk)
    assert desk.page.url.endswith("/mine/new/check/"), desk.page.url
    desk.picture("phone_02_check")
    main_button(desk)

    application = Application.objects.get()
    assert desk.page.url.endswith(f"/mine/{application.number}/")
    assert set(Paper.objects.values_list("state", flat=True)) == {"PRESENT"}
    desk.picture("phone_03_received")
    desk.sees(application.number)


def test_a_volunteer_fills_the_sheet(visit: OpenVisit, world: World) -> None:
    application = world.received(world.family(person("王建军"), facts={}))
    accept(world.act(world.staff.clerk), application_ids=[application.pk])
    assessment = world.formed(application)
    member = world.people(application.household)[0].number
    desk = phone(visit, world.staff.volunteer)
    with desk.page.expect_navigation(wait_until="load"):
        desk.page.locator('main a.btn[href^="/sheets/"]').click()
    fits(desk)
    main_button(desk)  # declare to be no kin
    desk.fill_in({f"{member}-has_spouse": "0", f"{member}-monthly_income_fen": "800"})
    desk.fill(needs="daily care", observations="an old flat")
    main_button(desk)
    desk.picture("phone_04_sheet")

    assessment.refresh_from_db()
    assert '"has_spouse":false' in assessment.observed.replace(" ", "") or '"has_spouse":0' in assessment.observed
    assert assessment.needs == "daily care"
    assert desk.page.locator(f'[name="{member}-monthly_income_fen"]').input_value() == "800.00"
