"""States of awards, accounts and receivables."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.ground.users.codes import Role
from linli.kernel.tones import Tone, toned

# Who writes down to which account a family is paid; another hand confirms it.
PROPOSERS = (Role.COMMUNITY_WORKER, Role.COMMUNITY_DIRECTOR)


class Unit(TextChoices):
    HOUSEHOLD = "HOUSEHOLD", _("户")
    PERSON = "PERSON", _("人")


class AwardState(TextChoices):
    ACTIVE = "ACTIVE", _("发放中")
    SUSPENDED = "SUSPENDED", _("已暂停")
    ENDED = "ENDED", _("已终止")
    EXPIRED = "EXPIRED", _("已期满")


@toned(UPCOMING=Tone.SOON, ACTIVE=Tone.OK, SUSPENDED=Tone.SOON, EXPIRED=Tone.PAUSED, ENDED=Tone.PAUSED)
class Standing(TextChoices):
    """How an award stands on a day: its state, and what its first and last day say (``rules.standing``)."""

    UPCOMING = "UPCOMING", _("尚未开始")
    ACTIVE = "ACTIVE", _("发放中")
    SUSPENDED = "SUSPENDED", _("已暂停")
    EXPIRED = "EXPIRED", _("已期满")
    ENDED = "ENDED", _("已终止")


class ChangeKind(TextChoices):
    GRANTED = "GRANTED", _("批准")
    SUSPENDED = "SUSPENDED", _("暂停")
    RESUMED = "RESUMED", _("恢复")
    CHANGED = "CHANGED", _("调整金额")
    ENDED = "ENDED", _("终止")
    EXPIRED = "EXPIRED", _("期满")
    REINSTATED = "REINSTATED", _("撤销终止")


class OccasionKind(TextChoices):
    """What makes somebody look at an award again before its day."""

    MEMBER_DIED = "MEMBER_DIED", _("家庭成员去世")
    MEMBER_LEFT = "MEMBER_LEFT", _("家庭成员离开")
    MEMBER_CAME = "MEMBER_CAME", _("家庭成员增加")
    CORRECTED = "CORRECTED", _("家庭成员的登记已更正")


class EndReason(TextChoices):
    MOVED = "MOVED", _("迁出")
    DIED = "DIED", _("死亡")
    INCOME = "INCOME", _("收入变化")
    RULES = "RULES", _("按规定重新计算")
    OTHER = "OTHER", _("其他")


class MonthState(TextChoices):
    ACCRUED = "ACCRUED", _("已列支")
    PAID = "PAID", _("已发放")
    VOIDED = "VOIDED", _("已撤销")
    WRITTEN_OFF = "WRITTEN_OFF", _("不再发放")


class DueState(TextChoices):
    """Whether what is due could be paid: there is an account that may be used; who is gone is paid nothing more."""

    READY = "READY", _("可发")
    BLOCKED = "BLOCKED", _("缺可用账户")
    GONE = "GONE", _("已去世或离开")


@toned(PROPOSED=Tone.SOON, CONFIRMED=Tone.OK, REPLACED=Tone.PAUSED, STOPPED=Tone.PAUSED)
class AccountState(TextChoices):
    PROPOSED = "PROPOSED", _("待确认")
    CONFIRMED = "CONFIRMED", _("已确认")
    REPLACED = "REPLACED", _("已更换")
    STOPPED = "STOPPED", pgettext_lazy("bank", "已停用")


class HolderRelation(TextChoices):
    """What the holder of an account is to the beneficiary."""

    SELF = "SELF", _("本人")
    MEMBER = "MEMBER", _("家庭成员")
    GUARDIAN = "GUARDIAN", _("监护人")
    PROXY = "PROXY", _("受托代领人")
    UNKNOWN = "UNKNOWN", _("早期登记，未注明")  # before relations were asked for


@toned(DIED=Tone.LATE, LEFT=Tone.LATE, NO_GUARDIAN=Tone.LATE)
class HolderLoss(TextChoices):
    """Why no money goes any more to an account that was confirmed: its holder is not what they were."""

    DIED = "DIED", _("户名人已死亡")
    LEFT = "LEFT", _("户名人已不是家庭成员")
    NO_GUARDIAN = "NO_GUARDIAN", _("户名人已不是监护人")

    @property
    def because(self) -> object:
        """Why the account is to be replaced."""
        return _("%(loss)s，原账户不再付款") % {"loss": self.label}

    @property
    def refused(self) -> object:
        """Why an account that was only written down is to be replaced."""
        return _("%(loss)s，登记的账户不能确认") % {"loss": self.label}


@toned(OPEN=Tone.SOON, RECOVERED=Tone.PAUSED, WAIVED=Tone.PAUSED, WITHDRAWN=Tone.PAUSED)
class ReceivableState(TextChoices):
    OPEN = "OPEN", _("待收回")
    RECOVERED = "RECOVERED", _("已收回")
    WAIVED = "WAIVED", _("已免收")
    WITHDRAWN = "WITHDRAWN", _("已撤销")


class Cause(TextChoices):
    """Why the rules were asked again about an award that runs."""

    PARAMETER = "PARAMETER", _("标准或规则调整")
    AGE = "AGE", _("年龄变化")
    FACT = "FACT", _("家庭情况变化")


@toned(
    REVIEW=Tone.SOON,
    FACTS=Tone.SOON,
    MEMBERS=Tone.SOON,
    AMOUNT=Tone.SOON,
    BUDGET=Tone.SOON,
    APPLIED=Tone.OK,
    DISMISSED=Tone.PAUSED,
)
class AdjustmentState(TextChoices):
    """Where a difference between an award and the rules stands; the first five wait for somebody."""

    REVIEW = "REVIEW", _("待审定")
    FACTS = "FACTS", _("缺少情况")
    MEMBERS = "MEMBERS", _("家庭成员有变")
    AMOUNT = "AMOUNT", _("金额曾由人工核定")
    BUDGET = "BUDGET", _("预算不足")
    APPLIED = "APPLIED", _("已调整")
    DISMISSED = "DISMISSED", _("维持不变")


WAITING_ADJUSTMENTS = (
    AdjustmentState.REVIEW,
    AdjustmentState.FACTS,
    AdjustmentState.MEMBERS,
    AdjustmentState.AMOUNT,
    AdjustmentState.BUDGET,
)
