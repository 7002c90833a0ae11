"""Awards follow their people: who left is protected no more, somebody looks again, a wrong death ends nothing."""

import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F

from linli.kernel.period import Month
from linli.law.policies.operations import install_pack
from linli.money.awards import operations, queries
from linli.money.awards.codes import AwardState, ChangeKind, EndReason, MonthState, OccasionKind, ReceivableState
from linli.money.awards.models import Award, AwardChange, AwardMember, AwardMonth, Receivable, ReviewOccasion
from linli.money.awards.operations import AwardOverlapping, Ending
from linli.money.ledger.codes import AccountKind
from linli.money.ledger.operations import BudgetExhausted
from linli.money.ledger.queries import invariants as ledger_invariants
from linli.money.payments.queries import invariants as payment_invariants
from linli.registry.residents.codes import Relation, Sex
from linli.registry.residents.models import Household, Membership, Resident
from linli.registry.residents.operations import (
    NewMember,
    add_member,
    correct_departure,
    correct_household_move,
    leave,
    move_household,
    move_resident,
    record_death,
    register_households,
    return_resident,
)
from tests.conftest import system_act
from tests.layers import layer
from tests.ledger.world import OPENED, World, by, inside
from tests.residents.people import couple, person, single

FEBRUARY_20, MARCH_2, MARCH_16, APRIL_20 = date(2026, 2, 20), date(2026, 3, 2), date(2026, 3, 16), date(2026, 4, 20)
APRIL, MAY = Month(2026, 4), Month(2026, 5)
PACK = Path(__file__).resolve().parents[2] / "packs" / "community" / "assistance_plan"


def sweep(on: date = MARCH_16) -> list[str]:
    return sorted(award.number for award in operations.end_departed(system_act(on), on=on))


def broken() -> list[object]:
    return [*queries.invariants(), *ledger_invariants(), *payment_invariants()]


def due(award: Award) -> list[str]:
    return [str(month) for month in queries.schedules([award.pk])[award.pk]]


@layer
def pair(world: World) -> Household:
    """An old man and his wife with an award of their household from March on."""
    [family] = register_households(by(world.staff.clerk, OPENED), households=[couple(world.community.grid.pk)])
    world.families.append(family)
    world.account([family.number, *(row.resident.number for row in world.memberships([family]))])
    world.grant(world.base(family))
    return family


@layer
def lone(world: World) -> Resident:
    """An old man alone, with the award of his household and one of his own."""
    [family] = world.register()
    world.grant(world.base(family), world.elder(family))
    return world.memberships([family])[0].resident


def people(world: World, family: Household) -> tuple[Resident, Resident]:
    head, spouse = (row.resident for row in world.memberships([family])[:2])
    return head, spouse


def other_home(world: World) -> Household:
    return world.register()[0]


def newborn(world: World, family: Household, *, born: date) -> Resident:
    child = NewMember("王小宝", Relation.CHILD, Sex.MALE, born)
    return add_member(by(world.staff.clerk, MARCH_16), household_id=family.pk, member=child, since=born)


def protected(award: Award, on: date) -> list[str]:
    rows = AwardMember.objects.filter(award=award, valid_from__lte=on, valid_until__gt=on)
    return sorted(rows.values_list("resident__number", flat=True))


