"""The workflow of a carry-over: one proposes, another approves, a third undoes."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.ground.users.codes import OFFICER_ROLES, Role
from linli.ground.users.queries import NotPermitted
from linli.kernel.errors import DomainError
from linli.kernel.steps import Step, Workflow
from linli.money.ledger.codes import CarryOverState as C

_MAKER = (Role.FINANCE_MAKER,)


def _own(row: Any, hand: int | None, _on: date) -> DomainError | None:
    """Who takes it back proposed it."""
    return None if hand in (None, row.proposed_by_id) else NotPermitted()


CARRY_OVER = Workflow(
    "ledger.carry_over",
    "ledger_carryover",
    C,
    (
        Step("propose", _("提出结转"), (), (C.PROPOSED,), _MAKER, hand="proposed_by_id"),
        Step(
            "approve",
            _("批准"),
            (C.PROPOSED,),
            (C.APPROVED,),
            OFFICER_ROLES,
            hand="decided_by_id",
            barred=("proposed_by_id",),
            explain=_("批准后两个年度的资金同时记账。批准前再次核对未用完的金额。"),
            button=_("批准结转"),
            done=_("已批准，两个年度的资金已同时记账"),
            main=True,
        ),
        Step(
            "decline",
            _("不批准"),
            (C.PROPOSED,),
            (C.DECLINED,),
            OFFICER_ROLES,
            hand="decided_by_id",
            barred=("proposed_by_id",),
            button=_("不批准"),
            done=_("已记录，不结转"),
            danger=True,
        ),
        Step(
            "take_back",
            _("撤回"),
            (C.PROPOSED,),
            (C.DECLINED,),
            _MAKER,
            hand="decided_by_id",
            needs=(_own,),
            button=_("撤回"),
            done=_("已记录，不结转"),
            danger=True,
        ),
        Step(
            "reverse",
            _("冲回"),
            (C.APPROVED,),
            (C.REVERSED,),
            (Role.FINANCE_CHECKER,),
            barred=("proposed_by_id", "decided_by_id"),
            explain=_("两个年度各记一笔相反的凭证；钱在下一年度已经用掉的，不能冲回。"),
            button=_("冲回"),
            done=_("已冲回，两个年度的资金已同时记账"),
            danger=True,
        ),
    ),
)
