"""The guide of each role: what its people do by day, week and month, each with a page that is theirs."""

from datetime import date

import pytest
from django.http import HttpRequest
from django.test import RequestFactory

from linli.foundation.screens.guides import Rhythm, guide_of, habits
from linli.foundation.screens.navigation import may_open
from linli.ground.users.codes import OFFICE_ROLES, Role
from linli.ground.users.models import User
from linli.ground.users.operations import assign, create_user
from tests.browser import LogIn
from tests.conftest import Community, Staff, system_act


def hold(user: User, role: Role, places: Community) -> None:
    assign(system_act(), user_id=user.pk, role=role, area_id=places.community.pk, valid_from=date(2025, 1, 1))


@pytest.fixture
def of_role(community: Community) -> dict[Role, User]:
    """Somebody of each role, and of no other."""
    people = {role: create_user(system_act(), username=role.lower(), name="王一") for role in Role}
    for role, user in people.items():
        hold(user, role, community)
    return people


def asking(rf: RequestFactory, user: User) -> HttpRequest:
    request = rf.get("/")
    request.user = user
    return request


def test_leads_everybody_only_to_pages_of_their_own(rf: RequestFactory, of_role: dict[Role, User]) -> None:
    requests = {role: asking(rf, user) for role, user in of_role.items()}

    led = [(key, role) for key, one in habits.items() for role in one.roles if not may_open(requests[role], one.page)]

    assert led == []


def test_every_role_has_one() -> None:
    assert [role for role in Role if len(list(guide_of(role))) < 2] == []


def test_an_office_has_something_to_do_by_day_and_by_month() -> None:
    wanted = {Rhythm.DAY, Rhythm.MONTH}

    assert [role for role in OFFICE_ROLES if not wanted <= {often for often, _some in guide_of(role)}] == []


class TestPage:
    @pytest.mark.parametrize("role", list(Role))
    def test_each_opens_and_so_does_each_of_its_links(
        self, log_in: LogIn, of_role: dict[Role, User], role: Role
    ) -> None:
        browser = log_in(of_role[role])

        page = browser.get("/help/")

        assert f"工作指南：{role.label}" in page.content.decode()
        pages = {address for _often, some in page.context["parts"] for _words, address in some}
        assert {address: browser.get(address).status_code for address in pages} == dict.fromkeys(pages, 200)

    def test_reads_in_english(self, log_in: LogIn, staff: Staff) -> None:
        browser = log_in(staff.maker)
        browser.post("/i18n/setlang/", {"language": "en", "next": "/"})

        page = browser.get("/help/").content.decode()

        assert "Propose the month&#x27;s batch: arrears first, then the month." in page

    def test_of_several_roles_each_has_its_own(self, log_in: LogIn, staff: Staff, community: Community) -> None:
        hold(staff.clerk, Role.COMMUNITY_DIRECTOR, community)
        browser = log_in(staff.clerk)

        page = browser.get("/help/?role=COMMUNITY_DIRECTOR").content.decode()

        assert "工作指南：社区主任" in page
        assert 'href="?role=COMMUNITY_WORKER"' in page
        assert "工作指南：社区工作者" in browser.get("/help/?role=AUDITOR").content.decode()

    def test_stands_in_the_head_of_every_page(self, log_in: LogIn, staff: Staff) -> None:
        assert 'href="/help/" aria-label="工作指南"' in log_in(staff.volunteer).get("/work/").content.decode()
