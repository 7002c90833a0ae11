"""A simulated year of the seed's plan on SQLite, in a database of its own: seconds and statements."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SEED = 7


def measure() -> Iterator[str]:
    """One year, seed 7; statements are counted as Django sends them."""
    with tempfile.TemporaryDirectory(prefix="linli-bench-") as folder:
        os.environ.update(
            LINLI_DATA=folder,
            LINLI_DATABASE=f"sqlite:///{folder}/linli.sqlite3",
            DJANGO_SETTINGS_MODULE="linli.config.settings",
        )
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        from linli.foundation.trail import audit
        from linli.simulator.year import live

        call_command("migrate", verbosity=0)
        sent = 0

        def count(execute: Callable[..., Any], *arguments: Any) -> Any:
            nonlocal sent
            sent += 1
            return execute(*arguments)

        started = time.perf_counter()
        with connection.execute_wrapper(count):
            lived = live(
                ROOT / "packs" / "community" / "assistance_plan",
                calendar_file=ROOT / "packs" / "calendar" / "china.toml",
                bank_file=ROOT / "packs" / "bank" / "river_bank.toml",
                seed=SEED,
            )
        seconds = time.perf_counter() - started
        yield f"simulated year (seed {SEED}, SQLite): {seconds:.1f} s, {sent:,} statements"
        yield f"  lived until {lived.last_day}, audit trail {'whole' if not audit.verify() else 'BROKEN'}"
