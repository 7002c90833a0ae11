"""What the bank sends back after it had paid, in the hands of the releaser; what is no longer due."""

from datetime import date

import pytest
from django.http import HttpResponse
from django.test import Client

from linli.money.awards.codes import EndReason
from linli.money.awards.operations import Ending, end
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

    def test_is_recorded_and_waits_in_the_list(self, families: World, paid: PaymentBatch, log_in: LogIn) -> None:
        page = self.send(log_in(families.staff.releaser), paid)
        waiting = log_in(families.staff.maker).get("/payments/returned/").content.decode()
        assert "退回已入账" in page.content.decode()
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
        page = self.send(log_in(families.staff.releaser), paid)
        assert "1 笔已列为多付，退回的钱记为已收回" in page.content.decode()

    def test_what_is_no_longer_due_is_shown_with_its_reason_and_refused(self, families: World, log_in: LogIn) -> None:
        item = families.paid(returned=[2]).items.get(seq=2)
        end(by(families.staff.director), endings=[Ending(item.award_id, date(2026, 3, 1), EndReason.INCOME)])
        browser = log_in(families.staff.maker)
        assert "不应再发：待遇已终止" in browser.get("/payments/returned/").content.decode()
        refused = browser.post("/payments/returned/", {"deed": "reissue", "row": [item.pk], **key()}, follow=True)
        assert f"请办理“不再发放”：{item.award.number}（待遇已终止）" in refused.content.decode()
