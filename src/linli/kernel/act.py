"""Who acts, when, and under which key: handed to every operation, so that none reads a clock or a session."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Protocol

# China keeps one civil time without summer time since 1992; deadlines are counted in it whatever the server's zone.
CHINA_TIME = timezone(timedelta(hours=8), "CST")


class Actor(Protocol):
    """What an act needs to know of a person: an id that audit can keep."""

    @property
    def pk(self) -> int: ...


@dataclass(frozen=True)
class Act:
    """One person's deed at one moment.

    ``key`` is the idempotency key: the same key never takes effect twice. Empty means that the caller cannot repeat
    itself (the simulator, a command). ``said`` is the digest of what a form said, so that the same form with other
    words in it is not taken for the same deed; empty where nobody can alter what is sent again. ``sure`` is False
    where who acts sits in a browser in which no second factor was shown a short while ago.
    """

    by: Actor
    at: datetime
    key: str = ""
    said: str = ""
    sure: bool = True

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("an act happens at an aware datetime")

    @property
    def on(self) -> date:
        """The civil date of the act in China."""
        return self.at.astimezone(CHINA_TIME).date()


@dataclass(frozen=True)
class _System:
    """The product itself: the daily clock, sealing, installation. It holds no role."""

    pk: int = 0


SYSTEM = _System()
