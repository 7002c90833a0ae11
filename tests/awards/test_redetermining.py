"""A new standard, a birthday, a fact: awards that run follow by themselves, with back pay, promise, letter."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.foundation.trail.models import AuditEntry
from linli.ground.notifications.models import Letter
from linli.ground.users.codes import Role
from linli.ground.users.operations import assign
from linli.kernel.act import Act
from linli.kernel.period import Month
from linli.kernel.steps import SamePerson, StepNotPossible, StepTaken
from linli.law.policies.engine.determination import replay
from linli.law.policies.operations import install_pack
from linli.law.policies.queries import determinations, pack_of
from linli.money.awards import operations, queries
from linli.money.awards.codes import AdjustmentState, ChangeKind, EndReason
from linli.money.awards.models import Adjustment, Award, AwardChange, Receivable
from linli.money.awards.operations import recalculate
from linli.money.awards.operations.redetermining import CHUNK
from linli.money.awards.queries import causes
from linli.money.ledger.codes import AccountKind
from linli.money.ledger.models import Proposal
from linli.money.ledger.operations import ProposalStale, confirm_proposal
from linli.money.ledger.queries import invariants as ledger_invariants
from linli.money.payments.models import PaymentItem
from linli.money.payments.queries import invariants as payment_invariants
from linli.registry.residents.models import Membership, ResidentAccount
from linli.registry.residents.operations import NewFact as New
from linli.registry.residents.operations import correct_resident, record_circumstances, register_households
from linli.registry.residents.queries.facts import NewFact
from tests.awards.river import River, make_river, next_version
from tests.conftest import Community, Staff, at, system_act
from tests.layers import layer
from tests.ledger.world import by
from tests.residents.people import couple

GROWN, OLD = date(1980, 3, 3), date(1950, 3, 3)
FEBRUARY, MAY = Month(2026, 2), Month(2026, 5)
JUNE_1, JUNE_5, JULY_1 = date(2026, 6, 1), date(2026, 6, 5), date(2026, 7, 1)
OLD_ENOUGH = date(2026, 5, 1)


@layer
def river(community: Community, staff: Staff) -> River:
    return make_river(community, staff)


def whole() -> list[object]:
    return [*ledger_invariants(), *queries.invariants(), *payment_invariants()]


def due(award: Award) -> dict[int, int]:
    return {month.month: fen for month, fen in queries.schedules([award.pk])[award.pk].items()}


def paid_until(river: River, month: int) -> None:
    for number in range(2, month + 1):
        river.paid(Month(2026, number), on=date(2026, number, 16))


class TestStandardByItsDate:
    """1 July: 960 instead of 910 for each of two people."""

    @pytest.fixture
    def award(self, river: River) -> Award:
        award = river.family(GROWN, date(1982, 5, 5))
        river.look(date(2026, 6, 30))
        return award

    def test_counts_from_the_month_of_its_date(self, river: River, award: Award) -> None:
        river.look(date(2026, 7, 1))
        assert (due(award)[6], due(award)[7], due(award)[12]) == (62_000, 72_000, 72_000)

    def test_says_so_in_the_history_with_its_determination(self, river: River, award: Award) -> None:
        river.look(date(2026, 7, 1))
        change = AwardChange.objects.get(award=award, kind=ChangeKind.CHANGED)
        made = determinations([change.determination_id or 0])[change.determination_id or 0]
        assert (change.note, replay(pack_of(made.pack_version_id), made.document)) == ("标准或规则调整", made.document)

    def test_promises_what_it_adds(self, river: River, award: Award) -> None:
        before = river.balance(AccountKind.COMMITTED, "RIVER_AID")
        river.look(date(2026, 7, 1))
        assert river.balance(AccountKind.COMMITTED, "RIVER_AID") - before == 6 * 10_000

    def test_is_told_to_the_family(self, river: River, award: Award) -> None:
        river.look(date(2026, 7, 1))
        [letter] = queries.letters_of_award(river_scope(river), award)
        assert letter.title.zh == "待遇变更告知书"

    def test_is_followed_once(self, river: River, award: Award) -> None:
        river.look(date(2026, 7, 1))
        assert [river.look(date(2026, 7, 1)), river.look(date(2026, 7, 2))] == [[], []]

    def test_waits_for_the_day_where_nobody_looked_in_between(self, river: River, award: Award) -> None:
        river.look(date(2026, 8, 3))
        assert due(award)[7] == 72_000

    def test_leaves_every_invariant_whole(self, river: River, award: Award) -> None:
        paid_until(river, 6)
        river.look(date(2026, 7, 1))
        river.paid(Month(2026, 7), on=date(2026, 7, 16))
        assert whole() == []


def told(language: str) -> str:
    """What the newest letter says."""
    body: str = Letter.objects.latest("pk").content[language]["body"]
    return body


class TestStandardAdoptedLate:
    """910 → 940 from 1 April, adopted in June, when April and May are paid."""

    @pytest.fixture
    def award(self, river: River, tmp_path: Path) -> Award:
        award = river.family(GROWN, date(1982, 5, 5))
        paid_until(river, 5)
        river.look(JUNE_1)
        folder = next_version(tmp_path, version="1.1", valid_from=JUNE_1, head_standard_fen=("2026-04-01", 94_000))
        install_pack(system_act(JUNE_1), folder=folder)
        return award

    def test_is_paid_back_for_each_head_and_month(self, river: River, award: Award) -> None:
        river.look(JUNE_5)
        batch = river.paid(Month(2026, 6), on=date(2026, 6, 16))
        lines = (
            PaymentItem.objects.filter(batch=batch)
            .order_by("month_date")
            .values_list("month_date", "part", "amount_fen")
        )
        assert [(day.month, part, fen) for day, part, fen in lines] == [(4, 1, 6_000), (5, 1, 6_000), (6, 0, 68_000)]

    def test_is_shown_as_back_pay(self, river: River, award: Award) -> None:
        [row] = river.look(JUNE_5)
        assert (row.before_fen, row.after_fen, row.back_fen, row.effective_date) == (
            62_000,
            68_000,
            12_000,
            date(2026, 4, 1),
        )

    def test_is_told_with_what_it_brings_for_months_paid_already(self, river: River, award: Award) -> None:
        river.look(JUNE_5)
        assert told("zh").endswith("以前月份另行补发120.00元。")
        assert "120.00" in told("en")

    def test_leaves_every_invariant_whole(self, river: River, award: Award) -> None:
        river.look(JUNE_5)
        river.paid(Month(2026, 6), on=date(2026, 6, 16))
        assert whole() == []

    def test_reaches_an_award_that_ended_since(self, river: River, award: Award) -> None:
        from linli.money.awards.codes import EndReason
        from linli.money.awards.operations import Ending, end

        end(by(river.staff.director, JUNE_1), endings=[Ending(award.pk, date(2026, 5, 20), EndReason.MOVED)])
        river.look(JUNE_5)
        assert due(award) == {2: 62_000, 3: 62_000, 4: 68_000}
        assert whole() == []

    def test_supplement_that_comes_back_is_sent_again(self, river: River, award: Award) -> None:
        from linli.money.payments.operations import reissue

        river.look(JUNE_5)
        batch = river.paid(Month(2026, 6), on=date(2026, 6, 16), returned=[1])
        item = batch.items.get(seq=1)
        river.account([item.unit_key], on=date(2026, 6, 12))
        again = reissue(by(river.staff.maker, date(2026, 6, 20)), item_ids=[item.pk])
        river.approve(again, date(2026, 6, 20))
        river.release(again, date(2026, 6, 20))
        assert (again.items.get().part, whole()) == (1, [])


class TestStandardThatFalls:
    def test_makes_what_was_paid_above_it_owed(self, river: River, tmp_path: Path) -> None:
        award = river.family(GROWN, date(1982, 5, 5))
        paid_until(river, 5)
        river.look(JUNE_1)
        folder = next_version(tmp_path, version="1.1", valid_from=JUNE_1, head_standard_fen=("2026-05-01", 90_000))
        install_pack(system_act(JUNE_1), folder=folder)
        river.look(JUNE_5)
        assert (Receivable.objects.get().amount_fen, due(award)[6], whole()) == (2_000, 60_000, [])
        assert told("zh").endswith("以前月份多发20.00元。")
        assert "20.00" in told("en")


class TestBirthday:
    def test_counts_from_the_month_after(self, river: River) -> None:
        award = river.family(date(1956, 3, 10), earned_fen=60_000)
        river.look(date(2026, 3, 9))
        river.look(date(2026, 3, 10))
        assert (due(award)[3], due(award)[4]) == (31_000, 49_000)

    def test_of_29_february_is_1_march_in_a_common_year(self, river: River) -> None:
        award = river.family(date(1956, 2, 29), earned_fen=60_000)
        assert river.look(date(2026, 2, 28)) == []
        river.look(date(2026, 3, 1))
        assert (due(award)[3], due(award)[4]) == (31_000, 49_000)

    def test_that_leaves_less_lowers_from_the_month_after(self, river: River) -> None:
        award = river.family(GROWN, date(2010, 4, 20))
        river.look(date(2026, 4, 19))
        river.look(date(2026, 4, 20))
        assert due(award)[4] - due(award)[5] == 18_000

    def test_between_visit_and_decision_counts_too(self, river: River) -> None:
        award = river.family(date(1956, 1, 15), earned_fen=60_000)
        river.look(date(2026, 1, 20))
        assert due(award)[2] == 49_000


def river_scope(river: River):  # type: ignore[no-untyped-def]
    from linli.ground.users.queries import authority_of

    return authority_of(river.staff.director, date(2026, 7, 1)).scope()


class TestBudget:
    def test_that_is_exhausted_loses_nothing(self, community: Community, staff: Staff) -> None:
        river = make_river(community, staff, budget=11 * 62_000)
        award = river.family(GROWN, date(1982, 5, 5))
        river.look(date(2026, 6, 30))
        [row] = river.look(date(2026, 7, 1))
        assert (row.state, due(award)[7]) == (AdjustmentState.BUDGET, 62_000)

    def test_that_was_raised_is_used_the_next_morning(self, community: Community, staff: Staff) -> None:
        river = make_river(community, staff, budget=11 * 62_000)
        award = river.family(GROWN, date(1982, 5, 5))
        river.look(date(2026, 7, 1))
        river.excess(100_000, date(2026, 7, 2), line="RIVER_AID")
        river.look(date(2026, 7, 3))
        assert (due(award)[7], Adjustment.objects.get().state) == (72_000, AdjustmentState.APPLIED)


class TestReview:
    def test_is_left_to_a_person_where_the_pack_says_so(self, river: River) -> None:
        award = river.family(GROWN, date(1982, 5, 5))
        river.look(date(2026, 3, 1))
        head = river.people(river.families[0])[0]
        river.know(river.families[0], {head.pk: {"earned_monthly_fen": 150_000}}, date(2026, 3, 4))
        [row] = river.look(date(2026, 3, 5))
        assert (row.state, row.after_fen, due(award)[4]) == (AdjustmentState.REVIEW, 32_000, 62_000)

    def test_follows_once_somebody_decided(self, river: River) -> None:
        award = river.family(GROWN, date(1982, 5, 5))
        river.look(date(2026, 3, 1))
        head = river.people(river.families[0])[0]
        river.know(river.families[0], {head.pk: {"earned_monthly_fen": 150_000}}, date(2026, 3, 4))
        [row] = river.look(date(2026, 3, 5))
        operations.adopt_adjustments(
            by(river.staff.director, date(2026, 3, 6)), adjustment_ids=[row.pk], note="已核对收入"
        )
        assert (due(award)[3], due(award)[4], whole()) == (62_000, 32_000, [])

    def test_rises_by_itself_where_the_pack_says_so(self, river: River) -> None:
        award = river.family(GROWN, date(1982, 5, 5))
        river.look(date(2026, 3, 1))
        other = river.people(river.families[0])[1]
        river.know(river.families[0], {other.pk: {"certified_disabled": 1}}, date(2026, 3, 4))
        river.look(date(2026, 3, 5))
        assert (due(award)[3], due(award)[4]) == (62_000, 80_000)

    def test_that_was_declined_is_not_asked_again(self, river: River) -> None:
        award = river.family(GROWN, date(1982, 5, 5))
        river.look(date(2026, 3, 1))
        head = river.people(river.families[0])[0]
        river.know(river.families[0], {head.pk: {"earned_monthly_fen": 150_000}}, date(2026, 3, 4))
        [row] = river.look(date(2026, 3, 5))
        river.left(row, date(2026, 3, 6))
        assert (river.look(date(2026, 3, 7)), due(award)[12]) == ([], 62_000)

    @pytest.mark.parametrize("again", [operations.adopt_adjustments, operations.dismiss_adjustments])
    def test_that_was_decided_is_decided(self, river: River, again: Callable[..., object]) -> None:
        river.family(GROWN, date(1982, 5, 5))
        river.look(date(2026, 3, 1))
        head = river.people(river.families[0])[0]
        river.know(river.families[0], {head.pk: {"earned_monthly_fen": 150_000}}, date(2026, 3, 4))
        [row] = river.look(date(2026, 3, 5))
        river.left(row, date(2026, 3, 6))

        with pytest.raises(StepTaken):
            again(by(river.staff.director, date(2026, 3, 7)), adjustment_ids=[row.pk], note="再核")


class TestLeftAboveTheRules:
    """620 are paid; the rules say less since the head earns more."""

    @pytest.fixture
    def row(self, river: River) -> Adjustment:
        river.family(GROWN, date(1982, 5, 5))
        river.look(date(2026, 3, 1))
        head = river.people(river.families[0])[0]
        river.know(river.families[0], {head.pk: {"earned_monthly_fen": 150_000}}, date(2026, 3, 4))
        return river.look(date(2026, 3, 5))[0]

    def ask(self, river: River, row: Adjustment, who: str = "director") -> Proposal:
        act = by(getattr(river.staff, who), date(2026, 3, 6))
        [asked] = operations.dismiss_adjustments(act, adjustment_ids=[row.pk], note="只有这一个月")
        return asked

    def test_waits_for_another_person(self, river: River, row: Adjustment) -> None:
        """The attack: one officer lets a family go on being paid what no rule gives."""
        asked = self.ask(river, row, "street_officer")
        with pytest.raises(SamePerson):
            confirm_proposal(by(river.staff.street_officer, date(2026, 3, 6), 10), proposal_id=asked.pk)
        row.refresh_from_db()
        assert row.state == AdjustmentState.REVIEW

    def test_says_by_how_much(self, river: River, row: Adjustment) -> None:
        asked = self.ask(river, row)
        assert (asked.rules_fen, asked.before_fen, asked.difference_fen) == (32_000, 62_000, 30_000)

    def test_is_agreed_to_of_the_difference_that_was_seen(self, river: River, row: Adjustment) -> None:
        asked = self.ask(river, row)
        head = river.people(river.families[0])[0]
        river.know(river.families[0], {head.pk: {"earned_monthly_fen": 160_000}}, date(2026, 3, 7))
        river.look(date(2026, 3, 8))
        with pytest.raises((ProposalStale, StepNotPossible)):
            confirm_proposal(by(river.staff.street_officer, date(2026, 3, 9)), proposal_id=asked.pk)


class TestAmountByHand:
    def test_is_shown_beside_what_the_rules_give(self, river: River) -> None:
        """The rules give 620, somebody writes 50,000: the second person sees both and the difference."""
        award = river.family(GROWN, date(1982, 5, 5))
        asked = operations.propose_amount(
            by(river.staff.director, date(2026, 3, 6)),
            award_id=award.pk,
            amount_fen=5_000_000,
            effective_date=date(2026, 5, 1),
            note="困难",
        )
        assert (asked.rules_fen, asked.before_fen, asked.difference_fen) == (62_000, 62_000, 4_938_000)


class TestFactBeforeBirthdayOrStandard:
    """An income that waits for a person goes on waiting, whatever the calendar brings; the standard is paid meanwhile.

    What a birthday or a standard says is asked of the facts of the determination: it never speaks for newer ones.
    """

    @pytest.fixture
    def award(self, river: River) -> Award:
        award = river.family(date(1980, 4, 3), date(1982, 5, 5))
        river.look(date(2026, 3, 20))
        return award

    def earn(self, river: River, on: date, *, fen: int = 150_000, today: date | None = None) -> None:
        head = river.people(river.families[0])[0]
        river.know(river.families[0], {head.pk: {"earned_monthly_fen": fen}}, on, today=today)

    def waiting(self) -> list[tuple[str, date, int | None]]:
        rows = Adjustment.objects.filter(state=AdjustmentState.REVIEW)
        return [(row.cause, row.effective_date, row.after_fen) for row in rows]

    def test_waits_on_through_a_birthday(self, river: River, award: Award) -> None:
        self.earn(river, date(2026, 3, 25))
        for day in (date(2026, 3, 26), date(2026, 4, 3), date(2026, 4, 6)):
            river.look(day)
        assert (self.waiting(), due(award)[8]) == ([("FACT", date(2026, 5, 1), 32_000)], 62_000)

    def test_is_found_where_a_birthday_came_before_it_was_recorded(self, river: River, award: Award) -> None:
        self.earn(river, date(2026, 4, 2), today=date(2026, 4, 7))
        river.look(date(2026, 4, 8))
        assert self.waiting() == [("FACT", date(2026, 5, 1), 32_000)]

    def test_waits_on_through_a_standard_that_is_paid_meanwhile(self, river: River, award: Award) -> None:
        self.earn(river, date(2026, 6, 25))
        for day in (date(2026, 6, 26), JULY_1, date(2026, 7, 2)):
            river.look(day)
        assert (self.waiting(), due(award)[7]) == ([("FACT", date(2026, 8, 1), 42_000)], 72_000)

    def test_adopted_it_counts_with_the_standard(self, river: River, award: Award) -> None:
        self.earn(river, date(2026, 6, 25))
        for day in (date(2026, 6, 26), JULY_1):
            river.look(day)
        row = Adjustment.objects.get(state=AdjustmentState.REVIEW)
        operations.adopt_adjustments(by(river.staff.director, date(2026, 7, 6)), adjustment_ids=[row.pk], note="属实")
        river.look(date(2026, 7, 7))
        assert ([due(award)[month] for month in (6, 7, 8, 12)], whole()) == ([62_000, 72_000, 42_000, 42_000], [])

    def test_left_as_it_is_the_standard_stays(self, river: River, award: Award) -> None:
        self.earn(river, date(2026, 6, 25))
        for day in (date(2026, 6, 26), JULY_1):
            river.look(day)
        row = Adjustment.objects.get(state=AdjustmentState.REVIEW)
        river.left(row, date(2026, 7, 6))
        river.look(date(2026, 7, 7))
        assert (self.waiting(), due(award)[7], due(award)[12]) == ([], 72_000, 72_000)

    def test_less_income_counts_by_itself_and_the_birthday_takes_nothing_back(self, river: River, award: Award) -> None:
        self.earn(river, date(2026, 3, 25), fen=90_000)
        for day in (date(2026, 3, 26), date(2026, 4, 3), date(2026, 4, 6)):
            river.look(day)
        assert (due(award)[5], due(award)[12], whole()) == (92_000, 92_000, [])


class TestWhileTheProductLooks:
    """A clerk records a fact at the moment when the causes are read: it is of the next morning, never of none."""

    def test_a_fact_recorded_in_between_is_looked_at_the_next_morning(
        self, river: River, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        award = river.family(GROWN, date(1982, 5, 5))
        river.look(date(2026, 3, 4))
        head = river.people(river.families[0])[0]
        read = causes.facts_since

        def meanwhile(**asked: Any) -> list[NewFact]:
            found = read(**asked)
            monkeypatch.undo()
            river.know(
                river.families[0],
                {head.pk: {"earned_monthly_fen": 150_000}},
                date(2026, 3, 4),
                today=date(2026, 3, 5),
            )
            return found

        monkeypatch.setattr(causes, "facts_since", meanwhile)
        assert river.look(date(2026, 3, 5)) == []
        assert [row.award_id for row in river.look(date(2026, 3, 6))] == [award.pk]


class TestManyAwards:
    def test_cost_as_many_statements_as_a_few(self, river: River, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
        for _ in range(12):
            river.family(GROWN, date(1982, 5, 5))
        river.look(date(2026, 6, 30))
        with django_assert_max_num_queries(77):
            assert len(river.look(date(2026, 7, 1))) == 12

    def test_cost_the_same_statements_for_four_times_as_many(self, river: River) -> None:
        """An act looks at a hundred: two thousand are twenty such acts, and no award has a statement of its own."""
        few = [river.family(GROWN, date(1982, 5, 5)).pk for _ in range(5)]
        many = [river.family(GROWN, date(1982, 5, 5)).pk for _ in range(20)]
        river.look(date(2026, 6, 30))

        def statements(ids: list[int]) -> int:
            with CaptureQueriesContext(connection) as asked:
                followed = operations.redetermine(system_act(JULY_1), on=JULY_1, award_ids=ids)
            assert len(followed.made) == len(ids)
            return len(asked)

        assert statements(few) == statements(many)
        assert CHUNK == 100


def test_only_the_product_itself_follows_by_itself(river: River) -> None:
    from linli.ground.users.queries import NotPermitted
    from linli.money.awards.operations import redetermine

    award = river.family(GROWN, GROWN)
    with pytest.raises(NotPermitted):
        redetermine(by(river.staff.director, JUNE_1), on=JUNE_1, award_ids=[award.pk])


class TestRecalculating:
    """The director asks the rules about one award."""

    def test_leaves_an_award_that_is_right_as_it_is_and_says_so_in_the_trail(self, river: River) -> None:
        award = river.family(GROWN, date(1982, 5, 5))
        river.look(JUNE_1)
        before = due(award)

        made = recalculate(
            Act(river.staff.director, at(JUNE_5)), award_id=award.pk, effective_date=JUNE_1, note="按现在的情况核定"
        )

        assert (made, due(award)) == ([], before)
        assert '"from":"2026-06-01"' in AuditEntry.objects.latest("pk").note

    @pytest.mark.parametrize("later", [False, True])
    def test_a_claim_is_waived_by_nobody_whose_change_raised_it_whoever_acts_later(
        self, river: River, later: bool
    ) -> None:
        """The attack: an officer lowers the award, somebody else ends it the same day, the officer waives the claim."""
        award, staff = river.family(GROWN, date(1982, 5, 5)), river.staff
        paid_until(river, 5)
        head = river.people(river.families[0])[0]
        river.know(river.families[0], {head.pk: {"earned_monthly_fen": 150_000}}, date(2026, 3, 4))
        recalculate(by(staff.street_officer, JUNE_5), award_id=award.pk, effective_date=date(2026, 4, 1), note="核对")
        claim = Receivable.objects.filter(award=award).earliest("pk")
        if later:
            ending = operations.Ending(award.pk, JUNE_1, EndReason.OTHER, "停发")
            operations.end(by(staff.director, JUNE_5, 11), endings=[ending])
        row = operations.propose_waiver(by(staff.second_officer, JUNE_5, 12), receivable_id=claim.pk, note="困难")

        assert (claim.raised_by_id, row.caused_by_id) == (staff.street_officer.pk,) * 2
        with pytest.raises(SamePerson, match="原来的办理"):
            confirm_proposal(by(staff.street_officer, JUNE_5, 13), proposal_id=row.pk)
        assert confirm_proposal(by(staff.district_officer, JUNE_5, 13), proposal_id=row.pk).state == "CONFIRMED"


class TestWhoRecordedDoesNotDecide:
    """A director who records too in a small office: what rests on their own record another follows."""

    @pytest.fixture
    def both(self, river: River) -> Act:
        community = river.community.community
        director = river.staff.director
        for role in (Role.COMMUNITY_WORKER, Role.SOCIAL_WORKER):
            assign(system_act(OLD_ENOUGH), user_id=director.pk, role=role, area_id=community.pk, valid_from=OLD_ENOUGH)
        return Act(director, at(JUNE_1, 10))

    @pytest.fixture
    def award(self, river: River) -> Award:
        award = river.family(date(1980, 4, 3), date(1982, 5, 5))
        river.look(JUNE_1)
        return award

    def earn(self, act: Act, river: River, fen: int, on: date) -> None:
        head = river.people(river.families[0])[0]
        record_circumstances(act, facts=[New("earned_monthly_fen", fen, "自报", on, resident_id=head.pk)])

    def test_recalculates_nothing_on_an_own_record(self, river: River, award: Award, both: Act) -> None:
        before = due(award)
        self.earn(both, river, 0, date(2026, 2, 1))

        with pytest.raises(SamePerson):
            recalculate(by(both.by, JUNE_5), award_id=award.pk, effective_date=date(2026, 2, 1), note="按现在的情况")

        assert due(award) == before
        done = by(river.staff.street_officer, JUNE_5)
        assert recalculate(done, award_id=award.pk, effective_date=date(2026, 2, 1), note="按现在的情况")

    def test_nor_on_what_another_account_of_theirs_recorded(self, river: River, award: Award) -> None:
        """Two accounts of one resident, past the act that links them."""
        staff = river.staff
        self.earn(Act(staff.clerk, at(JUNE_1, 11)), river, 0, date(2026, 2, 1))
        [home] = register_households(
            Act(staff.clerk, at(JUNE_1)), households=[couple(river.community.grid.pk, order=91)]
        )
        resident = Membership.objects.filter(household=home).earliest("pk").resident
        for account in (staff.clerk, staff.street_officer):
            told = {"number": f"GL-X-{account.pk}", "linked_by_id": 1, "linked_at": at(JUNE_1), "of_post": True}
            ResidentAccount.objects.create(user=account, resident=resident, **told, **resident.stamp.columns())

        told = {"award_id": award.pk, "effective_date": date(2026, 2, 1), "note": "按现在的情况"}
        with pytest.raises(SamePerson):
            recalculate(by(staff.street_officer, JUNE_5), **told)
        assert recalculate(by(staff.second_officer, JUNE_5), **told)

    def test_adopts_nothing_on_an_own_record(self, river: River, award: Award, both: Act) -> None:
        self.earn(both, river, 150_000, JUNE_1)
        river.look(JUNE_5)
        row = Adjustment.objects.get(state=AdjustmentState.REVIEW)

        with pytest.raises(SamePerson):
            operations.adopt_adjustments(by(both.by, JUNE_5), adjustment_ids=[row.pk], note="属实")

        operations.adopt_adjustments(by(river.staff.street_officer, JUNE_5), adjustment_ids=[row.pk], note="属实")

    def test_a_birth_date_put_right_is_a_record_too(self, river: River, award: Award, both: Act) -> None:
        [head, _other] = river.people(river.families[0])
        changes = {"birth_date": date(1936, 6, 3), "id_number": ""}
        correct_resident(both, resident_id=head.pk, changes=changes, reason="录入有误")

        with pytest.raises(SamePerson):
            recalculate(by(both.by, JUNE_5), award_id=award.pk, effective_date=JULY_1, note="按现在的情况")

    def test_what_others_recorded_is_theirs_to_follow(self, river: River, award: Award, both: Act) -> None:
        self.earn(Act(river.staff.clerk, at(JUNE_1, 11)), river, 0, date(2026, 2, 1))

        assert recalculate(by(both.by, JUNE_5), award_id=award.pk, effective_date=date(2026, 2, 1), note="按现在的情况")
