"""``linli plan check PACK``: read a pack's plan, say what does not add up and what would; no database needed."""

import json
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from linli.config.refusals import reasons_of, told_unusable
from linli.kernel import marks
from linli.kernel.bilingual import Text
from linli.kernel.errors import DomainError
from linli.kernel.money import yuan_short
from linli.law.policies.engine import load_pack
from linli.law.policies.engine.next_year import write_next_year
from linli.overview.planning.engine import (
    Finding,
    MonthFlow,
    Plan,
    PlanRefused,
    Severity,
    Variant,
    cash_flow,
    check,
    fatal,
    name_of,
    plan_from_pack,
    propose_variant,
    show,
)

CLEAR, FATAL_FOUND = 0, 1

_SEVERITIES = {
    Severity.FATAL: Text("走不下去", "FATAL"),
    Severity.SERIOUS: Text("对不上", "SERIOUS"),
    Severity.NOTE: Text("口径", "NOTE"),
}
_WORDS = {
    "lead": Text(
        "发现 {total} 处对不上，其中 {fatal} 处会使方案中途停摆。",
        "{total} things do not add up; {fatal} of them stop the plan before the year is over.",
    ),
    "clear": Text("没有发现对不上的地方。", "Everything adds up."),
    "ways": Text("每条出路都已试算：采用后该问题消失。", "Every way out was tried: with it the finding is gone."),
    "months": Text("资金逐月（元）", "The money month by month (yuan)"),
    "month": Text("月份", "month"),
    "inflow": Text("到账", "received"),
    "due": Text("应付", "due"),
    "paid": Text("实付", "paid"),
    "balance": Text("结余", "balance"),
    "unpaid": Text("欠付", "owed"),
    "waiting": Text("待发份数", "waiting"),
    "variant": Text("可行版本（改动最小，没有中途停摆）", "A version that can be lived (least change, nothing fatal)"),
    "no_variant": Text("没有找到可行版本。", "No version without fatal findings was found."),
    "already": Text("方案本身可行，不需要改动。", "The plan can be lived as it is."),
    "assumed": Text("假设", "assumed"),
    "left": Text("仍需处理 {count} 处非致命问题。", "{count} findings that are not fatal remain."),
}


def run_plan_check(pack_path: Path, *, as_json: bool, language: str) -> int:
    """Check the plan of a pack folder and write the result to standard output, in "zh" or "en".

    Returns 0 without fatal findings, 1 with, 2 when the pack cannot be read (the reasons go to standard error).
    """
    try:
        plan = plan_from_pack(load_pack(pack_path))
    except PlanRefused as refusal:
        return told_unusable([refusal.in_language(language)], as_json=as_json)
    except (DomainError, OSError) as refusal:
        return told_unusable(reasons_of(refusal, language), as_json=as_json)
    findings = check(plan)
    flows = cash_flow(plan)
    variant = propose_variant(plan)
    if as_json:
        report = _report(plan, findings, flows, variant)
        sys.stdout.write(json.dumps(report, ensure_ascii=False, indent=2, sort_keys=True) + "\n")
    else:
        sys.stdout.write("\n".join(_pages(plan, findings, flows, variant, language)) + "\n")
    return FATAL_FOUND if fatal(findings) else CLEAR


def run_plan_next(pack_path: Path, target: Path, *, language: str) -> int:
    """Write the pack for the year after to a folder; what is to be looked at before it is adopted is marked in it.

    Returns 0, or 2 when the pack cannot be read or the folder is there already.
    """
    try:
        pack = load_pack(write_next_year(pack_path, target))
    except (DomainError, OSError) as refusal:
        return told_unusable(reasons_of(refusal, language), as_json=False)
    sys.stdout.write(f"{target}: {pack.code} {pack.version}\n")
    return CLEAR


# --- for people -----------------------------------------------------------------------------------


def _pages(
    plan: Plan, findings: tuple[Finding, ...], flows: tuple[MonthFlow, ...], variant: Variant | None, language: str
) -> Iterator[str]:
    yield f"{plan.label.in_language(language)} · {plan.year} · {plan.version}"
    yield ""
    yield from _findings(findings, language)
    yield ""
    yield _WORDS["months"].in_language(language)
    yield from _months(flows, language)
    yield ""
    yield from _variant(plan, variant, language)


