"""Ways out are tried before they are offered: each removes its finding and brings nothing as bad.

A way that would bring something as bad is offered together with what cures that; where no cure is found it is left out,
unless there is no other, and then its label says what it brings.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from linli.kernel.bilingual import Text
from linli.overview.planning.engine.costs import burdens, price, told
from linli.overview.planning.engine.finding import Finding, Key, Remedy, Severity
from linli.overview.planning.engine.plan import (
    Change,
    ChangeRefused,
    Plan,
)

# How many cures one way may take with it: more would be another plan.
_MOST_CURES = 2

Findings: TypeAlias = Callable[[Plan], tuple[Finding, ...]]


@dataclass(frozen=True)
class Trial:
    """The plan as it is, how bad each of its findings is, and how to find those of a changed plan."""

    plan: Plan
    before: Mapping[Key, Severity]
    findings: Findings
    # What was tried before: findings share ways out, and what a way costs is asked of the plan that it led to.
    _tried: dict[tuple[Change, ...], tuple[Plan, tuple[Finding, ...]]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def after(self, changes: tuple[Change, ...]) -> tuple[Plan, tuple[Finding, ...]]:
        """The changed plan and its findings. Raises ChangeRefused."""
        if changes not in self._tried:
            changed = self.plan.with_changes(changes)
            self._tried[changes] = changed, self.findings(changed)
        return self._tried[changes]

    def brings(self, finding: Finding, way: Remedy) -> tuple[Finding, ...] | None:
        """What is new, or worse than it was, and as bad as the finding; None where the way does not remove it."""
        try:
            _, after = self.after(way.changes)
        except ChangeRefused:
            # A way out of an absurd figure may itself be out of range; then it is none.
            return None
        if any(other.key == finding.key for other in after):
            return None
        return tuple(other for other in after if other.severity <= finding.severity and self._is_new(other))

    def _is_new(self, other: Finding) -> bool:
        return other.key not in self.before or other.severity < self.before[other.key]


def offered(trial: Trial, finding: Finding) -> tuple[Remedy, ...]:
    """The finding's ways out as they may be offered, the cheapest first, each set of changes once."""
    tried = [(way, trial.brings(finding, way)) for way in finding.remedies]
    clean = [done for way, brought in tried for done in _cured(trial, finding, way, brought, _MOST_CURES)]
    ways = clean or [_warned(way, brought) for way, brought in tried if brought]
    different = tuple({frozenset(way.changes): way for way in reversed(ways)}.values())[::-1]
    return _cheapest_first(trial, different)


def _cheapest_first(trial: Trial, ways: Sequence[Remedy]) -> tuple[Remedy, ...]:
    """Ways out with what they cost, those that burden people least first, otherwise in their order."""
    costs = [burdens(trial.plan, trial.after(way.changes)[0]) for way in ways]
    priced = [(price(borne), place, told(borne)) for place, borne in enumerate(costs)]
    return tuple(replace(ways[place], costs=words) for _, place, words in sorted(priced, key=lambda one: one[:2]))


def _cured(
    trial: Trial, finding: Finding, way: Remedy, brought: tuple[Finding, ...] | None, cures: int
) -> Iterator[Remedy]:
    """The way, with what cures that which it brings: one, or none."""
    if brought == ():
        yield way
    if not brought or not cures:
        return
    touched = {change.path for change in way.changes}
    for cure in brought[0].remedies:
        # A cure that takes back what the way does would be another way.
        if touched.isdisjoint(change.path for change in cure.changes):
            both = _joined(way, cure)
            found = next(_cured(trial, finding, both, trial.brings(finding, both), cures - 1), None)
            if found is not None:
                yield found
                return


def _joined(way: Remedy, cure: Remedy) -> Remedy:
    label = Text(f"{way.label.zh}；同时{cure.label.zh}", f"{way.label.en}; also: {cure.label.en}")
    return Remedy(label, (*way.changes, *cure.changes))


def _warned(way: Remedy, brought: tuple[Finding, ...]) -> Remedy:
    zh = "、".join(other.title.zh for other in brought)
    en = "; ".join(other.title.en for other in brought)
    return Remedy(Text(f"{way.label.zh}（但会带来：{zh}）", f"{way.label.en} (but brings: {en})"), way.changes)
