"""Run the product's command line in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]


def write_keys_of_tests(data: Path) -> None:
    """Another process with this folder of data has the keys that the tests have."""
    keys = settings.KEYS
    kept = {
        "secret": keys.secret,
        "envelope": {name: key.hex() for name, key in keys.envelope.items()},
        "current": keys.current,
        "blind_index": keys.blind_index.hex(),
        "audit": keys.audit.hex(),
    }
    (data / "keys.json").write_text(json.dumps(kept))


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
