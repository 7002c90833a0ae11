"""Keeping a version and putting it in force."""

import json

import pytest
from django.db import IntegrityError, connection, transaction

from linli.foundation.data.locks import LockSpace
from linli.foundation.data.scope import NOWHERE, Scope
from linli.foundation.trail.audit import verify
from linli.foundation.trail.models import AuditEntry
from linli.ground.users.queries import NotPermitted
from linli.kernel.act import Act
from linli.kernel.steps import SamePerson
from linli.overview.planning.engine import Change, ChangeRefused, Severity, WarningsNotAccepted, check
from linli.overview.planning.models import Adoption, PlanVersion
from linli.overview.planning.operations import VersionAdoptedAlready, VersionSavedAlready, adopt, save_version
from linli.overview.planning.queries import adoptions, changes_of, current_adoption, plan_of, version, versions
from tests.assistance.world import SCHEME, World, make_world
from tests.conftest import MONDAY, Community, Staff, at, system_act
from tests.layers import layer
from tests.locking import named_locks

CHEAPER = (
    Change("parameters.base_award_monthly_fen", 36_200),
    Change("parameters.elder_supplement_monthly_fen", 21_700),
)


@layer
def world(community: Community, staff: Staff) -> World:
    return make_world(community, staff)


def keep(world: World, *changes: Change, note: str = "", who: str = "clerk") -> PlanVersion:
    return save_version(
        Act(getattr(world.staff, who), at(MONDAY)),
        community_id=world.community.community.pk,
        pack_digest=world.pack.digest,
        changes=changes,
        note=note,
    )


def put_in_force(world: World, found: PlanVersion, who: str = "director") -> Adoption:
    accepted = [finding.key for finding in check(plan_of(found))]
    return adopt(Act(getattr(world.staff, who), at(MONDAY, 11)), version_id=found.pk, accepted=accepted)


class TestSaveVersion:
    def test_keeps_the_changed_figures_by_path(self, world: World):
        found = keep(world, *CHEAPER, note="  经费有限  ")

        assert (found.number, found.year, found.note, changes_of(found)) == ("FA-2026-001", 2026, "经费有限", CHEAPER)

    def test_figures_set_to_what_is_written_are_no_changes(self, world: World):
        found = keep(world, Change("programmes.BASE_AWARD.recipients", 200))

        assert changes_of(found) == ()

    def test_reads_back_as_the_same_plan(self, world: World):
        found = keep(world, *CHEAPER)

        assert plan_of(found).digest == found.plan_digest

    def test_lies_in_the_community_and_is_audited(self, world: World):
        found = keep(world)

        entry = AuditEntry.objects.filter(subject=f"plan:{found.number}").get()
        assert (found.stamp, entry.act) == (world.community.community.stamp, "planning.save_version")
        assert verify() == []

    def test_the_same_text_is_kept_once(self, world: World):
        keep(world, *CHEAPER)

        with pytest.raises(VersionSavedAlready, match="FA-2026-001"):
            keep(world, *CHEAPER)

    def test_refuses_a_figure_that_the_plan_does_not_have(self, world: World):
        with pytest.raises(ChangeRefused):
            keep(world, Change("nothing", 1))

    @pytest.mark.parametrize("who", ["volunteer", "maker", "auditor", "outsider"])
    def test_only_those_who_write_plans_there(self, world: World, who: str):
        with pytest.raises(NotPermitted):
            keep(world, who=who)

    def test_is_for_people_and_not_for_the_product_itself(self, world: World):
        with pytest.raises(NotPermitted):
            save_version(
                system_act(), community_id=world.community.community.pk, pack_digest=world.pack.digest, changes=()
            )


