"""The pages that put right a wrong death, departure or move, and take back who left."""

from datetime import date

from django.test import Client
from django.urls import reverse

from linli.kernel.act import Act
from linli.registry.residents.codes import Relation
from linli.registry.residents.models import Household, Membership, Resident
from linli.registry.residents.operations import leave, move_household, move_resident, record_death, register_households
from tests.conftest import Community
from tests.layers import layer
from tests.residents.people import person, single

MARCH_2 = date(2026, 3, 2)
BACK = {"what": "NOT_HAPPENED", "reason": "弄错了人"}


def text(response) -> str:
    return response.content.decode()


@layer
def dead(clerk: Act, household: Household) -> Resident:
    man = Resident.objects.get(number="R-000001")
    record_death(clerk, resident_ids=[man.pk], died_date=MARCH_2)
    return man


@layer
def away(clerk: Act, household: Household) -> Resident:
    man = Resident.objects.get(number="R-000001")
    leave(clerk, resident_ids=[man.pk], left_date=MARCH_2)
    return man


class TestDeparture:
    def test_is_offered_beside_the_dead(self, browser: Client, dead):
        page = text(browser.get(reverse("resident_detail", args=["R-000001"])))

        assert reverse("resident_departure", args=["R-000001"]) in page
        assert reverse("resident_return", args=["R-000001"]) not in page

    def test_the_household_leads_to_its_dead(self, browser: Client, dead):
        page = text(browser.get(reverse("household_detail", args=["H-000001"])))

        assert reverse("resident_detail", args=["R-000001"]) in page

    def test_says_what_is_recorded_and_of_whom(self, browser: Client, dead):
        page = text(browser.get(reverse("resident_departure", args=["R-000001"])))

        assert "更正 王建国 的去世登记" in page
        assert "2026年3月2日" in page

    def test_brings_the_living_back(self, browser: Client, dead):
        response = browser.post(reverse("resident_departure", args=["R-000001"]), BACK)

        dead.refresh_from_db()
        assert (dead.died_date, response["Location"]) == (None, reverse("household_detail", args=["H-000001"]))

    def test_moves_the_day(self, browser: Client, dead):
        data = {"what": "OTHER_DAY", "day": "2026-03-01", "reason": "死亡证明"}
        browser.post(reverse("resident_departure", args=["R-000001"]), data)

        dead.refresh_from_db()
        assert dead.died_date == date(2026, 3, 1)

    def test_asks_for_the_day(self, browser: Client, dead):
        page = text(
            browser.post(reverse("resident_departure", args=["R-000001"]), {"what": "OTHER_DAY", "reason": "x"})
        )

        assert 'id="id_day-error"' in page

    def test_keeps_what_was_typed_when_refused(self, browser: Client, dead):
        data = {"what": "OTHER_DAY", "day": "2026-03-02", "reason": "死亡证明写的是"}
        page = text(browser.post(reverse("resident_departure", args=["R-000001"]), data))

        assert "死亡证明写的是" in page
        assert "更正后的日期与登记的相同" in page

    def test_is_not_for_those_who_are_there(self, browser: Client, household):
        assert browser.get(reverse("resident_departure", args=["R-000001"])).status_code == 403

    def test_is_not_for_who_only_reads_here(self, reader_here: Client, dead):
        assert reader_here.get(reverse("resident_detail", args=["R-000001"])).status_code == 200
        assert reader_here.get(reverse("resident_departure", args=["R-000001"])).status_code == 403

    def test_is_offered_for_those_who_moved_here(self, browser: Client, clerk, household, community: Community):
        [other] = register_households(clerk, households=[single(community.grid.pk, person("王强", order=9))])
        who = Resident.objects.get(name="王强")
        move_resident(clerk, resident_id=who.pk, household_id=household.pk, relation=Relation.CHILD, moved_date=MARCH_2)
        address = reverse("resident_departure", args=[who.number])
        assert address in text(browser.get(reverse("household_detail", args=["H-000001"])))

        browser.post(address, BACK)
        assert Membership.objects.get(resident=who, valid_until__isnull=True).household == other


class TestReturn:
    def test_is_offered_beside_who_left(self, browser: Client, away):
        page = text(browser.get(reverse("resident_detail", args=["R-000001"])))

        assert reverse("resident_return", args=["R-000001"]) in page

    def test_takes_them_back_under_the_old_number(self, browser: Client, away):
        data = {"household_number": "h-000001", "relation": "SPOUSE", "returned_date": "2026-03-05"}
        browser.post(reverse("resident_return", args=["R-000001"]), data)

        open_ = Membership.objects.get(resident=away, valid_until__isnull=True)
        assert (open_.household.number, open_.relation) == ("H-000001", "SPOUSE")

    def test_a_spouse_comes_back_as_the_spouse(self, browser: Client, clerk: Act, household: Household):
        leave(clerk, resident_ids=[Resident.objects.get(number="R-000002").pk], left_date=MARCH_2)
        page = text(browser.get(reverse("resident_return", args=["R-000002"])))

        assert '<option value="SPOUSE" selected>' in page

    def test_who_headed_it_comes_back_under_another_head_as_a_relative_to_be_named(self, browser: Client, away):
        page = text(browser.get(reverse("resident_return", args=["R-000001"])))

        assert '<option value="OTHER_RELATIVE" selected>' in page

    def test_says_why_not(self, browser: Client, away):
        data = {"household_number": "H-999999", "relation": "SPOUSE", "returned_date": "2026-03-05"}

        assert "没有找到该居民或家庭" in text(browser.post(reverse("resident_return", args=["R-000001"]), data))

    def test_is_not_for_those_who_are_there(self, browser: Client, household):
        assert browser.get(reverse("resident_return", args=["R-000001"])).status_code == 403

    def test_is_not_for_who_only_reads_here(self, reader_here: Client, away):
        assert reader_here.get(reverse("resident_return", args=["R-000001"])).status_code == 403


class TestHouseholdMove:
    def test_is_put_right(self, browser: Client, clerk, household, community: Community):
        move_household(clerk, household_id=household.pk, area_id=community.other_grid.pk, moved_date=MARCH_2)
        address = reverse("household_move_correct", args=["H-000001"])
        assert address in text(browser.get(reverse("household_detail", args=["H-000001"])))

        browser.post(address, BACK)
        household.refresh_from_db()
        assert household.stamp == community.building.stamp

    def test_is_not_for_those_who_never_moved(self, browser: Client, household):
        assert browser.get(reverse("household_move_correct", args=["H-000001"])).status_code == 403

    def test_is_not_for_who_only_reads_here(self, reader_here: Client, clerk, household, community: Community):
        move_household(clerk, household_id=household.pk, area_id=community.other_grid.pk, moved_date=MARCH_2)

        assert reader_here.get(reverse("household_move_correct", args=["H-000001"])).status_code == 403
