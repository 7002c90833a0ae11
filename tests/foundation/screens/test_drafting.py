"""Drafts: kept as typed, filled again, dropped; for their person alone, and never what is secret."""

import re
from datetime import timedelta
from functools import partial
from html import unescape

import pytest
from django import forms
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from lxml import html

from linli.foundation.data.crypto import EnvelopeBroken
from linli.foundation.screens import drafting, standing
from linli.foundation.trail import drafts
from linli.foundation.trail.drafts import Draft
from linli.kernel.act import Act
from linli.registry.partners.models import Agreement
from linli.registry.residents.models import Household
from linli.registry.residents.operations import correct_resident, register_households
from tests.browser import LogIn, live_on, log_in
from tests.conftest import MONDAY, Community, Staff, at
from tests.residents.people import couple

__all__ = ["log_in"]
pytestmark = pytest.mark.django_db
NEW, KEEP, CANARY = "/partners/new/", "/drafts/", "和平金丝雀超市"
KEY = {"act_key": "a" * 32}


@pytest.fixture(autouse=True)
def _monday(settings: LazySettings) -> None:
    live_on(settings, MONDAY)


@pytest.fixture
def clerk(staff: Staff, log_in: LogIn) -> Client:
    """The clerk's browser."""
    return log_in(staff.clerk)


def token(page: str) -> str:
    """What the page hands out for its form."""
    found = re.search(r'name="draft" value="([^"]+)"', page)
    assert found
    return unescape(found[1])


def type_in(browser: Client, address: str = NEW, **said: str) -> int:
    """What the page's script sends while somebody types."""
    told = {"draft": token(browser.get(address).text), **KEY, **said}
    return browser.post(KEEP, told, headers={"HX-Request": "true"}).status_code


class _Counted(forms.Form):
    """Four fields that are kept, and one of each kind that is not."""

    one, two, three, four = (forms.CharField() for _field in range(4))
    unseen = forms.CharField(widget=forms.HiddenInput)
    fixed = forms.CharField(disabled=True)
    paper = forms.FileField()
    word = forms.CharField(widget=forms.PasswordInput)
    account_number = forms.CharField()


class TestFields:
    def test_are_kept_where_somebody_types_what_is_no_secret(self) -> None:
        assert [name for name, _field in standing.open_fields(_Counted())] == ["one", "two", "three", "four"]


class TestKeeping:
    def test_fills_the_form_again_and_says_when(self, clerk: Client) -> None:
        assert type_in(clerk, partner=CANARY, kind="MERCHANT") == 200
        page = clerk.get(NEW).text
        assert f'value="{CANARY}"' in page
        assert '<option value="MERCHANT" selected>' in page
        assert "保存的草稿，还没有提交" in page

    def test_is_replaced_by_what_is_typed_later(self, clerk: Client) -> None:
        for name in ("甲", CANARY):
            type_in(clerk, partner=name)
        assert Draft.objects.count() == 1
        assert f'value="{CANARY}"' in clerk.get(NEW).text

    def test_works_by_its_button_without_scripts(self, clerk: Client) -> None:
        told = {"draft": token(clerk.get(NEW).text), "partner": CANARY}
        answer = clerk.post(KEEP, told, headers={"Referer": f"http://testserver{NEW}"}, follow=True)
        assert answer.redirect_chain == [(f"http://testserver{NEW}", 302)]
        assert "草稿已保存" in answer.text
        assert f'value="{CANARY}"' in answer.text

    def test_outlives_the_session(self, clerk: Client, staff: Staff, log_in: LogIn) -> None:
        handed = token(clerk.get(NEW).text)
        type_in(clerk, partner=CANARY)
        clerk.logout()
        assert clerk.post(KEEP, {"draft": handed}, headers={"HX-Request": "true"}).status_code == 401
        assert clerk.post(KEEP, {"draft": handed}).url.startswith("/log-in/")  # type: ignore[attr-defined]  # a redirect
        assert f'value="{CANARY}"' in log_in(staff.clerk).get(NEW).text

    def test_lies_sealed_in_the_database(self, clerk: Client) -> None:
        type_in(clerk, partner=CANARY)
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM foundation_draft")
            rows = str(cursor.fetchall())
        assert NEW in rows
        assert CANARY not in rows
        assert "%E5" not in rows

    def test_has_its_largest_size(self, clerk: Client) -> None:
        assert type_in(clerk, purpose="x" * drafting.LARGEST) == 413
        assert not Draft.objects.exists()


