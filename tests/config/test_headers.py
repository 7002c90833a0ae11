"""What every answer tells a browser, and what a browser is asked for."""

import pytest
from django.test import Client
from django.urls import reverse

from linli.ground.users.models import User
from linli.ground.users.operations import create_user
from tests.conftest import system_act

PASSWORD = "correct horse battery"
POLICY = ("default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'")


@pytest.fixture
def person(db: None) -> User:
    return create_user(system_act(), username="person", name="王丽", password=PASSWORD)


def logged_in(client: Client) -> Client:
    client.post(reverse("log_in"), {"username": "person", "password": PASSWORD})
    return client


@pytest.mark.parametrize("address", ["/log-in/", "/register/", "/work/", "/nowhere/"])
def test_every_page_says_what_a_browser_may_do_with_it(person: User, client: Client, address: str) -> None:
    answer = logged_in(client).get(address)

    policy = answer["Content-Security-Policy"]
    assert [one for one in POLICY if one not in policy] == []
    assert "script-src" not in policy  # scripts come from here, by the default, and none stands in a page
    assert (answer["X-Content-Type-Options"], answer["X-Frame-Options"]) == ("nosniff", "DENY")
    assert answer["Referrer-Policy"] in {"same-origin", "no-referrer"}
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    assert "Access-Control-Allow-Origin" not in answer


def test_a_session_s_cookie_is_no_script_s_and_stays_here(person: User, client: Client, settings: object) -> None:
    cookie = logged_in(client).cookies[settings.SESSION_COOKIE_NAME]  # type: ignore[attr-defined]  # Django's

    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_who_logs_in_gets_another_session(person: User, client: Client) -> None:
    client.get("/log-in/")
    before = client.session.session_key
    after = logged_in(client).session.session_key

    assert after != before


def test_a_form_without_its_token_is_not_taken(person: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person)

    assert strict.post(reverse("log_out")).status_code == 403


@pytest.mark.parametrize("method", ["TRACE", "DELETE"])
def test_methods_that_no_page_answers_are_refused(person: User, client: Client, method: str) -> None:
    answer = logged_in(client).generic(method, reverse("log_out"))

    assert answer.status_code == 405
