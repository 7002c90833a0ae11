"""The shape of plan.toml: figures of a year plan 方案, each stated or assumed, with their addresses."""

from collections.abc import Iterator, Mapping
from typing import Any

from linli.law.policies.engine.document import Document
from linli.law.policies.engine.lines import KeyPath
from linli.law.policies.engine.named import parameter as parameter_ref
from linli.law.policies.engine.schema import CODE, LABEL, TEXT, Choice, FigureOf, ListOf, Ref, Table, Tables
from linli.law.policies.engine.units import MONTH

GROUP, PROGRAMME = Ref("group", "救助对象类别"), Ref("programme", "待遇")
BUDGET_LINE, FUND_SOURCE = Ref("budget line", "预算科目"), Ref("fund source", "资金来源")
SERVICE, CLASS = Ref("service", "服务"), Ref("class", "培训班")
_RECIPIENTS = FigureOf(("HOUSEHOLDS", "PERSONS"))
_MONTH, _FEN, _PERCENT = FigureOf((MONTH,)), FigureOf(("FEN",)), FigureOf(("PERCENT",))
_PERSONS = FigureOf(("PERSONS",))
# Whether a number of people is a sum of groups or known for the upper bound that it is.
_COUNTING = Choice(("SUMMED", "UPPER_BOUND"))
_HEADS = FigureOf(("PERSONS", "ATTENDANCES"))


def _months_in_order(doc: Document, path: KeyPath, value: dict[str, Any]) -> None:
    if value["last_month"]["value"] < value["first_month"]["value"]:
        doc.report((*path, "last_month"), "month_order")


# What a programme or group of a level is counted in, in a plan and in words.
_COUNTED = {"HOUSEHOLD": ("HOUSEHOLDS", "户", "household"), "PERSON": ("PERSONS", "人", "person")}


def _counted_as(what: str, *keys: str) -> Any:
    """Households are planned in households, persons in persons: the two are never one number."""

    def check(doc: Document, path: KeyPath, value: dict[str, Any]) -> None:
        name = doc.names.get(what, {}).get(value[what])
        if name is None or not name.level:
            return
        expected, unit_zh, unit = _COUNTED[name.level]
        for key in keys:
            if key in value and value[key]["unit"] != expected:
                details = {"name": value[what], "unit_zh": unit_zh, "unit": unit, "expected": expected}
                doc.report((*path, key), "planned_unit", **details)

    return check


def _needed_are_planned(doc: Document, path: KeyPath, value: dict[str, Any]) -> None:
    planned = [entry["programme"] for entry in value["programmes"]]
    for number, entry in enumerate(value["programmes"]):
        needed = entry.get("needs", {}).get("programme", "")
        if needed and (needed == entry["programme"] or needed not in planned):
            address = f"programmes.{needed}"
            doc.report((*path, "programmes", number, "needs", "programme"), "unresolved", name=address)


def _targets_resolve(doc: Document, path: KeyPath, value: dict[str, Any]) -> None:
    addresses = {address for address, _ in plan_figures(value)}
    for number, target in enumerate(value.get("targets", [])):
        if target["figure"] not in addresses:
            doc.report((*path, "targets", number, "figure"), "unresolved", name=target["figure"])


PLAN = Table(
    {
        "year": FigureOf(("YEAR",)),
        "population": Table(
            {"residents": _PERSONS, "households": FigureOf(("HOUSEHOLDS",))},
            {"helped": _PERSONS, "counting": _COUNTING},
        ),
        "groups": Tables(
            Table({"group": GROUP, "target": _RECIPIENTS}, {}, [_counted_as("group", "target")]), key="group"
        ),
        "programmes": Tables(
            Table(
                {
                    "programme": PROGRAMME,
                    "recipients": _RECIPIENTS,
                    "first_month": _MONTH,
                    "last_month": _MONTH,
                    "monthly_amount": parameter_ref("FEN"),
                    "opening_caseload": _RECIPIENTS,
                    "uptake": _PERCENT,
                },
                {"needs": Table({"programme": PROGRAMME, "parameter": parameter_ref("BOOL")}), "overlap": _RECIPIENTS},
                [_months_in_order, _counted_as("programme", "recipients", "opening_caseload", "overlap")],
            ),
            key="programme",
        ),
        "budget_lines": Tables(Table({"budget_line": BUDGET_LINE, "amount": _FEN}), key="budget_line"),
        "sources": Tables(
            Table({"source": FUND_SOURCE, "amount": _FEN, "inflows": Tables(Table({"month": _MONTH, "amount": _FEN}))}),
            key="source",
        ),
    },
    {
        "ratios": Tables(
            Table({"group": GROUP, "percent": _PERCENT, "of": Choice(("RESIDENTS", "HOUSEHOLDS"))}), key="group"
        ),
        "visits": Tables(
            Table(
                {
                    "service": SERVICE,
                    "minutes_per_visit": FigureOf(("MINUTES",)),
                    "hours_per_week": FigureOf(("HOURS",)),
                    "hours_per_year": FigureOf(("HOURS",)),
                    "weeks_per_year": FigureOf(("WEEKS",)),
                },
                {"people": _PERSONS, "counting": _COUNTING},
            ),
            key="service",
        ),
        "events": Tables(
            Table({"service": SERVICE, "attendance": _HEADS, "satisfaction": _PERCENT, "fee_per_event": _FEN}),
            key="service",
        ),
        "classes": Tables(
            Table({"class": CLASS, "trainees": _PERSONS, "employed": _PERCENT, "fee_per_trainee": _FEN}), key="class"
        ),
        "volunteers": Table(
            {
                "registered": _PERSONS,
                "services_per_month": FigureOf(("PER_MONTH",)),
                "residents_percent": _PERCENT,
            }
        ),
        "targets": Tables(Table({"code": CODE, "label": LABEL, "figure": TEXT}), key="code"),
        "notes": ListOf(LABEL),
        "months": FigureOf(("COUNT",)),
        "receipts": Table({"dates": Choice(("TAKEN", "CONFIRMED"))}),
    },
    [_needed_are_planned, _targets_resolve],
)

# The key by which an element of each array is addressed.
_KEYS = {
    "groups": "group",
    "ratios": "group",
    "programmes": "programme",
    "budget_lines": "budget_line",
    "sources": "source",
    "visits": "service",
    "events": "service",
    "classes": "class",
}


def plan_figures(plan: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every figure of a plan with its address, such as ``sources.DONATION.inflows.0.amount``, in the plan's order."""
    for section, content in plan.items():
        yield from _figures(section, section, content)


def _figures(section: str, address: str, content: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(content, Mapping) and "value" in content:
        yield address, content
    elif isinstance(content, Mapping):
        for key, item in content.items():
            yield from _figures(section, f"{address}.{key}", item)
    elif isinstance(content, list):
        for number, item in enumerate(content):
            name = item.get(_KEYS.get(section, ""), number) if address == section else number
            yield from _figures(section, f"{address}.{name}", item)
