"""Which worker runs what: whole files, so that a world is built by one worker only, and the long ones first.

Between two tests of one file a worker would have to build the file's worlds again; a long file that comes last leaves
the other worker idle. (``--dist=loadgroup`` does not do it: with pytest 9.2 it spreads the tests of a group.)
"""

import os
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

# Whole folders that one worker runs: they share a world, or a browser (two at a time only wait for one another).
TOGETHER = ("tests/journeys/", "tests/access/", "tests/flat/")
BROWSER = "tests/journeys/"
# Their tests share no world and are long: each is a piece of work of its own.
PARTED = (
    "tests/simulator/test_foreign.py",
    "tests/simulator/test_variants_lived.py",
)
# Files of which one test or one world takes more than ten seconds: begun first.
LONG = (
    "tests/journeys/",
    "tests/simulator/test_turn.py",  # PostgreSQL's run waits for its report
    "tests/simulator/test_s2_year.py",
    "tests/access/",
    "tests/simulator/test_year.py",
    *PARTED,
    "tests/simulator/test_following.py",
)


class ByFile(LoadScopeScheduling):
    """Hands out files, :data:`LONG` ones first, the others in their random order."""

    def __init__(self, config: pytest.Config, log: Any) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)

    def _assign_work_unit(self, node: WorkerController) -> None:
        self.workqueue.move_to_end(min(self.workqueue, key=rank), last=False)
        super()._assign_work_unit(node)


def scope_of(nodeid: str) -> str:
    """The piece of work that a test belongs to: its file, or what stands in its place."""
    for folder in TOGETHER:
        if nodeid.startswith(folder):
            return folder
    file = nodeid.partition("::")[0]
    return nodeid if file in PARTED else file


def rank(scope: str) -> int:
    """Where a piece of work comes in :data:`LONG`; all others after it."""
    file = scope.partition("::")[0]
    return LONG.index(file) if file in LONG else len(LONG)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    """How xdist asks for it."""
    return ByFile(config, log)


_behind = False


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A worker without a browser lets the one with it go first: a page asks five processes for one after another, and
    each of them would wait for its turn behind workers that only reckon.
    """
    global _behind
    if not _behind and "PYTEST_XDIST_WORKER" in os.environ and not item.nodeid.startswith(BROWSER):
        os.nice(5)
        _behind = True
