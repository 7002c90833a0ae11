"""What is due and not taken up, as it is kept: marked whatever is written, reckoned by who looks next, summed."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import F, Model, Q

from linli.foundation.data import triggers
from linli.foundation.trail.keeping import bring_up
from linli.ground.users.queries import authority_of
from linli.kernel.period import Month
from linli.law.policies.operations import install_pack
from linli.money.awards.codes import DueState
from linli.money.awards.models import (
    DUE_BY,
    Award,
    AwardChange,
    AwardMonth,
    Due,
    DueMark,
    DueSum,
    PayeeAccount,
    Receivable,
)
from linli.money.awards.operations import NewAccount, confirm_account, end_departed, propose_account, stop_accounts
from linli.money.awards.queries import DUES, due_totals, invariants
from linli.money.payments.operations import cancel
from linli.money.payments.queries import outlooks, payable
from linli.registry.residents.codes import GuardianshipKind, Relation
from linli.registry.residents.models import (
    Guardianship,
    Household,
    Membership,
    Relocation,
    RelocationAnnulment,
    Resident,
)
from linli.registry.residents.operations import add_guardian, leave, move_household, move_resident, record_death
from tests.conftest import make_community, make_staff, system_act
from tests.ledger.world import BASE, ELDER, PAY_DAY, World, by, make_world

ROOT = Path(__file__).parents[2]
APRIL_2 = date(2026, 4, 2)
# A row of each table that is watched, where it may be changed.
CHANGED: dict[str, type[Model]] = {
    one._meta.db_table: one
    for one in (Award, AwardMonth, Receivable, PayeeAccount, Resident, Household, Membership, Guardianship)
}
ONLY_WRITTEN = {
    "awards_awardchange",
    "residents_relocation",
    "residents_relocationannulment",
    "policies_packversion",
}


def lived(world: World) -> World:
    """Three families with an award, the first with two; one month paid."""
    world.register(3)
    world.grant(*(world.base(one) for one in world.families), world.elder(world.families[0]))
    world.paid()
    return world


@pytest.fixture
def three(world: World) -> World:
    return lived(world)


def received_by(world: World, family: Household, holder: Resident) -> None:
    """The family's money goes to somebody else's account from now on."""
    account = NewAccount(
        family.number, family.stamp, holder.name, "6222000012345678", "江畔银行", "PROXY", "委托书", holder.number
    )
    [row] = propose_account(by(world.staff.clerk, PAY_DAY), accounts=[account])
    confirm_account(by(world.staff.director, PAY_DAY), account_ids=[row.pk])


def guarded(world: World, ward: Resident, until: date | None = None) -> None:
    """Somebody from outside is guardian of the resident."""
    add_guardian(
        by(world.staff.clerk, PAY_DAY),
        ward_id=ward.pk,
        kind=GuardianshipKind.GUARDIAN,
        valid_from=date(2026, 1, 1),
        valid_until=until,
        document="判决书",
        guardian_name="李外人",
    )


def marked() -> set[int]:
    return set(DueMark.objects.filter(day=date.min).values_list("award_id", flat=True))


def split(world: World, on: date) -> tuple[int, int]:
    """What could be paid and what waits for an account, as it is kept, and as a batch would find it."""
    [outlook] = outlooks([world.fund], on)
    found = payable(world.fund.pk, Month.of(on), on)
    assert (outlook.ready, outlook.blocked) == (len(found.ready), len(found.blocked))
    assert outlook.ready_fen == sum(one.amount_fen for one in found.ready)
    assert [one for one in invariants() if "due" in one.code] == []
    return outlook.ready, outlook.blocked


class TestMarked:
    def test_tables_are_all_tried(self) -> None:
        assert DUE_BY.keys() == CHANGED.keys() | ONLY_WRITTEN

    @pytest.mark.parametrize("table", sorted(CHANGED))
    def test_is_whatever_changes(self, three: World, table: str) -> None:
        month = AwardMonth.objects.earliest("pk")
        Receivable.objects.create(
            award=month.award, month=month, amount_fen=1, raised_date=PAY_DAY, **month.award.stamp.columns()
        )
        guarded(three, three.memberships([three.families[0]])[0].resident)
        bring_up(DUES, PAY_DAY)
        assert marked() == set()

        assert CHANGED[table].objects.update(id=F("id"))  # type: ignore[attr-defined]  # each has a manager
        assert marked()

    def test_is_who_receives_for_somebody(self, three: World) -> None:
        holder = three.memberships([three.families[2]])[0].resident
        received_by(three, three.families[1], holder)
        bring_up(DUES, PAY_DAY)
        Resident.objects.filter(pk=holder.pk).update(died_date=PAY_DAY)

        assert marked() == {Award.objects.get(unit_key=three.families[1].number).pk}

    def test_is_who_receives_for_somebody_and_moves(self, three: World) -> None:
        holder = three.memberships([three.families[2]])[0].resident
        received_by(three, three.families[1], holder)
        bring_up(DUES, PAY_DAY)
        Membership.objects.filter(resident=holder).update(relation="PARENT")

        assert marked() == set(Award.objects.filter(household__in=three.families[1:]).values_list("pk", flat=True))

    def test_is_whose_guardian_changes(self, three: World) -> None:
        family = three.families[0]
        bring_up(DUES, PAY_DAY)
        guarded(three, three.memberships([family])[0].resident)

        assert marked() == set(Award.objects.filter(household=family).values_list("pk", flat=True))

    def test_is_what_is_written_of_a_history(self, three: World) -> None:
        award = Award.objects.earliest("pk")
        bring_up(DUES, PAY_DAY)
        AwardChange.objects.create(
            award=award, seq=9, kind="CHANGED", effective_date=APRIL_2, amount_fen=1, by_id=1, at=system_act(PAY_DAY).at
        )
        assert marked() == {award.pk}

    def test_is_what_depends_on_the_law_when_there_is_another(self, three: World) -> None:
        three.account([three.families[1].number], on=APRIL_2)
        bring_up(DUES, APRIL_2)
        held = set(DueMark.objects.values_list("award_id", flat=True))
        assert (marked(), len(held)) == (set(), 1)
        install_pack(system_act(APRIL_2), folder=ROOT / "packs" / "community" / "assistance_plan")
        assert marked() == held

    def test_is_who_moves_and_whose_move_was_a_mistake(self, three: World) -> None:
        family = three.families[0]
        both = set(Award.objects.filter(household=family).values_list("pk", flat=True))
        bring_up(DUES, PAY_DAY)
        move = Relocation.objects.create(
            household=family,
            to_district_id=family.district_id,
            moved_date=PAY_DAY,
            recorded_by_id=1,
            recorded_at=system_act(PAY_DAY).at,
            **family.stamp.columns(),
        )
        assert marked() == both
        bring_up(DUES, PAY_DAY)
        RelocationAnnulment.objects.create(
            relocation=move,
            reason="误录",
            recorded_by_id=1,
            recorded_at=system_act(PAY_DAY).at,
            **family.stamp.columns(),
        )
        assert marked() == both


class TestReckoned:
    def test_once_only_until_something_is_written(self, three: World) -> None:
        bring_up(DUES, PAY_DAY)
        before = list(Due.objects.order_by("pk").values_list("pk", flat=True))
        bring_up(DUES, PAY_DAY)

        assert list(Due.objects.order_by("pk").values_list("pk", flat=True)) == before
        assert (len(before), DueMark.objects.count()) == (4 * 9, 0)

    def test_what_is_taken_up_is_due_no_more_and_what_is_given_back_is(self, world: World) -> None:
        world.register(2)
        world.grant(*(world.base(one) for one in world.families))
        assert split(world, PAY_DAY) == (2, 0)
        batch = world.approve(world.propose())
        assert split(world, PAY_DAY) == (0, 0)
        cancel(by(world.staff.checker), batch_id=batch.pk, reason="重做")
        assert split(world, PAY_DAY) == (2, 0)

    def test_a_changed_account_waits_until_its_day(self, three: World) -> None:
        [changed] = three.account([three.families[1].number], on=APRIL_2)
        usable = changed.usable_date
        assert usable is not None
        assert usable > APRIL_2
        assert [split(three, day) for day in (APRIL_2, usable - timedelta(days=1), usable)] == [(3, 1), (3, 1), (4, 0)]
        assert DueMark.objects.count() == 0

    def test_the_dead_are_paid_nothing_more_and_hold_no_account(self, three: World) -> None:
        old = three.memberships([three.families[0]])[0].resident
        received_by(three, three.families[1], old)
        assert split(three, APRIL_2) == (4, 0)
        record_death(by(three.staff.clerk, APRIL_2), resident_ids=[old.pk], died_date=date(2026, 4, 1))
        assert split(three, APRIL_2) == (1, 1)
        totals = due_totals(authority_of(three.staff.maker, APRIL_2).scope(), Month(2026, 4), Month(2026, 4), APRIL_2)
        assert sorted((one.state, one.programme, one.number) for one in totals) == [
            (DueState.BLOCKED, BASE, 1),
            (DueState.GONE, BASE, 1),
            (DueState.GONE, ELDER, 1),
            (DueState.READY, BASE, 1),
        ]
        end_departed(system_act(APRIL_2), on=APRIL_2)
        stop_accounts(system_act(APRIL_2), on=APRIL_2)
        assert split(three, APRIL_2) == (1, 1)

    def test_who_leaves_or_moves_away_is_paid_nothing_more(self, three: World) -> None:
        clerk = by(three.staff.clerk, APRIL_2)
        [lone] = three.memberships([three.families[1]])
        leave(clerk, resident_ids=[lone.resident_id], left_date=APRIL_2)
        assert split(three, APRIL_2) == (3, 0)
        move_household(clerk, household_id=three.families[0].pk, area_id=three.community.sibling.pk, moved_date=APRIL_2)
        assert split(three, APRIL_2) == (1, 0)

    def test_who_moves_within_the_community_is_looked_at_every_day(self, three: World) -> None:
        [old] = three.memberships([three.families[0]])
        move_resident(
            by(three.staff.clerk, APRIL_2),
            resident_id=old.resident_id,
            household_id=three.families[2].pk,
            relation=Relation.NON_RELATIVE,
            moved_date=APRIL_2,
        )
        split(three, APRIL_2)
        assert DueMark.objects.filter(award__resident=old.resident_id, day=APRIL_2).exists()
        split(three, APRIL_2 + timedelta(days=1))

    @pytest.mark.parametrize(
        ("torn", "code"),
        [
            (lambda: Due.objects.filter(month_date=date(2026, 5, 1)).delete(), "awards.due_differs_from_history"),
            (lambda: Due.objects.update(amount_fen=1), "awards.due_differs_from_history"),
            (lambda: Due.objects.update(state=DueState.GONE), "awards.due_differs_from_history"),
            (lambda: DueSum.objects.filter(number__gt=0).update(amount_fen=1), "awards.due_sums_differ_from_dues"),
            (lambda: DueSum.objects.filter(number__gt=0).update(number=1), "awards.due_sums_differ_from_dues"),
        ],
    )
    def test_another_hand_in_the_database_is_found(self, three: World, torn: object, code: str) -> None:
        bring_up(DUES, PAY_DAY)
        assert [one for one in invariants() if "due" in one.code] == []

        torn()  # type: ignore[operator]  # one of the two
        assert {one.code for one in invariants() if "due" in one.code} == {code}


def test_what_was_granted_before_is_marked_by_the_migration(committed_database: str) -> None:
    community = make_community()
    world = lived(make_world(community, make_staff(community)))
    ids = set(Award.objects.values_list("pk", flat=True))

    MigrationExecutor(connection).migrate([("awards", "0011_award_sums")])
    gone = [name for name in triggers.missing(connection) if "_due_" in name]
    Household.objects.update(id=F("id"))  # a table that the triggers watched
    MigrationExecutor(connection).migrate([("awards", "0012_what_is_due")])
    triggers.install(connection)

    assert len(gone) == sum(len(events.split()) for _rows, events in DUE_BY.values()) + 3
    assert set(DueMark.objects.filter(~Q(day__gt=date.min)).values_list("award_id", flat=True)) == ids
    assert split(world, date(2026, 4, 2)) == (4, 0)


def test_who_holds_the_accounts_is_asked_of_every_award_after_the_migration(committed_database: str) -> None:
    community = make_community()
    lived(make_world(community, make_staff(community)))
    bring_up(DUES, PAY_DAY)
    before = marked()
    MigrationExecutor(connection).migrate([("awards", "0013_programmes_and_reviews")])
    MigrationExecutor(connection).migrate([("awards", "0015_holders_who_ceased")])

    assert before == set()
    assert marked() == set(Award.objects.values_list("pk", flat=True))