class TestMemberWhoIsGone:
    def test_is_protected_no_more_from_the_day_on(self, world: World, pair: Household) -> None:
        head, spouse = people(world, pair)
        move_resident(
            by(world.staff.clerk, APRIL_20),
            resident_id=spouse.pk,
            household_id=other_home(world).pk,
            relation=Relation.PARENT,
            moved_date=date(2026, 4, 10),
        )
        sweep(APRIL_20)

        award = Award.objects.get(unit_key=pair.number)
        assert protected(award, date(2026, 4, 9)) == sorted([head.number, spouse.number])
        assert protected(award, date(2026, 4, 10)) == [head.number]

    def test_can_be_protected_elsewhere(self, world: World, pair: Household) -> None:
        _head, spouse = people(world, pair)
        home = other_home(world)
        move = by(world.staff.clerk, MARCH_2)
        move_resident(move, resident_id=spouse.pk, household_id=home.pk, relation=Relation.PARENT, moved_date=MARCH_2)
        grant = replace(world.base(home), member_ids=(spouse.pk,), first_month=APRIL)
        with pytest.raises(AwardOverlapping) as refusal:
            world.grant(grant, on=MARCH_2)
        assert f"李秀英（{spouse.number}）" in str(refusal.value)

        sweep(MARCH_16)
        world.grant(grant, on=MARCH_16)

    @pytest.mark.parametrize(
        ("kind", "wanted"), [("death", OccasionKind.MEMBER_DIED), ("leave", OccasionKind.MEMBER_LEFT)]
    )
    def test_opens_the_review_with_a_day_by_which_it_is_done(
        self, world: World, pair: Household, kind: str, wanted: OccasionKind
    ) -> None:
        _head, spouse = people(world, pair)
        clerk = by(world.staff.clerk, MARCH_16)
        if kind == "death":
            record_death(clerk, resident_ids=[spouse.pk], died_date=MARCH_2)
        else:
            leave(clerk, resident_ids=[spouse.pk], left_date=MARCH_2)
        sweep()

        [occasion] = ReviewOccasion.objects.all()
        award = Award.objects.get(unit_key=pair.number)
        assert (occasion.kind, occasion.resident, occasion.happened_date) == (wanted, spouse, MARCH_2)
        assert (award.review_opened_date, award.review_due_date) == (MARCH_16, MARCH_16 + timedelta(days=30))
        assert award.state == AwardState.ACTIVE
        assert queries.review_occasions([award]) == {award.pk: [occasion]}

    def test_is_noticed_once(self, world: World, pair: Household) -> None:
        record_death(by(world.staff.clerk, MARCH_16), resident_ids=[people(world, pair)[1].pk], died_date=MARCH_2)
        sweep()
        director = by(world.staff.director, date(2026, 3, 17))
        award = Award.objects.get(unit_key=pair.number)
        operations.complete_review(director, award_id=award.pk, next_due_date=None, note="金额不变")
        sweep(date(2026, 3, 18))

        award.refresh_from_db()
        assert (award.review_opened_date, ReviewOccasion.objects.count()) == (None, 1)

    def test_who_left_before_the_grant_is_no_news(self, world: World) -> None:
        [family] = register_households(by(world.staff.clerk, OPENED), households=[couple(world.community.grid.pk)])
        world.families.append(family)
        head, spouse = people(world, family)
        world.account([family.number])
        leave(by(world.staff.clerk, date(2026, 1, 20)), resident_ids=[spouse.pk], left_date=date(2026, 1, 20))
        world.grant(replace(world.base(family), member_ids=(head.pk,)))
        sweep()

        assert not ReviewOccasion.objects.exists()

    def test_brings_an_earlier_day_of_an_open_review_forward_only(self, world: World, pair: Household) -> None:
        inside(system_act(MARCH_2), step=lambda _act: Award.objects.update(review_due_date=date(2026, 3, 10)))
        operations.fall_due_reviews(system_act(date(2026, 3, 10)), on=date(2026, 3, 10))
        record_death(by(world.staff.clerk, MARCH_16), resident_ids=[people(world, pair)[1].pk], died_date=MARCH_2)
        sweep()

        assert Award.objects.get().review_due_date == date(2026, 3, 10)
        assert ReviewOccasion.objects.get().planned_date == date(2026, 3, 10)

    def test_nobody_looks_again_at_an_award_that_ended(self, world: World, pair: Household) -> None:
        award = Award.objects.get(unit_key=pair.number)
        operations.end(by(world.staff.director, MARCH_2), endings=[Ending(award.pk, MARCH_2, EndReason.INCOME)])
        record_death(by(world.staff.clerk, MARCH_16), resident_ids=[people(world, pair)[1].pk], died_date=MARCH_2)
        sweep()

        assert not ReviewOccasion.objects.exists()


