"""Each measurement in a process and a database of its own, on SQLite and on PostgreSQL."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

BOTH = ("SQLite", "PostgreSQL")
_SERVER = Path(__file__).resolve().parents[1] / "tools" / "with_postgres.py"


def lines_of(module: str, *arguments: object, database: str = BOTH[0]) -> Iterator[str]:
    """What a module of this folder prints as a program of its own, line by line, as it comes.

    Raises RuntimeError when it ends otherwise than well.
    """
    command = [sys.executable, "-m", f"benchmarks.{module}", *map(str, arguments)]
    if database == BOTH[1]:
        command = [sys.executable, str(_SERVER), *command]
    plain = {name: value for name, value in os.environ.items() if name not in ("LINLI_DATABASE", "LINLI_DATA")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=plain) as running:
        for line in running.stdout or ():
            yield line.rstrip("\n")
    if running.returncode:
        raise RuntimeError(f"benchmarks.{module} ended with {running.returncode}")


def run(measured: Callable[[Path], Iterator[str]]) -> None:
    """The other side: print what is measured, in the database of the server that stands by, else in a new file."""
    with tempfile.TemporaryDirectory(prefix="linli-bench-") as folder:
        os.environ.setdefault("LINLI_DATABASE", f"sqlite:///{folder}/linli.sqlite3")
        os.environ.update(LINLI_DATA=folder, DJANGO_SETTINGS_MODULE="linli.config.settings")
        import django

        django.setup()
        for line in measured(Path(folder)):
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
