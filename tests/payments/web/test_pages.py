"""The payments' pages: a month through three hands in the browser."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F

from linli.foundation.data.keyset import token_of
from linli.foundation.trail.acts import NotSure
from linli.foundation.trail.models import AuditEntry
from linli.ground.users.queries import NotPermitted
from linli.kernel.calendar import YearTable
from linli.kernel.period import Month
from linli.law.policies.operations import load_years
from linli.money.awards.operations import NewAccount, propose_account
from linli.money.ledger.codes import AccountKind, SourceKind
from linli.money.ledger.models import Account
from linli.money.ledger.operations import NewLine, NewSource, open_fund
from linli.money.ledger.queries import locked_months
from linli.money.payments.codes import BatchState, ItemState
from linli.money.payments.models import PaymentBatch, PaymentItem
from linli.money.payments.operations import cancel, import_return, take_file
from linli.money.payments.queries import layouts
from linli.money.payments.refusals import ItemNotReturned
from linli.money.payments.web.lists import ReturnedList
from linli.money.payments.web.views import hands
from linli.registry.residents.operations import record_death
from tests.conftest import system_act
from tests.layers import layer
from tests.ledger.bank import answer, lock_before, statement
from tests.ledger.browser import LogIn, book, key, live_on
from tests.ledger.world import MARCH, PAY_DAY, World, by
from tests.paging import assert_turns_over
from tests.payments.test_one_person import is_one
from tests.sets import confirm, is_receipt

NUMBER = "FF-2026-03-1"
# Invented: ten weekdays off, so that the year is a plausible one.
YEAR = YearTable(2026, frozenset(date(2026, 1, day) for day in (1, 2, 5, 6, 7, 8, 9, 12, 13, 14)), frozenset())


@layer
def families(world: World) -> World:
    """Two families with a base award."""
    world.register(2)
    world.grant(*(world.base(one) for one in world.families))
    return world


def batch() -> PaymentBatch:
    return PaymentBatch.objects.latest("pk")


class TestALineThatChanged:
    """The checker signed, and only then was told that an account was another one since the proposal."""

    @pytest.fixture
    def changed(self, families: World) -> World:
        families.propose()
        return families

    def change(self, world: World) -> None:
        world.account([batch().items.earliest("seq").unit_key], on=PAY_DAY)

    def test_is_told_in_place_of_the_approval(self, changed: World, log_in: LogIn) -> None:
        checker, approval = log_in(changed.staff.checker), f'action="/payments/{NUMBER}/approve/"'
        before = checker.get(f"/payments/{NUMBER}/").text
        self.change(changed)
        page = checker.get(f"/payments/{NUMBER}/").text

        why = "以下明细在提交后发生变化，请撤销批次后重新提交：DY-2026-0001（收款账户已变更）"
        assert (approval in before, "收款账户已变更" in before) == (True, False)
        # On top, and beside the line that it is.
        assert (approval in page, why in page, page.count("收款账户已变更")) == (False, True, 2)
        assert f'action="/payments/{NUMBER}/cancel/"' in page
        refused = checker.post(f"/payments/{NUMBER}/approve/", {"digest": batch().lines_digest, **key()})
        assert (refused.status_code, refused.text.count(why)) == (422, 1)

    def test_is_told_to_who_made_it_as_well_but_not_to_who_only_reads(self, changed: World, log_in: LogIn) -> None:
        self.change(changed)
        told = {
            who: "以下明细在提交后发生变化" in log_in(getattr(changed.staff, who)).get(f"/payments/{NUMBER}/").text
            for who in ("maker", "auditor")
        }

        assert told == {"maker": True, "auditor": False}

    def test_is_told_before_a_release_that_will_void_the_batch(self, changed: World, log_in: LogIn) -> None:
        changed.approve(batch())
        self.change(changed)
        page = log_in(changed.staff.releaser).get(f"/payments/{NUMBER}/").text

        assert "以下明细在复核后发生变化，放款时批次会作废并冲回：DY-2026-0001（收款账户已变更）" in page
        assert f'action="/payments/{NUMBER}/release/"' in page

    def test_that_left_already_is_marked_no_longer(self, changed: World, log_in: LogIn) -> None:
        changed.release(changed.approve(batch()))
        self.change(changed)

        assert "收款账户已变更" not in log_in(changed.staff.releaser).get(f"/payments/{NUMBER}/").text


class TestTheBankFile:
    """It holds everybody's whole account number: who takes it to the bank takes it, and each time is written down."""

    @pytest.fixture
    def released(self, families: World) -> PaymentBatch:
        return families.released()

    def test_is_taken_by_a_button_with_a_line_of_its_own(
        self, families: World, released: PaymentBatch, log_in: LogIn
    ) -> None:
        releaser, address = log_in(families.staff.releaser), f"/payments/{released.number}/file/"
        assert f'href="{address}"' in releaser.get(f"/payments/{released.number}/").text
        page = releaser.get(address)
        assert (
            page["Content-Type"].partition(";")[0],
            AuditEntry.objects.filter(act="payments.take_file").count(),
        ) == (
            "text/html",
            0,
        )
        file = releaser.post(address, key())

        entry = AuditEntry.objects.get(act="payments.take_file")
        assert (file["Content-Type"], "attachment" in file["Content-Disposition"]) == ("application/octet-stream", True)
        assert (entry.actor_id, entry.subject) == (families.staff.releaser.pk, f"batch:{released.number}:file")

    @pytest.mark.parametrize("who", ["maker", "checker", "auditor"])
    def test_is_not_for_the_other_hands_nor_the_auditor(
        self, families: World, released: PaymentBatch, log_in: LogIn, who: str
    ) -> None:
        browser, address = log_in(getattr(families.staff, who)), f"/payments/{released.number}/file/"

        assert [browser.get(address).status_code, browser.post(address, key()).status_code] == [403, 403]
        assert "取走银行文件" not in browser.get(f"/payments/{released.number}/").text
        with pytest.raises(NotPermitted):
            take_file(by(getattr(families.staff, who), PAY_DAY), batch_id=released.pk)

    def test_is_not_taken_by_who_did_not_just_show(self, families: World, released: PaymentBatch) -> None:
        with pytest.raises(NotSure):
            take_file(replace(by(families.staff.releaser, PAY_DAY), sure=False), batch_id=released.pk)


