"""What every page's frame needs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from linli.foundation.screens import finding, navigation, pages
from linli.foundation.screens.heads import Head
from linli.foundation.screens.keys import KEYS

LARGE_COOKIE, THEME_COOKIE = "linli_size", "linli_theme"
# Empty means what the browser's system prefers.
THEMES = frozenset({"light", "dark"})
PHONE_ITEMS = 4

_territory: list[Callable[[HttpRequest], str]] = []


def describe_territory_by(words: Callable[[HttpRequest], str]) -> None:
    """Say in the top bar where a person works and as what; the room that knows it calls this once with its urls."""
    _territory[:] = [words]


class Asked(dict[str, str]):
    """What the address asks for, by name; empty for what it does not ask: templates refuse names that are not there."""

    def __missing__(self, name: str) -> str:
        return ""


@dataclass(frozen=True)
class OtherDay:
    """Another day of a demonstration, and where it is served."""

    day: date
    address: str

    @staticmethod
    def told(text: str) -> "OtherDay":
        """ "2026-12-31=http://…" taken apart."""
        day, _, address = text.partition("=")
        return OtherDay(date.fromisoformat(day), address)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Navigation, size and theme, and the day a demonstration lives on."""
    person = getattr(request, "user", None)
    known = person is not None and person.is_authenticated
    items = navigation.shown(request, current=getattr(request, "nav_key", "")) if known else []
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return {
        "head": Head(),
        "asked": Asked((name, str(value)) for name, value in request.GET.items()),
        "nav_items": [item for item in items if not item.top],
        "nav_top": [item for item in items if item.top],
        "nav_phone": [item for item in items if item.phone][:PHONE_ITEMS],
        "keys": KEYS if known else (),
        "search_address": SimpleLazyObject(lambda: navigation.link(request, finding.PAGE)) if known else "",
        "large": request.COOKIES.get(LARGE_COOKIE) == "large",
        "theme": theme if theme in THEMES else "",
        "demo_today": pages.today() if settings.DEMO_TODAY else None,
        "demo_other": OtherDay.told(settings.DEMO_OTHER) if settings.DEMO_OTHER else None,
        "today": pages.today(),
        # Asked only by pages that show it; a view's own value goes before.
        "territory": SimpleLazyObject(lambda: _territory[0](request)) if known and _territory else "",
    }
