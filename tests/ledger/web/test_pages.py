"""The funds' pages."""

import io
import re

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from linli.foundation.screens.texts import money_text
from linli.foundation.screens.work import waiting
from linli.ground.users.queries import authority_of
from linli.money.ledger.codes import AccountKind, JournalKind, ProposalKind
from linli.money.ledger.models import Journal, Proposal
from linli.money.ledger.rules.fees import bound_on
from linli.money.ledger.web.presenters import MEMO, account_name
from tests.conftest import MONDAY
from tests.layers import layer
from tests.ledger.browser import LogIn, book, key
from tests.ledger.test_funds import spend
from tests.ledger.world import World

# The first after the three by which the world's money came.
PROPOSAL = "/funds/proposals/FH-2026-0004/"


@layer
def paid(world: World) -> World:
    """Two families paid for March."""
    world.register(2)
    world.grant(*(world.base(one) for one in world.families))
    world.paid()
    return world


class TestList:
    def test_shows_the_funds_within_reach(self, world: World, log_in: LogIn) -> None:
        page = log_in(world.staff.auditor).get("/funds/")
        assert ("幸福里社区救助资金" in page.text, "¥100,000.00" in page.text) == (True, True)

    def test_is_empty_with_advice_elsewhere(self, world: World, log_in: LogIn) -> None:
        assert log_in(world.staff.outsider).get("/funds/").status_code == 403

    def test_asks_to_log_in(self, world: World, client: object) -> None:
        assert client.get("/funds/").status_code == 302  # type: ignore[attr-defined]  # Django's client


class TestStatement:
    def test_shows_where_the_money_went(self, paid: World, log_in: LogIn) -> None:
        page = log_in(paid.staff.maker).get("/funds/XFL-2026/")
        assert all(text in page.text for text in ("¥99,000.00", "社会捐赠", "限定用途", "¥1,000.00"))

    def test_of_some_months(self, paid: World, log_in: LogIn) -> None:
        page = log_in(paid.staff.maker).get("/funds/XFL-2026/?from=2026-01&to=2026-02")
        assert "¥99,000.00" not in page.text

    def test_says_how_spent_and_paid_hang_together(self, world: World, log_in: LogIn) -> None:
        world.register(2)
        world.grant(*(world.base(one) for one in world.families))
        world.paid(returned=[2])
        browser = log_in(world.staff.maker)
        words = "已列支 ¥1,000.00 = 银行付讫 ¥500.00 + 待付 ¥500.00 + 在途 ¥0.00 − 收回 ¥0.00"
        assert words in browser.get("/funds/XFL-2026/").text
        assert "已列支 ¥" not in browser.get("/funds/XFL-2026/?from=2026-03").text

    def test_says_what_restricted_money_is_for(self, paid: World, log_in: LogIn) -> None:
        assert "只用于 经济援助" in log_in(paid.staff.maker).get("/funds/XFL-2026/").text

    def test_takes_no_month_that_is_none(self, paid: World, log_in: LogIn) -> None:
        assert log_in(paid.staff.maker).get("/funds/XFL-2026/?from=hello&to=2031-05").status_code == 200

    def test_of_a_fund_elsewhere_is_not_there(self, paid: World, log_in: LogIn) -> None:
        assert log_in(paid.staff.maker).get("/funds/OTHER/").status_code == 404

    def test_is_a_workbook_too(self, paid: World, log_in: LogIn) -> None:
        page = log_in(paid.staff.auditor).get("/funds/XFL-2026/?as=xlsx")
        rows = list(load_workbook(io.BytesIO(page.content)).active.values)  # type: ignore[union-attr]  # it has a sheet
        names = ["政府拨款", "社会捐赠", "社区自筹", "经济援助", "职业培训", "银行存款", "待付", "在途", "应收回"]
        assert [row[1] for row in rows[3:]] == names

    def test_is_a_document_too(self, paid: World, log_in: LogIn) -> None:
        page = log_in(paid.staff.auditor).get("/funds/XFL-2026/statement.pdf")
        text = "".join(part.extract_text() for part in PdfReader(io.BytesIO(page.content)).pages)
        assert ("资金收支表" in text, "99,000.00" in text) == (True, True)

    def test_costs_the_same_whatever_was_paid(
        self, paid: World, log_in: LogIn, django_assert_max_num_queries: object
    ) -> None:
        browser = log_in(paid.staff.auditor)
        with django_assert_max_num_queries(22):  # type: ignore[operator]  # pytest-django's fixture
            browser.get("/funds/XFL-2026/")

    def test_reads_in_english(self, paid: World, log_in: LogIn) -> None:
        browser = log_in(paid.staff.auditor)
        browser.cookies["django_language"] = "en"
        assert "By budget line" in browser.get("/funds/XFL-2026/").text


