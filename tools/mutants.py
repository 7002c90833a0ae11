"""Plant one-line faults in src/linli, one at a time, and see which of them no test notices.

    tools/mutants.py record [--if-old] [PYTEST ARGUMENT ...]    run the suite once, keep which test runs which line
    tools/mutants.py run [--count 200] [--seed 1] [--only PATH[:FIRST[-LAST]]] [--part 1/4] [--minutes 30]
                         [--room [FILES] | --tests PATH ...] [--kind access]

Each fault goes into a copy of the project under build/mutants; the work tree is never changed. The tests are those that
the record says run the line, nearest first, until one fails; the one that noticed the same fault the last time comes
before all others. With --tests they are the ones named. With --room they are the test files of the fault's room, or so
many of them, those that name what is changed first: no record is needed (one takes long), what only other rooms would
notice is not noticed. A record that is older than the sources is still used, and said to be old: lines are found again
by their text, test files that have changed are run whole. Faults that change nothing anybody could see stand with a
reason in tools/mutants.toml; they are not counted.

With ``--kind access`` the faults are those that take a check of access away, all of them in the files named: a
permission, the second person, the own family, the scope of a query, whom a page is for (tools/gates.py). The tests are
the oracle's cells of the act, then of the room, then the room's own files.

A fault is noticed when a test fails that passes without it, when nothing can be collected because of it, or when it
runs for ever. What pytest says otherwise (wrong usage, no tests, an error of its own) is no notice.
"""

import argparse
import ast
import difflib
import hashlib
import importlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import pytest
from gates import Gates, asking
from planting import ROOT, SOURCES, Mutant, Planter, key_of, sample, sources

HOME = ROOT / "build" / "mutants"
RECORD = HOME / "coverage"
RECORDED = HOME / "recorded.json"  # the texts that the record speaks of
STANDING = HOME / "standing"  # "layer<TAB>test" a line: which test stands on which world (tests/layers.py)
NOTICED = HOME / "noticed.json"  # by fault, the test that noticed it the last time (or several, one a line)
COPIED = ("src", "tests", "tools", "packs", "docs", "requirements", "benchmarks", "manage.py", "pyproject.toml")
SEVERAL = (40, 120, 240)  # tests of one pytest run: the nearest usually notice
FILES = (2, 4, 8)  # the same, where whole files are run
MOST = 400  # tests for one fault, the nearest: a line that every test runs would take the whole suite
PATIENCE = 900  # seconds for one run: a fault that loops for ever is noticed too
# Loaded once, before a process is forked for each run of pytest: half of the time that a run would take.
LIBRARIES = (
    *("django.core.management", "django.db.models", "django.db.backends.sqlite3.base", "django.forms"),
    *("django.template.loader", "django.test", "django.views.generic"),
    *("cn2an", "lxml.html", "openpyxl", "pikepdf", "PIL.Image", "pypinyin", "xlsxwriter"),
)
# Too long for a record: lived years, the browser, killed processes. What only they notice counts as not noticed.
LONG = (
    "tests/simulator/test_*year*.py",
    "tests/simulator/test_variants_lived.py",
    "tests/journeys/*",
    "tests/faults/*",
)
WANTED = 0.95
LIVED = "tests/simulator/test_s2_year.py"  # long, but little else notices what an invented year does otherwise
# Runs in processes of its own, whose lines the record does not know by test: what reads files is run whole.
IN_CHILDREN, READERS = f"{SOURCES}/foundation/files/", "tests/foundation/files/"
AGREE = "tests/architecture/test_code.py::test_models_and_migrations_agree"
# Files from which a migrated database follows; for all others the template made first is good.
SHAPING = re.compile(r"/(models|codes|data|config|apps)\b")


def shapes(path: str, text: str) -> bool:
    """Whether a migrated database follows from the file: a fault in it needs a template of its own."""
    return SHAPING.search(path) is not None or "triggers.register(" in text or "(models.Model)" in text


