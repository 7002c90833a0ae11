"""What the bank sends back after it had paid, in the hands of the releaser; what is no longer due."""

from datetime import date

import pytest
from django.http import HttpResponse
from django.test import Client

from linli.money.awards.codes import EndReason, ReceivableState
from linli.money.awards.models import Receivable
from linli.money.awards.operations import Ending, end
from linli.money.ledger.models import Proposal
from linli.money.ledger.operations import confirm_proposal
from linli.money.payments.models import PaymentBatch
from tests.layers import layer
from tests.ledger.browser import LogIn, key
from tests.ledger.world import PAY_DAY, World, by


@layer
def families(world: World) -> World:
    """Two families with a base award."""
    world.register(2)
    world.grant(*(world.base(one) for one in world.families))
    return world


class TestCameBack:
    @pytest.fixture
    def paid(self, families: World) -> PaymentBatch:
        return families.paid()

    def send(self, browser: Client, paid: PaymentBatch, **values: str) -> HttpResponse:
        data = {"lines": f"{paid.number}-0002", "bank_date": str(PAY_DAY), "reason": "账户已销户", **values}
        sent = {f"back-{name}": value for name, value in data.items()}
        return browser.post(f"/payments/{paid.number}/came-back/", {**sent, **key()}, follow=True)

    def confirm(self, families: World) -> Proposal:
        return confirm_proposal(by(families.staff.checker), proposal_id=Proposal.objects.get(kind="CAME_BACK").pk)

    def test_is_recorded_and_waits_in_the_list(self, families: World, paid: PaymentBatch, log_in: LogIn) -> None:
        page = self.send(log_in(families.staff.releaser), paid)
        self.confirm(families)
        waiting = log_in(families.staff.maker).get("/payments/returned/").content.decode()
        assert "退回已登记，由另一人复核后入账" in page.content.decode()
        assert [words in waiting for words in ("账户已销户", "仍应发放")] == [True, True]

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ({"lines": "FF-2026-02-1-0002"}, "不是本批次的明细编号"),
            ({"lines": "2 9"}, "没有找到已付讫的明细"),
            ({"bank_date": "2026-03-01"}, "不在放款日与今天之间"),
            ({"reason": ""}, "请填写"),
        ],
    )
    def test_keeps_what_was_typed_and_says_what_is_wrong(
        self, families: World, paid: PaymentBatch, log_in: LogIn, values: dict[str, str], words: str
    ) -> None:
        page = self.send(log_in(families.staff.releaser), paid, **values)
        assert page.status_code == 422
        assert words in page.content.decode()

    def test_is_offered_to_the_releaser_alone(self, families: World, paid: PaymentBatch, log_in: LogIn) -> None:
        offered = [
            "登记付讫后退回" in log_in(person).get(f"/payments/{paid.number}/").content.decode()
            for person in (families.staff.releaser, families.staff.checker)
        ]
        assert offered == [True, False]

    def test_of_what_was_claimed_back_is_recorded_as_recovered(
        self, families: World, paid: PaymentBatch, log_in: LogIn
    ) -> None:
        award = paid.items.get(seq=2).award
        end(by(families.staff.director), endings=[Ending(award.pk, date(2026, 3, 1), EndReason.INCOME)])
        self.send(log_in(families.staff.releaser), paid)
        self.confirm(families)
        assert Receivable.objects.get().state == ReceivableState.RECOVERED

    def test_the_account_and_the_amount_are_named_at_once(
        self, families: World, paid: PaymentBatch, log_in: LogIn
    ) -> None:
        page, item = self.send(log_in(families.staff.releaser), paid), paid.items.get(seq=2)
        last4 = item.account.account_last4
        assert f"{paid.number}-0002，账号末四位 {last4}，¥500.00" in page.content.decode()
        assert "等待另一人复核的明细" in page.content.decode()

    def test_the_second_sees_whose_it_is_and_is_led_there(
        self, families: World, paid: PaymentBatch, log_in: LogIn
    ) -> None:
        self.send(log_in(families.staff.releaser), paid)
        asked, item = Proposal.objects.get(kind="CAME_BACK"), paid.items.get(seq=2)
        browser = log_in(families.staff.checker)
        page = browser.get(f"/funds/proposals/{asked.number}/").content.decode()
        assert f"/funds/proposals/{asked.number}/" in browser.get("/work/").content.decode()
        told = (item.unit_key, item.account.account_last4, "核对无误，同意", f"/payments/{paid.number}/")
        assert [one in page for one in told] == [True] * 4

    def test_of_the_wrong_line_is_undone_from_its_voucher(
        self, families: World, paid: PaymentBatch, log_in: LogIn
    ) -> None:
        self.send(log_in(families.staff.releaser), paid)
        number = self.confirm(families).journal.number
        browser = log_in(families.staff.checker)
        assert "冲销" in browser.get(f"/funds/journals/{number}/").content.decode()
        browser.post(f"/funds/journals/{number}/correct/", {"reason": "登记错了", **key()})
        assert paid.items.get(seq=2).state == "PAID"

    def test_what_is_no_longer_due_is_shown_with_its_reason_and_refused(self, families: World, log_in: LogIn) -> None:
        item = families.paid(returned=[2]).items.get(seq=2)
        end(by(families.staff.director), endings=[Ending(item.award_id, date(2026, 3, 1), EndReason.INCOME)])
        browser = log_in(families.staff.maker)
        assert "不应再发：待遇已终止" in browser.get("/payments/returned/").content.decode()
        refused = browser.post("/payments/returned/", {"deed": "reissue", "row": [item.pk], **key()}, follow=True)
        assert f"请办理“不再发放”：{item.award.number}（待遇已终止）" in refused.content.decode()