class TestDrillDown:
    def test_leads_to_the_journals_behind_a_figure(self, paid: World, log_in: LogIn) -> None:
        page = log_in(paid.staff.auditor).get("/funds/XFL-2026/journals/?kind=SETTLEMENT&source=DON")
        number = Journal.objects.get(kind=JournalKind.SETTLEMENT).number
        assert (number in page.text, "¥1,000.00" in page.text) == (True, True)

    def test_goes_on_with_the_next_page(self, paid: World, log_in: LogIn) -> None:
        last = Journal.objects.latest("pk")
        page = log_in(paid.staff.auditor).get(f"/funds/XFL-2026/journals/?after={last.pk}")
        assert last.number not in page.text

    def test_is_a_part_of_its_page(self, paid: World, log_in: LogIn) -> None:
        browser = log_in(paid.staff.auditor)
        part = browser.get("/funds/XFL-2026/journals/", headers={"HX-Request": "true"})
        assert part.text.strip() in browser.get("/funds/XFL-2026/journals/").text

    def test_shows_the_balances(self, paid: World, log_in: LogIn) -> None:
        assert "¥995,000.00" not in log_in(paid.staff.auditor).get("/funds/XFL-2026/balances/").text

    def test_shows_one_journal(self, paid: World, log_in: LogIn) -> None:
        page = log_in(paid.staff.auditor).get("/funds/journals/LZ-2026-000002/")
        assert all(text in page.text for text in ("银行存款 · 政府拨款", "陆万元整", "XFL-2026"))
        assert "CASH:GOV" not in page.text

    def test_names_what_a_journal_is_about_and_leads_there(self, paid: World, log_in: LogIn) -> None:
        page = log_in(paid.staff.auditor).get("/funds/XFL-2026/journals/").text
        assert '<a href="/payments/FF-2026-03-1/">批次 FF-2026-03-1</a>' in page
        assert all(text in page for text in ("待遇 DY-2026-0001 至 DY-2026-0002", "政府拨款", "本资金"))
        assert "batch:" not in page

    @pytest.mark.parametrize(
        ("text", "kinds"),
        [("ff-2026-03-1", {"ACCRUAL", "SENDING", "SETTLEMENT"}), ("DY-2026-0002", {"COMMITMENT"}), ("nothing", set())],
    )
    def test_finds_the_journals_of_a_batch_or_an_award(
        self, paid: World, log_in: LogIn, text: str, kinds: set[str]
    ) -> None:
        page = log_in(paid.staff.auditor).get(f"/funds/XFL-2026/journals/?q={text}").text
        shown = {row.kind for row in Journal.objects.all() if f"/funds/journals/{row.number}/" in page}
        assert shown == kinds

    def test_goes_out_as_a_workbook(self, paid: World, log_in: LogIn) -> None:
        rows = book(log_in(paid.staff.auditor).get("/funds/XFL-2026/journals/?kind=SETTLEMENT&as=xlsx"))
        assert [row[2:5] for row in rows[1:]] == [["银行付讫", "批次 FF-2026-03-1", 1000]]

    def test_prints_a_voucher_in_figures_and_capitals(self, paid: World, log_in: LogIn) -> None:
        number = Journal.objects.get(kind=JournalKind.ACCRUAL).number
        page = log_in(paid.staff.auditor).get(f"/funds/journals/{number}/voucher.pdf")
        text = "".join(part.extract_text() for part in PdfReader(io.BytesIO(page.content)).pages)
        assert all(words in text for words in ("记账凭证", "¥1,000.00", "壹仟元整", "批次 FF-2026-03-1"))
        # Money first; what only watches the budget and what is left stands below under its own head.
        money, watched = text.split("预算与可用资金")
        assert ("分录" in money, "应付" in money, "应付" in watched) == (True, True, False)

    @pytest.mark.parametrize(
        "kind", [JournalKind.COMMITMENT, JournalKind.ACCRUAL, JournalKind.SETTLEMENT, JournalKind.INFLOW]
    )
    def test_a_voucher_has_each_entry_once_those_of_budget_and_disposal_apart(
        self, paid: World, log_in: LogIn, kind: JournalKind
    ) -> None:
        journal = Journal.objects.filter(kind=kind).latest("pk")
        page = log_in(paid.staff.auditor).get(f"/funds/journals/{journal.number}/voucher.pdf")
        printed = "".join(one.extract_text() for one in PdfReader(io.BytesIO(page.content)).pages)
        real, _title, memo = re.sub(r"\s", "", printed).partition("预算与可用资金")
        for row in journal.transfers.select_related("debit", "credit"):
            entry = re.sub(r"\s", "", f"{account_name(row.debit)}{account_name(row.credit)}{row.reference}")
            where = (memo, real) if row.debit.kind in MEMO else (real, memo)
            assert [text.count(entry) for text in where] == [1, 0], entry

    def test_prints_no_voucher_of_another(self, paid: World, log_in: LogIn) -> None:
        browser = log_in(paid.staff.checker)
        assert browser.get("/funds/journals/LZ-2026-999999/voucher.pdf").status_code == 404

    def test_does_not_find_another(self, paid: World, log_in: LogIn) -> None:
        browser = log_in(paid.staff.checker)
        assert browser.get("/funds/journals/LZ-2026-999999/").status_code == 404
        assert browser.get("/funds/journals/LZ-2026-999999/correct/").status_code == 404


