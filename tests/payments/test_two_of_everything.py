"""Two funds of one community, each with its batches: nothing one of them does shows in the other's figures.

In a world with one of a thing a filter that is missing is never missed.
"""

from dataclasses import dataclass
from datetime import date

import pytest

from linli.foundation.data.keyset import after, token_of
from linli.foundation.data.scope import Scope
from linli.kernel.period import Month
from linli.kernel.steps import StepNotPossible
from linli.money.ledger import queries as ledger
from linli.money.ledger.codes import AccountKind, SourceKind
from linli.money.ledger.operations import NewLine, NewSource, open_fund
from linli.money.payments import operations, queries, refusals
from linli.money.payments.codes import BatchState, ItemState
from linli.money.payments.engine.statements import read_statement
from linli.money.payments.models import PaymentBatch
from linli.money.payments.operations import import_return, reconcile_month, reissue
from linli.money.payments.queries import layouts
from tests.conftest import Community, Staff, system_act
from tests.layers import layer
from tests.ledger.bank import answer, lock_before, statement
from tests.ledger.world import BASE, MARCH, PAY_DAY, World, by, make_world

APRIL = Month(2026, 4)
APRIL_1, APRIL_15 = date(2026, 4, 1), date(2026, 4, 15)
YEAR = (date(2026, 1, 1), date(2027, 1, 1))


@dataclass
class Two:
    """The first fund pays two families 500 yuan a month, the second one family 700."""

    first: World
    second: World

    @property
    def ids(self) -> list[int]:
        return [self.first.fund.pk, self.second.fund.pk]

    @property
    def scope(self) -> Scope:
        return Scope(communities=frozenset([self.first.community.community.pk]))


@layer
def two(community: Community, staff: Staff) -> Two:
    first = make_world(community, staff)
    first.register(2)
    first.grant(*(first.base(one) for one in first.families))
    fund = open_fund(
        system_act(date(2026, 1, 4)),
        code="HQL-2026",
        name="红旗里专项资金",
        year=2026,
        community_id=community.community.pk,
        sources=[NewSource("GOV", SourceKind.GOVERNMENT, "政府拨款", 20_000_00)],
        lines=[NewLine("AID", "经济援助", 200_000_00, (BASE,))],
    )
    second = World(community, staff, fund, list(first.families))
    second.receive("GOV", 20_000_00)
    [family] = second.register(1)
    second.grant(second.base(family, amount_fen=700_00, application_number="JZ-2026-0002"))
    return Two(first, second)


class TestBooks:
    def test_each_has_its_own_accounts(self, two: Two) -> None:
        found = [ledger.balances(two.scope, pk) for pk in two.ids]
        owners = [{row.code.partition(":")[0] for row in rows} for rows in found]
        assert owners == [{"XFL-2026"}, {"HQL-2026"}]

    def test_each_spends_its_own_money(self, two: Two) -> None:
        assert [sum(purse.spendable_fen for purse in ledger.spendable(pk)) for pk in two.ids] == [100_000_00, 20_000_00]
        assert ledger.spendable_of(two.ids) == dict(zip(two.ids, (100_000_00, 20_000_00), strict=True))
        assert ledger.spendable_of(two.ids[1:]) == {two.second.fund.pk: 20_000_00}

    def test_each_line_promises_its_own(self, two: Two) -> None:
        lines = [two.first.line().pk, two.second.line().pk]
        left = [ledger.available(pk) for pk in lines]
        assert left == [1_000_000_00 - 10 * 2 * 500_00, 200_000_00 - 10 * 700_00]
        assert ledger.available_of(lines[1:]) == {lines[1]: left[1]}

    def test_each_has_its_own_codes_and_lines(self, two: Two) -> None:
        assert [source.code for source in ledger.sources(two.second.fund.pk)] == ["GOV"]
        assert [line.code for line in ledger.lines(two.second.fund.pk)] == ["AID"]
        assert ledger.line_for(two.second.fund.pk, BASE) == two.second.line()

    def test_each_statement_tells_its_own_movements(self, two: Two) -> None:
        two.first.paid()
        two.second.paid()
        found = [ledger.statement(two.scope, pk, *YEAR) for pk in two.ids]
        assert [(one.paid_fen, one.closing_fen, one.spent_fen) for one in found] == [
            (1_000_00, 99_000_00, 1_000_00),
            (700_00, 19_300_00, 700_00),
        ]

    def test_each_lists_its_own_journals(self, two: Two) -> None:
        assert {row.fund_id for row in ledger.journals(two.scope, two.ids[1], source="GOV")} == {two.ids[1]}
        assert not ledger.journals(two.scope, two.ids[0], text="DY-2026-0003").exists()
        assert ledger.journals(two.scope, two.ids[1], text="DY-2026-0003").exists()

    def test_what_one_does_leaves_the_others_digest(self, two: Two) -> None:
        before = ledger.ledger_digest(two.ids[0])
        two.second.paid()
        assert ledger.ledger_digest(two.ids[0]) == before

    def test_a_locked_month_is_locked_for_one(self, two: Two) -> None:
        reconcile(two.second)
        days = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), APRIL_1]
        booked = [[ledger.day_to_book(pk, day, APRIL_15) for day in days] for pk in two.ids]
        assert booked == [days, [APRIL_15, APRIL_15, APRIL_15, APRIL_1]]
        funds = [two.first.fund, two.second.fund]
        assert {pk: MARCH in months for pk, months in ledger.open_months(funds, APRIL_15).items()} == {
            two.ids[0]: True,
            two.ids[1]: False,
        }
        assert [len(ledger.locked_months(pk)) for pk in two.ids] == [0, 3]


