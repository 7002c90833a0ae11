"""A decree says in June what the law was since April: awards granted, changed, ended in between are put right.

The standard is 910 for each head; the decree makes it 940. Each family has two people of whom one earns 1,200.
"""

from datetime import date
from pathlib import Path

import pytest

from linli.foundation.trail import audit
from linli.kernel.period import Month
from linli.law.policies.operations import install_pack
from linli.money.awards import operations, queries
from linli.money.awards.codes import AdjustmentState, AwardState, EndReason
from linli.money.awards.models import Adjustment, Award, AwardChange
from linli.money.awards.operations import AdjustmentClosed, Ending, adopt_adjustments, dismiss_adjustments, end
from linli.money.ledger.queries import invariants as ledger_invariants
from linli.money.payments.queries import invariants as payment_invariants
from linli.registry.residents.operations import correct_departure, record_death
from tests.awards.river import River, make_river, next_version
from tests.conftest import Community, Staff, system_act
from tests.layers import layer
from tests.ledger.world import by

GROWN, GROWN_TOO = date(1980, 3, 3), date(1982, 5, 5)
APRIL_20, MAY_12, MAY_15, JUNE_1, JUNE_5, JUNE_8, JUNE_9 = (
    date(2026, 4, 20),
    date(2026, 5, 12),
    date(2026, 5, 15),
    date(2026, 6, 1),
    date(2026, 6, 5),
    date(2026, 6, 8),
    date(2026, 6, 9),
)


@layer
def river(community: Community, staff: Staff) -> River:
    return make_river(community, staff)


def due(award: Award) -> dict[int, int]:
    return {month.month: fen for month, fen in queries.schedules([award.pk])[award.pk].items() if month.month < 8}


def whole() -> list[object]:
    return [*ledger_invariants(), *queries.invariants(), *payment_invariants(), *audit.verify()]


def decreed(river: River, tmp_path: Path, on: date = JUNE_1) -> None:
    folder = next_version(tmp_path, version="1.1", valid_from=on, head_standard_fen=("2026-04-01", 94_000))
    install_pack(system_act(on), folder=folder)


def paid(river: River, *months: int) -> None:
    for month in months:
        river.paid(Month(2026, month), on=date(2026, month, 16))


def waiting() -> list[tuple[int, str, int, int | None, int]]:
    rows = Adjustment.objects.exclude(state__in=(AdjustmentState.APPLIED, AdjustmentState.DISMISSED))
    return [
        (row.effective_date.month, row.state, row.before_fen, row.after_fen, row.back_fen)
        for row in rows.order_by("effective_date")
    ]


class TestAnAwardGrantedSince:
    """Visited in April under the old standard, granted from May: the decree reaches back before the visit."""

    def test_gets_the_new_standard_from_its_first_month(self, river: River, tmp_path: Path) -> None:
        river.look(APRIL_20)
        award = river.family(GROWN, GROWN_TOO, determined=date(2026, 4, 14), decided=APRIL_20)
        river.look(date(2026, 4, 21))
        paid(river, 5)
        decreed(river, tmp_path)
        river.look(JUNE_1)
        assert due(award) == {5: 68_000, 6: 68_000, 7: 68_000}
        paid(river, 6)
        assert whole() == []


def die(river: River, award: Award, day: date, known: date) -> int:
    """The only one of the household dies by the register; the day's work ends the award."""
    [who] = river.people(award.household)
    record_death(by(river.staff.clerk, known), resident_ids=[who.pk], died_date=day)
    operations.end_departed(system_act(known), on=known)
    return who.pk


def alive(river: River, resident_id: int, on: date) -> None:
    correct_departure(by(river.staff.clerk, on), resident_id=resident_id, day=None, reason="同名同姓")


