"""A promised paper that did not come, on the pages."""

from datetime import date

import pytest
from django.conf import LazySettings
from django.test import Client

from linli.aid.assistance.models import Application, Paper
from tests.assistance.web.reading import address, main
from tests.assistance.world import World, forced_to


@pytest.fixture
def overdue(world: World, settings: LazySettings) -> Application:
    """Accepted on Monday on a promise until Friday; today is the Monday after."""
    application = world.accepted()
    Paper.objects.filter(code="LOW_INCOME_CERTIFICATE").update(state="PROMISED", promised_date=date(2026, 3, 13))
    settings.DEMO_TODAY = "2026-03-16"
    return application


class TestOverduePromise:
    def test_stands_in_the_head_of_the_case(self, clerk: Client, overdue: Application) -> None:
        page = main(clerk.get(address("application_detail", overdue.number)))

        assert "材料承诺逾期 低收入证明 · 2026年3月13日" in page

    def test_is_a_filter_of_the_list(self, clerk: Client, world: World, overdue: Application) -> None:
        other = world.accepted()

        page = main(clerk.get(address("application_list"), {"state": "PROMISE_OVERDUE"}))

        assert overdue.number in page
        assert other.number not in page

    def test_of_a_granted_case_can_still_be_brought(self, clerk: Client, overdue: Application) -> None:
        forced_to("GRANTED")

        assert "材料承诺逾期" in main(clerk.get(address("application_detail", overdue.number)))
        assert clerk.get(address("application_papers", overdue.number)).status_code == 200

    def test_is_a_line_of_my_work_that_leads_to_the_papers(self, clerk: Client, overdue: Application) -> None:
        page = clerk.get(address("my_work")).content.decode()

        assert "催交承诺材料" in page
        assert f'href="{address("application_papers", overdue.number)}"' in page
