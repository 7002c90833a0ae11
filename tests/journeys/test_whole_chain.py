"""One family through every desk: from the counter to the bank and back, each desk in a real browser."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import pytest

from linli.foundation.trail import checks
from linli.ground.users.operations import create_user
from linli.ground.users.queries import authority_of
from linli.money.awards.queries import invariants as award_invariants
from linli.money.ledger.codes import AccountKind
from linli.money.ledger.queries import balances
from linli.money.ledger.queries import invariants as ledger_invariants
from linli.money.payments.models import PaymentBatch
from linli.money.payments.queries import invariants as payment_invariants
from linli.registry.residents.models import Household
from linli.registry.residents.operations import link_account
from tests.assistance.world import LONE_ELDER, LOW_INCOME, World, make_world
from tests.conftest import Community, Staff, system_act
from tests.journeys import world as steps
from tests.journeys.conftest import OpenVisit
from tests.journeys.world import Desk, Office, squeezed
from tests.ledger.bank import answer
from tests.residents.people import person

pytestmark = pytest.mark.browser

PHONE_NUMBER = "13800138000"
WANG = person("王建军", phone=PHONE_NUMBER)
BASE_PAPERS = ("IDENTITY_CARD", "HOUSEHOLD_REGISTER", "PAYEE_ACCOUNT", "DATA_CHECK_AUTHORISATION")
INCOME, STATEMENT = "LOW_INCOME_CERTIFICATE", "NO_SUPPORTER_STATEMENT"
ISSUED = "2026-03-02"
ACCOUNTS = ("6222000011112222", "6222000033334444")
CORRECTED = "6222000055556666"
PASSWORD = "a-long-enough-one"
OBJECTOR = "刘老三"
FACTS = {
    "has_spouse": "0",
    "has_child_or_supporter": "0",
    "lives_alone": "1",
    "disability_grade": "0",
    "monthly_income_fen": "800",
    "registered_unemployed": "0",
}

ANSWERED = date(2026, 3, 10)
VISITED = date(2026, 3, 11)
POSTED, POSTED_UNTIL = date(2026, 3, 12), date(2026, 3, 19)
OBJECTED = date(2026, 3, 16)
AGAIN, AGAIN_UNTIL = date(2026, 3, 17), date(2026, 3, 24)
DECIDED = date(2026, 3, 25)
PAID, PAID_AGAIN = date(2026, 4, 8), date(2026, 4, 9)
USABLE = date(2026, 4, 16)  # a changed account is held for some working days


@dataclass
class Case:
    """What the journey knows of its family, and everybody's desk."""

    office: Office
    world: World
    neighbour: Household
    household: str = ""
    resident: str = ""
    number: str = ""
    notices: list[str] = field(default_factory=list)

    def desk(self, role: str) -> Desk:
        return self.office.of(getattr(self.world.staff, role))

    @property
    def clerk(self) -> Desk:
        return self.desk("clerk")

    def picture(self, role: str, name: str) -> None:
        self.desk(role).picture(f"journey_{name}")

    def money(self) -> Mapping[str, int]:
        """Balances in fen by kind of account, those that are not nil; every invariant of money holds."""
        assert [*ledger_invariants(), *award_invariants(), *payment_invariants()] == []
        scope = authority_of(self.world.staff.auditor, PAID).scope()
        sums: dict[str, int] = {}
        for row in balances(scope, self.world.fund.pk):
            sums[row.kind] = sums.get(row.kind, 0) + row.balance_fen
        shown = (
            AccountKind.CASH,
            AccountKind.COMMITTED,
            AccountKind.SPENT,
            AccountKind.PAYABLE,
            AccountKind.IN_TRANSIT,
            AccountKind.SPENDABLE,
        )
        return {kind.value: sums[kind] for kind in shown if sums[kind]}


@pytest.fixture
def case(visit: OpenVisit, places: Community, people: Staff) -> Case:
    """S2 in force, working days of 2025 and 2026, a fund without money; and a neighbour whose case is published."""
    world = make_world(places, people)
    neighbour = world.family()
    world.at_decision(household=neighbour)
    return Case(Office(visit), world, neighbour)


