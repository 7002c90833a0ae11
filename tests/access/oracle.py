"""``make oracle``: everybody sends every form and calls every act that is not theirs; what was asked, in figures.

Exit 1 where an answer was another one than the oracle says, where a refusal says a name or a number of the record, or
where it left anything behind.
"""

import sys

import pytest

from tests.access.asking import ROUTES, name_of
from tests.access.cells import FORMS, ORACLE, TALLY

FILES = ("tests/access/test_forms_asked.py", "tests/access/test_acts_asked.py")


def main(arguments: list[str]) -> int:
    """Ask and print. The exit status."""
    ran = pytest.main(["-q", "-p", "no:cacheprovider", *FILES, *arguments])
    lines = [f"{label:<44}{figure:>8,}" for label, figure in figures()]
    lines += ["", "routes that take a form and are not sent one:"]
    lines += [f"  {route:<20}{reason}" for route, reason in ORACLE["unposted"].items()]
    sys.stdout.write("\n" + "\n".join(lines) + "\n")
    return int(ran) or int(bool(TALLY.leaks or TALLY.changes))


def figures() -> list[tuple[str, int]]:
    """What was asked so far."""
    kinds = {who.partition(", ")[2] or who for who in TALLY.people}
    return [
        ("routes", len(set(map(name_of, ROUTES)))),
        ("routes that take a form", len({name_of(route) for route, row in ROUTES.items() if "POST" in row})),
        ("routes that were sent a filled form", len(TALLY.routes)),
        ("filled forms", len(FORMS)),
        ("acts asked", len(TALLY.acts)),
        ("kinds of people", len(kinds)),
        ("people", len(TALLY.people)),
        ("forms sent", TALLY.posted.total()),
        ("  allowed, and the act stands in the trail", TALLY.posted["allowed"]),
        ("  refused", TALLY.posted["refused"]),
        ("acts called directly, all refused", TALLY.called.total()),
        ("leaks", TALLY.leaks),
        ("changes by who was refused", TALLY.changes),
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
