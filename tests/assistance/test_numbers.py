"""The ten thousandth of a year comes after the 9999th, wherever things are listed."""

import pytest

from linli.aid.assistance.queries.worklist import work_items
from linli.foundation.data.numbering import Counter
from linli.foundation.screens.work import Todo, first, piles
from linli.ground.users.queries import authority_of
from linli.kernel.text import in_order
from linli.money.awards.queries import awards
from tests.assistance.world import World
from tests.conftest import MONDAY

LAST, NEXT = "9999", "10000"


@pytest.fixture(autouse=True)
def _almost_ten_thousand(world: World) -> None:
    """The next of every series is its 9999th."""
    world.received()  # a series begins with its first
    for series in ("JZ-2026", "DY-2026"):
        Counter.objects.update_or_create(series=series, defaults={"last": 9998})


def test_in_my_work(world: World) -> None:
    numbers = [world.received().number for _n in range(2)]
    mine = authority_of(world.staff.clerk, MONDAY)

    assert [number[8:] for number in numbers] == [LAST, NEXT]
    assert [item.number for item in work_items(mine, MONDAY)][-2:] == numbers
    assert [row.subject for row in first(piles(mine, MONDAY), 9) if row.kind == "ANSWER"][-2:] == numbers


def test_among_awards(world: World) -> None:
    for _n in range(2):
        application, day = world.at_decision()
        world.granted(application, day=day)
    everywhere = authority_of(world.staff.street_officer, day).scope()

    assert [award.number[8:] for award in awards(everywhere)] == [LAST, NEXT, "10001", "10002"]


def test_where_only_the_number_is_at_hand() -> None:
    texts = ["XY-2026-0010", "DY-2026-0001", "DY-2025-10000", "", "DY-2025-9999", "FF-2026-03-10", "FF-2026-03-2"]

    assert sorted(texts, key=in_order) == [
        "",
        "DY-2025-9999",
        "DY-2025-10000",
        "DY-2026-0001",
        "FF-2026-03-2",
        "FF-2026-03-10",
        "XY-2026-0010",
    ]
    assert Todo("A", "", "DY-2025-9999", "home").order < Todo("A", "", "DY-2025-10000", "home").order
