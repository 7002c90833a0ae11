"""One family through every desk: from the counter to the bank and back, each in a real browser."""

import pytest

from tests.assistance.world import LONE_ELDER, LOW_INCOME, World, make_world
from tests.conftest import Community, Staff
from tests.journeys.conftest import OpenVisit
from tests.journeys.world import Desk, Office, apply_at_the_counter, do, hand_in, register_family, squeezed
from tests.residents.people import person

pytestmark = pytest.mark.browser

WANG = person("王建军")
BASE_PAPERS = ("IDENTITY_CARD", "HOUSEHOLD_REGISTER", "PAYEE_ACCOUNT", "DATA_CHECK_AUTHORISATION")
STATEMENT = "NO_SUPPORTER_STATEMENT"
ISSUED = "2026-03-02"


@pytest.fixture
def world(places: Community, people: Staff) -> World:
    """S2 in force, working days of 2025 and 2026, a fund without money."""
    return make_world(places, people)


@pytest.fixture
def office(visit: OpenVisit) -> Office:
    return Office(visit)


def letters(desk: Desk, number: str) -> list[str]:
    """Numbers of the letters that the case shows, oldest first."""
    desk.go(f"/cases/{number}/")
    return [text for text in desk.page.locator('main a[href^="/letters/"]').all_inner_texts()]


def test_from_the_counter_to_the_bank(office: Office, world: World) -> None:
    clerk = office.of(world.staff.clerk)

    # The family comes to the counter.
    household = register_family(clerk, world.community.building.pk, [WANG])
    clerk.picture("journey_01_household")
    number = apply_at_the_counter(clerk, household, [LOW_INCOME, LONE_ELDER])
    hand_in(clerk, number, dict.fromkeys((*BASE_PAPERS, "LOW_INCOME_CERTIFICATE"), ISSUED))
    clerk.sees("待受理答复", "无赡养人声明").picture("journey_02_received")

    # One paper is missing: the family is told once, with everything that is missing.
    do(clerk, number, "supplement", "一次性告知补正").sees("待补正", "计时暂停")
    assert "受理" not in clerk.buttons
    [told] = letters(clerk, number)
    text = clerk.pdf(f"/letters/{told}/pdf/")
    assert squeezed(f"王建军:您的申请(编号 {number})还缺以下材料:无赡养人声明。请在 2026-04-08 前补齐") in text
    assert squeezed("still needs: Statement of having no supporter") in clerk.pdf(f"/letters/{told}/pdf/?language=en")

    # It is brought, and the clock goes on.
    hand_in(clerk, number, {STATEMENT: ISSUED})
    clerk.sees("待受理答复", "材料补齐")
    assert "一次性告知补正" not in clerk.buttons
    do(clerk, number, "accept", "受理").sees("已受理").picture("journey_03_accepted")
    [_told, accepted] = letters(clerk, number)
    assert "受理通知书" in clerk.pdf(f"/letters/{accepted}/pdf/")
