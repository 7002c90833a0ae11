"""The same year on SQLite, for the tests that run on PostgreSQL: kept by the run on SQLite, or lived in a process."""

import fcntl
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.simulator.conftest import PACKS, ROOT

KEPT = ROOT / "build" / "lived"
DAY = 24 * 60 * 60  # seconds


def keeping(pack: Path, *, seed: int, months: int, live: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Live that year on SQLite, whatever was kept before, and keep its report for the run on PostgreSQL.

    Whoever asks for the report meanwhile waits for it.
    """
    kept = _kept(pack, seed, months)
    with _alone(kept):
        report = live()
        _keep(kept, json.dumps(report, ensure_ascii=False))
    return report


def lived_on_sqlite(pack: Path, folder: Path, *, seed: int, months: int) -> dict[str, Any]:
    """The report that was kept under the digest of all that the year follows from; where there is none, of a process
    that lives it in ``folder``.
    """
    kept = _kept(pack, seed, months)
    with _alone(kept):
        if not kept.exists():
            _keep(kept, _lived(pack, folder, seed=seed, months=months))
        report: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
    return report


def _kept(pack: Path, seed: int, months: int) -> Path:
    return KEPT / f"{_digest(pack)}-{seed}-{months}.json"


@contextmanager
def _alone(kept: Path) -> Iterator[None]:
    KEPT.mkdir(parents=True, exist_ok=True)
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _lived(pack: Path, folder: Path, *, seed: int, months: int) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "LINLI_DATABASE"}
    environment["PYTHONPATH"] = str(ROOT / "src")
    command = [sys.executable, "-m", "linli.config.cli", "plan", "simulate", str(pack), "--json"]
    command += ["--seed", str(seed), "--months", str(months), "--data", str(folder)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _keep(file: Path, report: str) -> None:
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
