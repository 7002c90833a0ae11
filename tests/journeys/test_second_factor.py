"""A second factor from the first log-in to the lost telephone, in a real browser."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Browser, Page

from linli.ground.users.models import User
from linli.ground.users.queries.factors import active_factors
from linli.ground.users.web.sessions import SessionStore
from linli.money.payments.models import PaymentBatch
from tests.conftest import Community, Staff
from tests.doorway import Visitor, give_passwords
from tests.journeys.conftest import DESKTOP, PHONE, OpenVisit, Visit
from tests.journeys.world import Desk
from tests.ledger.world import PAY_DAY, make_world
from tests.served import Site

PASSWORD, NEXT_PASSWORD = "correct horse battery", "another horse battery"


@pytest.fixture
def batch(site: Site, places: Community, people: Staff) -> PaymentBatch:
    """A month that is approved and waits for the third hand."""
    world = make_world(places, people)
    world.register(2)
    world.grant(*(world.base(one) for one in world.families))
    give_passwords(PASSWORD)
    site.live_on(PAY_DAY)
    return world.approve(world.propose())


def log_in(window: Visit, username: str, password: str = PASSWORD) -> Desk:
    desk = Desk(window).go("/log-in/").fill(username=username, password=password)
    return desk.press("登录")


def enrol(desk: Desk, username: str) -> Visitor:
    """Type the secret of the page into an authenticator, and what that shows into the page."""
    desk.page.get_by_text("不能扫码？手工输入密钥").click()
    secret = desk.page.locator("main code").inner_text().replace(" ", "")
    phone = Visitor(username, secret=secret)
    desk.fill(code=phone.code()).press("登记验证器")
    return phone


def time_passes(window: Visit) -> None:
    """A quarter of an hour since the factor was shown."""
    [cookie] = [one for one in window.page.context.cookies() if one["name"] == settings.SESSION_COOKIE_NAME]
    session = SessionStore(cookie["value"])
    session["sure_at"] = (timezone.now() - timedelta(minutes=15)).isoformat()
    session.save()


def half_of(desk: Desk) -> str:
    return desk.page.locator("main code").inner_text()


def test_from_the_first_log_in_to_the_lost_telephone(batch: PaymentBatch, people: Staff, visit: OpenVisit) -> None:
    window = visit(width=PHONE)
    releaser = log_in(window, "releaser").sees("添加第二重验证", "请用自己的手机登记")
    window.picture("factor_1_enrol")
    phone = enrol(releaser, "releaser")
    releaser.sees("验证器已登记")

    # Somebody else with the password stands before the second half.
    other = log_in(visit(), "releaser").sees("密码正确", "两位管理员同意")
    other.window.picture("factor_2_log_in")
    other.fill(factor_code="000000").press("登录").sees("验证不通过")
    other.fill(factor_code=phone.code()).press("登录").sees("您的账号有变动", "添加了第二重验证")
    other.window.picture("factor_3_notices")
    other.press("看过了")

    # Before money the factor is shown again: all that was chosen stays.
    time_passes(other.window)
    other.go(f"/payments/{batch.number}/")
    other.page.locator('main [name="layout"]').select_option("RIVER_BANK")
    other.press("放款并生成银行文件").sees("请再验证一次")
    other.window.picture("factor_4_again")
    batch.refresh_from_db()
    assert batch.state == "APPROVED"
    other.fill(factor_code=phone.code()).press("验证并继续")
    batch.refresh_from_db()
    assert batch.state == "RELEASED"

    # The telephone is lost: one administrator asks, another agrees, each tells half of the start password.
    asks, agrees = (
        Desk(visit(User.objects.get(pk=one.pk), width=width))
        for one, width in ((people.administrator, DESKTOP), (people.security, PHONE))
    )
    asks.go("/organisation/accounts/of/releaser/")
    asks.follow("恢复登录").fill(reason="手机遗失，已当面核实").press("提出")
    first = half_of(asks)
    agrees.go("/work/").sees("恢复登录")
    agrees.window.picture("factor_5_work")
    number = people.releaser.access_requests.get().number
    agrees.go(f"/organisation/access/{number}/").sees("手机遗失，已当面核实", "已由本人登记")
    agrees.window.picture("factor_6_request")
    agrees.page.locator("main #confirm_note").fill("已电话核实")
    agrees.press("同意")
    second = half_of(agrees)
    agrees.window.picture("factor_7_half")
    assert active_factors(people.releaser.pk) == []

    # Whoever was logged in is out; the person begins anew with both halves, and is told why.
    other.go("/log-in/")
    assert re.fullmatch("[a-z0-9]{4}-[a-z0-9]{4}", first)
    anew = log_in(visit(width=PHONE), "releaser", f"{first}-{second}").sees("您的账号有变动", "原来的第二重验证已作废")
    anew.press("看过了")
    anew.fill(current=f"{first}-{second}", new=NEXT_PASSWORD, again=NEXT_PASSWORD).press("修改密码")
    enrol(anew.go("/account/factors/new/"), "releaser")
    anew.go("/account/").sees("我的手机", "当前")
    anew.window.picture("factor_8_account")
    assert anew.window.violations() == []


def key_of_the_browser(page: Page) -> None:
    """A security key inside the browser, as its makers give it to tests."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    tools.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**options, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )


def test_a_passkey_is_enrolled_and_lets_its_person_in(site: Site, people: Staff, chromium: Browser) -> None:
    give_passwords(PASSWORD)
    address = site.url.replace("127.0.0.1", "localhost")
    context = chromium.new_context(locale="zh-CN")
    page = context.new_page()
    try:
        key_of_the_browser(page)

        def log_in_here() -> None:
            page.goto(f"{address}/log-in/")
            page.locator("[name=username]").first.fill("clerk")
            page.locator("[name=password]").first.fill(PASSWORD)
            with page.expect_navigation():
                page.get_by_role("button", name="登录", exact=True).first.click()

        log_in_here()
        with page.expect_navigation():
            page.get_by_role("button", name="登记通行密钥").click()
        assert "通行密钥已登记" in page.locator("main").inner_text()
        context.clear_cookies()
        log_in_here()
        assert "第二重验证" in page.locator("h1").inner_text()
        with page.expect_navigation():
            page.get_by_role("button", name="用通行密钥验证").click()
        assert "您的账号有变动" in page.locator("main").inner_text()
        [key] = active_factors(people.clerk.pk)
        assert (key.kind, key.counter > 0) == ("PASSKEY", True)
    finally:
        context.close()