class TestAnAwardOfSomebodyDeadByNow:
    """Nobody lives in the household any more when the decree comes; in the months that it covered somebody did."""

    @pytest.fixture
    def award(self, river: River) -> Award:
        award = river.family(GROWN, earned_fen=0)
        river.look(date(2026, 1, 20))
        paid(river, 2, 3, 4)
        return award

    def test_is_paid_by_itself_what_it_lacked(self, river: River, award: Award, tmp_path: Path) -> None:
        die(river, award, MAY_12, MAY_15)
        decreed(river, tmp_path)
        river.look(JUNE_1)
        assert (due(award), waiting()) == ({2: 91_000, 3: 91_000, 4: 94_000}, [])
        paid(river, 6)
        assert whole() == []

    def test_goes_on_with_the_new_standard_when_the_death_was_none(
        self, river: River, award: Award, tmp_path: Path
    ) -> None:
        who = die(river, award, MAY_12, MAY_15)
        decreed(river, tmp_path)
        river.look(JUNE_1)
        alive(river, who, JUNE_8)
        river.look(JUNE_9)
        assert due(award) == {2: 91_000, 3: 91_000, 4: 94_000, 5: 94_000, 6: 94_000, 7: 94_000}
        assert whole() == []


class TestAnAwardThatCountedAsEnded:
    """Thought dead in March; found alive in June, after the decree."""

    @pytest.fixture
    def award(self, river: River) -> Award:
        award = river.family(GROWN, earned_fen=0)
        river.look(date(2026, 1, 20))
        paid(river, 2)
        return award

    def test_is_looked_at_again_once_it_runs_again(self, river: River, award: Award, tmp_path: Path) -> None:
        who = die(river, award, date(2026, 3, 10), date(2026, 3, 16))
        decreed(river, tmp_path)
        river.look(JUNE_1)
        alive(river, who, JUNE_8)
        river.look(JUNE_9)
        assert due(award) == {2: 91_000, 3: 91_000, 4: 94_000, 5: 94_000, 6: 94_000, 7: 94_000}
        assert whole() == []

    def test_misses_no_birthday(self, river: River) -> None:
        award = river.family(date(1956, 4, 20), earned_fen=0)
        river.look(date(2026, 1, 20))
        who = die(river, award, date(2026, 3, 10), date(2026, 3, 16))
        river.look(JUNE_1)
        alive(river, who, JUNE_8)
        river.look(JUNE_9)
        assert (due(award)[4], due(award)[5]) == (91_000, 109_000)
        assert whole() == []

    def test_misses_no_fact(self, river: River, award: Award) -> None:
        """Less income counts by itself from the month after it was known, more is left to a person."""
        who = die(river, award, date(2026, 3, 10), date(2026, 3, 16))
        river.know(award.household, {who: {"earned_monthly_fen": 20_000}}, date(2026, 4, 10))
        river.look(JUNE_1)
        alive(river, who, JUNE_8)
        river.look(JUNE_9)
        assert [(month, before, after) for month, _state, before, after, _back in waiting()] == [(7, 91_000, 71_000)]

    def test_is_asked_again_what_was_left_as_it_is_meanwhile(self, river: River, award: Award, tmp_path: Path) -> None:
        """An amount that somebody set waits for a person; "it has ended" is no answer once it runs again."""
        river.changed(award, 80_000, date(2026, 3, 1), date(2026, 2, 20))
        who = die(river, award, MAY_12, MAY_15)
        decreed(river, tmp_path)
        river.look(JUNE_1)
        assert waiting() == [(4, "AMOUNT", 80_000, 94_000, 0)]
        dismiss_adjustments(by(river.staff.director, JUNE_1), adjustment_ids=[open_row().pk], note="已终止")
        river.look(JUNE_5)
        assert waiting() == []
        alive(river, who, JUNE_8)
        river.look(JUNE_9)
        assert [(month, state, after) for month, state, _before, after, _back in waiting()] == [(4, "AMOUNT", 94_000)]


def open_row() -> Adjustment:
    return Adjustment.objects.exclude(state__in=(AdjustmentState.APPLIED, AdjustmentState.DISMISSED)).get()


