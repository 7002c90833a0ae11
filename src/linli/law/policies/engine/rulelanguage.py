"""The language of rules: a small part of Python, checked on the parsed file before anything of it is run.

A rule file holds imports of the marks, constants, and functions made of assignments, ``if``, ``return``, comparisons
and whole-number arithmetic. Everything is refused that is not named here: there is no way to a file, a module, an
attribute or a loop, and what a function can cost is known before it is called.
"""

import ast
from collections.abc import Iterator, Mapping

from linli.kernel.bilingual import Text
from linli.law.policies.engine.problems import PackProblem, problem
from linli.law.policies.engine.units import INT64_MAX

# What a rule file may import, and from where; the loader hands these in, nothing is really imported. These are words of
# the language, not folders: a pack in force keeps its text when a room moves (docs/adr/0029).
IMPORTS: Mapping[str, frozenset[str]] = {
    "linli.policies.engine": frozenset({"person_rule", "household_rule"}),
    "linli.kernel.money": frozenset({"Fen"}),
}
MARKS = frozenset({"person_rule", "household_rule"})
MARK_KEYS = frozenset({"zh", "en", "article"})
FUNCTIONS = frozenset({"min", "max", "abs", "int", "bool", "Fen"})
# A file far longer than any law, deeper than any band table, and a function dearer than any award.
LARGEST_SOURCE, DEEPEST, DEAREST = 100_000, 200, 10_000

_ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.Mod)
_COMPARISONS = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Is, ast.IsNot)
_OTHER = Text("这种写法（{form}）", "this form ({form})")
_FORMS: Mapping[str, Text] = {
    **dict.fromkeys(("While", "For", "AsyncFor"), Text("循环", "loops")),
    **dict.fromkeys(("ListComp", "SetComp", "DictComp", "GeneratorExp"), Text("推导式和生成器", "comprehensions")),
    **dict.fromkeys(
        ("Yield", "YieldFrom", "Await", "AsyncFunctionDef", "AsyncWith"), Text("生成器和协程", "generators")
    ),
    **dict.fromkeys(("Try", "TryStar", "Raise", "Assert", "With"), Text("异常处理和 with", "exceptions and with")),
    **dict.fromkeys(("Global", "Nonlocal", "Delete"), Text("global、nonlocal 和 del", "global, nonlocal and del")),
    **dict.fromkeys(
        ("List", "Dict", "Set", "Tuple", "Subscript", "Slice"), Text("列表、字典和下标", "lists and indexes")
    ),
    **dict.fromkeys(("JoinedStr", "FormattedValue", "TemplateStr", "str"), Text("文字", "texts")),
    **dict.fromkeys(("Import", "ImportFrom"), Text("函数里的 import", "imports within a function")),
    "ClassDef": Text("类", "classes"),
    "FunctionDef": Text("函数里的函数", "functions within functions"),
    "Lambda": Text("lambda", "lambda"),
    "Attribute": Text("属性（点号）", "attributes (dots)"),
    "NamedExpr": Text("赋值表达式 :=", "assignment expressions :="),
    "Match": Text("match", "match"),
    "Starred": Text("星号参数", "star arguments"),
    "TypeAlias": Text("类型别名", "type aliases"),
}
Found = Iterator[PackProblem]


def check_language(tree: ast.Module, file: str) -> tuple[PackProblem, ...]:
    """Everything in a parsed rule file that its language does not have, ordered by line."""
    if _is_too_deep(tree):
        return (problem(file, 1, "rule_depth", most=DEEPEST),)
    checker = _Checker(tree, file)
    return tuple(sorted(set(checker.module())))


def called_functions(function: ast.FunctionDef) -> list[str]:
    """The names that a function calls, once for each place."""
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call) and node not in function.decorator_list]
    return [node.func.id for node in calls if isinstance(node.func, ast.Name)]


