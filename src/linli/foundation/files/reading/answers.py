"""What the child says: one JSON text, cells encoded so that dates survive; written in the child, checked by the asker.

A text is a JSON string, a number a number, a truth value a truth value. Dates, moments, times and durations, and
numbers of which another thing may be seen, are strings that begin with NUL, which no text may.
"""

import json
import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final, NamedTuple, TypeAlias

from linli.foundation.files.reading.bounds import MAX_CELL_TEXT, MAX_CELLS, MAX_COLUMNS

Plain: TypeAlias = str | int | float | bool | date | datetime | time | timedelta


class Formatted(NamedTuple):
    """A number, and the format by which its cell shows it, where that may be another thing than the number."""

    number: float
    code: str

    def __str__(self) -> str:
        number = int(self.number) if float(self.number).is_integer() else self.number
        return f"{number}（{self.code}）"


Cell: TypeAlias = Plain | Formatted

# Why a process that was asked to read has ended: its exit codes.
DONE: Final = 0
UNFORESEEN: Final = 70  # an exception nobody thought of: a fault of ours, which fuzzing looks for
TOO_MUCH: Final = 71  # memory

_LONGEST_DETAIL = 200


class Refused(Exception):
    """A file that is not taken: the code of the refusal and what its sentence names."""

    def __init__(self, code: str, **details: int | str) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


class AnswerMalformed(Exception):
    """The child said something it cannot have meant."""


def write_answer(answer: Mapping[str, object]) -> bytes:
    """The answer as UTF-8 JSON. Raises ValueError for a text that is not Unicode."""
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def read_answer(body: bytes) -> dict[str, Any]:
    """The answer as a mapping; every count is bounded before anything is built. Raises AnswerMalformed."""
    # A few bytes of JSON become an object of a hundred: what is counted first cannot surprise.
    if body.count(b",") > 2 * MAX_CELLS or body.count(b"[") + body.count(b"{") > 2 * MAX_CELLS:
        raise AnswerMalformed
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise AnswerMalformed from error
    if not isinstance(answer, dict):
        raise AnswerMalformed
    return answer


def refusal_of(answer: Mapping[str, Any]) -> tuple[str, dict[str, int | str]] | None:
    """Code and details when the file was refused. Raises AnswerMalformed."""
    code, details = answer.get("refused"), answer.get("details", {})
    if code is None:
        return None
    if not isinstance(code, str) or not isinstance(details, dict):
        raise AnswerMalformed
    return code, {str(key): _detail(value) for key, value in details.items()}


def cell_out(cell: Plain) -> str | int | float | bool:
    """A cell as JSON keeps it, of a text no more than anybody takes; nothing in a cell is the empty text."""
    if isinstance(cell, str):
        cell = cell[:MAX_CELL_TEXT]
        return f"\0s{cell}" if cell.startswith("\0") else cell
    if isinstance(cell, float) and not math.isfinite(cell):
        return str(cell)
    if isinstance(cell, bool | int | float):
        return cell
    # Moments are days too: the more special kind first.
    if isinstance(cell, datetime):
        return f"\0m{cell.isoformat()}"
    if isinstance(cell, date):
        return f"\0d{cell.isoformat()}"
    if isinstance(cell, time):
        return f"\0t{cell.isoformat()}"
    return f"\0u{cell // timedelta(microseconds=1)}"


def formatted_out(number: float, at: int) -> str:
    """A number as JSON keeps it with the place of its format in the sheet's list of them."""
    return f"\0f{at}|{number!r}"


def rows_in(rows: object, formats: object = ()) -> list[list[Cell]]:
    """Rows of cells out of an answer; ``formats`` are those that its numbers name. Raises AnswerMalformed."""
    if not isinstance(rows, list) or not isinstance(formats, list | tuple):
        raise AnswerMalformed
    found: list[list[Cell]] = []
    for row in rows:
        if not isinstance(row, list) or len(row) > MAX_COLUMNS:
            raise AnswerMalformed
        found.append([_cell_in(cell, formats) for cell in row])
    return found


def positions_in(positions: object, size: int) -> list[tuple[int, ...]]:
    """Tuples of ``size`` whole numbers out of an answer. Raises AnswerMalformed."""
    if not isinstance(positions, list):
        raise AnswerMalformed
    for position in positions:
        if not isinstance(position, list) or [type(value) for value in position] != [int] * size:
            raise AnswerMalformed
    return [tuple(position) for position in positions]


def text_in(value: object) -> str:
    """A text out of an answer. Raises AnswerMalformed."""
    if not isinstance(value, str):
        raise AnswerMalformed
    return value


def _detail(value: object) -> int | str:
    if isinstance(value, str):
        return value[:_LONGEST_DETAIL]
    if isinstance(value, int):
        return value
    raise AnswerMalformed


def _cell_in(cell: object, formats: Sequence[object]) -> Cell:
    if isinstance(cell, str):
        return _special(cell, formats) if cell.startswith("\0") else cell
    if isinstance(cell, bool | int | float):
        return cell
    raise AnswerMalformed


def _special(text: str, formats: Sequence[object]) -> Cell:
    mark, rest = text[1:2], text[2:]
    try:
        if mark == "m":
            return datetime.fromisoformat(rest)
        if mark == "d":
            return date.fromisoformat(rest)
        if mark == "t":
            return time.fromisoformat(rest)
        if mark == "u":
            return timedelta(microseconds=int(rest))
        if mark == "f":
            at, _bar, number = rest.partition("|")
            return Formatted(float(number), text_in(formats[int(at)]))
    except (ValueError, OverflowError, IndexError) as error:
        raise AnswerMalformed from error
    return rest


def rows_out(rows: Sequence[Sequence[Plain]]) -> list[list[str | int | float | bool]]:
    """Rows of cells as JSON keeps them."""
    return [[cell_out(cell) for cell in row] for row in rows]
