"""Work out every rule for one case: known values, and for unknown ones the facts that are missing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from linli.law.policies.engine.facts import CaseFacts
from linli.law.policies.engine.graph import FACT, PARAMETER, SIZE, Graph, Node
from linli.law.policies.engine.problems import RuleFailed
from linli.law.policies.engine.rulebook import PERSON, Rule, Scalar
from linli.law.policies.engine.units import BOOL, INT64_MAX, INT64_MIN


class Value(NamedTuple):
    """A value, or None with the unknown facts that stopped it: "member.fact", or "fact" for the household's."""

    value: Scalar | None
    stopped_by: tuple[str, ...] = ()


@dataclass
class Evaluation:
    """The values of one case. Member values are kept under the member's key, household values under None.

    ``overridden`` names the parameters whose values are local decisions.
    """

    graph: Graph
    parameters: Mapping[str, Scalar]
    facts: CaseFacts
    overridden: frozenset[str] = frozenset()
    values: dict[tuple[str, str | None], Value] = field(default_factory=dict)

    def run(self, order: Sequence[str] | None = None) -> "Evaluation":
        """Work out every rule and total, or those of ``order`` (see Graph.order_for). Raises RuleFailed."""
        for name in self.graph.order if order is None else order:
            node = self.graph.nodes[name]
            rule = self.graph.rules.get(name)
            for member_key in self.keys_of(node):
                self.values[name, member_key] = self._call(rule, member_key) if rule else self._total(node)
        return self

    def keys_of(self, node: Node) -> list[str | None]:
        """The member keys a node has values for; [None] for the household's."""
        if node.level == PERSON:
            return [member.key for member in self.facts.members]
        return [None]

    def get(self, name: str, member_key: str | None) -> Value:
        """The value of any name as a rule about that member (None: the household) sees it."""
        node = self.graph.nodes.get(name)
        if node is not None and node.origin not in {FACT, PARAMETER, SIZE}:
            return self.values[name, member_key if node.level == PERSON else None]
        if name == "size":
            return Value(len(self.facts.members))
        if name in self.parameters:
            return Value(self.parameters[name])
        return self._fact(name, member_key if node is not None and node.level == PERSON else None)

    def _fact(self, name: str, member_key: str | None) -> Value:
        fact = self.facts.of(member_key).get(name)
        if fact is None or fact.value is None:
            return Value(None, (name if member_key is None else f"{member_key}.{name}",))
        return Value(fact.value)

    def _call(self, rule: Rule, member_key: str | None) -> Value:
        inputs = [(needed, self.get(needed.name, member_key)) for needed in rule.inputs]
        unknown = [pair for pair in inputs if pair[1].value is None]
        stopped_by = _merge(value.stopped_by for _, value in unknown)
        if any(not needed.accepts_unknown for needed, _value in unknown):
            return Value(None, stopped_by)
        try:
            result = rule.function(**{needed.name: value.value for needed, value in inputs})
        except Exception as error:
            raise RuleFailed(rule=rule.name, detail=f"{type(error).__name__}: {error}") from error
        if result is None and stopped_by:
            return Value(None, stopped_by)
        _check_result(rule.name, rule.unit, result)
        return Value(result)

    def _total(self, node: Node) -> Value:
        values = [self.get(node.of, member.key) for member in self.facts.members]
        if node.how == "any" and any(value.value for value in values):
            return Value(value=True)
        if any(value.value is None for value in values):
            return Value(None, _merge(value.stopped_by for value in values))
        known = [value.value for value in values if value.value is not None]
        result = _TOTALLING[node.how](known)
        _check_result(node.name, node.unit, result)
        return Value(result)


_TOTALLING: dict[str, Callable[[list[Scalar]], Scalar]] = {"total": sum, "count": sum, "max": max, "any": any}


def _merge(stops: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(sorted({name for stop in stops for name in stop}))


def _check_result(rule: str, unit: str, result: Scalar | None) -> None:
    """A result must be of the type announced and fit in 64 bits."""
    if unit == BOOL:
        fitting = isinstance(result, bool)
    else:
        fitting = isinstance(result, int) and not isinstance(result, bool) and INT64_MIN <= result <= INT64_MAX
    if not fitting:
        raise RuleFailed(rule=rule, detail=f"{result!r} ∉ {unit}")
