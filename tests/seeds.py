"""Which seeds a run lives: a few of many, others with each commit; the long run lives them all (``make test-long``)."""

import os
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LONG = os.environ.get("LINLI_TEST_LONG") == "1"


def rotating(count: int, of: int) -> list[int]:
    """``count`` of the seeds 1 to ``of``, the next ones with each commit, so that every seed is lived before long."""
    if LONG:
        return list(range(1, of + 1))
    first = _commits() * count % of
    return sorted((first + step) % of + 1 for step in range(count))


@cache
def _commits() -> int:
    """How many commits lie behind this tree; 0 outside a checkout."""
    done = subprocess.run(["git", "rev-list", "--count", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    return int(done.stdout) if done.returncode == 0 else 0
