"""Make a :class:`Plan` from a policy pack: its plan file, and the parameters and labels that the plan points at."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from linli.kernel.bilingual import Text
from linli.kernel.errors import gettext_noop
from linli.law.policies.engine.model import ClassSpec, Pack, Service
from linli.overview.planning.engine.cashflow import months_of, paid_months
from linli.overview.planning.engine.plan import (
    NEEDED,
    NOT_NEEDED,
    OPEN,
    PERSONS,
    SUMMED,
    TAKEN,
    Course,
    Event,
    Figure,
    Group,
    Line,
    Plan,
    PlanRefused,
    Programme,
    Source,
    Target,
    Visit,
)


class PlanMissing(PlanRefused):
    """The pack has no plan file: there is nothing to check."""

    code = "planning.plan_missing"
    message = gettext_noop("政策包“%(pack)s”没有方案文件 plan.toml")
    english = "the pack “%(pack)s” has no plan file plan.toml"


class ParameterUndated(PlanRefused):
    """A parameter that the plan needs has no value at its start."""

    code = "planning.parameter_undated"
    message = gettext_noop("参数“%(name)s”在 %(on)s 没有取值")
    english = "the parameter “%(name)s” has no value on %(on)s"


# Which key of an entry is its code, by section of the plan file.
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


def plan_from_pack(pack: Pack, raw: Mapping[str, Any] | None = None) -> Plan:
    """The pack's plan, or another plan text (``raw``, shaped like plan.toml) under the same pack.

    Raises PlanMissing where there is no plan, ParameterUndated where a parameter has no value when the year begins.
    """
    said = raw if raw is not None else pack.plan
    if said is None:
        raise PlanMissing(pack=pack.code)
    entries = {section: {entry[key]: entry for entry in said.get(section, ())} for section, key in _KEYS.items()}
    parts = _Parts(pack, entries)
    figures = dict(_figures(said))
    figures |= _coded(said, entries)
    figures |= _heads(parts, figures)
    figures |= _dates(figures)
    figures |= _conditions(pack, entries["programmes"], _start(pack, figures))
    names: dict[str, Text] = {}
    for name in parts.parameters():
        figures[f"parameters.{name}"] = _parameter(pack, name, _start(pack, figures))
        names[f"parameters.{name}"] = pack.parameters[name].label
    plan = Plan(
        code=pack.code,
        version=pack.version,
        label=pack.label,
        figures=figures,
        names=names,
        groups=parts.groups,
        programmes=parts.programmes,
        visits=parts.visits,
        events=parts.events,
        classes=parts.classes,
        sources=parts.sources,
        budget_lines=parts.lines,
        targets=tuple(Target(t["code"], Text(**t["label"]), t["figure"]) for t in said.get("targets", ())),
        shortage=pack.shortage.order,
    )
    return _with_steps(pack, _with_months(plan))


def _start(pack: Pack, figures: Mapping[str, Figure]) -> date:
    return max(date(int(figures["year"].value), 1, 1), pack.valid_from)


def _with_months(plan: Plan) -> Plan:
    """For how many months activities run: where the plan file does not say, those of the fund are assumed."""
    if "months" in plan.figures:
        return plan
    months = Figure(min(12, len(months_of(plan))), "COUNT", assumed=True, why=_FUND_MONTHS)
    return replace(plan, figures={**plan.figures, "months": months})


def _with_steps(pack: Pack, plan: Plan) -> Plan:
    """Add the amounts that come into force during the year: they are dated values of the pack's parameters."""
    figures, names, programmes = dict(plan.figures), dict(plan.names), []
    for programme in plan.programmes:
        path = programme.amount_path
        name = path.removeprefix("parameters.")
        steps = []
        value = plan.number(path)
        for month in paid_months(plan, programme):
            later = pack.parameters[name].value_on(max(month.first_day, _start(pack, plan.figures)))
            if later is not None and later != value:
                value = later
                steps.append(str(month))
                figures[f"{path}.{month}"] = replace(plan.figures[path], value=int(later))
                label = plan.names[path]
                names[f"{path}.{month}"] = Text(f"{label.zh}（{month} 起）", f"{label.en} (from {month})")
        programmes.append(replace(programme, steps=tuple(steps)))
    return replace(plan, figures=figures, names=names, programmes=tuple(programmes))


