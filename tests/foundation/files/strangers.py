"""What a stranger may hand in to end a server: small files that cost much to read, and large ones."""

import random
from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

from tests.foundation.files.builders import HEADER, PERSON, chunk, jpeg, object_stream, pdf, png, repacked, sheet

_SHEET: Final = "xl/worksheets/sheet1.xml"
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_MEGABYTE: Final = 1 << 20


@cache
def _good() -> bytes:
    return sheet([HEADER, PERSON])


def _rows(rows: str, behind: str = "") -> bytes:
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData>{behind}</worksheet>'.encode()


def _letters(count: int) -> bytes:
    draw = random.Random(7)
    return bytes(draw.choice(b"abcdefghijklmnop") for _ in range(count))


def shared_text(size: int, cells: int) -> bytes:
    """One text of so many characters that so many cells refer to."""
    rows = "".join(f'<row r="{row}"><c t="s"><v>0</v></c></row>' for row in range(1, cells + 1))
    text = f'<sst xmlns="{_MAIN}" count="1" uniqueCount="1"><si><t>'.encode() + _letters(size) + b"</t></si></sst>"
    return repacked(_good(), {"xl/sharedStrings.xml": text, _SHEET: _rows(rows)})


def _styles(count: int) -> bytes:
    formats = "".join(f'<numFmt numFmtId="{at}" formatCode="yy{at * 7919 % 1_000_003}"/>' for at in range(count))
    body = f'<styleSheet xmlns="{_MAIN}"><numFmts>{formats}</numFmts></styleSheet>'.encode()
    return repacked(_good(), {"xl/styles.xml": body})


def _many_columns() -> bytes:
    cells = "".join(f"<c><v>{at * 7919 % 1_000_003}</v></c>" for at in range(1_000_000))
    return repacked(_good(), {_SHEET: _rows(f'<row r="1">{cells}</row>')})


def _deep() -> bytes:
    """Elements inside each other, of names that pack badly."""
    draw = random.Random(7)
    return repacked(_good(), {_SHEET: _rows("".join(f"<a{draw.randrange(10**6)}>" for _ in range(1_000_000)))})


# The first four are handed in everywhere.
TABLES: Final[Mapping[str, Callable[[], bytes]]] = {
    "one megabyte of text in four thousand cells": lambda: shared_text(_MEGABYTE, 4_000),
    "zip bomb": lambda: repacked(_good(), {_SHEET: _rows(" " * (200 * _MEGABYTE))}),
    "a long text in a thousand cells": lambda: shared_text(32_000, 1_000),
    "nine million blank lines": lambda: b"a,b\n" + b"\n" * 9_000_000,
    "fifty megabytes in a line": lambda: b"x" * (50 * _MEGABYTE),
    "one line of ten megabytes": lambda: b"a,b\n" + b"x" * (10 * _MEGABYTE - 10),
    "three million fields in a line": lambda: b"ab," * 3_000_000,
    "deep XML": _deep,
    "a million columns": _many_columns,
    "a million styles": lambda: _styles(1_000_000),
    "entities": lambda: repacked(
        _good(), {_SHEET: b'<!DOCTYPE a [<!ENTITY b "' + b"c" * 9_000 + b'">]><a>' + b"&b;" * 9_000 + b"</a>"}
    ),
}
PAPERS: Final[Mapping[str, tuple[str, Callable[[], bytes]]]] = {
    "huge picture": ("a.png", lambda: png(60_000, 60_000, pixels=b"\0")),
    "too large a paper": ("a.pdf", lambda: b"%PDF-1.7" + b" " * (50 * _MEGABYTE)),
    "paper that unpacks to half a gigabyte": ("a.pdf", lambda: pdf(object_stream(b"\0" * (500 * _MEGABYTE)))),
    "picture whose pixels are a bomb": ("a.png", lambda: png(8_000, 8_000, pixels=b"\0" * (190 * _MEGABYTE))),
    "picture of a million notes": ("a.png", lambda: png(extra=chunk(b"tEXt", b"") * 800_000)),
    "huge photograph": ("a.jpg", lambda: jpeg(65_000, 65_000)),
    "paper of lists in lists": ("a.pdf", lambda: pdf(b"[" * 3_000_000)),
    "paper of two hundred thousand objects": ("a.pdf", lambda: pdf(*[b"<<>>"] * 200_000)),
}
# Odd, and nothing that costs anybody anything: they may be taken.
HARMLESS: Final = {"picture of a million notes", "paper of lists in lists"}
