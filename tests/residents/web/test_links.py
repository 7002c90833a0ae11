"""Whose log-in is whose, on the pages: the list, one link and its steps, the family's page."""

from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from linli.ground.notifications.models import Letter
from linli.ground.users.models import User
from linli.ground.users.operations import create_user
from linli.kernel.act import Act
from linli.registry.residents.codes import LinkState
from linli.registry.residents.models import Household, ResidentAccount
from linli.registry.residents.operations import (
    doubt_link,
    end_link,
    leave,
    link_account,
    move_household,
    register_households,
)
from tests.browser import LogIn
from tests.conftest import MONDAY, Community, Staff, at, system_act
from tests.layers import layer
from tests.residents.people import couple

WHY = "本人说不是自己的账号"


@layer
def household(staff: Staff, community: Community) -> Household:
    return register_households(Act(staff.clerk, at(MONDAY)), households=[couple(community.grid.pk)])[0]


@layer
def user(staff: Staff) -> User:
    return create_user(system_act(), username="jumin", name="王强")


@layer
def link(staff: Staff, household: Household, user: User) -> ResidentAccount:
    man = household.memberships.order_by("pk")[0].resident
    return link_account(Act(staff.clerk, at(MONDAY)), user_id=user.pk, resident_id=man.pk)


def page(browser: Client, row: ResidentAccount) -> str:
    return unescape(browser.get(reverse("link_detail", args=[row.number])).text)


def step(browser: Client, row: ResidentAccount, code: str, note: str = WHY) -> str:
    address = reverse("link_step", args=[row.number, code])
    return unescape(browser.post(address, {"note": note, "act_key": f"{code:a<32}"}, follow=True).text)


class TestLink:
    def test_is_doubted_by_one_and_ended_by_another(
        self, browser: Client, log_in: LogIn, staff: Staff, link: ResidentAccount
    ) -> None:
        assert "已存疑：这个账号现在看不到这一家，等另一人核实" in step(browser, link, "doubt")
        shown = page(browser, link)
        assert (WHY in shown, "存疑待核" in shown, "/end/" in shown) == (True, True, False)
        assert "等待社区主任、街道民政干部办理“解除”" in shown
        told = step(log_in(staff.director), link, "end", "当面核实")

        assert "关联已解除，告知书待送达；账号和居民都可以另行关联" in told
        link.refresh_from_db()
        assert link.state == LinkState.ENDED
        assert "当面核实" in page(browser, link)

    def test_found_right_it_stands_again(self, browser: Client, log_in: LogIn, staff: Staff, link: ResidentAccount):
        step(browser, link, "doubt")

        assert "核实无误，关联继续有效" in step(log_in(staff.director), link, "keep", "当面核实")

    def test_a_doubt_says_why(self, browser: Client, link: ResidentAccount) -> None:
        told = step(browser, link, "doubt", "错了")

        assert "请用至少 4 个字写明为什么存疑" in told

    def test_leads_there_from_my_work(self, log_in: LogIn, staff: Staff, link: ResidentAccount) -> None:
        doubt_link(Act(staff.clerk, at(MONDAY)), link_id=link.pk, note=WHY)
        address = reverse("link_detail", args=[link.number])

        works = {who: log_in(getattr(staff, who)).get("/work/").text for who in ("director", "clerk")}
        assert {who: f'"{address}"' in text for who, text in works.items()} == {"director": True, "clerk": False}

    def test_names_the_resident_to_whoever_reads_the_registry_alone(
        self, browser: Client, log_in: LogIn, staff: Staff, link: ResidentAccount
    ) -> None:
        assert "王建国" in page(browser, link)
        administrator = log_in(staff.administrator)

        assert "王建国" not in page(administrator, link)
        assert "王建国" not in administrator.get(reverse("link_list")).text
        assert "/doubt/" in page(administrator, link)

    def test_of_who_moved_away_the_place_of_before_learns_no_name(
        self, browser: Client, staff: Staff, link: ResidentAccount, household: Household, community: Community
    ) -> None:
        doubt_link(Act(staff.clerk, at(MONDAY)), link_id=link.pk, note=WHY)
        end_link(Act(staff.director, at(MONDAY)), link_id=link.pk, note="当面核实")
        clerk = Act(staff.clerk, at(MONDAY))
        move_household(clerk, household_id=household.pk, area_id=community.foreign.pk, moved_date=MONDAY)

        shown = page(browser, link)
        assert ("王建国" in shown, link.resident.number in shown) == (False, False)


class TestList:
    @pytest.mark.parametrize("text", ["jumin", "R-000001", "gl-2026-0001", " JUMIN "])
    def test_is_narrowed_by_account_resident_and_number(self, browser: Client, link: ResidentAccount, text: str):
        assert link.number in browser.get(reverse("link_list"), {"q": text}).text
        assert link.number not in browser.get(reverse("link_list"), {"q": "nobody"}).text

    def test_is_narrowed_by_state(self, browser: Client, link: ResidentAccount) -> None:
        found = [link.number in browser.get(reverse("link_list"), {"state": one}).text for one in LinkState.values]

        assert found == [True, False, False]

    def test_the_page_of_an_account_leads_here(self, log_in: LogIn, staff: Staff, link: ResidentAccount) -> None:
        shown = log_in(staff.administrator).get(reverse("user_detail", args=["jumin"])).text

        assert f'"{reverse("link_list")}?q=jumin"' in shown


class TestFamily:
    def test_shows_whose_log_in_is_linked_since_when_and_the_letters(
        self, browser: Client, household: Household, link: ResidentAccount
    ) -> None:
        shown = unescape(browser.get(reverse("household_detail", args=[household.number])).text)

        assert all(word in shown for word in ("登录账号", "王强 · jumin", "2026年3月9日 起", "账号和代理的文书"))
        assert f'"{reverse("link_detail", args=[link.number])}"' in shown
        assert f'"{reverse("account_link")}?resident={link.resident.number}"' in shown

    def test_tells_its_history(self, browser: Client, staff: Staff, household: Household, link: ResidentAccount):
        doubt_link(Act(staff.clerk, at(MONDAY)), link_id=link.pk, note=WHY)
        end_link(Act(staff.director, at(MONDAY)), link_id=link.pk, note="当面核实")
        shown = unescape(browser.get(reverse("household_detail", args=[household.number])).text)

        assert all(word in shown for word in ("账号关联存疑", WHY, "解除账号关联", "已解除"))

    def test_of_who_went_away_shows_it_too(self, browser: Client, staff: Staff, link: ResidentAccount) -> None:
        leave(Act(staff.clerk, at(MONDAY)), resident_ids=[link.resident_id], left_date=MONDAY)

        shown = unescape(browser.get(reverse("resident_detail", args=[link.resident.number])).text)
        assert "王强 · jumin" in shown

    def test_a_letter_about_it_goes_to_the_person_at_the_door(
        self, browser: Client, household: Household, link: ResidentAccount
    ) -> None:
        letter = Letter.objects.get()
        told, listed = browser.get(f"/letters/{letter.number}/").text, browser.get("/letters/").text

        assert ("王建国" in told, "2 单元 301" in listed, "账号关联告知书" in listed) == (True, True, True)
