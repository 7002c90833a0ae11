"""Reads: only what the scope covers, and figures that add up."""

from datetime import date
from itertools import pairwise

import pytest

from linli.foundation.data.scope import NOWHERE, Scope
from linli.kernel.act import Act
from linli.money.ledger import operations, queries
from linli.money.ledger.codes import AccountKind, JournalKind
from linli.money.ledger.models import BudgetLine, Fund, FundingSource, Journal
from linli.money.ledger.operations import Flow
from tests.layers import layer
from tests.ledger.test_funds import spend
from tests.ledger.world import World, by, inside

JANUARY, FEBRUARY, APRIL = date(2026, 1, 1), date(2026, 2, 1), date(2026, 4, 1)


@pytest.fixture
def scope(world: World) -> Scope:
    return Scope(communities=frozenset([world.community.community.pk]))


@layer
def paid(world: World) -> World:
    """Six yuan spent and paid, four on their way, two payable, in March."""

    def step(act: Act) -> None:
        source = world.source("GOV").pk
        operations.send(act, fund_id=world.fund.pk, flows=[Flow(source, 10_00)], subject="batch:1")
        operations.settle(act, fund_id=world.fund.pk, flows=[Flow(source, 6_00)], subject="batch:1")

    spend(world, 12_00)
    inside(by(world.staff.maker), step=step)
    return world


class TestScope:
    def test_a_fund_is_found_where_one_may_look(self, world: World, scope: Scope) -> None:
        assert queries.fund(scope, "XFL-2026") == world.fund

    def test_a_fund_elsewhere_is_not_there(self, world: World) -> None:
        with pytest.raises(Fund.DoesNotExist):
            queries.fund(Scope(communities=frozenset([world.community.sibling.pk])), "XFL-2026")

    def test_balances_stand_by_line_and_source_in_their_order(self, world: World, scope: Scope) -> None:
        FundingSource.objects.filter(code="GOV").update(position=9)
        BudgetLine.objects.filter(code="AID").update(position=9)
        rows = queries.balances(scope, world.fund.pk)
        orders = [list(dict.fromkeys(getattr(row, owner) for row in rows)) for owner in ("line", "source")]
        assert [[code for code in order if code] for order in orders] == [["TRAINING", "AID"], ["DON", "OWN", "GOV"]]
        keys = [(row.line, row.source) for row in rows]
        assert len([1 for one, other in pairwise(keys) if one != other]) == len(set(keys)) - 1

    def test_balances_of_a_fund_elsewhere_are_not_there(self, world: World) -> None:
        assert queries.balances(NOWHERE, world.fund.pk) == []

    def test_a_statement_of_a_fund_elsewhere_is_not_there(self, world: World) -> None:
        with pytest.raises(Fund.DoesNotExist):
            queries.statement(NOWHERE, world.fund.pk, JANUARY, APRIL)

    def test_a_journal_elsewhere_is_not_there(self, world: World) -> None:
        with pytest.raises(Journal.DoesNotExist):
            queries.journal(NOWHERE, "LZ-2026-000001")


class TestStatement:
    @pytest.mark.usefixtures("paid")
    def test_opening_and_movements_make_the_closing(self, world: World, scope: Scope) -> None:
        found = queries.statement(scope, world.fund.pk, FEBRUARY, APRIL)
        row = found.sources[0]
        assert (row.opening_fen, row.received_fen, row.paid_fen, row.recovered_fen, row.closing_fen) == (
            60_000_00, 0, 6_00, 0, 59_994_00,
        )  # fmt: skip

    @pytest.mark.usefixtures("paid")
    def test_shows_money_received_in_its_month(self, world: World, scope: Scope) -> None:
        found = queries.statement(scope, world.fund.pk, JANUARY, FEBRUARY)
        assert [row.received_fen for row in found.sources] == [60_000_00, 30_000_00, 10_000_00]

    @pytest.mark.usefixtures("paid")
    def test_shows_what_is_on_its_way(self, world: World, scope: Scope) -> None:
        found = queries.statement(scope, world.fund.pk, JANUARY, APRIL)
        assert (found.payable_fen, found.in_transit_fen, found.receivable_fen, found.closing_fen) == (
            2_00, 4_00, 0, 99_994_00,
        )  # fmt: skip

    @pytest.mark.usefixtures("paid")
    def test_shows_each_line(self, world: World, scope: Scope) -> None:
        row = queries.statement(scope, world.fund.pk, JANUARY, APRIL).lines[0]
        assert (row.budget_fen, row.available_fen, row.committed_fen, row.spent_fen) == (
            1_000_000_00, 999_988_00, 0, 12_00,
        )  # fmt: skip

    @pytest.mark.usefixtures("paid")
    def test_nets_a_corrected_inflow(self, world: World, scope: Scope) -> None:
        world.receive("OWN", 5_00)
        wrong = Journal.objects.filter(kind=JournalKind.INFLOW).latest("pk")
        operations.correct(by(world.staff.checker), journal_id=wrong.pk, reason="x")
        found = queries.statement(scope, world.fund.pk, JANUARY, APRIL)
        assert found.sources[2].received_fen == 10_000_00


