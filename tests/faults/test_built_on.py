"""No act that moves or decides money builds on a row that no act wrote, nor on the absence of one that an act wrote."""

from datetime import date

import pytest
from django.db import connection

from linli.foundation.data import triggers
from linli.foundation.trail import acts
from linli.ground.areas.codes import AreaKind
from linli.ground.areas.operations import NewArea, add_areas
from linli.ground.users.models import Factor, User
from linli.kernel.act import Act
from linli.kernel.period import Month
from linli.money.awards.codes import EndReason
from linli.money.awards.models import Award, AwardChange, PayeeAccount
from linli.money.awards.operations import (
    Ending,
    NewAccount,
    confirm_account,
    end,
    propose_account,
    propose_amount,
    resume,
    stop_accounts,
    suspend,
)
from linli.money.ledger.models import FundingSource
from linli.money.ledger.operations import book_fee, confirm_proposal, receive_inflow
from linli.money.payments.models import PaymentBatch
from linli.money.payments.refusals import RowsForged
from linli.registry.residents.models import Relocation, Resident
from linli.registry.residents.operations import move_household, record_death
from tests.conftest import at, system_act
from tests.ledger.test_planted_bugs import Plant, plant, world
from tests.ledger.world import World, by
from tests.payments.test_one_person import settled

__all__ = ["plant", "world"]  # fixtures

APRIL, PAY, MARCH_25 = Month(2026, 4), date(2026, 4, 15), date(2026, 3, 25)
REFUSED = (RowsForged, acts.RowsForged)


def bare(statement: str, *given: object) -> None:
    """Ordinary SQL of somebody with the database's password: no rule is switched off."""
    with connection.cursor() as cursor:
        cursor.execute(statement, list(given))


def forged(plant: Plant, *statements: str) -> None:
    """Written with the rules switched off, which are there again afterwards."""
    plant(*statements)
    triggers.install(connection)


def give_role(world: World, thief: User, role: str = "STREET_OFFICER") -> None:
    bare(
        "INSERT INTO users_assignment (user_id, role, area_id, valid_from, valid_until, stand_in_for_id) "
        "VALUES (%s, %s, %s, '2026-01-05', NULL, NULL)",
        thief.pk,
        role,
        world.community.street.pk,
    )


