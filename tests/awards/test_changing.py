"""Suspending, resuming, changing and ending: history, budget, over-payments."""

from datetime import date

import pytest
from django.db.models import Q

from linli.foundation.data.locks import FormStale
from linli.ground.notifications.models import Letter
from linli.ground.users.models import User
from linli.ground.users.queries import NotPermitted, authority_of
from linli.kernel.act import Act
from linli.kernel.errors import ReasonMissing
from linli.kernel.period import Month
from linli.kernel.steps import OwnFamily, SamePerson, StepNotPossible
from linli.money.awards import operations, queries
from linli.money.awards.codes import AwardState, EndReason, ReceivableState
from linli.money.awards.models import Award, Receivable
from linli.money.awards.operations import Ending
from linli.money.awards.permissions import can_change
from linli.money.awards.steps import RECEIVABLE
from linli.money.ledger.codes import AccountKind
from linli.money.ledger.models import Proposal
from linli.money.ledger.operations import (
    AmountNotPositive,
    BudgetExhausted,
    PaperMissing,
    ProposalStale,
    ProposalWaiting,
    confirm_proposal,
    refuse_proposal,
    withdraw_proposal,
)
from linli.money.ledger.queries import invariants as ledger_invariants
from linli.money.payments.queries import invariants as payment_invariants
from linli.registry.residents.models import ResidentAccount
from linli.registry.residents.operations import link_account
from tests.layers import layer
from tests.ledger.world import BASE, OPENED, World, by

MARCH_1 = date(2026, 3, 1)
APRIL, MAY, JUNE = date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)
TODAY = date(2026, 3, 20)


@layer
def award(world: World) -> Award:
    """500 yuan a month from March on, committed for ten months."""
    world.register()
    return world.grant(world.base(world.families[0]))[0]


@pytest.fixture
def director(world: World) -> Act:
    return by(world.staff.director, TODAY)


def whole() -> bool:
    """No invariant of any money room is broken."""
    return not [*ledger_invariants(), *queries.invariants(), *payment_invariants()]


def committed(world: World) -> int:
    return world.balance(AccountKind.COMMITTED, "AID")


class TestSuspend:
    def test_keeps_the_promise(self, world: World, award: Award, director: Act) -> None:
        operations.suspend(director, award_ids=[award.pk], effective_date=APRIL, note="复核收入")
        assert committed(world) == 10 * 500_00

    def test_stops_what_is_due(self, award: Award, director: Act) -> None:
        operations.suspend(director, award_ids=[award.pk], effective_date=APRIL, note="复核收入")
        assert queries.schedules([award.pk])[award.pk] == {Month(2026, 3): 500_00}

    def test_needs_a_reason(self, award: Award, director: Act) -> None:
        with pytest.raises(ReasonMissing):
            operations.suspend(director, award_ids=[award.pk], effective_date=APRIL, note="")

    def test_takes_effect_on_the_first_of_a_month(self, award: Award, director: Act) -> None:
        with pytest.raises(operations.NotMonthStart):
            operations.suspend(director, award_ids=[award.pk], effective_date=date(2026, 4, 2), note="x")

    def test_takes_effect_within_the_award(self, award: Award, director: Act) -> None:
        with pytest.raises(operations.OutsidePeriod):
            operations.suspend(director, award_ids=[award.pk], effective_date=date(2026, 2, 1), note="x")

    def test_happens_once(self, award: Award, director: Act) -> None:
        operations.suspend(director, award_ids=[award.pk], effective_date=APRIL, note="x")
        with pytest.raises(StepNotPossible) as refusal:
            operations.suspend(director, award_ids=[award.pk], effective_date=MAY, note="x")
        assert str(refusal.value) == "DY-2026-0001 当前为“已暂停”，不能办理“暂停”"

    def test_refuses_a_page_that_is_stale(self, award: Award, director: Act) -> None:
        operations.suspend(director, award_ids=[award.pk], effective_date=APRIL, note="x", version=1)
        with pytest.raises(FormStale):
            operations.resume(director, award_ids=[award.pk], effective_date=APRIL, note="x", version=1)

    def test_leaves_months_alone_that_are_settled(self, world: World, award: Award, director: Act) -> None:
        world.approve(world.propose())
        with pytest.raises(operations.MonthAlreadySettled):
            operations.suspend(director, award_ids=[award.pk], effective_date=date(2026, 3, 1), note="x")

    def test_is_refused_to_the_clerk(self, world: World, award: Award) -> None:
        with pytest.raises(NotPermitted):
            operations.suspend(by(world.staff.clerk), award_ids=[award.pk], effective_date=APRIL, note="x")

    def test_refuses_an_award_that_is_not_there(self, director: Act) -> None:
        with pytest.raises(Award.DoesNotExist):
            operations.suspend(director, award_ids=[999], effective_date=APRIL, note="x")


