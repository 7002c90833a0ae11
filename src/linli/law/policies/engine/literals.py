"""What a pack need not say, as it stands in defaults.toml."""

import tomllib
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("defaults.toml")


def literal_defaults() -> dict[str, Any]:
    """The contents of defaults.toml."""
    return deepcopy(_literal())


@cache
def _literal() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
