"""The side bar and the phone's bottom bar: by job, not by table; each item only for those who may use it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

Visible = Callable[[HttpRequest], bool]


@dataclass(frozen=True)
class NavItem:
    """One job. ``label`` is a lazy text, ``phone`` puts it on the bottom bar, ``top`` beside the person (the inbox)
    instead of the side bar, ``count`` says how much waits and ``late`` whether some of it is overdue.
    """

    key: str
    label: object
    url_name: str
    order: int
    visible: Visible
    phone: bool = False
    count: Callable[[HttpRequest], int] | None = None
    top: bool = False
    late: Callable[[HttpRequest], bool] | None = None


@dataclass(frozen=True)
class ShownItem:
    """An item as the template needs it."""

    key: str
    label: object
    url: str
    count: int
    current: bool
    phone: bool
    top: bool = False
    late: bool = False


_items: dict[str, NavItem] = {}
_open_to: dict[str, Visible] = {}


def register(item: NavItem) -> None:
    """Add an item; called when a room's urls are loaded. The same key again replaces it."""
    _items[item.key] = item


def open_to(visible: Visible, *pages: str) -> None:
    """Say who may open pages (names of addresses); called when a room's urls are loaded. Links that other rooms show to
    them are links for these people alone (``{% url_if %}``, ``{% linked %}``): nobody is led to a page that is refused.
    """
    _open_to.update(dict.fromkeys(pages, visible))


def may_open(request: HttpRequest | None, page: str) -> bool:
    """Whether the person may open a page; of pages that nobody spoke for everybody may."""
    visible = _open_to.get(page)
    if visible is None or request is None:
        return True
    known: dict[Visible, bool] = vars(request).setdefault("known_open", {})
    if visible not in known:
        known[visible] = visible(request)
    return known[visible]


def shown(request: HttpRequest, *, current: str = "") -> list[ShownItem]:
    """The items this person may use, in order."""
    ordered = sorted(_items.values(), key=lambda item: (item.order, item.key))
    return [_shown(request, item, reverse(item.url_name), current) for item in ordered if item.visible(request)]


def _shown(request: HttpRequest, item: NavItem, url: str, current: str) -> ShownItem:
    return ShownItem(
        item.key,
        item.label,
        url,
        count=item.count(request) if item.count else 0,
        # A page below an item's own belongs to it, the front page to itself alone.
        current=item.key == current or (not current and _within(request.path, url)),
        phone=item.phone,
        top=item.top,
        late=item.late(request) if item.late else False,
    )


def _within(path: str, url: str) -> bool:
    return path == url or (url.count("/") > 1 and path.startswith(url))
