"""The pages of partners, as people use them."""

from datetime import date

import pytest
from django.conf import LazySettings

from linli.kernel.act import Act
from linli.registry.partners.codes import AgreementState
from linli.registry.partners.models import Agreement
from tests.browser import LogIn, live_on, log_in
from tests.conftest import MONDAY, Community, Staff, at
from tests.ledger.browser import book, key
from tests.paging import assert_turns_over
from tests.partners.agreements import FIRST, LAST, drafted, running

__all__ = ["log_in"]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _monday(settings: LazySettings) -> None:
    live_on(settings, MONDAY)


@pytest.fixture
def row(staff: Staff, community: Community) -> Agreement:
    """Written down by the clerk."""
    return drafted(Act(staff.clerk, at(MONDAY)), community.community.pk)


class TestList:
    def test_leads_to_each_and_tells_what_is_promised(self, row: Agreement, staff: Staff, log_in: LogIn) -> None:
        page = log_in(staff.auditor).get("/partners/").text
        assert f'href="/partners/{row.number}/"' in page
        assert "场地（场次） 40" in page

    def test_is_found_by_part_of_a_name(self, row: Agreement, staff: Staff, log_in: LogIn) -> None:
        browser = log_in(staff.clerk)
        assert row.number in browser.get("/partners/?text=江畔").text
        assert row.number not in browser.get("/partners/?text=学院").text

    def test_goes_out_as_a_workbook_with_both_hands(self, row: Agreement, staff: Staff, log_in: LogIn) -> None:
        [head, line] = book(log_in(staff.clerk).get("/partners/?as=xlsx"))
        assert dict(zip(head, line, strict=True))["登记人"] == staff.clerk.name

    def test_turns_over(
        self, staff: Staff, community: Community, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("甲单位", "乙单位", "丙单位"):
            drafted(Act(staff.clerk, at(MONDAY)), community.community.pk, partner=name)
        browser = log_in(staff.clerk)
        assert_turns_over(lambda address: browser.get(address).text, "/partners/", monkeypatch)


class TestNew:
    def test_is_written_down(self, staff: Staff, community: Community, log_in: LogIn) -> None:
        told = {
            "community_id": community.community.pk,
            "partner": "和平超市",
            "kind": "MERCHANT",
            "contact": "店长室",
            "purpose": "老人购物优惠",
            "valid_from": FIRST.isoformat(),
            "valid_until": LAST.isoformat(),
            "review_date": LAST.isoformat(),
            "DISCOUNT": "500",
        }
        log_in(staff.clerk).post("/partners/new/", told | key())
        made = Agreement.objects.get()
        assert (made.partner, [str(one) for one in made.promises.all()]) == ("和平超市", ["优惠（人次） 500"])

    def test_keeps_what_was_typed_when_refused(self, staff: Staff, log_in: LogIn) -> None:
        answer = log_in(staff.clerk).post("/partners/new/", {"partner": "和平超市"} | key())
        assert (answer.status_code, 'value="和平超市"' in answer.text) == (422, True)


class TestPage:
    def test_shows_what_is_known_and_the_step_to_those_who_may(
        self, row: Agreement, staff: Staff, log_in: LogIn
    ) -> None:
        page = log_in(staff.director).get(f"/partners/{row.number}/").text
        assert all(words in page for words in ("江畔中学", "周末开放操场", staff.clerk.name, "待签署", "/sign/"))
        assert "/sign/" not in log_in(staff.clerk).get(f"/partners/{row.number}/").text

    def test_a_step_is_taken(self, row: Agreement, staff: Staff, log_in: LogIn) -> None:
        log_in(staff.director).post(f"/partners/{row.number}/sign/", key())
        row.refresh_from_db()
        assert row.state == AgreementState.SIGNED

    def test_a_refused_step_shows_the_page_with_what_is_wrong(
        self, staff: Staff, community: Community, log_in: LogIn
    ) -> None:
        row = running(staff, community.community.pk, valid_from=date(2026, 3, 9))
        answer = log_in(staff.clerk).post(f"/partners/{row.number}/renew/", {"valid_until": "2026-03-10"} | key())
        assert (answer.status_code, "结束日期须在开始日期之后" in answer.text) == (422, True)
