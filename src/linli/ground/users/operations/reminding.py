"""Somebody reminds the post that a record waits for: once a day for each step, seen in their work."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.foundation.data.scope import Stamp
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.ground.users.codes import Role
from linli.ground.users.models import Reminder
from linli.ground.users.queries import authority, names
from linli.kernel.act import Act
from linli.kernel.errors import DomainError

_PLACE = ("district_id", "street_id", "community_id", "grid_id")


class AlreadyReminded(DomainError):
    """Once a day is enough."""

    message = _("%(by)s今天已经提醒过")


@act
def remind(act: Act, *, told: Mapping[str, Any]) -> Reminder:
    """Remind whoever holds the step: columns of Reminder, the place's too, and the trail's ``subject``.

    Raises NotPermitted for who holds no role there, AlreadyReminded.
    """
    columns = dict(told)
    subject, stamp = columns.pop("subject"), Stamp(**{name: told[name] for name in _PLACE})
    authority(act).check(stamp, *Role)
    which = {name: told[name] for name in ("flow", "step", "number")}
    before = Reminder.objects.filter(**which, reminded_date=act.on).first()
    if before is not None:
        raise AlreadyReminded(by=names([before.reminded_by_id]).get(before.reminded_by_id, ""))
    row = Reminder.objects.create(**columns, reminded_date=act.on, reminded_at=act.at, reminded_by_id=act.by.pk)
    audit.record(act, where=stamp, subject=subject, note={"step": told["step"]})
    return row
