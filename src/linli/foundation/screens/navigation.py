"""The side bar and the phone's bottom bar: by job, not by table; each item only for those who may use it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

Visible = Callable[[HttpRequest], bool]


@dataclass(frozen=True)
class NavItem:
    """One job. ``label`` is a lazy text, ``phone`` puts it on the bottom bar, ``count`` says how much waits."""

    key: str
    label: object
    url_name: str
    order: int
    visible: Visible
    phone: bool = False
    count: Callable[[HttpRequest], int] | None = None


@dataclass(frozen=True)
class ShownItem:
    """An item as the template needs it."""

    key: str
    label: object
    url: str
    count: int
    current: bool
    phone: bool


_items: dict[str, NavItem] = {}


def register(item: NavItem) -> None:
    """Add an item; called when a room's urls are loaded. The same key again replaces it."""
    _items[item.key] = item


def shown(request: HttpRequest, *, current: str = "") -> list[ShownItem]:
    """The items this person may use, in order. Items whose page does not exist are left out."""
    items = []
    for item in sorted(_items.values(), key=lambda item: (item.order, item.key)):
        try:
            url = reverse(item.url_name)
        except NoReverseMatch:
            continue
        if item.visible(request):
            is_current = item.key == current or (not current and request.path == url)
            count = item.count(request) if item.count else 0
            items.append(ShownItem(item.key, item.label, url, count, is_current, item.phone))
    return items
