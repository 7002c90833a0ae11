"""One search: whoever may open something finds it, by its number however it is typed; nobody else learns that it is."""

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linli.foundation.screens.finding import kinds
from linli.money.awards.models import PayeeAccount
from tests.access.asking import GROUPS, PROFILES, ROUTES, Office, address_of, expected
from tests.access.world import World

pytestmark = pytest.mark.django_db
SEARCH = reverse("search")
OFFICE = GROUPS["office"]
# What has a number of its own: the page that it leads to, which says who may open it, and one that nothing has.
WHOLE = {
    "household_detail": "H-999999",
    "resident_detail": "R-999999",
    "application_detail": "JZ-2026-9999",
    "publication_detail": "GS-2026-9999",
    "letter_detail": "WS-2026-9999",
    "award_detail": "DY-2026-9999",
    "batch_detail": "FF-2026-02-9",
    "journal_detail": "LZ-2026-999999",
    "carry_over_detail": "JY-2026-999",
    "proposal_detail": "FH-2026-9999",
    "fund_statement": "F9-2026",
    "plan_version": "FA-2026-999",
    "agreement_detail": "XY-2026-9999",
    "request_detail": "ZB-2026-9999",
    "access_detail": "SQ-2026-9999",
    "looks_detail": "CK-2026-9999",
    "link_detail": "GL-2026-9999",
}
KNOWN_BY_AWARDS = {"household_detail", "resident_detail", "application_detail"}
RELATIONS = ("own", "sibling", "foreign")


def _ask(office: Office, role: str, text: str) -> tuple[str, str]:
    """Where the search leads at once, and the page it shows otherwise."""
    answer = office.look(role, f"{SEARCH}?{urlencode({'q': text})}")
    assert answer.status in (200, 302), (role, text)
    return answer.to, answer.page.decode()


def _things(world: World, page: str) -> Iterator[tuple[str, str, dict[str, int]]]:
    """One in each community: its number, the address of its page, and what everybody gets there."""
    row = ROUTES[page]
    profile = PROFILES[row["GET"]]
    # The administrators' district holds all three communities: their profiles say nothing of the others.
    for relation in (one for one in RELATIONS if one in profile):
        arguments = address_of(world, row["object"], relation)
        yield arguments[0], reverse(page, args=arguments), expected(profile[relation])


@pytest.mark.parametrize("page", WHOLE)
def test_a_number_is_found_by_those_alone_who_may_open_its_page(world: World, office: Office, page: str) -> None:
    wrong = []
    for number, address, statuses in _things(world, page):
        for role in OFFICE:
            to, shown = _ask(office, role, number)
            found, may = to == address or f'href="{address}"' in shown, statuses[role] not in (403, 404)
            if found != may or (found and not to and page != "letter_detail"):
                wrong.append(f"{role} finds {number}: {found}, may open it: {may}, sent to {to!r}")

    assert wrong == []


@pytest.mark.parametrize("page", WHOLE)
def test_what_is_out_of_reach_answers_as_what_is_not_there(world: World, office: Office, page: str) -> None:
    wrong = []
    nothing = WHOLE[page]
    for number, _address, statuses in _things(world, page):
        for role in (role for role in OFFICE if statuses[role] in (403, 404)):
            there, missing = (_ask(office, role, text) for text in (number, nothing))
            # Who may not open the page may know it otherwise: finance by the award of the household.
            otherwise = page in KNOWN_BY_AWARDS and statuses[role] == 403
            same = (there[0], _plain(there[1], number)) == (missing[0], _plain(missing[1], nothing))
            if not same and not otherwise:
                wrong.append(f"{role} learns of {number}")

    assert wrong == []


def _plain(page: str, text: str) -> str:
    return re.sub(r"[A-Za-z0-9+/=_-]{20,}", "", page.replace(text, "…"))


def test_a_number_is_read_however_it_is_typed(world: World, office: Office) -> None:
    number = world.at["own"].received.number
    there = reverse("application_detail", args=[number])
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in number)
    _letters, year, count = number.split("-")
    typed = [number, number.lower(), number.replace("-", ""), number.replace("-", "－"), number.replace("-", " "), wide]

    assert {_ask(office, "clerk", text)[0] for text in [*typed, f"jz–{year}–{int(count)}"]} == {there}


