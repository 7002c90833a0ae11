"""Read a pack's rules.py: check the rule language, build the functions, collect the rules."""

import ast
from collections.abc import Mapping
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

from linli.kernel.bilingual import Text
from linli.kernel.money import Fen
from linli.law.policies.engine.problems import PackProblem, problem
from linli.law.policies.engine.rulebook import HOUSEHOLD, PERSON, Rule, RuleInput
from linli.law.policies.engine.rulelanguage import LARGEST_SOURCE, check_language
from linli.law.policies.engine.signs import spelled_wrong, undecodable
from linli.law.policies.engine.units import INT64_MAX, INT64_MIN

_UNITS = {"Fen": "FEN", "int": "COUNT", "bool": "BOOL"}
_LEVELS = {"person_rule": PERSON, "household_rule": HOUSEHOLD}
# No name of the rule language has a space in it, so no rule can call or replace this one.
_PRODUCT = "bounded product"


def read_rules(path: Path, file: str) -> tuple[Mapping[str, Rule] | None, list[PackProblem]]:
    """The rules in order of definition, or None with the problems that hinder reading them."""
    try:
        raw = path.read_bytes()
        source = raw.decode("utf-8")
    except FileNotFoundError:
        return None, [problem(file, 1, "file_missing")]
    except UnicodeDecodeError as error:
        return None, [undecodable(file, raw, error.start)]
    if len(raw) > LARGEST_SOURCE:
        return None, [problem(file, 1, "rule_size", most=LARGEST_SOURCE)]
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        line = error.lineno or 1
        return None, [spelled_wrong(file, source, line) or problem(file, line, "syntax", detail=error.msg)]
    except (ValueError, RecursionError, MemoryError) as error:  # null bytes, brackets within brackets
        return None, [problem(file, 1, "syntax", detail=str(error) or type(error).__name__)]
    problems = list(check_language(tree, file))
    if problems:
        return None, problems
    return _collect(tree, file)


def _collect(tree: ast.Module, file: str) -> tuple[Mapping[str, Rule] | None, list[PackProblem]]:
    rules: dict[str, Rule] = {}
    problems: list[PackProblem] = []
    marked = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.decorator_list]
    described: list[tuple[ast.FunctionDef, int, dict[str, Any]]] = []
    for node in marked:
        line = node.decorator_list[0].lineno
        try:
            described.append((node, line, _signature(node)))
        except KeyError as error:
            problems.append(problem(file, line, "rule_signature", name=f"{node.name}({error.args[0]})"))
    try:
        functions = _functions(tree, file)
    except Exception as error:  # a constant that cannot be worked out is the file's problem, told with its line
        detail = f"{type(error).__name__}: {error}"
        return None, [*problems, problem(file, _line_of(error, file), "rule_failed", detail=detail)]
    for node, line, signature in described:
        rules[node.name] = Rule(name=node.name, line=line, function=functions[node.name], **signature)
    return (None if problems else rules), problems


def _signature(node: ast.FunctionDef) -> dict[str, Any]:
    """Level, label, article and units of a marked function.

    Raises KeyError with the parameter's name when an annotation is missing or not of the rule language.
    """
    mark = node.decorator_list[0]
    assert isinstance(mark, ast.Call)  # checked with the language
    assert isinstance(mark.func, ast.Name)
    texts = {str(word.arg): word.value.value for word in mark.keywords if isinstance(word.value, ast.Constant)}
    return {
        "level": _LEVELS[mark.func.id],
        "label": Text(str(texts["zh"]), str(texts["en"])),
        "article": str(texts["article"]),
        "inputs": tuple(RuleInput(arg.arg, *_unit(arg.annotation, arg.arg)) for arg in node.args.args),
        "unit": _unit(node.returns, "return")[0],
    }


def _unit(annotation: ast.expr | None, name: str) -> tuple[str, bool]:
    members = _members(annotation)
    kinds = [member for member in members if member != "None"]
    if len(kinds) != 1 or kinds[0] not in _UNITS:
        raise KeyError(name)
    return _UNITS[kinds[0]], "None" in members


def _members(annotation: ast.expr | None) -> list[str]:
    """The names that an annotation joins with |; annotations are read, never run."""
    if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
        return [*_members(annotation.left), *_members(annotation.right)]
    if isinstance(annotation, ast.Constant) and annotation.value is None:
        return ["None"]
    return [annotation.id if isinstance(annotation, ast.Name) else ""]


# --- running it -----------------------------------------------------------------------------------


def _functions(tree: ast.Module, file: str) -> Mapping[str, FunctionType]:
    """The file's functions, run among the names of the rule language and no others."""
    namespace: dict[str, Any] = {
        "__builtins__": {},
        "__name__": "linli_pack_rules",
        **{function.__name__: function for function in (min, max, abs, int, bool)},
        "Fen": Fen,
        _PRODUCT: _product,
    }
    exec(_compiled(tree, file), namespace)
    return {name: value for name, value in namespace.items() if isinstance(value, FunctionType)}


def _compiled(tree: ast.Module, file: str) -> CodeType:
    """Without imports, marks and annotations, which the loader has read, and with every product bounded."""
    bare = [node for node in tree.body if not isinstance(node, ast.Import | ast.ImportFrom)]
    changed = _Bare().visit(ast.Module(bare, []))
    return compile(ast.fix_missing_locations(changed), file, "exec", dont_inherit=True)


class _Bare(ast.NodeTransformer):
    """What is left of a rule file when its functions are built."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.decorator_list, node.returns = [], None
        for argument in node.args.args:
            argument.annotation = None
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is None:
            return ast.copy_location(ast.Pass(), node)
        return ast.copy_location(ast.Assign([node.target], self.visit(node.value)), node)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        assert isinstance(node.target, ast.Name)  # checked with the language
        old = ast.copy_location(ast.Name(node.target.id, ast.Load()), node.target)
        value = self.visit(ast.copy_location(ast.BinOp(old, node.op, node.value), node))
        return ast.copy_location(ast.Assign([node.target], value), node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        left, right = self.visit(node.left), self.visit(node.right)
        if not isinstance(node.op, ast.Mult):
            return ast.copy_location(ast.BinOp(left, node.op, right), node)
        return ast.copy_location(ast.Call(ast.Name(_PRODUCT, ast.Load()), [left, right], []), node)


def _product(left: int, right: int) -> int:
    """A product within 64 bits: only products grow fast, so with this no number of a rule can."""
    result = left * right
    if not INT64_MIN <= result <= INT64_MAX:
        raise OverflowError(f"{left} * {right}")
    return result


def _line_of(error: BaseException, file: str) -> int:
    trace, line = error.__traceback__, 1
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            line = trace.tb_lineno
            break
        trace = trace.tb_next
    return line
