"""What a list can be narrowed by: declared once, read from the address, drawn as a form."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.http import HttpRequest

from linli.foundation.screens.texts import pack_text

Choices = Sequence[tuple[Any, object]]


@dataclass(frozen=True)
class Filter:
    """One question above a list. ``key`` is its name in the address. Without ``choices`` it is a text that is looked
    for, ``hint`` (or what it says of the list) stands in it; ``suggest`` says what the text typed so far could mean: a
    few (value, words); without scripts the text itself is looked for. ``kind`` "day" asks for a date. ``choices`` are
    (value, words), anything else counts as not asked; or a function of the list that gives those of the day.
    ``default`` (or what it says of the list) holds until something else, or "all", is chosen; ``fixed``: one of them
    always holds.
    """

    key: str
    label: object
    choices: Choices | Callable[[Any], Choices] | None = None
    hint: object | Callable[[Any], object] = ""
    default: str | Callable[[Any], str] = ""
    kind: Literal["choice", "text", "day"] = "choice"
    fixed: bool = False
    suggest: Callable[[Any, str], Choices] | None = None

    @property
    def asks_for(self) -> str:
        """How it is asked: a text where there is nothing to choose from."""
        return "text" if self.choices is None and self.kind == "choice" else self.kind


@dataclass(frozen=True)
class AskedFilter:
    """A filter as its form needs it: what is chosen, and among what."""

    key: str
    label: object
    kind: str
    value: str
    hint: object
    choices: Sequence[tuple[str, str]]
    default: str
    fixed: bool
    suggests: bool


class Asked(dict[str, str]):
    """What is asked, by key; empty for what is not."""

    def __missing__(self, key: str) -> str:
        return ""


def read(request: HttpRequest, filters: Iterable[Filter], listing: Any) -> tuple[Asked, list[AskedFilter]]:
    """What the address asks for, and the filters with it, for the form."""
    asked, drawn = Asked(), []
    for one in filters:
        choices = _choices(one, listing)
        default = one.default(listing) if callable(one.default) else one.default
        value = request.GET.get(one.key, default).strip()
        if one.fixed and value not in dict(choices):
            value = default
        elif value and callable(one.choices) and value not in dict(choices):
            # What is offered changes from day to day; what is asked for is looked for all the same.
            choices.append((value, value))
        elif not _is_answer(one, choices, value):
            value = ""
        asked[one.key] = value
        hint = one.hint(listing) if callable(one.hint) else one.hint
        suggests = one.suggest is not None
        drawn.append(AskedFilter(one.key, one.label, one.asks_for, value, hint, choices, default, one.fixed, suggests))
    return asked, drawn


def suggested(filters: Iterable[Filter], listing: Any, key: str, text: str) -> list[tuple[str, str]]:
    """What is offered for the text typed so far into the question of the key; nothing for any other key."""
    suggest = next((one.suggest for one in filters if one.key == key), None)
    found = suggest(listing, text.strip()) if suggest and text.strip() else ()
    return [(str(value), pack_text(words)) for value, words in found]


def is_narrowed(drawn: Iterable[AskedFilter]) -> bool:
    """Whether anything is asked that is not asked by itself."""
    return any(one.value != one.default for one in drawn)


def _is_answer(one: Filter, choices: Sequence[tuple[str, str]], value: str) -> bool:
    if one.kind != "day":
        return one.choices is None or value in dict(choices)
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _choices(one: Filter, listing: Any) -> list[tuple[str, str]]:
    found = one.choices(listing) if callable(one.choices) else one.choices or ()
    return [(str(value), pack_text(words)) for value, words in found]