def test_a_line_of_a_batch_leads_to_the_batch_narrowed_to_its_award(world: World, office: Office) -> None:
    batch = world.at["own"].released
    line = batch.items.order_by("seq")[0]
    address = reverse("batch_detail", args=[batch.number])

    assert _ask(office, "maker", str(line))[0] == f"{address}?q={line.award.number}"
    assert _ask(office, "maker", f"{batch.number}-0999")[0] == ""


def test_a_family_is_one_click_away_from_the_number_on_its_letter(world: World, office: Office) -> None:
    there = world.at["own"]
    _to, page = _ask(office, "clerk", there.letter.number)
    links = re.findall(r'<td[^>]*>\s*<a href="([^"]+)"', page)
    family, letter = (
        reverse("resident_detail", args=[there.assessing.applicant.number]),
        reverse("letter_detail", args=[there.letter.number]),
    )

    assert links == [family, letter]
    assert there.assessing.applicant.name in page


def test_an_account_is_found_by_its_last_digits_and_named_to_those_who_know_the_family(
    world: World, office: Office
) -> None:
    account = PayeeAccount.objects.get(pk=world.at["own"].account.pk)
    pages = {role: _ask(office, role, account.account_last4)[1] for role in ("maker", "director", "admin")}

    assert [f"q={account.unit_key}" in page for page in pages.values()] == [True, True, False]
    assert ["王某" in page for page in pages.values()] == [False, True, False]


def test_finance_finds_the_award_of_a_household_and_no_person(world: World, office: Office) -> None:
    award = world.at["own"].award
    by_unit, by_name = _ask(office, "maker", award.unit_key)[1], _ask(office, "maker", "王建国")[1]

    assert reverse("award_detail", args=[award.number]) in by_unit
    assert "R-0" not in by_name


def test_an_administrator_finds_accounts_and_territory(world: World, office: Office) -> None:
    page = _ask(office, "admin", "clerk")[1]
    assert reverse("user_detail", args=["clerk"]) in page
    assert "in=990101001002" in _ask(office, "admin", "槐树")[1]


def test_a_partner_a_fund_and_a_building_are_found_by_name(world: World, office: Office) -> None:
    there = world.at["own"]
    assert reverse("agreement_detail", args=[there.agreement.number]) in _ask(office, "clerk", "江畔中学")[1]
    assert reverse("fund_statement", args=[there.fund.code]) in _ask(office, "maker", "救助资金")[1]
    assert "?place=" in _ask(office, "clerk", "网格")[1]


def test_whom_it_shows_is_noted_and_what_shows_nobody_is_not(world: World, office: Office) -> None:
    there = world.at["own"]
    noted = {text: office.noted("clerk", "GET", f"{SEARCH}?q={text}")[1] for text in ("王建国", "江畔中学")}
    noted["letter"] = office.noted("clerk", "GET", f"{SEARCH}?q={there.letter.number}")[1]

    assert noted == {"王建国": ["search"], "江畔中学": [], "letter": ["search"]}


def test_who_has_nothing_to_look_for_has_no_box_and_no_page(office: Office) -> None:
    assert [office.ask(role, "GET", SEARCH, {"q": "王"}).status for role in ("volunteer", "resident")] == [403, 403]
    boxes = {role: f'action="{SEARCH}"' in office.look(role, "/work/").page.decode() for role in [*OFFICE, "volunteer"]}
    assert boxes == {**dict.fromkeys(OFFICE, True), "volunteer": False}


def test_the_page_of_a_form_is_left_for_what_its_number_leads_to(world: World, office: Office) -> None:
    """The list's own form asks for a fragment."""
    number = world.at["own"].household.number
    client = office._client  # with a header of htmx
    office.ask("clerk", "GET", "/work/")
    answer = client.get(SEARCH, {"q": number}, headers={"HX-Request": "true"})

    assert answer.headers["HX-Redirect"] == reverse("household_detail", args=[number])


def test_a_search_costs_as_much_for_one_as_for_many(world: World, office: Office) -> None:
    counts = {}
    for text in ("王建国", "王强"):
        with CaptureQueriesContext(connection) as statements:
            office.ask("auditor", "GET", SEARCH, {"q": text})
        counts[text] = len(statements)

    assert max(counts.values()) <= min(counts.values()) + 2 <= 32, counts


def test_every_kind_on_the_shelf_is_asked_for_here(office: Office) -> None:
    assert len([kind for kind in kinds.values() if kind.whole]) == len(WHOLE)
    assert len(kinds) == len(WHOLE) + 8
