"""The log-in page: who gets in, who is held off, what a demonstration offers."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import translation

from linli.foundation.trail import digests
from linli.foundation.trail.models import AuditEntry
from linli.ground.users.models import User
from linli.ground.users.operations import create_user
from linli.ground.users.web import door
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

    def test_says_that_what_was_sent_without_a_session_was_not_done(self, client, clerk):
        sent = client.post("/remind/", {"remind": "x"}, follow=True)
        looked = client.get("/work/", follow=True)

        assert "刚才提交的没有办理" in sent.content.decode()
        assert "刚才提交的没有办理" not in looked.content.decode()

    def test_keeps_a_password_of_an_older_rule_by_the_new_one(self, client, clerk, settings):
        before = clerk.password
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]

        answer = client.post("/log-in/", {"username": clerk.username, "password": PASSWORD})

        clerk.refresh_from_db()
        assert (answer.status_code, clerk.password.startswith("md5$"), before.startswith("md5$")) == (302, True, False)

    def test_what_a_log_in_writes_is_its_own_act(self, client, clerk, settings):
        """A password kept anew outside of an act would look like one that somebody forged."""
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
        try_password(client, "wrong")
        try_password(client, PASSWORD)

        assert [str(one) for one in digests.forged_in("users_user")] == []
        assert AuditEntry.objects.get(act="users.log_in").subject == "user:wang"

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


def guess(times: int, *, username: str = "wang", place: str = "203.0.113.7", browser: Client | None = None) -> int:
    """Wrong passwords from a place; the status of the last one."""
    for number in range(times):
        form = {"username": username, "password": f"wrong {number}"}
        answer = (browser or Client()).post("/log-in/", form, REMOTE_ADDR=place)
    return int(answer.status_code)


class TestName:
    @pytest.mark.parametrize("typed", ["wang", "Wang", "WANG", "ｗａｎｇ", " wang "])
    def test_is_found_however_it_is_spelled(self, client, clerk, typed):
        try_password(client, PASSWORD, username=typed)

        assert client.session["_auth_user_id"] == str(clerk.pk)

    @pytest.mark.parametrize("name", ["ﬁona", "Éva"])
    def test_of_before_is_found_as_it_is_spelled(self, client, clerk, name):
        User.objects.filter(pk=clerk.pk).update(username=name)
        try_password(client, PASSWORD, username=name)

        assert logged_in(client)

    def test_of_two_that_were_there_before_is_the_one_that_is_spelled_like_this(self, client, clerk):
        other = User.objects.create(username="Wang", name="王力", password=clerk.password)
        try_password(client, PASSWORD, username="WANG")
        neither = logged_in(client)
        try_password(client, PASSWORD, username="Wang")

        assert (neither, client.session["_auth_user_id"]) == (False, str(other.pk))


class TestThrottle:
    def test_holds_a_name_off_after_five_wrong_passwords(self, client, clerk):
        guess(5, place="127.0.0.1")

        response = try_password(client, PASSWORD)

        assert (response.status_code, logged_in(client)) == (429, False)

    def test_four_wrong_passwords_do_not_hold_off(self, client, clerk):
        guess(4, place="127.0.0.1")

        try_password(client, PASSWORD)

        assert logged_in(client)

    def test_what_was_right_counts_for_nothing(self, client, clerk):
        for _ in range(6):
            assert try_password(Client(), PASSWORD).status_code == 302
        guess(4, place="127.0.0.1")

        assert try_password(client, PASSWORD).status_code == 302

    def test_ends_with_its_quarter_of_an_hour(self, client, clerk, monkeypatch):
        guess(5, place="127.0.0.1")
        later = door.now() + timedelta(minutes=door.MINUTES)
        monkeypatch.setattr(door, "now", lambda: later)

        assert try_password(client, PASSWORD).status_code == 302

    def test_holds_off_that_name_alone(self, client, clerk):
        create_user(system_act(), username="li", name="李明", password=PASSWORD)
        guess(5, place="127.0.0.1")

        try_password(client, PASSWORD, username="li")

        assert logged_in(client)

    def test_however_a_name_is_spelled(self, clerk):
        for username in ("wang", "WANG", "ｗａｎｇ", " wang", "Wang"):
            guess(1, username=username)

        assert guess(1) == 429

    def test_a_stranger_elsewhere_locks_nobody_out(self, client, clerk):
        """Before, five anonymous posts kept anybody out, again and again."""
        guess(200)

        try_password(client, PASSWORD)

        assert logged_in(client)

    def test_many_places_together_hold_a_name_off(self, client, clerk):
        for place in range(6):
            guess(5, place=f"203.0.113.{place}")

        assert try_password(client, PASSWORD).status_code == 429

    def test_where_the_person_has_logged_in_before_they_are_let_in_all_the_same(self, client, clerk):
        try_password(client, PASSWORD)
        client.post("/log-out/")
        for place in range(6):
            guess(5, place=f"203.0.113.{place}")
        guess(5, place="127.0.0.1")

        assert try_password(client, PASSWORD).status_code == 302

    @pytest.mark.parametrize("change", [{"password": "!another"}, {"sessions_round": 1}])
    def test_a_browser_is_known_no_longer_than_the_password_and_the_sessions_of_then(self, client, clerk, change):
        """Whoever had both once guesses the next password as a stranger does."""
        try_password(client, PASSWORD)
        client.post("/log-out/")
        User.objects.filter(pk=clerk.pk).update(**change)

        assert [guess(5, browser=client), guess(1, browser=client)] == [422, 429]

    def test_guesses_in_a_known_browser_end_as_well(self, client, clerk):
        try_password(client, PASSWORD)
        client.post("/log-out/")

        assert [guess(10, browser=client), guess(1, browser=client)] == [422, 429]

    def test_a_browser_is_known_for_who_logged_in_there_alone(self, client, clerk):
        create_user(system_act(), username="li", name="李明", password=PASSWORD)
        try_password(client, PASSWORD, username="li")
        client.post("/log-out/")

        assert [guess(5, browser=client), guess(1, browser=client)] == [422, 429]

    def test_two_people_may_share_a_browser(self, client, clerk):
        create_user(system_act(), username="li", name="李明", password=PASSWORD)
        for username in ("li", "wang"):
            try_password(client, PASSWORD, username=username)
        guess(5, place="127.0.0.1")
        guess(5, place="127.0.0.1", username="li")

        answers = [try_password(client, PASSWORD, username=username).status_code for username in ("li", "wang")]
        assert answers == [302, 302]

    @pytest.mark.parametrize("cookie", ["", "x", "a:b:c", "WyJhIl0:1tabcd:forged"])
    def test_nobody_makes_a_browser_known_themselves(self, client, clerk, cookie):
        client.cookies[door.COOKIE] = cookie

        assert [guess(5, browser=client), guess(1, browser=client)] == [422, 429]

    def test_one_place_that_tries_many_names_is_held_off(self, clerk):
        for number in range(60):
            guess(1, username=f"nobody{number}")

        assert guess(1, username="another") == 429
        assert guess(1, username="another", place="203.0.113.8") == 422

    def test_the_cookie_of_a_known_browser_names_nobody_and_no_script_reads_it(self, client, clerk):
        cookie = try_password(client, PASSWORD).cookies[door.COOKIE]

        assert (cookie["httponly"], cookie["samesite"], "wang" in cookie.value) == (True, "Lax", False)

    def test_every_end_leaves_its_line(self, client, clerk, caplog):
        with caplog.at_level("INFO", logger="linli.log_in"):
            guess(5, place="127.0.0.1")
            try_password(client, PASSWORD)
            try_password(client, PASSWORD, username="nobody")
            client.post("/log-in/", {"username": "wang", "password": PASSWORD}, REMOTE_ADDR="203.0.113.9")
        lines = [(record.facts, record.levelname) for record in caplog.records if record.name == "linli.log_in"]
        told = [(facts["outcome"], facts["account"], level) for facts, level in lines]

        assert told == [
            *[("failed", clerk.pk, "WARNING")] * 5,
            ("held off", clerk.pk, "WARNING"),
            ("failed", None, "WARNING"),
            ("in", clerk.pk, "INFO"),
        ]
        assert not [facts for facts, _level in lines if "wang" in str(facts) or "127.0" in str(facts)]


class TestDemonstration:
    def test_offers_accounts_of_every_role(self, client, staff: Staff, settings):
        settings.DEMO = True

        accounts = client.get("/log-in/").context["accounts"]

        assert len({account.role for account in accounts}) == 12

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

    def test_the_browser_forgets_what_it_was_shown_and_stays_known(self, client, clerk):
        try_password(client, PASSWORD)

        answer = client.post("/log-out/")

        assert (answer["Clear-Site-Data"], answer["Cache-Control"]) == ('"cache", "storage"', "no-store")
        assert client.cookies[door.COOKIE].value

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
