"""How often something was tried from outside, so that guessing ends: a row for each key and window, whoever serves.

No act: a try decides nothing. Keys are addresses and numbers of people, so their keyed hashes are kept, for two days.
"""

from datetime import datetime, timedelta

from django.db import connection, models

from linli.foundation.data.crypto import blind_index
from linli.foundation.trail.acts import no_act

_KEPT = timedelta(days=2)


class Try(models.Model):
    """So many tries of one key since the beginning of a window."""

    key = models.CharField(max_length=64)
    since = models.PositiveBigIntegerField(db_index=True)  # seconds since 1970
    number = models.PositiveIntegerField()

    class Meta:
        app_label = "foundation"
        constraints = [models.UniqueConstraint(fields=["key", "since"], name="tries_of_a_window")]

    def __str__(self) -> str:
        return f"{self.key} {self.number}"


# Counted and read in one statement: of two processes neither sees the other's number.
_COUNT = (
    "INSERT INTO foundation_try (key, since, number) VALUES (%s, %s, %s) "
    "ON CONFLICT (key, since) DO UPDATE SET number = foundation_try.number + excluded.number RETURNING number"
)


_GIVE_BACK = "UPDATE foundation_try SET number = number - 1 WHERE key = %s AND since = %s AND number > 0"


class Tries:
    """At most ``most`` tries of one key within each window of so many ``minutes``; ``what`` is tried."""

    def __init__(self, what: str, most: int, *, minutes: int) -> None:
        self._what = f"{what}|{minutes}"
        self._most = most
        self._seconds = minutes * 60

    @no_act
    def count(self, key: str, at: datetime, *, weight: int = 1) -> bool:
        """Count a try, or one that weighs as many; whether it is still one of those that are answered."""
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, [*self._row(key, at), weight])
            number: int = cursor.fetchone()[0]
        return number <= self._most

    @no_act
    def give_back(self, key: str, at: datetime) -> None:
        """What was counted turned out to be no guess: it counts no more. ``at`` is the moment it was counted for."""
        with connection.cursor() as cursor:
            cursor.execute(_GIVE_BACK, self._row(key, at))

    def _row(self, key: str, at: datetime) -> list[str | int]:
        moment = int(at.timestamp())
        return [blind_index(f"foundation_try|{self._what}", key), moment - moment % self._seconds]


def drop_old(at: datetime) -> None:
    """Throw away what is longer over than any window lasts."""
    Try.objects.filter(since__lt=int((at - _KEPT).timestamp())).delete()
