"""Living a plan in the present database, and what must hold afterwards."""

from pathlib import Path
from typing import Any

from linli.awards.queries import invariants as award_violations
from linli.foundation.trail import audit
from linli.ledger.queries import invariants as ledger_violations
from linli.payments.queries import invariants as payment_violations
from linli.simulator.report import report_of
from linli.simulator.year import live
from tests.simulator.conftest import PACKS

CALENDAR = PACKS / "calendar" / "china.toml"
BANKS = (PACKS / "bank" / "river_bank.toml", PACKS / "bank" / "hill_bank.toml")


def lived(pack: Path, *, seed: int, months: int = 1, bank: int = 0) -> dict[str, Any]:
    """Live in the present database and report."""
    year = live(pack, calendar_file=CALENDAR, bank_file=BANKS[bank], seed=seed, months=months)
    return report_of(year, seed=seed)


def violations() -> list[object]:
    """Everything that must hold after whatever happened."""
    return [*ledger_violations(), *award_violations(), *payment_violations(), *audit.verify()]
