"""What the pages show: findings with ways out to click, differences in words, bars of plan against actual."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.utils import dateformat
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens.charts import Series
from linli.kernel.money import yuan
from linli.kernel.period import Month
from linli.kernel.tones import Tone, tone_of
from linli.law.policies.queries import pack_by_digest
from linli.overview.planning.engine import (
    Change,
    Finding,
    MonthFlow,
    Plan,
    Severity,
    Variant,
    first_shortage,
    name_of,
    plan_from_pack,
    propose_variant,
    show,
)
from linli.overview.planning.queries import MonthMoney, Row
from linli.overview.planning.web.controls import said
from linli.overview.planning.web.desk import Desk

SEVERITIES = {
    Severity.FATAL: _("走不下去"),
    Severity.SERIOUS: _("对不上"),
    Severity.NOTE: _("口径"),
}
# Behind the plan's time by more than this, in thousandths, a bar warns.
_LATE = 100


@dataclass(frozen=True)
class FindingView:
    """One contradiction as the page shows it: ``ways`` to try, or the box that accepts it."""

    title: str
    arithmetic: str
    severity: str
    tone: str
    ways: tuple[SafeString, ...]


@dataclass(frozen=True)
class Difference:
    """One figure before and after, in words. ``undo`` is the address without this change."""

    path: str
    name: str
    old: str
    new: str
    undo: str = ""


@dataclass(frozen=True)
class Bar:
    """One row of plan against actual. ``pace`` is in percent; texts are empty where there is no number."""

    code: str
    label: str
    built: bool
    actual: str
    target: str
    actual_number: int
    target_number: int
    pace: int
    tone: str
    note: str
    sources: int
    url: str


def finding_views(
    desk: Desk, findings: Sequence[Finding], changes: Sequence[Change] = (), *, ticked: Sequence[str] | None = None
) -> list[FindingView]:
    """Findings in their order; each way out is added to the changes already made. Where they are accepted one by one
    (``ticked`` are those that are), a box stands in the place of the ways.
    """
    language = get_language() or "zh"
    return [
        FindingView(
            title=finding.title.in_language(language),
            arithmetic=finding.arithmetic,
            severity=str(SEVERITIES[finding.severity]),
            tone=tone_of(finding.severity),
            ways=tuple(_ways(desk, finding, changes) if ticked is None else _box(finding, ticked)),
        )
        for finding in findings
    ]


def _ways(desk: Desk, finding: Finding, changes: Sequence[Change]) -> Iterator[SafeString]:
    language = get_language() or "zh"
    for way in finding.remedies:
        costs = way.costs.in_language(language)
        yield format_html(
            '<a class="way" href="{}">{}</a>{}',
            desk.link("plan_check", **said(changes, *way.changes)),
            way.label.in_language(language),
            format_html(' <span class="meta">{}</span>', costs) if costs else "",
        )


def _box(finding: Finding, ticked: Sequence[str]) -> Iterator[SafeString]:
    key = finding_key(finding.code, finding.subject)
    if finding.severity is not Severity.NOTE:
        box = '<label class="choice"><input type="checkbox" name="accepted" value="{}"{}><span>{}</span></label>'
        yield format_html(box, key, SafeString(" checked" if key in ticked else ""), gettext("已知悉，仍按此执行"))


def finding_key(code: str, subject: str) -> str:
    """A finding as one form value."""
    return f"{code}|{subject}"


def differences(desk: Desk, plan: Plan, changes: Sequence[Change], *, undo: bool = False) -> list[Difference]:
    """Changes in words, by the plan's order of figures; with ``undo`` each can be taken back alone."""
    language = get_language() or "zh"
    changed = plan.with_changes(changes)
    by_path = {change.path: change for change in changes}
    return [
        Difference(
            path,
            name_of(plan, path).in_language(language),
            show(plan.figure(path), language),
            show(changed.figures[path], language),
            desk.link("plan_check", **said([c for c in changes if c.path != path])) if undo else "",
        )
        for path in plan.figures
        if path in by_path
    ]


@lru_cache(maxsize=16)
def variant_of(pack_digest: str) -> Variant | None:
    """The checker's variant of a pack's plan; a pack never changes under its digest, and the search takes a while."""
    return propose_variant(plan_from_pack(pack_by_digest(pack_digest)))


def balance_series(flows: Sequence[MonthFlow], others: Sequence[MonthFlow] | None, label: str) -> list[Series]:
    """Money left at the end of each month: as written, and of the other plan where there is one of as many months."""
    tone = "bad" if first_shortage(flows) else "main"
    series = [Series(gettext("方案原文"), [flow.balance_fen for flow in flows], tone=tone, money=True)]
    if others is not None and [flow.month for flow in others] == [flow.month for flow in flows]:
        series.append(Series(label, [flow.balance_fen for flow in others], dashed=True, money=True))
    return series


def month_labels(months: Iterable[Month]) -> list[str]:
    """Short names of months in the reader's language, for the foot of a chart."""
    return [dateformat.format(month.first_day, "M") for month in months]


def actual_series(months: Sequence[MonthMoney]) -> list[Series]:
    """Money left as planned and as it is, for the months that have been lived."""
    lived = [month for month in months if month.balance_fen is not None]
    return [
        Series(
            gettext("计划结余"),
            [month.planned.balance_fen if month.planned else 0 for month in lived],
            tone="quiet",
            dashed=True,
            money=True,
        ),
        Series(gettext("实际结余"), [month.balance_fen or 0 for month in lived], money=True),
    ]


def bars(desk: Desk, rows: Iterable[Row]) -> list[Bar]:
    """Rows as bars, what the product does not record yet last."""
    made = [_bar(desk, row) for row in rows]
    return sorted(made, key=lambda bar: not bar.built)


def _bar(desk: Desk, row: Row) -> Bar:
    language = get_language() or "zh"
    return Bar(
        code=row.code,
        label=row.label.in_language(language),
        built=row.built,
        actual=amount(row.actual, row.unit),
        target=amount(row.target, row.unit),
        actual_number=row.actual or 0,
        target_number=row.target or 0,
        pace=row.pace // 10,
        tone=_tone(row),
        note=row.note.in_language(language),
        sources=row.source_count,
        url=desk.link(row.drill.url_name, *row.drill.params.values()) if row.drill else "",
    )


def _tone(row: Row) -> Tone:
    """Money beyond the plan is bad; people reached later than the plan's time is a warning."""
    if row.actual is None or not row.target:
        return Tone.NONE
    if row.unit == "FEN":
        return Tone.LATE if row.actual > row.target else Tone.NONE
    return Tone.SOON if row.actual * 1000 // row.target < row.pace - _LATE else Tone.NONE


def amount(value: int | None, unit: str) -> str:
    """A number with its unit as people write it; empty for none."""
    if value is None:
        return ""
    if unit == "FEN":
        return f"¥{yuan(value)}"
    if unit == "PERCENT":
        return f"{value}%"
    return _counted(unit, value) % {"number": f"{value:,}"}


def _counted(unit: str, number: int) -> str:
    texts = {
        "HOUSEHOLDS": ngettext("%(number)s 户", "%(number)s 户", number),
        "PERSONS": ngettext("%(number)s 人", "%(number)s 人", number),
        "ATTENDANCES": ngettext("%(number)s 人次", "%(number)s 人次", number),
        "HOURS": ngettext("%(number)s 小时", "%(number)s 小时", number),
        "COUNT": ngettext("%(number)s 件", "%(number)s 件", number),
    }
    return texts.get(unit, "%(number)s")
