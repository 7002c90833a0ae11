"""A text of lines in a layout that a bank agreed on, read by a child process (ADR 0013)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linli.foundation.files.children import FileRefused, Option, ReadingStopped, ask
from linli.foundation.files.reading.bounds import MAX_BYTES


@dataclass(frozen=True)
class LineFault:
    """What is wrong with a row, counted from 1: ``width`` (bytes), ``columns``, ``encoding`` or ``controls`` of it;
    ``empty``, ``none`` (a frame and no line), ``many``, ``large`` or ``encoding`` of the file, which is told by row 1.
    """

    row: int
    code: str
    found: int = 0
    expected: int = 0


@dataclass(frozen=True)
class Lines:
    """The fields of every row, none of a faulty one, and the faults."""

    rows: tuple[tuple[str, ...], ...] = ()
    faults: tuple[LineFault, ...] = ()


def read_lines(
    data: bytes,
    *,
    encoding: str,
    delimiter: str,
    header: Sequence[int],
    lines: Sequence[int],
    trailer: Sequence[int],
    most: int,
) -> Lines:
    """Cut a text into rows and fields: between ``delimiter``, or by widths in bytes where that is empty.

    ``header``, ``lines`` and ``trailer`` are the widths of their fields; no header or trailer where empty. ``most`` is
    the number of lines that a file may have. Raises ReadingStopped, ReadersBusy.
    """
    if len(data) > MAX_BYTES:
        return Lines(faults=(LineFault(1, "large", expected=MAX_BYTES // 1024 // 1024),))
    shape: dict[str, Option] = {
        "encoding": encoding,
        "delimiter": delimiter,
        "header": header,
        "lines": lines,
        "trailer": trailer,
        "most": most,
    }
    try:
        answer = ask("lines", data, **shape)
    except FileRefused as refusal:
        limit = int(refusal.details.get("limit", 0))
        return Lines(faults=(LineFault(limit + 1, refusal.code.removeprefix("lines."), expected=limit),))
    try:
        return Lines(tuple(map(_row, answer["rows"])), tuple(map(_fault, answer["faults"])))
    except (KeyError, TypeError, ValueError) as error:
        raise ReadingStopped from error


def _row(row: Any) -> tuple[str, ...]:
    if not isinstance(row, list) or not all(isinstance(text, str) for text in row):
        raise TypeError
    return tuple(row)


def _fault(fault: Mapping[str, Any]) -> LineFault:
    return LineFault(int(fault["row"]), str(fault["code"]), int(fault.get("found", 0)), int(fault.get("expected", 0)))