# --- which tests -----------------------------------------------------------------------------------
class Record:
    """Which test runs which line, from a recorded run of the suite."""

    def __init__(self) -> None:
        from coverage import CoverageData

        if not (RECORD.exists() and RECORDED.exists()):
            raise SystemExit("no record yet: run 'tools/mutants.py record' first, or name tests with --tests")
        self.data = CoverageData(str(RECORD))
        self.data.read()
        self.files = {Path(name).as_posix().rpartition("/src/")[2]: name for name in self.data.measured_files()}
        self.then: dict[str, str] = json.loads(RECORDED.read_text())
        self.standing: dict[str, set[str]] = {}
        for row in STANDING.read_text().splitlines() if STANDING.exists() else ():
            layer, _tab, test = row.partition("\t")
            self.standing.setdefault(layer, set()).add(test)

    @cached_property
    def changed(self) -> set[str]:
        """Files that are not as they were when the record was made."""
        now = _texts()
        return {path for path in now.keys() | self.then.keys() if now.get(path) != self.then.get(path)}

    @cached_property
    def changed_tests(self) -> list[str]:
        """Test files that the record does not know as they are; those that are left out of it stay out."""
        left_out = {path for pattern in LONG for path in ROOT.glob(pattern)}
        return [
            path
            for path in sorted(self.changed)
            if path.rpartition("/")[2].startswith("test_") and (ROOT / path).exists() and ROOT / path not in left_out
        ]

    def tests(self, mutant: Mutant) -> list[str]:
        """What to hand to pytest: node ids of the tests that run the line, those of its room first.

        A line that runs at import has no test of its own: those that run anything of its file stand in.
        """
        by_line = self.by_line(mutant)
        found = self.of_the_line(mutant)
        if not found:
            found = set().union(*(self.nodes(contexts) for contexts in by_line.values()))
        room, stem = room_of(mutant.path), Path(mutant.path).stem

        def far(node: str) -> tuple[bool, bool, bool, str]:
            """Other rooms after its own, pages after acts; else in no order, so that many files are tried."""
            file = node.partition("::")[0]
            digest = hashlib.sha256(node.encode()).hexdigest()
            return (not file.startswith(f"tests/{room}/"), stem not in file, "/web/" in file, digest)

        unchanged = [node for node in found if node.partition("::")[0] not in self.changed]
        whole = [path for path in self.changed_tests if path.startswith(f"tests/{room}/")]
        return sorted([*unchanged, *whole], key=far)

    def by_line(self, mutant: Mutant) -> dict[int, list[str]]:
        """What ran each line of the file, by its number when the record was made."""
        measured = self.files.get(mutant.path.removeprefix("src/"))
        return self.data.contexts_by_lineno(measured) if measured else {}

    def of_the_line(self, mutant: Mutant) -> set[str]:
        """The tests that run the line itself; none of a line that runs once, when its module is loaded."""
        line = self.line_then(mutant)
        return self.nodes(self.by_line(mutant).get(line, [])) if line is not None else set()

    def nodes(self, contexts: Sequence[str]) -> set[str]:
        """ "tests/x.py::test|run" → the test; a fixture's lines count for the test, a layer's for all on it."""
        found: set[str] = set()
        for context in contexts:
            name, _bar, when = context.rpartition("|")
            found |= self.standing.get(name, set()) if when == "layer" else {name} - {""}
        return found

    def line_then(self, mutant: Mutant) -> int | None:
        """The line's number when the record was made; None when it is a new one."""
        if mutant.path not in self.changed:
            return mutant.line
        return _same_lines(self.then.get(mutant.path, ""), (ROOT / mutant.path).read_text()).get(mutant.line)


def room_of(path: str) -> str:
    """The room of a source file, whatever wing it stands in: the first folder on the way that tests are named after."""
    folders = {one.name for one in (ROOT / "tests").iterdir() if one.is_dir()}
    return next(part for part in path.split("/")[2:] if part in folders)


