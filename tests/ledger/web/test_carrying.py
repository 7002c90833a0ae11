"""The pages of the carry-over: proposed by one, approved by another, in both languages."""

import pytest
from django.conf import LazySettings

from linli.foundation.screens.work import waiting
from linli.ground.users.queries import authority_of
from linli.money.ledger.codes import CarryOverState
from linli.money.ledger.models import CarryOver
from linli.overview.planning.queries.next_year import checklist
from tests.browser import live_on
from tests.layers import layer
from tests.ledger.browser import LogIn, key
from tests.ledger.carrying import JAN_12, approved, next_year, proposed
from tests.ledger.world import World

LIST = "/funds/XFL-2026/carry-over/"


@pytest.fixture(autouse=True)
def january(settings: LazySettings) -> None:
    live_on(settings, JAN_12)


@layer
def turned(world: World) -> World:
    next_year(world)
    return world


def typed(world: World, **other: str) -> dict[str, str]:
    form = {"source": str(world.source("DON").pk), "amount": "30000", "reference": "JZ-1", "reason": "按原用途结转"}
    return {**form, **key(), **other}


class TestProposing:
    def test_shows_what_is_unspent_and_offers_the_form_to_the_maker_alone(self, turned: World, log_in: LogIn) -> None:
        page = log_in(turned.staff.maker).get(LIST).text
        assert all(text in page for text in ("¥30,000.00", "社会捐赠", "提出结转", "幸福里社区救助资金 2027"))
        assert "提出结转</button>" not in log_in(turned.staff.street_officer).get(LIST).text

    def test_goes_to_the_proposal(self, turned: World, log_in: LogIn) -> None:
        page = log_in(turned.staff.maker).post(LIST, typed(turned))
        assert page.headers["Location"] == f"/funds/carry-overs/{CarryOver.objects.get().number}/"

    def test_keeps_what_was_typed_and_says_what_is_wrong(self, turned: World, log_in: LogIn) -> None:
        page = log_in(turned.staff.maker).post(LIST, typed(turned, amount="30000.01"))
        assert (page.status_code, "可结转 30,000.00 元" in page.text, "30000.01" in page.text) == (422, True, True)

    def test_before_the_year_is_over_it_says_when(self, turned: World, log_in: LogIn, settings: LazySettings) -> None:
        live_on(settings, JAN_12.replace(year=2026))
        page = log_in(turned.staff.maker).get(LIST).text
        assert ("2026 年结束后办理结转" in page, "提出结转</button>" in page) == (True, False)

    def test_is_found_from_the_funds_page(self, turned: World, log_in: LogIn) -> None:
        assert f'href="{LIST}"' in log_in(turned.staff.maker).get("/funds/XFL-2026/").text


class TestDeciding:
    def test_another_person_approves_and_sees_the_vouchers(self, turned: World, log_in: LogIn) -> None:
        row = proposed(turned)
        officer = log_in(turned.staff.street_officer)
        assert "批准结转" in officer.get(f"/funds/carry-overs/{row.number}/").text
        assert officer.post(f"/funds/carry-overs/{row.number}/approve/", key()).status_code == 302
        row = CarryOver.objects.get()
        page = officer.get(f"/funds/carry-overs/{row.number}/").text
        assert row.out_journal
        assert ("已结转" in page, row.out_journal.number in page) == (True, True)

    def test_says_who_proposed_and_who_approved(self, turned: World, log_in: LogIn) -> None:
        row = approved(turned)
        page = " ".join(log_in(turned.staff.checker).get(f"/funds/carry-overs/{row.number}/").text.split())
        for step, who in (("提出", turned.staff.maker), ("批准", turned.staff.street_officer)):
            assert f"<dt>{step}</dt><dd>{who.name}，" in page

    def test_who_proposed_is_told_that_another_approves(self, turned: World, log_in: LogIn) -> None:
        row = proposed(turned)
        page = log_in(turned.staff.maker).get(f"/funds/carry-overs/{row.number}/").text
        assert ("您提出的结转由他人批准" in page, "批准结转" in page, "撤回" in page) == (True, False, True)

    def test_the_maker_takes_it_back(self, turned: World, log_in: LogIn) -> None:
        row = proposed(turned)
        answer = {"reason": "金额有误", **key()}
        log_in(turned.staff.maker).post(f"/funds/carry-overs/{row.number}/decline/", answer)
        assert CarryOver.objects.get().state == CarryOverState.DECLINED

    def test_the_checker_undoes_it_with_a_reason(self, turned: World, log_in: LogIn) -> None:
        row = approved(turned)
        checker = log_in(turned.staff.checker)
        empty = checker.post(f"/funds/carry-overs/{row.number}/reverse/", {"reason": "", **key()})
        assert empty.status_code == 422
        checker.post(f"/funds/carry-overs/{row.number}/reverse/", {"reason": "金额有误", **key()})
        assert "已冲回" in checker.get(f"/funds/carry-overs/{row.number}/").text

    def test_a_second_approval_is_refused_in_words(self, turned: World, log_in: LogIn) -> None:
        row = approved(turned)
        page = log_in(turned.staff.street_officer).post(f"/funds/carry-overs/{row.number}/approve/", key())
        assert (page.status_code, f"“批准”已由{turned.staff.street_officer.name}办理" in page.text) == (422, True)

    def test_is_complete_in_english(self, turned: World, log_in: LogIn) -> None:
        row = proposed(turned)
        officer = log_in(turned.staff.street_officer)
        officer.cookies["django_language"] = "en"
        page = officer.get(f"/funds/carry-overs/{row.number}/").text
        assert ("Approve the carry-over" in page, "Waiting for approval" in page) == (True, True)


class TestWork:
    def test_waits_for_the_maker_and_then_for_another_person(self, turned: World) -> None:
        def kinds(who: str) -> list[str]:
            rows = waiting(authority_of(getattr(turned.staff, who), JAN_12), JAN_12)
            return [str(row.title) for row in rows if row.kind.startswith("CARRY_OVER.")]

        assert (kinds("maker"), kinds("street_officer")) == (["结转限定用途资金"], [])
        proposed(turned)
        assert (kinds("maker"), kinds("street_officer")) == ([], ["批准限定用途资金结转"])

    def test_stands_on_the_list_of_the_year(self, turned: World, log_in: LogIn) -> None:
        def lines() -> list[tuple[str, bool]]:
            found = checklist(authority_of(turned.staff.street_officer, JAN_12), JAN_12)
            return [(str(line.words), line.done) for line in found if str(line.title) == "结转限定用途资金"]

        assert lines() == [("可结转 ¥30,000.00，年度结束后办理", False)]
        approved(turned)
        assert lines() == [("没有剩余", True)]
        assert f'href="{LIST}"' in log_in(turned.staff.street_officer).get("/next-year/").text
