"""The workflows of a batch and of its lines. Three hands, the database insists (see ``models``)."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.ground.users.codes import FINANCE_ROLES, Role
from linli.kernel.errors import DomainError
from linli.kernel.steps import Step, Workflow
from linli.money.payments.codes import BatchState as B
from linli.money.payments.codes import ItemState as I
from linli.money.payments.refusals import ItemNotPaid
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
            explain=_("银行付讫之后又退回的款项：登记后列入“退回款项”，批次和已锁定的月份不受影响。"),
            button=_("登记并入账"),
            done=_("退回已入账，可在“退回款项”中办理"),
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
        # Somebody was thought dead: with the correction the month is due again.
        Step("due_again", _("重新应发"), (I.WRITTEN_OFF,), (I.VOIDED,), by=_("更正登记")),
    ),
    own_payment,
)