class TestWhose:
    def test_somebody_else_sees_nothing(self, clerk: Client, staff: Staff, log_in: LogIn) -> None:
        type_in(clerk, partner=CANARY)
        page = log_in(staff.social_worker).get(NEW)
        assert page.status_code == 200
        assert CANARY not in page.text

    def test_a_draft_moved_to_somebody_else_does_not_open(self, clerk: Client, staff: Staff) -> None:
        type_in(clerk, partner=CANARY)
        Draft.objects.update(user_id=staff.social_worker.pk)
        with pytest.raises(EnvelopeBroken):
            drafts.find(staff.social_worker.pk, NEW)

    def test_the_token_of_somebody_else_keeps_nothing(self, clerk: Client, staff: Staff, log_in: LogIn) -> None:
        told = {"draft": token(clerk.get(NEW).text), "partner": CANARY}
        assert log_in(staff.social_worker).post(KEEP, told).status_code == 400
        assert not Draft.objects.exists()

    @pytest.mark.parametrize("address", ["/awards/accounts/new/", "/nowhere/", ""])
    def test_an_address_that_no_page_handed_out_is_refused(self, clerk: Client, address: str) -> None:
        assert clerk.post(KEEP, {"draft": address, "partner": CANARY}).status_code == 400
        assert not Draft.objects.exists()


class TestEnd:
    def test_what_takes_effect_drops_it(self, clerk: Client, community: Community) -> None:
        said = {
            "community_id": str(community.community.pk),
            "partner": CANARY,
            "kind": "MERCHANT",
            "contact": "店长室",
            "purpose": "老人购物优惠",
            "valid_from": "2026-03-09",
            "valid_until": "2027-03-09",
            "review_date": "2027-03-09",
            "DISCOUNT": "500",
        }
        type_in(clerk, **said)
        refused = clerk.post(NEW, {**said, **KEY, "partner": ""})
        assert (refused.status_code, Draft.objects.count()) == (422, 1)
        assert clerk.post(NEW, said | KEY).status_code == 302
        assert (Agreement.objects.count(), Draft.objects.count()) == (1, 0)
        # What a script sent at the same moment comes too late.
        type_in(clerk, **said)
        assert not Draft.objects.exists()

    def test_says_what_it_would_change_back_when_somebody_else_was_faster(
        self, clerk: Client, staff: Staff, community: Community
    ) -> None:
        """The draft holds the whole form: what its person never touched would be changed back unseen."""
        [home] = register_households(Act(staff.clerk, at(MONDAY, 8)), households=[couple(community.grid.pk)])
        person = home.memberships.order_by("pk")[0].resident
        correct = partial(correct_resident, resident_id=person.pk, reason="核对")
        correct(Act(staff.clerk, at(MONDAY, 8)), changes={"residence_place": "旧住处", "hukou_place": "和平乡"})
        address = f"/residents/people/{person.number}/correct/"
        [form] = [one for one in html.fromstring(clerk.get(address).text).forms if "hukou_place" in one.fields]
        clerk.post(KEEP, {**dict(form.form_values()), "hukou_place": "清河乡", "draft": token(clerk.get(address).text)})
        assert "提交会改回" not in clerk.get(address).text
        correct(Act(staff.social_worker, at(MONDAY, 9)), changes={"residence_place": "新住处"})
        page = clerk.get(address).text
        assert "这条记录有过变动" in page
        assert "提交会改回：户籍地、居住地。" in page

    def test_it_is_thrown_away_by_its_person(self, clerk: Client) -> None:
        type_in(clerk, partner=CANARY)
        clerk.post(KEEP, {"draft": token(clerk.get(NEW).text), "drop": "1"})
        assert not Draft.objects.exists()
        assert CANARY not in clerk.get(NEW).text

    def test_it_goes_after_thirty_days(self, clerk: Client) -> None:
        type_in(clerk, partner=CANARY)
        for days, left in ((30, 1), (31, 0)):
            Draft.objects.update(kept_at=at(MONDAY) - timedelta(days=days))
            drafts.drop_old(at(MONDAY))
            assert Draft.objects.count() == left


class TestSecrets:
    def test_a_secret_page_has_none(self, clerk: Client) -> None:
        page = clerk.get("/awards/accounts/new/")
        assert page.status_code == 200
        assert 'name="draft"' not in page.text
        assert "data-typed" in page.text

    def test_a_small_form_has_none(self, staff: Staff, log_in: LogIn) -> None:
        page = log_in(staff.clerk).get("/residents/print-signs/")
        assert page.status_code == 200
        assert 'name="draft"' not in page.text

    def test_numbers_of_people_are_left_out(self, clerk: Client, staff: Staff) -> None:
        told = {"rows": "7", "m0-name": "金丝雀", "m6-name": "第七人", "m0-id_number": "110101199001011234"}
        assert type_in(clerk, "/residents/new/", **told) == 200
        kept = drafts.find(staff.clerk.pk, "/residents/new/")
        assert kept is not None
        assert "110101199001011234" not in kept.content
        page = clerk.get("/residents/new/").text
        assert 'value="金丝雀"' in page
        assert 'value="第七人"' in page
        assert not Household.objects.exists()
