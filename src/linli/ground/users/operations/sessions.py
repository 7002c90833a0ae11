"""Sessions that end. No acts: the framework keeps them, and whoever ends one on purpose does so in an act."""

from datetime import datetime

from django.db import connection

from linli.foundation.data.removing import delete_any
from linli.ground.users.models import Session


def drop_session(kept: str) -> None:
    """The session is over; ``kept`` is what the table knows it by."""
    Session.objects.filter(session_key=kept).delete()


def drop_sessions_of(user_id: int, *, but: str = "") -> None:
    """All of a person's are over, but the one that goes on: what is over stands in no list of where somebody is."""
    Session.objects.filter(user_id=user_id).exclude(session_key=but).delete()


def drop_sessions_over(moment: datetime) -> None:
    """Throw away what was over before the moment."""
    delete_any(Session.objects.filter(expire_date__lt=moment))


def drop_every_session() -> None:
    """Nobody is logged in any more. Of a database of whatever version: one that keeps no sessions here yet is left."""
    if Session._meta.db_table in connection.introspection.table_names():
        Session.objects.all().delete()
