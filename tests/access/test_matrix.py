"""Every route asked by every role about every kind of object, against the hand-written oracle in matrix.toml."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape

import pytest
from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse

from linli.config import urls
from linli.foundation.screens import navigation
from tests.access.asking import (
    ARGUMENTS,
    EVERYBODY,
    PROFILES,
    ROUTES,
    Answer,
    addresses_of,
    expected,
    name_of,
    pages_of,
    routes_with_pages,
    those_to_ask,
)

METHODS = ("GET", "POST")


def route_names() -> Iterator[str]:
    """The name of every address of the product."""

    def walk(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns)
            else:
                yield pattern.name or str(pattern.pattern)

    yield from walk(get_resolver().url_patterns)


class TestOracle:
    def test_has_a_row_for_every_route(self):
        assert sorted(set(route_names()) - set(map(name_of, ROUTES))) == []

    def test_has_no_row_for_a_route_that_is_gone(self):
        assert sorted(set(map(name_of, ROUTES)) - set(route_names())) == []

    def test_every_address_has_one_name(self):
        names = list(route_names())

        assert sorted({name for name in names if names.count(name) > 1}) == []

    @pytest.mark.parametrize("profile", PROFILES)
    def test_a_profile_answers_everybody(self, profile):
        for relation, statuses in PROFILES[profile].items():
            assert (relation, EVERYBODY - set(expected(statuses))) == (relation, frozenset())

    @pytest.mark.parametrize("route", ROUTES)
    def test_a_row_names_an_object_and_a_method(self, route):
        row = ROUTES[route]

        assert row["object"] in {"", *ARGUMENTS}
        assert any(method in row for method in METHODS)
        assert set(row) <= {"object", *METHODS}


@pytest.mark.django_db
@pytest.mark.parametrize("route", sorted(ROUTES))
def test_a_route_answers_each_role_as_the_oracle_says(world, office, route):
    wrong = []
    for method in METHODS:
        for relation, address, statuses in addresses_of(world, route, method):
            for role, status in those_to_ask(statuses).items():
                got = (office.look(role, address) if method == "GET" else office.ask(role, method, address)).status
                if got != status:
                    wrong.append(f"{method} {address} ({relation}) as {role}: {got}, the oracle says {status}")

    assert not wrong, "\n".join(wrong)


@pytest.mark.django_db
@pytest.mark.parametrize("role", sorted(EVERYBODY - {"anonymous"}))
def test_the_page_of_a_refusal_is_shown_whole_to_each_role(world, office, role, monkeypatch):
    """The other questions of this folder are answered by a refusal's status alone."""
    for status in (403, 404):
        monkeypatch.delattr(urls, f"handler{status}")
    page, place = next(
        (office.ask(role, "GET", address), address)
        for route in routes_with_pages()
        for _relation, address, statuses in addresses_of(world, route, "GET")
        if statuses[role] in {403, 404}
    )

    assert page.status in {403, 404}, place
    assert b"</html>" in page.page, place
    # Nobody stays there: the way on is the frame of their own pages.
    assert b'href="/' in page.page, place


# Whoever looks at a page is led nowhere where they are refused.
LINK = re.compile(r'<a\b[^>]*\bhref="(/[^"#]*)')


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="a page's links do not differ by database: followed once")
@pytest.mark.parametrize("role", sorted(EVERYBODY - {"anonymous", "checker", "releaser"}))
def test_no_page_shows_a_link_that_its_reader_is_refused(world, office, role):
    """The other two hands of finance read what the maker reads."""
    found: dict[str, tuple[str, str]] = {}
    for route in routes_with_pages():
        for address, readers in pages_of(world, route):
            page = office.look(role, address).page.decode() if role in readers else ""
            for link in map(unescape, LINK.findall(page)):
                # Of many links to one page, whatever they ask of it, one is followed.
                found.setdefault(resolve(link.partition("?")[0]).view_name, (link, address))
    refused = {
        f"{link} on {address}": status
        for link, address in found.values()
        if (status := office.look(role, link).status) >= 400
    }

    assert found
    assert refused == {}


@pytest.mark.django_db
@pytest.mark.parametrize("role", sorted(EVERYBODY - {"anonymous"}))
def test_the_side_bar_leads_to_each_job_that_the_reader_may_do_and_others_may_not(world, office, role):
    """Whoever is not led to a page does not find it; what everybody may open is shown by other reasons."""
    jobs = [reverse(item.url_name) for item in navigation._items.values()]
    staff = sorted(EVERYBODY - {"anonymous"})
    kept = [job for job in jobs if any(office.look(one, job).status == 403 for one in staff)]
    shown = LINK.findall(office.look(role, reverse("my_applications")).page.decode())

    assert len(kept) > 5
    assert [job for job in kept if job in shown] == [job for job in kept if office.look(role, job).status == 200]


# What differs between two looks at one page: the form's secret, the nonce of scripts, ids of one-time keys.
# What is of each page its own; a new authenticator's secret too, and how it is drawn.
ONCE_ONLY = re.compile(
    rb'(csrfmiddlewaretoken" value="|nonce="|name="(?:act_key|sealed)" value=")[^"]+|"X-CSRFToken": ?"[^"]+'
    rb'|<svg [^>]*class="segno">.*?</svg>|<code>[A-Z2-7 ]+</code>',
    re.DOTALL,
)


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite alone can be told to answer the other way round")
@pytest.mark.parametrize("route", routes_with_pages())
def test_a_page_shows_the_same_whichever_way_the_database_answers_what_has_no_order(world, office, route):
    """What is shown in a list is asked for in an order; the database may give the rest any way round."""
    for address, readers in pages_of(world, route):
        for role in readers:
            straight = _lines(office.look(role, address))
            with _the_other_way_round():
                turned = _lines(office.ask(role, "GET", address))
            assert [pair for pair in zip(straight, turned, strict=True) if pair[0] != pair[1]] == [], role


def _lines(answer: Answer) -> list[bytes]:
    assert answer.status == 200
    # Files carry the moment they were written; their rows come from the same reads.
    return ONCE_ONLY.sub(b"", answer.page).splitlines()


@contextmanager
def _the_other_way_round() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA reverse_unordered_selects = ON")
        try:
            yield
        finally:
            cursor.execute("PRAGMA reverse_unordered_selects = OFF")


# Forms of the frame, which answer with no page of their own.
OF_THE_FRAME = {"log_out", "set_language", "preferences", "draft_keep", "idle_ends"}


@pytest.mark.django_db
@pytest.mark.parametrize("route", sorted(one for one in ROUTES if "POST" in ROUTES[one]))
def test_the_address_of_a_form_leads_on_whoever_may_send_it(world, office, route):
    stuck = [
        f"{address} ({relation}) as {role}: {got}"
        for relation, address, statuses in addresses_of(world, route, "POST")
        for role, status in those_to_ask(statuses).items()
        if status in {200, 302, 400, 409, 422} and name_of(route) not in OF_THE_FRAME
        if (got := office.look(role, address).status) not in {200, 302, 409}
    ]

    assert stuck == []
