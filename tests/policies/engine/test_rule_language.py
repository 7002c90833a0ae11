"""Rules cannot reach outside their language: each way out that Python offers is refused before anything is run."""

from pathlib import Path
from typing import Any

import pytest

from linli.law.policies.engine.problems import PackProblem
from linli.law.policies.engine.rulebook import Rule
from linli.law.policies.engine.rulefile import read_rules
from linli.law.policies.engine.rulelanguage import DEAREST, DEEPEST, LARGEST_SOURCE

HEAD = """from linli.kernel.money import Fen
from linli.policies.engine import household_rule, person_rule
"""
MARK = '@person_rule(zh="规则", en="Rule", article="none")\n'


def read(tmp_path: Path, source: str) -> tuple[Any, list[PackProblem]]:
    path = tmp_path / "rules.py"
    path.write_text(source, encoding="utf-8")
    return read_rules(path, "rules.py")


def rule(body: str, signature: str = "age: int") -> str:
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    return f"{HEAD}\n\n{MARK}def odd({signature}) -> int:\n{lines}"


def worked_out(tmp_path: Path, source: str, **facts: int | bool | None) -> object:
    rules, problems = read(tmp_path, source)
    assert problems == []
    found: Rule = rules["odd"]
    return found.function(**facts)


# What an attacker writes in the body of a rule -> the kind of refusal.
BODIES = {
    "a module by name": ('return __import__("os").getpid()', "rule_form"),
    "a module by an import": ("import os\nreturn os.getpid()", "rule_form"),
    "a file": ('return open("/etc/passwd")', "rule_name"),
    "evaluated text": ('return eval("1")', "rule_name"),
    "run text": ('exec("1")\nreturn 1', "rule_name"),
    "the interpreter's own names": ("return __builtins__", "rule_name"),
    "the names of the module": ("return globals()", "rule_name"),
    "the class of a value": ("return ().__class__.__base__.__subclasses__()", "rule_form"),
    "the class of a number": ("return age.__class__", "rule_form"),
    "an attribute by name": ('return getattr(age, "real")', "rule_name"),
    "a format string": ('return "{0.__class__}".format(age)', "rule_form"),
    "an f-string": ('return f"{age.__class__}"', "rule_form"),
    "an old format": ('return "%s" % age', "rule_form"),
    "a lambda": ("return (lambda: 1)()", "rule_form"),
    "a walrus": ("return (x := age) + x", "rule_form"),
    "a match": ("match age:\n    case int(real=x):\n        return x", "rule_form"),
    "a generator": ("yield age", "rule_form"),
    "a coroutine": ("return await age", "rule_form"),
    "a list comprehension": ("return [x for x in (1, 2)]", "rule_form"),
    "a bomb of comprehensions": ("return max(x for x in (1, 2) for y in (1, 2))", "rule_form"),
    "a loop without end": ("while True:\n    pass", "rule_form"),
    "a loop over a range": ("for x in range(10):\n    pass\nreturn x", "rule_form"),
    "an exception": ("try:\n    return 1 // 0\nexcept Exception as error:\n    return error", "rule_form"),
    "an exception group": ("try:\n    return 1\nexcept* ValueError:\n    pass", "rule_form"),
    "a raised error": ("raise SystemExit", "rule_form"),
    "an assertion": ("assert age\nreturn 1", "rule_form"),
    "a context": ("with age:\n    return 1", "rule_form"),
    "a class": ("class X:\n    y = 1\nreturn 1", "rule_form"),
    "a function within": ("def f():\n    return 1\nreturn f()", "rule_form"),
    "a global": ("global max\nmax = 3\nreturn 1", "rule_form"),
    "a deleted name": ("del age\nreturn 1", "rule_form"),
    "star arguments": ("return max(*(1, 2))", "rule_form"),
    "a dictionary of arguments": ("return max(**{})", "rule_form"),
    "a keyword of a function": ("return max(1, 2, key=abs)", "rule_form"),
    "a list": ("return [age][0]", "rule_form"),
    "a set attribute": ("age.x = 1\nreturn 1", "rule_form"),
    "a set element": ("age[0] = 1\nreturn 1", "rule_form"),
    "an unpacking": ("a, b = 1, 2\nreturn a", "rule_form"),
    "a replaced function": ("max = 3\nreturn max", "rule_own_name"),
    "the interpreter's names replaced": ("__builtins__ = 3\nreturn 1", "rule_own_name"),
    "a function as a value": ("x = max\nreturn 1", "rule_name"),
    "a called fact": ("return age()", "rule_name"),
    "a call of what was called": ("return max(1, 2)()", "rule_form"),
    "a great power": ("return 10 ** 10 ** 8", "rule_language"),
    "a great shift": ("return 1 << 10 ** 9", "rule_language"),
    "a float": ("return int(1.5)", "rule_language"),
    "bytes": ('return b"x"', "rule_language"),
    "an ellipsis": ("return ...", "rule_language"),
    "a number of a million digits": ("return 1" + "0" * 1_000, "out_of_range"),
    "a line without effect": ("age\nreturn 1", "rule_effectless"),
    "itself": ("return odd(age)", "rule_called"),
    "itself while it is at it": ("return odd(age)", "rule_recursion"),
    "nesting without end": ("return " + "-" * (DEEPEST + 1) + "age", "rule_depth"),
    "a sum without end": ("return " + " + ".join(["age"] * 190), "nothing"),
}


