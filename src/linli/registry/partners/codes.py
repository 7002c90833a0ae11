"""Kinds of partners, what they promise, and where an agreement stands."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from linli.kernel.tones import Tone, toned


class PartnerKind(TextChoices):
    UNIT = "UNIT", _("驻区单位")
    PARTY = "PARTY", _("党组织")
    SCHOOL = "SCHOOL", _("学校")
    MERCHANT = "MERCHANT", _("商户")
    EMPLOYER = "EMPLOYER", _("用工单位")
    INSURER = "INSURER", _("保险机构")
    PROFESSIONAL = "PROFESSIONAL", _("专业机构")


class PromiseKind(TextChoices):  # each is counted in its own unit
    PLACE = "PLACE", _("场地（场次）")
    DISCOUNT = "DISCOUNT", _("优惠（人次）")
    JOBS = "JOBS", _("岗位（个）")
    HOURS = "HOURS", _("服务时长（小时）")
    GOODS = "GOODS", _("物资（件）")
    FEE = "FEE", _("收费服务（次）")


@toned(DRAFT=Tone.SOON, SIGNED=Tone.INFO, RUNNING=Tone.OK, RENEWED=Tone.PAUSED, ENDED=Tone.PAUSED)
class AgreementState(TextChoices):
    DRAFT = "DRAFT", _("待签署")
    SIGNED = "SIGNED", _("已签署")
    RUNNING = "RUNNING", _("执行中")
    RENEWED = "RENEWED", _("已续签")
    ENDED = "ENDED", _("已结束")