def test_from_the_counter_to_the_bank_and_back(case: Case) -> None:
    the_family_comes_to_the_counter(case)
    it_is_told_once_what_is_missing(case)
    case.office.live_on(ANSWERED)
    it_brings_the_paper_and_is_accepted(case)
    two_people_settle_its_accounts(case)
    case.office.live_on(VISITED)
    three_people_visit(case)
    the_director_signs(case)
    the_street_reviews(case)
    case.office.live_on(POSTED)
    two_people_publish(case, POSTED, POSTED_UNTIL)
    case.office.live_on(OBJECTED)
    somebody_objects(case)
    three_people_visit(case)
    the_director_signs(case)
    the_objection_is_answered(case)
    the_street_reviews(case)
    case.office.live_on(AGAIN)
    two_people_publish(case, AGAIN, AGAIN_UNTIL)
    case.office.live_on(AGAIN_UNTIL)
    nobody_decides_too_early(case)
    case.office.live_on(DECIDED)
    another_officer_grants(case)
    case.office.live_on(PAID)
    money_comes_in(case)
    the_neighbour_dies_before_the_release(case)
    case.office.live_on(PAID_AGAIN)
    three_hands_pay_and_one_line_comes_back(case)
    the_family_brings_another_account(case)
    case.office.live_on(USABLE)
    what_came_back_is_paid_again(case)
    the_family_reads_its_letter(case)
    the_auditor_verifies(case)


def the_family_comes_to_the_counter(case: Case) -> None:
    clerk = case.clerk
    case.household = steps.register_family(clerk, case.world.community.building.code, [WANG])
    case.resident = clerk.page.locator("main article").get_attribute("id") or ""
    case.picture("clerk", "01_household")
    case.number = steps.apply_at_the_counter(clerk, case.household, [LOW_INCOME, LONE_ELDER])
    steps.hand_in(clerk, case.number, dict.fromkeys((*BASE_PAPERS, INCOME), ISSUED))
    clerk.sees("待受理答复", "无赡养人声明")
    case.picture("clerk", "02_received")


def it_is_told_once_what_is_missing(case: Case) -> None:
    clerk = case.clerk
    steps.do(clerk, case.number, "supplement", "一次性告知补正").sees("待补正", "计时暂停")
    assert "受理" not in clerk.buttons
    [letter] = steps.letters_of(clerk, case.number)
    text = clerk.pdf(f"/letters/{letter}/pdf/")
    assert (
        squeezed(f"王建军：您的申请（编号 {case.number}）还缺以下材料：无赡养人声明。请在 2026年4月8日 前补齐") in text
    )
    assert "幸福里社区" in text
    english = clerk.pdf(f"/letters/{letter}/pdf/?language=en")
    assert squeezed("still needs: Statement of having no supporter") in english


def it_brings_the_paper_and_is_accepted(case: Case) -> None:
    clerk = case.clerk
    steps.hand_in(clerk, case.number, {STATEMENT: ISSUED})
    clerk.sees("待受理答复", "材料补齐")
    assert "一次性告知补正" not in clerk.buttons
    steps.do(clerk, case.number, "accept", "受理").sees("已受理")
    case.picture("clerk", "03_accepted")
    letter = steps.letters_of(clerk, case.number)[-1]
    accepted = clerk.pdf(f"/letters/{letter}/pdf/")
    assert squeezed(f"您的申请（编号 {case.number}）已于 2026年3月10日 受理") in accepted


def two_people_settle_its_accounts(case: Case) -> None:
    units = (case.household, case.resident)
    for unit, account in zip(units, ACCOUNTS, strict=True):
        steps.propose_account(case.clerk, unit, "王建军", account)
    case.clerk.sees_not(*ACCOUNTS)
    case.clerk.go("/awards/accounts/")
    assert "确认" not in case.clerk.buttons
    steps.confirm_accounts(case.desk("director"), units)


