"""Acts of every kind by eight processes at once on the same few families: what ends in an error, and what stays whole.

``python -m tests.faults.mixing --acts 10000 --processes 8`` (``make mixed``) works on the database that LINLI_DATABASE
names, which must be empty, and prints what was done, refused and broken, and what the invariants say.
"""

import argparse
import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest  # noqa: F401 - loaded, it makes the settings use the tests' keys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.config.settings")
    import django

    django.setup()

from django.core.management import call_command
from django.db import Error, connection, connections

from linli.foundation.trail.invariants import violations
from linli.ground.areas.codes import AreaKind
from linli.ground.areas.models import Area
from linli.ground.users.queries import user_by_username
from linli.kernel.act import Act
from linli.kernel.errors import DomainError
from linli.money.awards.models import Award
from linli.money.awards.operations import NewAccount, confirm_account, propose_account
from linli.money.ledger.models import Fund
from linli.money.ledger.operations import confirm_proposal, propose_inflow
from linli.registry.residents.codes import Relation
from linli.registry.residents.models import Household, Resident
from linli.registry.residents.operations import (
    NewFact,
    add_member,
    correct_resident,
    move_household,
    record_circumstances,
    register_households,
)
from tests.conftest import Community, Staff, at, make_community, make_staff
from tests.ledger.world import PROXY, World, grant_now, make_world
from tests.residents.people import person, single

DAY = date(2026, 3, 16)
FAMILIES = 12
SEED = 7


def by(username: str) -> Act:
    """Somebody's act on the day."""
    return Act(user_by_username(username), at(DAY))


class Mixed:
    """One process' acts, each on whatever family chance gives."""

    def __init__(self, chance: random.Random, worker: int) -> None:
        self.chance, self.worker, self.number = chance, worker, 0
        self.fund = Fund.objects.get()
        self.grids = list(Area.objects.filter(kind=AreaKind.GRID).values_list("pk", flat=True))
        self.kinds: list[Callable[[], object]] = [
            self.registers,
            self.grows,
            self.corrects,
            self.moves,
            self.records,
            self.receives,
            self.grants,
            self.opens_account,
        ]

    def act(self) -> str:
        """One act; its name."""
        self.number += 1
        kind = self.chance.choice(self.kinds)
        kind()
        return kind.__name__

    def name(self) -> str:
        return f"王{self.worker}甲{self.number}"

    def family(self) -> Household:
        return self.chance.choice(list(Household.objects.order_by("pk")[:FAMILIES]))

    def newcomer(self) -> Household:
        return self.chance.choice(list(Household.objects.order_by("-pk")[:FAMILIES]))

    def somebody(self) -> Resident:
        return self.chance.choice(list(Resident.objects.order_by("pk")[:FAMILIES]))

    def registers(self) -> None:
        # Everybody is born on a day of their own, so that their numbers differ.
        new = person(self.name(), birth=date(1935, 1, 1) + timedelta(self.worker * 1_500 + self.number))
        register_households(by("clerk"), households=[single(self.chance.choice(self.grids), new)])

    def grows(self) -> None:
        child = replace(person(self.name(), Relation.CHILD, date(2020, 1, 1)), id_number="")
        add_member(by("clerk"), household_id=self.family().pk, member=child, since=DAY)

    def corrects(self) -> None:
        phone = f"138{self.chance.randrange(10**8):08}"
        correct_resident(by("clerk"), resident_id=self.somebody().pk, changes={"phone": phone}, reason="本人来电")

    def moves(self) -> None:
        to = self.chance.choice(self.grids)
        move_household(by("clerk"), household_id=self.family().pk, area_id=to, moved_date=DAY)

    def records(self) -> None:
        fact = NewFact("lives_alone", self.chance.randrange(2), "入户走访", DAY, household_id=self.family().pk)
        record_circumstances(by("clerk"), facts=[fact])

    def receives(self) -> None:
        source = self.fund.sources.get(code=self.chance.choice(("GOV", "DON", "OWN")))
        reference = f"IN-{self.worker}-{self.number}"
        row = propose_inflow(
            by("maker"),
            source_id=source.pk,
            amount_fen=100,
            on=DAY,
            reference=reference,
            paper="银行回单",
            reason="另一笔捐款",
        )
        confirm_proposal(by("checker"), proposal_id=row.pk)

    def grants(self) -> None:
        grant_now(by("street"), grants=[self.world().base(self.newcomer())])

    def opens_account(self) -> None:
        family = self.newcomer()
        account = f"6222{self.chance.randrange(10**12):012}"
        new = NewAccount(family.number, family.stamp, "王某", account, "江畔银行", *PROXY)
        proposed = propose_account(by("clerk"), accounts=[new])
        confirm_account(by("director"), account_ids=[one.pk for one in proposed])

    def world(self) -> World:
        nobody: Any = None
        return World(nobody, nobody, self.fund)


