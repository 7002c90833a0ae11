"""A TOML file being read: its data, its lines and the problems found in it so far."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from linli.law.policies.engine.problems import PackProblem, problem
from linli.law.policies.engine.signs import spelled_wrong, undecodable

# --- which line of a TOML text a key stands on: the standard parser does not say, and people need it ---


KeyPath = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")
# What matters for telling where a value ends: strings are skipped whole, brackets counted, comments cut.
_TOKEN = re.compile(r'"""|\'\'\'|"(?:\\.|[^"\\])*"|\'[^\']*\'|#.*|[\[\]{}]')


def index_lines(text: str) -> dict[KeyPath, int]:
    """Map every table and key of a valid TOML text to its 1-based line.

    Keys of inline tables are found with the key that holds them, as are elements of plain arrays.
    """
    index: dict[KeyPath, int] = {(): 1}
    counts: dict[KeyPath, int] = {}
    table: KeyPath = ()
    for number, line in _statements(text):
        header = _HEADER.match(line)
        if header:
            table = _resolve(_parts(header[2]), counts, is_array=header[1] == "[[")
            _note(index, table, number)
        elif key := _KEY.match(line):
            _note(index, (*table, *_parts(key[1])), number)
    return index


def first_repeated(text: str) -> tuple[KeyPath, int, int] | None:
    """The first key or table written twice: its path, the line of the second and of the first; None when none is.

    For texts that the parser refused for it: what stands after the repetition is not looked at.
    """
    counts: dict[KeyPath, int] = {}
    seen: dict[KeyPath, int] = {}
    table: KeyPath = ()
    for number, line in _statements(text):
        header, key = _HEADER.match(line), _KEY.match(line)
        if header:
            path = table = _resolve(_parts(header[2]), counts, is_array=header[1] == "[[")
        elif key:
            path = (*table, *_parts(key[1]))
        else:
            continue
        if path in seen:
            return path, number, seen[path]
        seen[path] = number
    return None


def dotted(path: KeyPath) -> str:
    """A path as people write it: ``programmes[0].label``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _note(index: dict[KeyPath, int], path: KeyPath, number: int) -> None:
    for end in range(1, len(path) + 1):
        index.setdefault(path[:end], number)


def _parts(dotted: str) -> KeyPath:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def _resolve(parts: KeyPath, counts: dict[KeyPath, int], *, is_array: bool) -> KeyPath:
    """The path of a header with the indexes of the arrays of tables it passes through."""
    path: KeyPath = ()
    for part in parts[:-1]:
        path = (*path, part)
        if path in counts:
            path = (*path, counts[path] - 1)
    path = (*path, parts[-1])
    if is_array:
        counts[path] = counts.get(path, 0) + 1
        path = (*path, counts[path] - 1)
    return path


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """The lines on which a statement begins, with their numbers."""
    depth = 0
    quote = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if not depth and not quote:
            yield number, line
            if _HEADER.match(line):
                continue
        depth, quote = _after(line, depth, quote)


def _after(line: str, depth: int, quote: str) -> tuple[int, str]:
    """Bracket depth and open multi-line quote at the end of the line."""
    rest = line
    while True:
        if quote:
            _, found, rest = rest.partition(quote)
            if not found:
                return depth, quote
            quote = ""
        match = _TOKEN.search(rest)
        if match is None:
            return depth, ""
        token, rest = match[0], rest[match.end() :]
        if token in {'"""', "'''"}:
            quote = token
        else:
            depth += (token in "[{") - (token in "]}")


# The parser's words for a key or table written twice, and for one within an inline table.
_TWICE = re.compile(r"Cannot (overwrite a value|declare .* twice|mutate)")
_WITHIN = re.compile(r"Duplicate inline table key '(.*)'")
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")


@dataclass(frozen=True)
class Name:
    """What is known of a name that others refer to: its unit, its level (rules, facts), its bounds (integers)."""

    unit: str = ""
    level: str = ""
    low: int = 0
    high: int = 0


# What kind of thing -> name -> Name; a kind that could not be read is absent, and its references are not checked.
Names = Mapping[str, Mapping[str, Name]]


@dataclass
class Document:
    """One file. ``data`` is empty when it could not be parsed (``readable`` is False then)."""

    file: str
    data: dict[str, Any] = field(default_factory=dict)
    text: str = ""
    readable: bool = False
    names: Names = field(default_factory=dict)
    problems: list[PackProblem] = field(default_factory=list)

    @cached_property
    def lines(self) -> Mapping[KeyPath, int]:
        """On which line each key stands: looked for when there is a problem to name a line of."""
        return index_lines(self.text) if self.readable else {}

    def report(self, path: KeyPath, kind: str, **details: object) -> None:
        """Note a problem at the nearest line known for the path."""
        self.problems.append(problem(self.file, self.line_of(path), kind, **details))

    def line_of(self, path: KeyPath) -> int:
        """The line of the path, or of the nearest table or key that holds it."""
        while path not in self.lines and path:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_document(path: Path, file: str) -> Document:
    """Read a TOML file; what hinders that is a problem of the document, not an exception."""
    document = Document(file)
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8")
        document.data = tomllib.loads(text)
    except FileNotFoundError:
        document.report((), "file_missing")
    except UnicodeDecodeError as error:
        document.problems.append(undecodable(file, raw, error.start))
    except tomllib.TOMLDecodeError as error:
        _report_syntax(document, text, str(error))
    else:
        document.text = text
        document.readable = True
    return document


def _report_syntax(document: Document, text: str, message: str) -> None:
    found = _AT_LINE.search(message)
    line = int(found[1]) if found else text.count("\n") + 1
    document.problems.append(_syntax(document.file, text, line, _AT_LINE.sub("", message).strip()))


def _syntax(file: str, text: str, line: int, detail: str) -> PackProblem:
    """The problem in people's words where the cause is known, in the parser's where it is not."""
    repeated = first_repeated(text) if _TWICE.match(detail) else None
    within = _WITHIN.match(detail)
    if repeated is not None:
        path, second, first = repeated
        return problem(file, second, "duplicate_key", key=dotted(path), first=first)
    if within:
        return problem(file, line, "duplicate_key", key=within[1], first=line)
    if "\r" in text.replace("\r\n", ""):
        return problem(file, line, "line_ends")
    return spelled_wrong(file, text, line) or problem(file, line, "syntax", detail=detail)
