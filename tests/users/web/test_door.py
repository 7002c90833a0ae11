"""The door: a password, then a second factor; asked again before what matters; sessions that their person ends."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.conf import LazySettings, settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from linli.foundation.screens.work import Pile
from linli.foundation.trail.models import AuditEntry
from linli.ground.users.codes import NoticeKind, Role
from linli.ground.users.models import AccountNotice, Factor, Session, User
from linli.ground.users.operations import (
    NoticeAnswered,
    answer_notices,
    create_user,
    hand_out_password,
    propose_role,
)
from linli.ground.users.operations.sessions import drop_every_session
from linli.ground.users.queries import NotPermitted, authority_of
from linli.ground.users.queries.factors import active_factors
from linli.ground.users.queries.sessions import LONGEST, kept_key, sessions_of
from linli.ground.users.shelf import work
from linli.ground.users.web import again
from linli.ground.users.web.door import COOKIE
from linli.ground.users.web.sessions import SessionStore
from linli.kernel.act import Act
from tests.browser import LogIn, live_on, log_in
from tests.conftest import MONDAY, Community, Staff, at, system_act
from tests.doorway import Visitor, give_passwords

__all__ = ["log_in"]
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def desk(settings: LazySettings) -> Iterator[None]:
    live_on(settings, MONDAY)
    yield
    translation.deactivate()


def with_password(user: User) -> User:
    give_passwords(PASSWORD, pk=user.pk)
    user.refresh_from_db()
    return user


@pytest.fixture
def clerk(staff: Staff) -> Visitor:
    """A worker who has enrolled."""
    visitor = Visitor(with_password(staff.clerk).username)
    visitor.log_in(PASSWORD)
    visitor.enrol()
    return visitor


@pytest.fixture
def administrator(staff: Staff) -> Visitor:
    visitor = Visitor(with_password(staff.administrator).username)
    visitor.log_in(PASSWORD)
    visitor.enrol()
    return visitor


def piles(user: User) -> list[Pile]:
    return list(work["users.access"](authority_of(user, MONDAY), MONDAY))


def later(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    moment = timezone.now() + by
    monkeypatch.setattr(again.timezone, "now", lambda: moment)


class TestEnrolling:
    @pytest.mark.parametrize("page", ["my_work", "search", "own_account"])
    def test_comes_before_every_page_of_who_works_in_an_office(self, staff: Staff, page: str):
        visitor = Visitor(with_password(staff.clerk).username)
        visitor.log_in(PASSWORD)

        assert visitor.client.get(reverse(page)).headers["Location"] == reverse("enrol")

    def test_is_not_asked_of_a_family(self, db: None):
        create_user(system_act(), username="family", name="王建", password=PASSWORD)
        visitor = Visitor("family")
        visitor.log_in(PASSWORD)

        assert visitor.client.get(reverse("own_account")).status_code == 200

    def test_by_choice_says_so_and_leads_back(self, db: None):
        """It told a family of a post, with no way back but logging out."""
        create_user(system_act(), username="family", name="王建", password=PASSWORD)
        visitor = Visitor("family")
        visitor.log_in(PASSWORD)
        page = visitor.client.get(reverse("enrol")).text

        assert ("您的岗位" in page, reverse("log_out") in page) == (False, False)
        assert f'href="{reverse("own_account")}">返回' in page

    def test_that_must_be_leads_nowhere_but_out(self, staff: Staff):
        visitor = Visitor(with_password(staff.clerk).username)
        visitor.log_in(PASSWORD)
        page = visitor.client.get(reverse("enrol")).text

        assert ("您的岗位" in page, reverse("log_out") in page, ">返回</a>" in page) == (True, True, False)

    def test_is_not_asked_in_a_demonstration(self, staff: Staff, settings: LazySettings):
        settings.SECOND_FACTOR = False
        visitor = Visitor(with_password(staff.clerk).username)
        visitor.log_in(PASSWORD)

        assert visitor.client.get(reverse("my_work")).status_code == 200
        assert "登录时不问第二重验证" in visitor.client.get(reverse("enrol")).text

    def test_opens_the_pages(self, clerk: Visitor):
        assert clerk.client.get(reverse("my_work")).status_code == 200

    def test_logs_out_who_had_come_with_a_password_alone(self, staff: Staff):
        visitor, other = (Visitor(with_password(staff.clerk).username) for _one in range(2))
        for one in (visitor, other):
            one.log_in(PASSWORD)
        visitor.enrol()

        assert other.client.get(reverse("enrol")).headers["Location"].startswith(reverse("log_in"))

    def test_says_what_is_wrong_and_keeps_the_same_secret(self, staff: Staff):
        visitor = Visitor(with_password(staff.clerk).username)
        visitor.log_in(PASSWORD)
        page = visitor.client.get(reverse("enrol"))
        sealed = page.context["form"]["sealed"].value()
        answer = visitor.client.post(reverse("enrol"), {"sealed": sealed, "code": "000000", "name": "手机"})

        assert (answer.status_code, answer.context["secret"]) == (422, page.context["secret"])

    def test_leaves_no_secret_in_the_session(self, clerk: Visitor):
        assert clerk.secret not in str(dict(clerk.client.session))


class TestLogIn:
    def test_asks_for_the_factor_before_anybody_is_in(self, clerk: Visitor):
        browser = Client()
        answer = browser.post(reverse("log_in"), {"username": clerk.username, "password": PASSWORD, "next": "/work/"})

        assert answer.headers["Location"].startswith(reverse("log_in_factor"))
        assert "_auth_user_id" not in browser.session

    def test_goes_on_where_one_wanted_to_go(self, clerk: Visitor):
        AccountNotice.objects.update(answered_at=timezone.now())
        browser = Client()
        asked = {"username": clerk.username, "password": PASSWORD, "next": "/search/"}
        address = browser.post(reverse("log_in"), asked).headers["Location"]
        answer = browser.post(address, {"factor_code": clerk.code(), "next": "/search/"})

        assert (answer.headers["Location"], "_auth_user_id" in browser.session) == ("/search/", True)

    def test_with_a_wrong_code_is_none_and_stands_in_the_trail(self, clerk: Visitor):
        browser = Client()
        browser.post(reverse("log_in"), {"username": clerk.username, "password": PASSWORD, "next": ""})
        answer = browser.post(reverse("log_in_factor"), {"factor_code": "000000"})

        assert (answer.status_code, "_auth_user_id" in browser.session) == (422, False)
        assert AuditEntry.objects.get(act="users.note_failure").note == '{"failed":"factor"}'

    def test_makes_a_browser_known_with_its_last_half(self, clerk: Visitor):
        """Who has the password alone is a stranger still."""
        browser = Client()
        told = {"username": clerk.username, "password": PASSWORD, "next": ""}
        first = browser.post(reverse("log_in"), told)
        second = browser.post(reverse("log_in_factor"), {"factor_code": clerk.code()})

        assert (COOKIE in first.cookies, COOKIE in second.cookies) == (False, True)

    def test_with_what_no_browser_answers_is_refused(self, clerk: Visitor):
        browser = Client()
        browser.post(reverse("log_in"), {"username": clerk.username, "password": PASSWORD, "next": ""})
        answer = browser.post(reverse("log_in_factor"), {"factor_passkey": "[" * 20_000})

        assert (answer.status_code, "_auth_user_id" in browser.session) == (422, False)

    def test_of_a_wrong_password_stands_in_the_trail(self, clerk: Visitor):
        Client().post(reverse("log_in"), {"username": clerk.username, "password": "wrong horse", "next": ""})

        assert AuditEntry.objects.get(act="users.note_failure").note == '{"failed":"password"}'

    def test_of_a_name_that_is_nobodys_stands_in_the_trail_without_it(self, db: None):
        """What is written for one and not for the other would tell by its time which names there are."""
        Client().post(reverse("log_in"), {"username": "13800138000", "password": "wrong horse", "next": ""})

        entry = AuditEntry.objects.get(act="users.note_failure")
        assert (entry.subject, entry.note) == ("user:-", '{"failed":"password"}')

    def test_over_a_colleagues_session_keeps_the_factor_just_shown(self, clerk: Visitor, administrator: Visitor):
        """Both sit at one computer, and the first did not log out."""
        second = Visitor(clerk.username, administrator.client, clerk.secret)
        second.log_in(PASSWORD)

        assert second.client.session["_auth_user_id"] == str(User.objects.get(username=clerk.username).pk)
        assert second.client.get(reverse("my_work")).status_code == 200

    def test_has_no_second_half_without_the_first(self, clerk: Visitor):
        answer = Client().post(reverse("log_in_factor"), {"factor_code": clerk.code()})

        assert answer.headers["Location"] == reverse("log_in")

    def test_has_no_second_half_after_five_minutes(self, clerk: Visitor, monkeypatch: pytest.MonkeyPatch):
        browser = Client()
        browser.post(reverse("log_in"), {"username": clerk.username, "password": PASSWORD, "next": ""})
        later(monkeypatch, timedelta(minutes=6))

        assert browser.get(reverse("log_in_factor")).headers["Location"] == reverse("log_in")

    def test_has_no_second_half_once_the_password_is_another(self, clerk: Visitor):
        browser = Client()
        browser.post(reverse("log_in"), {"username": clerk.username, "password": PASSWORD, "next": ""})
        give_passwords("another horse", username=clerk.username)

        assert browser.get(reverse("log_in_factor")).headers["Location"] == reverse("log_in")


class TestGuessedByWhoHasThePassword:
    """Seven wrong codes of a stranger kept the person out, and from every act that asks for the factor."""

    def strangers(self, clerk: Visitor, places: int = 1) -> int:
        """Wrong codes from so many places; how the last one was answered."""
        for place in range(places):
            browser = Client(REMOTE_ADDR=f"203.0.113.{place}")
            browser.post(reverse("log_in"), {"username": clerk.username, "password": PASSWORD, "next": ""})
            for _time in range(7):
                answer = browser.post(reverse("log_in_factor"), {"factor_code": "000000"})
        return int("次数过多" in answer.content.decode())

    def test_holds_off_the_stranger_and_lets_its_person_in(self, clerk: Visitor):
        held_off = self.strangers(clerk)
        mine = Visitor(clerk.username, secret=clerk.secret)
        mine.log_in(PASSWORD)

        assert (held_off, "_auth_user_id" in mine.client.session) == (1, True)

    def test_from_many_places_leaves_the_browsers_in_which_they_came_before(self, clerk: Visitor):
        mine = Visitor(clerk.username, secret=clerk.secret)
        mine.log_in(PASSWORD)
        mine.client.post(reverse("log_out"))
        self.strangers(clerk, 3)
        other = Visitor(clerk.username, secret=clerk.secret)
        for one in (mine, other):
            one.log_in(PASSWORD)

        assert ["_auth_user_id" in one.client.session for one in (mine, other)] == [True, False]

    def test_leaves_whoever_is_in(self, clerk: Visitor):
        """What they were at the stranger would stop with one more field to fill in, for a quarter of an hour."""
        self.strangers(clerk, 3)
        answer = clerk.client.post(reverse("own_account"), {"again": "form", "factor_code": clerk.code()})

        assert answer.status_code == 200


class TestAskingAgain:
    """Before a role, money or something masked."""

    def asks(self, visitor: Visitor, **more: str):
        told = {"username": "new", "name": "钱多", "area": "990101001", "act_key": "a" * 32}
        return visitor.client.post(reverse("user_new"), {**told, **more})

    def test_is_not_done_within_ten_minutes(self, administrator: Visitor):
        assert self.asks(administrator).status_code == 200
        assert User.objects.filter(username="new").exists()

    def test_takes_nothing_for_fresh_that_a_clock_that_ran_ahead_wrote(
        self, administrator: Visitor, monkeypatch: pytest.MonkeyPatch
    ):
        """Shown while it was five hours ahead, it counted for five hours more once the clock was right."""
        later(monkeypatch, timedelta(hours=-5))

        assert self.asks(administrator).status_code == 422

    def test_asks_nobody_again_because_the_clock_was_set_back_a_little(
        self, administrator: Visitor, monkeypatch: pytest.MonkeyPatch
    ):
        later(monkeypatch, timedelta(seconds=-20))

        assert self.asks(administrator).status_code == 200

    def test_keeps_what_was_typed_and_does_nothing_yet(self, administrator: Visitor, monkeypatch: pytest.MonkeyPatch):
        later(monkeypatch, timedelta(minutes=11))
        answer = self.asks(administrator)

        assert (answer.status_code, User.objects.filter(username="new").exists()) == (422, False)
        assert dict(answer.context["carried"]) == {"username": "new", "name": "钱多", "area": "990101001"}

    def test_does_it_once_the_factor_is_shown(self, administrator: Visitor, monkeypatch: pytest.MonkeyPatch):
        later(monkeypatch, timedelta(minutes=11))
        answer = self.asks(administrator, again="form", factor_code=administrator.code())

        assert (answer.status_code, User.objects.filter(username="new").exists()) == (200, True)

    def test_does_nothing_for_a_wrong_one(self, administrator: Visitor, monkeypatch: pytest.MonkeyPatch):
        later(monkeypatch, timedelta(minutes=11))
        answer = self.asks(administrator, again="form", factor_code="000000")

        assert (answer.status_code, User.objects.filter(username="new").exists()) == (422, False)
        assert dict(answer.context["carried"])["name"] == "钱多"

    def test_is_not_fooled_by_the_field_of_a_form(self, administrator: Visitor, monkeypatch: pytest.MonkeyPatch):
        later(monkeypatch, timedelta(minutes=11))

        assert self.asks(administrator, again="form").status_code == 422


class TestOnesPassword:
    """The key to an account is not changed by whoever finds its browser open."""

    def test_opens_to_who_has_just_shown(self, clerk: Visitor):
        assert "form" in clerk.client.get(reverse("password_change")).context

    def test_asks_first_and_carries_nothing(self, clerk: Visitor, monkeypatch: pytest.MonkeyPatch):
        later(monkeypatch, timedelta(minutes=11))
        said = {"current": "old horse old barn", "new": "another good horse", "again": "another good horse"}
        for answer in (
            clerk.client.get(reverse("password_change")),
            clerk.client.post(reverse("password_change"), said),
        ):
            assert (answer.status_code, answer.context["again"], answer.context["carried"]) == (422, "page", [])
            assert "horse" not in answer.text

    def test_opens_once_the_factor_is_shown(self, clerk: Visitor, monkeypatch: pytest.MonkeyPatch):
        later(monkeypatch, timedelta(minutes=11))
        shown = clerk.client.post(reverse("password_change"), {"again": "page", "factor_code": clerk.code()})

        assert (shown.status_code, shown.headers["Location"]) == (302, reverse("password_change"))
        assert clerk.client.get(shown.headers["Location"]).status_code == 200


class TestAKnownBrowser:
    """Whoever changes what its mark holds to, in it and as themselves, is let in there after anybody's guesses."""

    def is_known(self, visitor: Visitor) -> bool:
        visitor.client.post(reverse("log_out"))
        for browser in (visitor.client, Client()):
            for _try in range(6):
                browser.post(reverse("log_in"), {"username": visitor.username, "password": "wrong", "next": ""})
        return visitor.log_in(PASSWORD).status_code == 302

    def test_is_known_after_enrolling(self, clerk: Visitor):
        """One wrong code more than five in the very browser, and nobody came in from that address."""
        assert self.is_known(clerk)

    def test_is_known_after_another_password(self, staff: Staff):
        user = create_user(system_act(), username="family", name="王建", password="one good horse here")
        visitor = Visitor(user.username)
        visitor.log_in("one good horse here")
        said = {"current": "one good horse here", "new": PASSWORD, "again": PASSWORD}
        assert visitor.client.post(reverse("password_change"), said).status_code == 302

        assert self.is_known(visitor)

    def test_is_known_after_the_others_were_logged_out(self, clerk: Visitor):
        elsewhere = Visitor(clerk.username, secret=clerk.secret)
        elsewhere.log_in(PASSWORD)
        clerk.client.post(reverse("sessions_end_others"))

        assert self.is_known(clerk)

    def test_is_not_known_once_another_ended_the_sessions(self, clerk: Visitor, administrator: Visitor):
        administrator.client.post(reverse("user_sessions", args=[clerk.username]))

        assert not self.is_known(clerk)

    def test_where_one_never_came_in_it_does_not_become_known(self, clerk: Visitor):
        del clerk.client.cookies[COOKIE]
        clerk.client.post(reverse("sessions_end_others"))

        assert COOKIE not in clerk.client.cookies


