"""The pages of one's own family offer nothing that changes what is recorded of it, and a form says why."""

from django.test import Client
from django.urls import reverse

from linli.kernel.act import Act
from linli.registry.residents.models import Household, Resident
from linli.registry.residents.operations import link_account, register_households
from tests.conftest import MONDAY, Community, Staff, at
from tests.layers import layer
from tests.residents.people import person, single


@layer
def own(clerk: Act, household: Household, community: Community, staff: Staff) -> Household:
    """王强, to whom the clerk's log-in is linked, lives alone; the couple is nobody's family."""
    made = register_households(clerk, households=[single(community.grid.pk, person("王强", order=9))])[0]
    me = Resident.objects.get(name="王强")
    link_account(Act(staff.social_worker, at(MONDAY)), user_id=staff.clerk.pk, resident_id=me.pk)
    return made


def test_of_ones_own_family_nothing_is_offered(browser: Client, own: Household, household: Household) -> None:
    offered = {}
    for home in (own, household):
        page = browser.get(reverse("household_detail", args=[home.number])).content.decode()
        offered[home.number] = reverse("fact_new", args=[home.number]) in page

    assert offered == {own.number: False, household.number: True}


def test_who_sends_the_form_is_told_why(browser: Client, own: Household) -> None:
    address = reverse("resident_death", args=[Resident.objects.get(name="王强").number])
    page = browser.post(address, {"died_date": "2026-03-02", "confirmed": "on"}).content.decode()

    assert "涉及您本人或亲属的家庭，须由他人办理" in page
