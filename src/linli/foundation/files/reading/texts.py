"""The one place where CSV is read: whatever line ends, encoding, separator and length of value."""

import csv
import io
import re
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Final

from linli.foundation.files.reading.answers import Refused

# The module's own limit of 131,072 characters is for programs that share a process.
csv.field_size_limit(sys.maxsize)
# Loaded now: once the file is there, nothing can be opened any more.
for _name in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"):
    "".encode(_name)

# Pictures and archives hold control characters; a table written by an office program holds none of these.
_NOT_TEXT: Final = re.compile(r"[\x00-\x08\x0e-\x1f]")
_DISGUISES: Final = ("<", "%pdf", "{\\rtf", "mime-version")
_SEPARATORS: Final = ",\t;"
_SAMPLE_LINES: Final = 20
_LINE_END: Final = re.compile(r"\r\n|\r|\n")


def decoded(data: bytes) -> str:
    """The text. Raises Refused: table.kind for what is no text, table.encoding, table.empty."""
    text = _decoded(data)
    if text is None:
        raise Refused("table.kind" if b"\0" in data[:4096] else "table.encoding")
    # Pictures, PDFs and "Excel" exports that are web pages in disguise.
    if _NOT_TEXT.search(text) or text[:200].lstrip("\ufeff \r\n\t").lower().startswith(_DISGUISES):
        raise Refused("table.kind")
    if not text.strip():
        raise Refused("table.empty")
    return text


def records(text: str) -> Iterator[list[str]]:
    """The records. Raises Refused (table.quotes) with the line where a quote is not closed or something follows one."""
    # newline="" leaves line ends as they are, and the reader knows all three: CR, LF, CRLF.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator(text), strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise Refused("table.quotes", line=reader.line_num) from error


def separator(text: str) -> str:
    """The separator that most of the first lines have equally often: titles stand above, commas inside values."""
    lines = [line for line in _LINE_END.split(text[:65_536]) if line.strip()][:_SAMPLE_LINES]

    def agreement(mark: str) -> int:
        counts = Counter(count for line in lines if (count := line.count(mark)))
        return max(counts.values(), default=0)

    return max(_SEPARATORS, key=agreement)


def _decoded(data: bytes) -> str | None:
    """UTF-8 before GB 18030, since Chinese in GB 18030 is practically never valid UTF-8 but the reverse often is."""
    tries = ["utf-8-sig", "gb18030"]
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        tries = ["utf-16"]
    elif b"\0" in data[:4096]:
        # UTF-16 without a mark: ASCII letters and separators leave their zero byte on one side.
        tries = ["utf-16-le" if data[:4096][1::2].count(0) >= data[:4096][0::2].count(0) else "utf-16-be"]
    for encoding in tries:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
