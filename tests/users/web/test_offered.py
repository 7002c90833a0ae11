"""What of second factors and roles is offered is what is allowed."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.conf import LazySettings
from django.urls import reverse
from django.utils import translation

from linli.foundation.screens.work import Pile
from linli.ground.users.codes import Role
from linli.ground.users.models import AccessRequest, User
from linli.ground.users.operations import (
    assign,
    create_user,
    propose_role,
)
from linli.ground.users.queries import authority_of
from linli.ground.users.queries.factors import active_factors
from linli.ground.users.shelf import work
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


def piles(user: User) -> list[Pile]:
    return list(work["users.access"](authority_of(user, MONDAY), MONDAY))


class TestAskedForARole:
    """What the page of a request offers is what the act allows."""

    @pytest.fixture
    def asked(self, staff: Staff, community: Community) -> AccessRequest:
        return propose_role(
            Act(staff.administrator, at(MONDAY)),
            user_id=staff.outsider.pk,
            area_id=community.street.pk,
            role=Role.FINANCE_CHECKER,
            valid_from=date(2026, 3, 10),
            reason="新到岗",
        )

    def page(self, log_in: LogIn, staff: Staff, asked: AccessRequest) -> str:
        return log_in(staff.security).get(reverse("access_detail", args=[asked.number])).text

    def test_is_not_agreed_to_before_its_person_has_a_second_factor(
        self, staff: Staff, log_in: LogIn, asked: AccessRequest
    ):
        address = reverse("access_step", args=[asked.number, "confirm"])
        page = self.page(log_in, staff, asked)
        assert ("未登记：请先请本人登录登记，再同意授权" in page, f'action="{address}"' in page) == (True, False)
        because = [str(todo.because) for pile in piles(staff.security) for todo in pile.first(9)]
        assert because == ["等本人登录登记第二重验证"]

        visitor = Visitor(with_password(staff.outsider).username)
        visitor.log_in(PASSWORD)
        visitor.enrol()

        assert f'action="{address}"' in self.page(log_in, staff, asked)

    def test_tells_the_roles_of_the_day(self, staff: Staff, community: Community, log_in: LogIn, asked: AccessRequest):
        """One that begins tomorrow stood there, one that ends was missing."""
        for role, begin, end in (
            (Role.VOLUNTEER, date(2026, 3, 10), None),
            (Role.SOCIAL_WORKER, date(2026, 3, 2), date(2026, 6, 1)),
        ):
            assign(
                system_act(),
                user_id=staff.outsider.pk,
                role=role,
                area_id=community.sibling.pk,
                valid_from=begin,
                valid_until=end,
            )
        page = self.page(log_in, staff, asked)

        assert (str(Role.VOLUNTEER.label) in page, str(Role.SOCIAL_WORKER.label) in page) == (False, True)


class TestTheLastFactor:
    def test_of_who_must_have_one_is_not_offered_for_removal(self, clerk: Visitor):
        [row] = active_factors(User.objects.get(username=clerk.username).pk)
        address = reverse("factor_remove", args=[row.pk])

        page = clerk.client.get(reverse("own_account")).text
        assert (f'href="{address}"' in page, "须至少保留一种" in page) == (False, True)
        assert "请先添加另一种" in clerk.client.get(address).text

    def test_of_who_need_not_is(self, db: None):
        create_user(system_act(), username="family", name="王建", password=PASSWORD)
        visitor = Visitor("family")
        visitor.log_in(PASSWORD)
        visitor.enrol()
        [row] = active_factors(User.objects.get(username="family").pk)

        assert f'href="{reverse("factor_remove", args=[row.pk])}"' in visitor.client.get(reverse("own_account")).text

    def test_is_asked_for_with_the_number_of_tries(self, clerk: Visitor):
        """Nothing said that they are counted, before nobody was answered any more."""
        clerk.client.post(reverse("log_out"))
        clerk.client.post(reverse("log_in"), {"username": clerk.username, "password": PASSWORD, "next": ""})

        assert "连续 6 次不对，15 分钟内不能再试" in clerk.client.get(reverse("log_in_factor")).text
