"""The public front page: for who is not logged in, with what rooms open to everybody."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from linli.foundation.screens.front import doors
from linli.ground.users.operations import create_user
from tests.conftest import system_act


@pytest.fixture(autouse=True)
def day(settings):
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]
    settings.DEMO_TODAY = "2026-03-09"


@pytest.mark.django_db
def test_shows_every_door_and_the_way_to_log_in():
    page = Client().get("/").content.decode()

    assert {"policies.guides", "assistance.progress", "assistance.notices"} <= set(doors)
    missing = [door.page for door in doors.values() if f'href="{reverse(door.page)}"' not in page]
    assert missing == []
    assert f'href="{reverse("log_in")}"' in page


@pytest.mark.django_db
def test_every_door_opens_without_log_in():
    assert {door.page: Client().get(reverse(door.page)).status_code for door in doors.values()} == {
        door.page: 200 for door in doors.values()
    }


def test_who_is_logged_in_goes_to_their_own(client, staff):
    client.force_login(staff.clerk)

    assert client.get("/").url == reverse("my_work")


def test_who_has_no_role_has_an_empty_list_and_no_item_that_leads_there(client, staff):
    """They come there from log-in; their own pages are elsewhere."""
    client.force_login(create_user(system_act(), username="family", name="王建"))

    page = client.get(reverse("my_work"))

    assert page.status_code == 200
    assert f'href="{reverse("my_work")}"' not in page.content.decode().partition("<main")[0]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("other", "shown"),
    [("", []), ("2026-12-31=http://x.test/", ["到年底看结果"]), ("2026-01-05=http://x.test/", ["回到 2026年1月5日"])],
)
def test_a_demonstration_of_two_days_leads_to_the_other_one(settings, other, shown):
    settings.DEMO_OTHER = other

    banner = Client().get("/").content.decode().partition('class="banner"')[2].partition("</aside>")[0]

    assert [" ".join(words.split()) for words in re.findall(r'<a href="http://x\.test/">([^<]*)', banner)] == shown
