"""``linli determine PACK --case FILE.toml --on DATE``: what a pack's rules give one case, and why; no database needed.

Exit codes: 0 everything is known, 1 something is unknown for lack of facts, 2 the pack or the case is unusable.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from linli.config.refusals import reasons_of, told_unusable
from linli.kernel import marks
from linli.kernel.bilingual import Text
from linli.kernel.errors import DomainError
from linli.kernel.money import yuan_short
from linli.kernel.period import Month
from linli.law.policies.engine import (
    ClassSpec,
    Determination,
    Pack,
    Service,
    TraceInput,
    TraceStep,
    determine,
    load_pack,
    read_case,
)
from linli.law.policies.engine.graph import FACT
from linli.law.policies.engine.problems import PackNotBegun
from linli.law.policies.engine.rulebook import Scalar
from linli.law.policies.engine.trace import OVERRIDE
from linli.law.policies.engine.units import FEN

KNOWN, UNKNOWN_LEFT = 0, 1

_WORDS = {
    "groups": Text("属于哪些类别", "Groups"),
    "entitlements": Text("可以得到什么", "Entitled to"),
    "services": Text("应当提供的服务", "Services due"),
    "why": Text("为什么", "Why"),
    "household": Text("家庭", "household"),
    "yes": Text("是", "yes"),
    "no": Text("否", "no"),
    "unknown": Text("未知", "unknown"),
    "whose": Text("{name}（{who}）：{answer}", "{name} ({who}): {answer}"),
    "whom": Text("{name}（{who}）", "{name} ({who})"),
    "is": Text("{name}：{answer}", "{name}: {answer}"),
    "lacking": Text("未知，缺少 {facts}", "unknown, lacking {facts}"),
    "monthly": Text("每月 {yuan} 元", "{yuan} yuan a month"),
    "not_entitled": Text("不符合条件", "not entitled"),
    "nobody": Text("无", "none"),
    "WEEK": Text("每周 {times} 次", "{times} a week"),
    "MONTH": Text("每月 {times} 次", "{times} a month"),
    "YEAR": Text("每年 {times} 次", "{times} a year"),
    "yuan": Text("{yuan} 元", "{yuan} yuan"),
    "from": Text("自 {date} 起", "from {date}"),
    "later": Text("{date} 才有，当日未知", "known from {date} only"),
    "override": Text("本地取值，规则包为 {value}", "local value, the pack says {value}"),
    "not_paid": Text("；发放期为 {first} 至 {last}，当日不发", "; paid from {first} to {last}, not on this day"),
    "stopped": Text("缺少事实的地方写作未知，不等于不予。", "Unknown means that facts are lacking; it is no refusal."),
}


@dataclass(frozen=True)
class _Reader:
    """Who reads: the language, and the labels of the pack."""

    pack: Pack
    language: str

    def say(self, word: str, **values: object) -> str:
        return _WORDS[word].in_language(self.language).format(**values)

    def who(self, member_key: str | None) -> str:
        return member_key or self.say("household")

    def lacking(self, facts: Iterable[str]) -> str:
        return self.say("lacking", facts=marks.listed(map(self._fact, facts), self.language))

    def value(self, value: Scalar | None, unit: str) -> str:
        if value is None:
            return self.say("unknown")
        if isinstance(value, bool):
            return self.say("yes" if value else "no")
        return self.say("yuan", yuan=yuan_short(value)) if unit == FEN else f"{value:,}"

    def _fact(self, address: str) -> str:
        # "A.monthly_income_fen": whose fact, and which.
        member, dot, name = address.rpartition(".")
        spec = self.pack.facts.get(name)
        return f"{member}{dot}{spec.label.in_language(self.language) if spec else name}"


def run_determine(pack_path: Path, case_path: Path, on: date, *, as_json: bool, language: str) -> int:
    """Determine the case of a file by the pack of a folder on a day; write result and trace in "zh" or "en".

    Parameters have their value of that day; a fact dated later is not known yet; a day before the scheme is refused.

    Returns 0 when everything is known, 1 when something is unknown for lack of facts, 2 when the pack or the case
    cannot be used (every reason goes to standard error, with file and line).
    """
    try:
        pack = load_pack(pack_path)
        case = read_case(case_path, pack)
        if on < pack.valid_from:
            raise PackNotBegun(start=pack.valid_from.isoformat(), on=on.isoformat())
        result = determine(pack, case.facts.as_of(on), on, overrides=case.overrides)
    except (DomainError, OSError) as refusal:
        return told_unusable(reasons_of(refusal, language), as_json=as_json)
    if as_json:
        report = {**json.loads(result.to_json()), "digest": result.digest, "stopped": dict(result.stopped)}
        sys.stdout.write(json.dumps(report, ensure_ascii=False, indent=2, sort_keys=True) + "\n")
    else:
        page = _page(_Reader(pack, language), case.title, result)
        sys.stdout.write("\n".join(page) + "\n")
    return UNKNOWN_LEFT if _is_unknown(result) else KNOWN


def _is_unknown(result: Determination) -> bool:
    return (
        bool(result.stopped)
        or any(group.belongs is None for group in result.groups)
        or any(service.due is None for service in result.services)
    )


def _page(reader: _Reader, title: Text, result: Determination) -> Iterator[str]:
    pack = reader.pack
    yield f"{pack.label.in_language(reader.language)} {pack.version} · {result.on.isoformat()}"
    yield title.in_language(reader.language)
    for heading, lines in (
        ("entitlements", _entitlements(reader, result)),
        ("groups", _groups(reader, result)),
        ("services", _services(reader, result)),
    ):
        yield ""
        yield reader.say(heading)
        yield from lines
    if _is_unknown(result):
        yield ""
        yield reader.say("stopped")
    yield ""
    yield reader.say("why")
    for number, step in enumerate(result.trace, start=1):
        yield from _step(reader, number, step, result.on)
    yield ""
    yield f"SHA-256 {result.digest}"


def _entitlements(reader: _Reader, result: Determination) -> Iterator[str]:
    for found in result.entitlements:
        name = reader.pack.programmes[found.programme].label.in_language(reader.language)
        if found.eligible is False:
            answer = reader.say("not_entitled")
        elif found.eligible is None or found.amount_fen is None:
            answer = reader.lacking(found.stopped_by)
        else:
            answer = reader.say("monthly", yuan=yuan_short(found.amount_fen))
        outside = "" if found.eligible is False else _outside(reader, found.programme, result.on)
        yield "  " + reader.say("whose", name=name, who=reader.who(found.member_key), answer=answer) + outside


def _outside(reader: _Reader, code: str, on: date) -> str:
    """A remark when the programme pays nothing in the month of the day."""
    programme = reader.pack.programmes[code]
    if programme.first_month.first_day <= on and Month.of(on) <= programme.last_month:
        return ""
    return reader.say("not_paid", first=programme.first_month, last=programme.last_month)


def _groups(reader: _Reader, result: Determination) -> Iterator[str]:
    told = [group for group in result.groups if group.belongs is not False]
    for group in told:
        name = reader.pack.groups[group.group].label.in_language(reader.language)
        answer = reader.say("yes") if group.belongs else reader.lacking(group.stopped_by)
        yield "  " + reader.say("whose", name=name, who=reader.who(group.member_key), answer=answer)
    if not told:
        yield f"  {reader.say('nobody')}"


def _services(reader: _Reader, result: Determination) -> Iterator[str]:
    offers: dict[str, Service | ClassSpec] = {**reader.pack.services, **reader.pack.classes}
    told = [service for service in result.services if service.due is not False]
    for service in told:
        name = offers[service.service].label.in_language(reader.language)
        often = reader.say(service.per, times=service.times) if service.per else reader.say("yes")
        answer = often if service.due else reader.lacking(service.stopped_by)
        yield "  " + reader.say("whose", name=name, who=reader.who(service.member_key), answer=answer)
    if not told:
        yield f"  {reader.say('nobody')}"


def _step(reader: _Reader, number: int, step: TraceStep, on: date) -> Iterator[str]:
    article = f"  [{step.article}]" if step.article else ""
    label = step.label.in_language(reader.language)
    whom = reader.say("whom", name=label, who=reader.who(step.member_key))
    yield f"{number:>3}. {whom} = {reader.value(step.value, step.unit)}{article}"
    for used in step.inputs:
        yield f"       ← {_input(reader, used, on)}"


def _input(reader: _Reader, used: TraceInput, on: date) -> str:
    name = used.label.in_language(reader.language)
    name = reader.say("whom", name=name, who=used.member_key) if used.member_key else name
    notes = [used.source] if used.source else []
    if used.date is not None:
        word = "later" if used.origin == FACT and used.value is None else "from"
        notes.append(reader.say(word, date=used.date.isoformat()))
    if used.origin == OVERRIDE:
        parameter = reader.pack.parameters[used.name]
        notes.append(reader.say("override", value=reader.value(parameter.value_on(on), used.unit)))
    rest = f"  [{marks.apart(notes, reader.language)}]" if notes else ""
    return reader.say("is", name=name, answer=reader.value(used.value, used.unit)) + rest
