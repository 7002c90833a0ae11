"""What a full number, address or account is looked at for: one of a list, so that looks can be counted and compared."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Purpose(TextChoices):
    CALL = "CALL", _("电话联系")
    VISIT = "VISIT", _("上门走访")
    IDENTITY = "IDENTITY", _("核对身份")
    BANK = "BANK", _("核对银行账户")
    REPORT = "REPORT", _("填报上级系统")
    INQUIRY = "INQUIRY", _("审计或信访核查")
    OTHER = "OTHER", _("其他（须写明）")
