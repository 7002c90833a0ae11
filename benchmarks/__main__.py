"""Run every measurement on both databases and print it. Arguments are sizes for the lists, in residents."""

import os
import platform
import sys
import time
from collections.abc import Iterator

from benchmarks import plan, trail
from benchmarks.databases import BOTH, lines_of
from benchmarks.lists import USUAL

_LOOPS = 20_000_000


def main() -> int:
    """Machine first, then each measurement."""
    load = os.getloadavg()[0]
    say(f"machine: {os.cpu_count()} cores, Python {platform.python_version()}, load before {load:.1f}")
    say(f"its speed today: {_LOOPS:,} empty turns of a loop in {_loop():.2f} s")
    for line in measurements(tuple(int(one) for one in sys.argv[1:])):
        say(line)
    return 0


def measurements(sizes: tuple[int, ...]) -> Iterator[str]:
    """One line each: the plan checker, which asks no database, then each database with everything on it."""
    yield from plan.measure()
    for database in BOTH:
        yield f"on {database}:"
        for module in ("year", "following", "acts"):
            yield from lines_of(module, database=database)
        for size in trail.USUAL:
            yield from lines_of("trail", size, database=database)
        for size in sizes or USUAL:
            yield from lines_of("lists", size, database=database)


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
