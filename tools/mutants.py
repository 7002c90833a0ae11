"""Plant one-line faults in src/linli, one at a time, and see which of them no test notices.

    tools/mutants.py record [PYTEST ARGUMENT ...]    run the suite once, keep which test runs which line
    tools/mutants.py run [--count 200] [--seed 1] [--only PATH[:FIRST[-LAST]]] [--tests PATH ...]

Each fault goes into a copy of the project under build/mutants; the work tree is never changed. The tests are those that
the record says run the line, nearest first, until one fails; with --tests they are the ones named, and no record is
needed. Faults that change nothing anybody could see stand with a reason in tools/mutants.toml; they are not counted.
"""

import argparse
import ast
import difflib
import os
import random
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = "src/linli"
HOME = ROOT / "build" / "mutants"
RECORD = HOME / "coverage"
REASONS = ROOT / "tools" / "mutants.toml"
COPIED = ("src", "tests", "tools", "packs", "docs", "requirements", "benchmarks", "manage.py", "pyproject.toml")
SEVERAL = 60  # tests of one pytest run: the nearest usually notice
PATIENCE = 900  # seconds for one run: a fault that loops for ever is noticed too
WANTED = 0.95
# Files from which a migrated database follows; for all others the template made first is good.
SHAPING = re.compile(r"/(models|codes|data|config|apps)\b")

COMPARED = {
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
}
CALCULATED = {ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "//"), ast.FloorDiv: ("//", "*")}
JOINED = {ast.And: ("and", "or"), ast.Or: ("or", "and")}
EXCHANGED = {"all": "any", "any": "all", "min": "max", "max": "min"}
# Calls whose arguments narrow or order what comes back: one that is missing is easily missed.
NARROWING = {"filter", "exclude", "get", "Q", "order_by", "update", "aggregate", "sorted", "replace"}


@dataclass(frozen=True)
class Mutant:
    """One fault: the text between two offsets of the file becomes another."""

    path: str
    line: int
    start: int
    end: int
    text: str

    def applied(self, source: str) -> str:
        """The file with the fault in it."""
        return source[: self.start] + self.text + source[self.end :]

    def difference(self, source: str) -> str:
        """The changed lines, as diff shows them."""
        lines = difflib.unified_diff(source.splitlines(), self.applied(source).splitlines(), lineterm="", n=0)
        return "\n".join(line for line in lines if line[:3] not in {"---", "+++"} and not line.startswith("@@"))


