"""How a letter reached its addressee."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from linli.kernel.tones import Tone, toned


class DeliveryMethod(TextChoices):
    HAND = "HAND", _("当面送达")
    POST = "POST", _("邮寄")
    HOME = "HOME", _("上门送达")
    PORTAL = "PORTAL", _("网上查看")


@toned(WAITING=Tone.SOON, DELIVERED=Tone.OK)
class LetterState(TextChoices):
    """Whether anybody recorded that the letter arrived."""

    WAITING = "WAITING", _("未送达")
    DELIVERED = "DELIVERED", _("已送达")
