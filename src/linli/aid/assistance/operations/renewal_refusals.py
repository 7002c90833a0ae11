"""What a yearly review may be refused for."""

from django.utils.translation import gettext_lazy as _

from linli.kernel.errors import DomainError


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
