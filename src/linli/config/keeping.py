"""Processes that are kept alive: one that dies is started again, one that cannot stay alive ends the whole.

Each is a group of its own, so that what it had started itself does not go on answering after it is gone.
"""

import logging
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

# A process that died this often, each time before it had lived so many seconds, is not started again.
_TOO_OFTEN, _SHORT = 5, 10.0
_GLANCE = 0.2  # seconds between two looks
# How long a process told to end may finish what it is at, in seconds.
_PATIENCE = 30

_log = logging.getLogger("linli.processes")


@dataclass(frozen=True)
class Wanted:
    """A command that is to run, by its name in the log, and its environment."""

    name: str
    command: Sequence[str]
    variables: Mapping[str, str]


class Kept:
    """What is wanted, and the process that runs it now."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.died_young = 0
        self._begin()

    def look(self) -> bool:
        """Start the process again when it is gone; whether it is still worth it."""
        code = self.process.poll()
        if code is None:
            return True
        _log.warning("process ended", extra={"facts": {"process": self.wanted.name, "code": code}})
        self.died_young = self.died_young + 1 if time.monotonic() - self._began < _SHORT else 1
        if self.died_young >= _TOO_OFTEN:
            return False
        self._leave_nobody()
        self._begin()
        return True

    def end(self) -> None:
        """Tell the process to end and wait until it has; who does not is ended."""
        self.process.terminate()
        try:
            self.process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._leave_nobody()

    def _begin(self) -> None:
        self._began = time.monotonic()
        self.process = subprocess.Popen(self.wanted.command, env=self.wanted.variables, start_new_session=True)

    def _leave_nobody(self) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)


def keep(wanted: Sequence[Wanted]) -> int:
    """Start processes and keep them alive until this one is told to end: 0; 1 when one of them cannot stay alive."""
    children = [Kept(one) for one in wanted]
    told: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _frame: told.append(number))
    try:
        while not told:
            if not all(child.look() for child in children):
                return 1
            time.sleep(_GLANCE)
    except KeyboardInterrupt:
        pass
    finally:
        for child in children:
            child.end()
        signal.signal(signal.SIGTERM, before)
    return 0
