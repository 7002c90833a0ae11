"""Run every measurement and print it. Arguments are sizes for the lists, in residents."""

import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks import following, imports, lists, plan, trail, year

_LOOPS = 20_000_000


def main() -> int:
    """Machine first, then each measurement."""
    load = os.getloadavg()[0]
    say(f"machine: {os.cpu_count()} cores, Python {platform.python_version()}, load before {load:.1f}")
    say(f"its speed today: {_LOOPS:,} empty turns of a loop in {_loop():.2f} s")
    for line in measurements():
        say(line)
    return 0


def measurements() -> Iterator[str]:
    """One line each. The year is lived in a folder of its own; the import goes to the community that lived it."""
    yield from plan.measure()
    with tempfile.TemporaryDirectory(prefix="linli-bench-") as folder:
        os.environ.update(
            LINLI_DATA=folder,
            LINLI_DATABASE=f"sqlite:///{folder}/linli.sqlite3",
            DJANGO_SETTINGS_MODULE="linli.config.settings",
        )
        import django

        django.setup()
        yield from year.measure(Path(folder))
        yield from imports.measure()
    yield from following.measure()
    yield from trail.measure()
    yield from lists.measure(tuple(int(one) for one in sys.argv[1:]))


def _loop() -> float:
    # Virtual machines are not equally fast every hour: figures of two runs compare by this one.
    started = time.perf_counter()
    for _ in range(_LOOPS):
        pass
    return time.perf_counter() - started


def say(line: str) -> None:
    """One line, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
