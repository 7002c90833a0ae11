"""A simulated year of the seed's plan, as ``linli plan simulate`` lives it: seconds and statements; then the import.

Run in a process and a database of its own (`python -m benchmarks.year`).
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks import imports
from benchmarks.databases import run

PACK = Path(__file__).resolve().parents[1] / "packs" / "community" / "assistance_plan"
SEED = 7


def measured(folder: Path) -> Iterator[str]:
    """One year, seed 7, in a new database, to the report; statements are counted as Django sends them.

    The import goes to the community that lived it.
    """
    from django.core.management import call_command
    from django.db import connection

    from linli.config.cli_simulate import live_into
    from linli.foundation.trail import audit

    sent = 0

    def count(execute: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal sent
        sent += 1
        return execute(*arguments)

    started = time.perf_counter()
    call_command("migrate", verbosity=0)
    made = time.perf_counter() - started
    started = time.perf_counter()
    with connection.execute_wrapper(count):
        report = live_into(folder, PACK, months=12, seed=SEED, progress=False)
    seconds = time.perf_counter() - started
    whole = "BROKEN" if audit.verify() else "whole"
    yield f"new database: {made:.1f} s"
    yield f"simulated year (seed {SEED}, report included): {seconds:.1f} s"
    yield f"  {sent:,} statements, {report['residents']:,} residents, audit trail {whole}"
    yield from imports.measure()


if __name__ == "__main__":
    run(measured)
