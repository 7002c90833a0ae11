"""How often something was tried from outside, so that guessing ends: a row for each key, whoever serves.

No act: a try decides nothing. Keys are addresses and numbers of people, so their keyed hashes are kept, for two days.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import connection, models

from linli.foundation.data.crypto import blind_index
from linli.foundation.data.removing import delete_any
from linli.foundation.trail.acts import no_act
from linli.kernel.act import CHINA_TIME

_KEPT: Final = timedelta(days=2)
_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
# A moment is written in microseconds, with as many digits whenever it is: later ones sort after earlier ones.
_DIGITS: Final = 16


class Try(models.Model):
    """The tries of one key: how many of a day, or the moments of the newest."""

    key = models.CharField(max_length=64, unique=True)
    since = models.PositiveBigIntegerField(db_index=True)  # seconds since 1970: the day's beginning, or the newest
    number = models.PositiveIntegerField(default=0)
    moments = models.TextField(default="")  # one after the other, the newest first

    class Meta:
        app_label = "foundation"

    def __str__(self) -> str:
        return f"{self.key} {self.number}"


# Each is one statement that locks its row: of two processes neither misses the other's try.
_COUNT_A_DAY: Final = (
    "INSERT INTO foundation_try (key, since, number, moments) VALUES (%s, %s, %s, '') "
    "ON CONFLICT (key) DO UPDATE SET number = foundation_try.number + excluded.number RETURNING number"
)
_GIVE_BACK_OF_A_DAY: Final = "UPDATE foundation_try SET number = number - 1 WHERE key = %s AND number > 0"
# The oldest of as many as are allowed makes room when it is over; a row that is left as it is returns nothing. One from
# the future is of a clock that was put back.
_COUNT: Final = (
    "INSERT INTO foundation_try (key, since, number, moments) VALUES (%(key)s, %(since)s, 0, %(moment)s) "
    "ON CONFLICT (key) DO UPDATE SET since = excluded.since, "
    "moments = excluded.moments || substr(foundation_try.moments, 1, %(others)s) "
    "WHERE length(foundation_try.moments) <= %(others)s "
    "OR substr(foundation_try.moments, %(others)s + 1) <= %(over)s "
    "OR substr(foundation_try.moments, %(others)s + 1) > %(future)s RETURNING number"
)


class Tries:
    """At most ``most`` tries of one key, at least one, in any period of so many ``minutes``; ``what`` is tried."""

    def __init__(self, what: str, most: int, *, minutes: int) -> None:
        self._space = f"foundation_try|{what}|{minutes}"
        self._most = most
        self._period = timedelta(minutes=minutes)

    @no_act
    def count(self, key: str, at: datetime) -> bool:
        """Count a try that is answered; whether it is. One that is not holds nobody off any longer."""
        told: dict[str, str | int] = {
            "key": blind_index(self._space, key),
            "since": int(at.timestamp()),
            "moment": _written(at),
            "others": (self._most - 1) * _DIGITS,
            "over": _written(at - self._period),
            "future": _written(at + self._period),
        }
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, told)
            return cursor.fetchone() is not None

    @no_act
    def give_back(self, key: str, at: datetime) -> None:
        """What was counted turned out to be no guess: it counts no more. ``at`` is the moment it was counted for."""
        rows, gone = Try.objects.filter(key=blind_index(self._space, key)), _written(at)
        while gone in (moments := _moments(rows.values_list("moments", flat=True).first())):
            kept = list(moments)
            kept.remove(gone)
            # Taken from what was read just now, or read again.
            if rows.filter(moments="".join(moments)).update(moments="".join(kept)):
                return


class TriesOfADay:
    """At most ``most`` tries of one key on a day in China; ``what`` is tried."""

    def __init__(self, what: str, most: int) -> None:
        self._space = f"foundation_try|{what}"
        self._most = most

    @no_act
    def count(self, key: str, at: datetime, *, weight: int = 1) -> bool:
        """Count a try, or one that weighs as many; whether it is still one of those that are answered."""
        midnight = at.astimezone(CHINA_TIME).replace(hour=0, minute=0, second=0, microsecond=0)
        with connection.cursor() as cursor:
            cursor.execute(_COUNT_A_DAY, [self._key(key, at), int(midnight.timestamp()), weight])
            number: int = cursor.fetchone()[0]
        return number <= self._most

    def has_more(self, key: str, at: datetime) -> bool:
        """Whether one more try would be answered; nothing is counted."""
        number = Try.objects.filter(key=self._key(key, at)).values_list("number", flat=True).first()
        return (number or 0) < self._most

    @no_act
    def give_back(self, key: str, at: datetime) -> None:
        """What was counted turned out to be no guess: it counts no more. ``at`` is the moment it was counted for."""
        with connection.cursor() as cursor:
            cursor.execute(_GIVE_BACK_OF_A_DAY, [self._key(key, at)])

    def _key(self, key: str, at: datetime) -> str:
        return blind_index(f"{self._space}|{at.astimezone(CHINA_TIME).date()}", key)


def drop_old(at: datetime) -> None:
    """Throw away what is longer over than any period lasts."""
    delete_any(Try.objects.filter(since__lt=int((at - _KEPT).timestamp())))


def _written(moment: datetime) -> str:
    return f"{(moment - _BEGINNING) // timedelta(microseconds=1):0{_DIGITS}}"


def _moments(written: str | None) -> list[str]:
    return [(written or "")[start : start + _DIGITS] for start in range(0, len(written or ""), _DIGITS)]