class TestJournals:
    @pytest.mark.usefixtures("paid")
    @pytest.mark.parametrize(
        ("filters", "kinds"),
        [
            ({"kind": "SETTLEMENT"}, ["SETTLEMENT"]),
            ({"source": "GOV"}, ["SETTLEMENT", "SENDING", "ACCRUAL", "INFLOW"]),
            ({"line": "AID"}, ["ACCRUAL", "COMMITMENT", "APPROPRIATION"]),
            ({"start": FEBRUARY}, ["SETTLEMENT", "SENDING", "ACCRUAL", "COMMITMENT"]),
            ({"until": FEBRUARY}, ["INFLOW", "INFLOW", "INFLOW", "APPROPRIATION"]),
        ],
    )
    def test_lead_from_a_figure_to_its_records(
        self, world: World, scope: Scope, filters: dict[str, object], kinds: list[str]
    ) -> None:
        rows = queries.journals(scope, world.fund.pk, **filters)  # type: ignore[arg-type]  # one filter at a time
        assert [row.kind for row in rows] == kinds

    def test_show_their_transfers_in_order(self, world: World, scope: Scope) -> None:
        _journal, transfers = queries.journal(scope, "LZ-2026-000002")
        assert [(row.debit.kind, row.credit.kind) for row in transfers] == [
            (AccountKind.CASH, AccountKind.INCOME),
            (AccountKind.SPENDABLE, AccountKind.CASH_CONTROL),
        ]


class TestFunds:
    def test_balances_come_line_by_line(self, world: World, scope: Scope) -> None:
        rows = {row.code: row for row in queries.balances(scope, world.fund.pk)}
        row = rows["XFL-2026:EXPENSE:AID:GOV"]
        assert (row.kind, row.line, row.source, row.balance_fen) == (AccountKind.EXPENSE, "AID", "GOV", 0)

    def test_spendable_says_what_a_source_may_pay(self, world: World) -> None:
        purses = {purse.position: purse for purse in queries.spendable(world.fund.pk)}
        assert [purses[place].may_pay("ELDER_SUPPLEMENT") for place in (1, 2, 3)] == [True, False, True]

    def test_the_fund_of_a_year(self, world: World) -> None:
        community = world.community.community.pk
        assert (queries.fund_of(community, 2026), queries.fund_of(community, 2025)) == (world.fund, None)

    def test_the_line_of_a_programme(self, world: World) -> None:
        assert (queries.line_for(world.fund.pk, "TRAINING"), queries.line_for(world.fund.pk, "NO")) == (
            world.line("TRAINING"),
            None,
        )

    def test_lines_by_id_misses_none(self, world: World) -> None:
        with pytest.raises(BudgetLine.DoesNotExist):
            queries.lines_by_id([world.line().pk, 999])

    def test_cash_on_a_day(self, world: World) -> None:
        assert (queries.cash_on(world.fund.pk, date(2026, 1, 5)), queries.cash_on(world.fund.pk, FEBRUARY)) == (
            0,
            100_000_00,
        )

    @pytest.mark.usefixtures("paid")
    def test_cash_movements_have_a_sign(self, world: World) -> None:
        rows = queries.cash_movements(world.fund.pk, FEBRUARY, APRIL)
        assert [(row.kind, row.amount_fen) for row in rows] == [(JournalKind.SETTLEMENT, -6_00)]

    def test_rows_say_what_they_are(self, world: World) -> None:
        journal = Journal.objects.earliest("pk")
        rows = [world.fund, world.source("GOV"), world.line(), journal, journal.transfers.get(seq=1).debit]
        assert [str(row) for row in rows] == ["XFL-2026", "GOV", "AID", "LZ-2026-000001", "XFL-2026:AVAILABLE:AID"]

    def test_a_transfer_names_its_place(self, world: World) -> None:
        journal = Journal.objects.earliest("pk")
        assert str(journal.transfers.get(seq=1)) == f"{journal.pk}/1"