class TestBodies:
    @pytest.mark.parametrize("name", [name for name, (_, kind) in BODIES.items() if kind != "nothing"])
    def test_are_refused_with_their_line(self, tmp_path, name):
        body, kind = BODIES[name]

        rules, problems = read(tmp_path, rule(body))

        assert rules is None
        assert kind in {problem.kind for problem in problems}
        assert all(problem.line >= 1 and problem.file == "rules.py" for problem in problems)

    def test_of_a_whole_page_are_none_of_them(self, tmp_path):
        assert worked_out(tmp_path, rule(BODIES["a sum without end"][0]), age=2) == 380


# What an attacker writes beside the rules -> the kind of refusal.
FILES = {
    "an import": ("import os\n", "rule_import"),
    "an import of all": ("from linli.law.policies.engine import *\n", "rule_import"),
    "an import of the loader": ("from linli.law.policies.engine import load_pack\n", "rule_import"),
    "an import under another name": ("from linli.kernel.money import Fen as max\n", "rule_import"),
    "an import from beside": ("from . import rules\n", "rule_import"),
    "code of the module": ('print("hello")\n', "rule_module"),
    "a condition of the module": ("if True:\n    X = 1\n", "rule_module"),
    "a loop of the module": ("while True:\n    pass\n", "rule_module"),
    "a class of the module": ("class Rule:\n    pass\n", "rule_module"),
    "a coroutine of the module": ("async def f():\n    pass\n", "rule_module"),
    "an annotation that is run": ('X: print("hello") = 1\n', "rule_module"),
    "a type alias by assignment": ("A = B = 1\n", "rule_module"),
    "a constant that is a list": ("X = [1, 2]\n", "rule_form"),
    "a constant that is a call": ('X = open("x")\n', "rule_name"),
    "a constant that is a bomb": ("X = 9 ** 9 ** 9\n", "rule_language"),
    "a constant called like a function": ("min = 3\n", "rule_own_name"),
    "a constant of the interpreter": ("__name__ = 3\n", "rule_own_name"),
    "the same constant twice": ("X = 1\nX = 2\n", "duplicate"),
    "a default argument that is run": ('def f(x=print("hello")):\n    return x\n', "rule_arguments"),
    "star parameters": ("def f(*x):\n    return 1\n", "rule_arguments"),
    "a dictionary of parameters": ("def f(**x):\n    return 1\n", "rule_arguments"),
    "positions only": ("def f(x, /):\n    return 1\n", "rule_arguments"),
    "another decorator": ("@print\ndef f(x: int) -> int:\n    return 1\n", "rule_mark"),
    "a decorator that is worked out": (
        '@person_rule(zh="一", en=open("x"), article="x")\ndef f(x: int) -> int:\n    return 1\n',
        "rule_mark",
    ),
    "a mark without its article": ('@person_rule(zh="一", en="x")\ndef f(x: int) -> int:\n    return 1\n', "rule_mark"),
    "a mark of a dictionary": ("@person_rule(**{})\ndef f(x: int) -> int:\n    return 1\n", "rule_mark"),
    "two marks": (MARK + MARK + "def f(x: int) -> int:\n    return 1\n", "rule_mark"),
    "an annotation that is worked out": (MARK + 'def f(x: open("x")) -> int:\n    return 1\n', "rule_signature"),
    "an annotation that is a text": (MARK + 'def f(x: "int") -> int:\n    return 1\n', "rule_signature"),
    "a function that calls itself": ("def f(x):\n    return f(x)\n", "rule_recursion"),
    "two functions that call each other": (
        "def f(x):\n    return g(x)\n\n\ndef g(x):\n    return f(x)\n",
        "rule_recursion",
    ),
    "calls that double": (
        "def f0(x):\n    return x + x\n"
        + "".join(f"def f{n}(x):\n    return f{n - 1}(x) + f{n - 1}(x)\n" for n in range(1, 40)),
        "rule_cost",
    ),
    "a null byte": ("X = 1\0\n", "syntax"),
    "brackets without end": ("X = " + "(" * 10_000 + "\n", "syntax"),
    "a number of ten thousand digits": ("X = " + "9" * 10_000 + "\n", "syntax"),
    "a file without end": ("#" * (LARGEST_SOURCE + 1), "rule_size"),
    "full-width letters of a forbidden name": ("X = ｏｐｅｎ(1)\n", "rule_name"),
    "full-width brackets": ("X = max（1，2）\n", "wrong_sign"),
    "a byte order mark": ("\ufeffX = 1\n", "byte_order_mark"),
}