def three_people_visit(case: Case) -> None:
    staff = case.world.staff
    team = {"COMMUNITY_WORKER": staff.clerk, "SOCIAL_WORKER": staff.social_worker, "VOLUNTEER": staff.volunteer}
    steps.form_team(case.clerk, case.number, team)
    desks = [case.desk(role) for role in ("clerk", "social_worker", "volunteer")]
    for desk in desks:
        steps.declare(desk, case.number)
    on = date.fromisoformat(_today(steps.open_sheet(case.clerk, case.number)))
    facts = {f"{case.resident}-{code}": value for code, value in FACTS.items()}
    steps.write_sheet(case.clerk, case.number, facts, on=on, needs="日常照料", seen="住房老旧，独自生活")
    volunteer_sees_the_sheet_alone(case)
    for desk in desks:
        steps.sign_sheet(desk, case.number)
    steps.close_sheet(case.clerk, case.number)
    case.clerk.go(f"/cases/{case.number}/").sees("已调查", "¥500.00", "¥300.00")
    assert case.desk("volunteer").status(f"/cases/{case.number}/") == 403


def _today(desk: Desk) -> str:
    """The day that the sheet proposes for the visit."""
    return desk.page.locator('[name="visited_date"]').input_value()


def volunteer_sees_the_sheet_alone(case: Case) -> None:
    volunteer = steps.open_sheet(case.desk("volunteer"), case.number)
    volunteer.sees("王建军", "入户调查表").sees_not(
        WANG.id_number, PHONE_NUMBER, *ACCOUNTS, *(a[-4:] for a in ACCOUNTS)
    )
    case.picture("volunteer", "04_sheet")
    hidden = (
        f"/cases/{case.number}/",
        f"/residents/households/{case.household}/",
        f"/residents/people/{case.resident}/",
        "/awards/accounts/",
        "/payments/",
    )
    assert [volunteer.status(path) for path in hidden] == [403] * len(hidden)


def the_director_signs(case: Case) -> None:
    director = case.desk("director")
    steps.do(director, case.number, "opinion", "签署初审意见", proposal="GRANT", text="情况属实").sees("已出初审意见")
    case.picture("director", "05_opinion")


def the_street_reviews(case: Case) -> None:
    street = case.desk("street_officer")
    steps.do(street, case.number, "review", "街道复核", agreed="yes").sees("街道已复核")


def two_people_publish(case: Case, first: date, last: date) -> None:
    clerk, director = case.clerk, case.desk("director")
    steps.do(clerk, case.number, "publish", "准备公示")
    notice = steps.newest_notice(clerk, case.number)
    clerk.go(f"/publications/{notice}/")
    assert "核对无误，张贴" not in clerk.buttons
    address = steps.post_notice(director, notice)
    assert squeezed("王*军1800.00幸福里社区") in director.pdf(f"/publications/{notice}/poster.pdf")
    case.picture("director", "06_publication")
    passer_by = case.office.stranger().go(address)
    assert passer_by.page.locator("main td, table td").all_inner_texts() == ["王*军", "1", "800.00", "幸福里社区"]
    assert passer_by.page.locator("th").all_inner_texts() == ["姓名", "家庭人数", "每月金额（元）", "社区"]
    passer_by.sees(_day(first), _day(last))
    passer_by.sees_not("王建军", WANG.id_number, case.number, case.household, case.resident, "和平里", OBJECTOR)
    passer_by.picture("journey_07_notice")
    case.notices.append(address)


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def somebody_objects(case: Case) -> None:
    clerk = case.clerk
    steps.do(clerk, case.number, "object", "登记异议", content="他有儿子在外地工作", objector=OBJECTOR)
    clerk.sees("有异议").sees_not(OBJECTOR)
    case.picture("clerk", "08_objected")
    assert "决定批准" not in case.desk("second_officer").go(f"/cases/{case.number}/").buttons


