"""Plan against actual, and the records behind every number."""

from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from linli.foundation.screens.exporting import Sheet, answer, reach_of, whole
from linli.foundation.screens.heads import Action, Head
from linli.foundation.screens.lights import columns_of
from linli.foundation.screens.pages import found_or_404, render_page, there
from linli.foundation.screens.texts import day_text, joined_by_dot, pack_text
from linli.money.ledger.queries import fund_of
from linli.overview.planning.engine import Plan
from linli.overview.planning.queries import Row, money_by_month
from linli.overview.planning.queries.actual import COLUMNS, Year, actual_rows, records, row_of, rows_of
from linli.overview.planning.queries.aims import aims
from linli.overview.planning.web.desk import Desk, reading
from linli.overview.planning.web.presenters import actual_series, amount, bars, month_labels


@require_safe
@reading
def plan_actual(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every aim of the plan with what the records say, and the money by month; the rows as a workbook."""
    plan = desk.lived()
    fund_id = _fund_id(desk, plan)
    rows = _rows(desk, plan, fund_id)
    if request.GET.get("as") == "xlsx":
        return answer(request, _sheet(desk, plan, rows))
    months = money_by_month(desk.reads, fund_id=fund_id, plan=plan, on=desk.on) if fund_id else ()
    lived = [month for month in months if month.balance_fen is not None]
    context = {
        "head": Head(
            gettext("计划与实际"),
            joined_by_dot(
                _measure(desk), day_text(desk.on), gettext("时间已过 %(pace)s%%") % {"pace": rows[0].pace // 10}
            ),
            [(desk.about(plan), "")],
            actions=[Action(gettext("导出 Excel"), desk.link("plan_actual", **{"as": "xlsx"}))],
        ),
        "desk": desk,
        "bars": bars(desk, rows),
        "months": months,
        "series": actual_series(months),
        "labels": month_labels(month.month for month in lived),
    }
    return render_page(request, "planning/plan_actual.html", context)


def _measure(desk: Desk) -> str:
    """By which plan the year is measured."""
    if desk.adopted is None:
        return gettext("尚未采用版本，按方案原文核对")
    return gettext("按采用的版本 %(number)s 核对") % {"number": desk.adopted.number}


def _sheet(desk: Desk, plan: Plan, rows: tuple[Row, ...]) -> Sheet:
    shown = whole(actual_rows(rows, get_language() or "zh-hans"))
    return Sheet(f"plan:{plan.year}", gettext("计划与实际"), COLUMNS, shown, reach_of(desk))


@require_safe
@reading
def plan_actual_records(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """The records behind one number."""
    plan = desk.lived()
    aim = there(next((aim for aim in aims(desk.pack, plan) if aim.code == code), None))
    year = Year(desk.reads, desk.community.pk, desk.pack, plan, desk.on, _fund_id(desk, plan))
    row = row_of(year, aim)
    page = found_or_404(records, year, aim, after=request.GET.get("after", ""))
    of_target = format_html(" / {}", amount(row.target, row.unit)) if row.target else ""
    lead = format_html("<b>{}</b>{} · {}", amount(row.actual, row.unit), of_target, pack_text(row.note))
    title = pack_text(row.label)
    context = {
        "head": Head(title, lead, [(gettext("计划与实际"), desk.link("plan_actual")), (title, "")]),
        "total": gettext("合计 %(total)s") % {"total": amount(row.actual, row.unit)},
        "columns": columns_of(page.shown),
        "rows": page.rows,
        "following": page.next_after,
    }
    return render_page(request, "records.html", context)


def _fund_id(desk: Desk, plan: Plan) -> int | None:
    """The fund of the community, which is in the reader's scope, for the plan's year."""
    fund = fund_of(desk.community.pk, plan.year)
    return fund.pk if fund else None


def _rows(desk: Desk, plan: Plan, fund_id: int | None) -> tuple[Row, ...]:
    # The fund belongs to a community within reach, so it needs no second look.
    return rows_of(Year(desk.reads, desk.community.pk, desk.pack, plan, desk.on, fund_id))
