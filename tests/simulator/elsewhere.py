"""The same year in another process on SQLite, whatever database the tests run on."""

import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from django.db import connection

from tests.simulator.conftest import PACKS, ROOT

KEPT = ROOT / "build" / "lived"
DAY = 24 * 60 * 60  # seconds


def lived_elsewhere(pack: Path, folder: Path, *, seed: int, months: int) -> dict[str, Any]:
    """The report of that year. On SQLite it is always lived; the run on PostgreSQL takes the report that the one on
    SQLite kept under the digest of all that the year follows from, where there is one.
    """
    kept = KEPT / f"{_digest(pack)}-{seed}-{months}.json"
    if connection.vendor == "sqlite" or not kept.exists():
        _keep(kept, _lived(pack, folder, seed=seed, months=months))
    report: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
    return report


def _lived(pack: Path, folder: Path, *, seed: int, months: int) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "LINLI_DATABASE"}
    environment["PYTHONPATH"] = str(ROOT / "src")
    command = [sys.executable, "-m", "linli.config.cli", "plan", "simulate", str(pack), "--json"]
    command += ["--seed", str(seed), "--months", str(months), "--data", str(folder)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _keep(file: Path, report: str) -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    for old in KEPT.iterdir():
        if time.time() - old.stat().st_mtime > DAY:
            old.unlink()
    making = file.with_suffix(f".{os.getpid()}")
    making.write_text(report, encoding="utf-8")
    making.rename(file)


def _digest(pack: Path) -> str:
    """SHA-256 over the product, the data it is delivered with, its libraries and the pack."""
    total = hashlib.sha256(sys.version.encode() + (ROOT / "requirements" / "runtime.txt").read_bytes())
    for folder in (ROOT / "src" / "linli", PACKS, pack):
        for path in sorted(one for one in folder.rglob("*") if one.is_file() and "__pycache__" not in one.parts):
            total.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return total.hexdigest()[:16]
