"""Determine what a case is entitled to, with every step that led there."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import takewhile
from types import MappingProxyType
from typing import Any

from linli.kernel.canonical import canonical_json, digest
from linli.law.policies.engine.evaluation import Evaluation
from linli.law.policies.engine.facts import CaseFacts, Fact, Member, check_facts
from linli.law.policies.engine.model import ClassSpec, Pack, Service
from linli.law.policies.engine.problems import PackDiffers, ReplayDiffers, RuleFailed
from linli.law.policies.engine.rulebook import Scalar
from linli.law.policies.engine.trace import TraceStep, trace

NO_OVERRIDES: Mapping[str, Scalar] = MappingProxyType({})


@dataclass(frozen=True)
class Membership:
    """Whether the household, or a member, belongs to a group; None when facts are missing."""

    group: str
    member_key: str | None
    belongs: bool | None
    stopped_by: tuple[str, ...]


@dataclass(frozen=True)
class Entitlement:
    """What a programme gives a household (member_key None) or a person: fen a month, 0 when not eligible.

    ``eligible`` and ``amount_fen`` are None when facts are missing; ``stopped_by`` names them.
    """

    programme: str
    unit: str
    member_key: str | None
    eligible: bool | None
    amount_fen: int | None
    stopped_by: tuple[str, ...]


@dataclass(frozen=True)
class ServiceDue:
    """A service or class due: ``times`` per WEEK, MONTH or YEAR; a class has neither."""

    service: str
    member_key: str | None
    due: bool | None
    times: int | None
    per: str | None
    stopped_by: tuple[str, ...]


@dataclass(frozen=True)
class Determination:
    """The result of one case on one day, complete enough to be replayed byte for byte."""

    pack_code: str
    pack_version: str
    pack_digest: str
    on: date
    facts: CaseFacts
    overrides: Mapping[str, Scalar]
    parameters: Mapping[str, Scalar]
    groups: tuple[Membership, ...]
    entitlements: tuple[Entitlement, ...]
    services: tuple[ServiceDue, ...]
    trace: tuple[TraceStep, ...]

    @property
    def stopped(self) -> Mapping[str, tuple[str, ...]]:
        """Which unknown facts stopped which programme: code (with ":member") → facts."""
        return {
            e.programme if e.member_key is None else f"{e.programme}:{e.member_key}": e.stopped_by
            for e in self.entitlements
            if e.eligible is None or e.amount_fen is None
        }

    def entitlement(self, programme: str, member_key: str | None = None) -> Entitlement:
        """The entitlement of a programme (and member); KeyError when there is none."""
        for entitlement in self.entitlements:
            if (entitlement.programme, entitlement.member_key) == (programme, member_key):
                return entitlement
        raise KeyError((programme, member_key))

    def to_json(self) -> str:
        """Canonical JSON text."""
        return self._json

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON."""
        return digest(self._json)

    @cached_property
    def _json(self) -> str:
        members: list[dict[str, Any]] = [
            {"key": m.key, "role": m.role, "facts": dict(m.facts)} for m in self.facts.members
        ]
        return canonical_json(
            {
                "format": 1,
                "pack": {"code": self.pack_code, "version": self.pack_version, "digest": self.pack_digest},
                "on": self.on,
                "facts": {"household": dict(self.facts.household), "members": members},
                "overrides": dict(self.overrides),
                "parameters": dict(self.parameters),
                "groups": self.groups,
                "entitlements": self.entitlements,
                "services": self.services,
                "trace": self.trace,
            }
        )