class TestInflow:
    def post(self, world: World, log_in: LogIn, **changes: str) -> object:
        data = {"source": str(world.source("OWN").pk), "amount": "1,200.50", "on": "2026-03-16", "reference": "银行 1"}
        data["paper"] = "回单 0316"
        return log_in(world.staff.maker).post("/funds/XFL-2026/inflows/new/", {**data, **key(), **changes})

    def test_is_booked_when_the_checker_confirms_it(self, world: World, log_in: LogIn) -> None:
        page = self.post(world, log_in)
        assert (page["Location"], world.balance(AccountKind.CASH, "OWN")) == (PROPOSAL, 10_000_00)  # type: ignore[index]  # a response
        log_in(world.staff.checker).post(f"{PROPOSAL}confirm/", key())
        assert world.balance(AccountKind.CASH, "OWN") == 11_200_50

    def test_shows_the_checker_what_to_compare_with_the_bank(self, world: World, log_in: LogIn) -> None:
        self.post(world, log_in)
        text = log_in(world.staff.checker).get(PROPOSAL).text
        told = ("¥1,200.50", "壹仟贰佰元伍角", "银行 1", "回单 0316", "吴敏", "2026年3月16日", "核对无误，同意")
        assert [words for words in told if words not in text] == []

    def test_another_of_the_same_day_and_amount_is_told_to_both(self, world: World, log_in: LogIn) -> None:
        self.post(world, log_in)
        refused = self.post(world, log_in, reference="银行 2")
        assert ("FH-2026-0004（凭证号“银行 1”）" in refused.text, Proposal.objects.count()) == (True, 4)  # type: ignore[attr-defined]  # a page
        taken = self.post(world, log_in, reference="银行 2", reason="两张回单")
        text = log_in(world.staff.checker).get(taken["Location"]).text  # type: ignore[index]  # a response
        told = ("请核对是不是同一笔钱", 'href="/funds/proposals/FH-2026-0004/"', "银行 1", "两张回单")
        assert [words for words in told if words not in text] == []

    def test_is_the_checkers_work(self, world: World, log_in: LogIn) -> None:
        self.post(world, log_in)
        mine = {kind for todo in waiting(authority_of(world.staff.checker, MONDAY), MONDAY) if (kind := todo.kind)}
        assert "ledger.inflow.confirm" in mine
        assert "ledger.inflow.confirm" not in {
            todo.kind for todo in waiting(authority_of(world.staff.maker, MONDAY), MONDAY)
        }

    def test_offers_who_wrote_it_down_to_withdraw_it(self, world: World, log_in: LogIn) -> None:
        self.post(world, log_in)
        text = log_in(world.staff.maker).get(PROPOSAL).text
        assert (f"{PROPOSAL}withdraw/" in text, f"{PROPOSAL}confirm/" in text) == (True, False)

    def test_names_source_and_fund_as_people_call_them(self, world: World, log_in: LogIn) -> None:
        self.post(world, log_in)
        checker = log_in(world.staff.checker)
        for text in (checker.get(PROPOSAL).text, checker.get("/funds/proposals/").text):
            assert f"{world.fund.name} · {world.source('OWN').name}" in text
            assert f"{world.fund.code} · OWN" not in text

    def test_stands_in_the_list_that_goes_to_excel(self, world: World, log_in: LogIn) -> None:
        self.post(world, log_in)
        rows = book(log_in(world.staff.auditor).get("/funds/proposals/?as=xlsx"))
        assert [row for row in rows if "FH-2026-0004" in row and "银行 1" in row] != []

    def test_asked_for_twice_is_written_down_once(self, world: World, log_in: LogIn) -> None:
        before, same = Proposal.objects.count(), {"act_key": "a" * 32}
        self.post(world, log_in, **same)
        self.post(world, log_in, **same)
        assert Proposal.objects.count() == before + 1

    def test_altered_and_sent_again_is_not_said_to_be_written_down(self, world: World, log_in: LogIn) -> None:
        same = {"act_key": "a" * 32}
        self.post(world, log_in, **same)
        page = self.post(world, log_in, amount="12,000.50", **same)
        assert (page.status_code, "这次改动的内容没有办理" in page.text) == (422, True)  # type: ignore[attr-defined]  # a response
        assert Proposal.objects.latest("pk").amount_fen == 1_200_50

    @pytest.mark.parametrize(
        ("field", "value", "words"),
        [
            ("amount", "12.345", "金额格式不正确"),
            ("amount", "-5", "金额必须大于零"),
            ("on", "2026-12-31", "日期须在资金年度"),
        ],
    )
    def test_says_what_is_wrong_and_keeps_what_was_typed(
        self, world: World, log_in: LogIn, field: str, value: str, words: str
    ) -> None:
        page = self.post(world, log_in, **{field: value})
        assert (words in page.text, "银行 1" in page.text) == (True, True)  # type: ignore[attr-defined]  # a response

    def test_is_the_makers(self, world: World, log_in: LogIn) -> None:
        assert log_in(world.staff.checker).get("/funds/XFL-2026/inflows/new/").status_code == 403


