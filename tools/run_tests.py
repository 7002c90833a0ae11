"""Run the suite once, on the database that LINLI_DATABASE names, with sockets closed except loopback.

usage: run_tests.py sqlite|postgresql [PYTEST ARGUMENT ...]
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Plain Python, or pages in front of the same acts and reads: run once, with SQLite. Tests elsewhere that open no
# database are left out by tests/databases.py.
ONCE = (
    "tests/architecture",
    "tests/foundation/files",
    "tests/journeys",
    "tests/kernel",
    "tests/packs",
    "tests/planning/engine",
    "tests/policies/engine",
    "tests/*/web",
)
SOCKETS = ["--disable-socket", "--allow-unix-socket", "--allow-hosts=127.0.0.1,::1,localhost"]


def main(database: str, arguments: list[str]) -> int:
    """The exit code of pytest."""
    environment = dict(os.environ)
    # Without compiled files every worker and every process that a test starts would compile the product anew.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    if database == "sqlite":
        environment["LINLI_DATABASE"] = "sqlite:///:memory:"
    elif not environment.get("LINLI_DATABASE", "").startswith("postgres"):
        sys.stderr.write("set LINLI_DATABASE to a PostgreSQL server, or start through tools/with_postgres.py\n")
        return 2
    skipped = [f"--ignore-glob={folder}" for folder in ONCE] if database != "sqlite" else []
    sys.stdout.write(f"\n== tests on {database} ==\n")
    sys.stdout.flush()
    command = [sys.executable, "-m", "pytest", "-q", "--dist=loadfile", *SOCKETS, *skipped, *arguments]
    return subprocess.call(command, env=environment, cwd=ROOT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
