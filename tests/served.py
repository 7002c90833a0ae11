"""The product over HTTP in a process of its own, told by lines on stdin (see tests.journeys.server)."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings

ROOT = Path(__file__).resolve().parents[1]


@dataclass
class Site:
    """The product over HTTP."""

    url: str
    process: "subprocess.Popen[str]"

    def live_on(self, day: date) -> None:
        """Pages live on another day from now on."""
        self.tell(f"today {day.isoformat()}")

    def tell(self, line: str) -> None:
        """Have the server do something and wait until it is done."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "done\n", "the server ended"


@contextmanager
def served() -> Iterator[Site]:
    """Start the server, end it afterwards."""
    environment = {
        **os.environ,
        "LINLI_DATA": str(settings.DATA_DIR),
        "LINLI_DEMO": "1",
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.journeys.server"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=ROOT,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    port = process.stdout.readline().strip()
    assert port.isdigit(), "the server did not start"
    yield Site(f"http://127.0.0.1:{port}", process)
    process.stdin.close()
    process.wait(timeout=20)
    process.stdout.close()