def _findings(findings: tuple[Finding, ...], language: str) -> Iterator[str]:
    if not findings:
        yield _WORDS["clear"].in_language(language)
        return
    lead = _WORDS["lead"].in_language(language)
    yield lead.format(total=len(findings), fatal=len(fatal(findings)))
    yield _WORDS["ways"].in_language(language)
    for position, finding in enumerate(findings, start=1):
        yield ""
        severity = _SEVERITIES[finding.severity].in_language(language)
        yield f"{position:>2}. [{severity}] {finding.title.in_language(language)}"
        yield f"      {finding.arithmetic}"
        for way in finding.remedies:
            yield f"      → {way.label.in_language(language)} {_costs(way.costs, language)}"


def _costs(costs: Text, language: str) -> str:
    """What it costs whom, in brackets."""
    said = costs.in_language(language)
    return f"[{said}]" if language.startswith("en") else f"〔{said}〕"


def _months(flows: tuple[MonthFlow, ...], language: str) -> Iterator[str]:
    heads = [
        _WORDS[key].in_language(language) for key in ("month", "inflow", "due", "paid", "balance", "unpaid", "waiting")
    ]
    yield "  " + " ".join(_right(head, 12) for head in heads)
    for flow in flows:
        money = (flow.inflow_fen, flow.due_fen, flow.paid_fen, flow.balance_fen, flow.unpaid_fen)
        cells = [str(flow.month), *map(yuan_short, money), f"{flow.units_waiting:,}"]
        yield ("! " if flow.unpaid_fen else "  ") + " ".join(_right(cell, 12) for cell in cells)


def _right(text: str, width: int) -> str:
    # A Chinese character takes two columns of a terminal.
    columns = sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
    return " " * max(0, width - columns) + text


def _variant(plan: Plan, variant: Variant | None, language: str) -> Iterator[str]:
    if variant is None:
        yield _WORDS["no_variant"].in_language(language)
        return
    if not variant.changes:
        yield _WORDS["already"].in_language(language)
        return
    yield _WORDS["variant"].in_language(language)
    for reason in variant.why:
        yield f"  · {reason.in_language(language)}"
    yield f"    {_costs(variant.costs, language)}"
    for change in variant.changes:
        old, new = plan.figure(change.path), variant.plan.figures[change.path]
        assumed = marks.bracketed(_WORDS["assumed"].in_language(language), language) if old.assumed else ""
        name = name_of(plan, change.path).in_language(language)
        yield f"      {marks.labelled(name, show(old, language), language)}{assumed} → {show(new, language)}"
    yield _WORDS["left"].in_language(language).format(count=len(check(variant.plan)))


# --- for machines ---------------------------------------------------------------------------------


def _report(
    plan: Plan, findings: tuple[Finding, ...], flows: tuple[MonthFlow, ...], variant: Variant | None
) -> dict[str, object]:
    return {
        "plan": {"code": plan.code, "version": plan.version, "year": plan.year, "digest": plan.digest},
        "findings": [_finding(finding) for finding in findings],
        "months": [_month(flow) for flow in flows],
        "variant": None
        if variant is None
        else {
            "digest": variant.plan.digest,
            "changes": [{"path": c.path, "from": plan.figure(c.path).value, "to": c.value} for c in variant.changes],
            "why": [reason.both for reason in variant.why],
            "costs": variant.costs.both,
            "findings": [_finding(finding) for finding in check(variant.plan)],
        },
    }


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "code": finding.code,
        "subject": finding.subject,
        "severity": finding.severity.name,
        "magnitude_permille": finding.magnitude,
        "title": finding.title.both,
        "arithmetic": finding.arithmetic,
        "figures": list(finding.figures),
        "remedies": [
            {
                "label": way.label.both,
                "changes": [{"path": c.path, "to": c.value} for c in way.changes],
                "costs": way.costs.both,
            }
            for way in finding.remedies
        ],
    }


def _month(flow: MonthFlow) -> dict[str, object]:
    return {
        "month": str(flow.month),
        "inflow_fen": flow.inflow_fen,
        "due_fen": flow.due_fen,
        "paid_fen": flow.paid_fen,
        "balance_fen": flow.balance_fen,
        "unpaid_fen": flow.unpaid_fen,
        "units_waiting": flow.units_waiting,
        "waiting": {entry.programme: entry.units for entry in flow.waiting},
    }
