"""The frame in a real browser: every width, theme and size, with and without scripts."""

from datetime import date
from urllib.parse import quote

import pytest

from tests.conftest import Staff
from tests.journeys.conftest import DESKTOP, PHONE, WIDE, OpenVisit

LOOKS = [("light", False), ("dark", False), ("light", True), ("dark", True)]
# Scripts, styles and the page itself, as quality.md has it.
HEAVIEST = 150_000


@pytest.mark.parametrize("width", [PHONE, DESKTOP, WIDE])
@pytest.mark.parametrize(("theme", "large"), LOOKS)
def test_log_in_is_accessible_and_fits(visit: OpenVisit, width: int, theme: str, large: bool) -> None:
    window = visit(width=width, theme=theme, large=large)

    window.go("/log-in/")

    window.picture(f"log_in_{width}_{theme}{'_large' if large else ''}")
    assert window.violations() == []
    assert window.overflow() <= 0


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize(("theme", "large"), LOOKS)
def test_my_work_is_accessible_and_fits(visit: OpenVisit, people: Staff, width: int, theme: str, large: bool) -> None:
    window = visit(people.clerk, width=width, theme=theme, large=large)

    window.go("/work/")

    window.picture(f"my_work_{width}_{theme}{'_large' if large else ''}")
    assert window.violations() == []
    assert window.overflow() <= 0


def test_a_page_is_light(visit: OpenVisit, people: Staff) -> None:
    window = visit(people.clerk)

    window.go("/work/")
    window.page.wait_for_load_state("networkidle")

    assert 0 < window.weight() <= HEAVIEST


def test_slash_goes_to_the_search(visit: OpenVisit, people: Staff) -> None:
    window = visit(people.clerk)
    window.go("/work/")

    window.page.keyboard.press("/")

    assert window.page.evaluate("document.activeElement.id") == "search"


def test_a_list_is_narrowed_while_one_types(visit: OpenVisit, people: Staff) -> None:
    window = visit(people.clerk)
    window.go("/partners/")
    kept = window.page.locator(".listing")
    before = kept.inner_text()

    for text in ("江", "江畔"):
        window.page.locator("#f-text").fill(text)
        window.page.wait_for_url(lambda address, text=text: address.endswith(quote(text) + "&state=&kind="))

    assert "没有符合条件的协议" in kept.inner_text()
    assert "还没有共建协议" in before


def test_the_first_tab_leads_past_the_navigation(visit: OpenVisit, people: Staff) -> None:
    window = visit(people.clerk)
    window.go("/work/")

    window.page.keyboard.press("Tab")
    window.page.keyboard.press("Enter")

    assert window.page.evaluate("document.activeElement.id") == "main"


def test_back_shows_nothing_of_who_has_logged_out(visit: OpenVisit, people: Staff) -> None:
    window = visit(people.clerk)
    window.go("/work/")
    window.become(None)
    beside = window.page.context.new_page()
    beside.goto(f"{window.site.url}/log-in/")
    beside.close()

    # As the browser says it when it shows a page that it kept.
    window.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")

    window.page.wait_for_url("**/log-in/**")


class TestWithoutScripts:
    def test_the_phone_reaches_every_job(self, visit: OpenVisit, people: Staff) -> None:
        window = visit(people.clerk, width=PHONE, scripts=False)
        window.go("/work/")

        window.page.locator("details.jobs summary").click()
        window.page.locator("details.jobs a", has_text="居民").click()

        assert window.page.url.endswith("/residents/")

    def test_large_type_stays_chosen(self, visit: OpenVisit, people: Staff) -> None:
        window = visit(people.clerk, scripts=False)
        window.go("/work/")

        window.page.get_by_role("button", name="大字版").click()

        assert window.page.locator("html[data-size=large]").count() == 1
        assert window.page.url.endswith("/work/")

    def test_the_language_changes_and_the_page_stays(self, visit: OpenVisit, people: Staff) -> None:
        window = visit(people.clerk, scripts=False)
        window.go("/work/")

        window.page.get_by_role("button", name="English").click()

        assert window.page.locator("html[lang=en]").count() == 1
        assert window.page.url.endswith("/work/")

    def test_dark_is_chosen_from_the_menu(self, visit: OpenVisit, people: Staff) -> None:
        window = visit(people.clerk, scripts=False)
        window.go("/work/")

        window.page.locator("details.person summary").click()
        window.page.get_by_role("button", name="深色").click()

        assert window.page.locator("html[data-theme=dark]").count() == 1


def test_the_days_of_the_demonstration_move(visit: OpenVisit, people: Staff) -> None:
    window = visit(people.clerk)
    window.site.live_on(date(2026, 3, 10))

    window.go("/work/")

    assert "2026年3月10日" in window.page.locator(".banner").inner_text()