class TestResume:
    @pytest.fixture
    def suspended(self, award: Award, director: Act) -> Award:
        return operations.suspend(director, award_ids=[award.pk], effective_date=APRIL, note="x")[0]

    def test_gives_the_skipped_months_back_to_the_budget(self, world: World, suspended: Award, director: Act) -> None:
        operations.resume(director, award_ids=[suspended.pk], effective_date=JUNE, note="x")
        assert committed(world) == 8 * 500_00

    def test_makes_it_active(self, suspended: Award, director: Act) -> None:
        row = operations.resume(director, award_ids=[suspended.pk], effective_date=JUNE, note="x")[0]
        assert (row.state, row.version) == (AwardState.ACTIVE, 3)

    def test_is_not_for_active_awards(self, award: Award, director: Act) -> None:
        with pytest.raises(StepNotPossible):
            operations.resume(director, award_ids=[award.pk], effective_date=APRIL, note="x")

    def test_leaves_every_invariant_whole(self, suspended: Award, director: Act) -> None:
        operations.resume(director, award_ids=[suspended.pk], effective_date=JUNE, note="x")
        assert whole()


def ask(act: Act, award: Award, fen: int = 50_000_00, **more: object) -> Proposal:
    """Another amount from May on, asked for."""
    told = {"amount_fen": fen, "effective_date": MAY, "note": "标准调整", **more}
    return operations.propose_amount(act, award_id=award.pk, **told)  # type: ignore[arg-type]  # as they are called


def agree(world: World, row: Proposal, who: str = "street_officer") -> Proposal:
    return confirm_proposal(by(getattr(world.staff, who), TODAY, 11), proposal_id=row.pk)


class TestAmountByHand:
    def change(self, world: World, act: Act, award: Award, fen: int) -> Proposal:
        return agree(world, ask(act, award, fen))

    def test_promises_more(self, world: World, award: Award, director: Act) -> None:
        self.change(world, director, award, 600_00)
        assert committed(world) == 10 * 500_00 + 8 * 100_00

    def test_promises_less(self, world: World, award: Award, director: Act) -> None:
        self.change(world, director, award, 400_00)
        assert committed(world) == 10 * 500_00 - 8 * 100_00

    def test_books_nothing_when_nothing_changes(self, world: World, award: Award, director: Act) -> None:
        self.change(world, director, award, 500_00)
        assert committed(world) == 10 * 500_00

    def test_stops_at_the_budget(self, world: World, award: Award, director: Act) -> None:
        with pytest.raises(BudgetExhausted):
            self.change(world, director, award, 200_000_00)

    def test_refuses_no_money(self, award: Award, director: Act) -> None:
        with pytest.raises(AmountNotPositive):
            ask(director, award, 0)

    def test_leaves_every_invariant_whole(self, world: World, award: Award, director: Act) -> None:
        self.change(world, director, award, 600_00)
        assert whole()

    @pytest.mark.parametrize("who", ["director", "street_officer"])
    def test_of_one_person_changes_nothing(self, world: World, award: Award, who: str) -> None:
        """The attack: 500 become 50,000 by one director, or by one officer."""
        row = ask(by(getattr(world.staff, who), TODAY), award)
        with pytest.raises((SamePerson, NotPermitted)):
            agree(world, row, who)
        award.refresh_from_db()
        assert (award.amount_fen, award.changes.count(), Letter.objects.count()) == (500_00, 1, 0)

    @pytest.mark.parametrize("who", ["clerk", "social_worker", "maker", "checker", "releaser", "administrator"])
    def test_is_agreed_to_by_nobody_else(self, world: World, award: Award, director: Act, who: str) -> None:
        with pytest.raises(NotPermitted):
            agree(world, ask(director, award), who)

    def test_starts_from_the_amount_that_was_seen(self, world: World, award: Award, director: Act) -> None:
        row = ask(director, award, 600_00)
        Award.objects.filter(pk=award.pk).update(amount_fen=700_00)
        with pytest.raises(ProposalStale):
            agree(world, row)

    def test_is_asked_once_at_a_time(self, award: Award, director: Act) -> None:
        ask(director, award)
        with pytest.raises(ProposalWaiting):
            ask(director, award, 700_00)

    def test_takes_effect_in_no_month_that_was_paid_meanwhile(self, world: World, award: Award, director: Act) -> None:
        row = ask(director, award, 600_00, effective_date=date(2026, 3, 1))
        world.released()
        with pytest.raises(operations.MonthAlreadySettled):
            agree(world, row)

    def test_that_was_refused_changes_nothing(self, world: World, award: Award, director: Act) -> None:
        row = ask(director, award)
        refuse_proposal(by(world.staff.street_officer, TODAY), proposal_id=row.pk, reason="没有依据")
        award.refresh_from_db()
        assert (award.amount_fen, award.changes.count(), whole()) == (500_00, 1, True)


