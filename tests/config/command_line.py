"""Run the product's command line in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def linli(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """``python -m linli.config.cli …`` with the variables given."""
    return subprocess.run(
        [sys.executable, "-m", "linli.config.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), **environment},
    )
