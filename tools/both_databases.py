"""Run the suite with SQLite and with PostgreSQL at the same time: while one waits for its browser, the other reckons.

What SQLite's run says is seen at once; what PostgreSQL's says is kept, and follows when SQLite's has ended.

usage: both_databases.py [PYTEST ARGUMENT ...]
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import BinaryIO

TOOLS = Path(__file__).resolve().parent
# For the two cores that it is meant for: the worker with the browser mostly waits.
SQLITE = ("-n", "2")
POSTGRESQL = ("-n", "1")
GLANCE = 0.2  # seconds between two looks at what the other run has written


def main(arguments: list[str]) -> int:
    """0 when both runs passed, else the exit code of one that did not."""
    suite = [sys.executable, str(TOOLS / "run_tests.py")]
    with_server = [sys.executable, str(TOOLS / "with_postgres.py"), *suite, "postgresql", *POSTGRESQL, *arguments]
    with tempfile.NamedTemporaryFile() as kept:
        beside = subprocess.Popen(with_server, stdout=kept, stderr=subprocess.STDOUT)
        try:
            code = subprocess.call([*suite, "sqlite", *SQLITE, *arguments])
            with Path(kept.name).open("rb") as said:
                _follow(said, beside)
        finally:
            # Interrupted: the terminal told both runs; the other one still takes its server down.
            code_beside = beside.wait()
    return code or code_beside


def _follow(said: BinaryIO, process: "subprocess.Popen[bytes]") -> None:
    """Say on what a process has written, until it has ended."""
    ended = False
    while not ended:
        ended = process.poll() is not None
        sys.stdout.buffer.write(said.read())
        sys.stdout.flush()
        if not ended:
            time.sleep(GLANCE)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
