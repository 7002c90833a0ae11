"""That a process of ours is alive: it says so again and again, and whoever asks sees when it last did.

By the machine's own clock, on which a demonstration's day has no bearing. No act: it decides nothing.
"""

from django.db import connection, models


class Beat(models.Model):
    """When a process last said that it is alive, in seconds since 1970."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.PositiveBigIntegerField()

    class Meta:
        app_label = "foundation"

    def __str__(self) -> str:
        return f"{self.name} {self.at}"


_BEAT = "INSERT INTO foundation_beat (name, at) VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET at = excluded.at"


def beat(name: str, second: int) -> None:
    """Say that the process of this name is alive; ``second`` is this moment, counted from 1970."""
    with connection.cursor() as cursor:
        cursor.execute(_BEAT, [name, second])


def silent_for(name: str, second: int) -> int | None:
    """For how many seconds, until this one, a process said nothing; None where it never did."""
    last: int | None = Beat._default_manager.filter(name=name).values_list("at", flat=True).first()
    return None if last is None else max(0, second - last)
