"""What every page's frame needs."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from linli.foundation.screens import navigation, pages

LARGE_COOKIE, THEME_COOKIE = "linli_size", "linli_theme"


def frame(request: HttpRequest) -> dict[str, Any]:
    """Navigation, size and theme, and the day a demonstration lives on."""
    person = getattr(request, "user", None)
    known = person is not None and person.is_authenticated
    items = navigation.shown(request, current=getattr(request, "nav_key", "")) if known else []
    return {
        "nav_items": items,
        "nav_phone": [item for item in items if item.phone][:4],
        "large": request.COOKIES.get(LARGE_COOKIE) == "large",
        "theme": request.COOKIES.get(THEME_COOKIE, ""),
        "demo_today": pages.today() if settings.DEMO_TODAY else None,
        "today": pages.today(),
    }
