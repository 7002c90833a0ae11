"""What the checker calls feasible is lived: in every month of the year everybody who is due is paid, in every pack.

One seed of five for each pack, another with each commit; the long run (``make test-long``) lives all five, and the two
large packs in their full size.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.db import connection

from linli.config.cli_simulate import variant_pack
from linli.kernel.period import Month
from linli.law.policies.engine import load_pack
from linli.law.policies.engine.shortage import Order
from linli.law.policies.engine.versioning import write_version
from linli.money.awards.queries import DueMonth
from linli.money.ledger.rules.allocation import Purse
from linli.money.payments.operations import making
from linli.money.payments.rules.shortage import PaymentPlan
from linli.overview.planning.engine import Change, Plan, cash_flow, first_shortage, plan_from_pack
from tests.seeds import LONG, rotating
from tests.simulator.conftest import HARBOUR, PACKS, ROOT, SMALL_HARBOUR, TENTH
from tests.simulator.support import lived, violations

OTHERS = [ROOT / "tests" / "packs" / name for name in ("flood_once", "lamp_quarters", "orchard_purse")]
FOLDERS = {folder.name: folder for folder in (PACKS / "community" / "assistance_plan", HARBOUR, *OTHERS)}
SMALL = {"assistance_plan": TENTH, "harbour_relief": {**SMALL_HARBOUR, "parameters.lapse_days": 14}}
# Two packs with each commit and other seeds for each, so that five commits live all; the long run lives all at once.
_LIVED = [list(FOLDERS)[turn - 1] for turn in rotating(2, of=len(FOLDERS))]
YEARS = [pytest.param(name, seed, id=f"{name}-{seed}") for name in _LIVED for seed in rotating(1, of=7)]
# The long run lives them on PostgreSQL, too.
ON_SQLITE = pytest.mark.skipif(
    connection.vendor != "sqlite" and not LONG, reason="test_turn: PostgreSQL lives to the same bytes as SQLite"
)


@dataclass
class Batches:
    """What every month's payment had to pay, and whom its money did not reach; accounts that are held are no want."""

    paid: dict[Month, dict[str, int]] = field(default_factory=dict)
    waiting: dict[Month, int] = field(default_factory=dict)

    def dry(self) -> Month | None:
        """The first month in which somebody waited for money."""
        return min((month for month, number in self.waiting.items() if number), default=None)


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> Batches:
    """The payments as they are planned, month by month, with the real plan behind them."""
    told, real = Batches(), making.plan

    def plan(dues: Iterable[DueMonth], purses: Iterable[Purse], order: Order, now: Month) -> PaymentPlan[DueMonth]:
        found = real(dues, purses, order, now)
        own = [due.programme for due, _ in found.paid if due.month == now]
        told.paid[now] = {code: own.count(code) for code in own}
        told.waiting[now] = len(found.waiting)
        return found

    monkeypatch.setattr(making, "plan", plan)
    return told


def folder_of(name: str, tmp_path: Path) -> Path:
    """The pack, the large ones with a plan of a tenth or a fifth unless all is to be lived."""
    if LONG or name not in SMALL:
        return FOLDERS[name]
    return write_version(FOLDERS[name], tmp_path / "small", changes=SMALL[name], version="small")


@ON_SQLITE
@pytest.mark.parametrize(("name", "seed"), YEARS)
def test_the_variant_pays_everybody_to_the_end_of_its_year(
    name: str, seed: int, committed_database: str, batches: Batches, tmp_path: Path
) -> None:
    pack = variant_pack(folder_of(name, tmp_path), tmp_path)

    report = lived(pack, seed=seed, months=12, bank=seed % 2)

    assert batches.waiting == dict.fromkeys(batches.waiting, 0)
    assert sum(month["items"] for month in report["months"]) > 0
    assert violations() == []


@ON_SQLITE
def test_a_lived_year_is_dry_in_the_month_the_check_and_the_payments_name(
    committed_database: str, batches: Batches
) -> None:
    plan = plan_from_pack(load_pack(FOLDERS["orchard_purse"]))

    lived(FOLDERS["orchard_purse"], seed=7, months=8)

    foretold = first_shortage(cash_flow(plan))
    assert foretold is not None
    assert batches.dry() == first_dry(plan, batches)
    # Fewer than all apply, so the money of four months lasts a little longer; it cannot run out sooner.
    assert foretold.month <= (batches.dry() or Month(9999, 1)) <= foretold.month.plus(1)


def first_dry(plan: Plan, batches: Batches) -> Month | None:
    """What the checker says for as many recipients as there were, month by month until somebody waited."""
    counts = [found for month, found in sorted(batches.paid.items()) if not batches.waiting[month]]
    changes = [
        Change(
            f"programmes.{one.code}.recipients",
            round(sum(found.get(one.code, 0) for found in counts) / max(len(counts), 1)),
        )
        for one in plan.programmes
    ]
    short = first_shortage(cash_flow(plan.with_changes(changes)))
    return short.month if short else None