def mix(seed: int, worker: int, count: int) -> dict[str, Mapping[str, int]]:
    """So many acts of one process: what was done, refused by code, and broken by the class of the error."""
    mixed = Mixed(random.Random(f"{seed} {worker}"), worker)
    done, refused, broken = Counter[str](), Counter[str](), Counter[str]()
    for _ in range(count):
        try:
            done[mixed.act()] += 1
        except DomainError as refusal:
            refused[type(refusal).__name__] += 1
        except Error as error:
            broken[f"{type(error).__name__}: {str(error).splitlines()[0][:90]}"] += 1
    return {"done": done, "refused": refused, "broken": broken}


def begin(places: Community, staff: Staff) -> None:
    """The families on whom everybody acts, and money for them."""
    make_world(places, staff).register(FAMILIES)


def added(results: list[dict[str, Mapping[str, int]]]) -> dict[str, dict[str, int]]:
    """The results of all processes together."""
    return {
        what: dict(sum((Counter(one[what]) for one in results), Counter[str]()).most_common())
        for what in ("done", "refused", "broken")
    }


def deadlocks() -> int:
    """How often PostgreSQL ended one of two that waited for each other; 0 with SQLite, which has one writer."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def forked(processes: int, work: Callable[[int], object]) -> list[Any]:
    """What the work comes to in as many processes, each handed its number."""
    connections.close_all()
    ends: list[int] = []
    for number in range(processes):
        reading, writing = os.pipe()
        if os.fork() == 0:
            try:
                with os.fdopen(writing, "w") as pipe:
                    pipe.write(json.dumps(work(number)))
            finally:
                os._exit(0)
        os.close(writing)
        ends.append(reading)
    found = []
    for end in ends:
        with os.fdopen(end) as pipe:
            found.append(json.loads(pipe.read()))
        os.wait()
    return found


def main() -> int:
    """Do the acts and print what came of them; 1 when anything broke or is not whole."""
    parser = argparse.ArgumentParser()
    for name, default in (("--acts", 10_000), ("--processes", 8), ("--seed", SEED)):
        parser.add_argument(name, type=int, default=default)
    said = parser.parse_args()
    call_command("migrate", verbosity=0)
    places = make_community()
    begin(places, make_staff(places))
    started = time.perf_counter()
    results = forked(said.processes, partial(_share, said.seed, said.acts // said.processes))
    took = time.perf_counter() - started
    found, problems = added(results), violations()
    tell = {
        "database": connection.vendor,
        "acts a second": round(said.acts / took),
        **found,
        "deadlocks, tried again": deadlocks(),
        "awards": Award.objects.count(),
        "not whole": [f"{one.code} {one.subject}" for one in problems],
    }
    sys.stdout.write("".join(f"{name}: {value}\n" for name, value in tell.items()))
    return 1 if found["broken"] or problems else 0


def _share(seed: int, count: int, worker: int) -> dict[str, Mapping[str, int]]:
    return mix(seed, worker, count)


if __name__ == "__main__":
    sys.exit(main())
