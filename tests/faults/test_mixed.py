"""Eight processes, acts of every kind on the same few families: none ends in an error, and everything stays whole."""

from collections.abc import Callable

import pytest

from linli.foundation.trail.invariants import violations
from tests.conftest import make_community, make_staff
from tests.faults.conftest import Driver
from tests.faults.mixing import SEED, added, begin

PROCESSES, ACTS = 8, 20


@pytest.mark.faults
def test_mixed_acts_of_eight_processes_end_in_their_words_or_not_at_all(
    committed_database: str, start_driver: Callable[[], Driver]
) -> None:
    places = make_community()
    begin(places, make_staff(places))

    results = start_driver().race(
        "mix", [{"seed": SEED, "worker": number, "count": ACTS} for number in range(PROCESSES)]
    )

    found = added(results)
    assert found["broken"] == {}
    assert sum(found["done"].values()) + sum(found["refused"].values()) == PROCESSES * ACTS
    assert len(found["done"]) == 8
    assert violations() == []
