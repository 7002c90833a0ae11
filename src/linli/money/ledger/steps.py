"""The workflow of a carry-over: one proposes, another approves, a third undoes. And of everything else that no rule
gives: one proposes, it takes effect when another confirms it (docs/adr/0059).
"""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.ground.users.codes import OFFICER_ROLES, Role
from linli.kernel.steps import Step, Workflow
from linli.money.ledger.codes import CarryOverState as C
from linli.money.ledger.codes import by_its_proposer, two_people

_MAKER = (Role.FINANCE_MAKER,)


CARRY_OVER = Workflow(
    "ledger.carry_over",
    "ledger_carryover",
    C,
    (
        Step("propose", _("提出结转"), (), (C.PROPOSED,), _MAKER, hand="proposed_by_id"),
        Step(
            "approve",
            pgettext_lazy("money", "批准"),
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
            needs=(by_its_proposer,),
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


INFLOW = two_people(
    "ledger.inflow",
    _("登记到账"),
    propose=_MAKER,
    confirm=(Role.FINANCE_CHECKER,),
    explain=_("与银行回单或对账单核对来源、金额、日期和凭证号。同意之后才入账，才能用于发放。"),
)
FEE = two_people(
    "ledger.fee",
    _("登记银行手续费"),
    propose=_MAKER,
    confirm=(Role.FINANCE_CHECKER,),
    explain=_("与银行回单或对账单核对扣费的来源、金额、日期和凭证号。同意之后才入账，减少可用于发放的钱。"),
)

EXCESS = two_people(
    "ledger.excess",
    _("提出认可超预算"),
    propose=(Role.STREET_OFFICER,),
    confirm=OFFICER_ROLES,
    explain=_("核对超出的金额和理由。同意之后预算科目才能多承诺这一金额。"),
)
