"""The sections of plan.toml: figures of a year plan 方案, each stated or assumed, with their addresses."""

from collections.abc import Iterator, Mapping
from dataclasses import field, is_dataclass
from typing import Annotated, Any

from linli.kernel.bilingual import Text
from linli.law.policies.engine import crosschecks
from linli.law.policies.engine.document import Document, KeyPath
from linli.law.policies.engine.named import (
    ClassCode,
    Code,
    GroupCode,
    LineCode,
    ProgrammeCode,
    ServiceCode,
    SourceCode,
    parameter,
)
from linli.law.policies.engine.schema import LABEL, Also, Choice, Figure, FigureOf, ListOf
from linli.law.policies.engine.sections import Key, section, table_of
from linli.law.policies.engine.units import MONTH

_Recipients = Annotated[Figure, FigureOf(("HOUSEHOLDS", "PERSONS"))]
_Month = Annotated[Figure, FigureOf((MONTH,))]
_Fen = Annotated[Figure, FigureOf(("FEN",))]
_Percent = Annotated[Figure, FigureOf(("PERCENT",))]
_Persons = Annotated[Figure, FigureOf(("PERSONS",))]
_Hours = Annotated[Figure, FigureOf(("HOURS",))]
# Whether a number of people is a sum of groups or known for the upper bound that it is.
_Counting = Annotated[str, Choice(("SUMMED", "UPPER_BOUND"))]
# What a programme or group of a level is counted in, in a plan and in words.
_COUNTED = {"HOUSEHOLD": ("HOUSEHOLDS", "户", "household"), "PERSON": ("PERSONS", "人", "person")}


def _counted_as(what: str, *keys: str) -> Also:
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
    addresses = {address for address, _ in plan_figures(PLAN.made(value))}
    for number, target in enumerate(value.get("targets", [])):
        if target["figure"] not in addresses:
            doc.report((*path, "targets", number, "figure"), "unresolved", name=target["figure"])


@section()
class Population:
    """Who lives there, how many of them are helped, and how those were counted."""

    residents: _Persons
    households: Annotated[Figure, FigureOf(("HOUSEHOLDS",))]
    helped: _Persons | None = None
    counting: _Counting = ""


@section(key="group")
class Ratio:
    """A share as stated: so many percent of RESIDENTS or HOUSEHOLDS belong to a group."""

    group: GroupCode
    percent: _Percent
    of: Annotated[str, Choice(("RESIDENTS", "HOUSEHOLDS"))]


@section(_counted_as("group", "target"), key="group")
class PlannedGroup:
    """Whom the year is for."""

    group: GroupCode
    target: _Recipients


@section()
class Needs:
    """The programme that recipients may have to receive as well, and the parameter that says whether they do."""

    programme: ProgrammeCode
    parameter: Annotated[str, parameter("BOOL")]


@section(
    crosschecks.months_in_order,
    _counted_as("programme", "recipients", "opening_caseload", "overlap"),
    key="programme",
)
class PlannedProgramme:
    """Money to people: how many, when, by which parameter; how many receive what it ``needs`` besides."""

    programme: ProgrammeCode
    recipients: _Recipients
    first_month: _Month
    last_month: _Month
    monthly_amount: Annotated[str, parameter("FEN")]
    opening_caseload: _Recipients
    uptake: _Percent
    needs: Needs | None = None
    overlap: _Recipients | None = None


@section(key="budget_line")
class PlannedLine:
    """What the budget says."""

    budget_line: LineCode
    amount: _Fen


@section()
class Inflow:
    """A receipt of money."""

    month: _Month
    amount: _Fen


@section(key="source")
class PlannedSource:
    """Where the money comes from, and when."""

    source: SourceCode
    amount: _Fen
    inflows: tuple[Inflow, ...]


@section(key="service")
class PlannedVisits:
    """Visits to homes."""

    service: ServiceCode
    minutes_per_visit: Annotated[Figure, FigureOf(("MINUTES",))]
    hours_per_week: _Hours
    hours_per_year: _Hours
    weeks_per_year: Annotated[Figure, FigureOf(("WEEKS",))]
    people: _Persons | None = None
    counting: _Counting = ""


@section(key="service")
class PlannedEvents:
    """Events with attendance, in persons or in attendances."""

    service: ServiceCode
    attendance: Annotated[Figure, FigureOf(("PERSONS", "ATTENDANCES"))]
    satisfaction: _Percent
    fee_per_event: _Fen


@section(key="class")
class PlannedClass:
    """Classes."""

    code: Annotated[ClassCode, Key("class")]
    trainees: _Persons
    employed: _Percent
    fee_per_trainee: _Fen


@section()
class Volunteers:
    """Who helps, and how often."""

    registered: _Persons
    services_per_month: Annotated[Figure, FigureOf(("PER_MONTH",))]
    residents_percent: _Percent


@section(key="code")
class PlannedTarget:
    """What the year is measured by: the address of a figure."""

    code: Code
    label: Text
    figure: str


@section()
class Receipts:
    """Whether the months of receipt were taken for granted or confirmed."""

    dates: Annotated[str, Choice(("TAKEN", "CONFIRMED"))]


@section(_needed_are_planned, _targets_resolve)
class PlanFile:
    """The whole of plan.toml; ``notes`` are aims without a number, ``months`` those for which activities run."""

    year: Annotated[Figure, FigureOf(("YEAR",))]
    population: Population
    ratios: Mapping[str, Ratio] = field(default_factory=dict)
    groups: Mapping[str, PlannedGroup]
    programmes: Mapping[str, PlannedProgramme]
    budget_lines: Mapping[str, PlannedLine]
    sources: Mapping[str, PlannedSource]
    visits: Mapping[str, PlannedVisits] = field(default_factory=dict)
    events: Mapping[str, PlannedEvents] = field(default_factory=dict)
    classes: Mapping[str, PlannedClass] = field(default_factory=dict)
    volunteers: Volunteers | None = None
    targets: Mapping[str, PlannedTarget] = field(default_factory=dict)
    notes: Annotated[tuple[Text, ...], ListOf(LABEL)] = ()
    months: Annotated[Figure, FigureOf(("COUNT",))] | None = None
    receipts: Receipts | None = None


PLAN = table_of(PlanFile)


def plan_figures(plan: PlanFile) -> Iterator[tuple[str, Figure]]:
    """Every figure of a plan with its address, such as ``sources.DONATION.inflows.0.amount``, in order."""
    return _figures("", plan)


def _figures(address: str, content: object) -> Iterator[tuple[str, Figure]]:
    if isinstance(content, Figure):
        yield address, content
        return
    below: dict[str, object] = {}
    if isinstance(content, Mapping):
        below = dict(content)
    elif isinstance(content, tuple):
        below = {str(number): item for number, item in enumerate(content)}
    elif is_dataclass(content) and not isinstance(content, Text | type):
        below = {key: getattr(content, name) for name, key, _ in table_of(type(content)).parts}
    for name, item in below.items():
        yield from _figures(f"{address}.{name}" if address else name, item)
