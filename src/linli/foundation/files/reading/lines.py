"""A text of lines that a bank agreed on: each line as its fields, cut where the layout says and nowhere else."""

import codecs
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from linli.foundation.files.reading.answers import Refused

# Who mends a file works through so many; the rest shows when these are mended.
MAX_FAULTS: Final = 200
# Loaded now: once the file is there, nothing can be opened any more.
for _name in ("gbk", "gb18030"):
    "".encode(_name)

# No line of a bank holds these; a database would not keep the first.
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f]")
# What programs add to a text behind its last line: line ends, blanks, and how DOS marked the end of a file.
_NOTHING: Final = b" \t\r\n\x0b\x0c\x1a"
# In UTF-8 every Chinese character begins like this; two in a row of GBK practically never do throughout a file.
_FIRST_CHINESE: Final = "\u2e80"

Fault = dict[str, int | str]


def read(data: bytes, options: Mapping[str, Any]) -> dict[str, Any]:
    """The rows of fields, blanks around each taken away, and what is wrong with which row.

    Nothing but white space and Ctrl-Z behind the last row is the end of the file.
    Options: ``encoding``; ``delimiter``, empty for fixed widths in bytes; ``header``, ``lines`` and ``trailer``, the
    widths of the fields of each kind of line; ``most``, the lines that a file may have. Raises Refused (lines.many,
    lines.encoding, lines.empty, lines.none).
    """
    if data.count(b"\n") > options["most"]:
        raise Refused("lines.many", limit=options["most"])
    data = _up_to_its_end(data)
    if _is_foreign(data, options["encoding"]):
        raise Refused("lines.encoding")
    rows = data.replace(b"\r\n", b"\n").split(b"\n")
    header, trailer = bool(options["header"]), bool(options["trailer"])
    if not data:
        raise Refused("lines.empty")
    if len(rows) <= header + trailer:
        raise Refused("lines.none")
    shapes = [options["lines"]] * len(rows)
    shapes[0] = options["header"] or shapes[0]
    shapes[-1] = options["trailer"] or shapes[-1]
    rows[-1] = _without_its_end(rows[-1], sum(shapes[-1]), options["delimiter"].encode())
    found: list[list[str]] = []
    faults: list[Fault] = []
    for number, (row, widths) in enumerate(zip(rows, shapes, strict=True), start=1):
        fields, fault = _fields(row, widths, options)
        found.append(fields)
        if fault:
            faults.append({"row": number, **fault})
        if len(faults) == MAX_FAULTS:
            break
    return {"rows": found, "faults": faults}


def _up_to_its_end(data: bytes) -> bytes:
    """All up to the last line with anything on it, with the blanks of that line and without its end."""
    last = len(data.rstrip(_NOTHING))
    end = data.find(b"\n", last) if last else 0
    return data if end < 0 else data[:end].removesuffix(b"\r")


def _without_its_end(row: bytes, width: int, delimiter: bytes) -> bytes:
    """The last row without what stands behind it: of its own are blanks within its width, and its delimiters."""
    kept = len(row.rstrip(bytes(set(_NOTHING) - set(delimiter))))
    return row[: kept if delimiter else max(kept, width)]


def _is_foreign(data: bytes, encoding: str) -> bool:
    """Whether the whole file is in another encoding than the layout's: a mark before it, or Chinese in UTF-8."""
    if data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return True
    if encoding.upper() == "UTF-8" or data.isascii():
        return False
    try:
        return max(data.decode()) >= _FIRST_CHINESE
    except UnicodeDecodeError:
        return False


def _fields(row: bytes, widths: Sequence[int], options: Mapping[str, Any]) -> tuple[list[str], Fault]:
    """The fields of one row, or none and what is wrong with it."""
    delimiter, encoding = options["delimiter"], options["encoding"]
    if not delimiter and len(row) != sum(widths):
        return [], {"code": "width", "found": len(row), "expected": sum(widths)}
    try:
        # Some Chinese characters of GBK end with the byte of a delimiter: first decoded, then cut.
        texts = row.decode(encoding).split(delimiter) if delimiter else _cut(row, widths, encoding)
    except UnicodeDecodeError:
        return [], {"code": "encoding"}
    if len(texts) != len(widths):
        return [], {"code": "columns", "found": len(texts), "expected": len(widths)}
    if any(_CONTROLS.search(text) for text in texts):
        return [], {"code": "controls"}
    return [text.strip(" ") for text in texts], {}


def _cut(row: bytes, widths: Sequence[int], encoding: str) -> list[str]:
    texts, start = [], 0
    for width in widths:
        texts.append(row[start : start + width].decode(encoding))
        start += width
    return texts
