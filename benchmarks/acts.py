"""What the rules that keep turns, dues and sums cost the acts that write: each act with them, and without them.

Run in a process and a database of its own (`python -m benchmarks.acts`): families in need, a case received and
accepted; awards granted, a batch of them proposed and approved, and the first look at what is due afterwards.
"""

import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.databases import run

if TYPE_CHECKING:
    from tests.assistance.world import World as Cases
    from tests.ledger.world import World as Money

_ROUNDS, _CASES, _AWARDS = 5, 20, 200
# How the names of the rules end: turns and dues that are marked, sums that are kept.
_ENDINGS = ("_turn_new", "_turn_else", "_due_new", "_due_else", "_sums", "_sums_move", "_sums_gone")
_ON = date(2026, 3, 16)
Taken = dict[str, list[float]]


def measured(_folder: Path) -> Iterator[str]:
    """One line for each act: medians, in milliseconds."""
    from django.core.management import call_command

    from linli.foundation.trail.keeping import bring_up
    from tests.assistance.world import make_world as make_cases
    from tests.conftest import make_community, make_staff
    from tests.ledger.world import make_world as make_money

    call_command("migrate", verbosity=0)
    places = make_community()
    staff = make_staff(places)
    cases, money = make_cases(places, staff), make_money(places, staff, cash=10**11, budget=10**11)
    kept: Taken = {}
    bare: Taken = {}
    for _ in range(_ROUNDS):
        for taken, without in ((kept, False), (bare, True)):
            _take(not without)
            _cases(cases, taken)
            _awards(money, taken)
            _take(kept=True)
            if not without:
                _clocked(taken, "the first look at what is due", lambda: bring_up("awards.dues", _ON))
    for name, times in kept.items():
        beside = f", without the rules {_median(bare[name]):.1f} ms" if name in bare else ""
        yield f"{name}: {_median(times):.1f} ms{beside}"


def _take(kept: bool) -> None:  # noqa: FBT001 - one of two ways
    """Put the rules up, or take them down."""
    from django.db import connection

    from linli.foundation.data import triggers

    if kept:
        triggers.install(connection)
        return
    for ending in _ENDINGS:
        triggers.remove(connection, ending)


def _cases(world: "Cases", taken: Taken) -> None:
    from linli.aid.assistance.operations import accept

    families = [world.family() for _ in range(_CASES)]
    for family in families:
        case = _clocked(taken, "a case received", lambda one=family: world.received(one))
        _clocked(
            taken, "a case accepted", lambda one=case: accept(world.act(world.staff.clerk), application_ids=[one.pk])
        )


def _awards(world: "Money", taken: Taken) -> None:
    families = world.register(_AWARDS)
    grants = [world.base(one, first_month=_month(3), last_month=_month(3)) for one in families]
    _clocked(taken, f"{_AWARDS} awards granted", lambda: world.grant(*grants))
    batch = _clocked(taken, f"a batch of {_AWARDS} proposed", lambda: world.propose(_month(3), _ON))
    _clocked(taken, f"a batch of {_AWARDS} approved", lambda: world.approve(batch, _ON))
    world.release(batch, _ON)


def _month(number: int) -> Any:
    from linli.kernel.period import Month

    return Month(2026, number)


def _clocked(taken: Taken, name: str, work: Callable[[], Any]) -> Any:
    started = time.perf_counter()
    result = work()
    taken.setdefault(name, []).append((time.perf_counter() - started) * 1000)
    return result


def _median(times: list[float]) -> float:
    return sorted(times)[len(times) // 2]


if __name__ == "__main__":
    run(measured)
