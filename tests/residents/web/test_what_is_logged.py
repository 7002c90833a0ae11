"""The log says which route, who (the id) and how it ended, and never what anybody typed or is called."""

import json
import logging
from collections.abc import Iterator

import pytest
from django.db import IntegrityError
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from linli.foundation.trail import logs
from linli.registry.residents.web.views import registering
from tests.conftest import Community, Staff
from tests.residents.web.test_pages import MAN, household_data

NAME, PHONE = "王建国", "13800138000"


class Lines(logging.Handler):
    """Everything that any logger says, as it would be written."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(logs.JsonLines())
        self.written: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.written.append(self.format(record))

    @property
    def found(self) -> list[dict]:
        return [json.loads(line) for line in self.written]

    @property
    def last(self) -> dict:
        return self.found[-1]


@pytest.fixture
def lines(staff: Staff) -> Iterator[Lines]:
    """Every logger at its most talkative, the database's own too."""
    names = ["", *(name for name in ("django", "django.request", "django.server", "linli", "django_tasks"))]
    before = {name: logging.getLogger(name).level for name in names}
    handler = Lines()
    logging.getLogger().addHandler(handler)
    for name in names:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield handler
    logging.getLogger().removeHandler(handler)
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture
def unbroken(browser: Client) -> Client:
    """A browser that is shown the page of a fault."""
    browser.raise_request_exception = False
    return browser


def register(browser: Client, community: Community, **changes: str) -> HttpResponse:
    return browser.post(reverse("household_new"), household_data(community, **changes))


def breaks(error: Exception):
    def broken(*args: object, **kwargs: object) -> None:
        said = kwargs or args  # a local value that a debugger's traceback would show
        assert said
        raise error

    return broken


class TestALine:
    def test_says_route_person_act_end_and_time(self, browser: Client, lines, community: Community, staff: Staff):
        register(browser, community)

        last = lines.last
        assert last["ms"] >= 0
        assert {name: last[name] for name in ("route", "method", "status", "user", "act")} == {
            "route": "household_new",
            "method": "POST",
            "status": 302,
            "user": staff.clerk.pk,
            "act": "residents.register_households",
        }

    def test_names_the_refusal_by_its_code(self, browser: Client, lines, community: Community):
        register(browser, community, opened_date="2030-01-01")

        [said] = [line for line in lines.found if line["event"] == "request"]
        assert (said["refused"], said["status"]) == ("residents.date_future", 422)

    def test_has_the_id_that_the_answer_carries(self, browser: Client, lines):
        response = browser.get(reverse("resident_list"))

        assert lines.last["request"] == response["X-Request-Id"]

    def test_of_a_fault_says_where_and_under_which_request(
        self, unbroken: Client, lines, community: Community, staff: Staff, monkeypatch
    ):
        monkeypatch.setattr(registering.operations, "register_households", breaks(KeyError(NAME)))
        response = register(unbroken, community)

        [fault] = [line for line in lines.found if line["level"] == "ERROR"]
        assert (fault["request"], fault["route"]) == (response["X-Request-Id"], "household_new")
        assert fault["user"] == staff.clerk.pk
        assert fault["error"][0] == "builtins.KeyError"
        assert fault["error"][-1].endswith("broken")


class TestNobodyIsNamed:
    """Each request holds names and numbers and ends otherwise than hoped."""

    @pytest.fixture(autouse=True)
    def _nobody(self, lines: Lines, staff: Staff) -> Iterator[None]:
        yield
        assert lines.written
        said = "\n".join(lines.written)
        assert [one for one in (NAME, MAN, PHONE, "2 单元 301", staff.clerk.name) if one in said] == []

    @pytest.mark.parametrize(
        "error", [ValueError(f"invalid literal: {MAN}"), IntegrityError(f"Key (name)=({NAME}) already exists")]
    )
    def test_where_something_breaks(self, unbroken: Client, community: Community, monkeypatch, error):
        monkeypatch.setattr(registering.operations, "register_households", breaks(error))

        assert register(unbroken, community).status_code == 500

    def test_where_a_form_is_refused(self, browser: Client, community: Community):
        register(browser, community, **{"m0-birth_date": "1951-05-01"})

    def test_where_the_database_is_asked(self, browser: Client, community: Community):
        register(browser, community)
        browser.get(reverse("search"), {"q": NAME})

    def test_in_an_address_that_leads_nowhere(self, browser: Client):
        assert browser.get(f"/residents/households/{NAME}/").status_code == 404

    def test_in_a_host_that_is_not_ours(self, unbroken: Client):
        assert unbroken.get("/", headers={"host": PHONE}).status_code == 400

    def test_where_the_token_is_missing(self, db, community: Community):
        assert register(Client(enforce_csrf_checks=True), community).status_code == 403

    def test_where_the_password_is_wrong(self, db):
        Client().post(reverse("log_in"), {"username": NAME, "password": PHONE})


class TestALibrary:
    def test_keeps_its_words_and_not_its_values(self, lines: Lines):
        logging.getLogger("some.library").warning("no such row: %s", NAME)

        assert (lines.last["event"], NAME in lines.written[-1]) == ("no such row: %s", False)

    def test_that_put_its_text_together_is_told_by_its_place(self, lines: Lines):
        logging.getLogger("some.library").warning(f"no such row: {NAME}")

        assert lines.last["event"].startswith("test_what_is_logged.test_that_put_its_text_together")

    def test_whose_cause_is_known_tells_it_too(self, lines: Lines):
        try:
            try:
                int(NAME)
            except ValueError as error:
                raise RuntimeError(PHONE) from error
        except RuntimeError:
            logging.getLogger("some.library").exception("%s", NAME)

        assert [one for one in lines.last["error"] if not one.startswith(" ")] == [
            "builtins.RuntimeError",
            "builtins.ValueError",
        ]
