"""The forms of the assessor's sheet, made from what the scheme asks for."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext

from linli.assistance.operations import Visit
from linli.assistance.queries.assessor_sheet import FactLine, Sheet
from linli.assistance.queries.screens import Preview
from linli.assistance.rules.results import Departure
from linli.assistance.web.forms import VisitForm, YuanField
from linli.foundation.screens.texts import pack_text
from linli.kernel.money import yuan

_REASON = 400


def visit_form(seen: Sheet, data: Any, on: date) -> VisitForm:
    """The visit form with a field for every fact that the scheme asks for, what is known written in."""
    initial: dict[str, Any] = {
        "visited_date": seen.visited_date or on,
        "needs": seen.needs,
        "observations": seen.observations,
    }
    form = VisitForm(data, initial=initial)
    for key, line in _lines(seen):
        form.fields[_name(key, line)] = _field(line)
        form.initial[_name(key, line)] = _shown(line)
    return form


def fields_of(form: forms.Form, key: str, lines: tuple[FactLine, ...]) -> list[Any]:
    """The bound fields of one member, or of the household for an empty key."""
    return [form[_name(key, line)] for line in lines]


def visit_of(seen: Sheet, data: Mapping[str, Any]) -> Visit:
    """What was written; a fact left empty was not seen."""
    observed: dict[str, dict[str, int | bool | None]] = {}
    for key, line in _lines(seen):
        value = data.get(_name(key, line))
        if value not in ("", None):
            observed.setdefault(key, {})[line.code] = value == "1" if line.unit == "BOOL" else value
    return Visit(data["visited_date"], data["needs"], data["observations"], observed)


def complete_form(expected: Preview | None, data: Any = None) -> forms.Form:
    """For each programme and unit the assessors' own amount, and why."""
    form = forms.Form(data)
    for place, _due in enumerate(expected.dues if expected else ()):
        form.fields[f"amount-{place}"] = YuanField(
            label=gettext("评估小组认定的每月金额(元)"), required=False, help_text=gettext("与规则一致时不填")
        )
        form.fields[f"reason-{place}"] = forms.CharField(
            label=gettext("不一致的理由"), required=False, max_length=_REASON
        )
    return form


def departures_of(expected: Preview, form: forms.Form) -> list[Departure]:
    """Where the assessors wrote an amount of their own; one without its reason becomes the field's error."""
    found = []
    for place, due in enumerate(expected.dues):
        amount, reason = (form.cleaned_data.get(f"{name}-{place}") for name in ("amount", "reason"))
        if amount is None:
            continue
        if amount != due.amount_fen and not reason:
            form.add_error(f"reason-{place}", gettext("请说明为什么与规则计算不一致"))
        found.append(Departure(due.programme, due.unit_key, amount, reason or ""))
    return found


def _lines(seen: Sheet) -> Iterator[tuple[str, FactLine]]:
    for line in seen.household_facts:
        yield "", line
    for member in seen.members:
        for line in member.facts:
            yield member.key, line


def _name(key: str, line: FactLine) -> str:
    return f"{key or 'household'}-{line.code}"


def _field(line: FactLine) -> forms.Field:
    label = pack_text(line.label)
    hint = ""
    if line.known is not None and line.source:
        hint = gettext("已知:%(value)s(%(source)s)") % {"value": _words(line, line.known), "source": line.source}
    if line.unit == "BOOL":
        choices = [("", "—"), ("1", gettext("是")), ("0", gettext("否"))]
        return forms.ChoiceField(label=label, choices=choices, required=False, help_text=hint)
    if line.unit == "FEN":
        return YuanField(label=gettext("%(fact)s(元)") % {"fact": label}, required=False, help_text=hint)
    return forms.IntegerField(label=label, min_value=line.low, max_value=line.high, required=False, help_text=hint)


def _shown(line: FactLine) -> str:
    value = line.observed if line.is_observed else line.known
    if value is None:
        return ""
    return yuan(int(value)) if line.unit == "FEN" else str(int(value))


def _words(line: FactLine, value: int) -> str:
    if line.unit == "BOOL":
        return gettext("是") if value else gettext("否")
    return gettext("%(amount)s 元") % {"amount": yuan(value)} if line.unit == "FEN" else str(value)
