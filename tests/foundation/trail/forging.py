"""``make forged``: every cell of every table forged behind the product's back, and what verification says of it.

Each column of a row that an act wrote gets another value, one after the other (``test_digests.py``); what is not found
has to stand among the excused, with its reason. Exit 1 where it does not, or where a table of evidence is excused.
"""

import sys
from collections import Counter
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import pytest

FILES = ("tests/foundation/trail/test_digests.py", "tests/foundation/trail/test_excused.py")


@dataclass
class Tally:
    """Cells forged, and those that were found, by table."""

    forged: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)


TALLY = Tally()


def main(arguments: list[str]) -> int:
    """Forge and print. The exit status."""
    ran = pytest.main(["-q", "-p", "no:cacheprovider", *FILES, *arguments])
    sys.stdout.write("\n" + "\n".join(lines(import_module("linli.foundation.data.touched"))) + "\n")
    return int(ran)


def lines(touched: Any) -> list[str]:
    """The table, the sums and the excused."""
    tally = import_module("tests.foundation.trail.forging").TALLY
    excused = touched.excused()
    columns = Counter(name.partition(".")[0] for name in excused if "." in name)
    found = [f"{'table':<44}{'cells':>7}{'found':>7}{'excused':>9}"]
    found += [
        f"{table:<44}{tally.forged[table]:>7}{tally.found[table]:>7}{columns[table]:>9}" for table in touched.evidence()
    ]
    forged, seen = tally.forged.total(), tally.found.total()
    found += [f"{len(touched.evidence())} tables of evidence{'':<22}{forged:>9}{seen:>7}{columns.total():>9}", ""]
    found += ["excused, and why:"]
    return found + [f"  {name:<42}{reason}" for name, reason in sorted(excused.items())]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