def tests_of_room(mutant: Mutant) -> list[str]:
    """The test files of the fault's room: first those that name the function or the module, pages before pages only.

    What tries thousands of inputs comes last.
    """
    room, stem = room_of(mutant.path), Path(mutant.path).stem
    function = _function_at(mutant)

    def far(path: str) -> tuple[bool, bool, bool, bool, bool, str]:
        text = (ROOT / path).read_text()
        named = re.search(rf"\b{function}\b", text) is not None
        return (
            "fuzz" in path,
            ("/web/" in path) != ("/web/" in mutant.path),
            not named,
            stem not in path,
            stem not in text,
            path,
        )

    left_out = {path for pattern in LONG for path in ROOT.glob(pattern)}
    found = [path for path in (ROOT / "tests" / room).rglob("test_*.py") if path not in left_out]
    return sorted((path.relative_to(ROOT).as_posix() for path in found), key=far)


def _function_at(mutant: Mutant) -> str:
    """The name of the innermost function or class around the fault's line; "" outside of any."""
    tree = ast.parse((ROOT / mutant.path).read_text())
    around = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.lineno <= mutant.line <= (node.end_lineno or 0)
    ]
    return max(around, key=lambda node: node.lineno).name if around else ""


@cache
def _same_lines(before: str, after: str) -> dict[int, int]:
    """Number of each line that was there before → its number then."""
    blocks = difflib.SequenceMatcher(
        None, before.splitlines(), after.splitlines(), autojunk=False
    ).get_matching_blocks()
    return {block.b + step + 1: block.a + step + 1 for block in blocks for step in range(block.size)}


def _texts() -> dict[str, str]:
    """All that a record speaks of: the product's texts, and the tests' digests."""
    tests = {
        path.relative_to(ROOT).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((ROOT / "tests").rglob("*.py"))
    }
    return dict(sources()) | tests


def record(arguments: Sequence[str]) -> int:
    """Run the suite once with a context for each test; what a shared world runs counts for all tests on it.

    With paths, only these are recorded anew and the rest is kept. ``--if-old``: nothing is done when nothing changed.
    The record that is there stays until the new one is whole.
    """
    arguments = list(arguments)
    if "--if-old" in arguments:
        arguments.remove("--if-old")
        if RECORD.exists() and RECORDED.exists() and json.loads(RECORDED.read_text()) == _texts():
            say("the record is of these sources")
            return 0
    HOME.mkdir(parents=True, exist_ok=True)
    named = any(word.startswith("tests") for word in arguments)
    texts = _texts()
    if named and RECORDED.exists():
        known = json.loads(RECORDED.read_text())
        if any(known.get(path) != text for path, text in sources()):
            raise SystemExit("the sources have changed since the record was made: nothing can be added to it")
        texts = known | {path: text for path, text in texts.items() if path.startswith(tuple(arguments))}
    if not named:
        say(f"left out of the record, too long: {' '.join(LONG)}")
    # One process: pytest-cov must not wait for workers to say which test it is.
    spread = [] if "-n" in arguments else ["--dist=no"]
    chosen = ["--cov-append"] if named else [f"--ignore-glob={pattern}" for pattern in LONG]
    return _measure([*spread, *chosen, *arguments], texts, added=named)


def _measure(arguments: Sequence[str], texts: dict[str, str], *, added: bool) -> int:
    """Run pytest with a context for each test; what it measured becomes the record of these texts when it has ended."""
    making = {place: place.with_name(f"making-{place.name}") for place in (RECORD, STANDING)}
    for place, new in making.items():
        new.unlink(missing_ok=True)
        if added and place.exists():
            shutil.copyfile(place, new)
    environment = {**os.environ, "COVERAGE_FILE": str(making[RECORD]), "LINLI_TEST_STANDING": str(making[STANDING])}
    measuring = ("--cov", "--cov-context=test", "--cov-report=")
    command = [sys.executable, "tools/run_tests.py", "sqlite", *measuring, *arguments]
    code = subprocess.call(command, env=environment, cwd=ROOT)
    if code in {0, 1} and making[RECORD].exists():  # pytest says 0 of --help too
        for place in filter(lambda place: making[place].exists(), making):
            making[place].replace(place)
        RECORDED.write_text(json.dumps(texts, ensure_ascii=False))
    return code