class TestJourney:
    def test_of_a_month_through_three_hands_and_the_bank(self, families: World, log_in: LogIn) -> None:
        staff = families.staff
        maker, checker, releaser = log_in(staff.maker), log_in(staff.checker), log_in(staff.releaser)
        maker.post("/payments/new/", {"fund": families.fund.pk, "month": "2026-03", **key()})
        assert "复核通过" in checker.get(f"/payments/{NUMBER}/").text
        checker.post(f"/payments/{NUMBER}/approve/", {"digest": batch().lines_digest, **key()})
        assert "放款并生成银行文件" in releaser.get(f"/payments/{NUMBER}/").text
        releaser.post(f"/payments/{NUMBER}/release/", {"layout": "RIVER_BANK", **key()})
        file = releaser.post(f"/payments/{NUMBER}/file/", key())
        assert file["Content-Disposition"] == 'attachment; filename="DF20260316FF-2026-03-1.txt"'
        upload = SimpleUploadedFile("back.txt", answer(batch(), returned=[2]))
        page = releaser.post(f"/payments/{NUMBER}/return/", {"file": upload, **key()}, follow=True)
        told = "回盘已入账：已发放 1 笔，退回 1 笔，本批次还有 0 笔在途"
        assert (told in page.text, batch().state) == (True, BatchState.CLOSED)
        assert "/payments/returned/" in page.text

    def test_of_an_answer_to_part_of_it_says_how_many_are_still_in_transit(
        self, families: World, log_in: LogIn
    ) -> None:
        upload = SimpleUploadedFile("back.txt", answer(families.released(), only=[1]))
        releaser = log_in(families.staff.releaser)
        page = releaser.post(f"/payments/{NUMBER}/return/", {"file": upload, **key()}, follow=True).text
        assert "已发放 1 笔，退回 0 笔，本批次还有 1 笔在途" in page
        assert "还有 1 笔（¥500.00）在途，银行尚未答复" in releaser.get(f"/payments/{NUMBER}/").text


class TestHands:
    def test_say_how_far_a_batch_is(self, families: World) -> None:
        def states() -> list[object]:
            return [hand["state"] for hand in hands(batch())]

        made = families.propose()
        assert states() == ["done", "now", "", ""]
        families.approve(made)
        assert states() == ["done", "done", "now", ""]
        families.release(batch())
        assert states() == ["done", "done", "done", "now"]
        upload = answer(batch())
        import_return(by(families.staff.releaser), batch_id=made.pk, data=upload, layout=layouts()["RIVER_BANK"])
        assert states() == ["done", "done", "done", "done"]

    def test_stop_where_it_was_called_off(self, families: World) -> None:
        made = families.propose()
        cancel(by(families.staff.checker), batch_id=made.pk, reason="名单不对")
        assert [hand["state"] for hand in hands(batch())] == ["done", "stopped", "stopped", "stopped"]


