"""What the rules that keep turns, dues and sums cost the acts that write: each act with them, and without them.

Run in a process and a database of its own (`python -m benchmarks.acts`): families in need, a case received and
accepted; awards granted, a batch of them proposed and approved, and the first look at what is due afterwards.
"""

import time
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.databases import run

if TYPE_CHECKING:
    from linli.registry.residents.models import Household
    from tests.assistance.world import World as Cases
    from tests.ledger.world import World as Money

_ROUNDS, _CASES, _AWARDS = 6, 20, 200
# How the names of the rules end: turns and dues that are marked, rows that lists enter by, sums that are kept.
_ENDINGS = (
    *("_turn_new", "_turn_else", "_due_new", "_due_else", "_runs_new", "_runs_else", "_claims_new", "_claims_else"),
    *("_waits", "_sums", "_sums_move", "_sums_gone"),
)
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
    for number in range(_ROUNDS):
        # Either goes first as often: what the tables hold grows meanwhile.
        for taken in (kept, bare) if number % 2 else (bare, kept):
            _take(taken is kept)
            # What changed its definitions reads all of them anew once: that is nobody's act.
            _cases(cases, {}, 1)
            _awards(money, {}, 1)
            _cases(cases, taken, _CASES)
            _awards(money, taken, _AWARDS)
            _take(kept=True)
            if taken is kept:
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
    before = len(triggers.missing(connection))
    for ending in _ENDINGS:
        triggers.remove(connection, ending)
    if len(triggers.missing(connection)) == before:
        raise RuntimeError("no rule was taken down")


def _cases(world: "Cases", taken: Taken, count: int) -> None:
    from linli.aid.assistance.operations import accept

    families = [world.family() for _ in range(count)]
    for family in families:
        case = _clocked(taken, "a case received", partial(world.received, family))
        by_clerk = world.act(world.staff.clerk)
        _clocked(taken, "a case accepted", partial(accept, by_clerk, application_ids=[case.pk]))


def _families(world: "Money", count: int) -> "list[Household]":
    """So many families of one old person more, with accounts; other birth years for every four hundred."""
    from linli.money.awards.operations import NewAccount, confirm_account, propose_account
    from linli.registry.residents.operations import register_households
    from tests.ledger.world import OPENED, PROXY, by
    from tests.residents.people import person, single

    start, grid = len(world.families), world.community.grid.pk
    clerk = by(world.staff.clerk, OPENED)
    added = register_households(
        clerk,
        households=[
            single(grid, person(f"江{order}", birth=date(1930 + order // 400, 3, 3), order=order % 400))
            for order in range(start, start + count)
        ],
    )
    world.families += added
    accounts = [
        NewAccount(one.number, one.stamp, "王某", f"62220000{order:08d}", "江畔银行", *PROXY)
        for order, one in enumerate(added, start)
    ]
    rows = propose_account(clerk, accounts=accounts)
    confirm_account(by(world.staff.director, OPENED), account_ids=[row.pk for row in rows])
    return added


def _awards(world: "Money", taken: Taken, count: int) -> None:
    families = _families(world, count)
    grants = [world.base(one, first_month=_month(3), last_month=_month(3)) for one in families]
    _clocked(taken, f"{count} awards granted", lambda: world.grant(*grants))
    batch = _clocked(taken, f"a batch of {count} proposed", lambda: world.propose(_month(3), _ON))
    _clocked(taken, f"a batch of {count} approved", lambda: world.approve(batch, _ON))
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
