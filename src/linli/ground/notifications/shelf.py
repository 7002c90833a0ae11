"""What this room adds to what is shared: the words of its acts, and how the invented community gets its letters."""

from collections.abc import Callable
from datetime import date

from django.utils.translation import pgettext_lazy

from linli.foundation.living import Scene, parts
from linli.foundation.trail import words
from linli.ground.notifications.codes import DeliveryMethod
from linli.ground.notifications.operations import record_delivery
from linli.ground.notifications.queries import undelivered
from linli.ground.users.codes import Role
from linli.ground.users.queries import authority

_FRIDAY = 4

words.acts.put({"notifications.record_delivery": pgettext_lazy("audit", "登记送达")})


def _deliveries(scene: Scene) -> Callable[[date], None]:
    """Letters of the week are handed over on Fridays."""

    def live(day: date) -> None:
        if day.weekday() != _FRIDAY:
            return
        clerk = scene.act(Role.COMMUNITY_WORKER, day, 17, turn=day.toordinal())
        letter_ids = list(undelivered(authority(clerk).scope()).values_list("pk", flat=True)[:400])
        if letter_ids:
            by_hand = DeliveryMethod.HAND
            record_delivery(clerk, letter_ids=letter_ids, method=by_hand, delivered_date=day, receipt="本人签收")

    return live


parts.put({"notifications.deliveries": _deliveries})
words.subjects.put({"letters": pgettext_lazy("audit", "待送达文书")})
words.parts.put({"print": pgettext_lazy("audit", "打印")})