class TestPropose:
    def test_shows_its_form_to_the_maker(self, families: World, log_in: LogIn) -> None:
        assert "2026年3月" in log_in(families.staff.maker).get("/payments/new/").text

    @pytest.mark.parametrize(("step", "words"), [("", "资金够"), ("propose", "尚未放款"), ("paid", "没有可发放的")])
    def test_says_what_a_batch_would_hold(self, families: World, log_in: LogIn, step: str, words: str) -> None:
        if step:
            getattr(families, step)()
        assert words in log_in(families.staff.maker).get("/payments/new/").text

    def test_says_when_money_is_short(self, families: World, log_in: LogIn) -> None:
        Account.objects.filter(kind=AccountKind.SPENDABLE).update(credit_fen=F("debit_fen"))
        assert "资金不足，按方案先后发放" in log_in(families.staff.maker).get("/payments/new/").text

    def test_is_the_makers(self, families: World, log_in: LogIn) -> None:
        assert log_in(families.staff.checker).get("/payments/new/").status_code == 403

    def test_says_why_not(self, families: World, log_in: LogIn) -> None:
        families.propose()
        page = log_in(families.staff.maker).post(
            "/payments/new/", {"fund": families.fund.pk, "month": "2026-03", **key()}
        )
        assert "批次 FF-2026-03-1 尚未放款" in page.text

    def test_takes_no_month_of_another_shape(self, families: World, log_in: LogIn) -> None:
        page = log_in(families.staff.maker).post("/payments/new/", {"fund": families.fund.pk, "month": "x", **key()})
        assert (page.status_code, PaymentBatch.objects.count()) == (422, 0)

    def test_sent_twice_is_one_batch(self, families: World, log_in: LogIn) -> None:
        browser, data = log_in(families.staff.maker), {"fund": families.fund.pk, "month": "2026-03", **key()}
        browser.post("/payments/new/", data)
        page = browser.post("/payments/new/", data)
        assert (page.status_code, PaymentBatch.objects.count()) == (302, 1)


class TestDetail:
    def test_shows_lines_with_masked_payees(self, families: World, log_in: LogIn) -> None:
        families.propose()
        page = log_in(families.staff.checker).get(f"/payments/{NUMBER}/")
        assert ("王*" in page.text, "王某" in page.text, "62220000" in page.text) == (True, False, False)

    def test_writes_down_who_looked(self, families: World, log_in: LogIn) -> None:
        families.propose()
        log_in(families.staff.checker).get(f"/payments/{NUMBER}/")
        assert AuditEntry.objects.filter(act="read", subject=f"batch:{NUMBER}").exists()

    def test_elsewhere_is_not_there(self, families: World, log_in: LogIn) -> None:
        assert log_in(families.staff.auditor).get("/payments/FF-2026-03-9/").status_code == 404

    def test_is_closed_to_others(self, families: World, log_in: LogIn) -> None:
        families.propose()
        assert log_in(families.staff.clerk).get(f"/payments/{NUMBER}/").status_code == 403

    def test_has_no_file_before_the_release(self, families: World, log_in: LogIn) -> None:
        families.propose()
        assert log_in(families.staff.releaser).get(f"/payments/{NUMBER}/file/").status_code == 403

    def test_costs_the_same_however_long(
        self, families: World, log_in: LogIn, django_assert_max_num_queries: object
    ) -> None:
        families.propose()
        browser = log_in(families.staff.checker)
        with django_assert_max_num_queries(24):  # type: ignore[operator]  # pytest-django's fixture
            browser.get(f"/payments/{NUMBER}/")

    def test_goes_on_after_a_line(self, families: World, log_in: LogIn) -> None:
        families.propose()
        page = log_in(families.staff.checker).get(f"/payments/{NUMBER}/?after=1")
        assert ("DY-2026-0001" in page.text, "DY-2026-0002" in page.text) == (False, True)

    def test_reads_in_english(self, families: World, log_in: LogIn) -> None:
        families.propose()
        browser = log_in(families.staff.checker)
        browser.cookies["django_language"] = "en"
        assert "Three hands" in browser.get(f"/payments/{NUMBER}/").text


