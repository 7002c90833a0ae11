"""The workflows of a batch and of its lines, three hands, the database insists (see ``models``); and of what came back
after it was paid, two.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.ground.users.codes import FINANCE_ROLES, Role
from linli.kernel.errors import DomainError
from linli.kernel.steps import Hands, Step, Workflow
from linli.money.ledger.codes import two_people
from linli.money.payments.codes import BatchState as B
from linli.money.payments.codes import ItemState as I
from linli.money.payments.refusals import AlreadyReissued, ItemNotPaid
from linli.registry.residents.queries import Whose, WhoseAmong


def _has_paid(batch: Any, _hand: int | None, _on: date) -> DomainError | None:
    """The bank paid a line of it."""
    return None if batch.has_paid else ItemNotPaid(field="lines")


# To the person's own family, or to an account that somebody of it holds.
own_payment = Whose(
    household="award__household_id",
    people=("account__holder_id",),
    unit="award__unit_key",
    number="award__number",
)


BATCH = Workflow(
    "payments.batch",
    "payments_paymentbatch",
    B,
    (
        Step("propose", pgettext_lazy("batch", "经办"), (), (B.PROPOSED,), (Role.FINANCE_MAKER,), hand="maker_id"),
        Step(
            "approve",
            pgettext_lazy("batch", "复核"),
            (B.PROPOSED,),
            (B.APPROVED,),
            (Role.FINANCE_CHECKER,),
            hand="checker_id",
            barred=("maker_id",),
            explain=_("复核即确认您看到的每一笔明细；明细如有变化，复核不会生效。"),
            button=_("复核通过"),
            done=_("已复核，等待放款"),
            main=True,
        ),
        Step(
            "release",
            _("放款"),
            (B.APPROVED,),
            (B.RELEASED, B.VOIDED),
            (Role.FINANCE_RELEASER,),
            hand="releaser_id",
            barred=("maker_id", "checker_id"),
            explain=_("放款前再次核对死亡、迁出、暂停和账户变更；有变化则批次作废并冲回。"),
            button=_("放款并生成银行文件"),
            done=_("已放款，银行文件可以下载"),
            main=True,
        ),
        Step(
            "return",
            _("导入回盘"),
            (B.RELEASED, B.CLOSED),
            (B.CLOSED,),
            (Role.FINANCE_RELEASER,),
            explain=_("银行送来的回盘文件；批次完成之后才送来的退回文件也在这里导入。"),
            button=_("导入并入账"),
            done=_("回盘已入账"),
            main=True,
        ),
        Step(
            "came_back",
            _("登记付讫后退回"),
            (B.RELEASED, B.CLOSED),
            roles=(Role.FINANCE_RELEASER,),
            needs=(_has_paid,),
            explain=_(
                "银行付讫之后又退回的款项：由复核人核对领取人、账号和金额后入账，列入“退回款项”；"
                "批次和已锁定的月份不受影响。"
            ),
            button=_("登记，提请复核"),
            done=_("退回已登记，由另一人复核后入账"),
        ),
        Step(
            "cancel",
            _("撤销批次"),
            (B.PROPOSED, B.APPROVED),
            (B.VOIDED,),
            FINANCE_ROLES,
            hand="voided_by_id",
            button=_("撤销"),
            done=_("批次已撤销"),
            danger=True,
        ),
    ),
    WhoseAmong("items", own_payment),
)


def _was_paid(row: Any, _hand: int | None, _on: date) -> DomainError | None:
    """The bank had paid it."""
    return None if row.paid_date else ItemNotPaid()


def _not_sent_again(row: Any, _hand: int | None, _on: date) -> DomainError | None:
    """It was not sent again."""
    again = row.reissues.exclude(state=I.VOIDED).exists()
    return AlreadyReissued(units=row.unit_key) if again else None


_BATCH, _BANK = _("随批次"), _("银行")
ITEM = Workflow(
    "payments.item",
    "payments_paymentitem",
    I,
    (
        Step("propose", pgettext_lazy("batch", "经办"), (), (I.PROPOSED,), by=_BATCH),
        Step("approve", pgettext_lazy("batch", "复核"), (I.PROPOSED,), (I.APPROVED,), by=_BATCH),
        Step("release", _("放款"), (I.APPROVED,), (I.IN_TRANSIT,), by=_BATCH),
        Step("void", _("撤销批次"), (I.PROPOSED, I.APPROVED), (I.VOIDED,), by=_BATCH),
        Step("pay", _("已发放"), (I.IN_TRANSIT,), (I.PAID,), by=_BANK),
        Step("come_back", _("已退回"), (I.IN_TRANSIT, I.PAID), (I.RETURNED,), by=_BANK),
        # A new line begins; this one stays as it is.
        Step("reissue", _("重新发放"), (I.RETURNED,), roles=(Role.FINANCE_MAKER,)),
        # Voided where its month is due with less by now: the next batch pays the month anew.
        Step("write_off", _("不再发放"), (I.RETURNED,), (I.WRITTEN_OFF, I.VOIDED), (Role.FINANCE_CHECKER,)),
        # Another line had come back than was written down, or none: the voucher is undone.
        Step(
            "keep_paid",
            _("冲销付讫后退回"),
            (I.RETURNED,),
            (I.PAID,),
            (Role.FINANCE_CHECKER,),
            needs=(_was_paid, _not_sent_again),
        ),
        # Somebody was thought dead: with the correction the month is due again.
        Step("due_again", _("重新应发"), (I.WRITTEN_OFF,), (I.VOIDED,), by=_("更正登记")),
    ),
    own_payment,
)


@dataclass(frozen=True)
class _WhoseLine(Whose):
    """Of the household that a proposal is of; before it is one, of whom the payment is that it is about."""

    def __call__(self, person: Hands, rows: Sequence[Any], on: date) -> str | None:
        asked = [row for row in rows if hasattr(row, self.household)]
        return super().__call__(person, asked, on) or own_payment(person, [row for row in rows if row not in asked], on)


def _still_paid(row: Any, _hand: int | None, _on: date) -> DomainError | None:
    """Nothing of it came back yet."""
    return None if row.state == I.PAID else ItemNotPaid(field="lines")


# The bank's file says it of a line by its whole reference; by hand a line is soon another's (docs/adr/0059).
CAME_BACK = two_people(
    "payments.came_back",
    _("登记付讫后退回"),
    propose=(Role.FINANCE_RELEASER,),
    confirm=(Role.FINANCE_CHECKER,),
    explain=_("与银行的退回通知或对账单核对领取人、账号末四位、金额和日期。同意之后才入账，这笔款才列入“退回款项”。"),
    asks=(_still_paid,),
    family=_WhoseLine(household="household_id"),
)
