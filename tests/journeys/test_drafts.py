"""What is typed is kept while it is typed, in a real browser."""

from tests.conftest import Staff
from tests.journeys.conftest import OpenVisit

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