class TestSteps:
    def test_another_hand_may_not(self, families: World, log_in: LogIn) -> None:
        families.propose()
        page = log_in(families.staff.maker).post(f"/payments/{NUMBER}/approve/", {"digest": "x", **key()})
        assert page.status_code == 403

    def test_a_link_does_nothing(self, families: World, log_in: LogIn) -> None:
        families.propose()
        page = log_in(families.staff.checker).get(f"/payments/{NUMBER}/approve/", follow=True)

        assert (page.redirect_chain, "刚才没有办理成" in page.text) == ([(f"/payments/{NUMBER}/", 302)], True)
        assert batch().state == BatchState.PROPOSED
        assert log_in(families.staff.director).get(f"/payments/{NUMBER}/approve/").status_code == 403

    def test_other_lines_than_seen_are_refused(self, families: World, log_in: LogIn) -> None:
        families.propose()
        page = log_in(families.staff.checker).post(
            f"/payments/{NUMBER}/approve/", {"digest": "0" * 64, **key()}, follow=True
        )
        assert "明细与您看到的不一致" in page.text

    def test_a_bank_nobody_knows_is_refused(self, families: World, log_in: LogIn) -> None:
        families.approve(families.propose())
        page = log_in(families.staff.releaser).post(f"/payments/{NUMBER}/release/", {"layout": "MOON", **key()})
        assert (page.status_code, batch().state) == (422, BatchState.APPROVED)

    def test_a_release_too_late_says_so(self, families: World, log_in: LogIn) -> None:
        families.released()
        page = log_in(families.staff.releaser).post(f"/payments/{NUMBER}/release/", {"layout": "RIVER_BANK", **key()})
        assert "银行处理中" in page.text

    def test_a_death_voids_the_approval_and_says_why(self, families: World, log_in: LogIn) -> None:
        families.approve(families.propose())
        resident = families.memberships([families.families[0]])[0].resident_id
        record_death(by(families.staff.clerk), resident_ids=[resident], died_date=PAY_DAY)
        page = log_in(families.staff.releaser).post(
            f"/payments/{NUMBER}/release/", {"layout": "RIVER_BANK", **key()}, follow=True
        )
        assert ("DY-2026-0001（领取人死亡）" in page.text, batch().state) == (True, BatchState.VOIDED)

    def test_a_wrong_return_file_names_its_row(self, families: World, log_in: LogIn) -> None:
        families.released()
        upload = SimpleUploadedFile("back.txt", b"R|FF-2026-03-1|20260316|1\nD|x|y|z|0000|\n")
        page = log_in(families.staff.releaser).post(f"/payments/{NUMBER}/return/", {"file": upload, **key()})
        assert ("第 2 行" in page.text, 'id="return_file-error"' in page.text, page.status_code) == (True, True, 422)

    def test_the_bank_of_last_time_is_chosen_beforehand(self, families: World, log_in: LogIn) -> None:
        families.paid()
        number = families.approve(families.propose(Month(2026, 4), date(2026, 4, 15)), date(2026, 4, 15)).number
        page = log_in(families.staff.releaser).get(f"/payments/{number}/").text
        assert '<option value="RIVER_BANK" selected>' in page

    def test_a_missing_return_file_is_asked_for(self, families: World, log_in: LogIn) -> None:
        families.released()
        page = log_in(families.staff.releaser).post(f"/payments/{NUMBER}/return/", key())
        assert page.status_code == 422

    def test_a_file_too_large_is_refused(self, families: World, log_in: LogIn, monkeypatch: pytest.MonkeyPatch) -> None:
        families.released()
        monkeypatch.setattr("linli.money.payments.web.forms._LARGEST", 3)
        upload = SimpleUploadedFile("back.txt", b"more")
        page = log_in(families.staff.releaser).post(f"/payments/{NUMBER}/return/", {"file": upload, **key()})
        assert "文件超过" in page.text

    def test_after_a_void_the_maker_begins_again(self, families: World, log_in: LogIn) -> None:
        families.propose()
        browser = log_in(families.staff.maker)
        browser.post(f"/payments/{NUMBER}/cancel/", {"reason": "重做", **key()})
        page = browser.get(f"/payments/{NUMBER}/").text
        assert ("重新编制" in page, "尚未记账" in page) == (True, True)

    def test_the_checker_sends_back(self, families: World, log_in: LogIn) -> None:
        families.propose()
        assert "退回经办" in log_in(families.staff.checker).get(f"/payments/{NUMBER}/").text
        assert "退回经办" not in log_in(families.staff.maker).get(f"/payments/{NUMBER}/").text

    def test_another_account_of_the_maker_sends_nothing_back(self, families: World, log_in: LogIn) -> None:
        is_one(families, families.staff.maker, families.staff.checker)
        families.propose()
        assert "退回经办" not in log_in(families.staff.checker).get(f"/payments/{NUMBER}/").text

    def test_a_batch_is_cancelled_with_a_reason(self, families: World, log_in: LogIn) -> None:
        families.propose()
        browser = log_in(families.staff.maker)
        refused = browser.post(f"/payments/{NUMBER}/cancel/", {"reason": "", **key()})
        browser.post(f"/payments/{NUMBER}/cancel/", {"reason": "重做", **key()})
        assert (refused.status_code, batch().state) == (422, BatchState.VOIDED)


class TestList:
    def test_narrows_by_state(self, families: World, log_in: LogIn) -> None:
        families.propose()
        browser = log_in(families.staff.auditor)
        assert NUMBER in browser.get("/payments/?state=PROPOSED").text
        assert NUMBER not in browser.get("/payments/?state=CLOSED").text

    def test_goes_on_after_a_batch(self, families: World, log_in: LogIn) -> None:
        first = families.propose()
        assert NUMBER not in log_in(families.staff.auditor).get(f"/payments/?after={first.pk}").text


