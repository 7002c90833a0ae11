"""Every list that goes on over several pages: page after page it shows what one long page shows, each row once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from linli.foundation.screens.listings import Listing
from tests.access.asking import Office
from tests.access.world import World
from tests.paging import assert_turns_over

ROOT = Path(__file__).parents[2]
# Each list (its name, or the template of one drawn by hand) with somebody who sees several of its rows.
# The trail grows with every look, so one subject is asked.
LISTS = {
    "workbench/_work.html": ("/work/", "clerk"),
    "audit": ("/audit/?subject=proposal:FH-2026-0001", "auditor"),
    "users": ("/organisation/accounts/", "admin"),
    "access": ("/organisation/access/", "security"),
    "areas": ("/organisation/areas/?q=99", "admin"),
    "letters": ("/letters/", "auditor"),
    "funds": ("/funds/", "auditor"),
    "balances": ("/funds/F1-2026/balances/", "auditor"),
    "proposals": ("/funds/proposals/", "auditor"),
    "journals": ("/funds/F1-2026/journals/", "auditor"),
    "renewals": ("/renewals/", "auditor"),
    "applications": ("/cases/", "auditor"),
    "publications": ("/publications/", "auditor"),
    "households": ("/residents/", "street"),
    "search": ("/search/?q=王", "auditor"),
    "people": ("/residents/people/", "street"),
    "links": ("/residents/links/", "auditor"),
    "batches": ("/payments/", "auditor"),
    "awards": ("/awards/", "auditor"),
    "receivables": ("/awards/receivables/", "auditor"),
    "accounts": ("/awards/accounts/", "auditor"),
    "overview": ("/overview/", "district"),
    "records.html": ("/plan/actual/HOUSEHOLDS_AIDED/", "director"),
}
# Of these there is one in this world: turned over where there are more.
ELSEWHERE = {
    "agreements": "tests/partners/test_pages.py",
    "looks": "tests/users/web/test_looks.py",
    "requests": "tests/newcomers/test_pages.py",
    "preview": "tests/awards/web/test_adjusting.py",
    "lines": "tests/payments/web/test_pages.py",
    "months": "tests/payments/web/test_pages.py",
    "arrears": "tests/payments/web/test_pages.py",
    "returned": "tests/payments/web/test_pages.py",
    "adjustments": "tests/awards/web/test_adjusting.py",
    "waiting": "tests/assistance/web/test_steps.py",
}


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="what a page cuts off does not differ by database")
@pytest.mark.parametrize(("address", "role"), LISTS.values())
def test_page_after_page_is_one_long_page(
    world: World, office: Office, monkeypatch: pytest.MonkeyPatch, address: str, role: str
) -> None:
    def get(wanted: str) -> str:
        answer = office.ask(role, "GET", wanted)
        assert answer.status == 200, wanted
        return answer.page.decode()

    assert_turns_over(get, address, monkeypatch)


def _listings(kind: type[Any]) -> Iterator[type[Any]]:
    for one in kind.__subclasses__():
        yield one
        yield from _listings(one)


def test_no_list_that_has_pages_is_left_out() -> None:
    folder = "templates/"
    turning = {
        path.as_posix().partition(folder)[2]
        for path in (ROOT / "src").rglob("*.html")
        if "{% pages " in path.read_text()
    }
    turning -= {"parts/listing.html"}
    turning |= {
        listing.name
        for listing in _listings(Listing)
        if hasattr(listing, "name") and listing.__module__.startswith("linli.")
    }

    assert turning == LISTS.keys() | ELSEWHERE.keys()
    assert all("assert_turns_over" in (ROOT / file).read_text() for file in ELSEWHERE.values())