def waiver(world: World, note: str = "困难") -> Proposal:
    """The claim that there is, asked to be given up."""
    claim = Receivable.objects.get()
    return operations.propose_waiver(by(world.staff.street_officer, TODAY), receivable_id=claim.pk, note=note)


def lives_with(world: World, person: User) -> None:
    """The person of the office is of the first family."""
    resident_id = world.memberships(world.families[:1])[0].resident_id
    link_account(by(world.staff.clerk, TODAY), user_id=person.pk, resident_id=resident_id)


def end(act: Act, award: Award, day: date, reason: EndReason = EndReason.INCOME, note: str = "") -> Award:
    return operations.end(act, endings=[Ending(award.pk, day, reason, note)])[0]


class TestEnd:
    def test_releases_what_is_not_due_any_more(self, world: World, award: Award, director: Act) -> None:
        end(director, award, MAY)
        assert committed(world) == 2 * 500_00

    def test_ends_the_protection_too(self, award: Award, director: Act) -> None:
        end(director, award, MAY)
        assert award.members.get().valid_until == MAY

    def test_before_it_began_protects_nobody(self, world: World, award: Award, director: Act) -> None:
        ended = end(director, award, date(2026, 1, 1))
        assert (ended.valid_until, committed(world)) == (date(2026, 3, 1), 0)

    def test_on_the_day_it_runs_out_changes_no_period(self, award: Award, director: Act) -> None:
        assert end(director, award, date(2027, 1, 1)).valid_until == date(2027, 1, 1)

    @pytest.mark.parametrize("day", [date(2027, 1, 2), date(9999, 12, 31)])
    def test_after_it_runs_out_is_refused(self, award: Award, director: Act, day: date) -> None:
        with pytest.raises(operations.OutsidePeriod):
            end(director, award, day)

    def test_of_a_suspended_award_releases_all(self, world: World, award: Award, director: Act) -> None:
        operations.suspend(director, award_ids=[award.pk], effective_date=APRIL, note="x")
        end(director, award, JUNE)
        assert committed(world) == 500_00

    def test_for_another_reason_needs_a_note(self, award: Award, director: Act) -> None:
        with pytest.raises(ReasonMissing):
            end(director, award, MAY, EndReason.OTHER)

    def test_happens_once(self, award: Award, director: Act) -> None:
        end(director, award, MAY)
        with pytest.raises(StepNotPossible):
            end(director, award, MAY)

    def test_allows_a_new_award_afterwards(self, world: World, award: Award, director: Act) -> None:
        end(director, award, MAY)
        assert world.grant(world.base(world.families[0], first_month=Month(2026, 5)), on=TODAY)

    def test_leaves_every_invariant_whole(self, award: Award, director: Act) -> None:
        end(director, award, MAY)
        assert whole()


