"""Read a pack's rules.py: check the rule language, run the file once, collect the rules."""

import ast
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FunctionType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from linli.kernel.money import Fen
from linli.policies.engine.problems import PackProblem, problem
from linli.policies.engine.rulebook import MARK, Mark, Rule, RuleInput
from linli.policies.engine.units import INT64_MAX

_ALLOWED_IMPORTS = frozenset({"linli.policies.engine", "linli.kernel.money"})
_UNITS: dict[object, str] = {Fen: "FEN", int: "COUNT", bool: "BOOL"}
Found = Iterator[PackProblem]


def read_rules(path: Path, file: str) -> tuple[Mapping[str, Rule] | None, list[PackProblem]]:
    """The rules in order of definition, or None with the problems that hinder reading them."""
    try:
        source = path.read_text(encoding="utf-8")
        tree = ast.parse(source)
    except FileNotFoundError:
        return None, [problem(file, 1, "file_missing")]
    except UnicodeDecodeError:
        return None, [problem(file, 1, "not_utf8")]
    except SyntaxError as error:
        return None, [problem(file, error.lineno or 1, "syntax", detail=error.msg)]
    problems = sorted({*_language(tree, file), *_duplicates(tree, file)})
    if problems:
        return None, problems
    return _run(source, file)


def _language(tree: ast.Module, file: str) -> Found:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from _imports(node, file)
        elif isinstance(node, ast.Constant):
            yield from _constant(node, file)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.Pow):
            yield problem(file, node.lineno, "rule_language", detail="/ ** → //")


def _imports(node: ast.Import | ast.ImportFrom, file: str) -> Found:
    names = [node.module or "."] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
    for name in names:
        if name not in _ALLOWED_IMPORTS:
            yield problem(file, node.lineno, "rule_import", name=name)


def _constant(node: ast.Constant, file: str) -> Found:
    value = node.value
    if isinstance(value, float | complex | bytes):
        yield problem(file, node.lineno, "rule_language", detail=repr(value))
    elif isinstance(value, int) and value > INT64_MAX:
        yield problem(file, node.lineno, "out_of_range", value=value, low=-INT64_MAX - 1, high=INT64_MAX)


def _duplicates(tree: ast.Module, file: str) -> Found:
    seen: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            if node.name in seen:
                yield problem(file, node.lineno, "duplicate", name=node.name)
            seen.add(node.name)


def _run(source: str, file: str) -> tuple[Mapping[str, Rule] | None, list[PackProblem]]:
    namespace: dict[str, Any] = {"__name__": "linli_pack_rules"}
    try:
        # Packs are code an administrator installs; nobody uploads them.
        exec(compile(source, file, "exec", dont_inherit=True), namespace)
    except Exception as error:  # whatever a rule file raises is its problem, told with its line
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
        return None, [problem(file, (lines or [1])[0] or 1, "rule_failed", detail=f"{type(error).__name__}: {error}")]
    rules: dict[str, Rule] = {}
    problems: list[PackProblem] = []
    for value in namespace.values():
        if isinstance(value, FunctionType) and hasattr(value, MARK):
            try:
                rules[value.__name__] = _rule(value, getattr(value, MARK))
            except KeyError as error:
                line = value.__code__.co_firstlineno
                name = f"{value.__name__}({error.args[0]})"
                problems.append(problem(file, line, "rule_signature", name=name))
    return (None if problems else rules), problems


def _rule(function: FunctionType, mark: Mark) -> Rule:
    """Raises KeyError with the parameter's name when an annotation is missing or not of the rule language."""
    hints = get_type_hints(function)
    code = function.__code__
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    inputs = tuple(RuleInput(name, *_unit(hints, name)) for name in names)
    unit, _ = _unit(hints, "return")
    return Rule(function.__name__, mark.level, mark.label, mark.article, inputs, unit, code.co_firstlineno, function)


def _unit(hints: Mapping[str, object], name: str) -> tuple[str, bool]:
    hint = hints.get(name)
    members = list(get_args(hint)) if get_origin(hint) in {UnionType, Union} else [hint]
    accepts_unknown = type(None) in members
    kinds = [member for member in members if member is not type(None)]
    if len(kinds) != 1 or kinds[0] not in _UNITS:
        raise KeyError(name)
    return _UNITS[kinds[0]], accepts_unknown
