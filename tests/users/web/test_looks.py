"""How far the day of looks has gone, and who is asked for more, on the pages."""

import pytest

from linli.ground.users.codes import Role
from linli.ground.users.models import ExtraLooks
from linli.ground.users.queries.looks import LOOKS_A_DAY
from tests.browser import LogIn, log_in
from tests.conftest import Staff

__all__ = ["log_in"]
pytestmark = pytest.mark.django_db


def test_the_page_says_how_far_the_day_has_gone_and_asks(staff: Staff, log_in: LogIn) -> None:
    clerk = log_in(staff.clerk)
    assert f"您今天已查看 0 次，每日上限 {LOOKS_A_DAY[Role.COMMUNITY_WORKER]} 次" in clerk.get("/looks/").text
    done = clerk.post("/looks/ask/", {"purpose": "CALL", "reason": "名册核对", "act_key": "a" * 32}, follow=True)
    assert ("已提交，等待负责人同意" in done.text, "待同意" in done.text) == (True, True)
    number = ExtraLooks.objects.get().number
    told = log_in(staff.director).post(f"/looks/{number}/allow/", {"act_key": "b" * 32}, follow=True)

    assert "已同意，当天有效" in told.text
