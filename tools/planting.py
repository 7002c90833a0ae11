"""The faults that tools/mutants.py can plant: which there are, which are drawn, which change nothing."""

import ast
import difflib
import hashlib
import itertools
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = "src/linli"
REASONS = ROOT / "tools" / "mutants.toml"

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


@dataclass(frozen=True, order=True)
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


class Planter(ast.NodeVisitor):
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


def mutants_of(path: str, source: str, planter: type[Planter] | None = None) -> list[Mutant]:
    """Every fault of a file that still is Python, in order."""
    return [one for one in _possible(path, source, planter or Planter) if _parses(one.applied(source))]


def _possible(path: str, source: str, kind: type[Planter]) -> list[Mutant]:
    """Every fault of a file, those that are no Python any more too."""
    planter = kind(path, source)
    planter.visit(ast.parse(source))
    return sorted(planter.found, key=lambda one: (one.start, one.text))


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


def sample(count: int, seed: int, only: str = "", planter: type[Planter] = Planter) -> list[Mutant]:
    """So many faults, drawn by the seed from all that the files named can have and that change something.

    Each fault has a place in the draw of its own: a change of the sources, or one fault that is known to change
    nothing, leaves the others drawn as they were.
    """
    path, _colon, span = only.partition(":")
    first, _dash, last = span.partition("-")
    lines = range(int(first), int(last or first) + 1) if first else None
    known = equivalent()
    judged = {place for place, _difference in known}
    texts = dict(sources(path))
    every = sorted(
        (hashlib.sha256(f"{seed} {key}".encode()).digest(), one)
        for name, source in texts.items()
        for key, one in keyed(name, source, planter)
        if lines is None or one.line in lines
    )
    drawn = (
        one
        for _rank, one in every
        if _parses(one.applied(texts[one.path]))
        and not (one.path in judged and (one.path, one.difference(texts[one.path])) in known)
    )
    return list(itertools.islice(drawn, count))


def keyed(path: str, source: str, planter: type[Planter] = Planter) -> Iterator[tuple[str, Mutant]]:
    """Each fault of a file with a name that stays while other lines change."""
    lines = source.split("\n")
    seen: Counter[str] = Counter()
    for one in _possible(path, source, planter):
        text = lines[one.line - 1]
        column = one.start - (source.rfind("\n", 0, one.start) + 1) - (len(text) - len(text.lstrip()))
        key = f"{one.path} {text.strip()} {column} {source[one.start : one.end]} -> {one.text}"
        seen[key] += 1
        yield f"{key} #{seen[key]}", one


def equivalent() -> set[tuple[str, str]]:
    """(path, changed lines) of the faults that change nothing anybody could see. Each has its reason in the file."""
    rows = tomllib.loads(REASONS.read_text()).get("equivalent", [])
    for row in rows:
        if not row.get("reason", "").strip():
            raise SystemExit(f"{REASONS.name}: {row.get('path')} has no reason")
    return {(row["path"], row["diff"].strip("\n")) for row in rows}


def key_of(mutant: Mutant, folder: Path) -> str:
    """The fault's name (:func:`keyed`) in a copy of the project."""
    source = (folder / mutant.path).read_text()
    return next((key for key, one in keyed(mutant.path, source) if one == mutant), str(mutant))
