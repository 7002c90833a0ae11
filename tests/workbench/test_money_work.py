"""My work in the finance office: a month to propose or to reconcile, money that came back, money owed back."""

from datetime import date

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linli.foundation.screens.work import Todo, waiting
from linli.ground.users.codes import Role
from linli.ground.users.models import User
from linli.ground.users.operations import assign, create_user
from linli.ground.users.queries import authority_of
from linli.kernel.period import Month
from linli.money.awards.codes import EndReason
from linli.money.awards.models import Award, Receivable
from linli.money.awards.operations import Ending, end
from linli.money.ledger.codes import SourceKind
from linli.money.ledger.models import Fund
from linli.money.ledger.operations import NewLine, NewSource, open_fund
from linli.money.payments.engine.statements import read_statement
from linli.money.payments.models import PaymentBatch
from linli.money.payments.operations import approve, cancel, propose, reconcile_month, reissue, write_off
from tests.browser import LogIn
from tests.conftest import Community, Staff, system_act
from tests.layers import layer
from tests.ledger.bank import statement
from tests.ledger.world import MARCH, PAY_DAY, World, by, make_world

MARCH_28, APRIL_2 = date(2026, 3, 28), date(2026, 4, 2)
NEXT_JANUARY = date(2027, 1, 8)
MONEY = ("UNPROPOSED", "RETURNED", "UNRECONCILED", "OWED")


@layer
def world(community: Community, staff: Staff) -> World:
    """Two families with 500 yuan a month from March on."""
    world = make_world(community, staff)
    world.register(2)
    world.grant(*(world.base(one) for one in world.families))
    return world


@pytest.fixture
def strangers(community: Community) -> list[User]:
    """Maker, checker and releaser of another street."""
    roles = (Role.FINANCE_MAKER, Role.FINANCE_CHECKER, Role.FINANCE_RELEASER)
    people = [create_user(system_act(), username=f"far{role}", name="外人") for role in roles]
    for person, role in zip(people, roles, strict=True):
        assign(
            system_act(),
            user_id=person.pk,
            role=role,
            area_id=community.other_street.pk,
            valid_from=date(2025, 1, 1),
        )
    return people


def rows(person: User, kind: str, on: date) -> list[Todo]:
    """The lines of a kind, or of all kinds that begin with it."""
    return [row for row in waiting(authority_of(person, on), on) if f"{row.kind}.".startswith(f"{kind}.")]


def said(person: User, kind: str, on: date) -> list[tuple[str, str]]:
    """What the lines of the kind say: of what, and why."""
    return [(row.subject, str(row.because)) for row in rows(person, kind, on)]


def subjects(person: User, kind: str, on: date = PAY_DAY) -> list[str]:
    return [row.subject for row in rows(person, kind, on)]


def others(world: World, person: User) -> list[User]:
    return [one for one in vars(world.staff).values() if one != person]


def another_fund(world: World, year: int = 2026, code: str = "HSJ") -> Fund:
    """The fund of the sibling community, without awards."""
    return open_fund(
        system_act(date(2026, 1, 4)),
        code=f"{code}-{year}",
        name="槐树街社区救助资金",
        year=year,
        community_id=world.community.sibling.pk,
        sources=[NewSource("GOV", SourceKind.GOVERNMENT, "政府拨款", 1_000_00)],
        lines=[NewLine("AID", "经济援助", 1_000_00, ("BASE_AWARD",))],
    )


