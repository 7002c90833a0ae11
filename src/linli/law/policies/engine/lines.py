"""Which line of a TOML text a key stands on: the standard parser does not say, and people need it."""

import re
from collections.abc import Iterator

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
