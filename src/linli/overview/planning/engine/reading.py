"""Make a :class:`Plan` from a policy pack: its plan file, and the parameters and labels that the plan points at."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from linli.kernel.bilingual import NO_TEXT, Text
from linli.law.policies.engine import model
from linli.law.policies.engine.model import Pack
from linli.law.policies.engine.planfile import PlanFile, PlannedProgramme, plan_figures
from linli.law.policies.engine.schema import Figure
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

    message = Text("政策包“%(pack)s”没有方案文件 plan.toml", "the pack “%(pack)s” has no plan file plan.toml")


class ParameterUndated(PlanRefused):
    """A parameter that the plan needs has no value at its start."""

    message = Text("参数“%(name)s”在 %(on)s 没有取值", "the parameter “%(name)s” has no value on %(on)s")


def plan_from_pack(pack: Pack) -> Plan:
    """The pack's plan.

    Raises PlanMissing where there is no plan, ParameterUndated where a parameter has no value when the year begins.
    """
    if pack.plan is None:
        raise PlanMissing(pack=pack.code)
    said, start = pack.plan, _start(pack)
    parts = _parts(pack, said)
    figures = dict(plan_figures(said)) | _coded(said)
    figures |= _heads(parts, figures)
    figures |= _dates(figures)
    figures |= _conditions(pack, said, start)
    names: dict[str, Text] = {}
    for path in _parameters(parts):
        name = path.removeprefix("parameters.")
        figures[path] = _parameter(pack, name, start)
        names[path] = pack.parameters[name].label
    return _with_steps(pack, _with_months(replace(parts, figures=figures, names=names)))


def _start(pack: Pack) -> date:
    return max(date(pack.year, 1, 1), pack.valid_from)


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
            later = pack.parameters[name].value_on(max(month.first_day, _start(pack)))
            if later is not None and later != value:
                value = later
                steps.append(str(month))
                figures[f"{path}.{month}"] = replace(plan.figures[path], value=int(later))
                label = plan.names[path]
                names[f"{path}.{month}"] = Text(f"{label.zh}（{month} 起）", f"{label.en} (from {month})")
        programmes.append(replace(programme, steps=tuple(steps)))
    return replace(plan, figures=figures, names=names, programmes=tuple(programmes))


def _parts(pack: Pack, said: PlanFile) -> Plan:
    """The structure of a plan, without its figures: its entries joined with what the pack says about them."""
    return Plan(
        code=pack.code,
        version=pack.version,
        label=pack.label,
        figures={},
        groups=tuple(Group(code, pack.groups[code].label, unit=one.target.unit) for code, one in said.groups.items()),
        programmes=tuple(_programme(pack.programmes[code], one) for code, one in said.programmes.items()),
        visits=tuple(Visit(code, **_service(pack.services[code])) for code in said.visits),
        events=tuple(Event(code, **_service(pack.services[code])) for code in said.events),
        classes=tuple(_class(pack.classes[code]) for code in said.classes),
        # In the scheme's order, which is the fund's order of use.
        sources=tuple(
            Source(code, one.label, inflows=len(said.sources[code].inflows), purposes=one.purposes)
            for code, one in pack.fund_sources.items()
            if code in said.sources
        ),
        budget_lines=tuple(Line(code, pack.budget_lines[code].label) for code in said.budget_lines),
        targets=tuple(Target(one.code, one.label, one.figure) for one in said.targets.values()),
        shortage=pack.shortage.order,
    )


def _programme(programme: model.Programme, said: PlannedProgramme) -> Programme:
    return Programme(
        programme.code,
        programme.label,
        amount_path=f"parameters.{said.monthly_amount}",
        unit=said.recipients.unit,
        group=programme.group,
        line=programme.budget_line,
        needs=said.needs.programme if said.needs else "",
        term_path=f"parameters.{programme.term}",
    )


def _service(service: model.Service) -> dict[str, Any]:
    return {
        "label": service.label,
        "frequency_path": f"parameters.{service.frequency}",
        "groups": service.groups,
        "line": service.budget_line,
    }


def _class(course: model.ClassSpec) -> Course:
    return Course(
        course.code,
        course.label,
        seats_path=f"parameters.{course.seats}",
        share_path=f"parameters.{course.share}",
        groups=course.groups,
        line=course.budget_line,
    )


def _parameters(parts: Plan) -> list[str]:
    """The parameters that the plan stands on, as paths."""
    paths = [path for p in parts.programmes for path in (p.amount_path, p.term_path)]
    paths += [visit.frequency_path for visit in parts.visits]
    paths += [event.frequency_path for event in parts.events]
    paths += [path for c in parts.classes for path in (c.seats_path, c.share_path)]
    return list(dict.fromkeys(paths))


def _coded(said: PlanFile) -> dict[str, Figure]:
    """What a share is a share of, what an event counts, what was said of a sum of groups and of the months of receipt:
    codes that a plan may change like numbers.
    """
    coded = {f"ratios.{code}.of": Figure(one.of, "BASE") for code, one in said.ratios.items()}
    for code, event in said.events.items():
        coded[f"events.{code}.counted"] = Figure(event.attendance.unit, "COUNTED", source=event.attendance.source)
    counting = {"population": said.population.counting}
    counting |= {f"visits.{code}": visits.counting for code, visits in said.visits.items()}
    coded |= {f"{path}.counting": Figure(how, "COUNTING") for path, how in counting.items() if how}
    if said.receipts:
        coded["receipts.dates"] = Figure(said.receipts.dates, "DATES")
    return coded


_FUND_MONTHS = Text(
    "方案未写活动月数，按资金的月份计", "The plan does not say for how many months; those of the fund are taken"
)
_UNCOUNTED = Text(
    "没有按人清点，各类人群之和只是上限", "Nobody counted person by person; the sum of the groups is an upper bound"
)


def _heads(parts: Plan, figures: Mapping[str, Figure]) -> dict[str, Figure]:
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


def _conditions(pack: Pack, plan: PlanFile, on: date) -> dict[str, Figure]:
    """Whether a programme needs another one: what the pack's parameter says, open where it is only assumed."""
    found = {}
    for code, one in plan.programmes.items():
        if one.needs:
            said = _parameter(pack, one.needs.parameter, on)
            value = OPEN if said.assumed else NEEDED if said.value else NOT_NEEDED
            found[f"programmes.{code}.condition"] = replace(said, value=value, unit="CONDITION")
    return found


def _parameter(pack: Pack, name: str, on: date) -> Figure:
    parameter = pack.parameters[name]
    value = parameter.value_on(on)
    if value is None:
        raise ParameterUndated(name=name, on=on.isoformat())
    basis = parameter.basis
    return Figure(int(value), parameter.unit, basis.legal_basis, basis.assumption, basis.why or NO_TEXT)
