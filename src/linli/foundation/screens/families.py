"""The page of a family 家庭: the registry shows who lives there; what other rooms know of them stands on a shelf.

See docs/adr/0040. A room's module ``family`` says what it brings; the page knows no room by name.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.safestring import SafeString

from linli.foundation.data.scope import Stamp
from linli.foundation.screens import cells, navigation
from linli.foundation.screens.cells import Cell
from linli.foundation.screens.heads import Action
from linli.foundation.screens.pages import returning
from linli.foundation.screens.texts import joined, joined_by_dot
from linli.foundation.screens.work import Todo
from linli.foundation.shelves import Shelf
from linli.kernel.act import CHINA_TIME

T = TypeVar("T")

# So many lines of the history at once; of what is over in a card.
HISTORY, OVER = 40, 20


@dataclass(frozen=True)
class Family:
    """Whom the page is about: a household (id and number; 0 and "" where there is none) and people by id, each with
    number and name; and where they live.
    """

    household_id: int
    number: str
    people: Mapping[int, tuple[str, str]]
    stamp: Stamp

    @property
    def units(self) -> list[str]:
        """Numbers of the household and its people: what belongs to them bears one of these."""
        return [number for number in (self.number, *(number for number, _name in self.people.values())) if number]

    def named(self, unit: str) -> str:
        """The name of one of the people by number; empty for the household."""
        return dict(self.people.values()).get(unit, "")


@dataclass(frozen=True)
class Asking:
    """Who asks (an Authority of users, which stands above), about which family, on which day."""

    request: HttpRequest
    person: Any
    family: Family
    on: date
    _known: dict[object, Any] = field(default_factory=dict, repr=False)

    def once(self, read: Callable[["Asking"], T]) -> T:
        """What a read of the family gives: cards and history, and rooms above, ask for it and it is read once."""
        if read not in self._known:
            self._known[read] = read(self)
        found: T = self._known[read]
        return found

    @property
    def back(self) -> str:
        """The end of a link (``Cell.query``) whose page leads back here after its act."""
        return f"?{urlencode({'next': self.request.path})}"

    def to(self, page: str, *args: object, query: str = "") -> str:
        """The address of an act's page, which leads back here; empty where it is not this person's."""
        address = navigation.link(self.request, page, *args)
        return returning(f"{address}{query}", self.request.path) if address else ""

    def action(self, label: object, page: str, *args: object, query: str = "", main: bool = False) -> list[Action]:
        """A button to such a page; none where it is not this person's."""
        address = self.to(page, *args, query=query)
        return [Action(label, address, main=main)] if address else []


@dataclass(frozen=True)
class Line:
    """One thing on a card: what it is, where it stands, what can be done. ``key`` is its number: other rooms' notes on
    it stand below.
    """

    what: Cell
    state: Cell | None = None
    actions: Sequence[Action] = ()
    key: str = ""


@dataclass(frozen=True)
class Card:
    """Things of one kind; those that are ``over`` are folded away. Without lines it is not shown; those with the lowest
    ``place`` stand first, on a wide screen some ``aside``.
    """

    place: int
    title: object
    lines: Sequence[Line] = ()
    over: Sequence[Line] = ()
    aside: bool = False


@dataclass(frozen=True)
class Part:
    """What a room brings: cards; what waits for this person; notes on what bears a number (a person, the household, a
    line of another room), and what can be begun for it; whom it ``shows``, for the trail.
    """

    cards: Sequence[Card] = ()
    waits: Sequence[Todo] = ()
    notes: Mapping[str, Sequence[object]] = field(default_factory=dict)
    begins: Mapping[str, Sequence[Action]] = field(default_factory=dict)
    shows: Sequence[str] = ()


@dataclass(frozen=True)
class Happened:
    """A line of the history: the day, what, whose hand (id), about whom or how much."""

    day: date
    title: str
    by_id: int | None = None
    note: str = ""
    source: str = ""


@dataclass(frozen=True)
class Window:
    """Which lines of the history: the newest ``most`` of those on days before ``before``."""

    before: date = date.max
    most: int = HISTORY + 1  # one more than is shown tells whether there are more

    @property
    def until(self) -> datetime:
        """The moment before which the lines lie. In UTC the first day that there is began on none."""
        return datetime.combine(max(self.before, date(1, 1, 2)), time.min, CHINA_TIME)