class TestFee:
    def post(self, world: World, log_in: LogIn, **changes: str) -> object:
        data = {"source": str(world.source("OWN").pk), "amount": "15", "on": "2026-03-16", "reference": "手续费 1"}
        return log_in(world.staff.maker).post("/funds/XFL-2026/fees/new/", {**data, **key(), **changes}, follow=True)

    def test_is_booked_and_shown_on_the_statement(self, world: World, log_in: LogIn) -> None:
        page = self.post(world, log_in)
        assert world.balance(AccountKind.CASH, "OWN") == 9_985_00
        assert "到账已扣除银行手续费 ¥15.00" in page.text  # type: ignore[attr-defined]  # a response

    def test_says_what_is_wrong_and_keeps_what_was_typed(self, world: World, log_in: LogIn) -> None:
        page = self.post(world, log_in, source=str(world.source("DON").pk))
        assert ("限定用途" in page.text, "手续费 1" in page.text) == (True, True)  # type: ignore[attr-defined]  # a response

    def test_says_from_which_amount_a_paper_is_needed(self, world: World, log_in: LogIn) -> None:
        bound = bound_on(MONDAY)
        assert bound is not None
        page = log_in(world.staff.maker).get("/funds/XFL-2026/fees/new/").text
        fee, month = money_text(bound.fee_fen), money_text(bound.month_fen)
        assert f"一笔高于 {fee} 或本月合计高于 {month} 的须由复核人核对，必须填写" in page

    def test_is_offered_to_the_maker_alone(self, world: World, log_in: LogIn) -> None:
        assert "登记银行手续费" in log_in(world.staff.maker).get("/funds/XFL-2026/").text
        assert "登记银行手续费" not in log_in(world.staff.checker).get("/funds/XFL-2026/").text
        assert log_in(world.staff.checker).get("/funds/XFL-2026/fees/new/").status_code == 403


