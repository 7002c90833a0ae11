"""The product follows no fact that no act wrote, and none that is gone: it leaves the award out and says so."""

from datetime import date

import pytest
from django.db import connection

from linli.foundation.data import triggers
from linli.foundation.trail import acts
from linli.foundation.trail.models import AuditEntry
from linli.money.awards import queries
from linli.money.awards.models import Adjustment, Award, Following
from linli.money.awards.operations import recalculate
from linli.registry.residents.models import Circumstance, Resident
from tests.awards.river import River, make_river
from tests.conftest import Community, Staff
from tests.layers import layer
from tests.ledger.test_planted_bugs import Plant, plant
from tests.ledger.world import by

__all__ = ["plant"]  # fixtures

GROWN, BEFORE, DAY, LATER = date(1980, 3, 3), date(2026, 3, 1), date(2026, 3, 5), date(2026, 3, 6)


@layer
def river(community: Community, staff: Staff) -> River:
    return make_river(community, staff)


def claim_disabled(who: Resident) -> None:
    """One bare INSERT; no rule is switched off."""
    place = who.stamp.columns()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO residents_circumstance (resident_id, household_id, code, value, source, as_of, "
            "recorded_by_id, recorded_at, district_id, street_id, community_id, grid_id) VALUES "
            "(%s, NULL, 'certified_disabled', 1, '残疾证', '2026-03-04', 1, '2026-03-04 01:00:00+00:00', "
            "%s, %s, %s, %s)",
            [who.pk, place["district_id"], place["street_id"], place["community_id"], place["grid_id"]],
        )


def due(award: Award) -> int:
    return next(fen for month, fen in queries.schedules([award.pk])[award.pk].items() if month.month == 4)


def told() -> list[str]:
    entries = AuditEntry.objects.filter(act="awards.redetermine").order_by("pk")
    return [entry.note for entry in entries if "forged" in entry.note]


class TestFollowing:
    @pytest.fixture
    def families(self, river: River) -> list[Award]:
        awards = [river.family(GROWN, date(1982, 5, 5)), river.family(GROWN, date(1983, 5, 5))]
        river.look(BEFORE)
        return awards

    def test_a_fact_that_nobody_recorded_is_not_followed_and_told(self, river: River, families: list[Award]) -> None:
        award, _other = families
        before = due(award)
        claim_disabled(river.people(river.families[0])[1])
        assert river.look(DAY) == []
        assert (due(award), Adjustment.objects.filter(award=award).count()) == (before, 0)
        [note] = told()
        assert award.number in note
        assert "residents_circumstance" in note

    def test_another_family_is_followed_all_the_same(self, river: River, families: list[Award]) -> None:
        _award, other = families
        claim_disabled(river.people(river.families[0])[1])
        home = river.families[1]
        river.know(home, {river.people(home)[1].pk: {"certified_disabled": 1}}, date(2026, 3, 4))
        assert [row.award_id for row in river.look(DAY)] == [other.pk]

    def test_the_day_is_not_kept_so_that_nothing_honest_is_lost(self, river: River, families: list[Award]) -> None:
        award, _other = families
        claim_disabled(river.people(river.families[0])[1])
        kept = Following.objects.count()
        river.look(DAY)
        assert Following.objects.count() == kept
        river.look(LATER)
        assert Following.objects.count() == kept
        assert len(told()) == 2
        assert all(award.number in note for note in told())

    def test_a_fact_that_was_taken_out_is_missed(self, river: River, families: list[Award], plant: Plant) -> None:
        """Whoever lowers what a family earns by taking the newest fact out."""
        home = river.families[0]
        head = river.people(home)[0]
        river.know(home, {head.pk: {"earned_monthly_fen": 150_000}}, date(2026, 3, 4))
        newest = Circumstance.objects.filter(resident=head).latest("pk")
        river.know(home, {river.people(home)[1].pk: {"certified_disabled": 1}}, date(2026, 3, 4))
        plant(f"DELETE FROM residents_circumstance WHERE id = {newest.pk}")
        triggers.install(connection)
        assert river.look(DAY) == []
        [note] = told()
        assert f"residents_circumstance.resident_id {head.pk} removed" in note

    def test_nor_does_anybody_recalculate_by_it(self, river: River, families: list[Award]) -> None:
        award, _other = families
        claim_disabled(river.people(river.families[0])[1])
        with pytest.raises(acts.RowsForged, match="residents_circumstance"):
            recalculate(by(river.staff.director, DAY), award_id=award.pk, effective_date=date(2026, 4, 1), note="复核")
