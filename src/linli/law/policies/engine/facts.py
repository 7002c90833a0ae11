"""What is known of a case: facts of the household and of its members, each with source and date."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from linli.law.policies.engine.model import FactSpec, Pack
from linli.law.policies.engine.problems import FactInvalid, FactUnknown, MembersInvalid
from linli.law.policies.engine.rulebook import HOUSEHOLD, PERSON, Scalar
from linli.law.policies.engine.units import fits


@dataclass(frozen=True)
class Fact:
    """A value (None: asked and not known), where it comes from and as of when."""

    value: Scalar | None
    source: str = ""
    date: datetime.date | None = None


class Member(NamedTuple):
    """A person of the household: a key unique in it, the role (HEAD, SPOUSE …) and the facts by name."""

    key: str
    role: str
    facts: Mapping[str, Fact]


@dataclass(frozen=True)
class CaseFacts:
    """All facts of a case. A fact that is absent is unknown."""

    members: tuple[Member, ...]
    household: Mapping[str, Fact] = field(default_factory=dict)

    def of(self, member_key: str | None) -> Mapping[str, Fact]:
        """The facts of a member, or of the household for None; KeyError for a member that is not there."""
        if member_key is None:
            return self.household
        return next(member.facts for member in self.members if member.key == member_key)

    def as_of(self, on: "datetime.date") -> "CaseFacts":
        """What was known on a day: facts recorded as of a later day are unknown then, undated ones always count."""
        members = tuple(member._replace(facts=_known_on(member.facts, on)) for member in self.members)
        return CaseFacts(members, _known_on(self.household, on))

    def with_fact(self, member_key: str | None, name: str, fact: Fact) -> "CaseFacts":
        """The same case with one fact replaced."""
        if member_key is None:
            return CaseFacts(self.members, {**self.household, name: fact})
        members = tuple(
            member._replace(facts={**member.facts, name: fact}) if member.key == member_key else member
            for member in self.members
        )
        return CaseFacts(members, self.household)


def _known_on(facts: Mapping[str, Fact], on: datetime.date) -> Mapping[str, Fact]:
    return {
        name: Fact(None, fact.source, fact.date) if fact.date is not None and fact.date > on else fact
        for name, fact in facts.items()
    }


def check_facts(pack: Pack, facts: CaseFacts) -> None:
    """Refuse facts the pack cannot use.

    Raises MembersInvalid, FactUnknown (not declared at that level) and FactInvalid (type or bounds).
    """
    keys = [member.key for member in facts.members]
    if not keys or len(set(keys)) < len(keys) or "" in keys:
        raise MembersInvalid
    _check(pack, HOUSEHOLD, facts.household)
    for member in facts.members:
        _check(pack, PERSON, member.facts)


def _check(pack: Pack, level: str, facts: Mapping[str, Fact]) -> None:
    for name, fact in facts.items():
        spec: FactSpec | None = pack.facts.get(name)
        if spec is None or spec.level != level:
            raise FactUnknown(name=name, level=level)
        if fact.value is not None and not fits(fact.value, spec.unit, spec.low, spec.high):
            raise FactInvalid(name=name, value=fact.value)
