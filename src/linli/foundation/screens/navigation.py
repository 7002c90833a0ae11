"""The side bar and the phone's bottom bar: by job, not by table; each item only for those who may use it.

Whom a page is for is said once, by the desk that it is a page of (``desks.pages_at``): items, tabs and links ask there.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import URLResolver, get_resolver, reverse

Visible = Callable[[HttpRequest], bool]


@dataclass(frozen=True)
class NavItem:
    """One job. ``label`` is a lazy text, ``phone`` puts it on the bottom bar, ``top`` beside the person (the inbox)
    instead of the side bar, ``count`` says how much waits and ``late`` whether some of it is overdue. ``tabs`` are the
    lists of the job: (page, words); ``keeps`` are what an address goes on saying from one of them to the next (which
    community). It is for whom its page is, unless ``visible`` says otherwise.
    """

    key: str
    label: object
    url_name: str
    order: int
    visible: Visible | None = None
    phone: bool = False
    count: Callable[[HttpRequest], int] | None = None
    top: bool = False
    late: Callable[[HttpRequest], bool] | None = None
    tabs: Sequence[tuple[str, object]] = ()
    keeps: Sequence[str] = ()

    def is_for(self, request: HttpRequest) -> bool:
        """Whether the person of the request has this job."""
        return self.visible(request) if self.visible else may_open(request, self.url_name)


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
_added: dict[str, dict[str, object]] = {}


def register(item: NavItem) -> None:
    """Add an item; called when a room's urls are loaded. The same key again replaces it."""
    _items[item.key] = item


def add_tab(key: str, page: str, label: object) -> None:
    """A list that another room brings to a job; called when that room's urls are loaded, in whichever order."""
    _added.setdefault(key, {})[page] = label


def may_open(request: HttpRequest | None, page: str) -> bool:
    """Whether the person may open a page; of pages that nobody spoke for everybody may."""
    visible = _doors(get_resolver()).get(page)
    if visible is None or request is None:
        return True
    known: dict[Visible, bool] = vars(request).setdefault("known_open", {})
    if visible not in known:
        known[visible] = visible(request)
    return known[visible]


def link(request: HttpRequest | None, page: str, *args: object) -> str:
    """The address of a page; empty where it is not this person's. Raises NoReverseMatch where there is no such page."""
    address = reverse(page, args=args)
    return address if may_open(request, page) else ""


def home_of(request: HttpRequest) -> list[tuple[object, str]]:
    """The job that the page belongs to, as (words, address): the beginning of the way to the page."""
    item = _items.get(str(getattr(request, "nav_key", "")))
    return [(item.label, _kept(request, item, item.url_name))] if item else []


def tabs_of(request: HttpRequest) -> list[tuple[object, str, bool]]:
    """The lists of the page's job that are this person's, as (words, address, is it this page); none elsewhere."""
    item = _items.get(str(getattr(request, "nav_key", "")))
    here = request.resolver_match.url_name if request.resolver_match else ""
    tabs = [*item.tabs, *_added.get(item.key, {}).items()] if item else []
    if item is None or here not in {page for page, _label in tabs}:
        return []
    found = [(label, _kept(request, item, page), page == here) for page, label in tabs]
    return [one for one in found if one[1]]


def _kept(request: HttpRequest, item: NavItem, page: str) -> str:
    address = link(request, page)
    said = {key: request.GET[key] for key in item.keeps if request.GET.get(key)}
    return f"{address}?{urlencode(said)}" if address and said else address


@cache
def _doors(pages: URLResolver) -> Mapping[str, Visible]:
    """Whom each page is for, by the desk it is a page of."""
    return dict(_walk(pages))


def _walk(resolver: URLResolver) -> Iterator[tuple[str, Visible]]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from _walk(one)
        elif one.name and hasattr(one.callback, "admits"):
            yield one.name, one.callback.admits


def shown(request: HttpRequest, *, current: str = "") -> list[ShownItem]:
    """The items this person may use, in order."""
    ordered = sorted(_items.values(), key=lambda item: (item.order, item.key))
    return [_shown(request, item, reverse(item.url_name), current) for item in ordered if item.is_for(request)]


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