def reconcile(world: World) -> None:
    lock_before(world, MARCH, APRIL_15)
    reconcile_month(
        by(world.staff.checker, APRIL_15),
        fund_id=world.fund.pk,
        month=MARCH,
        statement=read_statement(statement(world.fund, MARCH)),
    )


class TestTwoBatchesInTransit:
    def test_each_has_its_own_lines(self, two: Two) -> None:
        first, second = two.first.released(), two.second.released()
        assert [(batch.items_count, batch.total_fen) for batch in (first, second)] == [(2, 1_000_00), (1, 700_00)]
        assert [[item.award.number for item in queries.items(batch.pk)] for batch in (first, second)] == [
            ["DY-2026-0001", "DY-2026-0002"],
            ["DY-2026-0003"],
        ]
        assert queries.line_sums(second.pk) == [(BASE, "政府拨款", 700_00)]
        assert queries.totals_by_state(second.pk)[ItemState.IN_TRANSIT] == 700_00

    def test_the_answer_to_one_settles_that_one(self, two: Two) -> None:
        first = two.first.released()
        two.second.paid()
        first.refresh_from_db()
        assert (first.state, {item.state for item in first.items.all()}) == (
            BatchState.RELEASED,
            {ItemState.IN_TRANSIT},
        )
        assert (two.first.total(AccountKind.IN_TRANSIT), two.second.total(AccountKind.IN_TRANSIT)) == (1_000_00, 0)

    def test_lines_of_the_same_sequence_in_the_months_before_stay(self, two: Two) -> None:
        march = two.first.released()
        april = two.first.released(APRIL, APRIL_15)
        import_return(
            by(two.first.staff.releaser, APRIL_15, 15),
            batch_id=april.pk,
            data=answer(april, on=APRIL_15),
            layout=layouts()[april.layout_code],
        )
        march.refresh_from_db()
        april.refresh_from_db()
        assert (march.state, april.state) == (BatchState.RELEASED, BatchState.CLOSED)
        assert {item.state for item in march.items.all()} == {ItemState.IN_TRANSIT}

    def test_one_in_transit_does_not_hold_the_others_month(self, two: Two) -> None:
        two.first.released()
        two.second.paid()
        reconcile(two.second)
        with pytest.raises(refusals.StillInTransit):
            reconcile(two.first)

    def test_one_released_after_the_month_does_not_hold_it(self, two: Two) -> None:
        two.first.paid()
        two.first.released(APRIL, APRIL_1)
        reconcile(two.first)
        assert MARCH.first_day in [row.first_date for row in ledger.locked_months(two.ids[0])]

    def test_the_statement_of_one_lists_what_it_paid(self, two: Two) -> None:
        two.second.paid()
        two.first.paid()
        reconcile(two.first)
        reconcile(two.second)
        assert [len(ledger.locked_months(pk)) for pk in two.ids] == [3, 3]


