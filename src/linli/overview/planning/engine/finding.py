"""What the checker says: a contradiction, its arithmetic, and ways out that were tried before they are offered."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Any, TypeAlias, overload

from linli.kernel.bilingual import NO_TEXT, Text
from linli.kernel.tones import Tone, toned
from linli.overview.planning.engine.plan import (
    Change,
    Plan,
)

# What names a finding whatever its numbers: its code and its subject.
Key: TypeAlias = tuple[str, str]


@toned(FATAL=Tone.LATE, SERIOUS=Tone.SOON, NOTE=Tone.INFO)
class Severity(IntEnum):
    """How bad it is; smaller is worse."""

    FATAL = 0  # the plan stops before the year ends, or a promise cannot be kept at all
    SERIOUS = 1  # a number is wrong or missing; somebody will be disappointed
    NOTE = 2  # a number can be read in two ways


@dataclass(frozen=True)
class Remedy:
    """One way out: what it is called, what it changes, and what it costs whom (once it was tried)."""

    label: Text
    changes: tuple[Change, ...]
    costs: Text = NO_TEXT


class Lazily(Sequence[Remedy]):
    """Ways out that are worked out when somebody asks for them: to try one way, findings are made by the dozen."""

    def __init__(self, work: Callable[[], Iterable[Remedy]]) -> None:
        self._work = work

    @cached_property
    def _ways(self) -> tuple[Remedy, ...]:
        return tuple(self._work())

    @overload
    def __getitem__(self, place: int) -> Remedy: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Remedy]: ...
    def __getitem__(self, place: int | slice) -> Remedy | Sequence[Remedy]:
        return self._ways[place]

    def __len__(self) -> int:
        return len(self._ways)


@dataclass(frozen=True)
class Finding:
    """One contradiction. ``code`` and ``subject`` together name it; ``figures`` are the paths it stands on.

    ``arithmetic`` is the sum in numbers and signs, the same in every language; money in it is in yuan.
    ``magnitude`` is how much of what is promised fails, in thousandths.
    """

    code: str
    subject: str
    severity: Severity
    title: Text
    arithmetic: str
    figures: tuple[str, ...]
    remedies: Sequence[Remedy]
    magnitude: int = 0

    @property
    def key(self) -> Key:
        """What stays the same when the numbers change."""
        return self.code, self.subject


def found(code: str, subject: str, severity: Severity, *, zh: str, en: str, **more: Any) -> Finding:
    """A finding with its title in both languages, and whatever else a :class:`Finding` says."""
    return Finding(code, subject, severity, Text(zh, en), **more)


Check: TypeAlias = Callable[[Plan], Iterable[Finding]]


def remedy(zh: str, en: str, *changes: Change) -> Remedy:
    """Shorthand for a way out."""
    return Remedy(label=Text(zh, en), changes=changes)


def permille(part: int, whole: int) -> int:
    """``part`` in thousandths of ``whole``."""
    return part * 1000 // max(whole, 1)
