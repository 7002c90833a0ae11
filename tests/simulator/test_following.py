"""Fourteen months of a living allowance with all that may happen to an award; nobody is paid wrongly.

The standard rises twice: in July, as the pack has said all along, and from 1 April by a decree that comes in June, so
that two months paid already are made up for.
"""

from datetime import date
from pathlib import Path

import pytest
from django.db import connection

from linli.money.awards.queries.recomputation import recomputed
from tests.awards.river import next_version
from tests.seeds import LONG, rotating
from tests.simulator.support import lived, violations

RIVER = Path(__file__).parents[1] / "packs" / "river_living"
JUNE_1 = date(2026, 6, 1)
# Each of these must have happened in one of the lives for the reckoning to prove anything.
ALL_HAPPENS = 6
EVENTS = (
    "awards renewed",
    "new standards followed",
    "supplements paid",
    "birthdays followed",
    "payments back after closing",
    "deaths that were none",
    "days of death corrected",
)


@pytest.mark.skipif(
    connection.vendor != "sqlite" and not LONG, reason="test_turn: PostgreSQL lives to the same bytes as SQLite"
)
@pytest.mark.parametrize("seed", [ALL_HAPPENS, *rotating(1, of=30)])
def test_fourteen_lived_months_pay_every_month_what_the_rules_say(
    committed_database: str, tmp_path: Path, seed: int
) -> None:
    decree = next_version(tmp_path, version="1.1", valid_from=JUNE_1, head_standard_fen=("2026-04-01", 94_000))

    happened = lived(RIVER, seed=seed, months=14, later={JUNE_1: decree})["happened"]

    assert seed != ALL_HAPPENS or [event for event in EVENTS if not happened.get(event)] == []
    assert (recomputed(), violations()) == ([], [])
