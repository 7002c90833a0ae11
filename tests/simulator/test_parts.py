"""What stands on the shelf of a room is lived: on every working day, after the desk, with chances of its own."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from linli.foundation.living import Scene, parts
from linli.foundation.shelves import Shelf
from linli.law.policies.engine.calendar_data import load_calendar
from linli.simulator import year
from linli.simulator.settle import draws
from tests.simulator.support import CALENDAR, lived


def test_a_part_lives_every_working_day_and_moves_nothing_else(
    committed_database: str, small_pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[date, float]] = []

    def diary(scene: Scene) -> Callable[[date], None]:
        return lambda day: seen.append((day, scene.draw.random()))

    shelf: Shelf[object] = Shelf()
    shelf.put({"tests.diary": diary, **parts})
    monkeypatch.setattr(year, "parts", shelf)
    lived(small_pack, seed=4, months=1)

    days = [day for day, _chance in seen]
    assert days == sorted(set(days))
    assert all(load_calendar(CALENDAR).is_working(day) for day in days)
    own = draws(4, "tests.diary")
    assert [chance for _day, chance in seen] == [own.random() for _day in days]