class TestReturned:
    @pytest.fixture
    def back(self, families: World) -> PaymentItem:
        return families.paid(returned=[2]).items.get(seq=2)

    def test_ages(self, families: World, back: PaymentItem, log_in: LogIn, settings: LazySettings) -> None:
        live_on(settings, PAY_DAY + timedelta(days=31))
        page = log_in(families.staff.auditor).get("/payments/returned/")
        assert ("31 天" in page.text, "chip late" in page.text) == (True, True)

    def test_is_reissued(self, families: World, back: PaymentItem, log_in: LogIn) -> None:
        form = {"deed": "reissue", "row": [families.corrected(back).pk], **key()}
        page = confirm(log_in(families.staff.maker), "/payments/returned/", form)
        assert (is_receipt(page), "FF-2026-03-2" in page.content.decode()) == (True, True)

    def test_says_why_it_cannot_be_reissued_yet(self, families: World, back: PaymentItem, log_in: LogIn) -> None:
        families.account([back.unit_key], on=PAY_DAY, number="6222333344445555")
        page = log_in(families.staff.maker).post(
            "/payments/returned/", {"deed": "reissue", "row": [back.pk], **key()}, follow=True
        )
        assert "没有可用的收款账户" in page.text

    def test_says_why_it_cannot_be_written_off(
        self, families: World, back: PaymentItem, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_args: object, **_options: object) -> None:
            raise ItemNotReturned

        monkeypatch.setattr(ReturnedList, "does", [replace(one, run=refuse) for one in ReturnedList.does])
        data = {"deed": "write_off", "row": [back.pk], "reason": "无继承人"}
        page = log_in(families.staff.checker).post("/payments/returned/", {**data, **key()})
        assert ("所选明细不是退回款项" in page.text, 'name="chosen"' in page.text) == (True, False)

    def test_says_when_nothing_is_ticked(self, families: World, back: PaymentItem, log_in: LogIn) -> None:
        page = log_in(families.staff.maker).post("/payments/returned/", {"deed": "reissue", **key()}, follow=True)
        assert "请至少选择一项" in page.text

    def test_is_written_off_with_a_reason(self, families: World, back: PaymentItem, log_in: LogIn) -> None:
        browser = log_in(families.staff.checker)
        data = {"deed": "write_off", "row": [back.pk]}
        refused = browser.post("/payments/returned/", {**data, "reason": "", **key()})
        confirm(browser, "/payments/returned/", {**data, "reason": "无继承人", **key()})
        back.refresh_from_db()
        assert (refused.status_code, back.state) == (422, ItemState.WRITTEN_OFF)

    def test_cannot_be_written_off_by_the_maker(self, families: World, back: PaymentItem, log_in: LogIn) -> None:
        data = {"deed": "write_off", "row": [back.pk], "reason": "x"}
        page = log_in(families.staff.maker).post("/payments/returned/", {**data, **key()})
        back.refresh_from_db()
        assert (page.status_code, back.state) == (403, ItemState.RETURNED)

    @pytest.mark.parametrize(
        ("hand", "reissue", "write_off"),
        [("maker", True, False), ("checker", False, True), ("releaser", False, False), ("auditor", False, False)],
    )
    def test_offers_buttons_to_those_who_may_press_them(
        self, families: World, back: PaymentItem, log_in: LogIn, hand: str, reissue: bool, write_off: bool
    ) -> None:
        page = log_in(getattr(families.staff, hand)).get("/payments/returned/").text
        offered = ("重新发放所选" in page, "所选不再发放" in page, 'name="row"' in page)
        assert offered == (reissue, write_off, reissue or write_off)

    def test_keeps_what_was_ticked_when_the_reason_is_missing(
        self, families: World, back: PaymentItem, log_in: LogIn
    ) -> None:
        data = {"deed": "write_off", "row": [back.pk], "reason": ""}
        page = log_in(families.staff.checker).post("/payments/returned/", {**data, **key()})
        assert re.search(f'value="{back.pk}"[^>]* checked', page.text, re.DOTALL)

    def test_says_that_the_account_is_the_same(self, families: World, back: PaymentItem, log_in: LogIn) -> None:
        assert "账户未更正" in log_in(families.staff.maker).get("/payments/returned/").text

    def test_says_from_when_another_account_may_be_used(
        self, families: World, back: PaymentItem, log_in: LogIn, settings: LazySettings
    ) -> None:
        families.account([back.unit_key], on=PAY_DAY, number="6222333344445555")
        browser = log_in(families.staff.maker)
        page = browser.get("/payments/returned/").text
        assert ("2026年3月20日 起可用" in page, page.count("暂定")) == (True, 1)
        load_years(system_act(PAY_DAY), tables=[YEAR])
        page = browser.get("/payments/returned/").text
        assert ("2026年3月20日 起可用" in page, "暂定" in page) == (True, False)

    @pytest.mark.parametrize(("day", "usable"), [(date(2026, 3, 19), False), (date(2026, 3, 20), True)])
    def test_offers_the_other_account_from_the_very_day_on(
        self, families: World, back: PaymentItem, log_in: LogIn, settings: LazySettings, day: date, usable: bool
    ) -> None:
        load_years(system_act(PAY_DAY), tables=[YEAR])
        families.account([back.unit_key], on=PAY_DAY, number="6222333344445555")
        live_on(settings, day)
        page = log_in(families.staff.maker).get("/payments/returned/").text
        assert ("起可用" in page, "已更正，可以重发" in page) == (not usable, usable)

    def test_says_that_another_account_awaits_its_second_person(
        self, families: World, back: PaymentItem, log_in: LogIn
    ) -> None:
        household = families.families[1]
        new = NewAccount(back.unit_key, household.stamp, "王二", "6222333344445555", "江畔银行", "PROXY", "委托书")
        propose_account(by(families.staff.clerk), accounts=[new])
        assert "新账户待确认" in log_in(families.staff.maker).get("/payments/returned/").text

    def test_goes_on_after_one(self, families: World, back: PaymentItem, log_in: LogIn) -> None:
        behind = {"after": token_of(back, ("settled_date", "pk"))}
        page = log_in(families.staff.auditor).get("/payments/returned/", behind)
        assert "没有退回款项" in page.text


