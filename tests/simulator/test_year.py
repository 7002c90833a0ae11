"""A year lived through the operations: the same number gives the same bytes; others differ; nothing breaks."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.seeds import rotating
from tests.simulator.conftest import PACKS, ROOT
from tests.simulator.support import lived, violations


def in_another_process(pack: Path, folder: Path, *, seed: int, months: int) -> dict[str, Any]:
    """The same year on SQLite, in a process and a database of its own."""
    environment = {name: value for name, value in os.environ.items() if name != "LINLI_DATABASE"}
    environment["PYTHONPATH"] = str(ROOT / "src")
    command = [sys.executable, "-m", "linli.config.cli", "plan", "simulate", str(pack), "--json"]
    command += ["--seed", str(seed), "--months", str(months), "--data", str(folder)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


class TestSameSeed:
    def test_gives_the_same_bytes_in_another_process_on_sqlite(
        self, committed_database: str, small_pack: Path, tmp_path: Path
    ) -> None:
        # Long enough for deaths, suspensions, reviews and returned payments.
        here = lived(small_pack, seed=7, months=4)
        there = in_another_process(small_pack, tmp_path / "year", seed=7, months=4)

        # On PostgreSQL this compares the two databases, on SQLite two processes.
        assert connection.vendor in {"sqlite", "postgresql"}
        assert json.dumps(here, ensure_ascii=False) == json.dumps(there, ensure_ascii=False)


class TestAYear:
    def test_runs_out_of_money_as_the_checker_foretold(self, committed_database: str, small_pack: Path) -> None:
        report = lived(small_pack, seed=7, months=12)

        short = [month["month"] for month in report["months"] if month["waiting"]]
        assert short[-1:] == ["2026-12"]
        # Ten million came in; what was paid too much and came back is paid out again.
        assert 9_800_000 <= sum(month["paid_fen"] for month in report["months"]) <= 10_500_000
        assert violations() == []

    @pytest.mark.parametrize("seed", rotating(5, of=20))
    def test_keeps_every_invariant_whatever_the_seed(
        self, committed_database: str, small_pack: Path, seed: int
    ) -> None:
        report = lived(small_pack, seed=seed, months=1, bank=seed % 2)

        assert violations() == []
        assert report["months"][0]["items"] > 0

    @pytest.mark.parametrize("seed", [11, 23])  # and 7, the whole year of test_s2_year
    def test_keeps_every_invariant_in_full_size(self, committed_database: str, seed: int) -> None:
        report = lived(PACKS / "community" / "assistance_plan", seed=seed, months=2, bank=seed % 2)

        assert violations() == []
        # The opening caseload is on the books, bar who withdrew or never brought the papers.
        assert report["months"][1]["items"] > 150


class TestOtherSeeds:
    def test_give_other_bytes(self, committed_database: str, small_pack: Path, tmp_path: Path) -> None:
        here = lived(small_pack, seed=8, months=1)
        there = in_another_process(small_pack, tmp_path / "year", seed=9, months=1)

        assert here["ledger_digest"] != there["ledger_digest"]
