"""The graph that the names of rules, facts, parameters and totals make, checked and put in order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from linli.law.policies.engine.document import Name
from linli.law.policies.engine.problems import PackProblem, problem
from linli.law.policies.engine.rulebook import HOUSEHOLD, PERSON, Rule, RuleInput
from linli.law.policies.engine.units import BOOL, COUNT, FEN

FACT, PARAMETER, RULE, TOTAL, SIZE = "FACT", "PARAMETER", "RULE", "TOTAL", "SIZE"
# how a total is made -> the units of what it can total; count_ gives a COUNT, the others keep the unit
_FITTING: dict[str, tuple[str, ...]] = {
    "total": (FEN, COUNT),
    "max": (FEN, COUNT),
    "any": (BOOL,),
    "count": (BOOL,),
}


@dataclass(frozen=True)
class Node:
    """Where a name comes from. ``of`` and ``how`` are set for totals: what is totalled over the members, and how."""

    name: str
    origin: str
    level: str
    unit: str
    of: str = ""
    how: str = ""


@dataclass(frozen=True)
class Graph:
    """Every name that rules use, and the order in which rules and totals can be worked out."""

    rules: Mapping[str, Rule]
    nodes: Mapping[str, Node]
    order: tuple[str, ...]

    def facts_behind(self, name: str) -> frozenset[str]:
        """The names of all facts that a rule rests on, directly or through others."""
        return frozenset(found for found in self._behind([name]) if self.nodes[found].origin == FACT)

    def parameters_behind(self, name: str) -> frozenset[str]:
        """The names of all parameters that a rule rests on, directly or through others."""
        return frozenset(found for found in self._behind([name]) if self.nodes[found].origin == PARAMETER)

    def order_for(self, names: Iterable[str]) -> tuple[str, ...]:
        """The part of the order that has to be worked out for some rules."""
        needed = self._behind(names)
        return tuple(name for name in self.order if name in needed)

    def _behind(self, names: Iterable[str]) -> set[str]:
        """The names, and all that they rest on."""
        waiting = list(names)
        seen: set[str] = set()
        while waiting:
            node = self.nodes[waiting.pop()]
            if node.name in seen:
                continue
            seen.add(node.name)
            if node.origin == TOTAL:
                waiting.append(node.of)
            elif node.origin == RULE:
                waiting.extend(needed.name for needed in self.rules[node.name].inputs)
        return seen


def simple_unit(unit: str) -> str:
    """The three units of the rule language: FEN, BOOL, and COUNT for every other integer."""
    return unit if unit in {FEN, BOOL, ""} else COUNT


@dataclass
class _Builder:
    file: str
    rules: Mapping[str, Rule]
    facts: Mapping[str, Name]
    parameters: Mapping[str, Name]
    nodes: dict[str, Node] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    problems: list[PackProblem] = field(default_factory=list)

    def report(self, rule: Rule, kind: str, **details: object) -> None:
        self.problems.append(problem(self.file, rule.line, kind, **details))

    def find(self, name: str) -> Node | None:
        """What a name is, or None when nothing has it."""
        if name == "size":
            return Node(name, SIZE, HOUSEHOLD, COUNT)
        if name in self.facts:
            fact = self.facts[name]
            return Node(name, FACT, fact.level, simple_unit(fact.unit))
        if name in self.parameters:
            return Node(name, PARAMETER, HOUSEHOLD, simple_unit(self.parameters[name].unit))
        if name in self.rules:
            return Node(name, RULE, self.rules[name].level, self.rules[name].unit)
        return self.find_total(name)

    def find_total(self, name: str) -> Node | None:
        """A total over the members of something each person has."""
        how, _, rest = name.partition("_")
        of = self.find(rest) if how in _FITTING else None
        if of is None or of.level != PERSON:
            return None
        return Node(name, TOTAL, HOUSEHOLD, COUNT if how == "count" else of.unit, of.name, how)

    def visit(self, rule: Rule, stack: tuple[str, ...]) -> None:
        """Order a rule after everything it needs, reporting names, units, levels and cycles that do not fit."""
        if rule.name in stack:
            path = (*stack[stack.index(rule.name) :], rule.name)
            self.report(rule, "cycle", path=" → ".join(path))
            return
        if rule.name in self.nodes:
            return
        for needed in rule.inputs:
            self.need(rule, needed, (*stack, rule.name))
        self.nodes[rule.name] = Node(rule.name, RULE, rule.level, rule.unit)
        self.order.append(rule.name)

    def need(self, rule: Rule, needed: RuleInput, stack: tuple[str, ...]) -> None:
        node = self.find(needed.name)
        if node is None:
            what, what_zh = "fact, parameter or rule", "事实、参数或规则"
            self.report(rule, "unknown_name", name=needed.name, what=what, what_zh=what_zh)
            return
        self.check_fit(rule, needed, node)
        below = self.find(node.of) or node
        if below.origin == RULE:
            self.visit(self.rules[below.name], stack)
        else:
            self.nodes.setdefault(below.name, below)
        if node.origin == TOTAL and node.name not in self.nodes:
            self.nodes[node.name] = node
            self.order.append(node.name)

    def check_fit(self, rule: Rule, needed: RuleInput, node: Node) -> None:
        if rule.level == HOUSEHOLD and node.level == PERSON:
            self.report(rule, "needs_total", name=node.name)
        if node.unit not in {needed.unit, ""}:
            self.report(rule, "wrong_unit", name=node.name, unit=node.unit, expected=needed.unit)
        if node.origin == TOTAL:
            self.check_total(rule, node)

    def check_total(self, rule: Rule, node: Node) -> None:
        below = self.find(node.of)
        unit = below.unit if below else ""
        fitting = _FITTING[node.how]
        if unit not in (*fitting, ""):
            self.report(rule, "wrong_unit", name=node.of, unit=unit, expected=" / ".join(fitting))


def build_graph(
    file: str, rules: Mapping[str, Rule], facts: Mapping[str, Name], parameters: Mapping[str, Name]
) -> tuple[Graph, list[PackProblem]]:
    """Check every name and put rules and totals in order; the graph is usable only without problems."""
    builder = _Builder(file, rules, facts, parameters)
    for rule in rules.values():
        if rule.name in facts or rule.name in parameters or rule.name == "size":
            builder.report(rule, "duplicate", name=rule.name)
    for rule in rules.values():
        builder.visit(rule, ())
    return Graph(rules, builder.nodes, tuple(builder.order)), sorted(set(builder.problems))
