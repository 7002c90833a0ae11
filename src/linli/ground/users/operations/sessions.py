"""Sessions that end. No acts: the framework keeps them, and whoever ends one on purpose does so in an act."""

from datetime import datetime

from linli.ground.users.models import Session


def drop_session(kept: str) -> None:
    """The session is over; ``kept`` is what the table knows it by."""
    Session.objects.filter(session_key=kept).delete()


def drop_sessions_over(moment: datetime) -> None:
    """Throw away what was over before the moment."""
    Session.objects.filter(expire_date__lt=moment).delete()
