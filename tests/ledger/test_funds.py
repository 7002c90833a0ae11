"""Opening a fund, receiving money, accepting an excess, correcting a slip, locking a month."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from linli.ground.users.models import Assignment
from linli.ground.users.queries import NotPermitted, authority_of
from linli.kernel.act import SYSTEM, Act
from linli.kernel.errors import ReasonMissing
from linli.kernel.period import Month
from linli.kernel.steps import SamePerson, StepNotPossible
from linli.money.ledger import operations, queries
from linli.money.ledger.codes import AccountKind, JournalKind, ProposalState, SourceKind
from linli.money.ledger.models import Fund, Journal, Proposal
from linli.money.ledger.operations import NewLine, NewSource
from linli.money.ledger.permissions import READERS, can_correct, can_manage_fund, can_receive
from tests.conftest import Community, Staff, at, system_act
from tests.ledger.world import OPENED, World, by, inside, make_world

SOURCE = NewSource("GOV", SourceKind.GOVERNMENT, "政府拨款")
LINE = NewLine("AID", "经济援助", 100_00, ("BASE_AWARD",))


def open_fund(act: Act, community: Community, **overrides: object) -> Fund:
    values = {"code": "F-2026", "name": "资金", "year": 2026, "sources": [SOURCE], "lines": [LINE]}
    return operations.open_fund(act, community_id=community.community.pk, **{**values, **overrides})  # type: ignore[arg-type]  # free overrides


class TestOpenFund:
    def test_makes_the_budget_available(self, community: Community) -> None:
        fund = open_fund(system_act(), community)
        assert queries.available(queries.lines(fund.pk)[0].pk) == 100_00

    def test_books_the_budget_on_the_first_day_of_its_year(self, community: Community) -> None:
        fund = open_fund(system_act(), community)
        assert Journal.objects.get(fund=fund).on_date == date(2026, 1, 1)

    def test_books_nothing_for_a_budget_of_zero(self, community: Community) -> None:
        fund = open_fund(system_act(), community, lines=[NewLine("AID", "经济援助", 0)])
        assert not Journal.objects.filter(fund=fund).exists()

    def test_may_be_done_by_a_street_officer(self, community: Community, staff: Staff) -> None:
        assert open_fund(by(staff.street_officer), community).code == "F-2026"

    def test_is_refused_to_finance_staff(self, community: Community, staff: Staff) -> None:
        with pytest.raises(NotPermitted):
            open_fund(by(staff.maker), community)

    def test_refuses_a_code_in_use(self, community: Community) -> None:
        open_fund(system_act(), community)
        with pytest.raises(operations.FundExists):
            open_fund(system_act(), community)

    @pytest.mark.parametrize(
        "overrides",
        [
            {"sources": []},
            {"lines": []},
            {"sources": [SOURCE, SOURCE]},
            {"lines": [LINE, LINE]},
            {"code": "A:B"},
            {"sources": [NewSource("", SourceKind.OTHER, "其他")]},
            {"sources": [NewSource("GOV", SourceKind.OTHER, "其他", -1)]},
            {"lines": [NewLine("AID", "经济援助", -1)]},
        ],
    )
    def test_refuses_a_shape_that_accounts_cannot_be_made_of(
        self, community: Community, overrides: dict[str, object]
    ) -> None:
        with pytest.raises(operations.FundMalformed):
            open_fund(system_act(), community, **overrides)


class TestInflow:
    def test_can_be_spent(self, world: World) -> None:
        world.receive("GOV", 5_00)
        assert world.balance(AccountKind.SPENDABLE, "GOV") == 60_005_00

    def test_is_cash_and_income(self, world: World) -> None:
        assert world.total(AccountKind.CASH) == world.total(AccountKind.INCOME) == 100_000_00

    def test_is_the_makers_to_write_down(self, world: World) -> None:
        with pytest.raises(NotPermitted):
            propose(world, by(world.staff.checker))

    def test_of_one_person_is_no_money(self, world: World) -> None:
        """The attack: the maker invents money, and pays with it the same morning."""
        row = world.inflow("GOV", 5_00)
        assert (row.state, world.balance(AccountKind.SPENDABLE, "GOV")) == (ProposalState.PROPOSED, 60_000_00)
        assert not Journal.objects.filter(transfers__reference="IN-1").exists()

    @pytest.mark.parametrize("who", ["maker", "releaser", "street_officer", "director", "administrator"])
    def test_is_confirmed_by_the_checker_alone(self, world: World, who: str) -> None:
        row = world.inflow("GOV", 5_00)
        with pytest.raises((NotPermitted, SamePerson)):
            operations.confirm_proposal(by(getattr(world.staff, who), hour=10), proposal_id=row.pk)

    def test_is_not_confirmed_by_who_wrote_it_down_in_another_role(self, world: World) -> None:
        person = world.staff.maker
        post = person.assignments.get()
        given = Assignment(user=person, role="FINANCE_CHECKER", area=post.area, valid_from=post.valid_from)
        inside(system_act(), step=lambda _act: given.save())
        row = world.inflow("GOV", 5_00)
        with pytest.raises(SamePerson):
            operations.confirm_proposal(by(person, hour=10), proposal_id=row.pk)

    def test_is_confirmed_once(self, world: World) -> None:
        row = world.inflow("GOV", 5_00)
        operations.confirm_proposal(by(world.staff.checker), proposal_id=row.pk)
        with pytest.raises(StepNotPossible):
            operations.confirm_proposal(by(world.staff.checker), proposal_id=row.pk)
        assert world.balance(AccountKind.SPENDABLE, "GOV") == 60_005_00

    def test_that_the_checker_did_not_find_is_no_money(self, world: World) -> None:
        row = world.inflow("GOV", 5_00)
        done = operations.refuse_proposal(by(world.staff.checker), proposal_id=row.pk, reason="银行没有这一笔")
        assert (done.state, done.answer, world.total(AccountKind.CASH)) == ("REFUSED", "银行没有这一笔", 100_000_00)

    def test_is_withdrawn_by_who_wrote_it_down(self, world: World) -> None:
        row = world.inflow("GOV", 5_00)
        done = operations.withdraw_proposal(by(world.staff.maker), proposal_id=row.pk, reason="写错来源")
        assert (done.state, queries.invariants()) == (ProposalState.WITHDRAWN, [])

    def test_that_waits_is_not_written_down_again(self, world: World) -> None:
        world.inflow("GOV", 5_00, reference="HP-9")
        with pytest.raises(operations.ProposalWaiting):
            world.inflow("DON", 5_00, reference="hp-9")

    def test_is_booked_on_its_day(self, world: World) -> None:
        row = world.inflow("GOV", 5_00, on=date(2026, 2, 3))
        done = operations.confirm_proposal(by(world.staff.checker), proposal_id=row.pk)
        assert done.journal.on_date == date(2026, 2, 3)

    def test_is_not_booked_in_a_month_that_was_locked_meanwhile(self, world: World) -> None:
        row = world.inflow("GOV", 5_00)
        lock(world, Month(2026, 1), date(2026, 2, 1))
        with pytest.raises(operations.MonthLocked):
            operations.confirm_proposal(by(world.staff.checker), proposal_id=row.pk)

    def test_names_the_paper_that_shows_it(self, world: World) -> None:
        with pytest.raises(operations.PaperMissing):
            propose(world, by(world.staff.maker), paper=" ")

    def test_names_the_banks_reference(self, world: World) -> None:
        with pytest.raises(operations.ReferenceMissing):
            propose(world, by(world.staff.maker), reference=" ")

    def test_is_not_rewritten_while_it_waits(self, world: World) -> None:
        row = world.inflow("GOV", 5_00)
        for change in ({"amount_fen": 9_00}, {"reference": "X"}, {"on_date": None}, {"target_id": 9}):
            with pytest.raises(IntegrityError, match="never rewritten"), transaction.atomic():
                Proposal.objects.filter(pk=row.pk).update(**change)

    def test_of_one_hand_the_database_does_not_keep_either(self, world: World) -> None:
        row = world.inflow("GOV", 5_00)
        with pytest.raises(IntegrityError), transaction.atomic():
            Proposal.objects.filter(pk=row.pk).update(state="CONFIRMED", decided_by_id=row.proposed_by_id)

    def test_is_booked_by_nobody_who_logs_in(self, world: World) -> None:
        with pytest.raises(NotPermitted):
            operations.receive_inflow(
                by(world.staff.maker), source_id=world.source("GOV").pk, amount_fen=1, on=OPENED, reference="x"
            )

    def test_may_come_from_a_bank_feed(self, world: World) -> None:
        journal = operations.receive_inflow(
            system_act(), source_id=world.source("GOV").pk, amount_fen=1, on=OPENED, reference="x"
        )
        assert journal.by_id == SYSTEM.pk

    @pytest.mark.parametrize(
        ("code", "fen", "on"),
        [("GOV", 7_00, OPENED), ("GOV", 9_00, OPENED), ("DON", 9_00, OPENED), ("GOV", 7_00, date(2026, 1, 6))],
    )
    def test_of_the_same_money_twice_is_told(self, world: World, code: str, fen: int, on: date) -> None:
        world.receive("GOV", 7_00, reference="HP-77")
        with pytest.raises(operations.InflowBooked) as caught:
            world.receive(code, fen, on=on, reference="hp-77")
        assert "已登记过" in str(caught.value)
        assert "7.00 元" in str(caught.value)
        assert caught.value.field == "reference"

    def test_of_another_day_and_amount_may_have_the_banks_same_words(self, world: World) -> None:
        world.receive("GOV", 7_00, reference="财政拨款")
        world.receive("GOV", 8_00, on=date(2026, 1, 20), reference="财政拨款")

    def test_may_be_booked_again_after_it_was_corrected(self, world: World) -> None:
        world.receive("GOV", 7_00, reference="HP-77")
        wrong = Journal.objects.latest("pk")
        operations.correct(by(world.staff.checker), journal_id=wrong.pk, reason="来源登记错了")
        world.receive("DON", 7_00, reference="HP-77")

    @pytest.mark.parametrize("fen", [0, -1])
    def test_refuses_nothing_and_negative_money(self, world: World, fen: int) -> None:
        with pytest.raises(operations.AmountNotPositive):
            world.receive("GOV", fen)

    @pytest.mark.parametrize("day", [date(2025, 12, 31), date(2026, 12, 31)])
    def test_refuses_another_year_and_the_future(self, world: World, day: date) -> None:
        with pytest.raises(operations.DateOutsideYear):
            propose(world, by(world.staff.maker), on=day)


def propose(world: World, act: Act, **changes: object) -> Proposal:
    """One fen for the source of the government."""
    told = {"source_id": world.source("GOV").pk, "amount_fen": 1, "on": OPENED, "reference": "x", "paper": "回单"}
    return operations.propose_inflow(act, **{**told, **changes})  # type: ignore[arg-type]  # free changes


# How one receipt's number is typed from a screen, a paper, a phone and a bank's file.
SPELLINGS = [
    "gz-2026-001",
    "GZ－2026－001",
    "ＧＺ-２０２６-００１",
    "GZ–2026–001",
    "GZ—2026—001",
    "GZ\u20112026\u2011001",
    "GZ−2026−001",
    "GZ2026001",
    "GZ-2026-001.",
    "GZ-2026-001。",
    "GZ - 2026 - 001",
    "GZ\u30002026\u3000001",
    "'GZ-2026-001",
    "“GZ-2026-001”",
    "GZ-2026-\u200b001",
    "GZ/2026/001",
    "GZ_2026_001",
    "GZ.2026.001",
    "（GZ）2026：001！",
    "No GZ-2026-001",
    "No. GZ-2026-001",
    "№ GZ-2026-001",
    "GZ-2026-1",
    "GZ-02026-0001",
    "GΖ-2026-001",  # Greek
    "GZ-2026-00\u0301\uff11",
]
# A keyboard left in another language.
LOOKS = [
    ("BOC-7788-A", "BОС-7788-А"),
    ("BOC-7788-A", "ΒΟC-7788-Α"),
    ("boc-7788-a", "bос-7788-а"),
    ("NOVA-1", "ΝΟVΑ/01"),
]


class TestOneReceiptHoweverItsNumberIsTyped:
    @pytest.mark.parametrize("again", SPELLINGS)
    def test_is_booked_once(self, world: World, again: str) -> None:
        world.receive("GOV", 7_00, reference="GZ-2026-001")
        with pytest.raises(operations.InflowBooked):
            propose(world, by(world.staff.maker), amount_fen=7_00, reference=again)

    @pytest.mark.parametrize(("first", "again"), LOOKS)
    def test_is_booked_once_in_letters_that_look_the_same(self, world: World, first: str, again: str) -> None:
        world.receive("GOV", 7_00, reference=first)
        with pytest.raises(operations.InflowBooked):
            propose(world, by(world.staff.maker), amount_fen=7_00, reference=again)

    @pytest.mark.parametrize("first", SPELLINGS)
    def test_is_booked_once_also_where_it_was_typed_oddly_before(self, world: World, first: str) -> None:
        feed, source = system_act(), world.source("GOV").pk
        operations.receive_inflow(feed, source_id=source, amount_fen=7_00, on=OPENED, reference=first)
        with pytest.raises(operations.InflowBooked):
            operations.receive_inflow(feed, source_id=source, amount_fen=7_00, on=OPENED, reference="GZ-2026-001")

    @pytest.mark.parametrize("again", SPELLINGS)
    def test_waits_once(self, world: World, again: str) -> None:
        propose(world, by(world.staff.maker), amount_fen=7_00, reference="GZ-2026-001")
        with pytest.raises(operations.ProposalWaiting):
            propose(world, by(world.staff.maker), amount_fen=7_00, reference=again)

    @pytest.mark.parametrize(
        "other",
        ["GZ-2026-002", "GZ-2026-001 第二笔", "GZ-2026-001/2", "—", "GZ-2026-010", "NOGZ-2026-001", "GZB-2026-001"],
    )
    def test_is_not_taken_for_another(self, world: World, other: str) -> None:
        world.receive("GOV", 7_00, reference="GZ-2026-001")
        world.receive("GOV", 7_00, reference="……")
        world.receive("GOV", 7_00, reference=other)


class TestAnotherOfTheSameDayAndAmount:
    """Whatever its reference says, it may be the same money: the maker is told, and says by what it is another."""

    def test_is_told_to_the_maker(self, world: World) -> None:
        world.receive("GOV", 7_00, reference="GZ-1")
        with pytest.raises(operations.InflowAlike) as told:
            propose(world, by(world.staff.maker), amount_fen=7_00, reference="QT-9")
        assert (told.value.field, "GZ-1" in str(told.value)) == ("reason", True)

    def test_is_told_while_the_first_waits(self, world: World) -> None:
        waiting = propose(world, by(world.staff.maker), amount_fen=7_00, reference="GZ-1")
        with pytest.raises(operations.InflowAlike, match=waiting.number):
            propose(world, by(world.staff.maker), amount_fen=7_00, reference="QT-9")

    def test_is_taken_with_a_word_that_the_checker_reads(self, world: World) -> None:
        world.receive("GOV", 7_00, reference="GZ-1")
        row = propose(world, by(world.staff.maker), amount_fen=7_00, reference="QT-9", reason="两张回单")
        assert (row.reason, [one.reference for one in queries.alike(row.target_id, OPENED, 7_00, but=row)]) == (
            "两张回单",
            ["GZ-1"],
        )
        done = operations.confirm_proposal(by(world.staff.checker), proposal_id=row.pk)
        assert done.journal is not None

    def test_a_blank_is_no_word(self, world: World) -> None:
        world.receive("GOV", 7_00, reference="GZ-1")
        with pytest.raises(operations.InflowAlike):
            propose(world, by(world.staff.maker), amount_fen=7_00, reference="QT-9", reason=" ")

    def test_is_not_confirmed_where_the_other_came_meanwhile(self, world: World) -> None:
        row = propose(world, by(world.staff.maker), amount_fen=7_00, reference="GZ-1")
        operations.receive_inflow(
            system_act(), source_id=world.source("GOV").pk, amount_fen=7_00, on=OPENED, reference="QT-9"
        )
        with pytest.raises(operations.InflowAlike):
            operations.confirm_proposal(by(world.staff.checker), proposal_id=row.pk)

    @pytest.mark.parametrize("changes", [{"amount_fen": 7_01}, {"on": OPENED + timedelta(days=1)}, {"source": "DON"}])
    def test_of_another_source_day_or_amount_needs_none(self, world: World, changes: dict[str, object]) -> None:
        world.receive("GOV", 7_00, reference="GZ-1")
        told = {"amount_fen": 7_00, **changes}
        source = world.source(str(told.pop("source", "GOV"))).pk
        propose(world, by(world.staff.maker, OPENED + timedelta(days=1)), source_id=source, reference="QT-9", **told)

    def test_needs_none_once_the_first_is_undone(self, world: World) -> None:
        world.receive("GOV", 7_00, reference="GZ-1")
        wrong = Journal.objects.latest("pk")
        operations.correct(by(world.staff.checker), journal_id=wrong.pk, reason="登记错了")
        propose(world, by(world.staff.maker), amount_fen=7_00, reference="QT-9")


class TestBookFee:
    def fee(
        self, world: World, *, code: str = "OWN", fen: int = 15_00, by_whom: str = "maker", **changes: object
    ) -> Journal:
        asked = {"on": OPENED, "reference": " 3 月手续费 ", **changes}
        somebody = by(getattr(world.staff, by_whom))
        return operations.book_fee(somebody, source_id=world.source(code).pk, amount_fen=fen, **asked)  # type: ignore[arg-type]  # a case

    def test_takes_from_the_source_and_from_no_budget_line(self, world: World) -> None:
        before = queries.available(world.line().pk)
        self.fee(world)
        assert (
            world.balance(AccountKind.CASH, "OWN"),
            world.balance(AccountKind.SPENDABLE, "OWN"),
            world.total(AccountKind.EXPENSE),
            queries.available(world.line().pk),
        ) == (9_985_00, 9_985_00, 0, before)

    def test_leaves_every_invariant_whole(self, world: World) -> None:
        self.fee(world)
        assert queries.invariants() == []

    def test_is_less_received_and_told_by_itself(self, world: World) -> None:
        self.fee(world)
        found = queries.statement(
            authority_of(world.staff.auditor, OPENED).scope(), world.fund.pk, date(2026, 1, 1), date(2027, 1, 1)
        )
        own = next(row for row in found.sources if row.source.code == "OWN")
        assert (own.received_fen, own.fees_fen, own.closing_fen, found.fees_fen) == (9_985_00, 15_00, 9_985_00, 15_00)

    def test_keeps_the_banks_text(self, world: World) -> None:
        assert {row.reference for row in self.fee(world).transfers.all()} == {"3 月手续费"}

    def test_is_the_makers(self, world: World) -> None:
        with pytest.raises(NotPermitted):
            self.fee(world, by_whom="checker")

    def test_is_corrected_by_the_checker(self, world: World) -> None:
        operations.correct(by(world.staff.checker), journal_id=self.fee(world).pk, reason="记错来源")
        assert (world.balance(AccountKind.CASH, "OWN"), queries.invariants()) == (10_000_00, [])

    def test_is_not_borne_by_restricted_money_where_there_is_other(self, world: World) -> None:
        with pytest.raises(operations.FeeOnRestrictedMoney):
            self.fee(world, code="DON")

    def test_is_not_more_than_there_is(self, world: World) -> None:
        row = world.high_fee(10_000_01, on=OPENED)
        with pytest.raises(operations.FundsExhausted):
            operations.confirm_proposal(by(world.staff.checker), proposal_id=row.pk)

    @pytest.mark.parametrize(
        ("changes", "refusal"),
        [
            ({"on": date(2025, 12, 31)}, operations.DateOutsideYear),
            ({"on": date(2026, 12, 31)}, operations.DateOutsideYear),
            ({"reference": " "}, operations.ReferenceMissing),
            ({"fen": 0}, operations.AmountNotPositive),
        ],
    )
    def test_needs_a_day_of_the_year_a_text_and_an_amount(
        self, world: World, changes: dict[str, object], refusal: type[Exception]
    ) -> None:
        with pytest.raises(refusal):
            self.fee(world, **changes)  # type: ignore[arg-type]  # a case


class TestExcess:
    def ask(self, world: World, who: str = "street_officer", **changes: object) -> Proposal:
        told = {"line_id": world.line().pk, "amount_fen": 7_00, "reason": " 春节 ", **changes}
        return operations.propose_excess(by(getattr(world.staff, who)), **told)  # type: ignore[arg-type]  # a case

    def test_lets_the_line_promise_more_when_another_officer_agrees(self, world: World) -> None:
        before = queries.available(world.line().pk)
        world.excess(7_00)
        assert (queries.available(world.line().pk), queries.invariants()) == (before + 7_00, [])

    def test_of_one_officer_lets_it_promise_nothing(self, world: World) -> None:
        before, row = queries.available(world.line().pk), self.ask(world)
        with pytest.raises(SamePerson):
            operations.confirm_proposal(by(world.staff.street_officer, hour=10), proposal_id=row.pk)
        assert queries.available(world.line().pk) == before

    def test_may_be_agreed_to_by_the_district(self, world: World) -> None:
        done = operations.confirm_proposal(by(world.staff.district_officer), proposal_id=self.ask(world).pk)
        assert (done.journal.reason, done.difference_fen) == ("春节", 7_00)

    def test_starts_from_the_budget_that_was_seen(self, world: World) -> None:
        row = self.ask(world)
        spare = self.ask_beside(world, row)
        with pytest.raises(operations.ProposalStale):
            operations.confirm_proposal(by(world.staff.second_officer), proposal_id=spare)

    def ask_beside(self, world: World, row: Proposal) -> int:
        """Another that started from the same budget, left waiting when the first is confirmed."""
        operations.confirm_proposal(by(world.staff.second_officer), proposal_id=row.pk)
        waiting = self.ask(world)
        correct = Journal.objects.filter(kind=JournalKind.EXCESS).latest("pk")
        operations.correct(by(world.staff.checker), journal_id=correct.pk, reason="金额有误")
        return waiting.pk

    def test_is_asked_once_at_a_time(self, world: World) -> None:
        self.ask(world)
        with pytest.raises(operations.ProposalWaiting):
            self.ask(world, "second_officer")

    def test_is_not_asked_by_the_community(self, world: World) -> None:
        with pytest.raises(NotPermitted):
            self.ask(world, "director")

    @pytest.mark.parametrize(
        ("changes", "refusal"),
        [({"reason": " "}, ReasonMissing), ({"amount_fen": 0}, operations.AmountNotPositive)],
    )
    def test_needs_a_reason_and_an_amount(
        self, world: World, changes: dict[str, object], refusal: type[Exception]
    ) -> None:
        with pytest.raises(refusal):
            self.ask(world, **changes)


class TestCorrect:
    def inflow(self, world: World) -> Journal:
        return Journal.objects.filter(kind=JournalKind.INFLOW).earliest("pk")

    def test_is_the_opposite_entry(self, world: World) -> None:
        operations.correct(by(world.staff.checker), journal_id=self.inflow(world).pk, reason="重复入账")
        assert world.balance(AccountKind.CASH, "GOV") == 0

    def test_leaves_every_invariant_whole(self, world: World) -> None:
        operations.correct(by(world.staff.checker), journal_id=self.inflow(world).pk, reason="x")
        assert queries.invariants() == []

    def test_points_at_what_it_corrects(self, world: World) -> None:
        wrong = self.inflow(world)
        assert operations.correct(by(world.staff.checker), journal_id=wrong.pk, reason="x").reverses == wrong

    def test_happens_once(self, world: World) -> None:
        operations.correct(by(world.staff.checker), journal_id=self.inflow(world).pk, reason="x")
        with pytest.raises(operations.JournalAlreadyCorrected):
            operations.correct(by(world.staff.checker), journal_id=self.inflow(world).pk, reason="x")

    def test_is_not_for_promises_and_payments(self, world: World) -> None:
        budget = Journal.objects.get(kind=JournalKind.APPROPRIATION)
        with pytest.raises(operations.JournalNotCorrectable):
            operations.correct(by(world.staff.checker), journal_id=budget.pk, reason="x")

    def test_is_refused_when_the_money_is_spent(self, world: World) -> None:
        spend(world, 60_000_00)
        with pytest.raises(operations.FundsExhausted):
            operations.correct(by(world.staff.checker), journal_id=self.inflow(world).pk, reason="x")

    def test_is_not_ones_own(self, world: World) -> None:
        with pytest.raises(NotPermitted):
            operations.correct(by(world.staff.maker), journal_id=self.inflow(world).pk, reason="x")

    def test_needs_a_reason(self, world: World) -> None:
        with pytest.raises(ReasonMissing):
            operations.correct(by(world.staff.checker), journal_id=self.inflow(world).pk, reason="")


def spend(world: World, fen: int, programme: str = "BASE_AWARD", source: str = "GOV") -> None:
    """Promise and spend an amount."""

    def step(act: Act) -> None:
        promise = operations.Promise(world.line().pk, fen)
        operations.commit(act, fund_id=world.fund.pk, promises=[promise], subject="test")
        spending = operations.Spending(world.line().pk, world.source(source).pk, programme, fen)
        operations.accrue(act, fund_id=world.fund.pk, spendings=[spending], subject="test")

    inside(by(world.staff.maker), step=step)


def lock(world: World, month: Month, on: date) -> None:
    """Close a month as payments does."""
    inside(
        Act(world.staff.checker, at(on)),
        step=lambda act: operations.lock_month(
            act, fund=world.fund, month=month, bank_balance_fen=0, statement_digest="0" * 64
        ),
    )


class TestLockMonth:
    def test_refuses_later_bookings_by_name(self, world: World) -> None:
        lock(world, Month(2026, 1), date(2026, 2, 1))
        with pytest.raises(operations.MonthLocked):
            world.receive("GOV", 1_00)

    def test_leaves_other_months_open(self, world: World) -> None:
        lock(world, Month(2026, 1), date(2026, 2, 1))
        world.receive("GOV", 1_00, on=date(2026, 2, 1))
        assert world.balance(AccountKind.CASH, "GOV") == 60_001_00

    def test_is_kept_by_the_database_too(self, world: World) -> None:
        lock(world, Month(2026, 1), date(2026, 2, 1))
        journal = Journal.objects.filter(kind=JournalKind.INFLOW).earliest("pk")
        journal.pk, journal.number = None, "LZ-2026-999999"
        with pytest.raises(IntegrityError, match="the month is locked"), transaction.atomic():
            journal.save(force_insert=True)

    def test_waits_for_the_end_of_the_month(self, world: World) -> None:
        with pytest.raises(operations.MonthNotOver):
            lock(world, Month(2026, 1), date(2026, 1, 31))

    def test_happens_once(self, world: World) -> None:
        lock(world, Month(2026, 1), date(2026, 2, 1))
        with pytest.raises(operations.MonthAlreadyLocked):
            lock(world, Month(2026, 1), date(2026, 2, 1))

    def test_is_listed(self, world: World) -> None:
        lock(world, Month(2026, 1), date(2026, 2, 1))
        assert [str(row.first_date) for row in queries.locked_months(world.fund.pk)] == ["2026-01-01"]


class TestPermissions:
    def test_what_a_button_shows_is_what_the_act_allows(self, world: World) -> None:
        staff, stamp = world.staff, world.fund.stamp
        people = [staff.clerk, staff.director, staff.street_officer, staff.maker, staff.checker, staff.district_officer]
        held = [authority_of(person, OPENED) for person in people]
        allowed = [
            [place for place, person in enumerate(held) if rule(person, stamp)]
            for rule in (can_manage_fund, can_receive)
        ]
        assert allowed == [[2, 5], [3]]

    def test_nobody_corrects_what_they_booked(self, world: World) -> None:
        checker = authority_of(world.staff.checker, OPENED)
        allowed = [can_correct(checker, world.fund.stamp, one, OPENED) for one in (0, checker.user_id)]
        assert allowed == [True, False]

    def test_outsiders_see_no_fund(self, world: World) -> None:
        assert queries.funds(authority_of(world.staff.outsider, OPENED).scope(*READERS)) == []


def test_the_same_deeds_give_the_same_digest(community: Community, staff: Staff) -> None:
    savepoint = transaction.savepoint()
    first = queries.ledger_digest(make_world(community, staff).fund.pk)
    transaction.savepoint_rollback(savepoint)
    assert queries.ledger_digest(make_world(community, staff).fund.pk) == first