class TestHands:
    """One bare INSERT of a role."""

    def test_an_account_is_not_confirmed_by_a_role_that_nobody_gave(self, world: World) -> None:
        thief, unit = world.staff.volunteer, world.families[0]
        give_role(world, thief)
        new = NewAccount(unit.number, unit.stamp, "贼某", "6222021234567890123", "江畔银行", "PROXY", "委托书")
        [row] = propose_account(by(world.staff.clerk, MARCH_25), accounts=[new])
        with pytest.raises(acts.RowsForged, match=r"users_assignment [0-9]+ added"):
            confirm_account(by(thief, PAY), account_ids=[row.pk])
        assert PayeeAccount.objects.get(pk=row.pk).state == "PROPOSED"

    def test_nor_an_amount(self, world: World) -> None:
        thief, award = world.staff.volunteer, Award.objects.earliest("pk")
        give_role(world, thief)
        asked = propose_amount(
            by(world.staff.director, MARCH_25),
            award_id=award.pk,
            amount_fen=9_000_00,
            effective_date=date(2026, 6, 1),
            note="核查",
        )
        with pytest.raises(acts.RowsForged, match=r"users_assignment [0-9]+ added"):
            confirm_proposal(by(thief, PAY), proposal_id=asked.pk)
        award.refresh_from_db()
        assert award.amount_fen < 9_000_00

    def test_nor_is_anything_confirmed_that_such_a_role_proposed(self, world: World, plant: Plant) -> None:
        award, director = Award.objects.earliest("pk"), world.staff.director
        asked = propose_amount(
            by(director, MARCH_25), award_id=award.pk, amount_fen=900_00, effective_date=date(2026, 6, 1), note="核查"
        )
        forged(plant, f"UPDATE users_assignment SET valid_from = '2025-01-02' WHERE user_id = {director.pk}")
        with pytest.raises(acts.RowsForged, match=r"users_assignment [0-9]+ altered"):
            confirm_proposal(by(world.staff.street_officer, PAY), proposal_id=asked.pk)

    def test_nor_by_an_account_that_somebody_altered(self, world: World, plant: Plant) -> None:
        director, award = world.staff.director, Award.objects.earliest("pk")
        forged(plant, f"UPDATE users_user SET password = 'x' WHERE id = {director.pk}")
        with pytest.raises(acts.RowsForged, match=f"users_user {director.pk} altered"):
            suspend(by(director, PAY), award_ids=[award.pk], effective_date=date(2026, 6, 1), note="核查")

    def test_nor_with_a_factor_that_nobody_set_up(self, world: World) -> None:
        director, award = world.staff.director, Award.objects.earliest("pk")
        Factor.objects.create(user=director, kind="PASSKEY", name="x", token="x", added_at=at(MARCH_25))
        with pytest.raises(acts.RowsForged, match=r"users_factor [0-9]+ added"):
            suspend(by(director, PAY), award_ids=[award.pk], effective_date=date(2026, 6, 1), note="核查")

    def test_nothing_is_approved_when_the_hand_behind_an_account_is_forged(self, world: World, plant: Plant) -> None:
        batch = world.propose(APRIL, PAY)
        hand = batch.items.earliest("pk").account.proposed_by_id
        forged(plant, f"UPDATE users_assignment SET valid_from = '2025-01-02' WHERE user_id = {hand}")
        with pytest.raises(REFUSED, match="users_assignment"):
            world.approve(batch, PAY)

    def test_nor_when_the_hand_behind_an_amount_is(self, world: World, plant: Plant) -> None:
        approved = world.approve(world.propose(APRIL, PAY), PAY)
        award = Award.objects.earliest("pk")
        hand = AwardChange.objects.filter(award=award).earliest("pk").by_id
        forged(plant, f"UPDATE users_user SET name = '贼某' WHERE id = {hand}")
        with pytest.raises(REFUSED, match=f"users_user {hand} altered"):
            world.release(approved, PAY)


# What hides from everybody that an award was suspended or ended.
HIDDEN = {
    "taken out": "DELETE FROM awards_awardchange WHERE id = {}",
    "given to another award": "UPDATE awards_awardchange SET award_id = (SELECT max(id) FROM awards_award), seq = 99 "
    "WHERE id = {}",
    "count altered too": "DELETE FROM awards_awardchange WHERE id = {}; "
    "UPDATE foundation_rowtally SET rows = rows - 1 WHERE id = (SELECT min(id) FROM awards_award) * 16 + 1",
    "count taken out too": "DELETE FROM awards_awardchange WHERE id = {}; "
    "DELETE FROM foundation_rowtally WHERE id = (SELECT min(id) FROM awards_award) * 16 + 1",
}


class TestHistory:
    """A change of an award that is gone."""

    @pytest.mark.parametrize("how", HIDDEN)
    @pytest.mark.parametrize("what", ["suspended", "ended"])
    def test_a_suspended_or_ended_award_is_not_paid_when_its_history_is_gone(
        self, world: World, plant: Plant, how: str, what: str
    ) -> None:
        forged(plant, *HIDDEN[how].format(self.stop(world, what, MARCH_25)).split("; "))
        with pytest.raises(REFUSED, match=r"awards_awardchange\.award_id|foundation_rowtally"):
            world.approve(world.propose(APRIL, PAY), PAY)
        assert not PaymentBatch.objects.filter(month_date=APRIL.first_day, state="APPROVED").exists()

    def test_nor_when_it_goes_after_the_approval(self, world: World, plant: Plant) -> None:
        approved = world.approve(world.propose(APRIL, PAY), PAY)
        forged(plant, HIDDEN["taken out"].format(self.stop(world, "ended", PAY)))
        with pytest.raises(REFUSED, match=r"awards_awardchange\.award_id [0-9]+ removed"):
            world.release(approved, PAY)

    def test_nor_does_it_go_on(self, world: World, plant: Plant) -> None:
        """An act on the award itself finds it too."""
        forged(plant, HIDDEN["taken out"].format(self.stop(world, "suspended", MARCH_25)))
        with pytest.raises(acts.RowsForged, match=r"awards_awardchange\.award_id [0-9]+ removed"):
            resume(
                by(world.staff.director, PAY),
                award_ids=[Award.objects.earliest("pk").pk],
                effective_date=date(2026, 6, 1),
                note="x",
            )

    def stop(self, world: World, what: str, on: date) -> int:
        first = Award.objects.earliest("pk")
        effective, act = date(2026, 4 if on == MARCH_25 else 5, 1), by(world.staff.director, on)
        if what == "suspended":
            suspend(act, award_ids=[first.pk], effective_date=effective, note="核查")
        else:
            end(act, endings=[Ending(first.pk, effective, EndReason.OTHER, "查实")])
        return AwardChange.objects.filter(award=first).latest("pk").pk


