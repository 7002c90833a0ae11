"""States of batches and their items."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.kernel.tones import Tone, toned


class BatchKind(TextChoices):
    REGULAR = "REGULAR", _("按月发放")
    REISSUE = "REISSUE", _("退回重发")


@toned(PROPOSED=Tone.SOON, APPROVED=Tone.SOON, RELEASED=Tone.INFO, CLOSED=Tone.OK, VOIDED=Tone.PAUSED)
class BatchState(TextChoices):
    PROPOSED = "PROPOSED", _("待复核")
    APPROVED = "APPROVED", _("待放款")
    RELEASED = "RELEASED", _("银行处理中")
    CLOSED = "CLOSED", pgettext_lazy("batch", "已完成")
    VOIDED = "VOIDED", _("已作废")


# Nothing has left yet: what changes meanwhile still matters.
UNDER_WAY = (BatchState.PROPOSED, BatchState.APPROVED)


@toned(
    PROPOSED=Tone.SOON,
    APPROVED=Tone.SOON,
    IN_TRANSIT=Tone.INFO,
    PAID=Tone.OK,
    RETURNED=Tone.LATE,
    VOIDED=Tone.PAUSED,
    WRITTEN_OFF=Tone.PAUSED,
)
class ItemState(TextChoices):
    PROPOSED = "PROPOSED", _("待复核")
    APPROVED = "APPROVED", _("待放款")
    IN_TRANSIT = "IN_TRANSIT", _("在途")
    PAID = "PAID", _("已发放")
    RETURNED = "RETURNED", _("已退回")
    VOIDED = "VOIDED", _("已作废")
    WRITTEN_OFF = "WRITTEN_OFF", _("不再发放")


class StaleCode(TextChoices):
    """Why a line can no longer be paid as approved."""

    DIED = "DIED", _("领取人死亡")
    MOVED = "MOVED", _("领取人迁出")
    ENDED = "ENDED", _("待遇已终止")
    SUSPENDED = "SUSPENDED", _("待遇已暂停")
    CHANGED = "CHANGED", _("待遇金额已调整")
    HOLDER = "HOLDER", _("收款账户户名人已死亡，或已不是家庭成员、监护人")
    ACCOUNT = "ACCOUNT", _("收款账户已变更")
