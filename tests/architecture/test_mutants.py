"""The tool that plants faults plants the ones it says, and only in text that stays Python."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def planting() -> ModuleType:
    return tool("planting")


@pytest.fixture(scope="module")
def gates(planting: ModuleType) -> ModuleType:
    return tool("gates")


@pytest.fixture(scope="module")
def mutants(gates: ModuleType) -> ModuleType:
    return tool("mutants")


def tool(name: str) -> ModuleType:
    """A script of tools/, under the name by which the others there import it."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("source", "taken"),
    [
        ("check_change(act, [a])", {"pass"}),
        ("check_version(a, b)", set()),
        ("authority(act).check(a.stamp, *ROLES)", {"pass"}),
        ("form.check(a)", set()),
        ("raise NotPermitted", {"pass"}),
        ("raise DateInFuture(a)", set()),
        ("x = within(rows, scope)", {"x = rows"}),
        ("x = scope.condition('area__')", {"x = Q()"}),
        (
            "x = Step('a', 'b', barred=('c', 'd'))",
            {"x = Step('a', 'b', barred=('d',))", "x = Step('a', 'b', barred=('c',))"},
        ),
        ("x = Workflow('a', 'b', S, (), of_family)", {"x = Workflow('a', 'b', S, (), None)"}),
        ("def may(self):\n    return can(self.person)", {"def may(self):\n    return True"}),
        ("def rule(person):\n    return person.unless(a, B)", {"def rule(person):\n    return None"}),
        ("x = a < b", set()),
    ],
)
def test_takes_one_check_of_access_away_at_a_time(
    planting: ModuleType, gates: ModuleType, source: str, taken: set[str]
) -> None:
    found = planting.keyed("src/linli/x.py", source, gates.Gates)

    assert {one.applied(source) for _key, one in found} == taken


def test_every_check_of_access_is_one_that_there_is(gates: ModuleType) -> None:
    texts = "\n".join(file.read_text() for file in (ROOT / "src" / "linli").rglob("*.py"))

    assert [name for name in sorted(gates.CHECKS | gates.REFUSALS) if name not in texts] == []


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
def test_plants_one_fault_at_a_time(planting: ModuleType, source: str, planted: set[str]) -> None:
    assert {one.applied(source) for one in planting.mutants_of("a.py", source)} == planted


def test_the_same_seed_draws_the_same_faults(planting: ModuleType) -> None:
    drawn = [planting.sample(20, seed, "src/linli/kernel") for seed in (1, 1, 2)]

    assert drawn[0] == drawn[1] != drawn[2]
    assert {one.path.split("/")[2] for one in drawn[0]} == {"kernel"}


def test_a_change_elsewhere_draws_the_same_faults(planting: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f"x{number} = {number} < a" for number in range(40)]
    drawn = []
    for text in ("\n".join(lines), "\n".join(["", "y = a and b", *lines])):
        monkeypatch.setattr(planting, "sources", lambda _only="", text=text: [("a.py", text)])
        drawn.append({text.splitlines()[one.line - 1] for one in planting.sample(10, 1)})

    assert len(drawn[0] & drawn[1]) >= 9


@pytest.mark.parametrize(
    ("code", "told", "noticed"),
    [
        (0, "3 passed", False),
        (1, "FAILED tests/a/test_b.py::test_c[1 - 2] - AssertionError: no\n1 failed", True),
        (1, "ERROR tests/a/test_b.py::test_c - ValueError: no\n1 error", True),
        (1, "Traceback (most recent call last):\n  ...\nNameError: no", True),
        (1, "1 failed", False),
        (2, "Interrupted: 1 error during collection", True),
        (2, "Interrupted: somebody pressed a key", False),
        (3, "INTERNALERROR> no", False),
        (4, "ImportError while loading conftest '/a/tests/conftest.py'.", True),
        (4, "_ ERROR collecting tests/a/test_b.py _\nERROR: found no collectors for tests/a/test_b.py::test_c", True),
        (4, "ERROR: unrecognized arguments: --no", False),
        (5, "no tests ran", False),
        (-9, "", False),
    ],
)
def test_only_a_failure_is_a_notice(mutants: ModuleType, code: int, told: str, noticed: bool) -> None:
    assert mutants.judged(code, told).noticed is noticed


@pytest.mark.parametrize(
    ("asked", "missing", "left"),
    [
        (["tests/a.py::test_b", "tests/a.py::test_c"], [], ["tests/a.py::test_b", "tests/a.py::test_c"]),
        (["tests/a.py::test_b", "tests/a.py::test_c"], ["tests/a.py::test_b"], ["tests/a.py::test_c"]),
        (["tests/a.py::test_b[1]", "tests/a.py::test_b[2]"], ["tests/a.py::test_b"], ["tests/a.py::test_b"]),
        (["tests/a.py::test_b"], ["tests/a.py::test_b"], []),
    ],
)
def test_what_is_not_found_is_not_asked_again(
    mutants: ModuleType, asked: list[str], missing: list[str], left: list[str]
) -> None:
    told = "".join(f"ERROR: not found: /somewhere/copy-1/{test}\n(no match in any of [...])\n" for test in missing)

    assert mutants.still_there(asked, told) == left