def the_objection_is_answered(case: Case) -> None:
    street = case.desk("street_officer")
    assert "街道复核" not in street.go(f"/cases/{case.number}/").buttons
    steps.do(street, case.number, "answer-objection", "答复异议", upheld="no", answer="经核查无子女")
    street.sees("异议不成立", "经核查无子女")


def nobody_decides_too_early(case: Case) -> None:
    assert "决定批准" not in case.desk("second_officer").go(f"/cases/{case.number}/").buttons


def another_officer_grants(case: Case) -> None:
    assert "决定批准" not in case.desk("street_officer").go(f"/cases/{case.number}/").buttons
    officer = case.desk("second_officer").go("/cases/together/grant/")
    rows = officer.page.locator('main input[name="row"]')
    assert rows.count() == 2  # ours and the neighbour's
    for place in range(2):
        rows.nth(place).check()
    officer.press("决定批准").sees("救助决定书 × 2")
    officer.press("确认办理 2 项").sees("2 项已办理", "打印全部文书")
    officer.go(f"/cases/{case.number}/").sees("批准", "¥500.00", "¥300.00")
    case.picture("second_officer", "09_granted")
    letter = steps.letters_of(officer, case.number)[-1]
    text = officer.pdf(f"/letters/{letter}/pdf/")
    assert squeezed("自 2026年4月1日 起发放低收入家庭生活补助、孤寡老人额外津贴，每月 800.00 元") in text
    assert squeezed("计算过程如下：") in text
    assert "和平街道" in text
    # Nine months of 800 yuan for each of two families are promised; nothing is spent.
    assert case.money() == {"COMMITTED": 2 * 9 * 80_000}
    assert [case.office.stranger().status(address) for address in case.notices] == [410, 410]


def money_comes_in(case: Case) -> None:
    maker, checker = case.desk("maker"), case.desk("checker")
    proposal = steps.receive_money(maker, case.world.fund.code, "100000", PAID)
    assert ("核对无误，同意" in maker.buttons, case.money()) == (False, {"COMMITTED": 1_440_000})
    steps.confirm_money(checker, proposal)
    case.picture("maker", "10_fund")
    assert case.money() == {"CASH": 10_000_000, "SPENDABLE": 10_000_000, "COMMITTED": 1_440_000}


def the_neighbour_dies_before_the_release(case: Case) -> None:
    maker, checker, releaser = (case.desk(role) for role in ("maker", "checker", "releaser"))
    batch = steps.propose_batch(maker, "2026-04")
    assert "复核通过" not in maker.buttons
    assert case.money() == {"CASH": 10_000_000, "SPENDABLE": 10_000_000, "COMMITTED": 1_440_000}
    steps.approve_batch(checker, batch)
    case.picture("checker", "11_approved")
    assert "放款并生成银行文件" not in checker.buttons
    assert case.money() == {
        "CASH": 10_000_000,
        "SPENDABLE": 10_000_000 - 160_000,
        "COMMITTED": 1_440_000 - 160_000,
        "SPENT": 160_000,
        "PAYABLE": 160_000,
    }
    [dead] = case.world.people(case.neighbour)
    clerk = case.clerk.go(f"/residents/people/{dead.number}/death/")
    clerk.fill(died_date=PAID.isoformat())
    clerk.page.locator('[name="confirmed"]').check()
    clerk.press("登记去世").sees("已登记去世")
    steps.release_batch(releaser, batch).sees("已作废", "领取人死亡")
    case.picture("releaser", "12_voided")
    assert case.money() == {"CASH": 10_000_000, "SPENDABLE": 10_000_000, "COMMITTED": 1_440_000}


