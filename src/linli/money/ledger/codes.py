"""Kinds of sources, accounts and journals; what takes two people, and the steps of that."""

from datetime import date
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.ground.users.codes import Role
from linli.ground.users.queries import NotPermitted
from linli.kernel.errors import DomainError
from linli.kernel.steps import Family, Hand, Need, SamePerson, Step, Workflow
from linli.kernel.tones import Tone, toned


class SourceKind(TextChoices):
    GOVERNMENT = "GOVERNMENT", _("政府拨款")
    DONATION = "DONATION", _("社会捐赠")
    COMMUNITY = "COMMUNITY", _("社区自筹")
    SERVICE_INCOME = "SERVICE_INCOME", _("服务收入")
    OTHER = "OTHER", _("其他来源")


class AccountKind(TextChoices):
    # Real accounts: money and duties.
    CASH = "CASH", _("银行存款")
    INCOME = "INCOME", _("收入")
    EXPENSE = "EXPENSE", _("支出")
    PAYABLE = "PAYABLE", _("应付")
    IN_TRANSIT = "IN_TRANSIT", _("在途")
    RECEIVABLE = "RECEIVABLE", _("应收")
    # Memo accounts: what may still be promised (per budget line) and paid (per source).
    APPROPRIATED = "APPROPRIATED", _("预算批复")
    AVAILABLE = "AVAILABLE", _("预算可用")
    COMMITTED = "COMMITTED", _("已承诺")
    SPENT = "SPENT", _("已列支")
    CASH_CONTROL = "CASH_CONTROL", _("可用资金对应")
    SPENDABLE = "SPENDABLE", _("可用资金")


# Accounts whose balance is debits less credits; of all others it is credits less debits.
DEBIT_NORMAL = frozenset(
    {
        AccountKind.CASH,
        AccountKind.EXPENSE,
        AccountKind.RECEIVABLE,
        AccountKind.AVAILABLE,
        AccountKind.COMMITTED,
        AccountKind.SPENT,
        AccountKind.SPENDABLE,
    }
)
# Counterparts that move only together with a floored account need no floor of their own.
UNFLOORED = frozenset({AccountKind.INCOME, AccountKind.APPROPRIATED, AccountKind.CASH_CONTROL})

PER_SOURCE = (
    AccountKind.CASH,
    AccountKind.INCOME,
    AccountKind.PAYABLE,
    AccountKind.IN_TRANSIT,
    AccountKind.RECEIVABLE,
    AccountKind.CASH_CONTROL,
    AccountKind.SPENDABLE,
)
PER_LINE = (AccountKind.APPROPRIATED, AccountKind.AVAILABLE, AccountKind.COMMITTED, AccountKind.SPENT)


class JournalKind(TextChoices):
    APPROPRIATION = "APPROPRIATION", _("预算下达")
    EXCESS = "EXCESS", _("超预算认可")
    INFLOW = "INFLOW", _("资金到账")
    BANK_FEE = "BANK_FEE", _("银行手续费")
    COMMITMENT = "COMMITMENT", _("待遇承诺")
    COMMITMENT_RELEASE = "COMMITMENT_RELEASE", _("承诺释放")
    ACCRUAL = "ACCRUAL", _("发放列支")
    ACCRUAL_REVERSAL = "ACCRUAL_REVERSAL", _("列支冲回")
    SENDING = "SENDING", _("送交银行")
    SETTLEMENT = "SETTLEMENT", _("银行付讫")
    RETURN = "RETURN", _("银行退回")
    LATE_RETURN = "LATE_RETURN", _("付讫后退回")
    LATE_UNDONE = "LATE_UNDONE", _("退回登记冲销")
    RECEIVABLE = "RECEIVABLE", _("多付挂账")
    RECOVERY = "RECOVERY", _("多付收回")
    RECOVERY_UNDONE = "RECOVERY_UNDONE", _("收回登记冲销")
    WAIVER = "WAIVER", _("多付免收")
    CORRECTION = "CORRECTION", _("更正冲销")
    CARRY_OUT = "CARRY_OUT", _("结转下年")
    CARRY_IN = "CARRY_IN", _("上年结转")


