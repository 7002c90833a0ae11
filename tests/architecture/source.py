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
    "counted",
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
    """One Python file: ``parts`` are its name below ``linli`` without the wing, the room first."""

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
        return f"{short(self.path)}:{getattr(node, 'lineno', 1)}"

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
            found.append(Module(path, without_wing(parts), ast.parse(path.read_text())))
    return tuple(found)


@cache
def wings() -> frozenset[str]:
    """The folders that hold rooms; what stands beside them says for itself what it is for."""
    folders = [path for path in PACKAGE.iterdir() if (path / "__init__.py").exists()]
    return frozenset(path.name for path in folders if not (path / "README.md").exists())


@cache
def rooms() -> tuple[str, ...]:
    """Every room that has something in it, and what stands beside the wings."""
    return tuple(sorted(folder.name for folder in _folders()))


def folder(room: str) -> Path:
    """Where a room is."""
    [found] = [path for path in _folders() if path.name == room]
    return found


def short(path: Path) -> str:
    """ "ledger/web/forms.py": a file below ``linli``, the room first."""
    return "/".join(without_wing(path.relative_to(PACKAGE).parts))


def without_wing(parts: tuple[str, ...]) -> tuple[str, ...]:
    """A dotted name below ``linli`` that begins with the room."""
    return parts[1:] if parts and parts[0] in wings() else parts


def below_linli(name: str) -> tuple[str, ...]:
    """The parts of "linli.money.ledger.models" from the room on; none for what is not ours."""
    parts = tuple(name.split("."))
    return without_wing(parts[1:]) if parts[0] == "linli" else ()


@cache
def floors() -> Mapping[str, int]:
    """The height of each room, from the contracts that the linter checks; 0 is the highest."""
    heights: dict[str, int] = {}
    for beside in _layers("linli"):
        height = len(heights) + 1
        for one in (name.strip() for name in beside.split("|")):
            inside = _layers(f"linli.{one}") if one in wings() else [one]
            for step, layer in enumerate(inside):
                heights.update((room.strip(" ()"), height + step) for room in layer.split("|"))
    return heights


def _layers(container: str) -> list[str]:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    [layers] = [one["layers"] for one in contracts if one["type"] == "layers" and one["containers"] == [container]]
    return list(layers)


def _folders() -> list[Path]:
    wanted = [PACKAGE / wing for wing in sorted(wings())]
    inside = [path for wing in wanted for path in wing.iterdir()]
    beside = [path for path in PACKAGE.iterdir() if path not in wanted]
    return [path for path in [*inside, *beside] if (path / "__init__.py").exists()]


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
