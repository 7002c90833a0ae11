"""Who may see which rows: the rule row by row and the rule as a filter are the same rule."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.foundation.data.scope import NOWHERE, AreaStamped, Scope, Stamp, within
from linli.ground.areas.codes import AreaKind
from linli.ground.areas.models import Area

# Few ids, so that chance makes rows inside and outside.
IDS = st.integers(1, 4)
SOME = st.frozensets(IDS, max_size=2)
STAMPS = st.builds(Stamp, IDS, st.none() | IDS, st.none() | IDS, st.none() | IDS)
SCOPES = st.builds(Scope, SOME, SOME, SOME, SOME)


class TestWithin:
    @settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(scope=SCOPES, stamps=st.lists(STAMPS, min_size=1, max_size=12))
    def test_finds_exactly_the_rows_that_the_scope_covers(self, db, scope, stamps):
        Area.objects.all().delete()
        rows = [
            Area(code=str(number), kind=AreaKind.GRID, name="格", **stamp.columns())
            for number, stamp in enumerate(stamps)
        ]
        Area.objects.bulk_create(rows)

        found = set(within(Area.objects.all(), scope).values_list("code", flat=True))

        assert found == {str(number) for number, stamp in enumerate(stamps) if scope.covers(stamp)}

    def test_an_empty_scope_does_not_even_ask_the_database(self, db, django_assert_num_queries):
        with django_assert_num_queries(0):
            assert list(within(Area.objects.all(), NOWHERE)) == []

    def test_follows_a_prefix_to_the_stamped_row(self, community):
        of_the_first_grid = within(Area.objects.all(), Scope(grids=frozenset({community.grid.pk})), prefix="parent__")

        assert list(of_the_first_grid) == [community.building]


class TestScope:
    def test_nothing_is_false_and_anything_is_true(self):
        each = [Scope(**{level: frozenset({1})}) for level in ("districts", "streets", "communities", "grids")]

        assert (bool(NOWHERE), [bool(scope) for scope in each]) == (False, [True] * 4)

    @given(SCOPES, SCOPES, STAMPS)
    def test_two_together_cover_what_either_covers(self, one, other, stamp):
        assert (one | other).covers(stamp) == (one.covers(stamp) or other.covers(stamp))

    @given(STAMPS)
    def test_nowhere_covers_nothing(self, stamp):
        assert not NOWHERE.covers(stamp)

    def test_an_unknown_grid_is_in_no_grid(self):
        assert not Scope(grids=frozenset({1})).covers(Stamp(1, 1, 1))


class TestStamp:
    @pytest.mark.parametrize(
        ("stamp", "chain"), [(Stamp(1, 2, 3, 4), 3), (Stamp(1, 2, 3), 3), (Stamp(1, 2), 2), (Stamp(1), 1)]
    )
    def test_records_in_the_chain_of_its_community_else_street_else_district(self, stamp, chain):
        assert stamp.chain == chain

    def test_names_the_columns_of_a_stamped_row(self):
        fields = [field.name for field in AreaStamped._meta.get_fields()]

        assert list(Stamp(1, 2, 3, 4).columns()) == fields

    def test_a_stamped_row_gives_its_stamp_back(self):
        from linli.registry.residents.models import Household

        stamp = Stamp(1, 2, 3, 4)

        assert Household(**stamp.columns()).stamp == stamp