ANNULLED = (
    "INSERT INTO residents_relocationannulment (relocation_id, reason, recorded_by_id, recorded_at, district_id, "
    "street_id, community_id, grid_id) SELECT id, 'x', 1, recorded_at, district_id, street_id, community_id, grid_id "
    "FROM residents_relocation"
)


class TestMove:
    """A move away that is hidden by one row."""

    @pytest.fixture
    def approved(self, world: World) -> PaymentBatch:
        new = NewArea("990101001002-G1", AreaKind.GRID, "槐树街网格", world.community.sibling.code)
        [grid] = add_areas(system_act(), areas=[new])
        first, approved = Award.objects.earliest("pk"), world.approve(world.propose(APRIL, PAY), PAY)
        act = Act(world.staff.clerk, at(PAY, 11))
        move_household(act, household_id=first.household_id, area_id=grid.pk, moved_date=PAY)
        return approved

    def test_is_a_result_where_nothing_is_forged(self, world: World, approved: PaymentBatch) -> None:
        assert world.release(approved, PAY).state == "VOIDED"

    def test_that_a_bare_row_takes_back_stops_the_release(self, world: World, approved: PaymentBatch) -> None:
        bare(ANNULLED)
        with pytest.raises(REFUSED, match="residents_relocationannulment"):
            world.release(approved, PAY)

    def test_that_is_taken_out_stops_it(self, world: World, plant: Plant, approved: PaymentBatch) -> None:
        forged(plant, f"DELETE FROM residents_relocation WHERE id = {Relocation.objects.get().pk}")
        with pytest.raises(REFUSED, match=r"residents_relocation\.household_id [0-9]+ removed"):
            world.release(approved, PAY)

    def test_so_does_a_member_who_is_gone(self, world: World, plant: Plant) -> None:
        approved = world.approve(world.propose(APRIL, PAY), PAY)
        home = Award.objects.earliest("pk").household_id
        forged(plant, f"DELETE FROM residents_membership WHERE household_id = {home}")
        with pytest.raises(REFUSED, match=r"residents_membership\.household_id [0-9]+ removed"):
            world.release(approved, PAY)


