"""The records behind a number of plan against actual: the list holds the same number."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from django.db.models import Count, Min, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from linli.aid.assistance.codes import ApplicationState
from linli.aid.assistance.queries.counts import applications_received, recognitions
from linli.money.payments.codes import ItemState
from linli.overview.planning.engine.plan import HOUSEHOLDS
from linli.overview.planning.queries.actual import Year
from linli.overview.planning.queries.aims import ANSWERS_CODE, APPLICATIONS_CODE
from linli.overview.planning.queries.answers import IN_TIME, answers_due
from linli.overview.planning.queries.texts import OVERDUE, TIMELY, UNANSWERED

PAGE = 50


@dataclass(frozen=True)
class Cell:
    """One value of a record: ``kind`` TEXT, COUNT, FEN, DATE; ``page`` is the name of the page it leads to, if any."""

    value: Any
    kind: str = "TEXT"
    page: str = ""


@dataclass(frozen=True)
class RecordPage:
    """A page of records in order; ``total`` is the number they stand for, ``next_after`` the key of the last one."""

    columns: tuple[object, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: int
    next_after: str


@dataclass(frozen=True)
class _Listing:
    """Rows with a text key, each made into cells."""

    columns: tuple[object, ...]
    rows: QuerySet[Any, Any]
    key: str
    cells: Callable[[Mapping[str, Any]], tuple[Cell, ...]]
    total: int


def records(year: Year, code: str, figure: str, *, after: str = "") -> RecordPage | None:
    """The records behind a row, after a key; None when there is nothing behind it."""
    for form, function in _LISTINGS:
        if fnmatchcase(figure or code, form):
            listing = function(year, *figure.split(".")[1:2])
            rows = listing.rows.filter(**{f"{listing.key}__gt": after}) if after else listing.rows
            found: Sequence[Mapping[str, Any]] = list(rows[: PAGE + 1])
            last = str(found[PAGE - 1][listing.key]) if len(found) > PAGE else ""
            return RecordPage(listing.columns, tuple(listing.cells(row) for row in found[:PAGE]), listing.total, last)
    return None


def _paid(prefix: str = "payments") -> Q:
    return Q(**{f"{prefix}__state": ItemState.PAID})


def _recipients(year: Year, programme: str) -> _Listing:
    rows = year.awards(programme).filter(_paid()).order_by("unit_key").values("unit_key", "household__number")
    counted = rows.annotate(times=Count("payments"), fen=Sum("payments__amount_fen"))
    return _Listing(
        (_("领取单位"), _("家庭"), _("发放次数"), _("金额")),
        counted,
        "unit_key",
        lambda row: (
            Cell(row["unit_key"]),
            Cell(row["household__number"], page="household_detail"),
            Cell(row["times"], "COUNT"),
            Cell(row["fen"], "FEN"),
        ),
        counted.count(),
    )


def _line(year: Year, line: str) -> _Listing:
    codes = year.programmes_on(line)
    rows = year.awards().filter(_paid(), programme__in=codes).order_by("number")
    counted = rows.values("number", "programme", "unit_key").annotate(
        times=Count("payments"), fen=Sum("payments__amount_fen")
    )
    names = {code: year.pack.programmes[code].label for code in codes}
    return _Listing(
        (_("待遇编号"), _("待遇项目"), _("领取单位"), _("发放次数"), _("金额")),
        counted,
        "number",
        lambda row: (
            Cell(row["number"], page="award_detail"),
            Cell(names[row["programme"]]),
            Cell(row["unit_key"]),
            Cell(row["times"], "COUNT"),
            Cell(row["fen"], "FEN"),
        ),
        rows.aggregate(fen=Sum("payments__amount_fen"))["fen"] or 0,
    )


def _opening(year: Year, programme: str) -> _Listing:
    rows = year.opening(programme).order_by("number").values("number", "unit_key", "valid_from")
    return _Listing(
        (_("待遇编号"), _("领取单位"), _("起始日期")),
        rows,
        "number",
        lambda row: (Cell(row["number"], page="award_detail"), Cell(row["unit_key"]), Cell(row["valid_from"], "DATE")),
        len({row["unit_key"] for row in rows}),
    )


def _group(year: Year, group: str) -> _Listing:
    by_household = year.plan.figures[f"groups.{group}.target"].unit == HOUSEHOLDS
    unit = "household__number" if by_household else "resident__number"
    found = recognitions(year.scope, year.community_id, year.on, scheme=year.pack.code, group=group)
    rows = found.exclude(**{f"{unit}__isnull": True}).order_by(unit).values(unit)
    counted = rows.annotate(
        first=Min("valid_from"), application=Min("decision__application__number"), home=Min("household__number")
    )
    return _Listing(
        (_("家庭") if by_household else _("受助居民"), _("申请编号"), _("认定日期")),
        counted,
        unit,
        lambda row: (
            Cell(row[unit], page="household_detail" if by_household else "resident_detail"),
            Cell(row["application"], page="application_detail"),
            Cell(row["first"], "DATE"),
        ),
        counted.count(),
    )


def _applications(year: Year) -> _Listing:
    rows = applications_received(year.scope, year.community_id, year.on, scheme=year.pack.code)
    return _Listing(
        (_("申请编号"), _("收到日期"), _("状态")),
        rows.values("number", "received_date", "state"),
        "number",
        lambda row: (
            Cell(row["number"], page="application_detail"),
            Cell(row["received_date"], "DATE"),
            Cell(ApplicationState(row["state"]).label),
        ),
        rows.count(),
    )


def _answers(year: Year) -> _Listing:
    rows = answers_due(year.scope, year.community_id, year.on, scheme=year.pack.code)
    return _Listing(
        (_("申请编号"), _("收到日期"), _("答复期限"), _("答复日期"), _("状态")),
        rows.values("number", "received_date", "due", "told"),
        "number",
        lambda row: (
            Cell(row["number"], page="application_detail"),
            Cell(row["received_date"], "DATE"),
            Cell(row["due"], "DATE"),
            Cell(row["told"], "DATE") if row["told"] else Cell(UNANSWERED),
            Cell(TIMELY if row["told"] and row["told"] <= row["due"] else OVERDUE),
        ),
        rows.filter(IN_TIME).count(),
    )


def _source(year: Year, source: str) -> _Listing:
    rows = year.receipts(source)
    return _Listing(
        (_("凭证编号"), _("收到日期"), _("金额")),
        rows.values("number", "on_date", "fen"),
        "number",
        lambda row: (
            Cell(row["number"], page="journal_detail"),
            Cell(row["on_date"], "DATE"),
            Cell(row["fen"], "FEN"),
        ),
        sum(row.fen for row in rows),
    )


_LISTINGS: tuple[tuple[str, Callable[..., _Listing]], ...] = (
    ("programmes.*.recipients", _recipients),
    ("programmes.*.opening_caseload", _opening),
    ("groups.*.target", _group),
    ("budget_lines.*.amount", _line),
    ("sources.*.amount", _source),
    (ANSWERS_CODE, _answers),
    (APPLICATIONS_CODE, _applications),
)
