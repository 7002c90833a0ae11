"""A year lived through the operations: the same number gives the same bytes; others differ; nothing breaks."""

from pathlib import Path

import pytest
from django.db import connection

from tests.seeds import rotating
from tests.simulator.conftest import PACKS
from tests.simulator.support import lived, violations

ON_SQLITE = connection.vendor == "sqlite"


@pytest.fixture(scope="module")
def digests() -> dict[str, int]:
    """The books of the years lived so far, each with its seed."""
    return {}


class TestAYear:
    @pytest.mark.parametrize("seed", rotating(3 if ON_SQLITE else 1, of=20))
    def test_keeps_every_invariant_whatever_the_seed(
        self, committed_database: str, small_pack: Path, seed: int, digests: dict[str, int]
    ) -> None:
        report = lived(small_pack, seed=seed, months=1, bank=seed % 2)

        assert violations() == []
        assert report["months"][0]["items"] > 0
        # Another number, another year.
        assert digests.setdefault(report["ledger_digest"], seed) == seed

    @pytest.mark.skipif(not ON_SQLITE, reason="test_turn: PostgreSQL lives to the same bytes as SQLite")
    @pytest.mark.parametrize("turn", rotating(1, of=2))
    def test_keeps_every_invariant_in_full_size(self, committed_database: str, turn: int) -> None:
        seed = {1: 11, 2: 23}[turn]  # and 7, the whole year of test_s2_year
        report = lived(PACKS / "community" / "assistance_plan", seed=seed, months=2, bank=seed % 2)

        assert violations() == []
        # The opening caseload is on the books, bar who withdrew or never brought the papers.
        assert report["months"][1]["items"] > 150
