"""A TOML file being read: its data, its lines and the problems found in it so far."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from linli.law.policies.engine.lines import KeyPath, dotted, first_repeated, index_lines
from linli.law.policies.engine.problems import PackProblem, problem
from linli.law.policies.engine.signs import spelled_wrong, undecodable

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
