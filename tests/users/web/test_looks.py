"""How far the day of looks has gone, and who is asked for more, on the pages."""

import pytest

from linli.ground.users.codes import Role
from linli.ground.users.models import ExtraLooks
from linli.ground.users.queries.looks import LOOKS_A_DAY
from linli.kernel.act import Act
from linli.registry.residents.codes import SealedField
from linli.registry.residents.operations import register_households, unmask
from tests.browser import LogIn, desk, log_in
from tests.conftest import MONDAY, Community, Staff, at
from tests.residents.people import couple

__all__ = ["desk", "log_in"]
pytestmark = pytest.mark.django_db


def test_the_page_says_how_far_the_day_has_gone_and_asks(staff: Staff, log_in: LogIn) -> None:
    clerk = log_in(staff.clerk)
    assert f"您今天已查看 0 次，每日上限 {LOOKS_A_DAY[Role.COMMUNITY_WORKER]} 次" in clerk.get("/looks/").text
    done = clerk.post("/looks/ask/", {"purpose": "CALL", "reason": "名册核对", "act_key": "a" * 32}, follow=True)
    assert ("已提交，等待负责人同意" in done.text, "待同意" in done.text) == (True, True)
    number = ExtraLooks.objects.get().number
    told = log_in(staff.director).post(f"/looks/{number}/allow/", {"act_key": "b" * 32}, follow=True)

    assert "已同意，当天有效" in told.text
    assert "您今天已查看 0 次，今天共可查看 80 次（含追加 40 次）。" in clerk.get("/looks/").text


def test_the_page_tells_what_was_opened_at_once_apart(
    staff: Staff, community: Community, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LOOKS_A_DAY, Role.COMMUNITY_WORKER, 2)
    clerk = Act(staff.clerk, at(MONDAY))
    home = register_households(clerk, households=[couple(community.grid.pk)])[0]
    said = {"purpose": "OTHER", "detail": "老人失联，联系家属", "field": SealedField.ADDRESS, "household_id": home.pk}
    for urgent in (False, False, True):
        unmask(clerk, urgent=urgent, **said)

    told = log_in(staff.clerk).get("/looks/").text
    assert "您今天已查看 2 次，每日上限 2 次。另有紧急查看 1 次。" in told


def test_who_reviews_what_was_opened_at_once_sees_what_was_looked_at(
    staff: Staff, community: Community, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LOOKS_A_DAY, Role.COMMUNITY_WORKER, 1)
    home = register_households(Act(staff.clerk, at(MONDAY)), households=[couple(community.grid.pk)])[0]
    said = {"field": SealedField.ADDRESS, "purpose": "CALL", "household_id": home.pk, "detail": "老人失联，联系家属"}
    for urgent in (False, True):
        unmask(Act(staff.clerk, at(MONDAY)), urgent=urgent, **said)
    number = ExtraLooks.objects.get().number
    auditor, security = (log_in(who).get(f"/looks/{number}/").text for who in (staff.auditor, staff.security))

    assert ("期间查看了" in auditor, auditor.count(f"家庭 · {home.number}")) == (True, 1)
    assert home.number not in security
    assert 'href="/looks/"' in auditor
