"""The tree of territory: added once, parents first, each row knowing where it lies."""

import pytest

from linli.foundation.data.scope import NOWHERE, Scope, Stamp
from linli.foundation.trail.models import AuditEntry
from linli.ground.areas import queries
from linli.ground.areas.codes import AreaKind
from linli.ground.areas.models import Area
from linli.ground.areas.operations import AreaMisplaced, AreasFixed, NewArea, add_areas
from linli.kernel.act import Act
from tests.conftest import MONDAY, at, system_act

DISTRICT = NewArea("99", AreaKind.DISTRICT, "清河区")


class TestAddAreas:
    def test_places_each_area_under_all_its_ancestors(self, community):
        assert community.grid.stamp == Stamp(
            community.district.pk, community.street.pk, community.community.pk, community.grid.pk
        )

    def test_a_building_lies_in_its_grid(self, community):
        assert community.building.stamp == community.grid.stamp

    def test_a_street_knows_nothing_below_it(self, community):
        assert community.street.stamp == Stamp(community.district.pk, community.street.pk)

    def test_takes_parents_from_earlier_acts(self, community):
        added = add_areas(
            system_act(), areas=[NewArea("990101002-X", AreaKind.COMMUNITY, "河东社区", community.other_street.code)]
        )

        assert added[0].stamp.street_id == community.other_street.pk

    @pytest.mark.parametrize(
        "area",
        [
            NewArea("99-1", AreaKind.COMMUNITY, "幸福里社区", "99"),  # a community directly in a district
            NewArea("99-1", AreaKind.STREET, "和平街道"),  # a street nowhere
            NewArea("99-1", AreaKind.STREET, "和平街道", "unheard of"),
            NewArea("99-1", AreaKind.DISTRICT, "区中区", "99"),
        ],
    )
    def test_refuses_a_place_of_the_wrong_level(self, db, area):
        with pytest.raises(AreaMisplaced) as refusal:
            add_areas(system_act(), areas=[DISTRICT, area])

        assert (refusal.value.field, area.name in str(refusal.value)) == ("parent", True)

    def test_adds_all_or_none(self, db):
        with pytest.raises(AreaMisplaced):
            add_areas(system_act(), areas=[DISTRICT, NewArea("99-1", AreaKind.STREET, "和平街道")])

        assert not Area.objects.exists()

    def test_is_for_installation_only(self, staff):
        with pytest.raises(AreasFixed):
            add_areas(Act(staff.administrator, at(MONDAY)), areas=[DISTRICT])

    def test_leaves_one_entry_with_the_digest_of_all_codes(self, community):
        entry = AuditEntry.objects.get()

        assert (entry.act, entry.subject, entry.lines_count) == ("areas.add_areas", "areas:990101", 9)


class TestArea:
    def test_reads_as_its_name(self, community):
        assert str(community.grid) == "第一网格"

    def test_one_that_was_never_placed_has_no_stamp(self):
        with pytest.raises(ValueError, match="area X is not placed"):
            _ = Area(code="X").stamp


class TestQueries:
    def test_find_by_code_and_by_id(self, community):
        assert queries.area_by_code("990101001001") == queries.area_by_id(community.community.pk)

    def test_an_unknown_code_is_not_found(self, community):
        with pytest.raises(Area.DoesNotExist):
            queries.area_by_code("unheard of")

    def test_stamp_of_an_area(self, community):
        assert queries.stamp_of(community.grid.pk) == community.grid.stamp

    def test_names_in_one_query(self, community, django_assert_num_queries):
        with django_assert_num_queries(1):
            names = queries.names([community.grid.pk, None, community.street.pk])

        assert names == {community.grid.pk: "第一网格", community.street.pk: "和平街道"}

    def test_children_of_one_kind_in_order_of_code(self, community):
        found = queries.children(community.community.pk, AreaKind.GRID)

        assert found == [community.grid, community.other_grid]

    def test_all_of_one_kind_in_order_of_code(self, community):
        assert queries.of_kind(AreaKind.STREET) == [community.street, community.other_street]

    def test_ids_within_a_scope_are_those_it_covers(self, community):
        scope = Scope(streets=frozenset({community.street.pk}))

        assert set(queries.ids_within(scope)) == {area.pk for area in Area.objects.all() if scope.covers(area.stamp)}

    def test_nowhere_holds_no_ids(self, community):
        assert queries.ids_within(NOWHERE) == []
