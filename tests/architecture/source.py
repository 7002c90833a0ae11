"""The product's own source, parsed once, for the tests of the house rules."""

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "linli"
IDEOGRAPH = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
# Calls that hand a text to the translation catalogue.
TRANSLATORS = {
    "_",
    "gettext",
    "gettext_lazy",
    "gettext_noop",
    "ngettext",
    "ngettext_lazy",
    "npgettext",
    "pgettext",
    "pgettext_lazy",
}


@dataclass(frozen=True)
class Module:
    """One Python file: ``parts`` are its name below ``linli``, the room first."""

    path: Path
    parts: tuple[str, ...]
    tree: ast.Module

    @property
    def room(self) -> str:
        return self.parts[0] if self.parts else ""

    @property
    def layer(self) -> str:
        """The part of the room: models, queries, web …"""
        return self.parts[1] if len(self.parts) > 1 else ""

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of the tree: each rule looks through all of them, walking there takes longer than looking."""
        return tuple(ast.walk(self.tree))

    def at(self, node: ast.AST) -> str:
        """ "areas/models.py:12" for a failure message."""
        return f"{self.path.relative_to(PACKAGE)}:{getattr(node, 'lineno', 1)}"

    def imports(self) -> Iterator[tuple[ast.AST, str]]:
        """Every module or name imported, as a dotted path; names of ``from`` imports included."""
        for node in self.nodes:
            if isinstance(node, ast.Import):
                yield from ((node, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)


@cache
def modules() -> tuple[Module, ...]:
    """All Python files of the package except migrations."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if "migrations" not in parts:
            if parts[-1] == "__init__":
                parts = parts[:-1]
            found.append(Module(path, parts, ast.parse(path.read_text())))
    return tuple(found)


@cache
def rooms() -> tuple[str, ...]:
    """Every room that has something in it."""
    return tuple(sorted(path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()))


@cache
def floors() -> Mapping[str, int]:
    """The height of each room, from the contract that the linter checks; 0 is the highest."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contract = project["tool"]["importlinter"]["contracts"][0]
    return {room.strip(" ()"): height for height, layer in enumerate(contract["layers"]) for room in layer.split("|")}


def called(node: ast.Call) -> str:
    """The dotted name of what is called, as written; empty for anything more complicated."""
    return dotted(node.func)


def dotted(node: ast.expr) -> str:
    """ "date.today" for such an expression, empty for anything more complicated."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        inner = dotted(node.value)
        return f"{inner}.{node.attr}" if inner else ""
    return ""


def docstrings(tree: ast.Module) -> set[ast.AST]:
    """The constants that only explain."""
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    }