class _Checker:
    """One rule file: its constants and functions, and what is wrong with each statement."""

    def __init__(self, tree: ast.Module, file: str) -> None:
        self.tree = tree
        self.file = file
        self.functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
        self.constants: set[str] = set()

    def told(self, node: ast.AST, kind: str, **details: object) -> Found:
        yield problem(self.file, getattr(node, "lineno", 1), kind, **details)

    def form(self, node: ast.AST, name: str = "") -> Found:
        """Refuse a form of Python that the language does not have."""
        what = _FORMS.get(name or type(node).__name__, _OTHER)
        form = type(node).__name__
        yield from self.told(node, "rule_form", what=what.en.format(form=form), what_zh=what.zh.format(form=form))

    # --- the file -------------------------------------------------------------------------------------

    def module(self) -> Found:
        seen: set[str] = set()
        for number, node in enumerate(self.tree.body):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield from self.imports(node)
            elif isinstance(node, ast.FunctionDef):
                if node.name in seen:
                    yield from self.told(node, "duplicate", name=node.name)
                seen.add(node.name)
                yield from self.function(node)
            elif isinstance(node, ast.Assign):
                yield from self.constant_of_file(node)
            elif not _is_text(node) or number:
                yield from self.told(node, "rule_module", form=type(node).__name__)
        yield from self.circles()

    def imports(self, node: ast.Import | ast.ImportFrom) -> Found:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from self.told(node, "rule_import", name=alias.name)
            return
        known = IMPORTS.get(node.module or "") if not node.level else None
        for alias in node.names:
            if known is None:
                yield from self.told(node, "rule_import", name="." * node.level + (node.module or ""))
            elif alias.name not in known or alias.asname is not None:
                yield from self.told(node, "rule_import", name=f"{node.module}.{alias.name}")

    def constant_of_file(self, node: ast.Assign) -> Found:
        [target, *more] = node.targets
        if more or not isinstance(target, ast.Name):
            yield from self.told(node, "rule_module", form="Assign")
            return
        yield from self.own_name(target, target.id)
        yield from self.expression(node.value, self.constants)
        if target.id in self.functions or target.id in self.constants:
            yield from self.told(node, "duplicate", name=target.id)
        self.constants.add(target.id)

    def own_name(self, node: ast.AST, name: str) -> Found:
        """Names of the file's own may not be those of the language, nor look like the interpreter's."""
        if name.startswith("__") or name in FUNCTIONS or name in MARKS:
            yield from self.told(node, "rule_own_name", name=name)

    # --- functions ------------------------------------------------------------------------------------

    def function(self, node: ast.FunctionDef) -> Found:
        yield from self.own_name(node, node.name)
        for mark in node.decorator_list:
            yield from self.mark(mark, len(node.decorator_list))
        arguments = node.args
        plain = (arguments.defaults, arguments.kw_defaults, arguments.kwonlyargs, arguments.posonlyargs)
        if any(plain) or arguments.vararg or arguments.kwarg or getattr(node, "type_params", None):
            yield from self.told(node, "rule_arguments", name=node.name)
        for argument in arguments.args:
            if argument.arg.startswith("__"):
                yield from self.told(node, "rule_own_name", name=argument.arg)
        names = {argument.arg for argument in arguments.args}
        assigned = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        body = node.body[1:] if _is_text(node.body[0]) else node.body
        yield from self.statements(body, names | assigned | self.constants)

    def mark(self, node: ast.expr, count: int) -> Found:
        fitting = (
            count == 1
            and isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in MARKS
            and not node.args
            and len(node.keywords) == len(MARK_KEYS)
            and {keyword.arg for keyword in node.keywords} == MARK_KEYS
            and all(_is_filled(keyword.value) for keyword in node.keywords)
        )
        if not fitting:
            yield from self.told(node, "rule_mark")

    def statements(self, body: list[ast.stmt], names: set[str]) -> Found:
        for node in body:
            if isinstance(node, ast.Return):
                yield from self.expression(node.value, names) if node.value else ()
            elif isinstance(node, ast.If):
                yield from self.expression(node.test, names)
                yield from self.statements(node.body, names)
                yield from self.statements(node.orelse, names)
            elif isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
                yield from self.assignment(node, names)
            elif isinstance(node, ast.Expr):
                yield from self.effectless(node, names)
            elif not isinstance(node, ast.Pass):
                yield from self.form(node)

    def assignment(self, node: ast.Assign | ast.AugAssign | ast.AnnAssign, names: set[str]) -> Found:
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            if isinstance(target, ast.Name):
                yield from self.own_name(target, target.id)
                if target.id in self.functions:
                    yield from self.told(node, "duplicate", name=target.id)
            else:
                yield from self.form(target)
        if isinstance(node, ast.AugAssign):
            yield from self.operator(node, node.op)
        if node.value is not None:
            yield from self.expression(node.value, names)

    def effectless(self, node: ast.Expr, names: set[str]) -> Found:
        found = list(self.expression(node.value, names))
        yield from found or self.told(node, "rule_effectless")

    # --- expressions ----------------------------------------------------------------------------------

    def expression(self, node: ast.expr, names: set[str]) -> Found:
        if isinstance(node, ast.Constant):
            yield from self.constant(node)
        elif isinstance(node, ast.Name):
            if node.id not in names:
                yield from self.told(node, "rule_name", name=node.id)
        elif isinstance(node, ast.Compare):
            yield from self.comparison(node, names)
        elif isinstance(node, ast.Call):
            yield from self.call(node, names)
        else:
            yield from self.operation(node, names)

    def operation(self, node: ast.expr, names: set[str]) -> Found:
        parts: list[ast.expr] = []
        if isinstance(node, ast.BoolOp):
            parts = node.values
        elif isinstance(node, ast.BinOp):
            yield from self.operator(node, node.op)
            parts = [node.left, node.right]
        elif isinstance(node, ast.UnaryOp) and not isinstance(node.op, ast.Invert):
            parts = [node.operand]
        elif isinstance(node, ast.IfExp):
            parts = [node.test, node.body, node.orelse]
        else:
            yield from self.form(node)
        for part in parts:
            yield from self.expression(part, names)

    def constant(self, node: ast.Constant) -> Found:
        value = node.value
        if isinstance(value, str):
            yield from self.form(node, "str")
        elif isinstance(value, bool) or value is None:
            return
        elif not isinstance(value, int):
            yield from self.told(node, "rule_language", detail=repr(value))
        elif value > INT64_MAX:
            yield from self.told(node, "out_of_range", value=value, low=-INT64_MAX - 1, high=INT64_MAX)

    def operator(self, node: ast.AST, operator: ast.operator) -> Found:
        if isinstance(operator, ast.Div | ast.Pow):
            yield from self.told(node, "rule_language", detail="/ ** → //")
        elif not isinstance(operator, _ARITHMETIC):
            yield from self.told(node, "rule_language", detail=type(operator).__name__)

    def comparison(self, node: ast.Compare, names: set[str]) -> Found:
        yield from self.expression(node.left, names)
        for operator, right in zip(node.ops, node.comparators, strict=True):
            if isinstance(operator, ast.In | ast.NotIn) and isinstance(right, ast.Tuple):
                for element in right.elts:
                    yield from self.expression(element, names)
            elif isinstance(operator, _COMPARISONS):
                yield from self.expression(right, names)
            else:
                yield from self.form(node)

    def call(self, node: ast.Call, names: set[str]) -> Found:
        if not isinstance(node.func, ast.Name):
            yield from self.form(node.func)
            return
        name = node.func.id
        if name in names or name not in FUNCTIONS | set(self.functions):
            yield from self.told(node, "rule_name", name=name)
        elif name in self.functions and self.functions[name].decorator_list:
            yield from self.told(node, "rule_called", name=name)
        for argument in node.args:
            yield from self.expression(argument, names)
        for keyword in node.keywords:
            if keyword.arg is None or name in FUNCTIONS:
                yield from self.form(node, "Starred" if keyword.arg is None else "")
            yield from self.expression(keyword.value, names)

    # --- what a call can cost -------------------------------------------------------------------------

    def circles(self) -> Found:
        """Functions that call themselves, directly or through others, and those that cost too much."""
        costs: dict[str, int] = {}
        for name in self.functions:
            yield from self.cost(name, (), costs)

    def cost(self, name: str, stack: tuple[str, ...], costs: dict[str, int]) -> Found:
        node = self.functions[name]
        if name in stack:
            path = " → ".join((*stack[stack.index(name) :], name))
            yield from self.told(node, "rule_recursion", path=path)
            return
        if name in costs:
            return
        called = [other for other in called_functions(node) if other in self.functions]
        for other in called:
            yield from self.cost(other, (*stack, name), costs)
        total = sum(1 for _ in ast.walk(node)) + sum(costs.get(other, 0) for other in called)
        costs[name] = min(total, DEAREST)
        if total > DEAREST:
            yield from self.told(node, "rule_cost", name=name)


def _is_too_deep(tree: ast.AST) -> bool:
    level = [tree]
    for _ in range(DEEPEST):
        level = [below for node in level for below in ast.iter_child_nodes(node)]
        if not level:
            return False
    return True


def _is_text(node: ast.stmt) -> bool:
    """A docstring, or a text that stands alone."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _is_filled(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(node.value.strip())