class _Parts:
    """The structure of a plan: its entries joined with what the pack says about them."""

    def __init__(self, pack: Pack, entries: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> None:
        self.groups = tuple(
            Group(code, pack.groups[code].label, unit=entry["target"]["unit"])
            for code, entry in entries["groups"].items()
        )
        self.programmes = tuple(
            Programme(
                code,
                pack.programmes[code].label,
                amount_path=f"parameters.{entry['monthly_amount']}",
                unit=entry["recipients"]["unit"],
                group=pack.programmes[code].group,
                line=pack.programmes[code].budget_line,
                needs=entry.get("needs", {}).get("programme", ""),
                term_path=f"parameters.{pack.programmes[code].term}",
            )
            for code, entry in entries["programmes"].items()
        )
        self.visits = tuple(Visit(code, **_service(pack.services[code])) for code in entries["visits"])
        self.events = tuple(Event(code, **_service(pack.services[code])) for code in entries["events"])
        self.classes = tuple(Course(code, **_class(pack.classes[code])) for code in entries["classes"])
        self.sources = tuple(
            Source(
                code,
                pack.fund_sources[code].label,
                inflows=len(entry["inflows"]),
                purposes=pack.fund_sources[code].purposes,
            )
            # In the scheme's order, which is the fund's order of use.
            for code, entry in sorted(
                entries["sources"].items(), key=lambda found: list(pack.fund_sources).index(found[0])
            )
        )
        self.lines = tuple(Line(code, pack.budget_lines[code].label) for code in entries["budget_lines"])

    def parameters(self) -> list[str]:
        """The parameters that the plan stands on."""
        paths = [path for p in self.programmes for path in (p.amount_path, p.term_path)]
        paths += [visit.frequency_path for visit in self.visits]
        paths += [event.frequency_path for event in self.events]
        paths += [path for c in self.classes for path in (c.seats_path, c.share_path)]
        return [path.removeprefix("parameters.") for path in dict.fromkeys(paths)]


def _service(service: Service) -> dict[str, Any]:
    return {
        "label": service.label,
        "frequency_path": f"parameters.{service.frequency}",
        "groups": service.groups,
        "line": service.budget_line,
    }


def _class(course: ClassSpec) -> dict[str, Any]:
    return {
        "label": course.label,
        "seats_path": f"parameters.{course.seats}",
        "share_path": f"parameters.{course.share}",
        "groups": course.groups,
        "line": course.budget_line,
    }


def _figures(said: Mapping[str, Any]) -> Iterator[tuple[str, Figure]]:
    for section, content in said.items():
        yield from _below(section, content, _KEYS.get(section))


def _below(path: str, content: Any, key: str | None) -> Iterator[tuple[str, Figure]]:
    if isinstance(content, Mapping):
        if "value" in content:
            yield path, _figure(content)
            return
        for name, item in content.items():
            yield from _below(f"{path}.{name}", item, None)
    elif isinstance(content, list | tuple):
        for position, item in enumerate(content):
            yield from _below(f"{path}.{item[key] if key else position}", item, None)


def _figure(said: Mapping[str, Any]) -> Figure:
    why = said.get("why")
    return Figure(
        value=said["value"],
        unit=said["unit"],
        source=said.get("source", ""),
        assumed=bool(said.get("assumed", False)),
        why=Text(**why) if why else Text("", ""),
    )


def _coded(said: Mapping[str, Any], entries: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> dict[str, Figure]:
    """What a share is a share of, what an event counts, what was said of a sum of groups and of the months of receipt:
    codes that a plan may change like numbers.
    """
    coded = {f"ratios.{code}.of": Figure(entry["of"], "BASE") for code, entry in entries["ratios"].items()}
    for code, entry in entries["events"].items():
        heads = entry["attendance"]
        coded[f"events.{code}.counted"] = Figure(heads["unit"], "COUNTED", source=heads.get("source", ""))
    summed = {"population": said.get("population", {})}
    summed |= {f"visits.{code}": entry for code, entry in entries["visits"].items()}
    coded |= {f"{path}.counting": Figure(of["counting"], "COUNTING") for path, of in summed.items() if "counting" in of}
    if "dates" in said.get("receipts", {}):
        coded["receipts.dates"] = Figure(said["receipts"]["dates"], "DATES")
    return coded


_FUND_MONTHS = Text(
    "方案未写活动月数，按资金的月份计", "The plan does not say for how many months; those of the fund are taken"
)
_UNCOUNTED = Text(
    "没有按人清点，各类人群之和只是上限", "Nobody counted person by person; the sum of the groups is an upper bound"
)


def _heads(parts: _Parts, figures: Mapping[str, Figure]) -> dict[str, Figure]:
    """How many different people: where the plan file does not say, the sum of the groups is assumed."""
    # Households are not people: nobody said how many live in them.
    people = {group.code for group in parts.groups if group.unit == PERSONS}
    wanted = {"population.helped": tuple(group.code for group in parts.groups if group.code in people)}
    wanted |= {f"visits.{visit.code}.people": visit.groups for visit in parts.visits}
    heads = {}
    for path, groups in wanted.items():
        total = sum(
            int(figures[f"groups.{code}.target"].value) for code in groups if f"groups.{code}.target" in figures
        )
        # A single group has nothing to overlap with.
        heads[path] = Figure(total, PERSONS)
        if len(groups) > 1:
            heads[path] = Figure(total, PERSONS, assumed=True, why=_UNCOUNTED)
            heads[f"{path.rpartition('.')[0]}.counting"] = Figure(SUMMED, "COUNTING", assumed=True, why=_UNCOUNTED)
    return {path: figure for path, figure in heads.items() if path not in figures}


def _dates(figures: Mapping[str, Figure]) -> dict[str, Figure]:
    """Whether the months of receipt are somebody's word or taken for granted."""
    months = [figures[path] for path in figures if path.startswith("sources.") and path.endswith(".month")]
    taken = next((figure for figure in months if figure.assumed), None)
    if taken is None or "receipts.dates" in figures:
        return {}
    return {"receipts.dates": Figure(TAKEN, "DATES", source=taken.source, assumed=True, why=taken.why)}


def _conditions(pack: Pack, programmes: Mapping[str, Mapping[str, Any]], on: date) -> dict[str, Figure]:
    """Whether a programme needs another one: what the pack's parameter says, open where it is only assumed."""
    found = {}
    for code, entry in programmes.items():
        if "needs" in entry:
            said = _parameter(pack, entry["needs"]["parameter"], on)
            value = OPEN if said.assumed else NEEDED if said.value else NOT_NEEDED
            found[f"programmes.{code}.condition"] = replace(said, value=value, unit="CONDITION")
    return found


def _parameter(pack: Pack, name: str, on: date) -> Figure:
    parameter = pack.parameters[name]
    value = parameter.value_on(on)
    if value is None:
        raise ParameterUndated(name=name, on=on.isoformat())
    basis = parameter.basis
    why = basis.why if basis.why else Text("", "")
    return Figure(int(value), parameter.unit, source=basis.legal_basis, assumed=basis.assumption, why=why)