Story = Callable[[Asking, Window], Iterable[Happened]]
# What rooms bring, by room; and what they tell of the past, newest first, no more than the window asks for.
parts: Shelf[Callable[[Asking], Part]] = Shelf()
stories: Shelf[Story] = Shelf()


@dataclass(frozen=True)
class ShownLine:
    """A line as the page draws it."""

    what: SafeString
    state: SafeString
    notes: Sequence[object]
    actions: Sequence[Action]


# Title, lines, and those that are folded away.
ShownCard = tuple[object, Sequence[ShownLine], Sequence[ShownLine]]


@dataclass(frozen=True)
class Gathered:
    """What all rooms bring together. ``next`` is what the law lets wait least, with the address that does it."""

    cards: Sequence[ShownCard]
    aside: Sequence[ShownCard]
    next: tuple[Todo, str] | None
    notes: Mapping[str, Sequence[object]]
    begins: Mapping[str, Sequence[Action]]
    shows: Sequence[str]


def gathered(asking: Asking) -> Gathered:
    """Everything that rooms know of the family, as far as the person may see it."""
    found = [bring(asking) for bring in parts.values()]
    notes = _together(part.notes for part in found)

    def drawn(*, aside: bool) -> list[ShownCard]:
        cards = sorted((one for part in found for one in part.cards if one.aside == aside), key=lambda one: one.place)
        return [_card(asking.request, one, notes) for one in cards if one.lines or one.over]

    waits = sorted((one for part in found for one in part.waits), key=lambda one: one.due_date or date.max)
    return Gathered(
        drawn(aside=False),
        drawn(aside=True),
        next(((one, to) for one in waits if (to := asking.to(one.page, *one.arguments, query=one.query))), None),
        notes,
        _together(part.begins for part in found),
        [number for part in found for number in part.shows],
    )


def _card(request: HttpRequest, card: Card, notes: Mapping[str, Sequence[object]]) -> ShownCard:
    """What a card shows and what it folds away: where all is over, the newest shows."""
    lines = card.lines or card.over[:1]
    over = card.over[:OVER] if card.lines else card.over[1:OVER]
    drawn = [[_drawn(request, line, notes) for line in some] for some in (lines, over)]
    return card.title, drawn[0], drawn[1]


def history(asking: Asking, own: Story, before: date | None) -> tuple[list[dict[str, object]], date | None]:
    """The lines of the history before a day (None: the newest) for ``{% timeline %}``, those of the page's ``own`` room
    among them; and the day before which the next ones lie, None where there are none.

    Days are shown whole: the next page begins on another one.
    """
    window = Window(before or date.max)
    told = [one for story in (own, *stories.values()) for one in story(asking, window)]
    told.sort(key=lambda one: one.day, reverse=True)
    shown, rest = told[:HISTORY], told[HISTORY:]
    if rest:
        shown = [one for one in shown if one.day != rest[0].day] or shown
    return _lines(shown, mark=before is None), shown[-1].day if rest else None


def _lines(some: Sequence[Happened], *, mark: bool) -> list[dict[str, object]]:
    """What one hand recorded together is one line, and what several did about one thing."""
    names = cells.names_of(one.by_id for one in some)
    notes: dict[tuple[date, str, int | None, str], dict[str, None]] = {}
    for one in some:
        notes.setdefault((one.day, one.title, one.by_id, one.source), {})[one.note] = None
    lines: dict[tuple[object, object, str], dict[str, None]] = {}
    for (day, title, by_id, source), told in notes.items():
        key = day, title, joined_by_dot(*told, source)
        lines.setdefault(key, {})[names.get(by_id or 0, "")] = None
    return [
        {"at": day, "title": title, "by": joined(filter(None, by)), "note": note, "mark": mark and not place}
        for place, ((day, title, note), by) in enumerate(lines.items())
    ]


def _together(some: Iterable[Mapping[str, Sequence[Any]]]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for one in some:
        for key, values in one.items():
            found.setdefault(key, []).extend(values)
    return found


def _drawn(request: HttpRequest, line: Line, notes: Mapping[str, Sequence[object]]) -> ShownLine:
    state = cells.shown(line.state, "STATE", request) if line.state else SafeString()
    return ShownLine(cells.shown(line.what, "TEXT", request), state, notes.get(line.key, ()), line.actions)