class TestFiles:
    @pytest.mark.parametrize("name", FILES)
    def test_are_refused_before_anything_is_run(self, tmp_path, capsys, name):
        code, kind = FILES[name]
        source = code if kind in {"rule_size", "byte_order_mark"} else f"{HEAD}\n\n{code}"

        rules, problems = read(tmp_path, source)

        assert rules is None
        assert kind in {problem.kind for problem in problems}
        assert capsys.readouterr().out == ""

    def test_name_the_line_and_the_way_out(self, tmp_path):
        _, [problem] = read(tmp_path, rule("while age:\n    pass\nreturn 1"))

        assert problem.in_language("en") == (
            "rules.py:7: the rule language has no loops: a rule is made of assignments, if, return, comparisons"
            " and + - * // %"
        )


class TestWhatRulesMay:
    @pytest.mark.parametrize(
        ("body", "age", "result"),
        [
            ("if age < 18:\n    return 1\nelif age >= 60:\n    return 3\nelse:\n    return 2", 60, 3),
            ("share = age * 80 // 100\nshare += 1\nshare *= 2\nreturn share", 50, 82),
            ("low: int = 3\nhigh: int\nhigh = 5\nreturn min(max(age, low), high)", 9, 5),
            ("return 1 if age in (1, 2) or age is None else int(not age % 2)", 4, 1),
            ('"""Described."""\npass\nreturn abs(-age)', 4, 4),
        ],
    )
    def test_is_worked_out(self, tmp_path, body, age, result):
        assert worked_out(tmp_path, rule(body), age=age) == result

    def test_includes_constants_and_functions_of_the_file(self, tmp_path):
        source = f'"""A scheme."""\n{HEAD}\nSTEP = 2 * 5\n\n\ndef stepped(n):\n    return n // STEP\n'

        assert worked_out(tmp_path, source + rule("return stepped(age)").removeprefix(HEAD), age=57) == 5

    def test_keeps_products_within_64_bits_whatever_is_done_with_them(self, tmp_path):
        body = "x = age\n" + "x = x * x\n" * 12 + "return x % 7"

        with pytest.raises(OverflowError):
            worked_out(tmp_path, rule(body), age=10)

    def test_costs_no_more_than_the_bound(self, tmp_path):
        body = "\n".join(["x = age"] * (DEAREST // 3))

        _, problems = read(tmp_path, rule(f"{body}\nreturn x"))

        assert [problem.kind for problem in problems] == ["rule_cost"]

    def test_finds_no_name_of_the_interpreter_when_it_is_run(self, tmp_path):
        rules, _ = read(tmp_path, rule("return age"))

        assert set(rules["odd"].function.__globals__["__builtins__"]) == set()
