"""Living a plan in the present database, and what must hold afterwards."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from django.db import connection

from linli.foundation.trail import audit
from linli.ground.users.codes import Role
from linli.law.policies.engine.calendar_data import load_calendar
from linli.money.awards.queries import invariants as award_violations
from linli.money.ledger.queries import invariants as ledger_violations
from linli.money.payments.queries import invariants as payment_violations
from linli.simulator.report import report_of
from linli.simulator.settle import Settled
from linli.simulator.settle import World as Simulated
from linli.simulator.year import live
from tests.ledger.world import World
from tests.planning.engine.plans import COMMUNITY, community_plan, pack_in
from tests.simulator.conftest import PACKS

CALENDAR = PACKS / "calendar" / "china.toml"
BANKS = (PACKS / "bank" / "river_bank.toml", PACKS / "bank" / "hill_bank.toml")


class Foretold(Random):
    """A generator that gives these numbers, one after another, and no others."""

    def __init__(self, *numbers: float) -> None:
        super().__init__(1)
        self.numbers = list(numbers)

    def random(self) -> float:
        return self.numbers.pop(0)


def simulated(world: World, *homes: Settled) -> Simulated:
    """The tests' fund and staff, and these homes, as the simulator's people know them."""
    staff, fund = world.staff, world.fund
    return Simulated(
        pack=pack_in(COMMUNITY),
        plan=community_plan(),
        scheme=COMMUNITY.name,
        pack_version_id=0,
        calendar=load_calendar(CALENDAR),
        community=world.community.community,
        street=world.community.street,
        people={
            Role.COMMUNITY_WORKER: (staff.clerk,),
            Role.COMMUNITY_DIRECTOR: (staff.director,),
            Role.STREET_OFFICER: (staff.street_officer, staff.second_officer),
            Role.FINANCE_MAKER: (staff.maker,),
            Role.FINANCE_CHECKER: (staff.checker,),
            Role.FINANCE_RELEASER: (staff.releaser,),
        },
        homes=homes,
        fund_id=fund.pk,
        source_ids={source.code: source.pk for source in fund.sources.all()},
        line_ids={line.code: line.pk for line in fund.lines.all()},
    )


def lived(
    pack: Path, *, seed: int, months: int = 1, bank: int = 0, later: Mapping[date, Path] | None = None
) -> dict[str, Any]:
    """Live in the present database and report; ``later``: versions of the pack installed on a day."""
    year = live(pack, calendar_file=CALENDAR, bank_file=BANKS[bank], seed=seed, months=months, later=later)
    return report_of(year, seed=seed)


def violations() -> list[object]:
    """Everything that must hold after whatever happened."""
    return [*ledger_violations(), *award_violations(), *payment_violations(), *audit.verify()]


def tear_out(statements: list[str]) -> None:
    """Remove rows as nobody may: without triggers and without foreign keys (SQLite)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')
        cursor.execute("PRAGMA foreign_keys = OFF")
        for statement in statements:
            cursor.execute(statement)


def differences(before: Any, after: Any, path: str = "") -> dict[str, Any]:
    """Figures that differ, by path, as after less before; the report's own digest covers all and is left out."""
    if isinstance(before, list):
        before, after = ({_name(row): row for row in rows} for rows in (before, after))
    if isinstance(before, dict):
        found: dict[str, Any] = {}
        for key in (key for key in {**before, **after} if key != "report_digest"):
            found |= differences(before.get(key), after.get(key), f"{path}.{key}" if path else str(key))
        return found
    if before == after:
        return {}
    return {path: after - before if isinstance(before, int) and isinstance(after, int) else (before, after)}


def _name(row: dict[str, Any]) -> str:
    return str(row.get("code") or row.get("month"))