# --- one fault after another -----------------------------------------------------------------------
@dataclass(frozen=True)
class Verdict:
    """What the tests said of one fault: the word, and the test that failed, where one did."""

    word: str
    test: str = ""

    @property
    def noticed(self) -> bool:
        """Whether somebody would know."""
        return self.word in {"noticed", "noticed at import", "noticed: runs for ever"}


SURVIVED = Verdict("SURVIVED")


def judged(code: int, told: str) -> Verdict:
    """What one run of pytest says: its exit code, and its output.

    1 is a failed test. 2 and 4 are a fault that shows when modules are imported or tests collected, if they say so;
    otherwise, like 3 (an error of pytest's own), 5 (no tests) and a signal, they say nothing of the fault.
    """
    if code == 0:
        return SURVIVED
    if code == 1 and (failed := re.search(r"^(?:FAILED|ERROR) (tests/.*?)(?: - .*)?$", told, re.MULTILINE)):
        return Verdict("noticed", failed[1])
    if code == 1 and "Traceback (most recent call last)" in told:  # before the first test: settings do not load
        return Verdict("noticed at import")
    if code == 2 and "error" in told and "during collection" in told:
        return Verdict("noticed at import")
    if code == 4 and ("ImportError while loading conftest" in told or "ERROR collecting" in told):
        return Verdict("noticed at import")
    return Verdict(f"UNCLEAR (pytest ended with {code})")


def still_there(tests: Sequence[str], told: str) -> list[str]:
    """The tests without those that pytest did not find (an old record, a list of cases that the fault changes): they
    notice nothing. Of one whose case has gone pytest tells the name alone: all the cases that it has now are run.
    """
    gone = set(re.findall(r"^ERROR: not found: \S*?/(tests/.*)$", told, re.MULTILINE))
    named = (test.partition("[")[0] if test.partition("[")[0] in gone - {test} else test for test in tests)
    return [test for test in dict.fromkeys(named) if test not in gone or test not in tests]


class Copy:
    """A copy of the project in which faults are planted and taken out again."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.told, self.planted = folder, "", 0
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
            elif source.exists():
                shutil.copyfile(source, folder / name)

    def run(self, tests: Sequence[str], shape: str = "", *, to_the_end: bool = False) -> Verdict:
        """What the tests say, as the copy stands now; ``shape`` names the database template to take."""
        listed = self.folder / "tests.txt"
        while True:
            listed.write_text("\n".join(tests))
            environment = {
                "LINLI_DATABASE": "sqlite:///:memory:",
                "PYTHONPATH": str(self.folder / "src"),
                "LINLI_TEST_SHAPE": shape,
            }
            first = [] if to_the_end else ["-x"]
            code, self.told = self._pytest(["-q", *first, "-rfE", "-p", "no:randomly", f"@{listed}"], environment)
            if code is None:
                return Verdict("noticed: runs for ever")
            left = still_there(tests, self.told)
            if code != 4 or left == tests:
                return judged(code, self.told)
            if not left:
                return SURVIVED
            tests = left

    def _pytest(self, arguments: Sequence[str], environment: dict[str, str]) -> tuple[int | None, str]:
        """Exit code (None: it did not end in time) and output of pytest, in a child that has the libraries loaded."""
        output = self.folder / "output.txt"
        child = os.fork()
        if child == 0:
            with output.open("wb") as file:
                os.dup2(file.fileno(), 1)
                os.dup2(file.fileno(), 2)
            os.setsid()
            os.chdir(self.folder)
            os.environ.update(environment)
            sys.path[0:0] = [str(self.folder), environment["PYTHONPATH"]]
            code = 1
            try:
                code = int(pytest.main(list(arguments)))
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                os._exit(code)
        until = time.monotonic() + PATIENCE
        while not (ended := os.waitpid(child, os.WNOHANG))[0]:
            if time.monotonic() > until:
                os.killpg(child, signal.SIGKILL)
                os.waitpid(child, 0)
                return None, ""
            time.sleep(0.05)
        return os.waitstatus_to_exitcode(ended[1]), output.read_text(errors="replace")

    def judge(self, mutant: Mutant, pieces: Iterable[Sequence[str]]) -> Verdict:
        """Whether a test notices the fault, one piece of them after another until one does."""
        path = self.folder / mutant.path
        source, before = path.read_text(), path.stat()
        self.planted += 1
        path.write_text(mutant.applied(source))
        # No two faults of a file share a second: compiled files are told apart by it.
        os.utime(path, (before.st_atime, 2_000_000_000 + self.planted))
        shape = "" if shapes(mutant.path, source) else "as-it-is"
        try:
            for piece in pieces:
                verdict = self.run(piece, shape)
                if verdict != SURVIVED:
                    return verdict
            return SURVIVED
        finally:
            path.write_text(source)
            os.utime(path, (before.st_atime, before.st_mtime))

    def failing(self, tests: Iterable[str]) -> set[str]:
        """Those of the tests that fail without any fault."""
        wanted = sorted(set(tests))
        if not wanted or self.run(wanted, "as-it-is", to_the_end=True) == SURVIVED:
            return set()
        failed = set(re.findall(r"^(?:FAILED|ERROR) (tests/.*?)(?: - .*)?$", self.told, re.MULTILINE))
        if not failed:
            raise SystemExit(f"the tests do not run without a fault:\n{self.told[-3000:]}")
        return failed


def load_libraries() -> None:
    """Load what takes long to load and is not the product's."""
    for name in LIBRARIES:
        importlib.import_module(name)


