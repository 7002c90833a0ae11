"""A committed fund, and processes that work on it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Community, Staff, make_community, make_staff
from tests.layers import layer
from tests.ledger.world import World, make_world

ROOT = Path(__file__).resolve().parents[2]


@layer
def world(community: Community, staff: Staff) -> World:
    """A fund of 2026 with 100,000 yuan and a budget of a million."""
    return make_world(community, staff)


@pytest.fixture
def committed_world(committed_database: str) -> World:
    """The same fund in a database of its own, where commits are real."""
    places = make_community()
    return make_world(places, make_staff(places))


class Driver:
    """One process of ``tests.faults.driver``."""

    def __init__(self, url: str) -> None:
        environment = {**os.environ, "LINLI_DATABASE": url, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.driver"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
            cwd=ROOT,
        )

    def send(self, do: str, **arguments: object) -> None:
        """Start a worker."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": do, "with": arguments}) + "\n")
        self.process.stdin.flush()

    def read(self) -> Any:
        """The next line the driver or its worker says."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the driver ended"
        return json.loads(line)

    def result(self) -> Any:
        """What the worker came to: its result, or None when it was killed."""
        said: dict[str, Any] = {}
        while "ended" not in said:
            said |= self.read()
        assert "error" not in said, said["error"]
        return said.get("result")

    def race(self, do: str, calls: list[dict[str, object]]) -> list[Any]:
        """Run all calls at once, each in a process of its own; their results in no order."""
        assert self.process.stdin is not None
        for call in calls:
            self.process.stdin.write(json.dumps({"do": do, "with": call, "wait": False}) + "\n")
        self.process.stdin.flush()
        results: list[Any] = []
        while len(results) < len(calls):
            said = self.read()
            assert "error" not in said, said["error"]
            results += [said["result"]] if "result" in said else []
        return results

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=60)
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def start_driver(committed_database: str) -> Iterator[Callable[[], Driver]]:
    """Start drivers on the committed database; all are ended afterwards."""
    drivers: list[Driver] = []

    def start() -> Driver:
        drivers.append(Driver(committed_database))
        return drivers[-1]

    yield start
    for driver in drivers:
        driver.close()
