"""Which worker runs what: names that lead nowhere would only make the suite slow, unseen."""

import subprocess
import sys
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


class TestBothDatabases:
    """tools/both_databases.py: what the run beside says is neither lost nor mixed into the first one's."""

    @pytest.mark.parametrize(("first", "beside"), [(0, 0), (0, 3), (2, 0), (2, 3)])
    def test_a_run_that_fails_on_one_database_fails_the_whole(self, first: int, beside: int) -> None:
        ended, _said = self.at_once(self.program("a", code=first), self.program("b", code=beside))

        assert ended == (first or beside)

    @pytest.mark.parametrize("waits", [(0.3, 0.0), (0.0, 0.3)])
    def test_whichever_ends_first_one_follows_the_other(self, waits: tuple[float, float]) -> None:
        first, beside = waits

        assert self.at_once(self.program("a", wait=first), self.program("b", wait=beside)) == (0, "a\na!\nb\nb!\n")

    def program(self, word: str, *, wait: float = 0, code: int = 0) -> list[str]:
        """Says a word, and once more after so many seconds."""
        text = f"import sys, time; print('{word}', flush=True); time.sleep({wait}); print('{word}!'); sys.exit({code})"
        return [sys.executable, "-c", text]

    def at_once(self, first: list[str], beside: list[str]) -> tuple[int, str]:
        """Both by the tool, in a process of its own: what it ended with, and what it said."""
        call = f"import both_databases as tool; raise SystemExit(tool.at_once({first}, {beside}))"
        command = [sys.executable, "-c", call]
        done = subprocess.run(command, cwd=ROOT / "tools", capture_output=True, text=True, check=False, timeout=60)
        return done.returncode, done.stdout
