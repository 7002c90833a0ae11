"""Nothing typed is lost: every form of the product with more than three fields has a draft (docs/adr/0039)."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest

from linli.foundation.screens.drafting import FEW
from tests.access.asking import Office, pages_of, routes_with_pages
from tests.access.world import World
from tests.architecture.source import PACKAGE, short

# Pages marked ``secret``: what is typed there is kept by nobody.
SECRET = {"/awards/accounts/new/": "account numbers", "/register/": "nobody is known yet: a draft is somebody's"}
# Templates with a form of their own and no place for a draft.
SMALL = {
    "assistance/templates/assistance/my_apply.html": "a button",
    "assistance/templates/assistance/my_apply_check.html": "a button",
    "assistance/templates/assistance/my_apply_step.html": "one question, kept when it is answered",
    "assistance/templates/assistance/progress.html": "a number and four signs, of nobody who is known",
    "assistance/templates/assistance/publication_detail.html": "where it hangs, and a picture",
    "foundation/templates/base.html": "log out",
    "foundation/templates/export.html": "a button",
    "foundation/templates/parts/export.html": "a button",
    "foundation/templates/parts/draft_found.html": "drop the draft",
    "foundation/templates/parts/language_switch.html": "a button",
    "foundation/templates/parts/listing.html": "a box for each row",
    "foundation/templates/parts/size_switch.html": "a button",
    "foundation/templates/set_preview.html": "a button; what was typed stood on the page before",
    "foundation/templates/parts/theme_switch.html": "a button",
    "foundation/templates/parts/toasts.html": "a button: undo",
    "foundation/templates/parts/waits.html": "a button",
    "newcomers/templates/newcomers/newcomer_ask.html": "nobody is known yet",
    "notifications/templates/notifications/letter_detail.html": "how it was delivered: three fields",
    "planning/templates/planning/_live.html": "a note; the figures are in the address",
    "planning/templates/planning/plan_version.html": "a button",
    "users/templates/users/again.html": "a code; what was typed is carried along",
    "users/templates/users/enrol.html": "a code",
    "users/templates/users/log_in.html": "nobody is known yet",
    "users/templates/users/log_in_factor.html": "a code",
    "users/templates/users/notices.html": "boxes and a button",
    "users/templates/users/password_change.html": "passwords",
    "workbench/templates/workbench/_checks.html": "a button",
    "workbench/templates/workbench/audit_verify.html": "a code from a paper, or the text of a file",
}
_FORM = re.compile(r"<form\b[^>]*\bmethod=[\"']post[\"'][^>]*>.*?</form>", re.DOTALL | re.IGNORECASE)
_LEFT_OUT = {"hidden", "submit", "button", "file", "password"}


class Fields(HTMLParser):
    """The names of the fields of a form that a draft would keep; a row of boxes of one name is one field."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.feed(form)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        typed = tag in {"select", "textarea"} or (tag == "input" and said.get("type", "text") not in _LEFT_OUT)
        if typed and said.get("name") and "disabled" not in said:
            self.names.add(str(said["name"]))


def large_forms(page: str) -> Iterator[str]:
    """The forms of a page with more than three fields and without a draft, or that may be left without a warning."""
    for form in _FORM.findall(page):
        if len(Fields(form).names) > FEW and not ('name="draft"' in form and "data-typed" in form.split(">")[0]):
            yield form[:120]


@pytest.mark.django_db
@pytest.mark.parametrize("route", routes_with_pages())
def test_every_form_of_more_than_three_fields_has_a_draft(world: World, office: Office, route: str) -> None:
    without = {
        address: form
        for address, readers in pages_of(world, route)
        for role in readers
        for form in large_forms(office.look(role, address).page.decode())
        if address not in SECRET
    }
    assert without == {}


@pytest.mark.django_db
def test_the_application_at_the_counter_has_one(world: World, office: Office) -> None:
    """Its page needs a family: the route alone only looks for one."""
    page = office.look("clerk", f"/cases/new/?household={world.at['own'].household.number}").page.decode()
    assert len(Fields(page).names) > 10
    assert list(large_forms(page)) == []


def test_every_template_with_a_form_has_a_place_for_a_draft_or_says_why_not() -> None:
    own = {short(path): path.read_text() for path in PACKAGE.rglob("templates/**/*.html")}
    with_form = {name: page for name, page in own.items() if _FORM.search(page)}
    assert sorted(name for name, page in with_form.items() if "parts/draft_keep.html" not in page) == sorted(SMALL)