def three_hands_pay_and_one_line_comes_back(case: Case) -> None:
    maker, checker, releaser = (case.desk(role) for role in ("maker", "checker", "releaser"))
    batch = steps.propose_batch(maker, "2026-04")
    steps.approve_batch(checker, batch)
    steps.release_batch(releaser, batch).sees("银行处理中")
    assert case.money() == {
        "CASH": 10_000_000,
        "SPENDABLE": 10_000_000 - 80_000,
        "COMMITTED": 1_440_000 - 80_000,
        "SPENT": 80_000,
        "IN_TRANSIT": 80_000,
    }
    file = releaser.take(f"/payments/{batch}/file/", "下载银行文件")
    assert all(account.encode() in file for account in ACCOUNTS)
    steps.take_answer(releaser, batch, answer(PaymentBatch.objects.get(number=batch), returned=[2], on=PAID_AGAIN))
    releaser.sees("已完成", "¥500.00", "¥300.00")
    case.picture("releaser", "13_returned")
    assert case.money() == {
        "CASH": 10_000_000 - 50_000,
        "SPENDABLE": 10_000_000 - 80_000,
        "COMMITTED": 1_440_000 - 80_000,
        "SPENT": 80_000,
        "PAYABLE": 30_000,
    }


def the_family_brings_another_account(case: Case) -> None:
    """To the account that it came back from nothing is sent again."""
    maker = case.desk("maker")
    maker.go("/payments/returned/")
    maker.page.locator('main input[name="row"]').check()
    maker.press("重新发放所选").sees("没有更正，重发还会退回")
    steps.propose_account(case.clerk, case.resident, "王建军", CORRECTED)
    steps.confirm_accounts(case.desk("director"), [case.resident])


def what_came_back_is_paid_again(case: Case) -> None:
    maker, checker, releaser = (case.desk(role) for role in ("maker", "checker", "releaser"))
    maker.go("/payments/returned/")
    maker.page.locator('main input[name="row"]').check()
    maker.press("重新发放所选").sees("将办理")
    maker.press("确认办理 1 项").sees("1 项已办理")
    batch = maker.page.locator("main .actions a").first.inner_text()
    steps.approve_batch(checker, batch)
    steps.release_batch(releaser, batch).sees("银行处理中")
    steps.take_answer(releaser, batch, answer(PaymentBatch.objects.get(number=batch), on=USABLE))
    maker.go("/payments/returned/")
    assert case.money() == {
        "CASH": 10_000_000 - 80_000,
        "SPENDABLE": 10_000_000 - 80_000,
        "COMMITTED": 1_440_000 - 80_000,
        "SPENT": 80_000,
    }


def the_family_reads_its_letter(case: Case) -> None:
    world = case.world
    [wang] = world.people(Household.objects.get(number=case.household))
    user = create_user(system_act(), username="wang", name="王建军", password=PASSWORD)
    link_account(world.act(world.staff.clerk, PAID_AGAIN), user_id=user.pk, resident_id=wang.pk)
    family = case.office.stranger().go("/log-in/")
    family.fill(username="wang", password=PASSWORD).press("登录").sees("您的账号被关联到一位居民")
    family.press("看过了").sees("我的申请", "批准")
    family.go(f"/mine/{case.number}/").follow("救助决定书")
    family.sees(
        "自 2026年4月1日 起发放低收入家庭生活补助、孤寡老人额外津贴，每月 800.00 元", "为什么是这个结果", "孤寡老人"
    )
    family.sees_not(OBJECTOR, *ACCOUNTS)
    family.picture("journey_14_letter")
    letter = family.page.url.removeprefix(family.window.site.url)
    assert squeezed("每月 800.00 元") in family.pdf(f"{letter}pdf/")
    assert [family.status(path) for path in (f"/cases/{case.number}/", "/payments/", "/audit/")] == [403] * 3


def the_auditor_verifies(case: Case) -> None:
    auditor = case.desk("auditor")
    auditor.go(f"/audit/?subject=application:{case.number}").sees(case.number, "陈静", "孙伟")
    auditor.go("/audit/").follow("核验").press("核验全部记录").sees("正在核验")
    asked = checks.waiting()
    assert asked is not None
    checks.run(asked.pk)  # as the worker does
    auditor.go("/audit/verify/").sees("记录完整", "没有改动、缺失或截断")
    case.picture("auditor", "15_verified")
