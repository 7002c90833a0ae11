"""A guardianship ends; a log-in becomes a resident's own."""

from datetime import date

import pytest
from django.urls import reverse

from linli.ground.users.operations import create_user
from linli.kernel.act import Act
from linli.registry.residents.codes import GuardianshipKind
from linli.registry.residents.models import Guardianship, ResidentAccount
from linli.registry.residents.operations import add_guardian, register_households
from tests.conftest import MONDAY, at, system_act
from tests.layers import layer
from tests.residents.people import couple


@layer
def household(staff, community):
    return register_households(Act(staff.clerk, at(MONDAY)), households=[couple(community.grid.pk)])[0]


@pytest.fixture
def head(household):
    return household.memberships.order_by("pk")[0].resident


@pytest.fixture
def tie(staff, head):
    return add_guardian(
        Act(staff.clerk, at(MONDAY)),
        ward_id=head.pk,
        kind=GuardianshipKind.PROXY,
        valid_from=date(2026, 1, 1),
        document="委托书",
        guardian_name="王强",
    )


class TestGuardianEnd:
    def test_ends_from_a_day(self, browser, household, tie):
        address = reverse("guardian_end", args=[household.number, tie.pk])

        assert browser.post(address, {"valid_until": "2026-03-09"}).url == reverse(
            "household_detail", args=[household.number]
        )
        assert Guardianship.objects.get().valid_until == MONDAY

    def test_the_household_leads_here(self, browser, household, tie):
        page = browser.get(reverse("household_detail", args=[household.number])).content.decode()

        assert reverse("guardian_end", args=[household.number, tie.pk]) in page

    def test_not_before_it_began(self, browser, household, tie):
        address = reverse("guardian_end", args=[household.number, tie.pk])

        page = browser.post(address, {"valid_until": "2025-12-31"})

        assert list(page.context["form"].errors) == ["valid_until"]

    def test_one_of_another_household_is_not_found(self, browser, household):
        assert browser.get(reverse("guardian_end", args=[household.number, 0])).status_code == 404


class TestAccountLink:
    @pytest.fixture
    def user(self, db):
        return create_user(system_act(), username="jumin", name="王建国", password="correct horse")

    def test_an_administrator_links_and_reads_the_name_masked(self, log_in, staff, user, head):
        page = log_in(staff.administrator).post(
            reverse("account_link"), {"username": "jumin", "number": head.number.lower()}, follow=True
        )

        assert ResidentAccount.objects.get().resident == head
        assert head.name not in page.content.decode()

    def test_the_address_may_carry_both(self, log_in, staff):
        page = log_in(staff.administrator).get(reverse("account_link"), {"username": "jumin", "resident": "R-000001"})

        assert 'value="jumin"' in page.content.decode()

    def test_unknown_ones_are_said_by_their_fields(self, browser):
        page = browser.post(reverse("account_link"), {"username": "nobody", "number": "R-999999"})

        assert sorted(page.context["form"].errors) == ["number", "username"]

    def test_one_account_for_one_resident(self, browser, user, head):
        given = {"username": "jumin", "number": head.number}
        browser.post(reverse("account_link"), given)

        assert browser.post(reverse("account_link"), given).context["form"].errors

    def test_a_resident_of_another_street_is_not_found(self, log_in, staff, user, head):
        page = log_in(staff.outsider).post(reverse("account_link"), {"username": "jumin", "number": head.number})

        assert list(page.context["form"].errors) == ["number"]

    def test_is_not_for_directors(self, log_in, staff):
        assert log_in(staff.director).get(reverse("account_link")).status_code == 403
