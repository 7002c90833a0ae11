"""While a page is made, rows are for reading: acts write, whatever a page does with what a query handed it."""

from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.template import engines
from django.test import Client
from django.utils import timezone

from linli.foundation.trail.acts import ActMisused, is_reading, no_act, reading
from linli.ground.areas.models import Area
from linli.ground.users.models import Session
from tests.conftest import Community
from tests.foundation.trail.test_acts import add_area, deed
from tests.strict_reading import FetchedLate


def written_by_hand() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE areas_area SET name = 'x'")


def render(source: str, **context: object) -> str:
    return str(engines["django"].from_string(source).render(context))


class TestWriting:
    @pytest.mark.parametrize(
        "write",
        [
            lambda: Area.objects.filter(kind="GRID")[0].save(),
            lambda: Area.objects.filter(kind="BUILDING")[0].delete(),
            lambda: Area.objects.update(name="x"),
            lambda: Area.objects.bulk_create([Area(code="9", kind="GRID", name="x")]),
            written_by_hand,
        ],
    )
    def test_is_refused_in_every_way(self, community: Community, write: Callable[[], object]):
        before = list(Area.objects.values())

        with reading(), pytest.raises(ActMisused), transaction.atomic():
            write()

        assert list(Area.objects.values()) == before

    def test_is_what_acts_are_for(self, db):
        with reading():
            add_area(deed(), code="1")
            assert is_reading()

        assert Area.objects.filter(code="1").exists()

    def test_of_sessions_is_the_framework_s_own_matter(self, db):
        now = timezone.now()
        with reading():
            Session.objects.create(session_key="1", session_data="", expire_date=now, begun_at=now, seen_at=now)

        assert Session.objects.exists()

    def test_of_what_is_marked_as_no_act_passes(self, community: Community):
        with reading():
            no_act(written_by_hand)()

        assert set(Area.objects.values_list("name", flat=True)) == {"x"}

    def test_is_free_again_afterwards(self, community: Community):
        with reading():
            pass
        written_by_hand()

    def test_by_a_page_is_refused(self, community: Community, settings):
        settings.ROOT_URLCONF = "tests.foundation.screens.pages_urls"

        with pytest.raises(ActMisused):
            Client().get("/writes/")


class TestFetchingLate:
    """The suite's own guard (``tests/strict_reading.py``)."""

    @pytest.fixture
    def grid(self, community: Community) -> Area:
        return Area.objects.get(pk=community.grid.pk)

    def test_a_relation_that_was_not_read_fails(self, grid: Area):
        with reading(), pytest.raises(FetchedLate, match="parent"):
            assert grid.parent

    def test_a_column_that_was_left_out_fails(self, community: Community):
        grid = Area.objects.only("code").get(pk=community.grid.pk)

        with reading(), pytest.raises(FetchedLate):
            assert grid.name

    def test_a_relation_that_was_read_passes(self, community: Community):
        grid = Area.objects.select_related("parent").get(pk=community.grid.pk)

        with reading():
            assert grid.parent == community.community

    def test_acts_may_look_further(self, grid: Area):
        assert grid.parent is not None

    def test_what_a_template_asks_a_row_for_is_there(self, grid: Area):
        with reading(), pytest.raises(FetchedLate, match="Area → Area"):
            render("{% for one in grid.children.all %}{{ one }}{% endfor %}", grid=grid)

    def test_what_was_read_with_the_row_is_shown(self, community: Community):
        street = Area.objects.prefetch_related("children").get(pk=community.street.pk)

        with reading():
            assert "幸福里社区" in render(
                "{% for one in street.children.all %}{{ one.name }}{% endfor %}", street=street
            )
