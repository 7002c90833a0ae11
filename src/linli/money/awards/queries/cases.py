"""From registry and recorded determinations to the facts that a pack's rules ask for."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from linli.kernel.period import age_on
from linli.law.policies.engine.facts import CaseFacts, Fact, Member
from linli.law.policies.engine.model import FactSpec, Pack
from linli.registry.residents.queries import HouseholdFacts

# As the registry names where it has an age from.
_BIRTH = "登记的出生日期"


def case_of(pack: Pack, known: HouseholdFacts) -> CaseFacts:
    """What the registry knows of a household, as far as the pack declares it."""
    members = tuple(
        Member(member.number, member.relation, usable_facts(pack, "PERSON", member.facts)) for member in known.members
    )
    return CaseFacts(members, usable_facts(pack, "HOUSEHOLD", known.facts))


def usable_facts(pack: Pack, level: str, facts: Mapping[str, tuple[int | None, str, date | None]]) -> dict[str, Fact]:
    """Only the facts the pack declares; others in the registry belong to other schemes."""
    return {
        name: Fact(typed(pack.facts[name], value), source, as_of)
        for name, (value, source, as_of) in sorted(facts.items())
        if name in pack.facts and pack.facts[name].level == level
    }


def typed(spec: FactSpec, value: int | None) -> int | bool | None:
    """The registry keeps whole numbers; the pack says which of them are yes or no."""
    return bool(value) if value is not None and spec.unit == "BOOL" else value


def case_on(pack: Pack, basis: CaseFacts, births: Mapping[str, date], day: date) -> CaseFacts:
    """A recorded case on another day: the same people and facts, everybody as old as they are then."""
    members = []
    for member in basis.members:
        facts = {name: fact for name, fact in member.facts.items() if name in pack.facts}
        if "age" in pack.facts and member.key in births:
            facts["age"] = Fact(age_on(births[member.key], day), _BIRTH, day)
        members.append(member._replace(facts=facts))
    household = {name: fact for name, fact in basis.household.items() if name in pack.facts}
    return CaseFacts(tuple(members), household)


def completed(case: CaseFacts, known: CaseFacts) -> CaseFacts:
    """The case with what was not known then and is known now; what was known stays as it was."""
    now = {member.key: member.facts for member in known.members}
    members = tuple(member._replace(facts=_completed(member.facts, now.get(member.key, {}))) for member in case.members)
    return replace(case, members=members, household=_completed(case.household, known.household))


def _completed(facts: Mapping[str, Fact], known: Mapping[str, Fact]) -> dict[str, Fact]:
    missing = {name: fact for name, fact in known.items() if name not in facts or facts[name].value is None}
    return {**facts, **missing}
