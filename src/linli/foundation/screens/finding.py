"""One search 查找: each room puts on the shelf what can be found in it, by which texts, for whom (docs/adr/0035)."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from django.db.models import QuerySet

from linli.foundation.data.scope import Scope, Stamp
from linli.foundation.shelves import Shelf
from linli.kernel.act import Act
from linli.kernel.text import plain_number, plain_text

# The address of the page that searches, and how much it shows; what finds more has to be narrowed.
PAGE, MOST = "search", 50


@dataclass(frozen=True)
class Found:
    """One thing found: what it is called, the page it leads to, one line about it, its state, where it lies; ``shows``
    is the number by which the trail names whom it shows, empty where it shows nobody.
    """

    title: object
    page: str
    arguments: tuple[object, ...] = ()
    query: str = ""
    lead: object = ""
    state: Enum | tuple[object, str] | None = None
    where: Stamp | None = None
    shows: str = ""
    kind: object = ""  # what it is, where it is not what its kind says


@dataclass(frozen=True)
class Wanted:
    """A text as the kind reads it, where the reader's roles let them look, who they are (an Authority), and the act as
    which it is noted where that is so.
    """

    text: str
    scope: Scope
    person: Any
    act: Act

    @property
    def on(self) -> date:
        """The day."""
        return self.act.on


@dataclass(frozen=True)
class Kind:
    """What can be found in a room. ``reads`` makes of a typed text what is looked for, empty where it is none of these;
    ``roles`` are whose it is. ``whole``: the text is a whole number, which leads to its page.
    """

    title: object
    roles: Sequence[Any]
    reads: Callable[[str], str]
    find: Callable[[Wanted], Iterable[Found]]
    whole: bool = False


kinds: Shelf[Kind] = Shelf()


@dataclass(frozen=True)
class Answer:
    """What a text finds, kind by kind; ``straight`` where it is the whole number of one thing."""

    found: Sequence[Found] = ()
    straight: bool = False


def may_search(person: Any) -> bool:
    """Whether there is anything that the person may look for."""
    return any(person.scope(*kind.roles) for kind in kinds.values())


def find(person: Any, text: str, act: Act) -> Answer:
    """What the text finds in the person's reach: whose whole number it is, else whatever it fits. What lies out of
    reach is not there. Raises the refusal of a room that answers no more today.
    """
    numbered = _asked(person, text, act, whole=True)
    if numbered:
        return Answer(numbered, straight=len(numbered) == 1)
    return Answer(_asked(person, text, act, whole=False))


def _asked(person: Any, text: str, act: Act, *, whole: bool) -> list[Found]:
    found: list[Found] = []
    for kind in kinds.values():
        wanted = kind.reads(text) if kind.whole is whole else ""
        if wanted and (scope := person.scope(*kind.roles)):
            found += (_called(kind, one) for one in kind.find(Wanted(wanted, scope, person, act)))
    return found


def _called(kind: Kind, one: Found) -> Found:
    return one if one.kind else Found(**{**vars(one), "kind": kind.title})


def numbered(
    key: str,
    title: object,
    roles: Sequence[Any],
    number: Callable[[str], str],
    page: str,
    rows: Callable[[Scope], "QuerySet[Any, Any]"],
    *,
    name: str = "",
) -> None:
    """Put on the shelf what has a ``number`` (see :func:`series`), which leads to the page of its own; and, where it
    has no person's ``name`` but another, what has the text in that.
    """

    def whole(wanted: Wanted) -> Iterable[Found]:
        for row in rows(wanted.scope).filter(number=wanted.text):
            yield Found(row.number, page, (row.number,))

    def called(wanted: Wanted) -> Iterable[Found]:
        for row in rows(wanted.scope).filter(**{f"{name}__icontains": wanted.text})[:MOST]:
            yield Found(getattr(row, name), page, (row.number,), lead=row.number, where=row.stamp)

    kinds.put({key: Kind(title, roles, number, whole, whole=True)})
    if name:
        kinds.put({f"{key}.{name}": Kind(title, roles, as_name, called)})


def series(prefix: str, digits: int = 4, *, yearly: bool = True) -> Callable[[str], str]:
    """Reads numbers of a series however they are typed: "ws 2026 1", "ＷＳ－2026－0001" are WS-2026-0001."""
    pattern = re.compile(rf"{prefix}({r'[0-9]{4}' if yearly else ''})([0-9]{{1,9}})")

    def reads(text: str) -> str:
        found = pattern.fullmatch(plain_number(text))
        year = f"{found[1]}-" if found and yearly else ""
        return f"{prefix}-{year}{int(found[2]):0{digits}d}" if found else ""

    return reads


def as_name(text: str) -> str:
    """Reads what may be a name: two signs and more, not digits alone."""
    plain = plain_text(text)
    return plain if len(plain) > 1 and not plain_number(text).isdigit() else ""


def last_four(text: str) -> str:
    """Reads four digits."""
    plain = plain_number(text)
    return plain if re.fullmatch("[0-9]{4}", plain) else ""
