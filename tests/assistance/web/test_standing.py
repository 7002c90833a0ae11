"""The pages of a case whose household is not what was assessed."""

from django.test import Client
from django.urls import reverse

from linli.aid.assistance.models import Application
from linli.registry.residents.operations import record_death
from tests.assistance.test_standing import Visited, at, visited
from tests.assistance.world import World
from tests.browser import LogIn
from tests.conftest import MONDAY

__all__ = ["visited"]  # a fixture


def test_the_case_says_so_and_offers_the_way_on(world: World, visited: Visited, log_in: LogIn) -> None:
    family = visited.family
    at(world, "opinion", visited)
    record_death(world.act(world.staff.clerk), resident_ids=[world.people(family)[1].pk], died_date=MONDAY)
    number = Application.objects.get().number
    page = log_in(world.staff.clerk).get(reverse("application_detail", args=[number])).content.decode()

    assert "钱小兰" in page
    assert reverse("application_deed", args=[number, "team"]) in page


def test_the_step_is_not_offered_and_answers_on_its_page(world: World, visited: Visited, log_in: LogIn) -> None:
    family = visited.family
    at(world, "opinion", visited)
    record_death(world.act(world.staff.clerk), resident_ids=[world.people(family)[1].pk], died_date=MONDAY)
    browser: Client = log_in(world.staff.director)
    number = Application.objects.get().number
    assert reverse("application_deed", args=[number, "opinion"]) not in (
        browser.get(reverse("application_detail", args=[number])).content.decode()
    )

    answer = browser.post(reverse("application_deed", args=[number, "opinion"]), {"proposal": "GRANT", "text": "属实"})
    assert answer.status_code == 422
    assert "钱小兰" in answer.content.decode()
