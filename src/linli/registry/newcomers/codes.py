"""Where a request stands."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from linli.kernel.tones import Tone, toned


@toned(WAITING=Tone.SOON, CONFIRMED=Tone.OK, REFUSED=Tone.PAUSED)
class RequestState(TextChoices):
    WAITING = "WAITING", _("待核对")
    CONFIRMED = "CONFIRMED", _("已登记")
    REFUSED = "REFUSED", _("不登记")
