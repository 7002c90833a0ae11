"""The log-in page: who gets in, who is held off, what a demonstration offers."""

from collections.abc import Iterator

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import translation

from linli.ground.users.models import User
from linli.ground.users.operations import create_user
from tests.browser import live_on
from tests.conftest import MONDAY, Staff, system_act

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def desk(settings: LazySettings) -> Iterator[None]:
    """The pages live on Monday; what language a request activated ends with its test."""
    live_on(settings, MONDAY)
    settings.DEMO = False
    yield
    translation.deactivate()


@pytest.fixture
def clerk(db: None) -> User:
    return create_user(system_act(), username="wang", name="王丽", password=PASSWORD)


def try_password(client: Client, password: str, *, username: str = "wang", target: str = ""):
    return client.post("/log-in/", {"username": username, "password": password, "next": target})


def logged_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


class TestLogIn:
    def test_lets_a_person_in_with_their_password(self, client, clerk):
        try_password(client, PASSWORD)

        assert client.session["_auth_user_id"] == str(clerk.pk)

    def test_keeps_a_password_of_an_older_rule_by_the_new_one(self, client, clerk, settings):
        before = clerk.password
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]

        answer = client.post("/log-in/", {"username": clerk.username, "password": PASSWORD})

        clerk.refresh_from_db()
        assert (answer.status_code, clerk.password.startswith("md5$"), before.startswith("md5$")) == (302, True, False)

    def test_leads_on_to_the_page_that_was_asked_for(self, client, clerk):
        assert try_password(client, PASSWORD, target="/preferences/").url == "/preferences/"

    @pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
    def test_never_leads_to_another_site(self, client, clerk, target):
        assert try_password(client, PASSWORD, target=target).url == "/"

    def test_takes_the_language_of_the_account(self, client, clerk):
        User.objects.filter(pk=clerk.pk).update(language="en")

        assert try_password(client, PASSWORD).cookies["django_language"].value == "en"

    def test_refuses_a_wrong_password(self, client, clerk):
        response = try_password(client, "wrong")

        assert (response.status_code, logged_in(client)) == (422, False)

    def test_says_the_same_for_a_wrong_name_and_a_wrong_password(self, client, clerk):
        by_password = try_password(client, "wrong").context["form"].non_field_errors()
        by_name = try_password(client, PASSWORD, username="nobody").context["form"].non_field_errors()

        assert by_password == by_name

    def test_keeps_the_name_that_was_typed_and_never_the_password(self, client, clerk):
        page = try_password(client, "wrong secret").content.decode()

        assert 'value="wang"' in page
        assert "wrong secret" not in page

    def test_refuses_a_closed_account(self, client, clerk):
        User.objects.filter(pk=clerk.pk).update(is_active=False)

        try_password(client, PASSWORD)

        assert not logged_in(client)

    def test_refuses_an_account_without_a_password(self, client, db):
        create_user(system_act(), username="wang", name="王丽")

        try_password(client, "")

        assert not logged_in(client)


class TestThrottle:
    def test_holds_a_name_off_after_five_wrong_passwords(self, client, clerk):
        for _ in range(5):
            try_password(client, "wrong")

        response = try_password(client, PASSWORD)

        assert (response.status_code, logged_in(client)) == (429, False)

    def test_four_wrong_passwords_do_not_hold_off(self, client, clerk):
        for _ in range(4):
            try_password(client, "wrong")

        try_password(client, PASSWORD)

        assert logged_in(client)

    def test_counts_from_every_computer_together(self, client, clerk):
        for _ in range(5):
            try_password(Client(), "wrong")

        assert try_password(client, PASSWORD).status_code == 429

    def test_holds_off_that_name_alone(self, client, clerk):
        create_user(system_act(), username="li", name="李明", password=PASSWORD)
        for _ in range(5):
            try_password(client, "wrong")

        try_password(client, PASSWORD, username="li")

        assert logged_in(client)


class TestDemonstration:
    def test_offers_accounts_of_every_role(self, client, staff: Staff, settings):
        settings.DEMO = True

        accounts = client.get("/log-in/").context["accounts"]

        assert len({account.role for account in accounts}) == 11

    def test_one_click_logs_in(self, client, clerk, settings):
        settings.DEMO = True
        create_user(system_act(), username="demo", name="演示", password="linli-demo")

        try_password(client, "linli-demo", username="demo")

        assert logged_in(client)

    def test_an_installation_in_use_names_no_account(self, client, staff: Staff):
        page = client.get("/log-in/").content.decode()

        assert "linli-demo" not in page
        assert staff.clerk.name not in page


class TestLogOut:
    def test_ends_the_session(self, client, clerk):
        client.force_login(clerk)

        client.post("/log-out/")

        assert not logged_in(client)

    def test_a_link_cannot_log_anybody_out(self, client, clerk):
        client.force_login(clerk)

        assert client.get("/log-out/").status_code == 405
        assert logged_in(client)


class TestPreferences:
    @pytest.mark.parametrize(
        ("name", "cookie", "value"), [("size", "linli_size", "large"), ("theme", "linli_theme", "dark")]
    )
    def test_are_kept_before_the_log_in(self, client, db, name, cookie, value):
        assert client.post("/preferences/", {name: value}).cookies[cookie].value == value

    def test_large_type_shows_on_the_next_page(self, client, db):
        client.post("/preferences/", {"size": "large"})

        assert 'data-size="large"' in client.get("/log-in/").content.decode()

    @pytest.mark.parametrize("value", ["huge", "<script>", "dark"])
    def test_refuse_sizes_that_do_not_exist(self, client, db, value):
        client.post("/preferences/", {"size": "large"})

        answer = client.post("/preferences/", {"size": value})

        assert (answer.status_code, "linli_size" in answer.cookies) == (302, False)
        assert client.cookies["linli_size"].value == "large"

    def test_lead_back_to_the_page(self, client, db):
        assert client.post("/preferences/", {"size": "large", "next": "/log-in/"}).url == "/log-in/"