def in_pieces(tests: Sequence[str], sizes: Sequence[int]) -> Iterator[Sequence[str]]:
    """The nearest few, then more at once."""
    start, step = 0, 0
    while start < len(tests):
        size = sizes[min(step, len(sizes) - 1)]
        yield tests[start : start + size]
        start, step = start + size, step + 1


def say(line: str) -> None:
    """At once: a run takes hours."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def part_of(chosen: list[Mutant], part: str) -> list[Mutant]:
    """ "2/4": the second of four parts of the sample."""
    number, _slash, count = part.partition("/")
    return chosen[int(number or 1) - 1 :: int(count or 1)]


class Run:
    """A sample, one fault after another."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.named: list[str] = options.tests
        self.files: int = options.room or (8 if options.kind else 0)
        self.gates = bool(options.kind)
        self.known = None if self.named or self.files else Record()
        self.before: dict[str, str] = json.loads(NOTICED.read_text()) if NOTICED.exists() else {}
        self.found: list[tuple[Mutant, Verdict]] = []
        if self.known and self.known.changed:
            say(
                f"the record is old: {len(self.known.changed)} files have changed since. Lines are found by their text,"
                " changed tests run whole; 'tools/mutants.py record' makes it anew."
            )

    def near(self, mutant: Mutant) -> list[str]:
        """The tests that may notice a fault, nearest first."""
        near = self.known.tests(mutant)[:MOST] if self.known else tests_of_room(mutant)[: self.files]
        if self.known and mutant.path.startswith(IN_CHILDREN):
            near += [path for path in tests_of_room(mutant) if path.startswith(READERS)]
        elif self.known and not self.known.of_the_line(mutant):
            # Runs before any test does, like settings and tables of words: whoever names the module comes along.
            near += [path for path in tests_of_room(mutant)[: sum(FILES)] if path not in near]
        # What a model says stands in the database through its migration: no line of it runs in a test.
        near = [*([AGREE] if "/models" in mutant.path else []), *near]
        if mutant.path.startswith(f"{SOURCES}/simulator/"):
            near.append(LIVED)
        return near

    def judge(self, copy: Copy, mutant: Mutant) -> str:
        """Plant one; which tests were there for it."""
        if self.named:
            verdict, told = copy.judge(mutant, [self.named]), "the tests named"
        else:
            near = self.near(mutant)
            pieces: Iterable[Sequence[str]] = in_pieces(near, SEVERAL if self.known else FILES)
            if self.gates:
                pieces = [*asking(mutant), near]
            told = f"{len(near)} {'tests' if self.known else 'files of its room'}"
            key = key_of(mutant, copy.folder)
            verdict = copy.judge(mutant, [self.before[key].split("\n")]) if key in self.before else SURVIVED
            if not verdict.noticed:
                verdict = copy.judge(mutant, pieces)
            if verdict.test:
                self.before[key] = verdict.test
                NOTICED.write_text(json.dumps(self.before, ensure_ascii=False, indent=0))
        self.found.append((mutant, verdict))
        return told

    def judge_all(self, copy: Copy, chosen: Sequence[Mutant], *, until: float) -> None:
        """One after another, and what came of each, at once; none is begun after that moment of the clock."""
        for number, mutant in enumerate(chosen, start=1):
            started = time.monotonic()
            if started > until:
                return
            told = self.judge(copy, mutant)
            verdict = self.found[-1][1]
            by = f" by {verdict.test}" if verdict.test else ""
            took = f"{time.monotonic() - started:.0f} s"
            say(f"{number}/{len(chosen)} {verdict.word}{by} {mutant.path}:{mutant.line} ({told}, {took})")
            if not verdict.noticed:
                say(mutant.difference((copy.folder / mutant.path).read_text()))
            if not verdict.noticed and verdict != SURVIVED:
                say(copy.told[-600:])

    def noticed(self, copy: Copy) -> int:
        """How many were noticed, by tests that pass without any fault."""
        unsound = copy.failing(verdict.test for _mutant, verdict in self.found if verdict.test)
        for mutant, verdict in self.found:
            if verdict.test in unsound:
                say(f"not counted as noticed: {verdict.test} fails without any fault ({mutant.path}:{mutant.line})")
        return sum(verdict.noticed and verdict.test not in unsound for _mutant, verdict in self.found)


