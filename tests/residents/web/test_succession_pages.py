"""Whoever records that a head went is told that relations are presumed, and says on a page what they are."""

from django.test import Client
from django.urls import reverse

from linli.kernel.act import Act
from linli.registry.residents.models import Household, Resident
from tests.conftest import Community
from tests.residents.test_succession import OTHER, QIAN, SON, WITHOUT_WIFE, ZHAO, dies, living, roles


class TestPages:
    def test_whoever_records_the_death_is_told_and_led_to_the_page(
        self, browser: Client, clerk: Act, community: Community
    ) -> None:
        home = living(clerk, community, *WITHOUT_WIFE)
        number = Resident.objects.get(name=ZHAO).number
        said = {"died_date": "2026-03-02", "confirmed": "on"}
        page = browser.post(reverse("resident_death", args=[number]), said, follow=True).content.decode()

        assert "其他成员与新户主的关系是推定的，请核对户内关系" in page
        assert reverse("household_relations", args=[home.number]) in page
        assert "孙子女或外孙子女（推定）" in page

    def test_nobody_is_asked_where_nobody_else_is_left(self, browser: Client, household: Household, clerk: Act) -> None:
        said = {"died_date": "2026-03-02", "confirmed": "on"}
        page = browser.post(reverse("resident_death", args=["R-000001"]), said, follow=True).content.decode()

        assert "推定" not in page

    def test_the_page_says_what_is_presumed_and_takes_what_is_so(
        self, browser: Client, clerk: Act, community: Community
    ) -> None:
        home = living(clerk, community, *WITHOUT_WIFE)
        dies(clerk, ZHAO)
        address = reverse("household_relations", args=[home.number])
        page = browser.get(address).content.decode()
        assert "推定，请核对" in page

        numbers = {name: Resident.objects.get(name=name).number for name in (QIAN, SON)}
        browser.post(address, {numbers[QIAN]: "HEAD", numbers[SON]: "OTHER_RELATIVE"})
        assert roles(home)[SON] == (OTHER, False)
