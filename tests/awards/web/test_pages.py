"""The awards' pages."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings

from linli.foundation.screens.work import waiting
from linli.foundation.trail.models import AuditEntry
from linli.ground.users.queries import authority_of
from linli.law.policies.operations import install_pack
from linli.money.awards.codes import AccountState, AwardState, EndReason, OccasionKind, ReceivableState
from linli.money.awards.models import Award, PayeeAccount, Receivable, ReviewOccasion
from linli.money.awards.operations import Ending, end, fall_due_reviews, suspend
from linli.money.ledger.models import Proposal
from tests.conftest import system_act
from tests.layers import layer
from tests.ledger.browser import LogIn, book, key, live_on
from tests.ledger.world import MARCH, PAY_DAY, World, by, inside
from tests.sets import confirm

NUMBER = "DY-2026-0001"
S2 = Path(__file__).resolve().parents[3] / "packs" / "community" / "assistance_plan"


@layer
def family(world: World) -> World:
    """One family with a base award and a supplement."""
    world.register()
    world.grant(world.base(world.families[0], review_due_date=PAY_DAY), world.elder(world.families[0]))
    return world


def award() -> Award:
    return Award.objects.get(number=NUMBER)


class TestList:
    def test_shows_awards_within_reach(self, family: World, log_in: LogIn) -> None:
        page = log_in(family.staff.director).get("/awards/")
        assert (NUMBER in page.text, "DY-2026-0002" in page.text) == (True, True)

    @pytest.mark.parametrize(
        ("query", "there"),
        [
            ("?state=ENDED", False),
            ("?state=ACTIVE&programme=BASE_AWARD", True),
            ("?q=dy-2026-0001", True),
            ("?q=H-999999", False),
        ],
    )
    def test_narrows(self, family: World, log_in: LogIn, query: str, there: bool) -> None:
        assert (f"/awards/{NUMBER}/" in log_in(family.staff.director).get(f"/awards/{query}").text) == there

    @pytest.mark.parametrize(("text", "there"), [("王", True), ("李", False)])
    def test_finds_families_by_name_for_those_who_know_them(
        self, family: World, log_in: LogIn, text: str, there: bool
    ) -> None:
        assert (f"/awards/{NUMBER}/" in log_in(family.staff.director).get(f"/awards/?q={text}").text) == there

    def test_finds_no_names_for_finance_staff(self, family: World, log_in: LogIn) -> None:
        assert f"/awards/{NUMBER}/" not in log_in(family.staff.maker).get("/awards/?q=王").text

    def test_counts_and_sums_what_fits(self, family: World, log_in: LogIn) -> None:
        assert "共 2 项，其中发放中 2 项，每月 ¥800.00" in log_in(family.staff.maker).get("/awards/").text

    def test_goes_out_as_a_workbook(self, family: World, log_in: LogIn) -> None:
        response = log_in(family.staff.maker).get("/awards/?as=xlsx&programme=BASE_AWARD")
        found = [(row[0], row[3], row[4]) for row in book(response)[1:]]
        assert found == [(NUMBER, "王*", 500), ("合计", None, 500)]

    def test_writes_down_who_took_the_workbook(self, family: World, log_in: LogIn) -> None:
        log_in(family.staff.maker).get("/awards/?as=xlsx")
        assert AuditEntry.objects.filter(act="read", subject="awards:xlsx").exists()

    def test_is_closed_to_volunteers(self, family: World, log_in: LogIn) -> None:
        assert log_in(family.staff.volunteer).get("/awards/").status_code == 403

    def test_shows_nothing_of_another_street(self, family: World, log_in: LogIn) -> None:
        assert NUMBER not in log_in(family.staff.outsider).get("/awards/").text

    def test_marks_reviews_that_are_due(self, family: World, log_in: LogIn) -> None:
        fall_due_reviews(system_act(PAY_DAY), on=PAY_DAY)
        page = log_in(family.staff.director).get("/awards/?review=due").text
        assert (f"/awards/{NUMBER}/" in page, "/awards/DY-2026-0002/" in page) == (True, False)


class TestDetail:
    def test_shows_months_history_and_people(self, family: World, log_in: LogIn) -> None:
        family.paid()
        page = log_in(family.staff.director).get(f"/awards/{NUMBER}/")
        assert all(text in page.text for text in ("已发放", "FF-2026-03-1", "批准", "王"))

    def test_masks_people_for_finance_staff(self, family: World, log_in: LogIn) -> None:
        name = family.memberships(family.families)[0].resident.name
        page = log_in(family.staff.checker).get(f"/awards/{NUMBER}/")
        assert name not in page.text

    def test_writes_down_who_looked(self, family: World, log_in: LogIn) -> None:
        log_in(family.staff.checker).get(f"/awards/{NUMBER}/")
        assert AuditEntry.objects.filter(act="read", subject=f"award:{NUMBER}").exists()

    def test_elsewhere_is_not_there(self, family: World, log_in: LogIn) -> None:
        assert log_in(family.staff.outsider).get(f"/awards/{NUMBER}/").status_code == 404

    def test_lists_the_letters_with_links_for_those_who_know_people(self, family: World, log_in: LogIn) -> None:
        install_pack(system_act(PAY_DAY), folder=S2)
        suspend(by(family.staff.director), award_ids=[award().pk], effective_date=date(2026, 4, 1), note="x")
        director = log_in(family.staff.director).get(f"/awards/{NUMBER}/").text
        checker = log_in(family.staff.checker).get(f"/awards/{NUMBER}/").text
        assert ["待遇暂停告知书" in page for page in (director, checker)] == [True, True]
        assert ["/letters/WS-2026-0001" in page for page in (director, checker)] == [True, False]

    def test_shows_what_is_owed(self, family: World, log_in: LogIn) -> None:
        family.paid()
        end(by(family.staff.director), endings=[Ending(award().pk, date(2026, 3, 1), EndReason.INCOME)])
        assert "待收回" in log_in(family.staff.director).get(f"/awards/{NUMBER}/").text

    def test_reads_in_english(self, family: World, log_in: LogIn) -> None:
        browser = log_in(family.staff.director)
        browser.cookies["django_language"] = "en"
        assert "Month by month" in browser.get(f"/awards/{NUMBER}/").text


class TestChanging:
    def post(self, world: World, log_in: LogIn, what: str, **data: str) -> str:
        page = log_in(world.staff.director).post(
            f"/awards/{NUMBER}/{what}/", {"version": str(award().version), **key(), **data}, follow=True
        )
        return page.text

    def test_suspends(self, family: World, log_in: LogIn) -> None:
        self.post(family, log_in, "suspend", effective_date="2026-04", note="复核收入")
        assert award().state == AwardState.SUSPENDED

    def test_resumes(self, family: World, log_in: LogIn) -> None:
        suspend(by(family.staff.director), award_ids=[award().pk], effective_date=date(2026, 4, 1), note="x")
        self.post(family, log_in, "resume", effective_date="2026-05", note="情况恢复")
        assert award().state == AwardState.ACTIVE

    def test_changes_the_amount(self, family: World, log_in: LogIn) -> None:
        page = self.post(family, log_in, "amount", effective_date="2026-04", amount="620", note="标准调整")
        asked = Proposal.objects.get(kind="AMOUNT")
        assert (asked.number in page, award().amount_fen) == (True, 500_00)
        officer = log_in(family.staff.street_officer)
        shown = officer.get(f"/funds/proposals/{asked.number}/").text
        told = ("规则没有给出金额", "¥620.00", "多 ¥120.00", "标准调整", "周建国")
        assert [words for words in told if words not in shown] == []
        officer.post(f"/funds/proposals/{asked.number}/confirm/", key())
        assert award().amount_fen == 620_00

    def test_says_which_amount_waits(self, family: World, log_in: LogIn) -> None:
        self.post(family, log_in, "amount", effective_date="2026-04", amount="620", note="标准调整")
        number = Proposal.objects.get(kind="AMOUNT").number
        text = log_in(family.staff.director).get(f"/awards/{award().number}/").text
        assert (number in text, "¥620.00" in text, "待另一人复核" in text) == (True, True, True)

    def test_offers_no_second_amount_while_one_waits(self, family: World, log_in: LogIn) -> None:
        page, director = f"/awards/{award().number}/", log_in(family.staff.director)
        before = director.get(page).text
        self.post(family, log_in, "amount", effective_date="2026-04", amount="620", note="标准调整")
        assert [f"{page}amount/" in text for text in (before, director.get(page).text)] == [True, False]

    def test_ends(self, family: World, log_in: LogIn) -> None:
        self.post(family, log_in, "end", effective_date="2026-04-01", reason="INCOME")
        assert award().state == AwardState.ENDED

    def test_completes_a_review(self, family: World, log_in: LogIn) -> None:
        fall_due_reviews(system_act(PAY_DAY), on=PAY_DAY)
        self.post(family, log_in, "review", note="情况未变", next_due_date="2026-09-16")
        assert award().review_due_date == date(2026, 9, 16)

    def test_offers_the_day_that_was_planned_before_something_happened(self, family: World, log_in: LogIn) -> None:
        """Of the planned days the next one; one that has come, and an award without any, offer none."""
        [row] = [award()]
        who = row.household.memberships.order_by("pk")[0].resident_id
        fall_due_reviews(system_act(PAY_DAY), on=PAY_DAY)
        days = [None, PAY_DAY, PAY_DAY + timedelta(days=2), PAY_DAY + timedelta(days=1)]
        for number, planned in enumerate(days, start=1):
            ReviewOccasion.objects.create(
                award=row,
                kind=OccasionKind.MEMBER_DIED,
                resident_id=who,
                happened_date=PAY_DAY - timedelta(days=number),
                opened_date=PAY_DAY,
                due_date=PAY_DAY,
                planned_date=planned,
            )

        page = log_in(family.staff.director).get(f"/awards/{NUMBER}/review/").text

        offered = re.search(r'<input[^>]*name="next_due_date"[^>]*>', page)
        assert offered
        assert f'value="{PAY_DAY + timedelta(days=1)}"' in offered[0]

    @pytest.mark.parametrize(
        ("what", "data", "words"),
        [
            ("end", {"effective_date": "2026-04-01", "reason": "OTHER"}, "请写明理由"),
            ("amount", {"effective_date": "2026-04", "amount": "abc", "note": "x"}, "金额格式不正确"),
            ("suspend", {"effective_date": "2026-04", "note": "x", "version": "99"}, "已被他人修改"),
            ("resume", {"effective_date": "2026-04", "note": "x"}, "不能办理“恢复”"),
            ("review", {"note": "x"}, "尚未到期"),
            ("suspend", {"effective_date": "2031-04", "note": "x"}, "2031-04"),
        ],
    )
    def test_says_what_is_wrong(
        self, family: World, log_in: LogIn, what: str, data: dict[str, str], words: str
    ) -> None:
        assert words in self.post(family, log_in, what, **data)

    @pytest.mark.parametrize("what", ["suspend", "resume", "amount", "end", "review"])
    def test_shows_its_form(self, family: World, log_in: LogIn, what: str) -> None:
        assert "act_key" in log_in(family.staff.director).get(f"/awards/{NUMBER}/{what}/").text

    @pytest.mark.parametrize("what", ["suspend", "amount", "end", "review"])
    def test_has_the_article_beside_what_it_decides(self, family: World, log_in: LogIn, what: str) -> None:
        install_pack(system_act(PAY_DAY), folder=S2)

        page = log_in(family.staff.director).get(f"/awards/{NUMBER}/{what}/").text

        assert "决定停发最低生活保障金的，应当书面说明理由" in page

    def test_offers_only_months_that_no_batch_took_up(self, family: World, log_in: LogIn) -> None:
        family.paid()
        page = log_in(family.staff.director).get(f"/awards/{NUMBER}/suspend/").text
        assert ('value="2026-03"' in page, 'value="2026-04"' in page) == (False, True)

    def test_is_not_offered_when_every_month_is_taken_up(self, family: World, log_in: LogIn) -> None:
        end(by(family.staff.director), endings=[Ending(award().pk, date(2026, 4, 1), EndReason.INCOME)])
        rows, again = Award.objects.filter(pk=award().pk), {"valid_until": date(2026, 4, 1), "state": AwardState.ACTIVE}
        inside(by(family.staff.director), step=lambda _act: rows.update(**again))
        family.paid()
        browser = log_in(family.staff.director)
        page = browser.get(f"/awards/{NUMBER}/").text
        assert ("各月都已编入批次" in page, f"/awards/{NUMBER}/suspend/" in page) == (True, False)
        assert browser.get(f"/awards/{NUMBER}/suspend/").status_code == 403

    def test_ends_for_no_reason_that_nobody_chose(self, family: World, log_in: LogIn) -> None:
        self.post(family, log_in, "end", effective_date="2026-04-01", reason="")
        assert award().state == AwardState.ACTIVE

    def test_elsewhere_is_not_there(self, family: World, log_in: LogIn) -> None:
        assert log_in(family.staff.director).get("/awards/DY-2026-0099/end/").status_code == 404

    def test_is_not_the_clerks(self, family: World, log_in: LogIn) -> None:
        assert log_in(family.staff.clerk).get(f"/awards/{NUMBER}/end/").status_code == 403


class TestAccounts:
    def unit(self, world: World) -> str:
        return world.families[0].number

    def record(self, world: World, log_in: LogIn, **changes: str) -> str:
        data = {
            "unit_key": self.unit(world),
            "holder_name": "王某",
            "account_number": "6222000011112222",
            "bank_name": "江畔银行",
            "relation": "PROXY",
            "basis": "委托书",
        }
        browser = log_in(world.staff.clerk)
        return browser.post("/awards/accounts/new/", {**data, **key(), **changes}, follow=True).text

    def test_say_that_a_hold_counted_without_a_table_is_provisional(self, family: World, log_in: LogIn) -> None:
        family.account([self.unit(family)], on=PAY_DAY)
        director = log_in(family.staff.director)
        pages = [director.get(path).text for path in ("/awards/accounts/?state=CONFIRMED", f"/awards/{NUMBER}/")]
        assert [page.count("暂定") for page in pages] == [1, 1]

    def test_are_recorded_by_one_and_confirmed_by_another(self, family: World, log_in: LogIn) -> None:
        self.record(family, log_in)
        account = PayeeAccount.objects.get(state=AccountState.PROPOSED)
        director = log_in(family.staff.director)
        assert f"/awards/accounts/{account.pk}/confirm/" in director.get("/awards/accounts/").text
        director.post(f"/awards/accounts/{account.pk}/confirm/", key())
        account.refresh_from_db()
        assert (account.state, account.usable_date) == (AccountState.CONFIRMED, date(2026, 3, 20))

    def test_a_new_one_says_which_it_takes_the_place_of(self, family: World, log_in: LogIn) -> None:
        form = f"/awards/accounts/new/?unit={self.unit(family)}"
        before = log_in(family.staff.clerk).get(form).text
        self.record(family, log_in)

        told = "上次登记的账户：王某 · 江畔银行 · **** 2222 · 待确认"
        assert [told in page for page in (before, log_in(family.staff.clerk).get(form).text)] == [False, True]

    def test_a_receipt_names_the_account_and_not_its_version(self, family: World, log_in: LogIn) -> None:
        self.record(family, log_in)
        account = PayeeAccount.objects.get(state=AccountState.PROPOSED)

        done = confirm(
            log_in(family.staff.director), "/awards/accounts/", {"row": account.pk, "deed": "confirm", **key()}
        )
        assert f"{account.unit_key} · 王某 · **** 2222" in done.content.decode()

    def test_are_masked(self, family: World, log_in: LogIn) -> None:
        self.record(family, log_in)
        page = log_in(family.staff.director).get("/awards/accounts/").text
        assert ("**** 2222" in page, "6222000011112222" in page) == (True, False)

    def test_are_not_confirmed_by_who_recorded_them(self, family: World, log_in: LogIn) -> None:
        self.record(family, log_in)
        account = PayeeAccount.objects.get(state=AccountState.PROPOSED)
        page = log_in(family.staff.clerk).post(f"/awards/accounts/{account.pk}/confirm/", key())
        assert page.status_code == 403

    def test_are_found_by_state_and_number(self, family: World, log_in: LogIn) -> None:
        browser, unit = log_in(family.staff.director), self.unit(family)
        assert "没有待确认的账户" in browser.get("/awards/accounts/").text
        assert f"?q={unit}" in browser.get(f"/awards/accounts/?state=CONFIRMED&q={unit.lower()}").text
        assert "没有符合条件的账户" in browser.get("/awards/accounts/?state=&q=H-999999").text

    def test_go_on_after_one(self, family: World, log_in: LogIn) -> None:
        last = PayeeAccount.objects.latest("pk")
        page = log_in(family.staff.director).get(f"/awards/accounts/?state=CONFIRMED&after={last.pk}").text
        assert "没有符合条件的账户" in page

    def test_go_out_as_a_workbook_with_masked_numbers(self, family: World, log_in: LogIn) -> None:
        rows = book(log_in(family.staff.auditor).get("/awards/accounts/?state=CONFIRMED&as=xlsx"))
        assert {(row[1], row[2], len(str(row[3]))) for row in rows[1:]} == {("王某", "受托代领人", 4)}

    def test_are_confirmed_once(self, family: World, log_in: LogIn) -> None:
        account = PayeeAccount.objects.filter(state=AccountState.CONFIRMED).earliest("pk")
        page = log_in(family.staff.street_officer).post(f"/awards/accounts/{account.pk}/confirm/", key(), follow=True)
        assert f"“确认账户”已由{family.staff.director.name}办理" in page.text

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"account_number": "12"}, "8 至 32 位数字"),
            ({"unit_key": "H-999999"}, "没有找到这个家庭或居民"),
            ({"holder_name": ""}, "error-summary"),
        ],
    )
    def test_say_what_is_wrong(self, family: World, log_in: LogIn, changes: dict[str, str], words: str) -> None:
        assert words in self.record(family, log_in, **changes)

    def test_of_a_resident_are_recorded_too(self, family: World, log_in: LogIn) -> None:
        resident = family.memberships(family.families)[0].resident
        self.record(family, log_in, unit_key=resident.number.lower())
        assert PayeeAccount.objects.filter(unit_key=resident.number, state=AccountState.PROPOSED).exists()

    def test_are_not_recorded_by_finance_staff(self, family: World, log_in: LogIn) -> None:
        assert log_in(family.staff.maker).get("/awards/accounts/new/").status_code == 403

    def test_know_the_unit_they_are_opened_for(self, family: World, log_in: LogIn) -> None:
        assert "H-000001" in log_in(family.staff.clerk).get("/awards/accounts/new/?unit=H-000001").text


class TestUnmask:
    def url(self) -> str:
        return f"/awards/accounts/{PayeeAccount.objects.earliest('pk').pk}/unmask/"

    def test_asks_for_the_purpose(self, family: World, log_in: LogIn) -> None:
        assert "查看目的" in log_in(family.staff.director).get(self.url()).text

    def test_shows_the_number_once_and_keeps_nothing(self, family: World, log_in: LogIn) -> None:
        page = log_in(family.staff.director).post(self.url(), {"purpose": "BANK", **key()})
        assert ("62220000" in page.text, page["Cache-Control"]) == (True, "no-store")

    def test_leaves_the_purpose_in_the_trail(self, family: World, log_in: LogIn) -> None:
        log_in(family.staff.director).post(self.url(), {"purpose": "BANK", **key()})
        assert AuditEntry.objects.filter(act="awards.unmask_account", note__contains="BANK").exists()

    def test_is_closed_to_finance_staff(self, family: World, log_in: LogIn) -> None:
        assert log_in(family.staff.maker).get(self.url()).status_code == 403

    def test_elsewhere_is_not_there(self, family: World, log_in: LogIn) -> None:
        assert log_in(family.staff.outsider).get(self.url()).status_code == 404


class TestReceivables:
    @pytest.fixture
    def owed(self, family: World, settings: LazySettings) -> Receivable:
        family.paid()
        end(by(family.staff.director), endings=[Ending(award().pk, MARCH.first_day, EndReason.INCOME)])
        live_on(settings, date(2026, 3, 20))
        return Receivable.objects.get()

    def test_are_listed(self, family: World, owed: Receivable, log_in: LogIn) -> None:
        assert NUMBER in log_in(family.staff.auditor).get("/awards/receivables/").text

    def test_are_found_when_closed(self, family: World, owed: Receivable, log_in: LogIn) -> None:
        browser = log_in(family.staff.checker)
        family.recovered(owed.pk)
        page = browser.get("/awards/receivables/?state=RECOVERED").text
        assert (NUMBER in page, "/recover/" in page) == (True, False)
        assert "没有应收回的款项" in browser.get("/awards/receivables/").text
        assert "没有符合条件的款项" in browser.get("/awards/receivables/?state=WAIVED").text

    def test_go_out_as_a_workbook(self, family: World, owed: Receivable, log_in: LogIn) -> None:
        rows = book(log_in(family.staff.auditor).get("/awards/receivables/?as=xlsx"))
        found = [(row[0], row[2], row[3]) for row in rows[1:]]
        assert found == [(NUMBER, "2026年3月", 500), ("合计", None, 500)]

    def test_are_recovered_by_maker_and_checker(self, family: World, owed: Receivable, log_in: LogIn) -> None:
        maker, checker = log_in(family.staff.maker), log_in(family.staff.checker)
        maker.post(f"/awards/receivables/{owed.pk}/recover/", {"paper": "回单 7", **key()})
        asked = Proposal.objects.get(kind="RECOVERY")
        assert "回单 7" in checker.get(f"/funds/proposals/{asked.number}/").text
        checker.post(f"/funds/proposals/{asked.number}/confirm/", key())
        owed.refresh_from_db()
        assert owed.state == ReceivableState.RECOVERED

    @pytest.mark.parametrize(("who", "what"), [("maker", "recover"), ("street_officer", "waive")])
    def test_say_that_it_waits_for_the_second_person_and_offer_it_no_more(
        self, family: World, owed: Receivable, log_in: LogIn, who: str, what: str
    ) -> None:
        """The row and the work offered it again, and the second try was refused."""
        browser, maker, on = log_in(getattr(family.staff, who)), family.staff.maker, date(2026, 3, 20)
        before = browser.get("/awards/receivables/").text
        work = [[one.kind for one in waiting(authority_of(maker, on), on)]]
        browser.post(f"/awards/receivables/{owed.pk}/{what}/", {"paper": "回单 7", "note": "困难", **key()})
        page = browser.get("/awards/receivables/").text
        work.append([one.kind for one in waiting(authority_of(maker, on), on)])
        assert [f"/{what}/" in text for text in (before, page)] == [True, False]
        asked = Proposal.objects.get(kind__in=("RECOVERY", "WAIVER")).number
        assert ("已提出，待复核" in page, f"/funds/proposals/{asked}/" in page) == (True, True)
        assert ["OWED" in kinds for kinds in work] == [True, False]

    def test_are_waived_by_two_of_the_street_with_a_reason(
        self, family: World, owed: Receivable, log_in: LogIn
    ) -> None:
        browser = log_in(family.staff.street_officer)
        refused = browser.post(f"/awards/receivables/{owed.pk}/waive/", key(), follow=True)
        browser.post(f"/awards/receivables/{owed.pk}/waive/", {"note": "困难", **key()})
        asked = Proposal.objects.get(kind="WAIVER")
        other = log_in(family.staff.second_officer)
        assert "少 ¥500.00" in other.get(f"/funds/proposals/{asked.number}/").text
        other.post(f"/funds/proposals/{asked.number}/confirm/", key())
        owed.refresh_from_db()
        assert ("请写明理由" in refused.text, owed.state) == (True, ReceivableState.WAIVED)

    def test_are_not_waived_with_more_words_than_are_kept(self, family: World, owed: Receivable, log_in: LogIn) -> None:
        browser = log_in(family.staff.street_officer)
        refused = browser.post(f"/awards/receivables/{owed.pk}/waive/", {"note": "长" * 301, **key()}, follow=True)
        owed.refresh_from_db()
        assert ("免收理由最多 300 个字" in refused.text, owed.state) == (True, ReceivableState.OPEN)

    def test_are_not_the_releasers(self, family: World, owed: Receivable, log_in: LogIn) -> None:
        browser = log_in(family.staff.releaser)
        answers = [browser.post(f"/awards/receivables/{owed.pk}/{what}/", key()) for what in ("recover", "waive")]
        assert [answer.status_code for answer in answers] == [403, 403]

    def test_elsewhere_are_not_there(self, family: World, owed: Receivable, log_in: LogIn) -> None:
        page = log_in(family.staff.outsider).post(f"/awards/receivables/{owed.pk}/recover/", key())
        assert page.status_code == 404

    def test_may_be_none(self, family: World, log_in: LogIn) -> None:
        assert "没有应收回的款项" in log_in(family.staff.auditor).get("/awards/receivables/").text


class TestAfterTheYear:
    @pytest.fixture(autouse=True)
    def january(self, settings: LazySettings) -> None:
        live_on(settings, date(2027, 1, 5))

    def test_the_list_says_that_awards_ran_out(self, family: World, log_in: LogIn) -> None:
        page = log_in(family.staff.director).get("/awards/?state=EXPIRED")
        assert NUMBER in page.text
        assert "共 2 项，其中发放中 0 项" in page.text.replace(",", "，")

    def test_nothing_is_listed_as_being_paid(self, family: World, log_in: LogIn) -> None:
        assert f"/awards/{NUMBER}/" not in log_in(family.staff.director).get("/awards/?state=ACTIVE").text

    def test_its_own_page_and_the_workbook_say_so(self, family: World, log_in: LogIn) -> None:
        browser = log_in(family.staff.director)
        assert "已期满" in browser.get(f"/awards/{NUMBER}/").text
        assert {row[-1] for row in book(browser.get("/awards/?as=xlsx")) if row[0] in (NUMBER, "DY-2026-0002")} == {
            "已期满"
        }