class TestOverpayment:
    @pytest.fixture
    def paid(self, world: World, award: Award) -> Award:
        world.paid()
        return award

    def test_of_a_month_after_the_end_is_owed(self, world: World, paid: Award, director: Act) -> None:
        end(director, paid, date(2026, 3, 1))
        assert (Receivable.objects.get().amount_fen, world.total(AccountKind.RECEIVABLE)) == (500_00, 500_00)

    def test_of_the_month_of_the_end_is_not(self, paid: Award, director: Act) -> None:
        end(director, paid, date(2026, 3, 10))
        assert not Receivable.objects.exists()

    def test_shows_when_the_bank_pays_after_the_end(self, world: World, award: Award, director: Act) -> None:
        from linli.money.payments.operations import import_return
        from linli.money.payments.queries import layouts
        from tests.ledger.bank import answer

        batch = world.released()
        end(director, award, date(2026, 3, 1))
        import_return(
            by(world.staff.releaser, TODAY),
            batch_id=batch.pk,
            data=answer(batch, on=TODAY),
            layout=layouts()["RIVER_BANK"],
        )
        assert Receivable.objects.get().reason == EndReason.INCOME

    def test_leaves_every_invariant_whole(self, paid: Award, director: Act) -> None:
        end(director, paid, date(2026, 3, 1))
        assert whole()

    def test_of_one_family_leaves_what_another_owes(self, world: World, paid: Award, director: Act) -> None:
        [other] = world.grant(world.base(world.register()[0]), on=date(2026, 3, 17))
        world.paid(Month(2026, 4), date(2026, 4, 16))
        later = by(world.staff.director, date(2026, 4, 20))
        for one in (paid, other):
            end(later, one, date(2026, 3, 31))
        owed = Receivable.objects.order_by("award").values_list("award", "amount_fen", "state")
        assert list(owed) == [(one.pk, 500_00, ReceivableState.OPEN) for one in (paid, other)]
        assert whole()
        for one in (paid, other):
            sums = queries.overpaid_sums(Q(award_id=one.pk))
            assert {pk for pk, _month in sums} == {one.pk}
            april = sums[one.pk, Month(2026, 4)]
            assert (april.over_fen, april.owed_fen) == (500_00, 500_00)

    def test_is_given_up_at_once_where_the_pack_asks_for_nothing_back(
        self, world: World, paid: Award, director: Act, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(
            "linli.money.awards.operations.receivables.waived_programmes", lambda _on: frozenset({BASE})
        )
        end(director, paid, date(2026, 3, 1))
        row = Receivable.objects.get()
        assert (row.state, row.closed_date, row.note) == (ReceivableState.WAIVED, TODAY, "按方案规定不追回")
        assert (world.total(AccountKind.RECEIVABLE), world.total(AccountKind.EXPENSE), whole()) == (0, 500_00, True)

    def test_is_paid_back_for_nobody_alone(self, world: World, paid: Award, director: Act) -> None:
        """The attack: one person says that money came back, and it can be spent."""
        end(director, paid, date(2026, 3, 1))
        claim = Receivable.objects.get()
        before = world.total(AccountKind.SPENDABLE)
        row = operations.propose_recovery(by(world.staff.maker, TODAY), receivable_id=claim.pk, paper="银行回单")
        with pytest.raises((SamePerson, NotPermitted)):
            agree(world, row, "maker")
        with pytest.raises(NotPermitted):
            operations.propose_recovery(by(world.staff.checker, TODAY), receivable_id=claim.pk, paper="银行回单")
        assert world.total(AccountKind.SPENDABLE) == before

    def test_is_paid_back_with_a_paper_that_shows_it(self, world: World, paid: Award, director: Act) -> None:
        end(director, paid, date(2026, 3, 1))
        with pytest.raises(PaperMissing):
            operations.propose_recovery(
                by(world.staff.maker, TODAY), receivable_id=Receivable.objects.get().pk, paper=" "
            )

    def test_is_recovered_by_maker_and_checker(self, world: World, paid: Award, director: Act) -> None:
        end(director, paid, date(2026, 3, 1))
        world.recovered(Receivable.objects.get().pk, TODAY)
        assert (world.total(AccountKind.SPENDABLE), Receivable.objects.get().state) == (
            100_000_00,
            ReceivableState.RECOVERED,
        )

    def test_is_waived_by_two_people_of_the_street(self, world: World, paid: Award, director: Act) -> None:
        end(director, paid, date(2026, 3, 1))
        world.waived(Receivable.objects.get().pk, TODAY)
        assert (world.total(AccountKind.EXPENSE), Receivable.objects.get().state) == (500_00, ReceivableState.WAIVED)
        assert whole()

    def test_is_not_waived_by_one(self, world: World, paid: Award, director: Act) -> None:
        end(director, paid, date(2026, 3, 1))
        row = waiver(world)
        with pytest.raises(SamePerson):
            agree(world, row)
        assert Receivable.objects.get().state == ReceivableState.OPEN

    def test_is_not_waived_by_who_ended_the_award(self, world: World, paid: Award) -> None:
        """The attack: one officer ends the award and lets go what was paid too much."""
        end(by(world.staff.second_officer, TODAY), paid, date(2026, 3, 1))
        row = waiver(world)
        with pytest.raises(SamePerson, match="原来的办理"):
            agree(world, row, "second_officer")
        assert agree(world, row, "district_officer").state == "CONFIRMED"

    def test_nor_by_another_account_of_who_ended_it(self, world: World, paid: Award) -> None:
        end(by(world.staff.second_officer, TODAY), paid, MARCH_1)
        row = waiver(world)
        resident = world.memberships(world.register(1))[0].resident
        for account in (world.staff.second_officer, world.staff.district_officer):
            told = {"number": f"GL-X-{account.pk}", "linked_by_id": 1, "linked_at": row.proposed_at, "of_post": True}
            ResidentAccount.objects.create(user=account, resident=resident, **told, **resident.stamp.columns())
        with pytest.raises(SamePerson, match="原来的办理"):
            agree(world, row, "district_officer")

    def test_that_the_bank_raises_is_of_who_ended_the_award(self, world: World, award: Award) -> None:
        """Paid after the end: the releaser's act raises it, by what the officer did."""
        from linli.money.payments.operations import import_return
        from linli.money.payments.queries import layouts
        from tests.ledger.bank import answer

        batch = world.released()
        end(by(world.staff.second_officer, TODAY), award, MARCH_1)
        layout = layouts()["RIVER_BANK"]
        import_return(by(world.staff.releaser, TODAY), batch_id=batch.pk, data=answer(batch, on=TODAY), layout=layout)
        assert Receivable.objects.get().raised_by_id == world.staff.second_officer.pk

    def test_of_an_older_release_is_of_who_changed_the_award_last(self, world: World, paid: Award) -> None:
        end(by(world.staff.second_officer, TODAY), paid, MARCH_1)
        Receivable.objects.update(raised_by_id=None)
        assert waiver(world).caused_by_id == world.staff.second_officer.pk

    def test_of_ones_own_family_is_not_waived(self, world: World, paid: Award, director: Act) -> None:
        """By whoever proposes it, and whoever confirms what another proposed."""
        end(director, paid, date(2026, 3, 1))
        row = waiver(world)
        lives_with(world, world.staff.second_officer)
        with pytest.raises(OwnFamily):
            agree(world, row, "second_officer")
        withdraw_proposal(by(world.staff.street_officer, TODAY), proposal_id=row.pk, reason="另报")
        with pytest.raises(OwnFamily):
            operations.propose_waiver(
                by(world.staff.second_officer, TODAY), receivable_id=Receivable.objects.get().pk, note="困难"
            )

    def test_of_ones_own_family_is_not_said_to_be_recovered(self, world: World, paid: Award, director: Act) -> None:
        end(director, paid, date(2026, 3, 1))
        lives_with(world, world.staff.maker)
        with pytest.raises(OwnFamily):
            operations.propose_recovery(
                by(world.staff.maker, TODAY), receivable_id=Receivable.objects.get().pk, paper="收据 1"
            )

    def test_is_not_waived_without_a_reason(self, world: World, paid: Award, director: Act) -> None:
        end(director, paid, date(2026, 3, 1))
        with pytest.raises(ReasonMissing):
            waiver(world, note="")

    def test_is_closed_once(self, world: World, paid: Award, director: Act) -> None:
        end(director, paid, date(2026, 3, 1))
        world.recovered(Receivable.objects.get().pk, TODAY)
        with pytest.raises(StepNotPossible):
            waiver(world)

    def test_that_came_back_meanwhile_is_not_waived(self, world: World, paid: Award, director: Act) -> None:
        end(director, paid, date(2026, 3, 1))
        row = waiver(world)
        world.recovered(Receivable.objects.get().pk, TODAY)
        with pytest.raises(StepNotPossible):
            agree(world, row, "second_officer")

    def test_is_listed_where_one_may_look(self, world: World, paid: Award, director: Act) -> None:
        end(director, paid, date(2026, 3, 1))
        scope = authority_of(world.staff.checker, OPENED).scope()
        assert [str(row) for row in queries.open_receivables(scope)] == [f"{paid.pk} 50000"]

    def test_buttons_show_what_the_acts_allow(self, world: World, paid: Award, director: Act) -> None:
        end(director, paid, date(2026, 3, 1))
        row = Receivable.objects.get()
        people = [
            authority_of(p, OPENED) for p in (world.staff.director, world.staff.street_officer, world.staff.checker)
        ]
        offered = [[step.code for step in RECEIVABLE.offered(p, row, OPENED)] for p in people]
        assert [(can_change(p, paid.stamp), codes) for p, codes in zip(people, offered, strict=True)] == [
            (True, []),
            (True, []),
            (False, []),
        ]