class TestAMonthWithoutABatch:
    def test_waits_for_the_maker_with_its_month_number_and_amount(self, world: World) -> None:
        assert said(world.staff.maker, "UNPROPOSED", PAY_DAY) == [
            ("幸福里社区救助资金", "2026年3月还没有批次：2 笔可发，共 ¥1,000.00")
        ]

    def test_leads_to_the_page_that_shows_the_same_number(
        self, world: World, log_in: LogIn, settings: LazySettings
    ) -> None:
        settings.DEMO_TODAY = PAY_DAY.isoformat()
        (row,) = rows(world.staff.maker, "UNPROPOSED", PAY_DAY)
        page = log_in(world.staff.maker).get(reverse(row.page, args=row.arguments))
        assert [(one.fund, one.ready) for one in page.context["outlooks"]] == [(world.fund, 2)]

    def test_holds_what_is_in_arrears_too(self, world: World) -> None:
        assert "2026年4月还没有批次：4 笔可发" in said(world.staff.maker, "UNPROPOSED", APRIL_2)[0][1]

    def test_says_when_the_money_will_not_do(self, community: Community, staff: Staff) -> None:
        poor = make_world(community, staff, cash=0)
        poor.register()
        poor.grant(poor.base(poor.families[0]))
        assert said(staff.maker, "UNPROPOSED", PAY_DAY)[0][1].endswith("1 笔可发，共 ¥500.00；资金不足")

    def test_waits_for_nobody_else(self, world: World, strangers: list[User]) -> None:
        people = [*others(world, world.staff.maker), *strangers]
        assert [row for one in people for row in rows(one, "UNPROPOSED", PAY_DAY)] == []

    def test_is_gone_once_somebody_proposed_it(self, world: World) -> None:
        world.propose()
        assert rows(world.staff.maker, "UNPROPOSED", PAY_DAY) == []

    def test_stays_gone_when_it_is_paid(self, world: World) -> None:
        world.paid()
        assert rows(world.staff.maker, "UNPROPOSED", MARCH_28) == []

    def test_is_back_when_its_batch_is_cancelled(self, world: World) -> None:
        cancel(by(world.staff.checker), batch_id=world.propose().pk, reason="重编")
        assert len(rows(world.staff.maker, "UNPROPOSED", PAY_DAY)) == 1

    def test_is_not_asked_for_while_an_earlier_batch_is_under_way(self, world: World) -> None:
        world.propose()
        assert rows(world.staff.maker, "UNPROPOSED", APRIL_2) == []

    def test_is_not_asked_for_when_nobody_is_to_be_paid(self, world: World) -> None:
        assert rows(world.staff.maker, "UNPROPOSED", date(2026, 2, 20)) == []

    def test_leaves_to_the_next_one_what_its_batch_left_out(self, world: World) -> None:
        world.account([world.families[1].number], on=PAY_DAY)  # a changed account is held for three days
        batch = world.propose()
        assert (batch.waiting_count, rows(world.staff.maker, "UNPROPOSED", MARCH_28)) == (1, [])

    def test_is_not_forgotten_in_the_new_year(self, world: World) -> None:
        assert "2026年12月还没有批次：20 笔可发" in said(world.staff.maker, "UNPROPOSED", NEXT_JANUARY)[0][1]

    def test_of_the_old_year_stands_on_its_page_too(self, world: World, log_in: LogIn, settings: LazySettings) -> None:
        settings.DEMO_TODAY = NEXT_JANUARY.isoformat()
        page = log_in(world.staff.maker).get("/payments/new/")
        assert [(one.fund, one.ready) for one in page.context["outlooks"]] == [(world.fund, 20)]

    def test_of_a_year_to_come_is_not_asked_for(self, world: World) -> None:
        assert rows(world.staff.maker, "UNPROPOSED", date(2025, 12, 20)) == []


class TestMoneyThatCameBack:
    @pytest.fixture
    def batch(self, world: World) -> PaymentBatch:
        return world.paid(returned=[1, 2])

    @pytest.mark.usefixtures("batch")
    def test_waits_for_the_maker_with_its_number_and_age(self, world: World) -> None:
        assert said(world.staff.maker, "RETURNED", MARCH_28) == [
            ("共 2 笔，¥1,000.00", "最早的一笔 2026年3月16日 退回，已 12 天")
        ]

    @pytest.mark.usefixtures("batch")
    def test_leads_to_the_list_that_counts_the_same(self, world: World, log_in: LogIn, settings: LazySettings) -> None:
        settings.DEMO_TODAY = MARCH_28.isoformat()
        (row,) = rows(world.staff.maker, "RETURNED", MARCH_28)
        page = log_in(world.staff.maker).get(reverse(row.page, args=row.arguments))
        assert ("现有 2 笔，共 ¥1,000.00" in page.text, page.text.count("账户未更正")) == (True, 2)

    @pytest.mark.usefixtures("batch")
    def test_waits_for_nobody_else(self, world: World, strangers: list[User]) -> None:
        people = [*others(world, world.staff.maker), *strangers]
        assert [row for one in people for row in rows(one, "RETURNED", MARCH_28)] == []

    def test_is_one_less_when_one_is_sent_again(self, world: World, batch: PaymentBatch) -> None:
        reissue(by(world.staff.maker), item_ids=[world.corrected(batch.items.get(seq=1)).pk])
        assert said(world.staff.maker, "RETURNED", MARCH_28)[0][0] == "共 1 笔，¥500.00"

    def test_is_gone_when_all_are_sent_again_or_given_up(self, world: World, batch: PaymentBatch) -> None:
        reissue(by(world.staff.maker), item_ids=[world.corrected(batch.items.get(seq=1)).pk])
        write_off(by(world.staff.checker), item_ids=[batch.items.get(seq=2).pk], reason="已去世")
        assert rows(world.staff.maker, "RETURNED", MARCH_28) == []

    def test_is_back_when_the_new_batch_is_cancelled(self, world: World, batch: PaymentBatch) -> None:
        again = reissue(by(world.staff.maker), item_ids=[world.corrected(batch.items.get(seq=1)).pk])
        cancel(by(world.staff.checker), batch_id=again.pk, reason="重编")
        assert said(world.staff.maker, "RETURNED", MARCH_28)[0][0] == "共 2 笔，¥1,000.00"

    def test_never_was_when_all_was_paid(self, world: World) -> None:
        world.paid()
        assert rows(world.staff.maker, "RETURNED", MARCH_28) == []


