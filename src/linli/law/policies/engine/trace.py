"""The steps of a determination: which rule, from what, resting on which article."""

from dataclasses import dataclass
from datetime import date

from linli.kernel.bilingual import Text
from linli.law.policies.engine.evaluation import Evaluation
from linli.law.policies.engine.graph import FACT, PARAMETER, RULE, TOTAL, Node
from linli.law.policies.engine.model import Pack
from linli.law.policies.engine.rulebook import PERSON, Scalar

_TOTAL_LABELS = {
    "total": Text("合计：%s", "Total: %s"),
    "max": Text("最大：%s", "Largest: %s"),
    "any": Text("任一成员：%s", "Any member: %s"),
    "count": Text("人数：%s", "Number of members: %s"),
}
# A parameter whose value is a local decision and not the pack's.
OVERRIDE = "OVERRIDE"
_SIZE_LABEL = Text("家庭人口", "Household size")


@dataclass(frozen=True)
class TraceInput:
    """One thing a step used: origin FACT, PARAMETER, OVERRIDE, RULE, TOTAL or SIZE; source and date as recorded."""

    name: str
    label: Text
    origin: str
    member_key: str | None
    unit: str
    value: Scalar | None
    source: str
    date: date | None


@dataclass(frozen=True)
class TraceStep:
    """One rule or total worked out for the household (member_key None) or a member."""

    name: str
    kind: str
    member_key: str | None
    label: Text
    article: str
    unit: str
    inputs: tuple[TraceInput, ...]
    value: Scalar | None
    stopped_by: tuple[str, ...]


def trace(pack: Pack, run: Evaluation, on: date) -> tuple[TraceStep, ...]:
    """Every step in the order it was worked out."""
    return tuple(
        _step(pack, run, on, pack.graph.nodes[name], key)
        for name in pack.graph.order
        for key in run.keys_of(pack.graph.nodes[name])
    )


def label_of(pack: Pack, name: str) -> Text:
    """The label of any name that a rule of the pack uses."""
    node = pack.graph.nodes[name]
    if node.origin == FACT:
        return pack.facts[name].label
    if node.origin == PARAMETER:
        return pack.parameters[name].label
    if node.origin == RULE:
        return pack.graph.rules[name].label
    if node.origin == TOTAL:
        form, inner = _TOTAL_LABELS[node.how], label_of(pack, node.of)
        return Text(form.zh % inner.zh, form.en % inner.en)
    return _SIZE_LABEL


def _step(pack: Pack, run: Evaluation, on: date, node: Node, key: str | None) -> TraceStep:
    value = run.get(node.name, key)
    if node.origin == TOTAL:
        article = ""
        inputs = tuple(_input(pack, run, on, node.of, member.key) for member in run.facts.members)
    else:
        rule = pack.graph.rules[node.name]
        article = rule.article
        inputs = tuple(_input(pack, run, on, needed.name, key) for needed in rule.inputs)
    label = label_of(pack, node.name)
    return TraceStep(node.name, node.origin, key, label, article, node.unit, inputs, value.value, value.stopped_by)


def _input(pack: Pack, run: Evaluation, on: date, name: str, key: str | None) -> TraceInput:
    node = pack.graph.nodes[name]
    member_key = key if node.level == PERSON else None
    source, as_of = _source(pack, run, on, node, member_key)
    value = run.get(name, key).value
    origin = OVERRIDE if node.origin == PARAMETER and name in run.overridden else node.origin
    return TraceInput(name, label_of(pack, name), origin, member_key, node.unit, value, source, as_of)


def _source(pack: Pack, run: Evaluation, on: date, node: Node, member_key: str | None) -> tuple[str, date | None]:
    if node.origin == FACT:
        fact = run.facts.of(member_key).get(node.name)
        return ("", None) if fact is None else (fact.source, fact.date)
    if node.name in run.overridden:
        # A local decision does not rest on the pack's article, nor on its day.
        return "", None
    if node.origin == PARAMETER:
        parameter = pack.parameters[node.name]
        in_force = [value.valid_from for value in parameter.values if value.valid_from <= on]
        return parameter.basis.legal_basis, in_force[-1] if in_force else None
    return "", None
