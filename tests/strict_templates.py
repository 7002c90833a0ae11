"""A template that asks for a variable nobody gave fails the test that looks at the page.

Django writes nothing in such a place, so a misspelled name is seen by nobody. What may be absent is asked with ``if``,
``with … as`` of something there, or ``default``-like filters on a value that is there.
"""

from typing import Any

from django.conf import settings


class UnknownVariable(LookupError):
    """A template asked for what its page did not hand it."""


class _Refusing(str):
    """Stands for ``string_if_invalid``: Django formats it with the unknown name."""

    __slots__ = ()

    def __contains__(self, part: object) -> bool:
        return True

    def __mod__(self, name: Any) -> str:
        raise UnknownVariable(f"the template asks for {name!s}, which is not there")


def demand_every_variable() -> None:
    """From now on every engine of this process refuses unknown variables."""
    for engine in settings.TEMPLATES:
        engine["OPTIONS"]["string_if_invalid"] = _Refusing("unknown")
