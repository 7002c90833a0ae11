"""Refusals of the case that its workflow names (see ``steps``); others stand beside the acts that raise them."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from linli.kernel.bilingual import Text, apart
from linli.kernel.errors import DomainError


class EvidenceMissing(DomainError):
    """Papers are missing: ``missing`` maps application numbers to paper codes, ``papers`` says it in words."""

    message = _("材料不齐，不能受理：%(papers)s")

    def with_others(self, others: Sequence[DomainError]) -> DomainError:
        """Every missing paper of every application."""
        found = [self, *(one for one in others if isinstance(one, EvidenceMissing))]
        missing = {number: codes for one in found for number, codes in one.details["missing"].items()}  # type: ignore[attr-defined]  # ours
        said = [one.details["papers"] for one in found]
        return EvidenceMissing(missing=missing, papers=apart(one for one in said if isinstance(one, Text)))


class NothingMissing(DomainError):
    """There is nothing to ask for: the application can be accepted."""

    message = _("材料已齐，无需补正，可以受理")


class SupplementAlreadyAsked(DomainError):
    """What is missing is told once, all at once."""

    message = _("补正已一次性告知过，不能再次要求；请受理或不予受理")


class HouseholdChanged(DomainError):
    """Somebody died, moved, was born, or something became known since the visit; the sentence says who and what now."""

    message = _("%(cases)s")

    def with_others(self, others: Sequence[DomainError]) -> DomainError:
        """Every case is named."""
        cases = [one.details["cases"] for one in (self, *others) if isinstance(one, HouseholdChanged)]
        return HouseholdChanged(cases=" ".join(map(str, cases)))


class NotProposed(DomainError):
    """Only proposed grants are published, never refusals."""

    message = _("只有拟批准的申请可以公示：%(number)s")


class AlreadyPrepared(DomainError):
    """The application already waits on another publication."""

    message = _("申请 %(number)s 已在另一份公示中")


class PublicationNotFound(DomainError):
    """No such publication, or it has been posted already."""

    message = _("找不到待张贴的公示，可能已由他人张贴")


class PublicationRunning(DomainError):
    """A grant is decided when its publication is over."""

    message = _("申请 %(number)s 公示尚未期满，最后一天是 %(last)s")


class ObjectionOpen(DomainError):
    """An unanswered objection blocks the way."""

    message = _("申请 %(number)s 有未答复的异议")


class RecheckMissing(DomainError):
    """An objection is answered after a new home visit."""

    message = _("请先重新入户调查，再答复异议")


# --- what a yearly review may be refused for -------------------------------------------------------


class RenewalNotFound(DomainError):
    """No such review, or not yours to see: the two look the same."""

    message = _("找不到该年度复核")


class RenewalOneByOne(DomainError):
    """The scheme lets each family be confirmed by itself only; so is a family of which something new is known."""

    message = _("%(number)s 须单独核实，不能成批办理")


class RenewalNeedsApplication(DomainError):
    """The scheme asks for a new application before the end."""

    message = _("%(number)s：按方案规定，到期前须重新申请，不能直接续发")


class RenewalDayWrong(DomainError):
    """What is confirmed was looked at during the review, not before and not tomorrow."""

    message = _("核实日期须在复核开始（%(opened)s）之后，且不晚于今天")


class RenewalFactsMissing(DomainError):
    """The rules cannot say what is due while facts are missing."""

    message = _("%(number)s 还缺以下情况，请先在家庭页登记：%(facts)s")


class RenewalStale(DomainError):
    """Something became known after the review was confirmed."""

    message = _("%(number)s 核实之后家庭情况又有变化，请社区重新核实")


class RenewalSuspended(DomainError):
    """A suspension is resumed or ended before anybody says that the award goes on."""

    message = _("%(number)s 的待遇已暂停，请先恢复或终止")


class NothingToRenew(DomainError):
    """All that the review is about was ended meanwhile, or has been renewed."""

    message = _("%(number)s 已没有可续发的待遇")


class NextPlanMissing(DomainError):
    """No plan pays the month that would come next."""

    message = _("%(number)s：%(month)s 还没有可执行的方案，安装并采用下一年度方案后再决定")
