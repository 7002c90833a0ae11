"""Opening a fund, receiving money, accepting an excess, correcting a slip, locking a month."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from linli.ground.users.queries import NotPermitted, authority_of
from linli.kernel.act import SYSTEM, Act
from linli.kernel.errors import ReasonMissing
from linli.kernel.period import Month
from linli.money.ledger import operations, queries
from linli.money.ledger.codes import AccountKind, JournalKind, SourceKind
from linli.money.ledger.models import Fund, Journal
from linli.money.ledger.operations import NewLine, NewSource
from linli.money.ledger.permissions import READERS, can_accept_excess, can_correct, can_manage_fund, can_receive
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


class TestReceiveInflow:
    def test_can_be_spent(self, world: World) -> None:
        world.receive("GOV", 5_00)
        assert world.balance(AccountKind.SPENDABLE, "GOV") == 60_005_00

    def test_is_cash_and_income(self, world: World) -> None:
        assert world.total(AccountKind.CASH) == world.total(AccountKind.INCOME) == 100_000_00

    def test_is_the_makers(self, world: World) -> None:
        with pytest.raises(NotPermitted):
            operations.receive_inflow(
                by(world.staff.checker), source_id=world.source("GOV").pk, amount_fen=1, on=OPENED, reference="x"
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
            operations.receive_inflow(
                by(world.staff.maker), source_id=world.source("GOV").pk, amount_fen=1, on=day, reference="x"
            )


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
        with pytest.raises(operations.FundsExhausted):
            self.fee(world, fen=10_000_01)

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


class TestAcceptExcess:
    def test_lets_the_line_promise_more(self, world: World) -> None:
        before = queries.available(world.line().pk)
        operations.accept_excess(
            by(world.staff.street_officer), line_id=world.line().pk, amount_fen=7_00, reason="春节"
        )
        assert queries.available(world.line().pk) == before + 7_00

    def test_records_the_reason(self, world: World) -> None:
        journal = operations.accept_excess(
            by(world.staff.street_officer), line_id=world.line().pk, amount_fen=7_00, reason=" 春节 "
        )
        assert journal.reason == "春节"

    def test_is_refused_to_the_community(self, world: World) -> None:
        with pytest.raises(NotPermitted):
            operations.accept_excess(by(world.staff.director), line_id=world.line().pk, amount_fen=1, reason="x")

    def test_needs_a_reason(self, world: World) -> None:
        with pytest.raises(ReasonMissing):
            operations.accept_excess(by(world.staff.street_officer), line_id=world.line().pk, amount_fen=1, reason=" ")


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
            for rule in (can_manage_fund, can_receive, can_accept_excess)
        ]
        assert allowed == [[2, 5], [3], [2]]

    def test_nobody_corrects_what_they_booked(self, world: World) -> None:
        checker = authority_of(world.staff.checker, OPENED)
        assert (can_correct(checker, world.fund.stamp, 0), can_correct(checker, world.fund.stamp, checker.user_id)) == (
            True,
            False,
        )

    def test_outsiders_see_no_fund(self, world: World) -> None:
        assert queries.funds(authority_of(world.staff.outsider, OPENED).scope(*READERS)) == []


def test_the_same_deeds_give_the_same_digest(community: Community, staff: Staff) -> None:
    savepoint = transaction.savepoint()
    first = queries.ledger_digest(make_world(community, staff).fund.pk)
    transaction.savepoint_rollback(savepoint)
    assert queries.ledger_digest(make_world(community, staff).fund.pk) == first
