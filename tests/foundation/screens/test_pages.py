from dataclasses import replace
from datetime import date

import pytest
from django import forms
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from linli.foundation.screens import pages
from linli.foundation.screens.middleware import RefusalMiddleware
from linli.foundation.trail.acts import ActRepeated
from linli.kernel.errors import DomainError
from tests.telling import LeadsNowhere

# The frame asks what the person may do, as soon as rooms have put their items into it.
pytestmark = pytest.mark.django_db

KEY = "0123456789abcdef0123456789abcdef"


class Wrong(DomainError):
    """A refusal of one field."""

    code = "test.wrong"
    message = "身份证号应为 18 位，现为 %(length)s 位"


class PersonForm(forms.Form):
    """A form with the field that the refusal names."""

    id_number = forms.CharField()


def filled():
    return PersonForm({"id_number": "110101"})


def refusing(error):
    def deed():
        raise error

    return deed


class TestNow:
    def test_lives_on_the_demonstrations_day(self, settings):
        settings.DEMO_TODAY = "2026-03-09"

        assert pages.today() == date(2026, 3, 9)

    def test_is_the_real_moment_otherwise(self, settings):
        settings.DEMO_TODAY = ""

        assert pages.now().utcoffset().total_seconds() == 8 * 3600


class TestActOf:
    def test_takes_person_moment_and_key(self, request_of):
        act = pages.act_of(request_of(data={"act_key": KEY}))

        assert (act.by.pk, act.on, act.key) == (7, date(2026, 3, 9), KEY)

    @pytest.mark.parametrize("key", ["", "short", KEY + "0", KEY.upper(), KEY + "\n", "'; DROP TABLE --"])
    def test_takes_no_malformed_key(self, request_of, key):
        assert pages.act_of(request_of(data={"act_key": key})).key == ""

    def test_says_the_same_of_the_same_form_only(self, request_of):
        def said(note="困难", content=b"1, 2", **others):
            return pages.act_of(
                request_of(data={"act_key": KEY, "note": note, "file": SimpleUploadedFile("a.csv", content), **others})
            ).said

        assert said() == said(csrfmiddlewaretoken="another page's")
        assert len({said(), said(note="重病"), said(content=b"1, 3"), said(month="2026-03")}) == 4

    def test_keeps_of_a_password_nothing_that_can_be_guessed_without_the_key(self, request_of, settings):
        form = {"act_key": KEY, "new": "Hunter-2-Hunter"}
        before = pages.act_of(request_of(data=form)).said
        settings.KEYS = replace(settings.KEYS, blind_index=b"another key of the same length..")

        assert pages.act_of(request_of(data=form)).said != before

    def test_leaves_a_file_as_it_was_read(self, request_of):
        request = request_of(data={"act_key": KEY, "file": SimpleUploadedFile("a.csv", b"1, 2")})
        request.FILES["file"].read(1)

        assert pages.act_of(request).said == pages.act_of(request).said
        assert request.FILES["file"].read() == b", 2"

    def test_needs_somebody(self, request_of):
        with pytest.raises(PermissionDenied):
            pages.act_of(request_of(anonymous=True, data={}))


class TestVersion:
    @pytest.mark.parametrize(("text", "version"), [("3", 3), ("", None), ("-1", None), ("x", None), ("٣", None)])
    def test_is_read_back_from_the_form(self, request_of, text, version):
        assert pages.version_of(request_of(data={"version": text})) == version


class TestPerform:
    def test_hands_on_what_came_of_it(self):
        assert pages.perform(filled(), lambda: 42) == (True, 42)

    def test_shows_a_refusal_by_its_field(self):
        form = filled()

        done = pages.perform(form, refusing(Wrong(field="id_number", length=6)))

        assert done == (False, None)
        assert form.errors == {"id_number": ["身份证号应为 18 位，现为 6 位"]}

    def test_shows_a_refusal_on_top_when_the_field_is_not_here(self):
        form = filled()

        pages.perform(form, refusing(Wrong(field="fund", length=6)))

        assert form.non_field_errors() == ["身份证号应为 18 位，现为 6 位"]

    def test_keeps_what_was_typed(self):
        form = filled()

        pages.perform(form, refusing(Wrong(field="id_number", length=6)))

        assert form["id_number"].value() == "110101"

    def test_counts_a_repeat_as_done(self):
        assert pages.perform(filled(), refusing(ActRepeated())) == (True, None)

    def test_raises_on_without_a_form(self):
        with pytest.raises(Wrong):
            pages.perform(None, refusing(Wrong(length=6)))


