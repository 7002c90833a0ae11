"""What change of one fact would alter a result: asked by everyone who reads a reason chain."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from linli.kernel.bilingual import Text
from linli.law.policies.engine.determination import NO_OVERRIDES
from linli.law.policies.engine.evaluation import Evaluation
from linli.law.policies.engine.facts import CaseFacts, Fact, check_facts
from linli.law.policies.engine.model import FactSpec, Pack
from linli.law.policies.engine.rulebook import PERSON, Scalar
from linli.law.policies.engine.units import BOOL


@dataclass(frozen=True)
class WhatIf:
    """One fact which, moved from ``current`` to ``needed`` alone, makes ``eligible`` the programme's answer."""

    programme: str
    member_key: str | None
    eligible: bool | None
    fact: str
    label: Text
    unit: str
    fact_member_key: str | None
    current: Scalar
    needed: Scalar


def what_would_change(
    pack: Pack, facts: CaseFacts, on: date, *, overrides: Mapping[str, Scalar] = NO_OVERRIDES
) -> tuple[WhatIf, ...]:
    """Every single known fact that decides a programme, with the nearest value that turns the answer.

    Booleans are flipped; integers move to just across the boundary, found by bisection between the present value and
    either end of the fact's declared range (a rule that turns twice within it is answered with one of its turns).
    Raises what :func:`determine` raises.
    """
    check_facts(pack, facts)
    parameters = pack.parameters_on(on, overrides)

    def eligible(rule: str, member_key: str | None, case: CaseFacts) -> bool | None:
        run = Evaluation(pack.graph, parameters, case).run(pack.graph.order_for([rule]))
        value = run.get(rule, member_key).value
        return None if value is None else bool(value)

    found: list[WhatIf] = []
    run = Evaluation(pack.graph, parameters, facts).run()
    for programme in pack.programmes.values():
        behind = pack.graph.facts_behind(programme.eligible_rule)
        for key in run.keys_of(pack.graph.nodes[programme.eligible_rule]):
            present = run.get(programme.eligible_rule, key).value
            for owner, spec, fact in _known(pack, facts, behind):
                question = _Question(facts, owner, spec, fact, programme.eligible_rule, key, present, eligible)
                for needed, answer in question.turns():
                    name, label, unit = spec.name, spec.label, spec.unit
                    found.append(
                        WhatIf(programme.code, key, answer, name, label, unit, owner, question.current, needed)
                    )
    return tuple(found)


def _known(pack: Pack, facts: CaseFacts, behind: frozenset[str]) -> Iterator[tuple[str | None, FactSpec, Fact]]:
    owners: list[str | None] = [None, *(member.key for member in facts.members)]
    for spec in pack.facts.values():
        if spec.name not in behind:
            continue
        for owner in owners:
            fact = facts.of(owner).get(spec.name)
            if fact is not None and fact.value is not None and (owner is not None) == (spec.level == PERSON):
                yield owner, spec, fact


@dataclass(frozen=True)
class _Question:
    """One fact held against one answer."""

    facts: CaseFacts
    owner: str | None
    spec: FactSpec
    fact: Fact
    rule: str
    key: str | None
    present: Scalar | None
    eligible: Callable[[str, str | None, CaseFacts], bool | None]

    @property
    def current(self) -> Scalar:
        assert self.fact.value is not None  # only known facts are asked about
        return self.fact.value

    def answer(self, value: Scalar) -> bool | None:
        """The programme's answer with the fact at that value."""
        return self.eligible(
            self.rule, self.key, self.facts.with_fact(self.owner, self.spec.name, replace(self.fact, value=value))
        )

    def turns(self) -> Iterator[tuple[Scalar, bool | None]]:
        """Values just across a boundary, with the answer there."""
        if self.spec.unit == BOOL:
            flipped = not self.current
            if (answer := self.answer(flipped)) != self.present:
                yield flipped, answer
            return
        for end in (self.spec.low, self.spec.high):
            if self.answer(end) != self.present:
                needed = self._boundary(int(self.current), end)
                yield needed, self.answer(needed)

    def _boundary(self, same: int, other: int) -> int:
        """The value nearest to ``same`` with another answer, given that ``other`` has one."""
        while abs(other - same) > 1:
            middle = (same + other) // 2
            if self.answer(middle) == self.present:
                same = middle
            else:
                other = middle
        return other
