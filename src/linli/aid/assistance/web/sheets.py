"""The forms of the assessor's sheet, made from what the scheme asks for."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext

from linli.aid.assistance.operations import Visit
from linli.aid.assistance.queries.assessor_sheet import FactLine, Sheet, Written
from linli.aid.assistance.queries.screens import Due, Preview
from linli.aid.assistance.rules.results import Departure
from linli.aid.assistance.web.forms import VisitForm
from linli.foundation.screens.fields import YuanField
from linli.foundation.screens.texts import (
    bracketed,
    day_text,
    joined,
    joined_apart,
    joined_by_dot,
    money_text,
    pack_text,
    short_day_text,
    source_text,
)
from linli.kernel.money import yuan
from linli.law.policies.queries import cited
from linli.registry.residents.queries import Change

_REASON = 400


def visit_form(seen: Sheet, expected: Preview, data: Any, on: date) -> VisitForm:
    """The visit form with a field for every fact that the scheme asks for, what is known written in.

    After the facts, for each programme and unit the assessors' own amount, and why.
    """
    initial: dict[str, Any] = {
        "visited_date": seen.visited_date or on,
        "needs": seen.needs,
        "observations": seen.observations,
    }
    form = VisitForm(data, initial=initial)
    names = {member.key: member.name for member in seen.members}
    whose, demanded = {}, []
    asked: dict[str, str] = {}
    for key, line in _lines(seen):
        name = _name(key, line)
        form.fields[name] = _field(line, _beside(seen, key, line))
        form.initial[name] = _shown(line)
        whose[name] = names.get(key, "")
        # The same is asked of everybody: its article stands where it is asked first.
        asked.setdefault(f"facts.{line.code}", name)
        # What the rules ask for is not optional, neither while it is unknown nor once it is written.
        if f"{key}.{line.code}".lstrip(".") in expected.demanded or form.initial[name]:
            demanded.append(name)
    if seen.others:
        for name in ("needs", "observations"):
            form.fields[name].help_text = _said_by(seen.others, getattr(seen.others, name))
    form.whose, form.sometimes_required = whose, demanded  # type: ignore[attr-defined]  # read by the tags
    _add_amounts(form, expected)
    form.clauses = cited({**form.rests_on, **{name: fact for fact, name in asked.items()}}, [seen.pack])
    return form


def fields_of(form: forms.Form, key: str, lines: tuple[FactLine, ...]) -> list[Any]:
    """The bound fields of one member, or of the household for an empty key."""
    return [form[_name(key, line)] for line in lines]


def visit_of(seen: Sheet, expected: Preview, data: Mapping[str, Any]) -> Visit:
    """What was written; a fact left empty was not seen."""
    observed: dict[str, dict[str, int | bool | None]] = {}
    for key, line in _lines(seen):
        value = data.get(_name(key, line))
        if value not in ("", None):
            observed.setdefault(key, {})[line.code] = value == "1" if line.unit == "BOOL" else value
    return Visit(data["visited_date"], data["needs"], data["observations"], observed, departures_of(expected, data))


def amounts_of(form: forms.Form, expected: Preview) -> list[tuple[Due, Any, Any]]:
    """For each programme and unit what the rules give, and the bound fields of the assessors' own amount and reason."""
    return [(due, form[_of(due, "amount")], form[_of(due, "reason")]) for due in expected.dues]


def departures_of(expected: Preview, data: Mapping[str, Any]) -> list[Departure]:
    """Where the assessors wrote an amount of their own."""
    written = [(due, data.get(_of(due, "amount")), data.get(_of(due, "reason")) or "") for due in expected.dues]
    return [Departure(due.programme, due.unit_key, fen, reason) for due, fen, reason in written if fen is not None]


def _add_amounts(form: forms.Form, expected: Preview) -> None:
    for due in expected.dues:
        amount, reason = _of(due, "amount"), _of(due, "reason")
        form.fields[amount] = YuanField(
            label=gettext("评估小组认定的每月金额（元）"), required=False, help_text=gettext("与规则一致时不填")
        )
        form.fields[reason] = forms.CharField(label=gettext("不一致的理由"), required=False, max_length=_REASON)
        # Demanded as soon as the amount differs.
        form.sometimes_required = (*getattr(form, "sometimes_required", ()), reason)  # type: ignore[attr-defined]  # read by the field tag
        if due.departure:
            form.initial.update({amount: yuan(due.departure.amount_fen), reason: due.departure.reason})