class TestRenderPage:
    PAGE, FRAGMENT = "parts/toasts.html", "parts/logo.html"

    def test_renders_the_page(self, request_of):
        response = pages.render_page(request_of(), "base.html", {}, fragment=self.FRAGMENT)

        assert b"<!doctype html>" in response.content

    def test_renders_the_fragment_for_htmx_and_it_is_part_of_the_page(self, request_of):
        page = pages.render_page(request_of(), "base.html", {}, fragment=self.FRAGMENT)
        fragment = pages.render_page(request_of(HX_Request="true"), "base.html", {}, fragment=self.FRAGMENT)

        assert b"<!doctype" not in fragment.content
        assert fragment.content.strip() in page.content

    def test_renders_the_page_when_htmx_restores_history(self, request_of):
        request = request_of(HX_Request="true", HX_History_Restore_Request="true")

        assert b"<!doctype html>" in pages.render_page(request, "base.html", {}, fragment=self.FRAGMENT).content

    def test_tells_caches_apart(self, request_of):
        response = pages.render_page(request_of(), "base.html", {})

        assert "HX-Request" in response["Vary"]

    def test_carries_the_status(self, request_of):
        assert pages.render_page(request_of(), "base.html", {}, status=422).status_code == 422


def test_no_store_forbids_keeping():
    assert pages.no_store(HttpResponse())["Cache-Control"] == "no-store"


class TestRefusalMiddleware:
    @pytest.fixture
    def client(self, settings):
        settings.ROOT_URLCONF = "tests.foundation.screens.pages_urls"
        settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
        middleware = f"{RefusalMiddleware.__module__}.{RefusalMiddleware.__qualname__}"
        others = [name for name in settings.MIDDLEWARE if "whitenoise" not in name and name != middleware]
        settings.MIDDLEWARE = [*others, middleware]
        return Client(raise_request_exception=False)

    def test_says_the_refusal_in_words(self, client):
        response = client.get("/refuses/")

        assert response.status_code == 409
        assert "预算不足，还差 300 元" in response.text

    def test_leads_back_within_the_house(self, client):
        page = client.get("/refuses/", headers={"referer": "http://testserver/money/"})

        assert 'href="http://testserver/money/"' in page.text

    def test_leads_nowhere_else(self, client):
        page = client.get("/refuses/", headers={"referer": "https://evil.example/"})

        assert "evil.example" not in page.text

    def test_calls_a_repeat_done(self, client):
        assert client.get("/repeats/").status_code == 200

    def test_a_link_without_an_address_fails_the_test_of_its_page(self, client):
        with pytest.raises(LeadsNowhere):
            client.get("/misleads/")

    def test_leaves_bugs_alone(self, client):
        assert client.get("/crashes/").status_code == 500


class TestChineseFirst:
    @pytest.fixture
    def client(self, settings):
        settings.ROOT_URLCONF = "tests.foundation.screens.pages_urls"
        settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
        settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]
        return Client()

    def test_what_a_browser_announces_changes_nothing(self, client):
        assert "没有这个页面" in client.get("/nowhere/", headers={"accept-language": "en"}).text

    def test_a_choice_changes_the_language(self, client):
        client.post("/i18n/setlang/", {"language": "en", "next": "/"})

        assert "There is no such page" in client.get("/nowhere/").text


class TestErrorPages:
    @pytest.fixture
    def client(self, settings):
        settings.ROOT_URLCONF = "tests.foundation.screens.pages_urls"
        settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
        settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]
        return Client(raise_request_exception=False, enforce_csrf_checks=True)

    def test_an_unknown_address_is_said_in_words(self, client):
        response = client.get("/nowhere/")

        assert (response.status_code, "没有这个页面" in response.text) == (404, True)

    def test_a_bug_shows_nothing_of_itself(self, client):
        response = client.get("/crashes/")

        assert "系统出错了" in response.text
        assert "RuntimeError" not in response.text

    def test_a_form_without_its_token_is_explained(self, client):
        response = client.post("/work/")

        assert (response.status_code, "页面打开太久了" in response.text) == (403, True)

    @pytest.mark.parametrize("template", ["400.html", "403.html", "404.html", "500.html"])
    def test_stands_without_a_request(self, template):
        from django.template.loader import get_template

        assert '<a class="btn primary" href="/">' in get_template(template).render()

    def test_speaks_the_readers_language(self, client):
        client.cookies["django_language"] = "en"

        response = client.get("/nowhere/")

        assert "There is no such page" in response.text