class TestHolder:
    """One bare UPDATE brings whoever holds an account back to life; the account is of a stranger to the family."""

    DIED, FOUND, LATER = date(2026, 4, 10), date(2026, 4, 11), date(2026, 4, 12)

    @pytest.fixture
    def holder(self, world: World) -> Resident:
        return self.holds(world, 0, "钱代领", 91)

    def holds(self, world: World, family: int, name: str, order: int) -> Resident:
        unit, who = world.families[family], settled(world, name, order)
        told = (
            unit.number,
            unit.stamp,
            who.name,
            f"62220212345678901{order}",
            "江畔银行",
            "PROXY",
            "委托书",
            who.number,
        )
        [row] = propose_account(by(world.staff.clerk, MARCH_25), accounts=[NewAccount(*told)])
        confirm_account(by(world.staff.second_officer, MARCH_25), account_ids=[row.pk])
        return who

    def dies(self, world: World, holder: Resident) -> None:
        record_death(by(world.staff.clerk, self.FOUND), resident_ids=[holder.pk], died_date=self.DIED)

    def revive(self, holder: Resident) -> None:
        bare("UPDATE residents_resident SET died_date = NULL WHERE id = %s", holder.pk)

    def test_an_account_that_was_stopped_stays_stopped(
        self, world: World, holder: Resident, caplog: pytest.LogCaptureFixture
    ) -> None:
        self.dies(world, holder)
        [row] = stop_accounts(system_act(self.FOUND), on=self.FOUND)
        self.revive(holder)
        with caplog.at_level("ERROR", logger="linli.awards"):
            assert stop_accounts(system_act(self.LATER), on=self.LATER) == []
        assert [one.getMessage() for one in caplog.records] == [
            "accounts rest on rows that no act wrote and stay stopped"
        ]
        row.refresh_from_db()
        assert row.state == "STOPPED"

    def test_and_holds_up_nobody_elses(self, world: World, holder: Resident) -> None:
        other = self.holds(world, 1, "孙代领", 92)
        self.dies(world, holder)
        stop_accounts(system_act(self.FOUND), on=self.FOUND)
        self.revive(holder)
        self.dies(world, other)
        stopped = stop_accounts(system_act(self.LATER), on=self.LATER)
        assert [one.holder_id for one in stopped] == [other.pk]

    def test_what_was_not_stopped_yet_is_not_approved(self, world: World, holder: Resident) -> None:
        batch = world.propose(APRIL, PAY)
        self.dies(world, holder)
        self.revive(holder)
        with pytest.raises(REFUSED, match=f"residents_resident {holder.pk} altered"):
            world.approve(batch, PAY)

    def test_nor_released(self, world: World, holder: Resident) -> None:
        approved = world.approve(world.propose(APRIL, PAY), PAY)
        self.dies(world, holder)
        self.revive(holder)
        with pytest.raises(REFUSED, match=f"residents_resident {holder.pk} altered"):
            world.release(approved, PAY)


class TestPurpose:
    """One bare UPDATE takes a donor's restriction away: no money moves on it, by one person or two."""

    @pytest.fixture
    def freed(self, world: World) -> FundingSource:
        bare("UPDATE ledger_fundingsource SET restricted_to = '[]' WHERE code = 'DON'")
        return world.source("DON")

    @pytest.mark.parametrize("fen", [200_00, 5_000_00])
    def test_no_fee_is_taken_from_it(self, world: World, freed: FundingSource, fen: int) -> None:
        told = {"source_id": freed.pk, "amount_fen": fen, "on": PAY, "reference": "SXF-9", "paper": "回单 9"}
        with pytest.raises(acts.RowsForged, match=f"ledger_fundingsource {freed.pk} altered"):
            book_fee(by(world.staff.maker, PAY), **told)

    def test_nor_where_it_is_another_source_that_was_altered(self, world: World) -> None:
        """Restricted money pays a fee only where there is no other."""
        bare("""UPDATE ledger_fundingsource SET restricted_to = '["AID"]' WHERE NOT code = 'DON'""")
        told = {"source_id": world.source("DON").pk, "amount_fen": 10_00, "on": PAY, "reference": "SXF-9"}
        with pytest.raises(acts.RowsForged, match=r"ledger_fundingsource [0-9]+ altered"):
            book_fee(by(world.staff.maker, PAY), **told)

    def test_nor_is_anything_received_into_it(self, world: World, freed: FundingSource) -> None:
        told = {"source_id": freed.pk, "amount_fen": 90_00, "on": PAY, "reference": "HP-9"}
        with pytest.raises(acts.RowsForged, match=f"ledger_fundingsource {freed.pk} altered"):
            receive_inflow(system_act(PAY), **told)

    def test_nor_is_anything_promised_on_a_line_that_was_widened(self, world: World) -> None:
        [family] = world.register(1)
        bare("UPDATE ledger_budgetline SET amount_fen = amount_fen + 1 WHERE code = 'AID'")
        with pytest.raises(acts.RowsForged, match=r"ledger_budgetline [0-9]+ altered"):
            world.grant(world.base(family), on=PAY)
