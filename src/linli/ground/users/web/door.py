"""Who guesses passwords is held off, and holds nobody else off by it (ADR 0054).

A try counts for the name from where it came, then for the place, then for the name from everywhere: one place cannot
use up what a name has, so nobody is locked out by a stranger at one computer. A browser in which a person has logged
in before, with all that is asked of them, is known: its tries count for it alone, whatever strangers do to the name.
It is known as long as the password is the one of then and nobody ended the sessions of the account, but for the person
themselves in that browser.
"""

import logging
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth import update_session_auth_hash
from django.core import signing
from django.http import HttpRequest, HttpResponse

from linli.foundation.clock import now
from linli.foundation.data.crypto import blind_index
from linli.foundation.screens.counting import count_log_in
from linli.foundation.screens.front import visitor
from linli.foundation.trail.tries import Tries
from linli.ground.users.models import User
from linli.ground.users.queries import account_named
from linli.kernel.text import folded

MINUTES: Final = 15
COOKIE: Final = "linli_device"
_YEAR: Final = 365 * 24 * 3600
_SALT: Final = "linli.ground.users.device"
_STAYS: Final = "browser_stays_known"
# So many people may share a browser, the last ones count.
_PEOPLE: Final = 20
_NAME_THERE: Final = Tries("log-in by name and place", 5, minutes=MINUTES)
_THERE: Final = Tries("log-in from a place", 60, minutes=MINUTES)
_NAME: Final = Tries("log-in by name", 30, minutes=MINUTES)
_DEVICE: Final = Tries("log-in in a known browser", 10, minutes=MINUTES)
_log = logging.getLogger("linli.log_in")


@dataclass(frozen=True)
class Device:
    """A browser as its cookie tells: its number, and who has logged in there, each by a keyed hash of the account and
    of its password as it is kept.
    """

    number: str = ""
    people: tuple[str, ...] = ()

    def knows(self, user: User | None) -> bool:
        """Whether this person logged in there with the password of now."""
        return user is not None and _mark_of(user) in self.people

    def with_(self, user: User) -> "Device":
        """The same browser, after this person logged in."""
        mark = _mark_of(user)
        others = [one for one in self.people if one != mark]
        return Device(self.number or secrets.token_hex(8), (*others, mark)[-_PEOPLE:])


class Attempt:
    """One try to log in, counted before the password is looked at, so that tries at the same moment count as well."""

    def __init__(self, request: HttpRequest, username: str) -> None:
        self._at = now()
        self._request = request
        self._place = visitor(request)
        self._person = blind_index("log-in", folded(username))
        self._device = device_of(request)
        self.user = account_named(username)
        self._counted: list[tuple[Tries, str]] = []
        # A try that is refused by what comes first is not counted by what comes after.
        self.allowed = all(self._count(tries, key) for tries, key in self._keys())

    def was_right(self) -> None:
        """Nothing was guessed: nothing counts."""
        for tries, key in self._counted:
            tries.give_back(key, self._at)

    def tell(self, outcome: str) -> None:
        """The line in the log: how it ended."""
        tell(self._request, outcome, self.user)

    def _keys(self) -> Iterator[tuple[Tries, str]]:
        if self._device.knows(self.user):
            yield _DEVICE, f"{self._device.number}|{self._person}"
            return
        yield _NAME_THERE, f"{self._person}|{self._place}"
        yield _THERE, self._place
        yield _NAME, self._person

    def _count(self, tries: Tries, key: str) -> bool:
        self._counted.append((tries, key))
        return tries.count(key, self._at)


def get_to_know(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Somebody came in, with the last half of what is asked of them: the browser is known from now on."""
    _remember(request, response, user)
    tell(request, "in", user)


def go_on_here(request: HttpRequest, user: User) -> None:
    """The person's own act ended their sessions and what marks their browsers: this one goes on, and where it was known
    it stays known (``stay_known``).
    """
    if device_of(request).knows(request.user):  # type: ignore[arg-type]  # as the account was before the act
        vars(request)[_STAYS] = user
    update_session_auth_hash(request, user)


def stay_known(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Mark the browser anew that goes on."""
    user: User | None = vars(request).pop(_STAYS, None)
    if user is not None:
        _remember(request, response, user)
    return response


def _remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    known = device_of(request).with_(user)
    value = signing.dumps([known.number, *known.people], salt=_SALT, compress=True)
    response.set_cookie(COOKIE, value, max_age=_YEAR, httponly=True, secure=request.is_secure(), samesite="Lax")


def tell(request: HttpRequest, outcome: str, user: User | None) -> None:
    """The line in the log: how it ended, whose account it was; of where it came from a keyed hash."""
    count_log_in(outcome)
    level = logging.INFO if outcome == "in" else logging.WARNING
    place = blind_index("log", visitor(request))[:12]
    known = device_of(request).knows(user)
    facts = {"outcome": outcome, "account": user.pk if user else None, "known": known, "place": place}
    _log.log(level, "log-in", extra={"facts": facts})


def device_of(request: HttpRequest) -> Device:
    """What the browser's cookie says of it; a browser that nobody knows where it says nothing of ours."""
    told: Any = []
    with suppress(signing.BadSignature, ValueError):
        told = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=_YEAR)
    return Device(told[0], tuple(told[1:])) if told else Device()


def _mark_of(user: User) -> str:
    """What sessions hold to as well: another once the password changes or is reset, or sessions were ended."""
    return blind_index("device", f"{user.pk}|{user.get_session_auth_hash()}")
