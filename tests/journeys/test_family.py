"""A worker's morning on the page of a family, by clicks: found, applied for, delivered, put right; back every time."""

from dataclasses import dataclass
from datetime import date

import pytest
from playwright.sync_api import Locator

from linli.ground.notifications.models import Letter
from linli.kernel.period import Month
from linli.money.awards.codes import AccountState
from linli.money.awards.models import PayeeAccount
from linli.registry.residents.models import Household
from tests.assistance.world import LONE_ELDER, LOW_INCOME, World, make_world
from tests.conftest import Community, Staff
from tests.journeys import world as steps
from tests.journeys.conftest import PHONE, OpenVisit
from tests.journeys.world import Desk
from tests.ledger import world as money
from tests.residents.people import person

pytestmark = pytest.mark.browser

DECIDED, PAID = date(2026, 3, 18), date(2026, 4, 8)


@dataclass
class Hand:
    """A desk whose clicks are counted: typing and keys are none."""

    desk: Desk
    clicks: int = 0

    def click(self, what: Locator) -> None:
        """Click what leads to another page."""
        self.clicks += 1
        with self.desk.page.expect_navigation(wait_until="load"):
            what.click()

    def link(self, words: str) -> None:
        self.click(self.desk.page.locator("main").get_by_role("link", name=words, exact=True).first)

    def button(self, words: str) -> None:
        self.click(self.desk.page.locator("main").get_by_role("button", name=words, exact=True).first)


@pytest.fixture
def world(places: Community, people: Staff) -> World:
    return make_world(places, people)


@pytest.fixture
def clerk(visit: OpenVisit, world: World) -> Hand:
    return Hand(Desk(visit(world.staff.clerk)))


def page_of(family: Household) -> str:
    return f"/residents/households/{family.number}/"


def at_home(hand: Hand, family: Household) -> bool:
    """Whether the hand is on the family's page, whichever part of it."""
    return hand.desk.page.url.split("#")[0].endswith(page_of(family))


def test_a_family_is_found_by_the_number_on_a_letter(clerk: Hand, world: World) -> None:
    case = world.accepted()
    [letter] = Letter.objects.filter(subject=case.subject)

    clerk.desk.go("/")
    clerk.desk.page.keyboard.press("/")
    clerk.desk.page.keyboard.type(letter.number)
    with clerk.desk.page.expect_navigation(wait_until="load"):
        clerk.desk.page.keyboard.press("Enter")
    clerk.link(case.applicant.name)

    assert (at_home(clerk, case.household), clerk.clicks) == (True, 1)


def test_a_new_family_its_application_its_papers_and_the_next_step_are_one_way(clerk: Hand, world: World) -> None:
    steps.register_family(clerk.desk, world.community.building.code, [person("王建军")])
    family = Household.objects.get()
    clerk.link("登记新申请")
    begun = clerk.clicks
    clerk.desk.fill(identified_how="CENSUS", statement="一个人住").tick("groups", LOW_INCOME, LONE_ELDER)
    clerk.button("收下申请，登记材料")
    clerk.desk.sees("已收到申请", "登记材料")
    for code in world.papers((LOW_INCOME, LONE_ELDER)):
        clerk.desk.fill_in({f"{code.code}-state": "PRESENT", f"{code.code}-issued_date": "2026-03-02"})
    clerk.button("保存")

    assert (at_home(clerk, family), begun) == (True, 1)
    clerk.desk.sees("下一步")
    clerk.link("受理")
    clerk.button("受理")
    assert at_home(clerk, family)
    assert "组成评估小组" in clerk.desk.page.locator(".notice", has_text="下一步").inner_text()


def test_a_letter_is_delivered_from_the_page(clerk: Hand, world: World) -> None:
    family = world.accepted().household
    clerk.desk.go(page_of(family))
    clerk.desk.page.locator('main input[name="receipt"]').fill("本人")
    clerk.button("当面送达")

    assert (at_home(clerk, family), clerk.clicks) == (True, 1)
    clerk.desk.sees("已送达", "文书送达")


def test_an_account_that_money_came_back_from_is_put_right(clerk: Hand, world: World, visit: OpenVisit) -> None:
    family = paid_back(world)
    clerk.desk.window.site.live_on(PAID)
    director = Hand(Desk(visit(world.staff.director)))
    clerk.desk.go(page_of(family)).sees("银行退回", "更正收款账户")
    clerk.link("更正")
    clerk.desk.fill(account_number="6222000099998888")
    clerk.button("登记，等待确认")
    assert at_home(clerk, family)
    director.desk.go(page_of(family))
    director.button("确认")

    assert (at_home(director, family), clerk.clicks + director.clicks) == (True, 3)
    counts = PayeeAccount.objects.get(unit_key=family.number, state=AccountState.CONFIRMED)
    assert counts.account_last4 == "8888"


def paid_back(world: World) -> Household:
    """A family whose first payment the bank sent back."""
    case, day = world.at_decision(LOW_INCOME)
    world.granted(case, day=day)
    purse = money.World(world.community, world.staff, world.fund)
    purse.receive("GOVERNMENT", 10_000_00, on=day)
    purse.paid(Month(2026, 4), on=PAID, returned=[1])
    return case.household


@pytest.mark.parametrize("width", [PHONE, 1280])
def test_the_page_fits_and_can_be_read_by_everybody(visit: OpenVisit, world: World, width: int) -> None:
    family = paid_back(world)
    world.received(family)
    desk = Desk(visit(world.staff.clerk, width=width))
    desk.window.site.live_on(PAID)
    desk.go(page_of(family))
    desk.picture(f"family_{width}")

    assert (desk.window.overflow(), desk.window.violations()) == (0, [])


def test_a_place_is_chosen_by_typing(clerk: Hand, world: World) -> None:
    building = world.community.building
    clerk.desk.go("/residents/new/")
    field = clerk.desk.page.locator('main input[name="area_id"]')
    with clerk.desk.page.expect_response(lambda answer: "suggest=area_id" in answer.url):
        field.press_sequentially(building.name[:3])
    offered = clerk.desk.page.locator("#o-area_id option")
    offered.first.wait_for(state="attached")

    assert offered.first.get_attribute("value", timeout=1000).endswith(f"{building.name} {building.code}")  # type: ignore[union-attr]  # it is there