def determine(
    pack: Pack, facts: CaseFacts, on: date, *, overrides: Mapping[str, Scalar] = NO_OVERRIDES
) -> Determination:
    """What the pack gives that case on that day.

    ``overrides`` are local parameter values in force; they are kept with the result. Raises FactUnknown, FactInvalid,
    MembersInvalid, ParameterUndated, ParameterUnknown, ParameterOutOfRange and RuleFailed.
    """
    check_facts(pack, facts)
    parameters = pack.parameters_on(on, overrides)
    run = Evaluation(pack.graph, parameters, facts, frozenset(overrides)).run()
    return Determination(
        pack_code=pack.code,
        pack_version=pack.version,
        pack_digest=pack.digest,
        on=on,
        facts=facts,
        overrides=overrides,
        parameters=parameters,
        groups=_memberships(pack, run),
        entitlements=_entitlements(pack, run),
        services=_services(pack, run),
        trace=trace(pack, run, on),
    )


def _keys(pack: Pack, run: Evaluation, rule: str) -> list[str | None]:
    """The member keys that a rule has results for."""
    return run.keys_of(pack.graph.nodes[rule])


def _memberships(pack: Pack, run: Evaluation) -> tuple[Membership, ...]:
    found = []
    for group in pack.groups.values():
        for key in _keys(pack, run, group.rule):
            value = run.get(group.rule, key)
            found.append(Membership(group.code, key, _flag(value.value), value.stopped_by))
    return tuple(found)


def _entitlements(pack: Pack, run: Evaluation) -> tuple[Entitlement, ...]:
    found = []
    for programme in pack.programmes.values():
        for key in _keys(pack, run, programme.eligible_rule):
            eligible = run.get(programme.eligible_rule, key)
            amount = run.get(programme.amount_rule, key)
            fen = 0 if eligible.value is False else amount.value
            if fen is not None and fen < 0:
                raise RuleFailed(rule=programme.amount_rule, detail=f"{fen} < 0")
            stopped_by = eligible.stopped_by if eligible.value is None else () if fen == 0 else amount.stopped_by
            found.append(Entitlement(programme.code, programme.unit, key, _flag(eligible.value), fen, stopped_by))
    return tuple(found)


def _services(pack: Pack, run: Evaluation) -> tuple[ServiceDue, ...]:
    found = []
    owed: tuple[Service | ClassSpec, ...] = (*pack.services.values(), *pack.classes.values())
    for one in owed:
        frequency = one.frequency if isinstance(one, Service) else None
        times = int(run.parameters[frequency]) if frequency else None
        per = pack.parameters[frequency].unit.removeprefix("PER_") if frequency else None
        for key in _keys(pack, run, one.due_rule):
            due = run.get(one.due_rule, key)
            found.append(ServiceDue(one.code, key, _flag(due.value), times, per, due.stopped_by))
    return tuple(found)


def _flag(value: Scalar | None) -> bool | None:
    return None if value is None else bool(value)


# --- run a recorded determination again and hold it against what was recorded ----------------------


def replay(pack: Pack, recorded: str) -> str:
    """Determine again from the recorded facts, day and overrides; returns the same text.

    Raises PackDiffers when the record was made with another pack, ReplayDiffers when the bytes are not the same.
    """
    content = json.loads(recorded)
    if content["pack"]["digest"] != pack.digest:
        raise PackDiffers(recorded=content["pack"]["digest"], given=pack.digest)
    again = _determine_again(pack, content).to_json()
    if again != recorded:
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(again, recorded, strict=False)))
        raise ReplayDiffers(position=same + 1)
    return again


def recorded_facts(content: Mapping[str, Any]) -> CaseFacts:
    """The facts that a recorded determination (its JSON, read) was made from."""
    facts = content["facts"]
    members = tuple(Member(m["key"], m["role"], _facts(m["facts"])) for m in facts["members"])
    return CaseFacts(members, _facts(facts["household"]))


def _determine_again(pack: Pack, content: Mapping[str, Any]) -> Determination:
    on = date.fromisoformat(content["on"])
    return determine(pack, recorded_facts(content), on, overrides=content["overrides"])


def _facts(raw: Mapping[str, Any]) -> Mapping[str, Fact]:
    return {
        name: Fact(fact["value"], fact["source"], date.fromisoformat(fact["date"]) if fact["date"] else None)
        for name, fact in raw.items()
    }
