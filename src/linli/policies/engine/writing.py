"""How figures are written into a pack's files."""

import tomlkit
from tomlkit.items import Integer, Item, Trivia


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
