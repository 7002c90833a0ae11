"""A file from a stranger is read by a child process with hard limits, never here (ADR 0013).

The child is started anew for each file (30 ms; 0.2 s for a PDF), gets the file and no secret, can open neither file nor
connection, and is stopped when it takes too much memory or time. Whatever happens to it, the asker gets an answer or
one refusal.
"""

import json
import logging
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

from django.utils.translation import gettext_lazy as _

from linli.foundation.files.reading.answers import DONE, UNFORESEEN, AnswerMalformed, read_answer, refusal_of
from linli.foundation.files.reading.bounds import ANSWER_BYTES, WALL_SECONDS
from linli.foundation.files.receiving import memory_file
from linli.kernel.errors import DomainError

_log = logging.getLogger(__name__)

# What is said to a reader beside the file.
Option: TypeAlias = int | str | Sequence[int]

# Where the package lies, for a child that is isolated from the environment.
_ROOT: Final = str(Path(__file__).resolve().parents[3])
_START: Final = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); from linli.foundation.files.reading.child import main; main()"
)
# Each may take as much memory as ``MEMORY_BYTES``: so many at a time, the others wait.
_PLACES: Final = threading.BoundedSemaphore(2)


class ReadingStopped(DomainError):
    """Reading took more memory or time than any honest file does, or broke the reader."""

    code = "file.stopped"
    message = _(
        "读取该文件超出了内存或时间的上限，已停止，没有写入任何内容；请在 Excel、WPS 或 PDF 软件中另存为新文件再上传"
    )


class ReadersBusy(DomainError):
    """Other files are being read and none was done within the time."""

    code = "file.busy"
    message = _("正在读取其他文件，请稍后再上传")


class FileRefused(Exception):
    """The reader refused the file: code and details for the face that knows the sentence."""

    def __init__(self, code: str, details: Mapping[str, Any]) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


def ask(task: str, data: bytes, **options: Option) -> dict[str, Any]:
    """Have a file read: the answer of the reader named ``task`` (``reading.child.TASKS``).

    Raises FileRefused with the reader's reason, ReadingStopped when it died or took too much, ReadersBusy.
    """
    code, body = run(task, data, options)
    if code != DONE:
        if code == UNFORESEEN:
            _log.error("the reader of %s met something unforeseen in a file of %d bytes", task, len(data))
        raise ReadingStopped
    try:
        answer = read_answer(body)
        refusal = refusal_of(answer)
    except AnswerMalformed as error:
        raise ReadingStopped from error
    if refusal is not None:
        raise FileRefused(*refusal)
    return answer


def run(task: str, data: bytes, options: Mapping[str, Option]) -> tuple[int, bytes]:
    """Exit code of the child, below zero for the signal that ended it, and what it wrote. Raises ReadersBusy."""
    if not _PLACES.acquire(timeout=WALL_SECONDS):
        raise ReadersBusy
    try:
        return _run(task, data, options)
    finally:
        _PLACES.release()


def _run(task: str, data: bytes, options: Mapping[str, Option]) -> tuple[int, bytes]:
    request = json.dumps({"task": task, "options": options})
    with memory_file() as given, memory_file() as written:
        given.write(data)
        given.flush()
        given.seek(0)
        with subprocess.Popen(
            [sys.executable, "-I", "-W", "ignore", "-X", "utf8", "-c", _START, _ROOT, request],
            stdin=given,
            stdout=written,
            stderr=subprocess.DEVNULL,
            env={},  # ours holds keys and passwords
            cwd="/",
            start_new_session=True,
        ) as child:
            if not _has_ended(child, WALL_SECONDS):
                os.killpg(child.pid, signal.SIGKILL)  # not yet waited for: the number is still its own
            code = child.wait()
        written.seek(0)
        return code, written.read(ANSWER_BYTES) if code == DONE else b""


def _has_ended(child: "subprocess.Popen[bytes]", seconds: float) -> bool:
    """Whether the child ends within the time. The kernel says when; ``Popen.wait`` with a timeout looks now and then,
    which took as long again as the reading.
    """
    end = os.pidfd_open(child.pid)
    try:
        waiting = select.poll()
        waiting.register(end, select.POLLIN)
        return bool(waiting.poll(seconds * 1000))
    finally:
        os.close(end)
