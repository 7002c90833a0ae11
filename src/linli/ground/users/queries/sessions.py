"""Sessions as the table keeps them: by the keyed hash of a key that the browser alone has."""

from datetime import datetime, timedelta
from typing import Final

from linli.foundation.data.crypto import blind_index
from linli.ground.users.models import Session

LONGEST: Final = timedelta(hours=12)
# The column holds forty characters, which are 160 bits.
_DIGITS: Final = 40


def kept_key(key: str | None) -> str:
    """What the table knows a session's key by."""
    return blind_index("session", key or "")[:_DIGITS]


def session_lasting(kept: str, moment: datetime) -> Session | None:
    """The session, where it is not over at a moment of the real clock."""
    begun_after = moment - LONGEST
    return Session.objects.filter(session_key=kept, expire_date__gt=moment, begun_at__gt=begun_after).first()


def session_begun(kept: str) -> datetime | None:
    """When the session began; None for none."""
    return Session.objects.filter(session_key=kept).values_list("begun_at", flat=True).first()


def sessions_of(user_id: int, moment: datetime) -> list[Session]:
    """Where somebody is logged in at a moment of the real clock, the newest first."""
    rows = Session.objects.filter(user_id=user_id, expire_date__gt=moment, begun_at__gt=moment - LONGEST)
    return list(rows.order_by("-begun_at", "pk"))
