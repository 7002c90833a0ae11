"""What is typed is kept while it is typed, in a real browser."""

import pytest

from tests.assistance.world import make_world
from tests.conftest import Community, Staff
from tests.journeys.conftest import PHONE, OpenVisit, Visit

LEAVES = """(() => { const leave = new Event('beforeunload', {cancelable: true});
window.dispatchEvent(leave); return leave.defaultPrevented; })()"""


def test_what_is_typed_is_kept_and_leaving_before_that_warns(visit: OpenVisit, people: Staff) -> None:
    window = visit(people.clerk)
    window.go("/partners/new/")
    window.page.fill("[name=partner]", "和平超市")
    assert window.page.evaluate(LEAVES)
    window.page.wait_for_selector("[data-draft]:has-text('草稿已于')")
    assert not window.page.evaluate(LEAVES)

    window.go("/partners/new/")

    assert window.page.input_value("[name=partner]") == "和平超市"
    assert window.violations() == []
    assert window.overflow() <= 0


SAID = "老人独居，邻居常来照看。"
KEPT = "[data-draft]:has-text('草稿已于')"


class TestCounter:
    """The application at the counter, the longest form of the office."""

    @pytest.fixture
    def page_of_family(self, places: Community, people: Staff) -> str:
        family = make_world(places, people).family()
        return f"/cases/new/?household={family.number}"

    def begin(self, window: Visit, address: str, *, until: str = KEPT) -> None:
        window.go(address)
        window.page.check("[name=groups][value=LONE_ELDER]")
        window.page.fill("[name=statement]", SAID)
        window.page.wait_for_selector(until)

    def forgive(self, window: Visit) -> None:
        """The browser's own log of requests that failed as they were meant to."""
        meant = ("htmx:sendError", "htmx:afterRequest", "Response Status Error Code 401")
        assert [fault for fault in window.faults if not fault.startswith(meant)] == []
        window.faults.clear()

    def is_offered(self, window: Visit, address: str) -> bool:
        """Whether the page comes filled, and says so."""
        window.go(address)
        assert "保存的草稿，还没有提交" in window.page.inner_text("main")
        return window.page.input_value("[name=statement]") == SAID and window.page.is_checked("[value=LONE_ELDER]")

    def test_survives_the_end_of_the_browser_and_is_there_on_another_computer(
        self, visit: OpenVisit, people: Staff, page_of_family: str
    ) -> None:
        crashed = visit(people.clerk)
        self.begin(crashed, page_of_family)
        crashed.page.close(run_before_unload=False)

        other = visit(people.clerk, width=PHONE)

        assert self.is_offered(other, page_of_family)
        assert other.violations() == []
        assert other.overflow() <= 0
        assert other.page.locator("tr:has-text('无赡养人声明')").count() == 1

    def test_says_that_there_is_no_network_and_keeps_it_when_there_is_again(
        self, visit: OpenVisit, people: Staff, page_of_family: str
    ) -> None:
        window = visit(people.clerk)
        window.page.context.route("**/drafts/", lambda route: route.abort("internetdisconnected"))

        self.begin(window, page_of_family, until="#toasts:has-text('网络')")
        assert window.page.evaluate(LEAVES)
        window.page.context.unroute("**/drafts/")
        window.page.evaluate("window.dispatchEvent(new Event('online'))")
        window.page.wait_for_selector(KEPT)
        self.forgive(window)

        assert not window.page.evaluate(LEAVES)
        assert self.is_offered(window, page_of_family)

    def test_waits_for_the_next_log_in_when_the_session_ended_meanwhile(
        self, visit: OpenVisit, people: Staff, page_of_family: str
    ) -> None:
        window = visit(people.clerk)
        self.begin(window, page_of_family)
        window.become(None)
        window.page.fill("[name=identified_by]", "楼长")
        window.page.wait_for_selector("#toasts .error")
        assert window.page.evaluate(LEAVES)
        assert window.page.is_visible("#papers")
        self.forgive(window)

        window.become(people.clerk)

        window.page.on("dialog", lambda dialog: dialog.accept())
        assert self.is_offered(window, page_of_family)

    def test_without_scripts_a_button_keeps_it(self, visit: OpenVisit, people: Staff, page_of_family: str) -> None:
        window = visit(people.clerk, scripts=False)
        window.go(page_of_family)
        window.page.check("[name=groups][value=LONE_ELDER]")
        window.page.fill("[name=statement]", SAID)

        window.page.get_by_role("button", name="保存草稿").click()

        assert self.is_offered(window, page_of_family)