class _Planter(ast.NodeVisitor):
    """Collects every fault that can be planted in one file."""

    def __init__(self, path: str, source: str) -> None:
        self.path, self.source = path, source
        self.found: list[Mutant] = []
        # ast counts bytes, texts are Chinese.
        self.lines = [line.encode() for line in source.splitlines(keepends=True)]
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line.decode()))

    def offset(self, line: int, column: int) -> int:
        return self.starts[line - 1] + len(self.lines[line - 1][:column].decode())

    def span(self, node: ast.AST) -> tuple[int, int]:
        place = node
        assert isinstance(place, ast.expr | ast.stmt | ast.keyword)
        return (
            self.offset(place.lineno, place.col_offset),
            self.offset(place.end_lineno or place.lineno, place.end_col_offset or 0),
        )

    def plant(self, start: int, end: int, text: str) -> None:
        self.found.append(Mutant(self.path, self.source.count("\n", 0, start) + 1, start, end, text))

    def between(self, left: ast.AST, right: ast.AST, pair: tuple[str, str]) -> None:
        """Exchange the operator that stands between two nodes."""
        start, end = self.span(left)[1], self.span(right)[0]
        word = pair[0].replace(" ", r"\s+")
        pattern = rf"\b{word}\b" if pair[0][0].isalpha() else re.escape(pair[0])
        hit = re.search(pattern, self.source[start:end])
        if hit:
            self.plant(start + hit.start(), start + hit.end(), pair[1])

    # --- what is looked into -----------------------------------------------------------------------
    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        if node.name in {"__str__", "__repr__"}:
            return
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                self.visit(default)
        for statement in node.body:
            self.visit(statement)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for statement in node.body:
            self.visit(statement)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Positions inside f-strings are not those of the file before Python 3.12."""

    # --- the faults --------------------------------------------------------------------------------
    def visit_Compare(self, node: ast.Compare) -> None:
        sides = [node.left, *node.comparators]
        for left, operator, right in zip(sides, node.ops, node.comparators, strict=False):
            self.between(left, right, COMPARED[type(operator)])
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        for left, right in zip(node.values, node.values[1:], strict=False):
            self.between(left, right, JOINED[type(node.op)])
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if type(node.op) in CALCULATED:
            self.between(node.left, node.right, CALCULATED[type(node.op)])
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            self.plant(self.span(node)[0], self.span(node.operand)[0], "")
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self.plant(*self.span(node), str(not node.value))
        elif isinstance(node.value, int):
            self.plant(*self.span(node), str(node.value + 1))

    def visit_Return(self, node: ast.Return) -> None:
        if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
            self.plant(*self.span(node.value), "None")
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Call):
            self.plant(*self.span(node), "pass")
        self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> None:
        self.plant(*self.span(node), "pass")
        # What a refusal says besides its kind is text.

    def visit_Call(self, node: ast.Call) -> None:
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if isinstance(node.func, ast.Name) and name in EXCHANGED:
            self.plant(*self.span(node.func), EXCHANGED[name])
        arguments: list[ast.expr | ast.keyword] = [*node.args, *node.keywords]
        if name in NARROWING and (len(arguments) > 1 or name in {"filter", "exclude"}):
            for place, argument in enumerate(arguments):
                self.drop(arguments, place, argument)
        self.generic_visit(node)

    def drop(self, arguments: Sequence[ast.AST], place: int, argument: ast.AST) -> None:
        """Take one argument out, with the comma after or before it."""
        start, end = self.span(argument)
        if place + 1 < len(arguments):
            end = self.span(arguments[place + 1])[0]
        elif place:
            start = self.span(arguments[place - 1])[1]
        self.plant(start, end, "")


def mutants_of(path: str, source: str) -> list[Mutant]:
    """Every fault of a file that still is Python, in order."""
    planter = _Planter(path, source)
    planter.visit(ast.parse(source))
    return sorted((one for one in planter.found if _parses(one.applied(source))), key=lambda one: (one.start, one.text))


def _parses(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


def sources(only: str = "") -> Iterator[tuple[str, str]]:
    """Paths (from the root) and texts of the product's files; migrations are history and stay."""
    for path in sorted((ROOT / SOURCES).rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if "migrations" not in path.parts and name.startswith(only):
            yield name, path.read_text()


def sample(count: int, seed: int, only: str = "") -> list[Mutant]:
    """So many faults, drawn by the seed from all that the files named can have and that change something."""
    path, _colon, span = only.partition(":")
    first, _dash, last = span.partition("-")
    lines = range(int(first), int(last or first) + 1) if first else None
    known = equivalent()
    every = [
        one
        for name, source in sources(path)
        for one in mutants_of(name, source)
        if (lines is None or one.line in lines) and (name, one.difference(source)) not in known
    ]
    return random.Random(seed).sample(every, min(count, len(every)))


def equivalent() -> set[tuple[str, str]]:
    """(path, changed lines) of the faults that change nothing anybody could see. Each has its reason in the file."""
    rows = tomllib.loads(REASONS.read_text()).get("equivalent", [])
    for row in rows:
        if not row.get("reason", "").strip():
            raise SystemExit(f"{REASONS.name}: {row.get('path')} has no reason")
    return {(row["path"], row["diff"].strip("\n")) for row in rows}


# --- which tests -----------------------------------------------------------------------------------
class Record:
    """Which test runs which line, from a recorded run of the suite."""

    def __init__(self) -> None:
        from coverage import CoverageData

        if not RECORD.exists():
            raise SystemExit("no record yet: run 'tools/mutants.py record' first, or name tests with --tests")
        self.data = CoverageData(str(RECORD))
        self.data.read()
        self.files = {Path(name).as_posix().rpartition("/src/")[2]: name for name in self.data.measured_files()}

    def tests(self, mutant: Mutant) -> list[str]:
        """Node ids of the tests that run the line, those of its room first.

        A line that runs at import has no test of its own: those that run anything of its file stand in.
        """
        measured = self.files.get(mutant.path.removeprefix("src/"))
        if measured is None:
            return []
        by_line = self.data.contexts_by_lineno(measured)
        found = _nodes(by_line.get(mutant.line, []))
        if not found and mutant.line in by_line:
            found = set().union(*(_nodes(contexts) for contexts in by_line.values()))
        room = mutant.path.split("/")[2]
        return sorted(found, key=lambda node: (not node.startswith(f"tests/{room}"), "/web/" in node, node))


def _nodes(contexts: Sequence[str]) -> set[str]:
    """ "tests/x.py::test|run" → the test; a fixture's lines count for the test that asked for it."""
    return {context.rpartition("|")[0] for context in contexts if "|" in context}


def record(arguments: Sequence[str]) -> int:
    """Run the suite once with a context for each test. Worlds are built for each test, so that none is left out."""
    HOME.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "COVERAGE_FILE": str(RECORD), "LINLI_TEST_LAYERS": "off"}
    command = [
        sys.executable,
        "tools/run_tests.py",
        "sqlite",
        "--cov",
        "--cov-context=test",
        "--cov-report=",
        # One process: pytest-cov must not wait for workers to say which test it is.
        *([] if "-n" in arguments else ["--dist=no"]),
        *arguments,
    ]
    return subprocess.call(command, env=environment, cwd=ROOT)


