"""Load a policy pack from its folder: check everything, tell every problem at once, freeze the result."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from linli.law.policies.engine.defaults import fill
from linli.law.policies.engine.document import Document, Name, Names, read_document
from linli.law.policies.engine.graph import Graph, build_graph
from linli.law.policies.engine.model import Pack, Parameter, Scheme
from linli.law.policies.engine.named import LEVELS
from linli.law.policies.engine.planfile import PLAN
from linli.law.policies.engine.problems import PackError, PackProblem
from linli.law.policies.engine.rulebook import Rule
from linli.law.policies.engine.rulefile import read_rules
from linli.law.policies.engine.schema import Kind, Named
from linli.law.policies.engine.sections import table_of
from linli.law.policies.engine.units import PARAMETER_UNITS

SCHEME, PARAMETERS = table_of(Scheme), Named(table_of(Parameter))
SCHEME_FILE, PARAMETERS_FILE, RULES_FILE, PLAN_FILE = "scheme.toml", "parameters.toml", "rules.py", "plan.toml"
# what is referred to -> section of scheme.toml that declares it by code
_SECTIONS = {
    "group": "groups",
    "paper": "papers",
    "programme": "programmes",
    "service": "services",
    "class": "classes",
    "budget line": "budget_lines",
    "fund source": "fund_sources",
}


def load_pack(path: Path) -> Pack:
    """Read a pack folder: scheme.toml, parameters.toml, rules.py and, where there is one, plan.toml.

    Raises PackError with every problem (file, line, cause), ordered by file and line.
    """
    files = _read(path)
    files.check()
    problems = files.all_problems()
    if problems:
        raise PackError(problems)
    return Pack(
        **SCHEME.parts_of(files.scheme.data),
        parameters=PARAMETERS.made(files.parameters.data),
        plan=None if files.plan is None else PLAN.made(files.plan.data),
        graph=files.graph,
        digest=digest_folder(path),
    )


def filled_plan(path: Path) -> dict[str, Any] | None:
    """What the plan file of a pack folder says, together with all that it may leave out; None without one."""
    files = _read(path)
    return files.plan.data if files.plan else None


def digest_folder(path: Path) -> str:
    """SHA-256 over the name, length and bytes of every file, in the order of their names; caches and dotfiles aside."""
    total = hashlib.sha256()
    for file in sorted(p for p in path.rglob("*") if p.is_file()):
        name = file.relative_to(path).as_posix()
        if "__pycache__" in name or any(part.startswith(".") for part in name.split("/")):
            continue
        content = file.read_bytes()
        total.update(f"{name}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()


@dataclass
class _Files:
    scheme: Document
    parameters: Document
    plan: Document | None
    rules: Mapping[str, Rule] | None
    problems: list[PackProblem]
    graph: Graph

    def check(self) -> None:
        """Check each file's shape and references, then the rules' names."""
        names = self._names()
        if self.rules is not None and "fact" in names and "parameter" in names:
            self.graph, found = build_graph(RULES_FILE, self.rules, names["fact"], names["parameter"])
            self.problems.extend(found)
        shapes: list[tuple[Document | None, Kind]] = [
            (self.scheme, SCHEME),
            (self.parameters, PARAMETERS),
            (self.plan, PLAN),
        ]
        for document, shape in shapes:
            if document is not None and document.readable:
                document.names = names
                shape.check(document, (), document.data)
        self._check_year()
        self._check_months()

    def _check_year(self) -> None:
        """A plan's year must not be over when the scheme begins."""
        figure = self.plan.data.get("year") if self.plan else None
        year = figure.get("value") if isinstance(figure, dict) else None
        start = self.scheme.data.get("valid_from")
        if isinstance(year, int) and isinstance(start, date) and start.year > year:
            self.scheme.report(("valid_from",), "begins_after_year", start=start, year=year)

    def _check_months(self) -> None:
        """The months that a plan reckons with are those that the scheme pays: one truth, in two files."""
        if self.plan is None or self.plan.problems or self.scheme.problems:
            # A month that is wrong in itself is told as that.
            return
        paid = {entry.get("code"): entry for entry in _entries(self.scheme.data.get("programmes")) if entry.get("code")}
        for number, entry in enumerate(_entries(self.plan.data.get("programmes"))):
            scheme = paid.get(entry.get("programme"), {})
            for end in ("first_month", "last_month"):
                figure = entry.get(end)
                said = figure.get("value") if isinstance(figure, dict) else None
                if isinstance(said, str) and isinstance(scheme.get(end), str) and said != scheme[end]:
                    path = ("programmes", number, end)
                    self.plan.report(path, "months_differ", name=end, value=said, expected=scheme[end])

    def all_problems(self) -> tuple[PackProblem, ...]:
        documents = [d for d in (self.scheme, self.parameters, self.plan) if d is not None]
        return tuple(sorted({*self.problems, *(p for d in documents for p in d.problems)}))

    def _names(self) -> Names:
        names: dict[str, Mapping[str, Name]] = {}
        if self.scheme.readable:
            names["fact"] = _tables(self.scheme.data.get("facts"))
            for what, section in _SECTIONS.items():
                names[what] = _codes(self.scheme.data.get(section))
        if self.parameters.readable:
            names["parameter"] = _tables(self.parameters.data)
        if self.rules is not None:
            names["rule"] = {rule.name: Name(rule.unit, rule.level) for rule in self.rules.values()}
        return names


def _read(path: Path) -> _Files:
    rules, problems = read_rules(path / RULES_FILE, RULES_FILE)
    scheme = read_document(path / SCHEME_FILE, SCHEME_FILE)
    parameters = read_document(path / PARAMETERS_FILE, PARAMETERS_FILE)
    plan = read_document(path / PLAN_FILE, PLAN_FILE) if (path / PLAN_FILE).exists() else None
    if scheme.readable and parameters.readable:
        fill(scheme.data, parameters.data, plan.data if plan and plan.readable else None)
    return _Files(
        scheme=scheme,
        parameters=parameters,
        plan=plan,
        rules=rules,
        problems=problems,
        graph=Graph({}, {}, ()),
    )


def _tables(content: Any) -> Mapping[str, Name]:
    """The names of a table of tables, whatever else is wrong with it."""
    tables = content if isinstance(content, dict) else {}
    return {
        name: Name(_one_of(table.get("unit"), PARAMETER_UNITS), _one_of(table.get("level"), LEVELS))
        for name, table in tables.items()
        if isinstance(table, dict)
    }


def _entries(content: Any) -> list[dict[str, Any]]:
    """The tables of an array, whatever else is wrong with it; what is no table counts as an empty one."""
    return [entry if isinstance(entry, dict) else {} for entry in content] if isinstance(content, list) else []


def _one_of(value: object, known: tuple[str, ...]) -> str:
    """The value, or nothing when it is itself a problem: what refers to it is then not blamed as well."""
    return value if isinstance(value, str) and value in known else ""


def _codes(content: Any) -> Mapping[str, Name]:
    """The codes of an array of tables, whatever else is wrong with it."""
    coded = [entry for entry in _entries(content) if "code" in entry]
    return {str(entry["code"]): Name(level=_one_of(entry.get("unit"), LEVELS)) for entry in coded}