def test_every_source_has_a_room_with_tests(mutants: ModuleType, planting: ModuleType) -> None:
    """The wings hid them: no fault was noticed, since no test was run."""
    rooms = {mutants.room_of(path) for path, text in planting.sources() if "import " in text}

    assert mutants.room_of("src/linli/money/payments/models.py") == "payments"
    assert [room for room in rooms if not any((ROOT / "tests" / room).rglob("test_*.py"))] == []


def test_who_noticed_is_told(mutants: ModuleType) -> None:
    told = "FAILED tests/a/test_b.py::TestA::test_c[x] - AssertionError: a - b\n1 failed, 2 passed"

    assert mutants.judged(1, told).test == "tests/a/test_b.py::TestA::test_c[x]"


def test_a_sample_is_taken_in_parts(mutants: ModuleType) -> None:
    parts = [mutants.part_of(list(range(10)), f"{number}/3") for number in (1, 2, 3)]

    assert sorted(one for part in parts for one in part) == list(range(10))


def test_lines_of_an_old_record_are_found_by_their_text(mutants: ModuleType) -> None:
    assert mutants._same_lines("a = 1\nb = 2\nc = 3", "a = 1\nnew = 0\nb = 2\nc = 3") == {1: 1, 3: 2, 4: 3}


def test_what_is_told_to_change_nothing_is_still_there_and_not_drawn(planting: ModuleType, gates: ModuleType) -> None:
    """A fault whose line has gone has no reason to stand in the file."""
    known = planting.equivalent()
    texts = dict(planting.sources())
    possible = {
        (path, one.difference(texts[path]))
        for path in {path for path, _diff in known}
        for kind in (planting.Planter, gates.Gates)
        for one in planting.mutants_of(path, texts[path], kind)
    }

    assert known <= possible
    assert (
        not {(one.path, one.difference(texts[one.path])) for one in planting.sample(10**6, 1, "src/linli/money/ledger")}
        & known
    )


def test_what_reads_files_in_processes_of_its_own_is_tried_by_all_that_hands_files_in(
    mutants: ModuleType, planting: ModuleType
) -> None:
    """No line of it runs in a test's own process: the record knows no test of it."""
    (fault, *_others) = planting.sample(10, 1, "src/linli/foundation/files/reading/pictures.py")
    one = object.__new__(mutants.Run)
    one.files, one.known = 0, SimpleNamespace(tests=lambda _mutant: ["tests/foundation/files/test_uploads.py::test_a"])

    assert {Path(test).name for test in one.near(fault)} > {
        "test_uploads.py::test_a",
        "test_fuzzing.py",
        "test_children.py",
    }


def test_what_runs_before_any_test_is_tried_by_its_room(mutants: ModuleType, planting: ModuleType) -> None:
    (fault, *_others) = planting.sample(10, 1, "src/linli/config/settings.py")
    one = object.__new__(mutants.Run)
    one.files, one.known = 0, SimpleNamespace(tests=lambda _mutant: [], of_the_line=lambda _mutant: set())

    assert {test.split("/")[1] for test in one.near(fault)} == {"config"}


def test_a_fault_in_what_shapes_the_database_gets_a_database_of_its_own(
    mutants: ModuleType, planting: ModuleType
) -> None:
    """Tables and rules of the database stand beside what needs them too, not only in files called models."""
    texts = dict(planting.sources())
    homes = {f"src/{model.__module__.replace('.', '/')}.py" for model in apps.get_models()} & texts.keys()

    assert len(homes) >= 15
    assert [path for path in sorted(homes) if not mutants.shapes(path, texts[path])] == []
    assert not mutants.shapes("src/linli/kernel/money.py", texts["src/linli/kernel/money.py"])


@pytest.mark.parametrize(
    ("code", "measured", "kept"),
    [(0, True, "new"), (1, True, "new"), (0, False, "old"), (2, True, "old"), (-2, True, "old")],
    ids=["passed", "some tests failed", "only asked for help", "stopped by hand", "killed"],
)
def test_a_record_stays_until_the_next_one_is_whole(
    mutants: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: int, measured: bool, kept: str
) -> None:
    """A record takes half an hour to make."""
    places = {name: tmp_path / name.lower() for name in ("RECORD", "RECORDED", "STANDING")}
    for name, place in places.items():
        place.write_text("old")
        monkeypatch.setattr(mutants, name, place)
    monkeypatch.setattr(mutants, "HOME", tmp_path)
    monkeypatch.setattr(mutants, "_texts", lambda: "new")

    def suite(_command: list[str], env: dict[str, str], cwd: Path) -> int:
        if measured:
            Path(env["COVERAGE_FILE"]).write_text("new")
            Path(env["LINLI_TEST_STANDING"]).write_text("new")
        return code

    monkeypatch.setattr(mutants.subprocess, "call", suite)
    mutants.record([])

    assert {place.read_text().strip('"') for place in places.values()} == {kept}
