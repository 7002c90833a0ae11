"""The keys that are told are those that there are."""

import re
from pathlib import Path

import linli
from linli.foundation.screens.keys import KEYS

SCRIPT = (Path(linli.__path__[0]) / "foundation" / "static" / "linli" / "linli.js").read_text(encoding="utf-8")


def test_every_key_that_is_told_does_something_and_nothing_else_does() -> None:
    deeds = re.search(r"const deeds = \{\n(.*?)\n\};", SCRIPT, re.DOTALL)

    assert deeds
    assert set(re.findall(r"^  (\w+):", deeds.group(1), re.MULTILINE)) == {key.does for key in KEYS} - {""}


def test_no_key_means_two_things() -> None:
    assert len({key.pressed for key in KEYS}) == len(KEYS)
