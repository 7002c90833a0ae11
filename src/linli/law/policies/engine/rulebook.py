"""Rules as a pack writes them: ordinary functions, marked by a decorator, whose parameter names say what they need."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from linli.kernel.bilingual import Text

PERSON, HOUSEHOLD = "PERSON", "HOUSEHOLD"
Scalar = int | bool
RuleFunction = Callable[..., Scalar | None]
_F = TypeVar("_F", bound=Callable[..., Scalar | None])


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
    """Mark a function as a rule about one person: label in both languages and the article it rests on.

    The reader of the rule file takes the mark from the file's text; called, it changes nothing.
    """
    return _unchanged


def household_rule(*, zh: str, en: str, article: str) -> Callable[[_F], _F]:
    """Mark a function as a rule about the household: label in both languages and the article it rests on."""
    return _unchanged


def _unchanged(function: _F) -> _F:
    return function