class TestAdopt:
    def test_records_the_findings_and_those_accepted(self, world: World):
        found = keep(world, *CHEAPER)
        findings = check(plan_of(found))
        needed = [finding.key for finding in findings if finding.severity is not Severity.NOTE]

        adoption = adopt(
            Act(world.staff.director, at(MONDAY)), version_id=found.pk, accepted=[*needed, ("GONE", "nowhere")]
        )

        assert sorted(map(tuple, json.loads(adoption.accepted))) == sorted(needed)
        assert [(one["code"], one["subject"]) for one in json.loads(adoption.findings)] == [f.key for f in findings]

    def test_names_what_was_not_accepted(self, world: World):
        found = keep(world, *CHEAPER)

        with pytest.raises(WarningsNotAccepted) as refusal:
            adopt(Act(world.staff.director, at(MONDAY)), version_id=found.pk)

        assert ("VISITS_EXCEED_VOLUNTEERS", "HOME_VISIT") in refusal.value.missing

    def test_another_version_replaces_the_one_in_force(self, world: World):
        first = put_in_force(world, keep(world))
        second = put_in_force(world, keep(world, *CHEAPER), who="street_officer")

        current = current_adoption(world.community.community.pk, 2026, SCHEME)
        assert (second.replaces, current) == (first, second)

    def test_the_one_in_force_is_not_adopted_again(self, world: World):
        found = keep(world)
        put_in_force(world, found)

        with pytest.raises(VersionAdoptedAlready):
            put_in_force(world, found)

    def test_lets_nobody_else_adopt_there_meanwhile(self, world: World):
        found = keep(world)

        taken = named_locks(lambda: put_in_force(world, found))

        assert taken == {(LockSpace.ADOPTION, world.community.community.pk)}

    def test_figures_of_ones_own_are_put_in_force_by_another(self, world: World):
        """The attack: one person writes a budget of their own and puts it in force."""
        found = keep(world, *CHEAPER, who="director")

        with pytest.raises(SamePerson):
            put_in_force(world, found)
        assert put_in_force(world, found, who="street_officer").version == found

    def test_the_plan_as_it_is_written_may_be_put_in_force_by_who_kept_it(self, world: World):
        assert put_in_force(world, keep(world, who="director")).version.changes == "[]"

    @pytest.mark.parametrize("who", ["clerk", "district_officer", "outsider"])
    def test_only_the_director_and_the_street(self, world: World, who: str):
        found = keep(world)

        with pytest.raises(NotPermitted):
            put_in_force(world, found, who=who)

    def test_two_first_adoptions_of_a_year_are_refused_by_the_database(self, world: World):
        first = put_in_force(world, keep(world))
        values = {name: getattr(first, name) for name in ("version", "community_id", "year", "scheme", "accepted")}

        with pytest.raises(IntegrityError), transaction.atomic():
            Adoption.objects.create(**values, findings="[]", adopted_by_id=1, adopted_at=at(MONDAY))

    @pytest.mark.parametrize("table", ["planning_planversion", "planning_adoption"])
    @pytest.mark.parametrize("statement", ["UPDATE {} SET year = 2025", "DELETE FROM {}"])
    def test_nothing_is_rewritten_or_removed(self, world: World, table: str, statement: str):
        put_in_force(world, keep(world))

        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement.format(table))


class TestReads:
    def test_versions_newest_first_and_only_in_scope(self, world: World):
        first, second = keep(world), keep(world, *CHEAPER)
        here = {"community_id": world.community.community.pk, "year": 2026, "scheme": SCHEME}
        inside = Scope(communities=frozenset([world.community.community.pk]))
        assert list(versions(inside, **here)) == [second, first]
        assert list(versions(NOWHERE, **here)) == []
        assert version(inside, first.number) == first

    def test_adoptions_newest_first(self, world: World):
        first = put_in_force(world, keep(world))
        second = put_in_force(world, keep(world, *CHEAPER))

        rows = adoptions(
            Scope(communities=frozenset([world.community.community.pk])),
            community_id=world.community.community.pk,
            year=2026,
            scheme=SCHEME,
        )
        assert list(rows) == [second, first]
        assert str(first).endswith("2026-03-09")

    @pytest.mark.parametrize("other", ["community_id", "year", "scheme"])
    def test_adoptions_of_one_community_year_and_scheme(self, world: World, other: str):
        first = put_in_force(world, keep(world))
        here = {"community_id": world.community.community.pk, "year": 2026, "scheme": SCHEME}
        elsewhere = {"community_id": world.community.sibling.pk, "year": 2027, "scheme": "another"}
        values = {name: getattr(first, name) for name in ("version", "accepted", "adopted_by_id", "adopted_at")}
        Adoption.objects.create(**values, **{**here, other: elsewhere[other]}, findings="[]")

        inside = Scope(communities=frozenset([world.community.community.pk, world.community.sibling.pk]))
        assert list(adoptions(inside, **here)) == [first]