class TestReads:
    def test_the_batch_under_way_is_that_of_its_fund(self, two: Two) -> None:
        batch = two.second.propose()
        assert queries.open_batches(two.ids) == {two.ids[1]: batch.number}
        assert queries.open_batches(two.ids[:1]) == {}
        assert queries.proposed_for(dict.fromkeys(two.ids, MARCH)) == {two.ids[1]}
        assert queries.proposed_for({two.ids[0]: MARCH, two.ids[1]: APRIL}) == frozenset()

    def test_the_layout_is_the_one_of_the_funds_last_batch(self, two: Two) -> None:
        two.first.released(bank="RIVER_BANK")
        two.second.released(bank="HILL_BANK")
        two.first.released(APRIL, APRIL_15, bank="HILL_BANK")
        assert [queries.last_layout(pk) for pk in two.ids] == ["HILL_BANK", "HILL_BANK"]

    def test_the_layout_is_not_the_one_of_another_fund(self, two: Two) -> None:
        two.first.released(bank="RIVER_BANK")
        two.second.released(bank="HILL_BANK")
        assert [queries.last_layout(pk) for pk in two.ids] == ["RIVER_BANK", "HILL_BANK"]

    def test_arrears_are_those_of_the_fund(self, two: Two) -> None:
        rows = queries.arrears(two.scope, APRIL_15)
        assert [(row.fund_id, row.award.number) for row in rows] == [
            (two.ids[0], "DY-2026-0001"),
            (two.ids[0], "DY-2026-0002"),
            (two.ids[1], "DY-2026-0003"),
        ]
        totals = queries.arrears_totals(two.scope, APRIL_15)
        assert [(one.fund_id, one.number, one.fen) for one in totals] == [
            (two.ids[0], 2, 1_000_00),
            (two.ids[1], 1, 700_00),
        ]

    def test_what_a_batch_would_hold_is_of_its_fund(self, two: Two) -> None:
        two.first.paid()
        found = {one.fund.pk: (one.ready, one.ready_fen) for one in queries.outlooks([two.second.fund], APRIL_15)}
        assert found == {two.ids[1]: (2, 1_400_00)}


class TestReturned:
    @pytest.fixture
    def back(self, two: Two) -> list[PaymentBatch]:
        """Three payments are back: two of the first fund, one of the second."""
        return [two.first.paid(returned=[1, 2]), two.second.paid(on=date(2026, 3, 17), returned=[1])]

    def numbers(self, two: Two, token: str = "") -> list[str]:
        return [row.award.number for row in after(queries.returned(two.scope), ("settled_date", "pk"), token)]

    def test_one_sent_again_leaves_the_list_alone(self, two: Two, back: list[PaymentBatch]) -> None:
        item = back[0].items.earliest("seq")
        reissue(by(two.first.staff.maker, APRIL_1), item_ids=[two.first.corrected(item).pk])
        assert self.numbers(two) == ["DY-2026-0002", "DY-2026-0003"]

    def test_the_page_after_one_goes_on_there(self, two: Two, back: list[PaymentBatch]) -> None:
        rows = list(queries.returned(two.scope))
        pages = [self.numbers(two, token_of(row, ("settled_date", "pk"))) for row in rows]
        assert pages == [["DY-2026-0002", "DY-2026-0003"], ["DY-2026-0003"], []]

    def test_the_sums_are_those_of_the_list(self, two: Two, back: list[PaymentBatch]) -> None:
        assert queries.returned_sums(two.scope) == queries.Back(3, 1_700_00, PAY_DAY)

    def test_payments_of_two_funds_are_not_sent_as_one(self, two: Two, back: list[PaymentBatch]) -> None:
        items = [batch.items.earliest("seq").pk for batch in back]
        with pytest.raises(refusals.ItemNotReturned):
            reissue(by(two.first.staff.maker, APRIL_1), item_ids=items)

    @pytest.mark.parametrize("act", [reissue, operations.write_off], ids=["reissue", "write_off"])
    def test_one_that_is_unknown_spoils_the_set(self, two: Two, back: list[PaymentBatch], act: object) -> None:
        items = [back[0].items.earliest("seq").pk, 999_999]
        person, more = (
            (two.first.staff.maker, {}) if act is reissue else (two.first.staff.checker, {"reason": "无法联系"})
        )
        with pytest.raises(refusals.ItemNotReturned):
            act(by(person, APRIL_1), item_ids=items, **more)  # type: ignore[operator]  # one of the two

    @pytest.mark.parametrize("act", [reissue, operations.write_off], ids=["reissue", "write_off"])
    def test_one_that_was_paid_spoils_the_set(self, two: Two, act: object) -> None:
        items = list(two.first.paid(returned=[1]).items.values_list("pk", flat=True))
        person, more = (
            (two.first.staff.maker, {}) if act is reissue else (two.first.staff.checker, {"reason": "无法联系"})
        )
        with pytest.raises(StepNotPossible):
            act(by(person, APRIL_1), item_ids=items, **more)  # type: ignore[operator]  # one of the two
