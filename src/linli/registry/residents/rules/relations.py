"""The words of household registers for the relation to the head, as the registry's own relations."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

_TABLE = Path(__file__).resolve().parents[1] / "data" / "family_relations.toml"


@lru_cache(maxsize=1)
def register_words() -> Mapping[str, tuple[str, ...]]:
    """Relation code → words and two-digit codes that registers write for it.

    Source: GB/T 4761-2008, with the table's confidence mark in ``data/family_relations.toml``.
    """
    words: dict[str, tuple[str, ...]] = {}
    for line in tomllib.loads(_TABLE.read_text(encoding="utf-8"))["relations"]:
        if relation := line.get("relation"):
            words[relation] = (*words.get(relation, ()), line["word"], *line.get("also", ()), line["code"])
    return words
