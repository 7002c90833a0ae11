"""How far the day of looks has gone, and who is asked for more, on the pages."""

import pytest

from linli.foundation.screens import pages
from linli.ground.users.codes import Role
from linli.ground.users.models import Assignment, ExtraLooks
from linli.ground.users.queries.looks import LOOKS_A_DAY
from linli.kernel.act import Act
from linli.registry.residents.codes import SealedField
from linli.registry.residents.operations import register_households, unmask
from tests.browser import LogIn, desk, log_in
from tests.conftest import MONDAY, Community, Staff, at
from tests.paging import assert_turns_over
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


def test_urgent_is_asked_where_it_helps_alone(
    staff: Staff, community: Community, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The box stood there before the day was spent, and still when the act refused it."""
    monkeypatch.setitem(LOOKS_A_DAY, Role.COMMUNITY_WORKER, 2)
    # Ten minutes after the looks: what was opened is open for thirty, whatever the hour in which the test runs.
    monkeypatch.setattr(pages, "now", lambda: at(MONDAY, 9, 10))
    home = register_households(Act(staff.clerk, at(MONDAY)), households=[couple(community.grid.pk)])[0]
    clerk, address = log_in(staff.clerk), f"/residents/unmask/{home.number}/{SealedField.ADDRESS.value}/"
    said = {"purpose": "CALL", "detail": "老人失联，联系家属", "field": SealedField.ADDRESS, "household_id": home.pk}

    def offered() -> tuple[bool, bool]:
        text = clerk.get(address).text
        return 'name="urgent"' in text, 'name="purpose"' in text

    assert offered() == (False, True)
    for _time in range(2):
        unmask(Act(staff.clerk, at(MONDAY)), **said)
    assert offered() == (True, True)
    unmask(Act(staff.clerk, at(MONDAY)), urgent=True, **said)
    opened = offered()
    unmask(Act(staff.clerk, at(MONDAY)), urgent=True, **said)

    assert (opened, offered()) == ((False, True), (False, False))
    assert "紧急查看也到了上限。可以申请追加，由负责人同意，或由同事办理" in clerk.get(address).text
    refused = clerk.post(address, {"purpose": "CALL", "urgent": "on", "detail": "老人失联", "act_key": "c" * 32})
    assert refused.status_code == 422


def test_more_looks_are_offered_where_somebody_could_allow_them(staff: Staff, log_in: LogIn) -> None:
    """The form was filled in before anybody said that it leads nowhere; who can be asked instead is named."""
    officer = log_in(staff.district_officer)
    others = Assignment.objects.filter(role=Role.DISTRICT_OFFICER).exclude(user=staff.district_officer)
    others.update(valid_until=MONDAY)
    page, form = officer.get("/looks/").text, officer.get("/looks/ask/").text

    why = f"没有其他负责人可以同意追加，请由同事办理，或请系统管理员 {staff.administrator.name} 为这里增设一位负责人"
    assert ("/looks/ask/" in page, 'name="reason"' in form) == (False, False)
    assert (why in page, why in form) == (True, True)


def test_who_asked_already_is_told_so_in_place_of_the_form(staff: Staff, log_in: LogIn) -> None:
    clerk = log_in(staff.clerk)
    assert 'href="/looks/ask/"' in clerk.get("/looks/").text
    clerk.post("/looks/ask/", {"purpose": "CALL", "reason": "名册核对", "act_key": "a" * 32})
    page, form = clerk.get("/looks/").text, clerk.get("/looks/ask/").text

    why = f"您的申请 {ExtraLooks.objects.get().number} 还在等待同意"
    assert ("/looks/ask/" in page, 'name="reason"' in form, why in page, why in form) == (False, False, True, True)


def test_the_guide_says_what_to_do_when_the_day_of_looks_is_spent(staff: Staff, log_in: LogIn) -> None:
    lines = {
        "clerk": "查看完整信息当天次数用完时：申请追加",
        "director": "有人申请追加查看",
        "auditor": "复核紧急查看",
        "security": "紧急查看被存疑的",
    }
    missing = [who for who, words in lines.items() if words not in log_in(getattr(staff, who)).get("/help/").text]

    assert missing == []


def test_the_list_turns_over(
    staff: Staff, community: Community, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LOOKS_A_DAY, Role.COMMUNITY_WORKER, 1)
    home = register_households(Act(staff.clerk, at(MONDAY)), households=[couple(community.grid.pk)])[0]
    said = {"field": SealedField.ADDRESS, "purpose": "CALL", "household_id": home.pk, "detail": "老人失联，联系家属"}
    for urgent in (False, True):
        unmask(Act(staff.clerk, at(MONDAY)), urgent=urgent, **said)
    clerk = log_in(staff.clerk)
    clerk.post("/looks/ask/", {"purpose": "CALL", "reason": "名册核对", "act_key": "a" * 32})

    assert_turns_over(lambda address: clerk.get(address).text, "/looks/", monkeypatch)