class TestMemberWhoCame:
    def test_opens_the_review_of_every_award_that_the_household_has(self, world: World, lone: Resident) -> None:
        family = world.families[0]
        child = newborn(world, family, born=MARCH_2)
        sweep()

        rows = ReviewOccasion.objects.order_by("award__number")
        assert {(one.kind, one.resident_id, one.happened_date) for one in rows} == {
            (OccasionKind.MEMBER_CAME, child.pk, MARCH_2)
        }
        assert [one.award.unit_key for one in rows] == [family.number, lone.number]
        assert {one.award.review_opened_date for one in rows} == {MARCH_16}
        assert broken() == []

    def test_who_moves_in_is_noticed_once_and_protected_by_nothing_unseen(self, world: World, pair: Household) -> None:
        [guest] = [row.resident for row in world.memberships([other_home(world)])]
        clerk = by(world.staff.clerk, MARCH_16)
        move_resident(clerk, resident_id=guest.pk, household_id=pair.pk, relation=Relation.PARENT, moved_date=MARCH_2)
        sweep()
        award = Award.objects.get(unit_key=pair.number)
        director = by(world.staff.director, date(2026, 3, 17))
        operations.complete_review(director, award_id=award.pk, next_due_date=None, note="金额不变")
        sweep(date(2026, 3, 18))

        award.refresh_from_db()
        assert (award.review_opened_date, ReviewOccasion.objects.count()) == (None, 1)
        assert guest.number not in protected(award, MARCH_16)

    def test_who_lived_there_before_the_grant_is_no_news(self, world: World, pair: Household) -> None:
        sweep()
        assert not ReviewOccasion.objects.exists()

    def test_who_was_recorded_by_mistake_is_no_news(self, world: World, pair: Household) -> None:
        child = newborn(world, pair, born=MARCH_2)
        Membership.objects.filter(resident=child).update(annulled=True, valid_until=F("valid_from"))
        sweep()
        assert not ReviewOccasion.objects.exists()


class TestOwnAward:
    def test_follows_the_person_to_another_household(self, world: World, lone: Resident) -> None:
        home = other_home(world)
        move_resident(
            by(world.staff.clerk, MARCH_16),
            resident_id=lone.pk,
            household_id=home.pk,
            relation=Relation.PARENT,
            moved_date=MARCH_16,
        )
        sweep()

        own = Award.objects.get(resident=lone)
        assert (own.state, own.household, own.stamp) == (AwardState.ACTIVE, home, home.stamp)

    def test_comes_back_when_the_move_was_wrong(self, world: World, lone: Resident) -> None:
        before = Award.objects.get(resident=lone).household
        clerk = by(world.staff.clerk, MARCH_16)
        move_resident(
            clerk,
            resident_id=lone.pk,
            household_id=other_home(world).pk,
            relation=Relation.PARENT,
            moved_date=MARCH_16,
        )
        sweep()
        correct_departure(clerk, resident_id=lone.pk, day=None, reason="弄错了人")

        assert {award.household for award in Award.objects.all()} == {before}
        assert {award.state for award in Award.objects.all()} == {AwardState.ACTIVE}

    def test_ends_with_the_move_where_the_pack_says_so(self, world: World, lone: Resident, tmp_path: Path) -> None:
        folder = tmp_path / "assistance_plan"
        shutil.copytree(PACK, folder)
        scheme = folder / "scheme.toml"
        head, _sign, tail = scheme.read_text().partition('code = "ELDER_SUPPLEMENT"\n')
        scheme.write_text(f'{head}code = "ELDER_SUPPLEMENT"\nrehoused = "ENDS"\n{tail}')
        install_pack(system_act(OPENED), folder=folder)
        move_resident(
            by(world.staff.clerk, MARCH_16),
            resident_id=lone.pk,
            household_id=other_home(world).pk,
            relation=Relation.PARENT,
            moved_date=MARCH_16,
        )
        sweep()

        own = Award.objects.get(resident=lone)
        assert (own.state, own.valid_until) == (AwardState.ENDED, MARCH_16)


