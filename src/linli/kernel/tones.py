"""How a state looks to the eye: one word for each colour, said once beside the codes of the state.

Amber and red are kept for what waits and what stands in the way; what is over is quiet, and nothing at all is no alarm:
a count of zero has no colour. Pages ask here, never name colours of their own (``tests/architecture/test_tones.py``).
"""

from collections.abc import Callable
from enum import Enum, StrEnum
from typing import TypeVar


class Tone(StrEnum):
    """OK is as it should be, INFO on its way, SOON waits for somebody, LATE stands in the way, PAUSED is over."""

    NONE = ""
    OK = "ok"
    INFO = "info"
    SOON = "soon"
    LATE = "late"
    PAUSED = "paused"


C = TypeVar("C", bound=type[Enum])
_CODES: dict[str, type[Enum]] = {}
_TONES: dict[str, dict[str, Tone]] = {}


def toned(**tones: Tone) -> Callable[[C], C]:
    """Say the tone of every code of a state, by its name.

    Raises:
        ValueError: a code without a tone, a tone without a code, or two states of one name.
    """

    def declare(codes: C) -> C:
        names = {member.name for member in codes}
        if names != set(tones) or codes.__name__ in _CODES:
            text = f"{codes.__name__}: {', '.join(sorted(names ^ set(tones))) or 'declared twice'}"
            raise ValueError(text)
        _CODES[codes.__name__] = codes
        _TONES[codes.__name__] = tones
        return codes

    return declare


def tone_of(state: Enum) -> Tone:
    """The tone of a code.

    Raises:
        KeyError: its kind of state has no tones.
    """
    return _TONES[type(state).__name__][state.name]


def code_of(kind: str, stored: object) -> Enum:
    """The code that a table stores, by the name of its kind of state.

    Raises:
        KeyError: no state of that name has tones.
        ValueError: the state has no such code.
    """
    return _CODES[kind](stored)
