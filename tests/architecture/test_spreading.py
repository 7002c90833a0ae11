"""Which worker runs what: names that lead nowhere would only make the suite slow, unseen."""

from pathlib import Path

import pytest

from tests import spreading

ROOT = Path(__file__).parents[2]
NAMED = sorted({*spreading.TOGETHER, *spreading.PARTED, *spreading.LONG})


@pytest.mark.parametrize("name", NAMED)
def test_what_is_spread_in_a_way_of_its_own_is_there(name: str) -> None:
    assert (ROOT / name).is_dir() if name.endswith("/") else (ROOT / name).is_file()


def test_the_workers_are_handed_their_work_by_file(pytestconfig: pytest.Config) -> None:
    assert pytestconfig.pluginmanager.is_registered(spreading)


def test_the_longest_are_begun_first_and_whoever_shares_a_world_stays_together() -> None:
    scopes = ["tests/kernel/test_money.py", "tests/simulator/test_turn.py", "tests/journeys/"]

    assert sorted(scopes, key=spreading.rank) == list(reversed(scopes))
    assert spreading.scope_of("tests/journeys/test_phone.py::test_a") == "tests/journeys/"
    assert spreading.BROWSER in spreading.TOGETHER
    assert spreading.scope_of("tests/kernel/test_money.py::TestA::test_b[1-2]") == "tests/kernel/test_money.py"
    assert (
        spreading.scope_of("tests/simulator/test_foreign.py::test_c[1]") == "tests/simulator/test_foreign.py::test_c[1]"
    )