class TestArrears:
    def test_are_listed_with_their_sum(self, families: World, log_in: LogIn, settings: LazySettings) -> None:
        live_on(settings, date(2026, 4, 2))
        page = log_in(families.staff.director).get("/payments/arrears/")
        assert ("2 笔，共 ¥1,000.00" in page.text, "DY-2026-0002" in page.text) == (True, True)

    def test_of_a_batch_are_what_it_left_out_of_its_own_month(self, families: World, log_in: LogIn) -> None:
        families.account([families.families[0].number], on=PAY_DAY)  # not usable yet
        batch, browser = families.propose(), log_in(families.staff.maker)
        address = f"/payments/arrears/?batch={batch.number}"
        page = browser.get(address).text
        assert address in browser.get(f"/payments/{batch.number}/").text
        assert [one in page for one in ("1 笔，共 ¥500.00", "DY-2026-0001", "DY-2026-0002")] == [True, True, False]
        assert "没有符合条件的欠付" in browser.get("/payments/arrears/?batch=FF-2026-03-99").text

    def test_may_be_none(self, families: World, log_in: LogIn) -> None:
        assert "没有欠付" in log_in(families.staff.director).get("/payments/arrears/").text


class TestReconcile:
    def test_offers_months_that_are_over_and_open(self, families: World, log_in: LogIn, settings: LazySettings) -> None:
        families.paid()
        live_on(settings, date(2026, 4, 2))
        browser = log_in(families.staff.checker)
        for month in ("2026-01", "2026-02"):
            upload = SimpleUploadedFile("bank.csv", statement(families.fund, Month.parse(month)))
            browser.post(
                "/payments/reconcile/", {"fund": families.fund.pk, "month": month, "statement": upload, **key()}
            )
        page = browser.get("/payments/reconcile/").text
        offered = [month for month in ("2026-01", "2026-02", "2026-03", "2026-04") if f'value="{month}"' in page]
        assert offered == ["2026-03"]

    def test_says_when_no_month_waits(self, families: World, log_in: LogIn, settings: LazySettings) -> None:
        live_on(settings, date(2026, 1, 20))
        assert "没有待对账的月份" in log_in(families.staff.checker).get("/payments/reconcile/").text

    def test_locks_the_month(self, families: World, log_in: LogIn, settings: LazySettings) -> None:
        families.paid()
        live_on(settings, date(2026, 4, 2))
        lock_before(families, MARCH, date(2026, 4, 2))
        upload = SimpleUploadedFile("bank.csv", statement(families.fund, MARCH))
        data = {"fund": families.fund.pk, "month": "2026-03", "statement": upload, **key()}
        log_in(families.staff.checker).post("/payments/reconcile/", data)
        assert [Month.of(row.first_date) for row in locked_months(families.fund.pk)][-1:] == [MARCH]

    def test_offers_the_oldest_month_alone(self, families: World, log_in: LogIn, settings: LazySettings) -> None:
        live_on(settings, date(2026, 4, 2))
        page = log_in(families.staff.checker).get("/payments/reconcile/").text
        assert [f'value="{month}"' in page for month in ("2026-01", "2026-02", "2026-03")] == [True, False, False]

    def test_says_what_differs(self, families: World, log_in: LogIn, settings: LazySettings) -> None:
        families.paid()
        live_on(settings, date(2026, 4, 2))
        lock_before(families, MARCH, date(2026, 4, 2))
        upload = SimpleUploadedFile("bank.csv", b"date,reference,in,out,balance\n2026-03-31,,,,5\n")
        data = {"fund": families.fund.pk, "month": "2026-03", "statement": upload, **key()}
        page = log_in(families.staff.checker).post("/payments/reconcile/", data)
        assert "期末余额账面 99,000.00 元，银行 5.00 元" in page.text

    def test_names_every_booking_that_one_side_lacks(
        self, families: World, log_in: LogIn, settings: LazySettings
    ) -> None:
        families.paid()
        live_on(settings, date(2026, 4, 2))
        lock_before(families, MARCH, date(2026, 4, 2))
        theirs = "".join(f"2026-03-20,IN-{number:02},1.00,,{1000 + number}.00\n" for number in range(30))
        upload = SimpleUploadedFile("bank.csv", f"date,reference,in,out,balance\n{theirs}".encode())
        data = {"fund": families.fund.pk, "month": "2026-03", "statement": upload, **key()}
        table = log_in(families.staff.checker).post("/payments/reconcile/", data).text.partition("<tbody>")[2]
        assert [table.count(">账面缺少<"), table.count(">银行对账单缺少<"), "IN-29" in table] == [30, 2, True]
        assert MARCH not in [Month.of(row.first_date) for row in locked_months(families.fund.pk)]

    def test_asks_for_the_statement(self, families: World, log_in: LogIn) -> None:
        page = log_in(families.staff.checker).post("/payments/reconcile/", key())
        assert "error-summary" in page.text

    def test_is_the_checkers(self, families: World, log_in: LogIn) -> None:
        assert log_in(families.staff.maker).get("/payments/reconcile/").status_code == 403

    def test_is_offered_to_the_checker(self, families: World, log_in: LogIn) -> None:
        page = log_in(families.staff.checker).get("/payments/")
        assert ("/payments/reconcile/" in page.text, families.total(AccountKind.PAYABLE)) == (True, 0)


