"""How figures are written into a pack's files."""

import shutil
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.items import InlineTable, Integer, Item, Trivia


def written(value: object) -> str:
    """Large numbers in groups of three, as the packs have them; texts in quotes."""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:_}" if value >= 10_000 else str(int(value))
    return tomlkit.item(value).as_string()


def number(value: int | str) -> Item:
    """The value as an item of a document, written like this."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Integer(value, Trivia(), written(value))
    return tomlkit.item(value)


def spell_out(document: MutableMapping[str, Any], filled: Mapping[str, Any]) -> None:
    """Write into a document what it leaves out, or writes as a bare number, of the filled contents."""
    for key, value in filled.items():
        written_already = document.get(key)
        if isinstance(value, Mapping) and isinstance(written_already, MutableMapping):
            spell_out(written_already, value)
        elif _is_figure(value) and not isinstance(written_already, Mapping):
            document[key] = _figure(value)
        elif isinstance(value, list) and isinstance(written_already, list):
            for row, below in zip(written_already, value, strict=True):
                if isinstance(row, MutableMapping):
                    spell_out(row, below)
        elif key not in document:
            document[key] = _rows(value) if isinstance(value, list) else tomlkit.item(value)


def _is_figure(value: object) -> bool:
    return isinstance(value, Mapping) and "value" in value


def _figure(value: Mapping[str, Any]) -> InlineTable:
    table = tomlkit.inline_table()
    for key, part in value.items():
        table[key] = _inline(part) if isinstance(part, Mapping) else number(part)
    return table


def _inline(value: Mapping[str, Any]) -> InlineTable:
    table = tomlkit.inline_table()
    table.update(value)
    return table


def _rows(rows: list[Any]) -> Item:
    written_rows = tomlkit.aot()
    for row in rows:
        table = tomlkit.table()
        for key, value in row.items():
            table[key] = _figure(value) if _is_figure(value) else tomlkit.item(value)
        written_rows.append(table)
    return written_rows


# --- A pack's folder is written beside its place and put there at the end: it is there whole or not at all ---


@contextmanager
def drafted(target: Path) -> Iterator[Path]:
    """Where to write what becomes ``target`` when the block ends well; nothing is left when it does not.

    The folder is not there yet: what a killed process left in its place is taken away first.
    """
    draft = target.with_name(f".{target.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        yield draft
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    draft.rename(target)
