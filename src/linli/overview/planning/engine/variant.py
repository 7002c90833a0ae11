"""A variant of a plan that can be lived: the least change that leaves no fatal finding."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

from linli.kernel.bilingual import NO_TEXT, Text
from linli.overview.planning.engine.cashflow import paid_months
from linli.overview.planning.engine.checker import CHECKS
from linli.overview.planning.engine.costs import burdens, earlier, told, weight
from linli.overview.planning.engine.finding import Finding, Remedy, Severity
from linli.overview.planning.engine.plan import (
    Change,
    ChangeRefused,
    Plan,
)

# Each step of the search settles one fatal finding; a plan has a handful of them.
_MOST_STEPS = 400
# What one more way out costs beside its figures: as much as one figure changed by a third.
_WAY_COST = 333**2


@dataclass(frozen=True)
class Variant:
    """A plan without fatal findings, what was changed, why (a sentence for each way taken), and whom it costs what."""

    plan: Plan
    changes: tuple[Change, ...]
    why: tuple[Text, ...]
    costs: Text = NO_TEXT


def propose_variant(plan: Plan) -> Variant | None:
    """The cheapest combination of offered ways out that leaves nothing fatal; None if the search finds none.

    Change is measured figure by figure in thousandths of the smaller of old and new value, squared, so that one figure
    is never bent out of shape to spare the others; few ways are better than many. Same plan, same variant.
    """
    queue: list[tuple[int, int, Plan, tuple[Text, ...]]] = [(0, 0, plan, ())]
    seen: set[str] = set()
    made = 0
    while queue and len(seen) < _MOST_STEPS:
        _, _, current, why = heapq.heappop(queue)
        if current.digest in seen:
            continue
        seen.add(current.digest)
        blocking = [finding for run in CHECKS for finding in run(current) if finding.severity is Severity.FATAL]
        if not blocking:
            return Variant(current, plan.differences(current), why, told(burdens(plan, current)))
        for label, following in _steps_out(current, blocking):
            made += 1
            cost = distance(plan, following) + _WAY_COST * (len(why) + 1)
            heapq.heappush(queue, (cost, made, following, (*why, label)))
    return None


def _steps_out(plan: Plan, blocking: Sequence[Finding]) -> list[tuple[Text, Plan]]:
    """Where the ways out of the first finding that has any lead; the others have their turn afterwards."""
    for finding in blocking:
        tried = [(way.label, _applied(plan, way)) for way in finding.remedies]
        steps = [(label, following) for label, following in tried if following is not None]
        if steps:
            return steps
    return []


def _applied(plan: Plan, way: Remedy) -> Plan | None:
    try:
        return plan.with_changes(way.changes)
    except ChangeRefused:
        return None


def distance(plan: Plan, other: Plan) -> int:
    """How far another version of a plan is from it: 0 for the same figures.

    Months that a programme pays count as their number; a receipt counts as the money that comes earlier than it was
    promised, a year earlier like twice the money: what a source gives in all is a figure of its own.
    """
    changes = [c for c in plan.differences(other) if not _is_receipt(c.path) and not _is_paid_month(c.path)]
    steps = [_step(plan.figure(c.path).value, c.value) for c in changes]
    steps += [_numbers(len(paid_months(plan, p)), len(paid_months(other, p))) for p in plan.programmes]
    steps += [earlier(plan, other, source) for source in plan.sources]
    return sum(step**2 for step in steps)


def _is_receipt(path: str) -> bool:
    return path.startswith("sources.") and ".inflows." in path


def _is_paid_month(path: str) -> bool:
    return path.startswith("programmes.") and path.endswith(("first_month", "last_month"))


def _step(old: int | str, new: int | str) -> int:
    if isinstance(old, int) and isinstance(new, int):
        return _numbers(old, new)
    # A code that says something else, or another month, is as far as a doubled figure.
    return 0 if old == new else 1000


def _numbers(old: int, new: int) -> int:
    small, large = sorted((old, new))
    return weight(large - small, small)
