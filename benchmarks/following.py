"""A new standard reaches two thousand running awards: rules asked, amounts, promises and letters written.

Run in a process and a database of its own (`python -m benchmarks.following`): an invented living allowance whose
standard rises on 1 July, and families of two that receive it.
"""

import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.databases import run

if TYPE_CHECKING:
    from tests.awards.river import River

AWARDS = 2_000
_EVE, _RISE = date(2026, 6, 30), date(2026, 7, 1)
_BIRTHS = (date(1980, 3, 3), date(1982, 5, 5))


def measured(_folder: Path) -> Iterator[str]:
    """One line. Lay the families out, then let the morning of the rise come."""
    from django.core.management import call_command
    from django.db import connection

    from linli.money.awards.models import Award
    from tests.awards.river import make_river
    from tests.conftest import make_community, make_staff

    call_command("migrate", verbosity=0)
    places = make_community()
    river = make_river(places, make_staff(places), budget=10**10)
    _lay_out(river)
    river.look(_EVE)
    sent = 0

    def counted(execute: Callable[..., Any], sql: str, params: object, many: bool, context: object) -> Any:  # noqa: FBT001 - Django's
        nonlocal sent
        sent += 1
        return execute(sql, params, many, context)

    started = time.perf_counter()
    with connection.execute_wrapper(counted):
        made = river.look(_RISE)
    seconds = time.perf_counter() - started
    yield (
        f"a new standard for {Award.objects.count():,} awards: {len(made):,} adjusted in {seconds:.1f} s, "
        f"{sent:,} statements"
    )


def _lay_out(river: "River") -> None:
    """Registered, known, with accounts and granted: each one act for all of them."""
    from linli.registry.residents.codes import Relation
    from linli.registry.residents.models import Membership
    from linli.registry.residents.operations import NewFact, NewHousehold, record_circumstances, register_households
    from tests.awards.river import DECIDED, grant_many
    from tests.ledger.world import OPENED, by
    from tests.residents.people import person

    new = [
        NewHousehold(
            river.community.grid.pk,
            tuple(
                person(f"江{order}", Relation.CHILD if place else Relation.HEAD, birth, order=order % 400)
                for place, birth in enumerate(_year(order, one) for one in _BIRTHS)
            ),
            opened_date=date(2025, 1, 1),
        )
        for order in range(AWARDS)
    ]
    clerk = by(river.staff.clerk, OPENED)
    river.families += register_households(clerk, households=new)
    heads = {row.household_id: row.resident_id for row in Membership.objects.filter(relation=Relation.HEAD)}
    people = list(Membership.objects.values_list("resident_id", flat=True))
    facts = [NewFact("certified_disabled", 0, "核对", OPENED, resident_id=pk) for pk in people]
    facts += [
        NewFact("earned_monthly_fen", 120_000 if pk in heads.values() else 0, "核对", OPENED, resident_id=pk)
        for pk in people
    ]
    record_circumstances(by(river.staff.clerk, OPENED), facts=facts)
    river.account([one.number for one in river.families])
    grant_many(by(river.staff.street_officer, DECIDED), world=river, households=river.families)


def _year(order: int, birth: date) -> date:
    """Other birth years for every four hundred, so that nobody has another's number."""
    return birth.replace(year=birth.year + order // 400)


if __name__ == "__main__":
    run(measured)