def run(options: argparse.Namespace) -> int:
    """Plant them; 0 when enough were noticed."""
    planter: type[Planter] = Gates if options.kind else Planter
    chosen = part_of(sample(options.count, options.seed, options.only, planter), options.part)
    if options.kind:
        say(
            f"{len(sample(10**6, options.seed, '', Gates))} checks of access there are; {len(chosen)} of them are tried"
        )
    one = Run(options)
    load_libraries()
    copy = Copy(HOME / f"copy-{os.getpid()}")
    try:
        if options.tests and copy.run(options.tests, "as-it-is") != SURVIVED:
            raise SystemExit(f"these tests fail without any fault:\n{copy.told[-3000:]}")
        one.judge_all(copy, chosen, until=time.monotonic() + options.minutes * 60)
        noticed = one.noticed(copy)
    finally:
        shutil.rmtree(copy.folder, ignore_errors=True)
    tried = len(one.found)
    score = noticed / tried if tried else 1.0
    left = f", {len(chosen) - tried} of the sample not tried" if tried < len(chosen) else ""
    say(f"seed {options.seed}: {noticed} of {tried} noticed, {score:.1%} (wanted {WANTED:.0%}){left}")
    return 0 if score >= WANTED and not left else 1


def main(arguments: Sequence[str]) -> int:
    """Command line."""
    if arguments[:1] == ["record"]:
        return record(arguments[1:])
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["record", "run"])
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", metavar="PATH[:FIRST[-LAST]]")
    parser.add_argument("--part", default="1/1", metavar="NUMBER/COUNT")
    parser.add_argument("--room", type=int, nargs="?", const=1000, default=0, metavar="FILES")
    parser.add_argument("--kind", choices=["access"], default="")
    parser.add_argument("--minutes", type=float, default=1e6)
    parser.add_argument("--tests", nargs="+", default=[], metavar="PATH")
    return run(parser.parse_args(arguments))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