class TestWrongDeath:
    def die(self, world: World, who: Resident, day: date = MARCH_2, on: date = MARCH_16) -> None:
        record_death(by(world.staff.clerk, on), resident_ids=[who.pk], died_date=day)
        sweep(on)

    def undo(self, world: World, who: Resident, day: date | None = None, on: date = MARCH_16) -> None:
        correct_departure(by(world.staff.clerk, on), resident_id=who.pk, day=day, reason="同名同姓")

    def test_awards_run_again_as_they_were_granted(self, world: World, lone: Resident) -> None:
        before = {award.pk: (due(award), award.valid_until) for award in Award.objects.all()}
        promised = world.balance(AccountKind.COMMITTED, "AID")
        self.die(world, lone)
        assert {award.state for award in Award.objects.all()} == {AwardState.ENDED}
        self.undo(world, lone)

        assert {award.pk: (due(award), award.valid_until) for award in Award.objects.all()} == before
        assert {award.state for award in Award.objects.all()} == {AwardState.ACTIVE}
        assert world.balance(AccountKind.COMMITTED, "AID") == promised
        assert broken() == []

    def test_the_history_says_so_and_the_family_is_told(self, world: World, lone: Resident) -> None:
        self.die(world, lone)
        self.undo(world, lone)

        kinds = list(AwardChange.objects.filter(award__resident=lone).order_by("seq").values_list("kind", flat=True))
        assert kinds == [ChangeKind.GRANTED, ChangeKind.ENDED, ChangeKind.REINSTATED]

    def test_claims_for_what_was_paid_since_stand_no_longer(self, world: World, lone: Resident) -> None:
        world.receive("GOV", 10_000_000)
        world.paid(Month(2026, 3), MARCH_16)
        world.paid(APRIL, APRIL_20)
        self.die(world, lone, day=date(2026, 3, 20), on=APRIL_20)
        assert {row.state for row in Receivable.objects.all()} == {ReceivableState.OPEN}
        self.undo(world, lone, on=APRIL_20)

        assert {row.state for row in Receivable.objects.all()} == {ReceivableState.WITHDRAWN}
        assert world.total(AccountKind.RECEIVABLE) == 0
        assert broken() == []

    def test_money_that_came_back_meanwhile_is_due_again(self, world: World, lone: Resident) -> None:
        world.receive("GOV", 10_000_000)
        world.paid(Month(2026, 3), MARCH_16)
        world.paid(APRIL, APRIL_20)
        self.die(world, lone, day=date(2026, 3, 20), on=APRIL_20)
        for row in Receivable.objects.all():
            world.recovered(row.pk, APRIL_20)
        self.undo(world, lone, on=APRIL_20)

        owed = {(one.award.number, str(one.month)) for one in queries.due_of_fund(world.fund.pk, APRIL)}
        assert owed == {(award.number, "2026-04") for award in Award.objects.all()}
        assert broken() == []

    @pytest.mark.parametrize(
        ("day", "months"), [(date(2026, 4, 10), ["2026-03"]), (date(2026, 2, 12), []), (date(2019, 1, 1), [])]
    )
    def test_another_day_ends_them_on_that_day(
        self, world: World, lone: Resident, day: date, months: list[str]
    ) -> None:
        self.die(world, lone, on=APRIL_20)
        self.undo(world, lone, day, on=APRIL_20)

        own = Award.objects.get(resident=lone)
        assert (own.state, due(own), own.valid_until) == (AwardState.ENDED, months, max(day, own.valid_from))
        assert broken() == []

    def test_a_suspended_award_is_suspended_again(self, world: World, lone: Resident) -> None:
        own = Award.objects.get(resident=lone)
        operations.suspend(
            by(world.staff.director, MARCH_2), award_ids=[own.pk], effective_date=date(2026, 4, 1), note="核查"
        )
        self.die(world, lone)
        self.undo(world, lone)

        own.refresh_from_db()
        assert (own.state, due(own)) == (AwardState.SUSPENDED, ["2026-03"])
        assert broken() == []

    def test_an_award_that_somebody_ended_for_a_reason_stays_ended(self, world: World, lone: Resident) -> None:
        own = Award.objects.get(resident=lone)
        ending = Ending(own.pk, date(2026, 3, 1), EndReason.INCOME)
        operations.end(by(world.staff.director, MARCH_2), endings=[ending])
        self.die(world, lone)
        self.undo(world, lone)

        own.refresh_from_db()
        assert own.state == AwardState.ENDED

    def test_the_last_months_given_up_are_due_again(self, world: World, lone: Resident) -> None:
        own = Award.objects.get(resident=lone)
        self.die(world, lone)
        world.account([lone.number])
        given_up = AwardMonth(
            award=own,
            month_date=date(2026, 4, 1),
            amount_fen=30_000,
            source=world.source("GOV"),
            state=MonthState.WRITTEN_OFF,
            batch_number="FF-2026-0001",
        )
        inside(system_act(MARCH_16), step=lambda _act: given_up.save())
        self.undo(world, lone)

        assert AwardMonth.objects.get(award=own).state == MonthState.VOIDED

    def test_of_two_awards_that_ended_by_it_the_later_one_runs_again(self, world: World, lone: Resident) -> None:
        """A decision and the news of the death crossed: the award was granted to somebody who was thought dead."""
        record_death(by(world.staff.clerk, MARCH_16), resident_ids=[lone.pk], died_date=MARCH_2)
        sweep()
        [later] = world.grant(world.elder(world.families[0], first_month=APRIL), on=MARCH_16)
        sweep()
        correct_departure(by(world.staff.clerk, APRIL_20), resident_id=lone.pk, day=None, reason="认错了人")
        own = Award.objects.filter(unit_key=lone.number).order_by("pk")
        assert list(own.values_list("state", flat=True)) == [AwardState.ENDED, AwardState.ACTIVE]
        assert own.last() == later
        assert broken() == []

    def test_who_is_protected_elsewhere_since_stays_there(self, world: World, lone: Resident) -> None:
        clerk = by(world.staff.clerk, MARCH_16)
        leave(clerk, resident_ids=[lone.pk], left_date=MARCH_2)
        sweep()
        home = other_home(world)
        return_resident(
            clerk, resident_id=lone.pk, household_id=home.pk, relation=Relation.PARENT, returned_date=MARCH_16
        )
        world.grant(
            replace(world.elder(home), resident_id=lone.pk, unit_key=lone.number, member_ids=(lone.pk,)), on=MARCH_16
        )
        record_death(clerk, resident_ids=[lone.pk], died_date=MARCH_16)
        sweep(date(2026, 3, 17))
        correct_departure(by(world.staff.clerk, date(2026, 3, 17)), resident_id=lone.pk, day=None, reason="弄错了人")

        states = list(Award.objects.filter(resident=lone).order_by("number").values_list("state", flat=True))
        assert states == [AwardState.ENDED, AwardState.ACTIVE]
        assert broken() == []

    def test_a_member_of_a_running_award_is_protected_again_and_somebody_looks(
        self, world: World, pair: Household
    ) -> None:
        head, spouse = people(world, pair)
        self.die(world, spouse)
        self.undo(world, spouse)

        award = Award.objects.get(unit_key=pair.number)
        assert protected(award, APRIL_20) == sorted([head.number, spouse.number])
        kinds = list(ReviewOccasion.objects.order_by("pk").values_list("kind", flat=True))
        assert kinds == [OccasionKind.MEMBER_DIED, OccasionKind.CORRECTED]
        assert broken() == []

    @pytest.fixture
    def late_household(self, world: World) -> Award:
        """The award of a household that was formed on 1 March, later than the death that will be recorded."""
        member = person("王晚", order=60)
        [family] = register_households(
            by(world.staff.clerk, MARCH_2),
            households=[replace(single(world.community.grid.pk, member), opened_date=date(2026, 3, 1))],
        )
        world.families.append(family)
        world.account([family.number], on=MARCH_2)
        [award] = world.grant(world.base(family), on=MARCH_2)
        return award

    def test_from_before_the_household_was_formed_closed_it_when_it_was_formed(
        self, world: World, late_household: Award
    ) -> None:
        [row] = world.memberships([late_household.household])
        self.die(world, row.resident, day=FEBRUARY_20)
        end = AwardChange.objects.get(award=late_household, kind=ChangeKind.ENDED)
        assert end.effective_date == date(2026, 3, 1)
        self.undo(world, row.resident)

        late_household.refresh_from_db()
        assert late_household.state == AwardState.ACTIVE
        assert broken() == []

    def test_a_household_award_that_somebody_ended_on_a_later_day_stays_ended(
        self, world: World, lone: Resident
    ) -> None:
        family = Award.objects.get(resident=None)
        record_death(by(world.staff.clerk, MARCH_16), resident_ids=[lone.pk], died_date=MARCH_2)
        ending = Ending(family.pk, date(2026, 3, 10), EndReason.DIED)
        operations.end(by(world.staff.director, MARCH_16), endings=[ending])
        self.undo(world, lone)

        family.refresh_from_db()
        assert family.state == AwardState.ENDED

    def test_where_the_budget_is_used_up_nothing_is_put_right(self, world: World, lone: Resident) -> None:
        self.die(world, lone)
        left = world.balance(AccountKind.AVAILABLE, "AID")
        home = other_home(world)
        world.grant(replace(world.base(home), amount_fen=left // 9), on=MARCH_16)

        with pytest.raises(BudgetExhausted):
            self.undo(world, lone)
        lone.refresh_from_db()
        assert lone.died_date == MARCH_2


class TestWrongMove:
    def test_awards_of_a_household_that_did_not_move_run_again(self, world: World, lone: Resident) -> None:
        family = world.families[0]
        everywhere = by(world.staff.clerk, MARCH_16)
        move_household(everywhere, household_id=family.pk, area_id=world.community.sibling.pk, moved_date=MARCH_2)
        sweep()
        assert {award.state for award in Award.objects.all()} == {AwardState.ENDED}
        _assign_sibling(world)
        correct_household_move(
            by(world.staff.outsider, MARCH_16), household_id=family.pk, moved_date=None, reason="没有搬"
        )

        assert {award.state for award in Award.objects.all()} == {AwardState.ACTIVE}
        assert broken() == []


def _assign_sibling(world: World) -> None:
    from linli.ground.users.codes import Role
    from linli.ground.users.operations import assign

    assign(
        system_act(),
        user_id=world.staff.outsider.pk,
        role=Role.COMMUNITY_WORKER,
        area_id=world.community.sibling.pk,
        valid_from=OPENED,
    )


class TestDatabase:
    @pytest.fixture
    def occasion(self, world: World, pair: Household) -> ReviewOccasion:
        record_death(by(world.staff.clerk, MARCH_16), resident_ids=[people(world, pair)[1].pk], died_date=MARCH_2)
        sweep()
        return ReviewOccasion.objects.get()

    def test_keeps_an_occasion_once(self, occasion: ReviewOccasion) -> None:
        occasion.pk = None
        with pytest.raises(IntegrityError), transaction.atomic():
            occasion.save(force_insert=True)

    def test_keeps_the_day_it_is_due_after_the_day_it_opened(self, occasion: ReviewOccasion) -> None:
        occasion.pk, occasion.kind, occasion.due_date = None, OccasionKind.CORRECTED, MARCH_2
        with pytest.raises(IntegrityError), transaction.atomic():
            occasion.save(force_insert=True)

    @pytest.mark.parametrize("change", ["update", "delete"])
    def test_an_occasion_stands(self, occasion: ReviewOccasion, change: str) -> None:
        rows = ReviewOccasion.objects.all()
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(kind=OccasionKind.CORRECTED) if change == "update" else rows._raw_delete("default")
