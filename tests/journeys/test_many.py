"""Twenty approvals in the browser: ticked one by one, looked at, confirmed, and a receipt with its own address."""

from django.utils import translation
from playwright.sync_api import Locator

from linli.aid.assistance.models import Application
from tests.assistance.world import make_world
from tests.conftest import Community, Staff
from tests.journeys.conftest import PHONE, OpenVisit, Visit

CASES = 20
MOST_CLICKS = 45


class Hand:
    """Clicks, and counts them."""

    def __init__(self, window: Visit) -> None:
        self.window, self.clicks = window, 0

    def click(self, what: Locator) -> None:
        """One click."""
        what.click()
        self.window.page.wait_for_load_state("load")
        self.clicks += 1


def test_twenty_approvals_are_looked_at_and_done_in_few_clicks(
    visit: OpenVisit, places: Community, people: Staff
) -> None:
    with translation.override("zh-hans"):
        world = make_world(places, people)
        cases = [world.accepted(world.family()) for _number in range(CASES)]
        for case in cases:
            world.assessed(case)
        world.opined(*cases)
    window = visit(people.street_officer)
    hand, page = Hand(window), window.page
    window.go("/work/")

    hand.click(page.locator("nav.side a", has_text="救助"))
    hand.click(page.locator("main").get_by_role("link", name="街道复核", exact=True))
    for box in page.locator("main input[name=row]").all():
        hand.click(box)
    hand.click(page.get_by_label("同意", exact=True))
    hand.click(page.get_by_role("button", name="街道复核", exact=True))

    shown = page.locator("main").inner_text()
    assert [words in shown for words in ("预览：街道复核", "20 项", "¥16,000.00")] == [True] * 3
    assert set(Application.objects.values_list("state", flat=True)) == {"OPINION_GIVEN"}
    assert window.violations() == []
    window.picture("many_preview")

    hand.click(page.get_by_role("button", name="确认办理 20 项"))

    assert "/receipts/" in page.url
    assert "20 项已办理" in page.locator("main").inner_text()
    assert set(Application.objects.values_list("state", flat=True)) == {"REVIEWED"}
    assert window.violations() == []
    window.picture("many_receipt")
    print(f"{hand.clicks} clicks for {CASES} approvals")  # noqa: T201 - the figure that was asked for
    assert hand.clicks <= MOST_CLICKS
    page.set_viewport_size({"width": PHONE, "height": 812})
    window.picture("many_receipt_phone")
    assert window.overflow() <= 0
