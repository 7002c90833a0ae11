"""What a browser calls itself, in two words that its person knows it by."""

from django.http import HttpRequest

# The first that is found counts: each names those after it too.
_BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def browser_of(request: HttpRequest) -> str:
    """Such as "Edge · Windows"; empty where it says nothing that is known."""
    said = request.headers.get("User-Agent", "")
    found = (next((name for mark, name in known if mark in said), "") for known in (_BROWSERS, _SYSTEMS))
    return " · ".join(one for one in found if one)