class TestAnAccountToCorrect:
    """What the bank could not pay goes out again when somebody has written another account down."""

    def test_waits_for_who_writes_accounts_down_until_that_is_done(self, world: World) -> None:
        item = world.paid(returned=[1]).items.get(seq=1)

        def kept() -> list[tuple[str, str]]:
            found = rows(world.staff.clerk, "ACCOUNT", MARCH_28)
            return [(row.subject, row.query) for row in found if row.page == "account_new"]

        assert kept() == [(item.unit_key, f"?unit={item.unit_key}")]
        world.account([item.unit_key], on=PAY_DAY, number="6222333344445555")
        assert kept() == []

    def test_waits_for_nobody_else(self, world: World) -> None:
        world.paid(returned=[1])
        people = (world.staff.maker, world.staff.outsider, world.staff.auditor)
        assert [row for one in people for row in rows(one, "ACCOUNT", MARCH_28)] == []


class TestAMonthToReconcile:
    def lock(self, world: World, *months: Month) -> None:
        for month in months:
            reconcile_month(
                by(world.staff.checker, APRIL_2),
                fund_id=world.fund.pk,
                month=month,
                statement=read_statement(statement(world.fund, month)),
            )

    def test_waits_for_the_checker_fund_by_fund(self, world: World) -> None:
        another_fund(world, year=2025)
        assert said(world.staff.checker, "UNRECONCILED", APRIL_2) == [
            ("幸福里社区救助资金", "2026年1月等 3 个月已结束，还没有与银行对账"),
            ("槐树街社区救助资金", "2025年1月等 12 个月已结束，还没有与银行对账"),
        ]

    def test_leads_to_the_page_that_lists_the_same_months(
        self, world: World, log_in: LogIn, settings: LazySettings
    ) -> None:
        settings.DEMO_TODAY = APRIL_2.isoformat()
        (row,) = rows(world.staff.checker, "UNRECONCILED", APRIL_2)
        page = log_in(world.staff.checker).get(reverse(row.page, args=row.arguments))
        assert page.context["states"] == [(world.fund, [Month(2026, 1), Month(2026, 2), MARCH])]

    def test_waits_for_nobody_else(self, world: World, strangers: list[User]) -> None:
        people = [*others(world, world.staff.checker), *strangers]
        assert [row for one in people for row in rows(one, "UNRECONCILED", APRIL_2)] == []

    def test_is_named_when_it_is_the_only_one(self, world: World) -> None:
        self.lock(world, Month(2026, 1), Month(2026, 2))
        assert said(world.staff.checker, "UNRECONCILED", APRIL_2) == [
            ("幸福里社区救助资金", "2026年3月已结束，还没有与银行对账")
        ]

    def test_is_gone_when_all_are_locked(self, world: World) -> None:
        self.lock(world, Month(2026, 1), Month(2026, 2), MARCH)
        assert rows(world.staff.checker, "UNRECONCILED", APRIL_2) == []

    def test_is_not_the_one_that_runs(self, world: World) -> None:
        assert rows(world.staff.checker, "UNRECONCILED", date(2026, 1, 31)) == []


class TestMoneyOwedBack:
    @pytest.fixture(autouse=True)
    def _overpaid(self, world: World) -> None:
        world.paid()
        award = Award.objects.earliest("pk")
        end(by(world.staff.director), endings=[Ending(award.pk, date(2026, 3, 1), EndReason.INCOME, "收入增加")])

    def test_waits_for_the_maker_with_its_number_and_age(self, world: World) -> None:
        assert said(world.staff.maker, "OWED", MARCH_28) == [
            ("共 1 笔，¥500.00", "最早的一笔 2026年3月16日 列入，已 12 天")
        ]

    def test_leads_to_the_list_that_counts_the_same(self, world: World, log_in: LogIn, settings: LazySettings) -> None:
        settings.DEMO_TODAY = MARCH_28.isoformat()
        (row,) = rows(world.staff.maker, "OWED", MARCH_28)
        page = log_in(world.staff.maker).get(reverse(row.page, args=row.arguments))
        assert ("共 1 笔，¥500.00" in page.text, page.text.count("/recover/")) == (True, 1)

    def test_waits_for_nobody_else(self, world: World, strangers: list[User]) -> None:
        people = [*others(world, world.staff.maker), *strangers]
        assert [row for one in people for row in rows(one, "OWED", MARCH_28)] == []

    def test_is_gone_when_it_came_back(self, world: World) -> None:
        world.recovered(Receivable.objects.get().pk)
        assert rows(world.staff.maker, "OWED", MARCH_28) == []


