"""The shelf of habits: what somebody of a role does each day, week and month, and where (docs/adr/0035).

A room puts on it what is done in it; the workbench makes a page for each role of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.foundation.shelves import Shelf


class Rhythm(TextChoices):
    """How often."""

    DAY = "DAY", pgettext_lazy("habit", "每天")
    WEEK = "WEEK", pgettext_lazy("habit", "每周")
    MONTH = "MONTH", pgettext_lazy("habit", "每月")
    NEEDED = "NEEDED", _("需要时")


@dataclass(frozen=True)
class Habit:
    """One thing that people of some roles (their codes) do, in a sentence; ``page`` is where, for every one of them."""

    often: Rhythm
    roles: Sequence[str]
    words: object
    page: str


habits: Shelf[Habit] = Shelf()


def guide_of(role: str) -> Iterator[tuple[Rhythm, list[Habit]]]:
    """What a role does, from the often to the seldom; the highest room begins, with what joins all work."""
    for often in Rhythm:
        if found := [one for one in reversed(list(habits.values())) if one.often == often and role in one.roles]:
            yield often, found
