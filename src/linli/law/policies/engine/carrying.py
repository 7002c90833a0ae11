"""Examples in the next version of a pack: carried over, with what comes out otherwise and why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import tomlkit

from linli.kernel.bilingual import Text
from linli.law.policies.engine.cases import UNKNOWN, Expectation
from linli.law.policies.engine.examples import Difference, ExampleOutcome, ExamplesFailed, run_examples
from linli.law.policies.engine.loader import load_pack
from linli.law.policies.engine.model import Pack
from linli.law.policies.engine.writing import number, written

# Where an example keeps its answers: kind -> the key of what is meant, the key of the answer.
_KEYS = {"entitlements": ("programme", "eligible"), "groups": ("group", "belongs"), "services": ("service", "due")}


@dataclass(frozen=True)
class ChangedExample:
    """An answer of an example that another version of the pack gives otherwise, and the parameters behind it."""

    file: str
    title: Text
    difference: Difference
    because: tuple[str, ...]


def changed_examples(folder: Path, target: Path) -> tuple[ChangedExample, ...]:
    """What the examples of one version of a pack give otherwise by the rules and figures of another."""
    old, new = load_pack(folder), load_pack(target)
    outcomes = [outcome for outcome in run_examples(folder, new) if outcome.file in _kept(folder, old)]
    return tuple(change for outcome in outcomes for change in _changes(outcome, old, new))


def carry_examples(folder: Path, old: Pack, draft: Path) -> None:
    """Write the answers of the draft's own rules and figures into its examples, beside those of the pack in a folder.

    An example that was wrong before stays as it is. Raises ExamplesFailed for those that give no answer any more.
    """
    new = load_pack(draft)
    kept = _kept(folder, old)
    outcomes = [outcome for outcome in run_examples(draft, new) if outcome.file in kept and not outcome.passed]
    stopped = tuple(o for o in outcomes if o.problems or o.refusal or any(d.found is None for d in o.differences))
    if stopped:
        raise ExamplesFailed(new, stopped)
    for outcome in outcomes:
        _rewrite(draft / outcome.file, list(_changes(outcome, old, new)), f"{new.version}: {{}} in {old.version}")


def _kept(folder: Path, pack: Pack) -> frozenset[str]:
    """The examples of which the pack keeps its word."""
    return frozenset(outcome.file for outcome in run_examples(folder, pack) if outcome.passed)


def _changes(outcome: ExampleOutcome, old: Pack, new: Pack) -> Iterator[ChangedExample]:
    assert outcome.case is not None  # an example that cannot be read is not kept
    for difference in outcome.differences:
        because = tuple(_because(old, new, difference.expected, outcome.on))
        yield ChangedExample(outcome.file, outcome.case.title, difference, because)


def _because(old: Pack, new: Pack, expected: Expectation, on: date) -> Iterator[str]:
    """The parameters behind an answer that are not what they were."""
    behind = {name for rule in _rules(new, expected) for name in new.graph.parameters_behind(rule)}
    for name in new.parameters:
        was = old.parameters[name].value_on(on) if name in old.parameters else None
        if name in behind and new.parameters[name].value_on(on) != was:
            yield name


def _rules(pack: Pack, expected: Expectation) -> tuple[str, ...]:
    if expected.kind == "groups":
        return (pack.groups[expected.code].rule,)
    if expected.kind == "entitlements":
        programme = pack.programmes[expected.code]
        return (programme.eligible_rule, programme.amount_rule)
    return (pack.due_for(expected.code).due_rule,)


def _rewrite(file: Path, changes: list[ChangedExample], remark: str) -> None:
    document = tomlkit.parse(file.read_text(encoding="utf-8"))
    for change in changes:
        expected, found = change.difference.expected, change.difference.found
        assert found is not None  # refused before
        what, answer = _KEYS[expected.kind]
        expect: Any = document["expect"]
        rows = [row for row in expect[expected.kind] if (row[what], row.get("member")) == _key(expected)]
        for row in rows:
            why = f" ({', '.join(change.because)})" if change.because else ""
            _set(row, answer, found.answer, expected.answer, remark + why)
            if expected.kind == "entitlements":
                _set(row, "amount_fen", found.amount_fen, expected.amount_fen, remark + why)
    file.write_text(tomlkit.dumps(document), encoding="utf-8")


def _key(expected: Expectation) -> tuple[str, str | None]:
    return expected.code, expected.member_key


def _set(row: Mapping[str, Any], key: str, value: int | None, was: int | None, remark: str) -> None:
    if value == was:
        return
    item = number(UNKNOWN if value is None else value)
    item.comment(remark.format(written(UNKNOWN if was is None else was)))
    row[key] = item  # type: ignore[index]  # a table of the document
