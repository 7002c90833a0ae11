"""Parts of the simulator that stand in rooms: what people do in a room on a working day of an invented community."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from typing import Any

from linli.foundation.shelves import Shelf
from linli.kernel.act import CHINA_TIME, Act


@dataclass(frozen=True)
class Scene:
    """Where a part lives: the community, who holds a role when it is somebody's turn, and chances of the part's own, so
    that no part moves what another draws. Users stand above: roles and people are theirs.
    """

    community_id: int
    who: Callable[[Any, int], Any]
    draw: Random

    def act(self, role: object, day: date, hour: int, *, turn: int = 0) -> Act:
        """What somebody does at an hour of a simulated day."""
        return Act(self.who(role, turn), datetime(day.year, day.month, day.day, hour, tzinfo=CHINA_TIME))


# A part begins in a scene and is then called on every working day, after the case desk.
Part = Callable[[Scene], Callable[[date], None]]
parts: Shelf[Part] = Shelf()