@toned(PROPOSED=Tone.SOON, APPROVED=Tone.OK, DECLINED=Tone.PAUSED, REVERSED=Tone.PAUSED)
class CarryOverState(TextChoices):
    """Where a carry-over 结转 of unspent restricted money stands."""

    PROPOSED = "PROPOSED", _("待批准")
    APPROVED = "APPROVED", _("已结转")
    DECLINED = "DECLINED", _("未批准")
    REVERSED = "REVERSED", _("已冲回")


class ProposalKind(TextChoices):
    """What no rule gives and one person alone does not do (docs/adr/0059)."""

    INFLOW = "INFLOW", _("资金到账")
    EXCESS = "EXCESS", _("认可超预算")
    FEE = "FEE", _("高额银行手续费")
    AMOUNT = "AMOUNT", _("人工核定待遇金额")
    WAIVER = "WAIVER", _("免收多付款项")
    KEEP = "KEEP", _("不按规则调低待遇")
    RECOVERY = "RECOVERY", _("收回多付款项")
    CAME_BACK = "CAME_BACK", _("付讫后退回")


# Of these several about one source wait at a time: each is a slip of its own, and is compared with those that wait.
SEVERAL_WAIT = (ProposalKind.INFLOW, ProposalKind.FEE)


@toned(PROPOSED=Tone.SOON, CONFIRMED=Tone.OK, REFUSED=Tone.PAUSED, WITHDRAWN=Tone.PAUSED)
class ProposalState(TextChoices):
    """Where a proposal 提请 for the second person stands; it takes effect when it is confirmed."""

    PROPOSED = "PROPOSED", _("待复核")
    CONFIRMED = "CONFIRMED", _("已复核生效")
    REFUSED = "REFUSED", _("复核未通过")
    WITHDRAWN = "WITHDRAWN", _("已撤回")


# What left the bank, what of it came back after all, and what was said to have and did not: paid is the first less the
# second and more the third.
PAID_KINDS = frozenset({JournalKind.SETTLEMENT, JournalKind.LATE_RETURN, JournalKind.LATE_UNDONE})

# The opposite entries of what the bank never saw.
UNDOING = frozenset({JournalKind.CORRECTION, JournalKind.LATE_UNDONE, JournalKind.RECOVERY_UNDONE})

# Everything else is undone by its own workflow, or by what a room puts on the shelf ``operations.undoings``, never by a
# free-hand correction.
CORRECTABLE = frozenset({JournalKind.INFLOW, JournalKind.BANK_FEE, JournalKind.EXCESS})

# --- the workflow of a proposal: the same for every kind, and for every room that has one ---------------


def by_its_proposer(row: Any, hand: int | None, _on: date) -> DomainError | None:
    """Who takes it back proposed it."""
    return None if hand in (None, row.proposed_by_id) else NotPermitted()


def _of_another(row: Any, hand: Hand | None, _on: date) -> DomainError | None:
    """Nor was it their act that it follows from."""
    if hand is None or not hand.is_one_of([row.caused_by_id]):
        return None
    return SamePerson(number=row.number, before=_("原来的办理"), step=pgettext_lazy("money", "复核"))


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
        ProposalState,
        (
            Step(
                "propose",
                label,
                (),
                (ProposalState.PROPOSED,),
                propose,
                hand="proposed_by_id",
                needs=asks,
                done=_("已提出，由另一人复核后生效"),
            ),
            Step(
                "confirm",
                _("复核同意"),
                (ProposalState.PROPOSED,),
                (ProposalState.CONFIRMED,),
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
                (ProposalState.PROPOSED,),
                (ProposalState.REFUSED,),
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
                (ProposalState.PROPOSED,),
                (ProposalState.WITHDRAWN,),
                propose,
                hand="decided_by_id",
                needs=(by_its_proposer,),
                button=_("撤回"),
                done=_("已撤回，没有产生任何变化"),
                danger=True,
            ),
        ),
        family,
    )
