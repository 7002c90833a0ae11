"""Whole numbers on pages: found, noted, and no more than a day has; the rest of a masked number cannot be asked for."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from linli.foundation.screens.lights import PLACE, lights
from linli.foundation.trail.models import AuditEntry
from linli.ground.users.queries import authority_of
from linli.overview.workbench.web.overseeing import Overseer
from linli.registry.residents.operations.seeking import MISSES_A_DAY
from tests.conftest import MONDAY, Staff
from tests.residents.people import id_number

SPENT = "今天不再核对"


def ask(browser: Client, text: str, **headers: str) -> str:
    return browser.get(reverse("search"), {"q": text}, headers=headers).content.decode()


def spend(browser: Client) -> None:
    for count in range(MISSES_A_DAY):
        ask(browser, f"139{count:08d}")


@pytest.mark.usefixtures("household")
class TestSearchPage:
    @pytest.mark.parametrize("number", ["13800138000", id_number(date(1950, 5, 1), 1, male=True)])
    def test_a_whole_number_finds_and_is_noted_once(self, browser: Client, number: str) -> None:
        assert "R-000001" in ask(browser, number)
        assert AuditEntry.objects.filter(act="residents.note_number").count() == 1

    def test_a_part_that_no_mask_shows_finds_nobody_and_the_page_says_what_may_be_typed(self, browser: Client) -> None:
        page = ask(browser, "138001")

        assert "R-000001" not in page
        assert "电话和身份证号的其他部分不能查找" in page

    def test_above_the_day_the_page_says_so_and_names_are_still_found(self, browser: Client) -> None:
        spend(browser)

        for headers in ({}, {"HX-Request": "true"}):
            page = ask(browser, "13800138000", **headers)
            assert SPENT in page
            assert "R-000001" not in page
        assert "R-000001" in ask(browser, "王建国")

    def test_a_form_that_would_tell_is_refused_as_well(self, browser: Client, household) -> None:
        spend(browser)
        said = {"name": "王小宝", "relation": "CHILD", "sex": "MALE", "birth_date": "2026-02-01", "since": "2026-03-09"}
        said |= {"id_number": id_number(date(2026, 2, 1), 1, male=True), "hukou_kind": "HERE"}
        said |= {"residence_kind": "PERMANENT", "act_key": "a" * 32}
        answer = browser.post(reverse("member_new", args=[household.number]), said)

        assert (answer.status_code, SPENT in answer.content.decode()) == (422, True)

    def test_an_auditor_of_the_place_sees_who_asks_again_and_again(self, browser: Client, staff: Staff) -> None:
        spend(browser)
        ask(browser, "13800138000")
        light = lights["residents.numbers_stopped"]
        seat = Overseer(authority_of(staff.auditor, MONDAY), MONDAY)

        [row] = light.measure.lines(seat.window(light), PLACE, None).rows
        assert [str(one) for one in row][1:4] == ["王丽", "完整号码核对到每日上限", "查找居民"]