class TestMonths:
    def test_add_up_what_was_sent(self, families: World, log_in: LogIn) -> None:
        families.paid(returned=[2])
        page = log_in(families.staff.auditor).get("/payments/months/")
        assert (
            "送银行 ¥1,000.00 = 已到账 ¥500.00 + 在途 ¥0.00 + 退回待办 ¥500.00 + 不再发放 ¥0.00" in page.text
        ) is True

    def test_may_be_none(self, families: World, log_in: LogIn) -> None:
        assert "还没有送银行的款项" in log_in(families.staff.auditor).get("/payments/months/?year=1999").text

    def test_go_out_as_a_workbook(self, families: World, log_in: LogIn) -> None:
        families.paid(returned=[2])
        rows = book(log_in(families.staff.auditor).get("/payments/months/?as=xlsx"))
        assert rows[1] == ["2026年3月", 2, 1000, 500, 0, 500, 0]


class TestWorkbooks:
    def test_hold_the_batches_of_the_filter(self, families: World, log_in: LogIn) -> None:
        families.paid()
        browser = log_in(families.staff.auditor)
        assert [row[0] for row in book(browser.get("/payments/?as=xlsx&month=2026-03"))] == ["批次", NUMBER, "合计"]
        assert len(book(browser.get("/payments/?as=xlsx&kind=REISSUE"))) == 1

    def test_hold_lines_with_masked_payees(self, families: World, log_in: LogIn) -> None:
        families.propose()
        rows = book(log_in(families.staff.checker).get(f"/payments/{NUMBER}/?as=xlsx&q=dy-2026-0002"))
        assert [(row[1], row[5]) for row in rows[1:-1]] == [("DY-2026-0002", "王*")]
        assert rows[-1][0] == "合计"

    def test_write_down_who_took_the_lines(self, families: World, log_in: LogIn) -> None:
        families.propose()
        log_in(families.staff.checker).get(f"/payments/{NUMBER}/?as=xlsx")
        assert AuditEntry.objects.filter(act="read", subject=f"batch:{NUMBER}:xlsx").exists()

    def test_hold_what_came_back(self, families: World, log_in: LogIn) -> None:
        families.paid(returned=[2])
        rows = book(log_in(families.staff.auditor).get("/payments/returned/?as=xlsx"))
        assert [row[1] for row in rows] == ["待遇", "DY-2026-0002", None]

    def test_hold_arrears(self, families: World, log_in: LogIn, settings: LazySettings) -> None:
        live_on(settings, date(2026, 4, 2))
        rows = book(log_in(families.staff.director).get("/payments/arrears/?as=xlsx"))
        assert [row[1] for row in rows[1:]] == ["DY-2026-0001", "DY-2026-0002", None]

    def test_speak_the_readers_language(self, families: World, log_in: LogIn) -> None:
        families.paid()
        browser = log_in(families.staff.auditor)
        browser.cookies["django_language"] = "en"
        assert book(browser.get("/payments/?as=xlsx"))[0][0] == "Batch"