def _of(due: Due, name: str) -> str:
    return Departure(due.programme, due.unit_key, 0, "").field(name)


def _lines(seen: Sheet) -> Iterator[tuple[str, FactLine]]:
    for line in seen.household_facts:
        yield "", line
    for member in seen.members:
        for line in member.facts:
            yield member.key, line


def _name(key: str, line: FactLine) -> str:
    return f"{key or 'household'}-{line.code}"


def changes_of(seen: Sheet) -> list[tuple[str, str, str]]:
    """What the last writer changed of what another had written: of what, before, after; in words."""
    before, after = seen.earlier, seen.written
    if before is None or after is None:
        return []
    names = {member.key: member.name for member in seen.members}
    found = [(gettext("入户日期"), day_text(before.visited_date), day_text(after.visited_date))]
    for key, line in _lines(seen):
        told = [_seen_as(line, one.observed.get(key, {})) for one in (before, after)]
        found.append((f"{names.get(key, '')} {pack_text(line.label)}".strip(), *told))  # type: ignore[arg-type]  # two
    found.append((gettext("每月金额"), _amounts(before), _amounts(after)))
    found.append((gettext("需求"), before.needs, after.needs))
    found.append((gettext("观察"), before.observations, after.observations))
    nothing = gettext("未填")
    return [(what, old or nothing, new or nothing) for what, old, new in found if old != new]


def _amounts(of: Written) -> str:
    return joined(f"{one.unit_key} {money_text(one.amount_fen)}{bracketed(one.reason)}" for one in of.departures)


def _beside(seen: Sheet, key: str, line: FactLine) -> str:
    """What another of the three wrote there."""
    return _said_by(seen.others, _seen_as(line, seen.others.observed.get(key, {}))) if seen.others else ""


def _said_by(other: Written, words: str) -> str:
    told = {"name": other.name, "day": short_day_text(other.at), "words": words}
    return gettext("%(name)s %(day)s填：%(words)s") % told if words else ""


def _seen_as(line: FactLine, observed: Mapping[str, int | bool | None]) -> str:
    value = observed.get(line.code)
    return "" if value is None else _words(line, int(value))


def _field(line: FactLine, beside: str) -> forms.Field:
    label = pack_text(line.label)
    hint = joined_apart(filter(None, (_told(line), beside)))
    if line.unit == "BOOL":
        choices = [("", "—"), ("1", gettext("是")), ("0", gettext("否"))]
        return forms.ChoiceField(label=label, choices=choices, required=False, help_text=hint)
    if line.unit == "FEN":
        return YuanField(label=gettext("%(fact)s（元）") % {"fact": label}, required=False, help_text=hint)
    return forms.IntegerField(label=label, min_value=line.low, max_value=line.high, required=False, help_text=hint)


def _told(line: FactLine) -> str:
    """What is known, from where and as of when; and what happened to the household since, where that matters."""
    if line.known is None or not line.source:
        return _happened(line.since)
    told = {"value": _words(line, line.known), "source": joined_by_dot(source_text(line.source), day_text(line.as_of))}
    known = gettext("已知：%(value)s（%(source)s）") % told
    return joined_apart(filter(None, (known, _happened(line.since))))


def _happened(since: tuple[Change, ...]) -> str:
    words = gettext("%(who)s %(day)s%(what)s")
    events = [(words % {"who": one.name, "day": day_text(one.day), "what": one.kind.label}).strip() for one in since]
    return gettext("此后家庭有变化（%(events)s），请重新核实") % {"events": joined(events)} if events else ""


def _shown(line: FactLine) -> str:
    if line.since:
        return ""  # whom somebody lives with is asked anew
    value = line.observed if line.is_observed else line.known
    if value is None:
        return ""
    return yuan(int(value)) if line.unit == "FEN" else str(int(value))


def _words(line: FactLine, value: int) -> str:
    if line.unit == "BOOL":
        return gettext("是") if value else gettext("否")
    return gettext("%(amount)s 元") % {"amount": yuan(value)} if line.unit == "FEN" else str(value)