class TestSessions:
    def test_are_kept_so_that_the_table_lets_nobody_in(self, clerk: Visitor):
        key = clerk.client.session.session_key

        assert list(Session.objects.filter(session_key=key)) == []
        assert Session.objects.filter(session_key=kept_key(key)).count() == 1

    def test_of_another_put_into_ones_own_row_are_nobodys(self, clerk: Visitor, administrator: Visitor):
        mine, theirs = (
            Session.objects.get(session_key=kept_key(one.client.session.session_key)) for one in (clerk, administrator)
        )
        Session.objects.filter(pk=mine.pk).update(session_data=theirs.session_data)

        assert clerk.client.get(reverse("my_work")).headers["Location"].startswith(reverse("log_in"))

    def test_say_in_which_browser_and_since_when(self, staff: Staff):
        browser = Client(headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0"})
        visitor = Visitor(with_password(staff.volunteer).username, browser)
        visitor.log_in(PASSWORD)

        [row] = sessions_of(staff.volunteer.pk, timezone.now())
        assert (row.browser, row.begun_at <= row.seen_at) == ("Edge · Windows", True)

    def test_end_after_twelve_hours_whatever_is_done(self, clerk: Visitor):
        Session.objects.update(begun_at=timezone.now() - LONGEST - timedelta(minutes=1))

        assert clerk.client.get(reverse("my_work")).headers["Location"].startswith(reverse("log_in"))

    @pytest.mark.parametrize("after", [timedelta(hours=8), timedelta(hours=9), LONGEST])
    def test_that_are_over_live_no_more_though_their_row_comes_back(
        self, clerk: Visitor, monkeypatch: pytest.MonkeyPatch, after: timedelta
    ):
        """Beginning and end stood in columns alone: whoever writes the table let an old key in again."""
        row = Session.objects.get(session_key=kept_key(clerk.client.session.session_key))
        cookie = clerk.client.cookies[settings.SESSION_COOKIE_NAME].value
        clerk.client.post(reverse("log_out"))
        later(monkeypatch, after + timedelta(minutes=1))
        row.begun_at, row.expire_date = timezone.now(), timezone.now() + timedelta(hours=8)
        row.save(force_insert=True)

        back = Client(raise_request_exception=False)
        back.cookies[settings.SESSION_COOKIE_NAME] = cookie
        assert back.get(reverse("my_work")).headers["Location"].startswith(reverse("log_in"))

    def test_begin_anew_with_a_new_key_and_never_by_being_used(self, clerk: Visitor, monkeypatch: pytest.MonkeyPatch):
        key = kept_key(clerk.client.session.session_key)
        begun = Session.objects.get(session_key=key).begun_at
        later(monkeypatch, timedelta(hours=7))
        assert clerk.client.get(reverse("search")).status_code == 200

        assert Session.objects.get(session_key=key).begun_at == begun

    def test_are_ended_one_by_one_by_their_person(self, clerk: Visitor):
        other = Visitor(clerk.username, secret=clerk.secret)
        other.log_in(PASSWORD)
        row = Session.objects.get(session_key=kept_key(other.client.session.session_key))
        clerk.client.post(reverse("session_end", args=[row.pk]), {"act_key": "b" * 32})

        assert other.client.get(reverse("search")).headers["Location"].startswith(reverse("log_in"))
        assert clerk.client.get(reverse("search")).status_code == 200

    def test_are_all_ended_by_their_person_but_the_one_at_hand(self, clerk: Visitor):
        """Of ten forgotten browsers each had to be found and ended by itself; what is over is listed no longer."""
        mine, page = reverse("sessions_end_others"), reverse("own_account")
        assert mine not in clerk.client.get(page).text
        others = [Visitor(clerk.username, secret=clerk.secret) for _browser in range(2)]
        for other in others:
            other.log_in(PASSWORD)
        assert mine in clerk.client.get(page).text
        done = clerk.client.post(mine, {"act_key": "b" * 32}, follow=True)

        assert ("其他登录都已退出" in done.text, mine in done.text) == (True, False)
        assert [one.client.get(reverse("search")).status_code for one in (clerk, *others)] == [200, 302, 302]
        assert Session.objects.filter(user_id=User.objects.get(username=clerk.username).pk).count() == 1

    def test_of_others_are_not_ones_own_to_end(self, clerk: Visitor, administrator: Visitor):
        row = Session.objects.get(session_key=kept_key(administrator.client.session.session_key))

        assert clerk.client.post(reverse("session_end", args=[row.pk])).status_code == 404

    def test_of_an_account_are_ended_by_who_manages_it(self, clerk: Visitor, administrator: Visitor):
        row = Session.objects.get(session_key=kept_key(clerk.client.session.session_key))
        administrator.client.post(reverse("user_session_end", args=["clerk", row.pk]), {"act_key": "c" * 32})

        assert clerk.client.get(reverse("search")).headers["Location"].startswith(reverse("log_in"))

    def test_that_are_over_are_thrown_away(self, clerk: Visitor):
        Session.objects.update(expire_date=timezone.now() - timedelta(minutes=1))
        SessionStore.clear_expired()

        assert not Session.objects.exists()

    def test_are_left_where_a_database_of_an_older_version_keeps_none(self, clerk: Visitor, monkeypatch):
        """Such a backup is restored too: there is no table that could be emptied."""
        monkeypatch.setattr(connection.introspection, "table_names", lambda: ["django_session"])
        drop_every_session()
        monkeypatch.undo()
        assert Session.objects.exists()

        drop_every_session()
        assert not Session.objects.exists()


class TestRemovedFactor:
    def test_logs_out_who_came_in_with_it_and_not_who_removes_it(self, clerk: Visitor):
        """Whoever has the telephone may be logged in with it somewhere."""
        other = Visitor(clerk.username, secret=clerk.secret)
        other.log_in(PASSWORD)
        known = active_factors(User.objects.get(username=clerk.username).pk)
        Factor.objects.create(user=known[0].user, kind="TOTP", name="另一部", token="t", added_at=timezone.now())
        answer = clerk.client.post(reverse("factor_remove", args=[known[0].pk]), {"act_key": "a" * 32})

        assert answer.headers["Location"] == reverse("own_account")
        assert clerk.client.get(reverse("my_work")).status_code == 200
        assert other.client.get(reverse("my_work")).headers["Location"].startswith(reverse("log_in"))

    def test_that_was_the_last_one_is_asked_for_no_more(self, db: None, monkeypatch: pytest.MonkeyPatch):
        """Whoever may go without one was asked for it before each act that is done surely, and could show none."""
        user = create_user(system_act(), username="family", name="王建", password=PASSWORD)
        visitor = Visitor("family")
        visitor.log_in(PASSWORD)
        visitor.enrol()
        [row] = active_factors(user.pk)
        visitor.client.post(reverse("factor_remove", args=[row.pk]), {"act_key": "a" * 32})
        later(monkeypatch, timedelta(minutes=11))

        answer = visitor.client.get(reverse("own_account"))
        assert again.is_sure(answer.wsgi_request)


class TestNotices:
    def test_are_told_at_the_next_log_in(self, clerk: Visitor, staff: Staff):
        AccountNotice.objects.update(answered_at=timezone.now())
        hand_out_password(Act(staff.administrator, at(MONDAY)), user_id=staff.clerk.pk, password="other horse battery")
        browser = Visitor("clerk", secret=clerk.secret)
        answer = browser.log_in("other horse battery")

        assert answer.headers["Location"].startswith(reverse("notices"))

    def test_that_are_denied_are_work_for_security(self, clerk: Visitor, staff: Staff):
        row = AccountNotice.objects.get(user=staff.clerk)
        clerk.client.post(reverse("notices"), {"shown": [row.pk], "denied": [row.pk], "act_key": "d" * 32})
        browser = Client()
        browser.force_login(staff.security)

        row.refresh_from_db()
        page = browser.get(reverse("my_work")).content.decode()
        assert (row.denied, "本人否认的账号变动" in page) == (True, True)

    def test_are_answered_once(self, clerk: Visitor):
        said = {"shown": [row.pk for row in AccountNotice.objects.filter(user__username="clerk")]}
        clerk.client.post(reverse("notices"), {**said, "act_key": "e" * 32})

        assert clerk.client.post(reverse("notices"), {**said, "act_key": "f" * 32}).status_code == 422

    def test_that_came_while_others_were_read_still_wait(self, clerk: Visitor, staff: Staff):
        """ "Seen" answered what was never on the page: a password that somebody reset in that minute."""
        row = AccountNotice.objects.get(user=staff.clerk)
        hand_out_password(Act(staff.administrator, at(MONDAY)), user_id=staff.clerk.pk, password="other horse battery")
        answer_notices(Act(staff.clerk, at(MONDAY)), shown=[row.pk], denied=[])

        left = AccountNotice.objects.filter(user=staff.clerk, answered_at=None)
        assert [one.kind for one in left] == [NoticeKind.PASSWORD]

    def test_that_are_denied_in_one_window_after_they_were_seen_in_another_are_told(self, clerk: Visitor, staff: Staff):
        row = AccountNotice.objects.get(user=staff.clerk)
        answer_notices(Act(staff.clerk, at(MONDAY)), shown=[row.pk], denied=[])
        said = {"shown": [row.pk], "denied": [row.pk], "act_key": "e" * 32}

        assert "这条已经答复过" in clerk.client.post(reverse("notices"), said).content.decode()

    def test_of_others_are_not_answered(self, clerk: Visitor, staff: Staff):
        row = AccountNotice.objects.get(user=staff.clerk)
        with pytest.raises(NoticeAnswered):
            answer_notices(Act(staff.maker, at(MONDAY)), shown=[row.pk], denied=[])
        with pytest.raises(NotPermitted):
            answer_notices(Act(staff.maker, at(MONDAY)), shown=[row.pk], denied=[row.pk])


class TestLostDevice:
    def test_two_administrators_let_somebody_begin_anew(
        self, clerk: Visitor, administrator: Visitor, staff: Staff, community: Community
    ):
        asked = administrator.client.post(
            reverse("user_recovery", args=["clerk"]), {"reason": "手机遗失，已当面核实", "act_key": "a" * 32}
        )
        security = Client()
        security.force_login(staff.security)
        number = User.objects.get(username="clerk").access_requests.get().number
        agreed = security.post(
            reverse("access_step", args=[number, "confirm"]), {"note": "已电话核实", "act_key": "b" * 32}
        )
        first, second = (
            re.search(r"<code>([a-z0-9-]{9})</code>", one.content.decode())[1]
            for one in (asked, agreed)  # type: ignore[index]
        )
        anew = Visitor("clerk")
        refused = anew.log_in(first).status_code, anew.log_in(second).status_code
        led = anew.log_in(f"{first}-{second}")

        assert (refused, led.status_code, active_factors(staff.clerk.pk)) == ((422, 422), 302, [])
        assert clerk.client.get(reverse("search")).headers["Location"].startswith(reverse("log_in"))
        assert anew.client.get(reverse("search")).headers["Location"] == reverse("password_change")


class TestAfterAPageThatAFormBrought:
    """Its address takes a form alone; the language is changed there, and who logs in again comes back to it."""

    NOT_DONE = "刚才没有办理成，请在本页重新办理"

    def test_another_language_leads_back_to_the_record(self, staff: Staff, community: Community, log_in: LogIn):
        asked = propose_role(
            Act(staff.administrator, at(MONDAY)),
            user_id=staff.outsider.pk,
            area_id=community.street.pk,
            role=Role.FINANCE_CHECKER,
            valid_from=date(2026, 3, 10),
            reason="新到岗",
        )
        client, address = log_in(staff.security), reverse("access_step", args=[asked.number, "confirm"])
        assert f'value="{address}"' in client.post(address, {"note": ""}).text

        client.post(reverse("set_language"), {"language": "zh-hans", "next": address})
        page = client.get(address, follow=True)

        assert page.redirect_chain == [(reverse("access_detail", args=[asked.number]), 302)]
        assert self.NOT_DONE in page.text

    def test_whom_it_is_not_for_is_refused_in_the_other_language_too(
        self, staff: Staff, community: Community, log_in: LogIn
    ):
        asked = propose_role(
            Act(staff.administrator, at(MONDAY)),
            user_id=staff.outsider.pk,
            area_id=community.street.pk,
            role=Role.FINANCE_CHECKER,
            valid_from=date(2026, 3, 10),
            reason="新到岗",
        )

        address = reverse("access_step", args=[asked.number, "confirm"])
        assert log_in(staff.administrator).get(address).status_code == 403

    @pytest.mark.parametrize("name", ["undo", "remind", "export_ask", "plan_version_new"])
    def test_a_form_of_many_pages_says_so_too(self, staff: Staff, log_in: LogIn, name: str):
        page = log_in(staff.street_officer).get(reverse(name), follow=True)

        assert (page.status_code, self.NOT_DONE in page.text) == (200, True)
