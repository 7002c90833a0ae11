"""Refusals: every way the system says no has a code, a sentence and the field it belongs to."""

import re
from collections.abc import Sequence
from typing import ClassVar

_INNER_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


def gettext_noop(text: str) -> str:
    """Mark a sentence for the translation catalogue where Django may not be imported; it is translated when shown."""
    return text


class DomainError(Exception):
    """A refusal a person can act on.

    Subclasses stand beside the function that raises them, are named in the past participle and set ``message``
    (a translated sentence with ``%(name)s`` placeholders, formatted lazily so that the reader's language decides).
    ``code`` is "room.reason", after the room and the class, unless said; a kind of a refusal has its code. ``field``
    names the form field the sentence belongs to, empty for the whole form. ``of_access`` is a no to the person.
    """

    code: ClassVar[str] = "refused"
    # Whether it is a no to who asks, whatever they ask for: the trail has a line of it.
    of_access: ClassVar[bool] = False
    # A lazy translation or a plain text: anything whose str() is the sentence.
    message: ClassVar[object] = gettext_noop("操作被拒绝")

    def __init_subclass__(cls) -> None:
        if DomainError in cls.__bases__ and "code" not in vars(cls):
            cls.code = ".".join([*cls.__module__.split(".")[2:3], _INNER_CAPITAL.sub("_", cls.__name__).lower()])

    def __init__(self, *, field: str = "", **details: object) -> None:
        super().__init__(self.code)
        self.field = field
        self.details = details

    def with_others(self, _others: Sequence["DomainError"]) -> "DomainError":
        """The refusal of a set, of which the others were refused too: the first, unless a kind names them all."""
        return self

    def __str__(self) -> str:
        sentence = str(self.message)
        return sentence % self.details if self.details else sentence

    def __reduce__(self) -> tuple[object, ...]:
        """Copied and sent between processes with its field and details."""
        return _rebuilt, (type(self), self.field, self.details)

    def __getattr__(self, name: str) -> object:
        details = self.__dict__.get("details", {})
        if name in details:
            return details[name]
        raise AttributeError(name)


class ReasonMissing(DomainError):
    """What is done says why."""

    code = "reason.missing"
    message = gettext_noop("请写明理由")


def reason_of(text: str, *, field: str = "reason") -> str:
    """What somebody wrote as the reason, without blanks around it. Raises ReasonMissing."""
    if not text.strip():
        raise ReasonMissing(field=field)
    return text.strip()


def _rebuilt(kind: type[DomainError], field: str, details: dict[str, object]) -> DomainError:
    return kind(field=field, **details)
