"""The tool that plants faults plants the ones it says, and only in text that stays Python."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def mutants() -> ModuleType:
    spec = importlib.util.spec_from_file_location("mutants_tool", ROOT / "tools" / "mutants.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("source", "planted"),
    [
        ("x = a < b", {"x = a <= b"}),
        ("x = a is not b", {"x = a is b"}),
        ("x = '住户' in b", {"x = '住户' not in b"}),
        ("x = a and b", {"x = a or b"}),
        ("x = not a", {"x = a"}),
        ("x = True", {"x = False"}),
        ("x = 3", {"x = 4"}),
        ("x = a - b", {"x = a + b"}),
        ("x = all(a)", {"x = any(a)"}),
        ("check(a)", {"pass"}),
        ("raise Refused(a=1)", {"pass"}),
        ("x = rows.filter(a=y, b=z)", {"x = rows.filter(b=z)", "x = rows.filter(a=y)"}),
        ("x = rows.order_by(a, b)", {"x = rows.order_by(b)", "x = rows.order_by(a)"}),
        ("def f(a: int | None = None) -> int:\n    return a", {"def f(a: int | None = None) -> int:\n    return None"}),
        ("def __str__(self):\n    return 1 + 1", set()),
        ("@frozen(True)\nclass A:\n    b: 'c'", set()),
        ("x = f'{a < b}'", set()),
    ],
)
def test_plants_one_fault_at_a_time(mutants: ModuleType, source: str, planted: set[str]) -> None:
    assert {one.applied(source) for one in mutants.mutants_of("a.py", source)} == planted


def test_the_same_seed_draws_the_same_faults(mutants: ModuleType) -> None:
    drawn = [mutants.sample(20, seed, "src/linli/kernel") for seed in (1, 1, 2)]

    assert drawn[0] == drawn[1] != drawn[2]
    assert {one.path.split("/")[2] for one in drawn[0]} == {"kernel"}


def test_what_is_told_to_change_nothing_is_still_there_and_not_drawn(mutants: ModuleType) -> None:
    """A fault whose line has gone has no reason to stand in the file."""
    known = mutants.equivalent()
    texts = dict(mutants.sources())
    possible = {
        (path, one.difference(texts[path]))
        for path in {path for path, _diff in known}
        for one in mutants.mutants_of(path, texts[path])
    }

    assert known <= possible
    assert (
        not {(one.path, one.difference(texts[one.path])) for one in mutants.sample(10**6, 1, "src/linli/ledger")}
        & known
    )