# --- one fault after another -----------------------------------------------------------------------
class Copy:
    """A copy of the project in which faults are planted and taken out again."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.told = folder, ""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
            elif source.exists():
                shutil.copyfile(source, folder / name)

    def run(self, tests: Sequence[str], shape: str = "") -> bool:
        """Whether the tests pass, as the copy stands now; ``shape`` names the database template to take."""
        listed = self.folder / "tests.txt"
        listed.write_text("\n".join(tests))
        environment = {
            **os.environ,
            "LINLI_DATABASE": "sqlite:///:memory:",
            "PYTHONPATH": str(self.folder / "src"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "LINLI_TEST_SHAPE": shape,
        }
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:randomly", f"@{listed}"]
        try:
            done = subprocess.run(
                command, env=environment, cwd=self.folder, capture_output=True, timeout=PATIENCE, check=False
            )
        except subprocess.TimeoutExpired:
            return False
        self.told = done.stdout.decode(errors="replace")[-3000:]
        return done.returncode == 0

    def survives(self, mutant: Mutant, tests: Sequence[str]) -> bool:
        """Whether no test notices the fault."""
        path = self.folder / mutant.path
        source = path.read_text()
        path.write_text(mutant.applied(source))
        shape = "" if SHAPING.search(mutant.path) else "as-it-is"
        try:
            return all(self.run(tests[start : start + SEVERAL], shape) for start in range(0, len(tests), SEVERAL))
        finally:
            path.write_text(source)


def say(line: str) -> None:
    """At once: a run takes hours."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def run(options: argparse.Namespace) -> int:
    """Plant them; 0 when enough were noticed."""
    chosen = sample(options.count, options.seed, options.only)
    known = None if options.tests else Record()
    copy = Copy(HOME / f"copy-{os.getpid()}")
    survivors = 0
    try:
        if options.tests and not copy.run(options.tests, "as-it-is"):
            raise SystemExit(f"these tests fail without any fault:\n{copy.told}")
        for number, mutant in enumerate(chosen, start=1):
            started = time.monotonic()
            tests = options.tests or (known.tests(mutant) if known else [])
            survived = copy.survives(mutant, tests)
            survivors += survived
            word = "SURVIVED" if survived else "noticed"
            told = f"{len(tests)} tests" if not options.tests else "the tests named"
            took = time.monotonic() - started
            say(f"{number}/{len(chosen)} {word} {mutant.path}:{mutant.line} ({told}, {took:.0f} s)")
            if survived:
                say(mutant.difference((ROOT / mutant.path).read_text()))
    finally:
        shutil.rmtree(copy.folder, ignore_errors=True)
    noticed = len(chosen) - survivors
    score = noticed / len(chosen) if chosen else 1.0
    say(f"seed {options.seed}: {noticed} of {len(chosen)} noticed, {score:.1%} (wanted {WANTED:.0%})")
    return 0 if score >= WANTED else 1


def main(arguments: Sequence[str]) -> int:
    """Command line."""
    if arguments[:1] == ["record"]:
        return record(arguments[1:])
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["record", "run"])
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", metavar="PATH[:FIRST[-LAST]]")
    parser.add_argument("--tests", nargs="+", default=[], metavar="PATH")
    return run(parser.parse_args(arguments))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
