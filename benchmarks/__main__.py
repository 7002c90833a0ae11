"""Run every measurement and print it."""

import os
import platform
import sys

from benchmarks import plan, year


def main() -> int:
    """Machine first, then each measurement."""
    load = os.getloadavg()[0]
    sys.stdout.write(f"machine: {os.cpu_count()} cores, Python {platform.python_version()}, load before {load:.1f}\n")
    for measure in (plan.measure, year.measure):
        for line in measure():
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
