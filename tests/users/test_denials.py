"""What somebody says they did not want done to their account: told, looked into, settled."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from linli.foundation.screens.work import Todo
from linli.foundation.trail.models import AuditEntry
from linli.ground.users.codes import Role
from linli.ground.users.models import AccountNotice, User
from linli.ground.users.operations import (
    DenialSettled,
    answer_notices,
    assign,
    create_user,
    hand_out_password,
    settle_denial,
)
from linli.ground.users.queries import NotPermitted, authority_of
from linli.ground.users.shelf import work
from linli.kernel.act import Act
from linli.kernel.errors import ReasonMissing
from linli.kernel.steps import SamePerson
from tests.browser import LogIn, desk, log_in
from tests.conftest import MONDAY, Community, Staff, at, system_act
from tests.ledger.world import inside

__all__ = ["desk", "log_in"]
pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(days=40)


def by(user: User, day: date = MONDAY) -> Act:
    return Act(user, at(day), sure=True)


@pytest.fixture
def denied(staff: Staff, community: Community) -> AccountNotice:
    """A start password that somebody did not want."""
    user = create_user(system_act(), username="denies", name="孙少", area_id=community.community.pk)
    hand_out_password(by(staff.administrator), user_id=user.pk, password="correct horse battery")
    row = AccountNotice.objects.get(user=user)
    answer_notices(by(user), shown=[row.pk], denied=[row.pk])
    return row


def piled(staff: Staff, day: date = MONDAY) -> list[Todo]:
    person = authority_of(staff.security, day)
    return [todo for pile in work["users.denied"](person, day) for todo in pile.first(9)]


def waits(staff: Staff, day: date = MONDAY) -> list[tuple[tuple[object, ...], str]]:
    return [(todo.arguments, todo.colour) for todo in piled(staff, day)]


class TestDenial:
    def test_waits_for_who_answers_for_security_until_somebody_looked_into_it(
        self, staff: Staff, denied: AccountNotice
    ) -> None:
        """After thirty days it was gone, whether anybody had looked into it or not; before it could not be ended."""
        assert (waits(staff), waits(staff, LATER)) == ([((denied.pk,), "AMBER")], [((denied.pk,), "RED")])

        settle_denial(by(staff.security, LATER), notice_id=denied.pk, note="电话核实，是本人忘了")

        denied.refresh_from_db()
        assert (waits(staff, LATER), denied.settlement) == ([], "电话核实，是本人忘了")
        assert "电话核实" in AuditEntry.objects.get(act="users.settle_denial", subject="user:denies").note

    @pytest.mark.parametrize("who", ["administrator", "auditor", "director"])
    def test_is_for_nobody_else(self, staff: Staff, denied: AccountNotice, who: str) -> None:
        with pytest.raises(NotPermitted):
            settle_denial(by(getattr(staff, who)), notice_id=denied.pk, note="没有问题")

    @pytest.mark.parametrize("column", ["by_id", "user_id"])
    def test_is_settled_by_neither_of_the_two_whom_it_is_between(
        self, staff: Staff, denied: AccountNotice, column: str
    ) -> None:
        AccountNotice.objects.filter(pk=denied.pk).update(**{column: staff.security.pk})
        with pytest.raises(SamePerson):
            settle_denial(by(staff.security), notice_id=denied.pk, note="没有问题")

    def test_is_no_work_of_who_did_it_where_another_may_look_into_it_whom_the_page_names(
        self, staff: Staff, community: Community, denied: AccountNotice, log_in: LogIn
    ) -> None:
        """The form was offered to her, and refused."""
        rows = AccountNotice.objects.filter(pk=denied.pk)
        inside(system_act(), step=lambda _act: rows.update(by_id=staff.security.pk))
        page = log_in(staff.security).get(reverse("denial_settle", args=[denied.pk]))
        assert ("请先由系统管理员申请增加一名安全管理员" in page.text, 'name="note"' in page.text) == (True, False)
        assert [(str(one.because), str(one.verb)) for one in piled(staff)] == [("须由另一名安全管理员核查", "看一下")]

        another = create_user(system_act(), username="another", name="安二", area_id=community.district.pk)
        role, place = Role.SECURITY_ADMINISTRATOR, community.district.pk
        assign(system_act(), user_id=another.pk, role=role, area_id=place, valid_from=MONDAY)
        page = log_in(staff.security).get(reverse("denial_settle", args=[denied.pk]))

        assert ("安二（another）" in page.text, 'name="note"' in page.text, waits(staff)) == (True, False, [])
        settle_denial(by(another), notice_id=denied.pk, note="已当面核实")

    def test_needs_words_and_is_settled_once(self, staff: Staff, denied: AccountNotice) -> None:
        with pytest.raises(ReasonMissing):
            settle_denial(by(staff.security), notice_id=denied.pk, note=" ")
        settle_denial(by(staff.security), notice_id=denied.pk, note="已当面核实")
        with pytest.raises(DenialSettled):
            settle_denial(by(staff.security), notice_id=denied.pk, note="再核实")

    def test_what_was_wanted_is_not_settled(self, staff: Staff, denied: AccountNotice) -> None:
        AccountNotice.objects.filter(pk=denied.pk).update(denied=False)
        with pytest.raises(AccountNotice.DoesNotExist):
            settle_denial(by(staff.security), notice_id=denied.pk, note="没有问题")

    def test_its_page_says_what_was_done_and_by_whom_and_leads_to_the_account(
        self, staff: Staff, denied: AccountNotice, log_in: LogIn
    ) -> None:
        browser: Client = log_in(staff.security)
        address = reverse("denial_settle", args=[denied.pk])
        page = browser.get(address).text
        assert all(words in page for words in ("孙少（denies）", "您的密码被重置", staff.administrator.name))
        assert browser.post(address, {"note": "", "act_key": "a" * 32}).status_code == 422

        done = browser.post(address, {"note": "已当面核实", "act_key": "b" * 32})

        assert done["Location"] == reverse("user_detail", args=["denies"])
        assert browser.get(address).status_code == 404