class TestThePage:
    @pytest.fixture(autouse=True)
    def _april(self, settings: LazySettings) -> None:
        settings.DEMO_TODAY = APRIL_2.isoformat()

    def cost(self, browser: Client) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert browser.get("/work/").status_code == 200
        return len(seen)

    @pytest.mark.parametrize("hand", ["maker", "checker"])
    def test_costs_the_same_with_one_fund_and_with_three(self, world: World, log_in: LogIn, hand: str) -> None:
        browser = log_in(getattr(world.staff, hand))
        browser.get("/work/")
        one = self.cost(browser)
        another_fund(world)
        another_fund(world, year=2025)
        world.register(3)
        world.grant(*(world.base(family) for family in world.families[2:]))
        browser.get("/work/")  # who looks first has what is due reckoned

        assert self.cost(browser) == one

    def test_reckons_no_dues_where_the_batch_is_proposed(self, world: World, log_in: LogIn) -> None:
        browser = log_in(world.staff.maker)
        browser.get("/work/")
        before = self.cost(browser)
        world.propose(Month(2026, 4), on=APRIL_2)

        assert self.cost(browser) < before

    def test_counts_the_lines_it_shows(self, world: World, log_in: LogIn) -> None:
        world.paid(returned=[1])
        page = log_in(world.staff.maker).get("/work/")
        kinds = {code: count for code, _title, count in page.context["kinds"]}
        assert (kinds, page.context["total"]) == ({"UNPROPOSED": 1, "RETURNED": 1}, len(page.context["rows"]))

    @pytest.mark.parametrize("kind", MONEY)
    def test_shows_a_resident_nothing_of_it(self, world: World, kind: str) -> None:
        world.paid(returned=[1])
        nobody = create_user(system_act(), username="nobody", name="无职")
        assert rows(nobody, kind, APRIL_2) == []

    def test_reads_in_english(self, world: World, log_in: LogIn) -> None:
        world.paid(returned=[1])
        browser = log_in(world.staff.maker)
        browser.cookies["django_language"] = "en"
        page = browser.get("/work/").content.decode()
        assert "Apr 2026 has no batch yet: 2 payments can be made, ¥1,000.00 in all" in page
        assert "The oldest came back on 16 Mar 2026, 17 days ago" in page
        assert "1 payment, ¥500.00" in page

    def test_reads_in_english_for_the_checker_too(self, world: World, log_in: LogIn) -> None:
        browser = log_in(world.staff.checker)
        browser.cookies["django_language"] = "en"
        page = browser.get("/work/").content.decode()
        assert "3 months, the first of them Jan 2026, are over and not yet reconciled with the bank" in page


class TestABatch:
    """Three hands: whoever made it does not check it, and neither of the two releases it."""

    @pytest.fixture
    def all_hands(self, world: World) -> User:
        """Somebody of the street who holds all three offices, beside those who hold one each."""
        for role in (Role.FINANCE_MAKER, Role.FINANCE_CHECKER, Role.FINANCE_RELEASER):
            assign(
                system_act(),
                user_id=world.staff.outsider.pk,
                role=role,
                area_id=world.community.street.pk,
                valid_from=date(2025, 1, 1),
            )
        return world.staff.outsider

    def test_waits_for_a_checker_who_did_not_make_it(self, world: World, all_hands: User) -> None:
        batch = world.propose()
        assert subjects(world.staff.checker, "BATCH") == subjects(all_hands, "BATCH") == [batch.number]
        assert subjects(world.staff.maker, "BATCH") == subjects(world.staff.releaser, "BATCH") == []

    def test_waits_for_nobody_whose_hand_it_was_in(self, world: World, all_hands: User) -> None:
        batch = propose(by(all_hands), fund_id=world.fund.pk, month=MARCH)
        assert (subjects(world.staff.checker, "BATCH"), subjects(all_hands, "BATCH")) == ([batch.number], [])
        world.approve(batch)
        assert (subjects(world.staff.releaser, "BATCH"), subjects(all_hands, "BATCH")) == ([batch.number], [])

    def test_waits_for_a_releaser_who_did_not_check_it(self, world: World, all_hands: User) -> None:
        batch = world.propose()
        approve(by(all_hands), batch_id=batch.pk, digest=batch.lines_digest)
        assert (subjects(world.staff.releaser, "BATCH"), subjects(all_hands, "BATCH")) == ([batch.number], [])

    def test_at_the_bank_waits_for_whoever_reads_the_answer(self, world: World, all_hands: User) -> None:
        batch = propose(by(all_hands), fund_id=world.fund.pk, month=MARCH)
        world.release(world.approve(batch))
        assert subjects(world.staff.releaser, "BATCH") == subjects(all_hands, "BATCH") == [batch.number]
