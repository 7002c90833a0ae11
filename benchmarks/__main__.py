"""Run every measurement and print it."""

import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import imports, plan, year


def main() -> int:
    """Machine first, then each measurement."""
    load = os.getloadavg()[0]
    say(f"machine: {os.cpu_count()} cores, Python {platform.python_version()}, load before {load:.1f}")
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


def say(line: str) -> None:
    """One line, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