def test_the_list_of_proposals_names_every_kind_that_it_holds(world: World, log_in: LogIn) -> None:
    page = log_in(world.staff.checker).get("/funds/proposals/").text
    lead = page[page.index("规则没有给出的金额") : page.index("由一人提出、另一人复核后才生效")]
    named = ("到账", "手续费", "超预算", "免收", "收回", "付讫后退回")
    assert ([word for word in named if word not in lead], len(ProposalKind)) == ([], len(named) + 2)  # two amounts


class TestExcess:
    def test_is_accepted_by_two_officers(self, world: World, log_in: LogIn) -> None:
        data = {"line": str(world.line().pk), "amount": "500", "reason": "春节"}
        log_in(world.staff.street_officer).post("/funds/XFL-2026/excess/new/", {**data, **key()})
        assert world.balance(AccountKind.AVAILABLE, "AID") == 1_000_000_00
        other = log_in(world.staff.second_officer)
        assert "多 ¥500.00" in other.get(PROPOSAL).text
        other.post(f"{PROPOSAL}confirm/", key())
        assert world.balance(AccountKind.AVAILABLE, "AID") == 1_000_500_00

    def test_shows_its_form(self, world: World, log_in: LogIn) -> None:
        assert "认可超出的金额" in log_in(world.staff.street_officer).get("/funds/XFL-2026/excess/new/").text

    def test_is_not_the_makers(self, world: World, log_in: LogIn) -> None:
        assert log_in(world.staff.maker).get("/funds/XFL-2026/excess/new/").status_code == 403

    def test_says_what_is_wrong(self, world: World, log_in: LogIn) -> None:
        data = {"line": str(world.line().pk), "amount": "0", "reason": "春节"}
        page = log_in(world.staff.street_officer).post("/funds/XFL-2026/excess/new/", {**data, **key()})
        assert "金额必须大于零" in page.text


class TestCorrect:
    def test_reverses_a_slip(self, world: World, log_in: LogIn) -> None:
        browser = log_in(world.staff.checker)
        browser.post("/funds/journals/LZ-2026-000002/correct/", {"reason": "重复", **key()})
        page = browser.get("/funds/journals/LZ-2026-000002/")
        assert ("已冲销" in page.text, world.balance(AccountKind.CASH, "GOV")) == (True, 0)

    def test_offers_itself_to_the_checker(self, world: World, log_in: LogIn) -> None:
        browser = log_in(world.staff.checker)
        assert "/correct/" in browser.get("/funds/journals/LZ-2026-000002/").text
        assert browser.get("/funds/journals/LZ-2026-000002/correct/").status_code == 200

    def test_is_not_the_makers(self, world: World, log_in: LogIn) -> None:
        assert log_in(world.staff.maker).get("/funds/journals/LZ-2026-000002/correct/").status_code == 403

    def test_says_why_not(self, world: World, log_in: LogIn) -> None:
        spend(world, 1_00)
        page = log_in(world.staff.checker).post("/funds/journals/LZ-2026-000002/correct/", {"reason": "x", **key()})
        assert "余额不足" in page.text

    def test_needs_a_reason(self, world: World, log_in: LogIn) -> None:
        page = log_in(world.staff.checker).post("/funds/journals/LZ-2026-000002/correct/", {"reason": "", **key()})
        assert "error-summary" in page.text
