"""The reason chain 为什么: from a kept determination to steps a family can read, in both languages."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol

from django.utils.translation import gettext_noop

from linli.kernel.bilingual import Text, as_kept
from linli.kernel.money import yuan
from linli.law.policies.engine.model import ClassSpec, Pack, Service
from linli.law.policies.engine.rulebook import Scalar
from linli.law.policies.engine.trace import OVERRIDE
from linli.law.policies.queries import Determination

# Where a value comes from that is a local decision and not the pack's; pages translate it like every source.
LOCAL_VALUE = gettext_noop("本地取值")
_NOBODY: Mapping[str, str] = MappingProxyType({})
_BY_RULES = Text("规则计算", "by the rules")
_BY_ASSESSORS = Text("评估小组认定的%(programme)s", "%(programme)s as the assessors set it")
_UNKNOWN = Text("未知", "not known")
_ANSWERS = {True: Text("是", "yes"), False: Text("否", "no")}
_UNITS = {"FEN": Text("%(value)s 元", "%(value)s yuan"), "AGE": Text("%(value)s 岁", "%(value)s years")}
_PLAIN = Text("%(value)s", "%(value)s")
_OF = Text("%(name)s %(label)s", "%(name)s %(label)s")


@dataclass(frozen=True)
class Reason:
    """One step: what was asked, from which facts, the answer, the article."""

    label: Text
    value: Text
    article: str
    inputs: tuple[Mapping[str, Any], ...]  # {"label", "value", "source", "date"}
    member: str  # name of the person it is about, the number where no name is known; "" for the household
    holds: bool | None  # of a yes/no step


@dataclass(frozen=True)
class ServiceDue:
    """A service somebody may have: ``times`` per WEEK, MONTH or YEAR; a class has neither."""

    label: Text
    member: str
    times: int | None
    per: str


def reason_chain(
    pack: Pack, determination: Determination, groups: Iterable[str], called: Mapping[str, str] = _NOBODY
) -> list[Reason]:
    """The steps behind the claimed groups and their programmes, in the order they were worked out.

    ``called`` gives people's names by number.

    Steps about members who do not qualify in anything are left out unless the step is the household's.
    """
    document = json.loads(determination.document)
    wanted = _rules(pack, groups)
    steps = document["trace"]
    needed = _behind(steps, wanted)
    interesting = _interesting_members(steps, wanted)
    return [
        _reason(step, called)
        for step in steps
        if (step["name"], step["member_key"]) in needed
        and (step["member_key"] is None or step["member_key"] in interesting)
    ]


class Result(Protocol):
    """What an assessment came to for one programme and unit."""

    @property
    def programme(self) -> Text: ...

    @property
    def unit_key(self) -> str: ...

    @property
    def amount_fen(self) -> int: ...

    @property
    def determined_fen(self) -> int | None: ...

    @property
    def reason(self) -> str: ...

    @property
    def departed(self) -> bool: ...


def departed_reasons(results: Iterable[Result], called: Mapping[str, str] = _NOBODY) -> list[Reason]:
    """Where the assessors set another amount than the rules: theirs, what the rules said, and why."""
    return [
        Reason(
            _BY_ASSESSORS % {"programme": one.programme},
            shown("FEN", one.amount_fen),
            "",
            ({"label": _BY_RULES, "value": shown("FEN", one.determined_fen), "source": one.reason, "date": ""},),
            called.get(one.unit_key, ""),
            None,
        )
        for one in results
        if one.departed
    ]


def services_due(
    pack: Pack, determination: Determination, groups: Iterable[str], called: Mapping[str, str] = _NOBODY
) -> list[ServiceDue]:
    """The services and classes that go with the claimed groups and are due to somebody of the household."""
    claimed = set(groups)
    offers: dict[str, Service | ClassSpec] = {**pack.services, **pack.classes}
    return [
        ServiceDue(
            offers[one["service"]].label,
            called.get(one["member_key"] or "", one["member_key"] or ""),
            one["times"],
            one["per"] or "",
        )
        for one in json.loads(determination.document)["services"]
        if one["due"] and one["service"] in offers and claimed.intersection(offers[one["service"]].groups)
    ]


def reasons_plain(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    """The chain as a letter keeps it."""
    return [
        {
            "label": reason.label.both,
            "value": reason.value.both,
            "article": reason.article,
            "inputs": [{**one, "label": one["label"].both, "value": one["value"].both} for one in reason.inputs],
            "member": reason.member,
        }
        for reason in reasons
    ]


def shown(unit: str, value: Scalar | None) -> Text:
    """A value with its unit as people write it."""
    if value is None:
        return _UNKNOWN
    if unit == "BOOL" or isinstance(value, bool):
        return _ANSWERS[bool(value)]
    return _UNITS.get(unit, _PLAIN) % {"value": yuan(value) if unit == "FEN" else value}


def _rules(pack: Pack, groups: Iterable[str]) -> set[str]:
    claimed = set(groups)
    rules = {pack.groups[code].rule for code in claimed if code in pack.groups}
    for programme in pack.programmes.values():
        if programme.group in claimed:
            rules |= {programme.eligible_rule, programme.amount_rule}
    return rules


def _behind(steps: list[dict[str, Any]], wanted: set[str]) -> set[tuple[str, str | None]]:
    needed = {(step["name"], step["member_key"]) for step in steps if step["name"] in wanted}
    for step in reversed(steps):
        if (step["name"], step["member_key"]) in needed:
            needed |= {(one["name"], one["member_key"]) for one in step["inputs"]}
    return needed


def _interesting_members(steps: list[dict[str, Any]], wanted: set[str]) -> set[str]:
    """Members for whom a wanted step says yes or an amount; everybody when nobody qualifies."""
    keys = {step["member_key"] for step in steps if step["member_key"] is not None and step["name"] in wanted}
    positive = {
        step["member_key"]
        for step in steps
        if step["member_key"] is not None and step["name"] in wanted and step["value"]
    }
    return positive or keys


def _reason(step: Mapping[str, Any], called: Mapping[str, str]) -> Reason:
    value, about = step["value"], step["member_key"]
    return Reason(
        as_kept(step["label"]),
        shown(step["unit"], value),
        step["article"],
        tuple(
            {
                "label": as_kept(one["label"]) if one["member_key"] in (None, about) else _whose(one, called),
                "value": shown(one["unit"], one["value"]),
                # An override is a local decision: it is shown as one, never under the pack's article.
                "source": LOCAL_VALUE if one["origin"] == OVERRIDE else one["source"],
                "date": one["date"] or "",
            }
            for one in step["inputs"]
        ),
        called.get(about or "", about or ""),
        value if isinstance(value, bool) else None,
    )


def _whose(one: Mapping[str, Any], called: Mapping[str, str]) -> Text:
    """The label of a member's fact in a step about the household, the member before it."""
    return _OF % {"name": called.get(one["member_key"], one["member_key"]), "label": as_kept(one["label"])}
