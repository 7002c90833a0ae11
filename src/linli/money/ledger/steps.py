"""The workflow of a carry-over: one proposes, another approves, a third undoes. And of everything else that no rule
gives: one proposes, it takes effect when another confirms it (docs/adr/0059).
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.ground.users.codes import OFFICER_ROLES, Role
from linli.ground.users.queries import NotPermitted
from linli.kernel.errors import DomainError
from linli.kernel.steps import Hands, Need, SamePerson, Step, Workflow
from linli.money.ledger.codes import CarryOverState as C
from linli.money.ledger.codes import ProposalState as P

_MAKER = (Role.FINANCE_MAKER,)
Family = Callable[[Hands, Sequence[Any], date], str | None]


def _own(row: Any, hand: int | None, _on: date) -> DomainError | None:
    """Who takes it back proposed it."""
    return None if hand in (None, row.proposed_by_id) else NotPermitted()


def _of_another(row: Any, hand: int | None, _on: date) -> DomainError | None:
    """Nor was it their act that it follows from."""
    if hand is None or row.caused_by_id != hand:
        return None
    return SamePerson(number=row.number, before=_("原来的办理"), step=_("复核"))


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


def two_people(
    code: str,
    label: object,
    *,
    propose: tuple[Role, ...],
    confirm: tuple[Role, ...],
    explain: object,
    asks: tuple[Need, ...] = (),
    family: Family | None = None,
) -> Workflow:
    """The workflow of one kind of proposal: ``propose`` it, another ``confirm``s or refuses it, who proposed withdraws.

    What proposing it ``asks`` besides, and what is said to the second hand, is the kind's own.
    """
    second: Any = {"hand": "decided_by_id", "barred": ("proposed_by_id",), "needs": (_of_another,)}
    return Workflow(
        code,
        "ledger_proposal",
        P,
        (
            Step(
                "propose",
                label,
                (),
                (P.PROPOSED,),
                propose,
                hand="proposed_by_id",
                needs=asks,
                done=_("已提出，由另一人复核后生效"),
            ),
            Step(
                "confirm",
                _("复核同意"),
                (P.PROPOSED,),
                (P.CONFIRMED,),
                confirm,
                explain=explain,
                button=_("核对无误，同意"),
                done=_("已复核，从现在起生效"),
                main=True,
                **second,
            ),
            Step(
                "refuse",
                _("复核不同意"),
                (P.PROPOSED,),
                (P.REFUSED,),
                confirm,
                explain=_("写明理由，提出人可以看到；不产生任何变化。"),
                button=_("不同意"),
                done=_("已退回，没有产生任何变化"),
                danger=True,
                **second,
            ),
            Step(
                "withdraw",
                _("撤回"),
                (P.PROPOSED,),
                (P.WITHDRAWN,),
                propose,
                hand="decided_by_id",
                needs=(_own,),
                button=_("撤回"),
                done=_("已撤回，没有产生任何变化"),
                danger=True,
            ),
        ),
        family,
    )


INFLOW = two_people(
    "ledger.inflow",
    _("登记到账"),
    propose=_MAKER,
    confirm=(Role.FINANCE_CHECKER,),
    explain=_("与银行回单或对账单核对来源、金额、日期和凭证号。同意之后才入账，才能用于发放。"),
)
EXCESS = two_people(
    "ledger.excess",
    _("提出认可超预算"),
    propose=(Role.STREET_OFFICER,),
    confirm=OFFICER_ROLES,
    explain=_("核对超出的金额和理由。同意之后预算科目才能多承诺这一金额。"),
)
