"""docs/security.md: every requirement of ASVS 5.0 levels 1 and 2 once; what it names is there."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

PAGE = ROOT / "docs" / "security.md"
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \| (.+) \|$", re.MULTILINE)
ROWS = ROW.findall(PAGE.read_text())
# So many requirements has each chapter at levels 1 and 2.
SIZES = (27, 11, 19, 10, 9, 35, 18, 7, 7, 29, 14, 9, 13, 9, 13, 16, 7)
KINDS = {"tested", "written", "by design, no test", "not applicable", "not met"}


@cache
def functions(file: Path) -> frozenset[str]:
    return frozenset(one.name for one in ast.walk(ast.parse(file.read_text())) if isinstance(one, ast.FunctionDef))


def test_every_requirement_has_its_line() -> None:
    numbers = [tuple(map(int, number.split("."))) for number, *_rest in ROWS]

    assert numbers == sorted(set(numbers))
    assert dict(Counter(chapter for chapter, *_rest in numbers)) == dict(enumerate(SIZES, start=1))


@pytest.mark.parametrize(("number", "kind", "how"), [(number, kind, how) for number, _words, kind, how in ROWS])
def test_what_a_line_names_is_there(number: str, kind: str, how: str) -> None:
    tests = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", how)
    documents = re.findall(r"\]\(([^)]+)\)", how)

    assert kind in KINDS
    assert [file for file, name in tests if name and name not in functions(ROOT / file)] == []
    assert [one for one in documents if not (PAGE.parent / one).is_file()] == []
    assert kind != "tested" or any(name for _file, name in tests)
    assert kind != "written" or documents


def test_the_figures_are_those_of_the_table() -> None:
    counted = Counter(kind for _number, _words, kind, _how in ROWS)
    said = {kind: int(number) for number, kind in re.findall(rf"(\d+) ({'|'.join(KINDS)})", PAGE.read_text())}

    assert said == counted
