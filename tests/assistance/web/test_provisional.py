"""A day that was counted into a year without a table: one line on each page that shows one, and no mark on any day."""

import json
from datetime import date

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import translation

from linli.aid.assistance.models import Publication
from linli.aid.assistance.queries.notices import publication_detail as one_publication
from linli.aid.assistance.web.views.notices import _poster
from linli.ground.users.queries import authority_of
from linli.registry.residents.models import Household
from tests.architecture.source import PACKAGE, short
from tests.assistance.web.reading import address, main
from tests.assistance.world import LONE_ELDER, LOW_INCOME, World
from tests.conftest import MONDAY

LAST_WEEK = date(2026, 12, 29)


@pytest.fixture
def posted(world: World, settings: LazySettings) -> Publication:
    """Posted in the last week of the last year whose working days are known."""
    settings.DEMO_TODAY = LAST_WEEK.isoformat()
    application = world.accepted(day=LAST_WEEK)
    world.assessed(application, day=LAST_WEEK)
    world.opined(application, day=LAST_WEEK)
    world.reviewed(application, day=LAST_WEEK)
    publication = world.published(application, day=LAST_WEEK)
    assert publication.last_date is not None
    assert publication.last_date.year == 2027
    return publication


class TestProvisional:
    def test_is_said_on_the_offices_pages(self, director: Client, posted: Publication) -> None:
        number = posted.entries.get().application.number

        for page in (
            director.get(address("publication_detail", posted.number)),
            director.get(address("publication_list")),
        ):
            assert main(page).count("暂定") == 1
        case = main(director.get(address("application_detail", number)))
        assert "等待公示期满，最后一天 2027年1月" in case
        assert case.count("暂定") == 1

    @pytest.mark.parametrize(("days", "said"), [((MONDAY, LAST_WEEK, LAST_WEEK), 1), ((MONDAY, MONDAY), 0)])
    def test_is_one_line_on_a_list_of_many_deadlines_some_of_which_are_sure(
        self, world: World, settings: LazySettings, clerk: Client, days: tuple[date, ...], said: int
    ) -> None:
        settings.DEMO_TODAY = LAST_WEEK.isoformat()
        for day in days:
            world.received(day=day)
        for page in (address("application_list"), address("my_work"), address("application_bulk", "accept")):
            assert main(clerk.get(page)).count("暂定") == said, page

    def test_is_said_where_another_publications_day_is_sure(
        self, world: World, director: Client, posted: Publication
    ) -> None:
        world.published(world.at_review())

        page = main(director.get(address("publication_list")))
        assert (page.count("GS-2026-"), page.count("暂定")) == (2, 1)

    def test_is_said_to_the_public(self, client: Client, posted: Publication) -> None:
        assert client.get(address("public_notice", posted.token)).content.decode().count("暂定") == 1

    def test_is_one_line_at_the_end_of_the_poster(self, world: World, posted: Publication) -> None:
        found = one_publication(authority_of(world.staff.director, LAST_WEEK).scope(), posted.number)
        assert found is not None
        with translation.override("zh-hans"):
            data = json.dumps(_poster(found), ensure_ascii=False)
        assert data.count("暂定") == 1

    def test_is_one_line_for_the_family_too(
        self, world: World, settings: LazySettings, home: Client, family: Household
    ) -> None:
        settings.DEMO_TODAY = LAST_WEEK.isoformat()
        world.received(family, LOW_INCOME)
        application = world.received(family, LONE_ELDER, day=LAST_WEEK)
        for page in (home.get(address("my_applications")), home.get(address("my_application", application.number))):
            assert main(page).count("暂定") == 1

    def test_no_page_but_the_settings_marks_a_single_day(self) -> None:
        marks = [
            short(one)
            for one in PACKAGE.rglob("*")
            if one.suffix in (".html", ".py") and "暂定" in one.read_text(encoding="utf-8")
        ]
        assert sorted(marks) == [
            "assistance/web/views/notices.py",  # one line on the poster
            "foundation/templates/parts/provisional.html",
            "planning/queries/next_year.py",  # the one task
            # The pages that load a year: before and after.
            "policies/templates/policies/settings_home.html",
            "policies/web/columns.py",
            "policies/web/views.py",
        ]

    def test_is_not_said_of_a_year_that_is_known(self, director: Client, world: World) -> None:
        application = world.at_review()
        publication = world.published(application)

        assert "暂定" not in main(director.get(address("publication_detail", publication.number)))
