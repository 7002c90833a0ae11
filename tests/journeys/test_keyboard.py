"""The keyboard: keys that pages know, and Enter in forms."""

import pytest

from tests.conftest import Staff
from tests.journeys.conftest import PHONE, OpenVisit, Visit

FOCUS = "document.activeElement.name || document.activeElement.textContent.trim()"
INSIDE = "!!document.activeElement.closest('dialog') || document.activeElement === document.body"
# The key beside the right shift, as a Chinese input method gives it.
CHINESE = """document.body.dispatchEvent(new KeyboardEvent("keydown",
  {key: "%s", code: "Slash", shiftKey: %s, bubbles: true}))"""
COMPOSING = """document.activeElement.dispatchEvent(new KeyboardEvent("keydown",
  {key: "Enter", isComposing: true, bubbles: true, cancelable: true}))"""


@pytest.fixture
def window(visit: OpenVisit, people: Staff) -> Visit:
    return visit(people.clerk)


def is_open(window: Visit) -> bool:
    return bool(window.page.evaluate("document.querySelector('#keys-dialog').open"))


class TestKeys:
    def test_a_question_mark_shows_them_and_escape_closes(self, window: Visit) -> None:
        window.go("/work/")

        window.page.keyboard.press("?")

        assert is_open(window)
        assert "到查找框" in window.page.inner_text("#keys-dialog")
        assert window.violations() == []
        for _times in range(5):
            window.page.keyboard.press("Tab")
            assert window.page.evaluate(
                "!!document.activeElement.closest('dialog') || document.activeElement === document.body"
            )
        window.page.keyboard.press("Escape")
        assert not is_open(window)

    @pytest.mark.parametrize(("key", "shift"), [("？", "true"), ("Process", "true")])
    def test_so_it_does_while_a_chinese_input_method_is_on(self, window: Visit, key: str, shift: str) -> None:
        window.go("/work/")

        window.page.evaluate(CHINESE % (key, shift))

        assert is_open(window)

    def test_not_while_somebody_types(self, window: Visit) -> None:
        window.go("/partners/new/")
        window.page.focus("[name=partner]")

        window.page.keyboard.type("a?/gw")

        assert not is_open(window)
        assert window.page.input_value("[name=partner]") == "a?/gw"

    def test_g_and_w_lead_to_my_work(self, window: Visit) -> None:
        window.go("/residents/")

        window.page.keyboard.press("g")
        window.page.keyboard.press("w")

        window.page.wait_for_url("**/work/")

    def test_j_and_k_go_through_the_rows_of_a_list(self, visit: OpenVisit, people: Staff) -> None:
        window = visit(people.administrator)
        window.go("/organisation/accounts/")
        names = window.page.locator("main tbody tr").all_inner_texts()

        window.page.keyboard.press("j")
        first = window.page.evaluate("document.activeElement.closest('tr').innerText")
        window.page.keyboard.press("j")
        second = window.page.evaluate("document.activeElement.closest('tr').innerText")
        window.page.keyboard.press("k")

        assert [first, second] == names[:2]
        assert window.page.evaluate("document.activeElement.closest('tr').innerText") == first

    def test_a_link_shows_them_without_a_keyboard(self, visit: OpenVisit, people: Staff) -> None:
        window = visit(people.clerk, width=PHONE)
        window.go("/work/")

        window.page.locator("footer").get_by_text("键盘操作").click()

        assert is_open(window)
        assert window.overflow() <= 0
        window.picture("keys_375")

    def test_without_scripts_the_link_leads_to_the_same_list(self, visit: OpenVisit, people: Staff) -> None:
        window = visit(people.clerk, scripts=False)
        window.go("/work/")

        window.page.locator("footer").get_by_text("键盘操作").click()

        window.page.wait_for_url("**/help/#keys")
        assert "到查找框" in window.page.inner_text("#keys")


class TestEnter:
    def test_moves_to_the_next_field_and_from_the_last_to_the_button(self, window: Visit) -> None:
        window.go("/partners/new/")
        names = window.page.evaluate(
            "[...document.querySelectorAll('main form [name]')].filter((one) => one.offsetParent).map(({name}) => name)"
        )
        fields = [name for name in dict.fromkeys(names) if name not in ("draft", "")]
        window.page.focus(f"[name={fields[0]}]")

        passed = []
        for _field in fields:
            passed.append(window.page.evaluate(FOCUS))
            if window.page.evaluate("document.activeElement.tagName") == "TEXTAREA":
                window.page.keyboard.press("Tab")
            else:
                window.page.keyboard.press("Enter")

        assert passed == fields
        assert window.page.url.endswith("/partners/new/")
        assert window.page.evaluate("document.activeElement.type") == "submit"
        assert window.page.evaluate("document.activeElement.formAction").endswith("/partners/new/")

    def test_stays_while_an_input_method_composes(self, window: Visit) -> None:
        window.go("/partners/new/")
        window.page.focus("[name=partner]")

        window.page.evaluate(COMPOSING)

        assert window.page.evaluate(FOCUS) == "partner"

    def test_is_a_new_line_in_a_text(self, window: Visit) -> None:
        window.go("/partners/new/")
        text = window.page.locator("main textarea").first
        text.focus()

        window.page.keyboard.type("一")
        window.page.keyboard.press("Enter")
        window.page.keyboard.type("二")

        assert text.input_value() == "一\n二"

    def test_sends_a_public_form(self, window: Visit) -> None:
        window.become(None)
        window.go("/log-in/")
        window.page.fill("[name=username]", "nobody")
        window.page.fill("[name=password]", "nothing")

        with window.page.expect_navigation():
            window.page.keyboard.press("Enter")

        assert window.page.locator(".error-summary").count() == 1

    def test_still_sends_a_search(self, window: Visit) -> None:
        window.go("/work/")
        window.page.fill("#search", "王")

        window.page.keyboard.press("Enter")

        window.page.wait_for_url("**/search/?q=*")
