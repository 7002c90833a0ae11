"""The process that reads one file and ends. It has no secret, and once it sees the file it can open nothing.

Started as ``python -I -c "…; main()" REQUEST`` with the file as standard input; the answer goes to standard output.
"""

import json
import resource
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Final, TypeAlias

from linli.foundation.files.reading.answers import DONE, TOO_MUCH, UNFORESEEN, Refused, write_answer
from linli.foundation.files.reading.bounds import ANSWER_BYTES, CPU_SECONDS, MEMORY_BYTES, OPEN_FILES

# Task → module and function. Imported when asked for, since the library for PDF alone takes a tenth of a second.
TASKS: Final[Mapping[str, tuple[str, str]]] = {
    "table": ("tables", "read"),
    "lines": ("lines", "read"),
    "PDF": ("papers", "inspect_pdf"),
    "PNG": ("pictures", "inspect_png"),
    "JPEG": ("pictures", "inspect_jpeg"),
}

Options: TypeAlias = Mapping[str, Any]
Reader: TypeAlias = Callable[[bytes, Options], Mapping[str, Any]]


def main() -> None:
    """Read the request, put on the limits, read the file, answer, end with one of the exit codes."""
    request = json.loads(sys.argv[1])
    read = reader(request["task"])
    put_limits()
    code, body = answer(read, sys.stdin.buffer.read(), request["options"])
    sys.stdout.buffer.write(body)
    sys.stdout.buffer.flush()
    raise SystemExit(code)


def put_limits() -> None:
    """Memory, time, size of the answer; no other file or connection, no further process, no dump of what was read."""
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, ANSWER_BYTES),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        _soft, hard = resource.getrlimit(kind)
        wanted = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (wanted, wanted))


def reader(task: str) -> Reader:
    """The function for a task; its library is loaded now, while files can still be opened."""
    module, name = TASKS[task]
    found: Reader = getattr(import_module(f"linli.foundation.files.reading.{module}"), name)
    return found


def answer(read: Reader, data: bytes, options: Options) -> tuple[int, bytes]:
    """Exit code and answer. What nobody foresaw is told by the code alone: its text could quote the file."""
    try:
        return DONE, write_answer(read(data, options))
    except Refused as refusal:
        return DONE, write_answer({"refused": refusal.code, "details": refusal.details})
    except MemoryError:
        return TOO_MUCH, b""
    except Exception:
        return UNFORESEEN, b""
