"""A publication's last day that was counted into a year without a table says so, wherever it stands."""

from datetime import date

import pytest
from django.conf import LazySettings
from django.test import Client

from linli.assistance.models import Publication
from tests.assistance.web.reading import address, main
from tests.assistance.world import World

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
            assert "暂定" in main(page)
        case = main(director.get(address("application_detail", number)))
        assert "等待公示期满，最后一天 2027年1月" in case
        assert "（暂定）" in case

    def test_is_one_line_on_a_list_of_many_deadlines(self, world: World, settings: LazySettings, clerk: Client) -> None:
        settings.DEMO_TODAY = LAST_WEEK.isoformat()
        for _case in range(3):
            world.received(day=LAST_WEEK)
        for page in (main(clerk.get(address("application_list"))), main(clerk.get(address("my_work")))):
            assert page.count("暂定") == 1

    def test_is_said_to_the_public(self, client: Client, posted: Publication) -> None:
        assert "暂定" in client.get(address("public_notice", posted.token)).content.decode()

    def test_is_not_said_of_a_year_that_is_known(self, director: Client, world: World) -> None:
        application = world.at_review()
        publication = world.published(application)

        assert "暂定" not in main(director.get(address("publication_detail", publication.number)))
