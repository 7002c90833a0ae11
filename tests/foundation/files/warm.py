"""One process with the readers loaded that forks for each file, for tests that read hundreds of damaged ones.

Starting an interpreter costs a hundred times what such a file costs. The fork runs the product's own child with the
product's own limits, and how it ended is remembered: a reader that breaks is a refusal for the person who uploads, and
a fault for the test. That the real child is started anew, and knows no secret, is tested by ``test_children``.
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from unittest import mock

from linli.foundation.files import children
from linli.foundation.files.reading.answers import DONE
from linli.kernel.errors import DomainError

_PROGRAM = Path(__file__).with_name("warm_child.py")


class Warm:
    """In the place of ``children._run``; remembers how the last reader ended and how much memory the largest took."""

    def __init__(self, first: str = "") -> None:
        self.ended = DONE
        self.peak_kb = 0
        self._socket, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with other:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-I", "-W", "ignore", "-X", "utf8", str(_PROGRAM)),
                    *(children._ROOT, str(other.fileno()), first),
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={},
                cwd="/",
                pass_fds=[other.fileno()],
            )
        self._nowhere = os.open(os.devnull, os.O_WRONLY)

    def __call__(self, task: str, data: bytes, options: Mapping[str, children.Option]) -> tuple[int, bytes]:
        """Exit code of the fork, below zero for the signal that ended it, and what it wrote."""
        request = json.dumps({"task": task, "options": options}).encode()
        with children.memory_file() as given, children.memory_file() as written:
            given.write(data)
            given.flush()
            given.seek(0)
            socket.send_fds(self._socket, [request], [given.fileno(), written.fileno(), self._nowhere])
            told = self._socket.recv(1024)
            if not told:
                raise RuntimeError(f"the warm process ended with {self._process.wait()}")
            self.ended, peak_kb = json.loads(told)
            self.peak_kb = max(self.peak_kb, peak_kb)
            written.seek(0)
            return self.ended, written.read() if self.ended == DONE else b""

    @contextlib.contextmanager
    def reading(self) -> Iterator["Warm"]:
        """The product asks this process meanwhile."""
        with mock.patch.object(children, "_run", self):
            yield self

    def close(self) -> None:
        """End the process."""
        self._socket.close()
        os.close(self._nowhere)
        self._process.wait()

    def take(self, read: Callable[[], object]) -> None:
        """Have a damaged file read: taken, or refused in a whole sentence by a reader that lived to say so."""
        self.ended = DONE
        with self.reading():
            try:
                read()
            except DomainError as refusal:
                assert str(refusal)  # noqa: PT017 - both ends are right, a third is not
        assert self.ended == DONE, f"the reader ended with {self.ended}"
