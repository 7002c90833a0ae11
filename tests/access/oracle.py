"""``make oracle``: everybody sends every form and calls every act that is not theirs; what was asked, in figures.

Exit 1 where an answer was another one than the oracle says, where a refusal says a name or a number of the record, or
where it left anything behind.
"""

import sys
from importlib import import_module
from typing import Any

import pytest

FILES = ("tests/access/test_forms_asked.py", "tests/access/test_acts_asked.py")


def main(arguments: list[str]) -> int:
    """Ask and print. The exit status."""
    ran = pytest.main(["-q", "-p", "no:cacheprovider", *FILES, *arguments])
    # The product's models are there once pytest has set it up.
    asked = import_module("tests.access.cells")
    lines = [f"{label:<44}{figure:>8,}" for label, figure in figures(asked)]
    lines += ["", "routes that take a form and are not sent one:"]
    lines += [f"  {route:<20}{reason}" for route, reason in asked.ORACLE["unposted"].items()]
    sys.stdout.write("\n" + "\n".join(lines) + "\n")
    return int(ran) or int(bool(asked.TALLY.leaks or asked.TALLY.changes))


def figures(asked: Any) -> list[tuple[str, int]]:
    """What was asked so far."""
    tally, takes = asked.TALLY, {asked.name_of(route) for route, row in asked.ROUTES.items() if "POST" in row}
    kinds = {who.partition(", ")[2] or who for who in tally.people}
    return [
        ("routes", len(set(map(asked.name_of, asked.ROUTES)))),
        ("routes that take a form", len(takes)),
        ("routes that were sent a filled form", len(tally.routes)),
        ("filled forms", len(asked.FORMS)),
        ("acts asked", len(tally.acts)),
        ("kinds of people", len(kinds)),
        ("people", len(tally.people)),
        ("forms sent", tally.posted.total()),
        ("  allowed, and the act stands in the trail", tally.posted["allowed"]),
        ("  refused", tally.posted["refused"]),
        ("acts called directly, all refused", tally.called.total()),
        ("leaks", tally.leaks),
        ("changes by who was refused", tally.changes),
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
