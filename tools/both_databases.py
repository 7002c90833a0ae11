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
    return at_once([*suite, "sqlite", *SQLITE, *arguments], with_server)


def at_once(shown: list[str], kept: list[str]) -> int:
    """Run two commands; what the second says follows the first one's. 0 when both ended with 0, else the code of one
    that did not.
    """
    with tempfile.NamedTemporaryFile() as file:
        beside = subprocess.Popen(kept, stdout=file, stderr=subprocess.STDOUT)
        try:
            code = subprocess.call(shown)
            with Path(file.name).open("rb") as said:
                _follow(said, beside)
        finally:
            # Interrupted: the terminal told both; the other one still takes its server down.
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
