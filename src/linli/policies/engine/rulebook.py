"""Rules as a pack writes them: ordinary functions, marked by a decorator, whose parameter names say what they need."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from linli.policies.engine.text import Text

PERSON, HOUSEHOLD = "PERSON", "HOUSEHOLD"
Scalar = int | bool
RuleFunction = Callable[..., Scalar | None]
_F = TypeVar("_F", bound=Callable[..., Scalar | None])

# The decorator leaves its marks on the function under this name; the reader of the rule file collects them.
MARK = "_linli_rule"


@dataclass(frozen=True)
class Mark:
    """What a decorator says of a rule."""

    level: str
    label: Text
    article: str


@dataclass(frozen=True)
class RuleInput:
    """One parameter of a rule: unit FEN, COUNT or BOOL; with ``accepts_unknown`` the rule is called with None."""

    name: str
    unit: str
    accepts_unknown: bool


@dataclass(frozen=True)
class Rule:
    """A rule ready to run. ``unit`` is what it returns: FEN, COUNT or BOOL."""

    name: str
    level: str
    label: Text
    article: str
    inputs: tuple[RuleInput, ...]
    unit: str
    line: int
    function: RuleFunction


def person_rule(*, zh: str, en: str, article: str) -> Callable[[_F], _F]:
    """Mark a function as a rule about one person: label in both languages and the article it rests on."""
    return _marker(Mark(PERSON, Text(zh, en), article))


def household_rule(*, zh: str, en: str, article: str) -> Callable[[_F], _F]:
    """Mark a function as a rule about the household: label in both languages and the article it rests on."""
    return _marker(Mark(HOUSEHOLD, Text(zh, en), article))


def _marker(mark: Mark) -> Callable[[_F], _F]:
    def attach(function: _F) -> _F:
        setattr(function, MARK, mark)
        return function

    return attach
