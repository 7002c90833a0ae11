"""The workflows of an award, of a payee account, version by version, of a claim on what was paid too much, and of a
difference between an award and the rules. And of what no rule gives: an amount by hand, a waiver, an award kept above
the rules.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.ground.users.codes import OFFICER_ROLES, Role
from linli.kernel.errors import DomainError
from linli.kernel.steps import Hands, Step, Workflow
from linli.money.awards.codes import PROPOSERS, WAITING_ADJUSTMENTS
from linli.money.awards.codes import AccountState as A
from linli.money.awards.codes import AdjustmentState as D
from linli.money.awards.codes import AwardState as W
from linli.money.awards.codes import ReceivableState as R
from linli.money.ledger.codes import ProposalKind, two_people
from linli.registry.residents.queries import Whose

_CHANGERS = _CONFIRMERS = (Role.COMMUNITY_DIRECTOR, Role.STREET_OFFICER)
_WAITING = tuple(WAITING_ADJUSTMENTS)
_PRODUCT, _CHANGED = _("系统每日"), _("待遇变更时")


class AdjustmentIncomplete(DomainError):
    """Nothing is decided on facts that are missing or on other people than live there."""

    message = _("待遇 %(number)s 暂不能按规则调整：%(why)s；请先补齐情况，再按现有情况重新计算")


def _decidable(row: Any, _hand: int | None, _on: date) -> DomainError | None:
    """The rules say an amount, for the people who live there."""
    lacking = row.after_fen is None or row.state == D.MEMBERS
    return AdjustmentIncomplete(number=row.number, why=D(row.state).label) if lacking else None


# Of the household that it was granted to, or of one whose money goes to an account of the family's (``entrusted``); the
# same of what hangs on an award: a claim, a difference.
_OWN_AWARD = Whose(household="household_id", unit="unit_key")
_OWN_AWARD_OF = Whose(household="award__household_id", unit="award__unit_key", number="award__number")
# Of a household or a person of it, or one that somebody of the family holds; before it is one, the award that it is
# for.
_OWN_ACCOUNT = Whose(people=("holder_id",), unit="unit_key", number="unit_key")


AWARD = Workflow(
    "awards.award",
    "awards_award",
    W,
    (
        Step("grant", _("批准"), (), (W.ACTIVE,), by=_("作出决定时")),
        Step("resume", _("恢复"), (W.SUSPENDED,), (W.ACTIVE,), _CHANGERS, main=True),
        Step("suspend", _("暂停"), (W.ACTIVE,), (W.SUSPENDED,), _CHANGERS),
        Step("amount", _("调整金额"), (W.ACTIVE,), (), _CHANGERS),
        # One that has run out is ended on an earlier day, when it becomes known late that it should have been.
        Step("end", _("终止"), (W.ACTIVE, W.SUSPENDED, W.EXPIRED), (W.ENDED,), _CHANGERS, danger=True),
        Step("expire", _("已期满"), (W.ACTIVE, W.SUSPENDED), (W.EXPIRED,), by=_PRODUCT),
        Step("reinstate", _("撤销终止"), (W.ENDED,), (W.ACTIVE, W.SUSPENDED, W.EXPIRED), by=_("更正登记时")),
    ),
    _OWN_AWARD,
)
ACCOUNT = Workflow(
    "awards.account",
    "awards_payeeaccount",
    A,
    (
        Step("propose", _("登记账户"), (), (A.PROPOSED,), PROPOSERS, hand="proposed_by_id"),
        Step(
            "confirm",
            _("确认账户"),
            (A.PROPOSED,),
            (A.CONFIRMED,),
            _CONFIRMERS,
            hand="confirmed_by_id",
            barred=("proposed_by_id",),
            done=_("账户已确认"),
            main=True,
        ),
        Step("replace", _("已更换"), (A.PROPOSED, A.CONFIRMED, A.STOPPED), (A.REPLACED,), by=_("登记或确认新账户时")),
        Step("stop", pgettext_lazy("bank", "已停用"), (A.CONFIRMED,), (A.STOPPED,), by=_PRODUCT),
        Step("restart", _("恢复使用"), (A.STOPPED,), (A.CONFIRMED,), by=_("更正死亡登记时")),
    ),
    _OWN_ACCOUNT,
)
RECEIVABLE = Workflow(
    "awards.receivable",
    "awards_receivable",
    R,
    (
        Step("raise", _("列入"), (), (R.OPEN, R.WAIVED), by=_CHANGED),
        Step("recover", _("登记收回"), (R.OPEN,), (R.RECOVERED,), by=_("收回经复核时")),
        Step("waive", _("免收"), (R.OPEN,), (R.WAIVED,), by=_("两人同意免收时")),
        Step("withdraw", _("已撤销"), (R.OPEN, R.WAIVED), (R.WITHDRAWN,), by=_CHANGED),
        # The bank had not sent it back: another line had come back than was written down, or none.
        Step("reopen", _("重新应收"), (R.RECOVERED,), (R.OPEN,), by=_("冲销付讫后退回时")),
    ),
    _OWN_AWARD_OF,
)


@dataclass(frozen=True)
class _WhoseProposal(Whose):
    """Of the household that a proposal is of; before it is one, of the household of the award that it is for."""

    def __call__(self, person: Hands, rows: Sequence[Any], on: date) -> str | None:
        asked = [row for row in rows if hasattr(row, self.household)]
        return super().__call__(person, asked, on) or _OWN_AWARD_OF(
            person, [row for row in rows if row not in asked], on
        )


_OWN_ABOUT = _WhoseProposal(household="household_id")


def _claimed(row: Any, _hand: int | None, _on: date) -> DomainError | None:
    """The claim is open."""
    return None if row.state == R.OPEN else RECEIVABLE.passed("waive", row)


# What waits for the second person before a claim is closed.
CLOSING = (ProposalKind.RECOVERY, ProposalKind.WAIVER)

# What no rule gives: one proposes, another confirms (docs/adr/0059).
AMOUNT = two_people(
    "awards.amount_by_hand",
    _("提出金额"),
    propose=_CHANGERS,
    confirm=(Role.STREET_OFFICER,),
    explain=_("核对提出的金额、与规则的差额和理由。同意之后待遇按这一金额发放，并书面告知家庭。"),
    family=_OWN_ABOUT,
)
WAIVER = two_people(
    "awards.waiver",
    _("提出免收"),
    propose=(Role.STREET_OFFICER,),
    confirm=OFFICER_ROLES,
    explain=_("核对免收的金额和理由。同意之后这笔钱不再收回，记为支出。终止待遇的人不能复核。"),
    asks=(_claimed,),
    family=_OWN_ABOUT,
)
RECOVERY = two_people(
    "awards.recovery",
    _("登记收回"),
    propose=(Role.FINANCE_MAKER,),
    confirm=(Role.FINANCE_CHECKER,),
    explain=_("与银行回单或对账单核对退回的金额。同意之后才入账，这笔钱才能再用于发放。"),
    asks=(_claimed,),
    family=_OWN_ABOUT,
)
KEEP = two_people(
    "awards.kept_above_rules",
    _("提出维持不变"),
    propose=_CHANGERS,
    confirm=(Role.STREET_OFFICER,),
    explain=_("规则给出的金额低于现在发放的。核对差额和理由；同意之后继续按现在的金额发放。"),
    family=_OWN_ABOUT,
)
ADJUSTMENT = Workflow(
    "awards.adjustment",
    "awards_adjustment",
    D,
    (
        Step("find", _("重新核定"), (), (*_WAITING, D.APPLIED), by=_PRODUCT),
        Step("find_again", _("再次核定"), _WAITING, (*_WAITING, D.APPLIED, D.DISMISSED), by=_PRODUCT),
        Step("adopt", _("按规则调整"), _WAITING, (D.APPLIED,), _CHANGERS, hand="decided_by_id", needs=(_decidable,)),
        Step("dismiss", _("维持不变"), _WAITING, (D.DISMISSED,), _CHANGERS, hand="decided_by_id"),
    ),
    _OWN_AWARD_OF,
)
