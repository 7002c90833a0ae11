"""What happens with a chance: below it, and never at it."""

import pytest

from linli.simulator.chance import happens
from tests.simulator.support import Foretold


@pytest.mark.parametrize(
    ("number", "chance", "does"), [(0.29, 0.3, True), (0.3, 0.3, False), (0.31, 0.3, False), (0.0, 0.0, False)]
)
def test_it_happens_below_its_chance_alone(number: float, chance: float, does: bool) -> None:
    assert happens(Foretold(number), chance) is does


def test_it_takes_one_number_of_its_generator() -> None:
    hands = Foretold(0.1, 0.9)

    assert (happens(hands, 0.5), happens(hands, 0.5), hands.numbers) == (True, False, [])
