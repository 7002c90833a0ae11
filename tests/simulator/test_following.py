"""A year of a living allowance: a standard that rises in July, birthdays, deaths, incomes; nobody is paid wrongly."""

from pathlib import Path

import pytest

from linli.awards.codes import AdjustmentState, Cause
from linli.awards.models import Adjustment
from linli.awards.queries.recomputation import recomputed
from tests.simulator.support import lived, violations

RIVER = Path(__file__).parents[1] / "packs" / "river_living"


@pytest.mark.parametrize("seed", [5])
def test_a_lived_year_of_the_allowance_pays_every_month_what_the_rules_say(committed_database: str, seed: int) -> None:
    lived(RIVER, seed=seed, months=12)

    followed = Adjustment.objects.filter(state=AdjustmentState.APPLIED)
    assert (recomputed(), violations()) == ([], [])
    assert {Cause.PARAMETER, Cause.AGE} <= set(followed.values_list("cause", flat=True))