class TestAnAmountThatSomebodySet:
    """620 by the rules, 500 from May by hand; April and May are paid when the decree comes."""

    @pytest.fixture
    def award(self, river: River, tmp_path: Path) -> Award:
        award = river.family(GROWN, GROWN_TOO)
        river.look(date(2026, 1, 20))
        paid(river, 2, 3, 4)
        river.changed(award, 50_000, date(2026, 5, 1), date(2026, 4, 25))
        paid(river, 5)
        decreed(river, tmp_path)
        river.look(JUNE_1)
        return award

    def test_waits_apart_from_the_months_before_it(self, river: River, award: Award) -> None:
        assert due(award) == {2: 62_000, 3: 62_000, 4: 68_000, 5: 50_000, 6: 50_000, 7: 50_000}
        assert waiting() == [(5, "AMOUNT", 50_000, 68_000, 18_000)]

    def test_adopted_changes_what_was_shown_and_nothing_else(self, river: River, award: Award) -> None:
        adopt_adjustments(by(river.staff.director, JUNE_5), adjustment_ids=[open_row().pk], note="按规定")
        assert due(award) == {2: 62_000, 3: 62_000, 4: 68_000, 5: 68_000, 6: 68_000, 7: 68_000}
        batch = river.paid(Month(2026, 6), on=date(2026, 6, 16))
        lines = batch.items.values_list("month_date__month", "amount_fen")
        assert sorted(lines) == [(4, 6_000), (5, 18_000), (6, 68_000)]
        assert whole() == []

    def test_left_as_it_is_stays_somebodys_own(self, river: River, award: Award) -> None:
        """The month that was made up for rests on the decree; the months after it go on resting on the decision."""
        dismiss_adjustments(by(river.staff.director, JUNE_5), adjustment_ids=[open_row().pk], note="按核定")
        changes = AwardChange.objects.filter(award=award, seq__gt=2).order_by("seq")
        assert [(row.effective_date.month, row.amount_fen, row.determination_id is None) for row in changes] == [
            (4, 68_000, False),
            (5, 50_000, True),
        ]
        river.look(JUNE_9)
        assert (waiting(), whole()) == ([], [])

    def test_adopted_leaves_what_was_set_since_for_later_months(self, river: River, award: Award) -> None:
        row = open_row()
        river.changed(award, 60_000, date(2026, 6, 1), JUNE_5)
        adopt_adjustments(by(river.staff.director, JUNE_5), adjustment_ids=[row.pk], note="按规定")
        assert [due(award)[month] for month in (5, 6)] == [68_000, 60_000]

    def test_cannot_be_adopted_for_months_that_are_covered_no_more(self, river: River, award: Award) -> None:
        row = open_row()
        end(by(river.staff.director, JUNE_5), endings=[Ending(award.pk, date(2026, 5, 1), EndReason.INCOME)])
        with pytest.raises(AdjustmentClosed):
            adopt_adjustments(by(river.staff.director, JUNE_5), adjustment_ids=[row.pk], note="按规定")


class TestOtherPeopleSinceSomeDay:
    """One of two dies on 12 May; the decree counts by itself for the months that both were there for."""

    @pytest.fixture
    def award(self, river: River, tmp_path: Path) -> Award:
        award = river.family(GROWN, GROWN_TOO)
        river.look(date(2026, 1, 20))
        paid(river, 2, 3, 4, 5)
        second = river.people(award.household)[1]
        record_death(by(river.staff.clerk, MAY_15), resident_ids=[second.pk], died_date=MAY_12)
        decreed(river, tmp_path)
        river.look(JUNE_1)
        return award

    def test_leave_the_months_after_it_to_a_person(self, river: River, award: Award) -> None:
        assert [due(award)[month] for month in (3, 4, 5, 6)] == [62_000, 68_000, 68_000, 62_000]
        assert waiting() == [(6, "MEMBERS", 62_000, 68_000, 0)]

    def test_are_asked_anew_from_then_on(self, river: River, award: Award) -> None:
        operations.recalculate(
            by(river.staff.director, JUNE_5), award_id=award.pk, effective_date=JUNE_1, note="按现在的家庭"
        )
        assert (Award.objects.get(pk=award.pk).state, due(award)) == (
            AwardState.ENDED,
            {2: 62_000, 3: 62_000, 4: 68_000, 5: 68_000},
        )


def test_a_supplement_that_came_back_makes_no_earlier_payment_wrong(river: River, tmp_path: Path) -> None:
    """All of April comes back after its supplement was paid: the supplement was right on its day."""
    award = river.family(GROWN, GROWN_TOO)
    river.look(date(2026, 1, 20))
    paid(river, 2, 3, 4, 5)
    decreed(river, tmp_path)
    river.look(JUNE_1)
    paid(river, 6)
    end(by(river.staff.director, date(2026, 6, 22)), endings=[Ending(award.pk, date(2026, 4, 1), EndReason.INCOME)])
    for claim in award.receivables.all():
        river.recovered(claim.pk, date(2026, 7, 6))
    assert whole() == []