class TestPaper:
    def test_is_a_sheet_to_sign(self, families: World, log_in: LogIn) -> None:
        families.propose()
        paper = log_in(families.staff.maker).get(f"/payments/{NUMBER}/sheet.pdf")
        assert (paper["Content-Type"], paper.content[:5]) == ("application/pdf", b"%PDF-")

    def test_names_sums_in_figures_and_capitals(
        self, families: World, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        said: dict[str, object] = {}
        monkeypatch.setattr(
            "linli.foundation.files.documents.render_pdf", lambda _template, data, **_options: said.update(data) or b""
        )
        families.approve(families.propose())
        log_in(families.staff.maker).get(f"/payments/{NUMBER}/sheet.pdf")
        facts = dict(map(tuple, said["facts"]))  # type: ignore[call-overload]  # the sheet's own data
        assert (facts["金额（小写）"], facts["金额（大写）"]) == ("¥1,000.00", "壹仟元整")
        # Whoever reads the paper years later sees the year of each hand.
        assert re.search(r" 2026年\d+月\d+日 \d\d:\d\d$", str(facts["经办"]))


class TestLongLists:
    @pytest.fixture
    def turns_over(self, families: World, log_in: LogIn, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
        browser = log_in(families.staff.checker)
        return lambda address: assert_turns_over(lambda wanted: browser.get(wanted).text, address, monkeypatch)

    def test_of_arrears_go_on_page_by_page(self, turns_over: Callable[[str], None], settings: LazySettings) -> None:
        live_on(settings, date(2026, 4, 2))
        turns_over("/payments/arrears/")

    def test_of_lines_go_on_page_by_page(self, families: World, turns_over: Callable[[str], None]) -> None:
        families.propose()
        turns_over(f"/payments/{NUMBER}/")

    def test_of_months_go_on_page_by_page(self, families: World, turns_over: Callable[[str], None]) -> None:
        families.paid()
        families.paid(Month(2026, 4), date(2026, 4, 15))
        turns_over("/payments/months/")

    def test_of_returned_money_go_on_page_by_page(self, families: World, turns_over: Callable[[str], None]) -> None:
        families.paid(returned=[1, 2])
        turns_over("/payments/returned/")

    def test_of_arrears_are_narrowed(self, families: World, log_in: LogIn, settings: LazySettings) -> None:
        live_on(settings, date(2026, 4, 2))
        browser = log_in(families.staff.director)
        assert "没有符合条件的欠付" in browser.get("/payments/arrears/?month=2026-01").text
        assert "没有符合条件的欠付" in browser.get("/payments/arrears/?programme=ELDER_SUPPLEMENT").text

    def test_of_months_offer_their_years_the_newest_first(self, families: World, log_in: LogIn) -> None:
        for year in (2025, 2027):
            open_fund(
                system_act(date(2026, 1, 4)),
                code=f"HX-{year}",
                name="幸福里社区救助资金",
                year=year,
                community_id=families.community.community.pk,
                sources=[NewSource("GOV", SourceKind.GOVERNMENT, "政府拨款", 1_000_00)],
                lines=[NewLine("AID", "经济援助", 1_000_00, ("BASE_AWARD",))],
            )
        browser = log_in(families.staff.auditor)

        for asked, shown in {"": 2026, "2025": 2025, "2027": 2027, "1999": 2026}.items():
            page = browser.get("/payments/months/", {"year": asked})
            (year,) = page.context["filters"]
            assert ([int(one) for one, _words in year.choices], int(year.value)) == ([2027, 2026, 2025], shown)

    def test_of_lines_are_narrowed(self, families: World, log_in: LogIn) -> None:
        families.paid(returned=[2])
        page = log_in(families.staff.checker).get(f"/payments/{NUMBER}/?state=RETURNED").text
        assert ("DY-2026-0001" in page, "DY-2026-0002" in page) == (False, True)

    def test_of_lines_may_hold_nothing_that_fits(self, families: World, log_in: LogIn) -> None:
        families.propose()
        assert "没有符合条件的明细" in log_in(families.staff.checker).get(f"/payments/{NUMBER}/?q=x").text
