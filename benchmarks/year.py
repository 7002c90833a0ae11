"""A simulated year of the seed's plan on SQLite, as ``linli plan simulate`` lives it: seconds and statements."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

PACK = Path(__file__).resolve().parents[1] / "packs" / "community" / "assistance_plan"
SEED = 7


def measure() -> Iterator[str]:
    """One year, seed 7, from the empty folder to the report; statements are counted as Django sends them."""
    with tempfile.TemporaryDirectory(prefix="linli-bench-") as folder:
        os.environ.update(
            LINLI_DATA=folder,
            LINLI_DATABASE=f"sqlite:///{folder}/linli.sqlite3",
            DJANGO_SETTINGS_MODULE="linli.config.settings",
        )
        import django

        django.setup()
        from django.db import connection

        from linli.config.cli_simulate import live_into
        from linli.foundation.trail import audit

        sent = 0

        def count(execute: Callable[..., Any], *arguments: Any) -> Any:
            nonlocal sent
            sent += 1
            return execute(*arguments)

        started = time.perf_counter()
        with connection.execute_wrapper(count):
            report = live_into(Path(folder), PACK, months=12, seed=SEED, progress=False)
        seconds = time.perf_counter() - started
        yield f"simulated year (seed {SEED}, SQLite, database made and report included): {seconds:.1f} s"
        whole = "BROKEN" if audit.verify() else "whole"
        yield f"  {sent:,} statements, {report['residents']:,} residents, audit trail {whole}"
